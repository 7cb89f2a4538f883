"""The file that a backup is: a ZIP archive of a database and the files that it names.

    manifest.json     what is inside, and the SHA-256 of the database
    chatanything.db   SQLite, deflated
    blobs/<SHA-256>   as they are: pictures and clips are compressed already

Anybody may have made the file that we are handed, so nothing in it is believed before it is checked, and no name in
it becomes a path.
"""

from __future__ import annotations

import hashlib
import re
import shutil
import struct
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Annotated
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from pipeline.errors import BadRequest

FORMAT = 1
MANIFEST = "manifest.json"
DATABASE = "chatanything.db"

CHUNK = 1 << 20
MANIFEST_LIMIT = 1 << 16
BLOB_LIMIT = 1 << 28  # a blob is held in memory; the greatest of ours are clips of a few MB
_BLOB = re.compile(r"blobs/([0-9a-f]{64})")

Total = Annotated[int, Field(ge=0)]


class Manifest(BaseModel):
    """What a backup holds. ``personas`` counts dismissed ones too; ``size`` is that of the database in bytes."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    format: int = FORMAT
    revision: str
    made_at: datetime
    personas: Total
    blobs: Total
    size: Total
    sha256: str


class Writer:
    """Fills a new archive: ``start`` once, then a ``blob`` for each hash."""

    def __init__(self, archive: ZipFile) -> None:
        self._archive = archive

    def start(self, manifest: Manifest, database: Path) -> None:
        """The manifest and the database of that file."""
        self._archive.writestr(_entry(MANIFEST, ZIP_DEFLATED), manifest.model_dump_json(indent=2) + "\n")
        with database.open("rb") as source, self._archive.open(_entry(DATABASE), "w", force_zip64=True) as target:
            shutil.copyfileobj(source, target, CHUNK)

    def blob(self, digest: str, data: bytes) -> None:
        """One stored file."""
        self._archive.writestr(_entry(f"blobs/{digest}", ZIP_STORED), data)


def _entry(name: str, compression: int = ZIP_DEFLATED) -> ZipInfo:
    # Without a time of its own it is of 1980: ZIP knows no earlier year, and a clock without a battery says 1970.
    entry = ZipInfo(name)
    entry.compress_type = compression
    return entry


class Archive:
    """A backup to read from; a context manager. Whatever is wrong with the file is a ``BadRequest``."""

    def __init__(self, file: Path) -> None:
        self._file = file
        with self._readable():
            self._archive = ZipFile(file)
        try:
            self._entries = self._listed()
            self.manifest = self._manifest()
            self.blobs = frozenset(match[1] for match in map(_BLOB.fullmatch, self._entries) if match)
            if len(self.blobs) != self.manifest.blobs or self._entries[DATABASE].file_size != self.manifest.size:
                raise self._damaged()
        except BaseException:
            self._archive.close()
            raise

    def __enter__(self) -> Archive:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._archive.close()

    def verify(self) -> None:
        """Reads all of it and compares every hash."""
        for _ in self.database():
            pass
        for digest in self.blobs:
            self.blob(digest)

    def database(self) -> Iterator[bytes]:
        """The database in pieces; raises after the last one when they were not what was kept."""
        found = hashlib.sha256()
        with self._readable(), self._archive.open(self._entries[DATABASE]) as source:
            while piece := source.read(CHUNK):
                found.update(piece)
                yield piece
        if found.hexdigest() != self.manifest.sha256:
            raise self._damaged()

    def blob(self, digest: str) -> bytes:
        """The stored file of that hash."""
        with self._readable():
            data = self._archive.read(self._entries[f"blobs/{digest}"])
        if hashlib.sha256(data).hexdigest() != digest:
            raise self._damaged()
        return data

    def _listed(self) -> dict[str, ZipInfo]:
        entries = {entry.filename: entry for entry in self._archive.infolist()}
        ours = entries.keys() >= {MANIFEST, DATABASE} and len(entries) == len(self._archive.infolist())
        if not ours or not all(map(_plausible, entries.values())):
            raise self._damaged()
        return entries

    def _manifest(self) -> Manifest:
        with self._readable():
            text = self._archive.read(self._entries[MANIFEST])
        try:
            version = _Versioned.model_validate_json(text).format
            if version > FORMAT:
                raise BadRequest(
                    "This backup was made by a newer version of ChatAnything than this one.",
                    remedy="pip install --upgrade chatanything",
                )
            return Manifest.model_validate_json(text)
        except ValidationError as error:
            raise self._damaged() from error

    @contextmanager
    def _readable(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            if error.strerror and error.filename:
                raise BadRequest(f"{self._file} cannot be read: {error.strerror}.") from error
            raise self._damaged() from error
        # What zipfile raises for bytes that are no archive, cut short, encrypted or of an unknown method.
        except (BadZipFile, zlib.error, EOFError, struct.error, ValueError, RuntimeError) as error:
            raise self._damaged() from error

    def _damaged(self) -> BadRequest:
        return BadRequest(f"{self._file} is not a backup made by ChatAnything, or it is damaged.")


class _Versioned(BaseModel):
    """What the manifest of any version has."""

    format: int


def _plausible(entry: ZipInfo) -> bool:
    if entry.compress_type not in {ZIP_STORED, ZIP_DEFLATED}:
        return False
    if entry.filename == MANIFEST:
        return entry.file_size <= MANIFEST_LIMIT
    if entry.filename == DATABASE:
        return True  # bounded by the free space
    return _BLOB.fullmatch(entry.filename) is not None and entry.file_size <= BLOB_LIMIT
