"""Brings a database to the shape this code needs, and says when it is not in it.

There is no alembic.ini: everything Alembic must know stands here, and it is imported only to change a database. After
changing `tables`, write the next step with ``python -m storage.migrate "what changes"`` and read what it wrote.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from sqlalchemy import Connection, inspect, text

from pipeline.errors import StorageFailed
from storage.database import Database, not_migrated, parse
from storage.postgres import install_jobs, installed_jobs, remove_jobs

if TYPE_CHECKING:
    from alembic.config import Config

LOCK = 0x43_68_41_74
"""Advisory lock number ("ChAt") that two migrating processes meet at on Postgres."""


def head() -> str:
    """The revision this code needs."""
    return max(_known())


async def current(address: str) -> str | None:
    """The revision a database is at; None for an empty or absent one. Raises ``StorageFailed``."""
    async with Database(address) as database:
        return await _current(database)


async def check(database: Database) -> None:
    """For start-up: raises ``StorageFailed``, with the remedy, unless the database fits this code."""
    revision = await _current(database)
    if revision is not None and revision not in _known():
        raise _newer()
    if revision != head() or not await _has_jobs(database):
        raise not_migrated()


async def upgrade(address: str) -> None:
    """Brings the database to ``head``, making the file and its folder where needed. All steps or none.

    Two processes may do so at once: the second waits and finds nothing left to do. Raises ``StorageFailed``.
    """
    from alembic import command

    _make_folder(address)
    await _migrate(address, lambda config: command.upgrade(config, "head"))


async def downgrade(address: str, revision: str) -> None:
    """Takes the database back to a revision ("base": no tables). What newer tables hold is lost."""
    from alembic import command

    await _migrate(address, lambda config: command.downgrade(config, revision))


def write_step(message: str) -> None:
    """A new file in `migrations/versions`: what leads from the newest migration to `tables`."""
    from alembic import command

    number = f"{int(head()) + 1:04}"
    with TemporaryDirectory() as folder:
        address = f"sqlite+aiosqlite:///{folder}/fresh.db"
        asyncio.run(upgrade(address))
        asyncio.run(_migrate(address, lambda config: command.revision(config, message, True, rev_id=number)))


async def _migrate(address: str, step: Callable[[Config], object]) -> None:
    # Foreign keys are off while tables are rebuilt, and checked as a whole before the commit.
    async with Database(address, foreign_keys=False) as database, database.session() as session:
        connection = await session.connection()
        await connection.run_sync(_step, step)


def _step(connection: Connection, step: Callable[[Config], object]) -> None:
    sqlite = connection.dialect.name == "sqlite"
    if not sqlite:  # SQLite's transaction holds the only write lock already
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
    revision = _revision(connection)
    if revision is not None and revision not in _known():
        raise _newer()
    config = _config()
    config.attributes["connection"] = connection  # read by migrations/env.py
    step(config)
    if not sqlite:
        revision = _revision(connection)
        if revision is None:
            remove_jobs(connection)
        elif revision == head():
            install_jobs(connection)
    if sqlite and connection.execute(text("PRAGMA foreign_key_check")).first():
        raise StorageFailed("The migration would leave rows that point nowhere; nothing was changed.")


async def _current(database: Database) -> str | None:
    if database.file is not None and not database.file.exists():
        return None  # asking SQLite would make an empty file
    async with database.reading() as session:
        connection = await session.connection()
        return await connection.run_sync(_revision)


def _revision(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()


async def _has_jobs(database: Database) -> bool:
    if database.url.get_backend_name() == "sqlite":
        return True
    async with database.reading() as session:
        return await (await session.connection()).run_sync(installed_jobs)


def _known() -> set[str]:
    # Their files are numbered.
    return {file.name.partition("_")[0] for file in _folder().glob("versions/[0-9]*_*.py")}


def _newer() -> StorageFailed:
    return StorageFailed(
        "The database was made by a newer version of ChatAnything than this one.",
        remedy="pip install --upgrade chatanything",
    )


def _make_folder(address: str) -> None:
    url = parse(address)
    if url.get_backend_name() != "sqlite" or not url.database or url.database == ":memory:":
        return
    folder = Path(url.database).parent
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StorageFailed(f"The folder {folder} for the database cannot be made: {error.strerror}.") from error


def _config() -> Config:
    from alembic.config import Config

    config = Config()
    # Alembic reads `%` in its settings as the start of a reference.
    config.set_main_option("script_location", str(_folder()).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config


def _folder() -> Path:
    spec = find_spec("migrations")
    if spec is None or not spec.submodule_search_locations:
        raise RuntimeError("the package `migrations` is not installed")
    return Path(next(iter(spec.submodule_search_locations)))


if __name__ == "__main__":
    write_step(" ".join(sys.argv[1:]))
