"""Backup and restore of the embedded default, a SQLite file and a folder, while a bot is running.

The database is copied by SQLite's online backup (https://sqlite.org/backup.html), which takes in what still lies in
the write-ahead log and, on the way back, gives the new content to every process that has the database open. Files are
written before the rows that name them and never changed, so a copy of the rows made first finds all of its files.
"""

from __future__ import annotations

import asyncio
import hashlib
import os
import shutil
import sqlite3
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import ParamSpec, TypeVar
from urllib.parse import urlsplit
from zipfile import ZipFile

from sqlalchemy import URL
from sqlalchemy.exc import DBAPIError

from pipeline.errors import BadRequest, StorageBusy, StorageFailed
from storage import migrate
from storage.archive import DATABASE, Archive, Manifest, Writer
from storage.blobs import Blobs
from storage.database import BUSY_MS, explained, parse
from storage.values import now

P = ParamSpec("P")
T = TypeVar("T")

PAGES = 2560
"""Pages that are copied in one step: 10 MB."""


async def backup(database_url: str, blob_url: str, file: Path, *, force: bool = False) -> Manifest:
    """Keeps all rows and their files in one archive; ``force`` replaces an existing one.

    The archive is made beside its place and moved in when complete. Raises ``BadRequest`` for an address that is not
    the embedded default and for a file that is in the way, ``StorageFailed`` for what disk or database refuse.
    """
    home = _embedded(database_url, blob_url)
    blobs = Blobs(blob_url)
    with _explained(home), _making(file, home, force) as archive:
        snapshot = Path(f"{archive}.db")
        await _finished(_copy, home, snapshot)
        content = await _finished(_inspect, snapshot)
        manifest = await _finished(_describe, snapshot, content)
        with ZipFile(archive, "w") as opened:
            writer = Writer(opened)
            await _finished(writer.start, manifest, snapshot)
            for digest in sorted(content.blobs):
                await _finished(writer.blob, digest, await blobs.get(digest))
    return manifest


async def restore(file: Path, database_url: str, blob_url: str, *, force: bool = False) -> Manifest:
    """Puts the content of an archive in the place of all that the database holds, in one transaction.

    The archive is checked from end to end first, and an older database is brought up to date before it goes in.
    ``force`` gives up the personas that are there; stored files only join those that are there. Raises ``BadRequest``
    for a bad archive and for personas that are in the way, ``StorageFailed`` for a database that is newer than this
    code or locked, and for what the disk refuses.
    """
    home = _embedded(database_url, blob_url)
    with _explained(home), await _finished(Archive, file) as archive:
        await _finished(archive.verify)
        if not force:
            await _finished(_check_free, home)
        with _beside(home) as folder:
            fresh = folder / DATABASE
            await _finished(_extract, archive, file, fresh)
            await migrate.upgrade(f"sqlite:///{fresh}")
            blobs = Blobs(blob_url)
            for digest in sorted(archive.blobs):
                await blobs.put(await _finished(archive.blob, digest), "")
            await _finished(_copy, fresh, home)
        return archive.manifest


async def _finished(work: Callable[P, T], *args: P.args, **options: P.kwargs) -> T:
    """Does the work in a thread. A cancellation waits for it: it still has our files open."""
    running = asyncio.ensure_future(asyncio.to_thread(work, *args, **options))
    try:
        return await asyncio.shield(running)
    except asyncio.CancelledError:
        await asyncio.wait([running])
        raise


def _embedded(database_url: str, blob_url: str) -> Path:
    """The file of the database."""
    url = parse(database_url)
    if url.get_backend_name() != "sqlite" or not url.database or url.database == ":memory:":
        raise BadRequest(
            "`backup` and `restore` are for the database at home, and DATABASE_URL names another one. "
            "Use its own tools: for Postgres, pg_dump and pg_restore."
        )
    if urlsplit(blob_url).scheme not in {"", "file"}:
        raise BadRequest(
            "`backup` and `restore` are for files in a folder, and BLOB_URL names a bucket. "
            "Use its own means: versioning, replication or a copy of the bucket."
        )
    return Path(url.database).absolute()


@dataclass(frozen=True, slots=True)
class _Content:
    """What a database says about itself. A ``plain`` one has no triggers or views, which run code of their maker."""

    revision: str
    personas: int
    blobs: frozenset[str]
    plain: bool


def _inspect(file: Path) -> _Content:
    """Raises ``sqlite3.Error`` when the file is no sound database of ours."""
    with closing(_connect(file)) as database:
        database.execute("PRAGMA trusted_schema=OFF")
        found = database.execute("PRAGMA quick_check(1)").fetchone()[0]
        revision = database.execute("SELECT version_num FROM alembic_version").fetchone()
        if found != "ok" or revision is None:
            error = sqlite3.DatabaseError(found)
            error.sqlite_errorname = "SQLITE_CORRUPT"
            raise error
        personas = database.execute("SELECT count(*) FROM personas").fetchone()[0]
        blobs = frozenset(digest for (digest,) in database.execute("SELECT hash FROM blobs"))
        foreign = database.execute("SELECT 1 FROM sqlite_master WHERE type NOT IN ('table', 'index')").fetchone()
        return _Content(revision[0], personas, blobs, plain=foreign is None)


def _describe(snapshot: Path, content: _Content) -> Manifest:
    with snapshot.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return Manifest(
        revision=content.revision,
        made_at=now(),
        personas=content.personas,
        blobs=len(content.blobs),
        size=snapshot.stat().st_size,
        sha256=digest,
    )


def _extract(archive: Archive, file: Path, fresh: Path) -> None:
    """The database of an archive as a file of its own, looked into."""
    needed, free = 3 * archive.manifest.size, shutil.disk_usage(fresh.parent).free  # this file, the log, its place
    if needed > free:
        raise StorageFailed(f"The disk is too full: {needed / 1e6:.0f} MB are needed, {free / 1e6:.0f} MB are free.")
    with fresh.open("xb") as target:
        target.writelines(archive.database())
    try:
        content = _inspect(fresh)
    except sqlite3.Error as error:
        raise BadRequest(f"The database in {file} is damaged.") from error
    fits = content.revision == archive.manifest.revision and content.blobs == archive.blobs
    if not fits or not content.plain:
        raise BadRequest(f"{file} is not as `backup` made it: its parts do not fit together.")


def _check_free(home: Path) -> None:
    if not home.exists():
        return
    with closing(_connect(home)) as database:
        if not database.execute("SELECT 1 FROM sqlite_master WHERE name = 'personas'").fetchone():
            return
        count = database.execute("SELECT count(*) FROM personas").fetchone()[0]
    if count:
        characters = "1 character" if count == 1 else f"{count} characters"
        raise BadRequest(f"This home already has {characters}, dismissed ones included; --force replaces all of them.")


def _copy(source: Path, target: Path) -> None:
    """The content of one database in the place of another one's, as of one moment and in one transaction."""
    with closing(_connect(source)) as reader, closing(_connect(target, "rwc")) as writer:
        # Inside a reading transaction nothing that others write is seen; else each write would start the copy anew.
        reader.execute("BEGIN")
        reader.execute("SELECT 1 FROM sqlite_master").fetchone()
        reader.backup(writer, pages=PAGES, progress=_Patience())


class _Patience:
    """Python's ``backup`` waits for a locked database for ever."""

    def __init__(self) -> None:
        self._until = time.monotonic() + BUSY_MS / 1000

    def __call__(self, status: int, remaining: int, total: int) -> None:
        if status not in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}:
            self._until = time.monotonic() + BUSY_MS / 1000
        elif time.monotonic() >= self._until:
            raise StorageBusy("Another process kept the database locked for too long. Try again in a moment.")


def _connect(file: Path, mode: str = "rw") -> sqlite3.Connection:
    # Statements only open transactions where we say so.
    return sqlite3.connect(f"{file.as_uri()}?mode={mode}", uri=True, timeout=BUSY_MS / 1000, isolation_level=None)


@contextmanager
def _making(file: Path, home: Path, force: bool) -> Iterator[Path]:
    """A place for the archive that becomes ``file`` at the end, readable by its owner only."""
    if not home.exists():
        raise BadRequest("There is nothing to keep yet: this home has no database.")
    if file.is_dir():
        raise BadRequest(f"{file} is a folder; name a file for the backup.")
    if file.resolve() in {Path(f"{home.resolve()}{suffix}") for suffix in ("", "-wal", "-shm")}:
        raise BadRequest(f"{file} is the database itself; name another file for the backup.")
    if file.exists() and not force:
        raise BadRequest(f"{file} exists already; name another file, or replace it with --force.")
    with _beside(file) as folder:
        archive = folder / file.name
        archive.touch(mode=0o600)
        yield archive
        with archive.open("rb") as written:
            os.fsync(written.fileno())
        archive.replace(file)


@contextmanager
def _beside(file: Path) -> Iterator[Path]:
    """A folder of our own in the folder of that file, on the same disk; it is gone afterwards."""
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=file.parent, prefix=".making-") as folder:
            yield Path(folder).absolute()
    except OSError as error:
        reason = error.strerror or "the file system refused"
        raise StorageFailed(f"{file.parent} does not take what is written: {reason}.") from error


@contextmanager
def _explained(home: Path) -> Iterator[None]:
    """What SQLite refused, in the words that `database` has for it."""
    with explained(URL.create("sqlite", database=str(home))):
        try:
            yield
        except sqlite3.Error as error:
            raise DBAPIError(None, None, error) from error
