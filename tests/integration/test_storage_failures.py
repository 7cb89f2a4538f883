"""SQLite: files, locks, and what the disk refuses."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import make_url, text
from sqlalchemy.exc import OperationalError

from pipeline.errors import StorageBusy, StorageFailed
from storage import database as module
from storage import migrate
from storage.blobs import Blobs
from storage.database import Database
from storage.repository import Personas

needs_rights = pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
WRITE = text("INSERT INTO blobs (hash, mime, size, created_at) VALUES (:h, 'x/y', 1, '2026-01-01 00:00:00.000000')")


HOLD = """
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1], isolation_level=None)
connection.execute("BEGIN IMMEDIATE")
connection.execute("UPDATE blobs SET size = 2")
print("ready", flush=True)
sys.stdin.read()
connection.execute("ROLLBACK")
"""
"""Another process in the middle of a write, until its input ends."""

BOT = """
import asyncio, sys
from pipeline.types import Speaking, Turn
from storage.blobs import Blobs
from storage.database import Database
from storage.repository import Personas
from tests.integration.test_storage import persona, portrait, recipe

async def main(address, blobs, name):
    async with Database(address) as database:
        personas = Personas(database, Blobs(blobs))
        await personas.list()
        print("ready", flush=True)
        sys.stdin.read()
        ids = [(await personas.add(persona(f"{name}{n}"), recipe(), portrait(seed=n))).id for n in range(20)]
        for n in range(100):
            await personas.add_turn(ids[0], "dm", Turn(speaking=Speaking.PERSON, text=str(n)))

asyncio.run(main(*sys.argv[1:]))
"""
"""A bot that, once its input ends, keeps 20 personas and 100 lines."""


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


async def test_pragmas_are_set(database: Database) -> None:
    async with database.reading() as session:
        found = {
            name: (await session.execute(text(f"PRAGMA {name}"))).scalar_one()
            for name in ("journal_mode", "synchronous", "busy_timeout", "foreign_keys")
        }
    assert found == {"journal_mode": "wal", "synchronous": 1, "busy_timeout": 5000, "foreign_keys": 1}


async def test_locked_by_another_process(database: Database, file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "BUSY_MS", 200)
    async with Database(f"sqlite:///{file}") as impatient:
        await _write(impatient, "before")
        with Process(HOLD, str(file)) as holder:
            assert await _hashes(impatient) == ["before"]  # readers go on
            began = time.monotonic()
            with pytest.raises(StorageBusy, match="locked") as caught:
                await _write(impatient, "during")
            assert time.monotonic() - began >= 0.2  # it waited its turn
            assert caught.value.retryable
            holder.go_on()
        await _write(impatient, "after")
        assert await _hashes(impatient) == ["after", "before"]


async def test_a_writer_waits_for_another_process_that_is_done_in_time(database: Database, file: Path) -> None:
    with Process(HOLD, str(file)) as holder:
        writing = asyncio.create_task(_write(database))
        await asyncio.sleep(0.2)
        assert not writing.done()
        holder.go_on()
        await writing
    assert await _hashes(database) == ["a"]


async def test_two_bots_on_one_file_lose_nothing(database: Database, file: Path, tmp_path: Path) -> None:
    blobs = (tmp_path / "blobs").as_uri()
    with Process(BOT, f"sqlite:///{file}", blobs, "a") as one, Process(BOT, f"sqlite:///{file}", blobs, "b") as two:
        one.go_on()
        two.go_on()
        assert [await asyncio.to_thread(bot.wait) for bot in (one, two)] == [0, 0]
    personas = Personas(database, Blobs(blobs))
    names = [stored.persona.name for stored in await personas.list(limit=100)]
    assert sorted(names) == sorted(f"{name}{number}" for name in "ab" for number in range(20))
    for name in "ab":
        stored = await personas.find(f"{name}0")
        assert stored is not None
        said = [turn.text for turn in await personas.turns(stored.id, "dm", limit=200)]
        assert said == [str(number) for number in range(100)]


async def test_no_connection_free(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database._engine.pool, "_timeout", 0.05)
    inside = asyncio.Event()

    async def read() -> None:
        async with database.reading() as session:
            await session.execute(text("SELECT 1"))
            await inside.wait()

    readers = [asyncio.create_task(read()) for _ in range(40)]
    done, _ = await asyncio.wait(readers, timeout=10, return_when=asyncio.FIRST_EXCEPTION)
    inside.set()
    with pytest.raises(StorageBusy, match="Too many"):
        await done.pop()
    await asyncio.gather(*readers, return_exceptions=True)
    await _write(database)


@pytest.mark.parametrize(
    ("state", "kind", "words"),
    [
        ("40001", StorageBusy, "busy"),  # serialization_failure
        ("40P01", StorageBusy, "busy"),  # deadlock_detected
        ("55P03", StorageBusy, "busy"),  # lock_not_available
        ("53300", StorageBusy, "overloaded"),  # too_many_connections
        ("57P01", StorageBusy, "hung up"),  # admin_shutdown
        ("57P03", StorageBusy, "hung up"),  # cannot_connect_now
        ("08006", StorageBusy, "hung up"),  # connection_failure
        (None, StorageBusy, "cannot be reached"),
        ("53100", StorageFailed, "full"),
        ("25006", StorageFailed, "read-only"),
        ("58030", StorageFailed, "failed"),  # io_error
    ],
)
def test_states_of_a_server(state: str | None, kind: type[StorageFailed], words: str) -> None:
    """As psycopg raises them; the real server behind them is for the tests that have one."""
    with pytest.raises(StorageFailed, match=words) as caught, module.explained(make_url("postgresql://host/name")):
        raise _of_server("it said something", state)
    assert type(caught.value) is kind


@pytest.mark.parametrize(
    ("complaint", "kind", "words"),
    [
        ('FATAL:  password authentication failed for user "u"', StorageFailed, "password"),
        ('FATAL:  database "x" does not exist', StorageFailed, "does not know"),
        ("FATAL:  sorry, too many clients already", StorageBusy, "cannot be reached"),
        ("connection refused", StorageBusy, "cannot be reached"),
    ],
)
def test_connections_refused(complaint: str, kind: type[StorageFailed], words: str) -> None:
    with pytest.raises(StorageFailed, match=words) as caught, module.explained(make_url("postgresql://host/name")):
        raise _of_server(complaint, None)
    assert type(caught.value) is kind


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


class Process:
    """Other Python code that runs until it says "ready", and on when it is told."""

    def __init__(self, code: str, *arguments: str) -> None:
        command = [sys.executable, "-c", code, *arguments]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def __enter__(self) -> Process:
        assert self._process.stdout is not None
        assert self._process.stdout.readline() == "ready\n"
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.wait()
        for stream in (self._process.stdin, self._process.stdout):
            if stream is not None:
                stream.close()

    def go_on(self) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()

    def wait(self) -> int:
        return self._process.wait(60)


async def _write(database: Database, digest: str = "a") -> None:
    async with database.session() as session:
        await session.execute(WRITE, {"h": digest})


async def _hashes(database: Database) -> list[str]:
    async with database.reading() as session:
        return list((await session.execute(text("SELECT hash FROM blobs ORDER BY hash"))).scalars())


def _of_server(complaint: str, state: str | None) -> OperationalError:
    cause = Exception(complaint)
    cause.sqlstate = state  # type: ignore[attr-defined]
    return OperationalError("SELECT 1", {}, cause)
