import asyncio
import os
import sqlite3
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import text

from pipeline.errors import StorageFailed
from storage import database as module
from storage import migrate
from storage.database import Database

needs_rights = pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
WRITE = text("INSERT INTO blobs (hash, mime, size, created_at) VALUES (:h, 'x/y', 1, '2026-01-01 00:00:00.000000')")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "chatanything.db"


@pytest.fixture
def address(file: Path) -> str:
    return f"sqlite+aiosqlite:///{file}"


@pytest.fixture
async def database(address: str) -> AsyncIterator[Database]:
    await migrate.upgrade(address)
    async with Database(address) as database:
        yield database


async def test_not_migrated_names_the_remedy_and_makes_no_file(address: str, file: Path) -> None:
    async with Database(address) as database:
        with pytest.raises(StorageFailed, match="not set up") as caught:
            await migrate.check(database)
    assert caught.value.remedy == "chatanything migrate"
    assert not file.exists()


async def test_empty_file_is_not_migrated(address: str, file: Path) -> None:
    file.touch()
    async with Database(address) as database:
        with pytest.raises(StorageFailed, match="not set up"):
            await migrate.check(database)
        with pytest.raises(StorageFailed, match="not set up") as caught:
            async with database.session() as session:
                await session.execute(text("SELECT * FROM personas"))
    assert caught.value.remedy == "chatanything migrate"


async def test_migrated_passes(database: Database) -> None:
    await migrate.check(database)


async def test_newer_database_is_refused_and_not_touched(database: Database, address: str) -> None:
    async with database.session() as session:
        await session.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(StorageFailed, match="newer version") as caught:
        await migrate.check(database)
    assert caught.value.remedy is not None
    assert "upgrade" in caught.value.remedy
    with pytest.raises(StorageFailed, match="newer version"):
        await migrate.upgrade(address)
    assert await migrate.current(address) == "9999"


async def test_pragmas_are_set(database: Database) -> None:
    async with database.reading() as session:
        found = {
            name: (await session.execute(text(f"PRAGMA {name}"))).scalar_one()
            for name in ("journal_mode", "synchronous", "busy_timeout", "foreign_keys")
        }
    assert found == {"journal_mode": "wal", "synchronous": 1, "busy_timeout": 5000, "foreign_keys": 1}


async def test_locked(database: Database, file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "BUSY_MS", 50)
    async with Database(f"sqlite:///{file}") as impatient:
        with Holding(file), pytest.raises(StorageFailed, match="locked"):
            await _write(impatient)
        await _write(impatient)  # and afterwards it works again


async def test_reader_does_not_wait_for_a_writer(database: Database) -> None:
    async with database.session() as writer:
        await writer.execute(WRITE, {"h": "a"})
        async with database.reading() as reader:
            assert (await reader.execute(text("SELECT count(*) FROM blobs"))).scalar_one() == 0


async def test_error_inside_undoes_the_transaction(database: Database) -> None:
    await _write(database)

    async def fail() -> None:
        async with database.session() as session:
            await session.execute(WRITE, {"h": "b"})
            raise RuntimeError("stop")

    with pytest.raises(RuntimeError, match="stop"):
        await fail()
    async with database.reading() as session:
        assert (await session.execute(text("SELECT count(*) FROM blobs"))).scalar_one() == 1


async def test_cancelled_transaction_lets_the_lock_go(database: Database) -> None:
    inside = asyncio.Event()

    async def hang() -> None:
        async with database.session() as session:
            await session.execute(WRITE, {"h": "b"})
            inside.set()
            await asyncio.sleep(60)

    task = asyncio.create_task(hang())
    await inside.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await _write(database)
    async with database.reading() as session:
        assert (await session.execute(text("SELECT count(*) FROM blobs"))).scalar_one() == 1


async def test_disk_full(database: Database) -> None:
    async def fill() -> None:
        async with database.session() as session:
            pages = (await session.execute(text("PRAGMA page_count"))).scalar_one()
            await session.execute(text(f"PRAGMA max_page_count={pages}"))
            for n in range(100):
                await session.execute(WRITE, {"h": str(n) * 1000})

    with pytest.raises(StorageFailed, match="disk is full"):
        await fill()


async def test_read_only_database(database: Database) -> None:
    async def write() -> None:
        async with database.session() as session:
            await session.execute(text("PRAGMA query_only=ON"))
            await session.execute(WRITE, {"h": "a"})

    with pytest.raises(StorageFailed, match="read-only"):
        await write()


@needs_rights
async def test_read_only_folder(tmp_path: Path) -> None:
    (tmp_path / "home").mkdir(mode=0o500)
    with pytest.raises(StorageFailed, match="cannot be opened"):
        await migrate.upgrade(f"sqlite:///{tmp_path}/home/chatanything.db")
    with pytest.raises(StorageFailed, match="cannot be made"):
        await migrate.upgrade(f"sqlite:///{tmp_path}/home/inner/chatanything.db")


async def test_folder_that_is_a_file(tmp_path: Path) -> None:
    (tmp_path / "home").write_text("in the way")
    with pytest.raises(StorageFailed, match="cannot be made"):
        await migrate.upgrade(f"sqlite:///{tmp_path}/home/chatanything.db")


async def test_database_that_is_a_folder(tmp_path: Path) -> None:
    with pytest.raises(StorageFailed, match="cannot be opened"):
        await migrate.upgrade(f"sqlite:///{tmp_path}")


async def test_file_that_is_no_database(address: str, file: Path) -> None:
    file.write_bytes(b"a picture, say" * 500)
    with pytest.raises(StorageFailed, match="not a database"):
        await migrate.upgrade(address)
    assert file.read_bytes().startswith(b"a picture")


async def test_our_own_mistakes_are_not_hidden(database: Database) -> None:
    with pytest.raises(Exception, match="FOREIGN KEY"):
        async with database.session() as session:
            await session.execute(
                text("INSERT INTO voices (persona_id, recipe, created_at) VALUES ('nobody', '{}', '2026-01-01')")
            )
    with pytest.raises(Exception, match="syntax error"):
        async with database.session() as session:
            await session.execute(text("SELEKT 1"))


class Holding:
    """Another process in the middle of a write."""

    def __init__(self, file: Path) -> None:
        self._connection = sqlite3.connect(file, isolation_level=None)

    def __enter__(self) -> None:
        self._connection.execute("BEGIN IMMEDIATE")

    def __exit__(self, *_: object) -> None:
        self._connection.execute("ROLLBACK")
        self._connection.close()


async def _write(database: Database) -> None:
    async with database.session() as session:
        await session.execute(WRITE, {"h": "a"})
