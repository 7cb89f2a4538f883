import asyncio
import json
import os
import random
import sqlite3
import sys
import zipfile
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, closing
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from pipeline.errors import BadRequest, StorageBusy, StorageFailed
from storage import backup as module
from storage import migrate
from storage.backup import backup, restore
from storage.blobs import Blobs
from storage.database import Database
from storage.repository import Personas
from tests.integration.test_storage import persona, portrait, recipe

WRITER = """
import asyncio, sys
from storage.blobs import Blobs
from storage.database import Database
from storage.repository import Personas
from tests.integration.test_storage import persona, portrait, recipe

async def main(database, blobs):
    async with Database(database) as opened:
        personas = Personas(opened, Blobs(blobs))
        for number in range(100_000):
            await personas.add(persona(f"P{number}"), recipe(), portrait(seed=number))
            print(number, flush=True)

asyncio.run(main(*sys.argv[1:]))
"""


class Home:
    """A database and a folder of files."""

    def __init__(self, folder: Path) -> None:
        self.file = folder / "chatanything.db"
        self.database = f"sqlite+aiosqlite:///{self.file}"
        self.blobs = (folder / "blobs").as_uri()
        self.addresses = (self.database, self.blobs)

    @asynccontextmanager
    async def personas(self) -> AsyncIterator[Personas]:
        await migrate.upgrade(self.database)
        async with Database(self.database) as opened:
            yield Personas(opened, Blobs(self.blobs))

    async def add(self, *names: str) -> None:
        async with self.personas() as personas:
            for number, name in enumerate(names):
                await personas.add(persona(name), recipe(), portrait(seed=number))

    async def names(self) -> list[str]:
        """Of all personas whose every file can be read."""
        async with self.personas() as personas:
            found = await personas.list(limit=10_000)
            for one in found:
                await personas.portrait(one.id)
                await personas.voice(one.id)
        return sorted(one.persona.name for one in found)


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "home 100% #ours")


@pytest.fixture
def other(tmp_path: Path) -> Home:
    return Home(tmp_path / "other")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "kept" / "home.zip"


async def test_there_and_back(home: Home, other: Home, file: Path) -> None:
    await home.add("Russet", "Pippin")
    kept = await backup(*home.addresses, file)
    assert (kept.personas, kept.blobs, kept.revision) == (2, 4, migrate.head())
    assert list(file.parent.iterdir()) == [file]
    assert file.stat().st_mode & 0o777 == 0o600
    assert await restore(file, *other.addresses) == kept
    assert await other.names() == ["Pippin", "Russet"]
    assert sorted(found.name for found in other.file.parent.iterdir()) == ["blobs", "chatanything.db"]


async def test_what_is_only_in_the_log_is_kept(home: Home, other: Home, file: Path) -> None:
    async with home.personas() as personas:
        await personas.add(persona("Russet"), recipe(), portrait())
        assert home.file.with_name("chatanything.db-wal").stat().st_size
        await backup(*home.addresses, file)
    await restore(file, *other.addresses)
    assert await other.names() == ["Russet"]


async def test_backup_while_another_process_writes(
    home: Home, other: Home, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "PAGES", 1)  # many steps, with writes between them
    await home.add(*(f"Early{number}" for number in range(10)))
    writer = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", WRITER, *home.addresses), stdout=asyncio.subprocess.PIPE
    )
    assert writer.stdout
    try:
        await writer.stdout.readline()
        kept = [await backup(*home.addresses, file, force=True) for _ in range(5)]
        assert writer.returncode is None
    finally:
        writer.kill()
        written = len((await writer.communicate())[0].splitlines())
    assert 10 < kept[0].personas < kept[-1].personas <= 10 + 1 + written + 1
    await restore(file, *other.addresses)
    assert len(await other.names()) == kept[-1].personas


async def test_open_connections_see_what_was_restored(home: Home, other: Home, file: Path) -> None:
    await home.add("Russet")
    await backup(*home.addresses, file)
    async with other.personas() as running:
        await running.add(persona("Stranger"), recipe(), portrait(seed=9))
        assert [one.persona.name for one in await running.list()] == ["Stranger"]
        with pytest.raises(BadRequest, match="already has 1 character,"):
            await restore(file, *other.addresses)
        await restore(file, *other.addresses, force=True)
        assert [one.persona.name for one in await running.list()] == ["Russet"]
        await running.add(persona("Newcomer"), recipe(), portrait(seed=3))
    assert await other.names() == ["Newcomer", "Russet"]


async def test_a_locked_home_stays_as_it_is(
    home: Home, other: Home, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "BUSY_MS", 100)
    await home.add("Russet")
    await backup(*home.addresses, file)
    await other.add("Stranger")
    with closing(sqlite3.connect(other.file, isolation_level=None)) as holding:
        holding.execute("BEGIN IMMEDIATE")
        with pytest.raises(StorageBusy, match="locked"):
            await restore(file, *other.addresses, force=True)
        await backup(*other.addresses, file, force=True)  # reading waits for nobody
    assert await other.names() == ["Stranger"]


async def test_an_older_backup_is_brought_up_to_date(home: Home, other: Home, file: Path) -> None:
    await home.add("Russet")
    await migrate.downgrade(home.database, "0001")
    assert (await backup(*home.addresses, file)).revision == "0001"
    await restore(file, *other.addresses)
    assert await migrate.current(other.database) == migrate.head()
    assert await other.names() == ["Russet"]


async def test_a_newer_backup_is_refused(home: Home, other: Home, file: Path) -> None:
    await home.add("Russet")
    async with Database(home.database) as database, database.session() as session:
        await session.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    await backup(*home.addresses, file)
    with pytest.raises(StorageFailed, match="newer version"):
        await restore(file, *other.addresses)
    assert not other.file.exists()


async def test_a_damaged_home_is_mended(home: Home, file: Path) -> None:
    await home.add("Russet")
    await backup(*home.addresses, file)
    size = home.file.stat().st_size
    with home.file.open("r+b") as database:
        database.seek(4096)
        database.write(os.urandom(size - 4096))
    with pytest.raises(StorageFailed, match="damaged"):
        await backup(*home.addresses, file, force=True)
    await restore(file, *home.addresses, force=True)
    assert await home.names() == ["Russet"]


async def test_quiet_damage_is_told_when_it_is_kept(home: Home, file: Path) -> None:
    await home.add("Russet")
    with home.file.open("r+b") as database:
        database.seek(36)  # the number of free pages: nothing fails that only reads and writes rows
        database.write((7).to_bytes(4))
    with pytest.raises(StorageFailed, match="damaged"):
        await backup(*home.addresses, file)


async def test_what_is_in_the_way(home: Home, file: Path) -> None:
    with pytest.raises(BadRequest, match="nothing to keep"):
        await backup(*home.addresses, file)
    await home.add("Russet")
    await backup(*home.addresses, file)
    before = file.read_bytes()
    with pytest.raises(BadRequest, match="exists already"):
        await backup(*home.addresses, file)
    with pytest.raises(BadRequest, match="folder"):
        await backup(*home.addresses, file.parent, force=True)
    with pytest.raises(BadRequest, match="database itself"):
        await backup(*home.addresses, home.file, force=True)
    with pytest.raises(StorageFailed, match="does not take"):
        await backup(*home.addresses, file / "below.zip")
    assert file.read_bytes() == before
    assert await home.names() == ["Russet"]


async def test_a_lost_file_leaves_no_archive(home: Home, file: Path) -> None:
    await home.add("Russet")
    next((home.file.parent / "blobs").glob("*/*")).unlink()
    with pytest.raises(StorageFailed, match="missing"):
        await backup(*home.addresses, file)
    assert list(file.parent.iterdir()) == []


async def test_interruption_leaves_no_archive(home: Home, file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    await home.add("Russet")
    reached = asyncio.Event()

    async def hang(blobs: Blobs, digest: str) -> bytes:
        reached.set()
        await asyncio.sleep(60)
        raise AssertionError

    monkeypatch.setattr(Blobs, "get", hang)
    task = asyncio.create_task(backup(*home.addresses, file))
    await reached.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert list(file.parent.iterdir()) == []


@pytest.mark.parametrize(
    ("database", "blobs", "instead"),
    [
        ("postgresql://user:hush@host/name", "file:///blobs", "pg_dump"),
        ("sqlite://", "file:///blobs", "database at home"),
        ("sqlite:///a.db", "s3://bucket", "versioning"),
    ],
)
async def test_only_the_embedded_default(database: str, blobs: str, instead: str, file: Path) -> None:
    for attempt in (backup(database, blobs, file), restore(file, database, blobs)):
        with pytest.raises(BadRequest, match=instead) as caught:
            await attempt
        assert "hush" not in str(caught.value)


Entries = dict[str, bytes]


def _more_manifest(**changes: Any) -> Callable[[Entries], None]:
    def change(entries: Entries) -> None:
        entries["manifest.json"] = json.dumps(json.loads(entries["manifest.json"]) | changes).encode()

    return change


def _other_database(statement: str) -> Callable[[Entries], None]:
    """A manipulated database with a manifest that fits it."""

    def change(entries: Entries) -> None:
        database = sqlite3.connect(":memory:")
        database.deserialize(entries["chatanything.db"][:18] + b"\1\1" + entries["chatanything.db"][20:])
        database.execute(statement)
        database.commit()
        entries["chatanything.db"] = data = database.serialize()
        database.close()
        _more_manifest(sha256=sha256(data).hexdigest(), size=len(data))(entries)

    return change


def _garbage(entries: Entries) -> None:
    entries["chatanything.db"] = data = os.urandom(9000)
    _more_manifest(sha256=sha256(data).hexdigest(), size=len(data))(entries)


def _climbing(entries: Entries) -> None:
    entries["blobs/../../../climbed"] = b"x"
    _more_manifest(blobs=5)(entries)


def _wrong_blob(entries: Entries) -> None:
    entries[max(name for name in entries if name.startswith("blobs/"))] += b"x"  # the last: no file before it stays


def _lost_blob(entries: Entries) -> None:
    del entries[next(name for name in entries if name.startswith("blobs/"))]
    _more_manifest(blobs=1)(entries)


@pytest.mark.parametrize(
    "change",
    [
        _climbing,
        _wrong_blob,
        _lost_blob,
        _garbage,
        lambda entries: entries.pop("manifest.json"),
        lambda entries: entries.pop("chatanything.db"),
        lambda entries: entries.update({"manifest.json": b"[" * 70_000}),
        lambda entries: entries.update({"manifest.json": b"[" * 60_000}),
        lambda entries: entries.update({"chatanything.db": b"x"}),
        _more_manifest(format=2),
        _more_manifest(surprise=1),
        _more_manifest(blobs=-1),
        _more_manifest(revision="0001"),
        _more_manifest(sha256="0" * 64),
        _other_database("CREATE TRIGGER t AFTER INSERT ON turns BEGIN DELETE FROM turns; END"),
        _other_database("DROP TABLE alembic_version"),
        _other_database("INSERT INTO blobs VALUES ('../x', 'x/y', 1, '2026-01-01')"),
    ],
)
async def test_a_strange_archive_changes_nothing(
    change: Callable[[Entries], object], home: Home, other: Home, file: Path
) -> None:
    await home.add("Russet")
    await backup(*home.addresses, file)
    with zipfile.ZipFile(file) as archive:
        entries = {name: archive.read(name) for name in archive.namelist()}
    change(entries)
    with zipfile.ZipFile(file, "w") as archive:
        for name, data in entries.items():
            archive.writestr(name, data)
    with pytest.raises(BadRequest, match=r"damaged|newer|do not fit"):
        await restore(file, *other.addresses)
    assert not other.file.exists()
    assert not [found for found in other.file.parent.rglob("*") if found.is_file()]


async def test_any_damage_is_a_sentence(home: Home, other: Home, file: Path) -> None:
    await home.add("Russet")
    await backup(*home.addresses, file)
    whole = file.read_bytes()
    chance, refused = random.Random(1), 0
    for _ in range(150):
        data = bytearray(whole)
        if chance.random() < 0.2:
            del data[chance.randrange(len(data)) :]
        else:  # a third each: anywhere, among the names at the end, in the manifest
            start, end = chance.choice([(0, len(data)), (len(data) - 400, len(data)), (0, 400)])
            for _ in range(chance.choice([1, 8])):
                data[chance.randrange(start, end)] = chance.randrange(256)
        file.write_bytes(data)
        try:
            await restore(file, *other.addresses, force=True)
        except BadRequest:
            refused += 1
        else:  # the damage hit a time or a spare field
            assert await other.names() == ["Russet"]
    assert refused > 75


async def test_no_such_file(home: Home, file: Path) -> None:
    with pytest.raises(BadRequest, match="No such file"):
        await restore(file, *home.addresses)
