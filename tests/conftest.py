"""What every test stands on: one thread per library, the assets fetched, and databases and stores of every kind."""

from __future__ import annotations

import gc
import os
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings

if TYPE_CHECKING:  # heavy, and most tests need none of it
    from storage.blobs import Blobs
    from storage.database import Database
    from tests.servers.postgres import Postgres
    from tests.servers.s3 import S3
    from tests.servers.sqlite import SqliteFiles

# Read by numpy, OpenCV and onnxruntime when they are first imported, by a test or by the processes it starts.
for _library in ("OMP", "OPENBLAS", "MKL", "NUMEXPR"):
    os.environ.setdefault(f"{_library}_NUM_THREADS", "1")

from bot.settings import Settings  # noqa: E402 - brings numpy

# How long an example takes says nothing on a machine that others use as well.
settings.register_profile("shared", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("shared")

# Nor may a key of whoever runs the tests be spent, or their database be written. Their home has the fetched assets.
for _field in Settings.model_fields.values():
    if _field.validation_alias != "CHATANYTHING_HOME":
        os.environ.pop(str(_field.validation_alias), None)


LONGEST_FIRST = ("acceptance", "chaos", "integration", "contract", "unit/test_workers", "unit/test_serving", "unit")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Long files first: what is handed out last should not keep one process busy while the others are done."""

    def place(item: pytest.Item) -> int:
        file = item.path.relative_to(Path(__file__).parent).as_posix()
        return next((n for n, start in enumerate(LONGEST_FIRST) if file.startswith(start)), len(LONGEST_FIRST))

    items.sort(key=place)


def pytest_collection_finish() -> None:
    """Thousands of collected tests need not be looked through each time that garbage is collected."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="module")
def grown() -> None:
    """For a file whose tests collect garbage, to see what they left: nor need they look through that of all others."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session")
def assets_home() -> Path:
    """The folder of fetched assets; filled here when `make setup` has not run."""
    from pipeline import assets

    home = Settings().assets
    assets.fetch(home)
    return home


@pytest.fixture(scope="session")
def sqlite() -> Iterator[SqliteFiles]:
    from tests.servers import scratch
    from tests.servers.sqlite import SqliteFiles

    with tempfile.TemporaryDirectory(prefix="sqlite-", dir=scratch.folder()) as folder:
        yield SqliteFiles(Path(folder))


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """A server that starts when the first test asks for it. Leave it running."""
    from tests.servers.postgres import Postgres

    with Postgres() as server:
        yield server


@pytest.fixture(scope="session")
def s3_server() -> Iterator[S3]:
    from tests.servers.s3 import S3

    with S3() as server:
        yield server


@pytest.fixture
def s3(s3_server: S3, monkeypatch: pytest.MonkeyPatch) -> Iterator[S3]:
    """A running S3 server that the environment names; a test may break it."""
    for name, value in s3_server.environment.items():
        monkeypatch.setenv(name, value)
    yield s3_server
    s3_server.mend()


@pytest.fixture(params=["sqlite", "postgres"])
def databases(request: pytest.FixtureRequest) -> SqliteFiles | Postgres:
    """Every kind of database, one after the other: a further one is one more name here."""
    kind: SqliteFiles | Postgres = request.getfixturevalue(request.param)
    return kind


@pytest.fixture
def empty_address(databases: SqliteFiles | Postgres) -> Iterator[str]:
    """The address of a database without tables."""
    address = databases.empty()
    yield address
    databases.drop(address)


@pytest.fixture
def address(databases: SqliteFiles | Postgres) -> Iterator[str]:
    """The address of a database with all tables and no rows."""
    address = databases.fresh()
    yield address
    databases.drop(address)


@pytest.fixture
async def database(address: str) -> AsyncIterator[Database]:
    """The database at ``address``."""
    from storage.database import Database

    async with Database(address) as database:
        yield database


@pytest.fixture(params=["folder", "memory", "s3"])
def blobs(request: pytest.FixtureRequest, tmp_path: Path) -> Blobs:
    """Every kind of blob store, one after the other, with nothing in it."""
    from storage.blobs import Blobs

    if request.param == "s3":
        server: S3 = request.getfixturevalue("s3")
        return Blobs(server.bucket())
    return Blobs({"folder": (tmp_path / "blobs").as_uri(), "memory": "memory:///"}[request.param])
