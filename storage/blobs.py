"""Files by the hash of their content, in a folder, a bucket or memory: whatever obstore speaks to.

A name is the SHA-256 of what is inside, so writing twice is writing once, and reading can tell when the disk lied.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from obstore.exceptions import AlreadyExistsError, BaseError, PermissionDeniedError, UnauthenticatedError
from obstore.store import LocalStore, ObjectStore, from_url

from pipeline.errors import StorageBusy, StorageFailed

if TYPE_CHECKING:  # obstore has these for type checkers only
    from obstore.store import ClientConfig, RetryConfig

# Somebody waits: a bucket that is away or silent must be known within ten seconds or so, not after obstore's minutes.
CLIENT: ClientConfig = {
    "allow_http": True,  # an endpoint inside the operator's own network; nothing takes http:// unless it is written
    "connect_timeout": "3s",
    "read_timeout": "10s",  # of silence; an upload must be through by then, and a clip has a few MB
    "timeout": "60s",
}
RETRY: RetryConfig = {
    "max_retries": 8,
    "retry_timeout": timedelta(seconds=5),
    "backoff": {"init_backoff": timedelta(seconds=0.1), "max_backoff": timedelta(seconds=1), "base": 2},
}
PROBE = b"ChatAnything keeps its files here.\n"


@dataclass(frozen=True, slots=True)
class BlobRef:
    """A stored file: hex SHA-256, media type, bytes."""

    hash: str
    mime: str
    size: int


class Blobs:
    """The blob store behind an obstore address: ``file:///folder``, ``s3://bucket/prefix``, ``memory:///``."""

    def __init__(self, address: str) -> None:
        self._store = _store(address)

    async def put(self, data: bytes, mime: str) -> BlobRef:
        """Keeps the bytes; afterwards ``get`` gives them. Raises ``StorageFailed``."""
        digest = hashlib.sha256(data).hexdigest()
        with _explained():
            try:
                # In one piece: only that is atomic everywhere, and `create` spares the second writing.
                await self._store.put_async(_key(digest), data, mode="create", use_multipart=False)
            except AlreadyExistsError:
                # A power cut can leave an empty file under the right name (nothing is fsynced): mend it.
                if not await self._holds(digest):
                    await self._store.put_async(_key(digest), data, mode="overwrite", use_multipart=False)
        return BlobRef(digest, mime, len(data))

    async def get(self, digest: str) -> bytes:
        """The bytes of that hash. Raises ``StorageFailed`` when they are missing or not what was stored."""
        with _explained():
            try:
                data = await self._read(digest)
            except FileNotFoundError as error:  # obstore's NotFoundError is one
                if NO_BUCKET in str(error):
                    raise
                raise StorageFailed(f"A stored file is missing ({digest[:12]}).") from error
        if hashlib.sha256(data).hexdigest() != digest:
            raise StorageFailed(f"A stored file is damaged ({digest[:12]}).")
        return data

    async def delete(self, digest: str) -> None:
        """Lets go of the bytes of that hash, if they are there. Raises ``StorageFailed``."""
        with _explained(), suppress(FileNotFoundError):
            await self._store.delete_async(_key(digest))

    async def check(self) -> None:
        """Keeps a few bytes and reads them again: raises ``StorageFailed`` unless the store lets us do both."""
        await self.get((await self.put(PROBE, "text/plain")).hash)

    async def _read(self, digest: str) -> bytes:
        result = await self._store.get_async(_key(digest))
        return bytes(await result.bytes_async())

    async def _holds(self, digest: str) -> bool:
        return hashlib.sha256(await self._read(digest)).hexdigest() == digest


def _key(digest: str) -> str:
    # 256 folders: a single one with a hundred thousand files is slow to list and to back up.
    return f"{digest[:2]}/{digest[2:]}"


def _store(address: str) -> ObjectStore:
    parts = urlsplit(address)
    with _explained():
        try:
            if parts.scheme in {"", "file"}:
                folder = Path(unquote(parts.path)) if parts.scheme else Path(address)
                return LocalStore(folder.absolute(), mkdir=True)
            if parts.scheme == "memory":  # takes no options
                return from_url(address)
            return from_url(address, client_options=CLIENT, retry_config=RETRY)
        except ValueError as error:
            raise StorageFailed("BLOB_URL is not an address; it looks like file:///folder or s3://bucket.") from error


NO_BUCKET = "<Code>NoSuchBucket<"
# What obstore has no error class for comes as text.
REFUSALS = {
    # the system's errors; numbers as in errno.h
    "(os error 13)": "The folder for files is not ours to use: check its permissions.",
    "(os error 28)": "The disk is full: a file could not be stored.",
    "(os error 30)": "The folder for files is read-only.",
    "(os error 122)": "The disk quota is used up: a file could not be stored.",
    NO_BUCKET: "The bucket of BLOB_URL does not exist.",
    "incorrectly configured region": "The bucket for files is in another region: set AWS_REGION.",
    # where a machine of AWS asks for its key, when the environment has none
    "/latest/api/token": "There is no key for the bucket of files: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.",
}
AWAY = re.compile(r"HTTP error: (?!builder error)|status code: (429|5\d\d)")
"""No connection, a broken one, no answer in time; or the server itself says "later"."""


@contextmanager
def _explained() -> Iterator[None]:
    """Turns what the disk or the bucket refused into ``StorageFailed``; into ``StorageBusy`` where trying again may
    help."""
    try:
        yield
    except (PermissionDeniedError, UnauthenticatedError) as error:
        raise StorageFailed("The bucket for files refused our key: check BLOB_URL and its credentials.") from error
    except (BaseError, OSError) as error:
        text = str(error).partition("\n\nDebug source:")[0]
        for sign, sentence in REFUSALS.items():
            if sign in text:
                raise StorageFailed(sentence) from error
        if AWAY.search(text):
            raise StorageBusy("The bucket for files cannot be reached or is overloaded. Try again soon.") from error
        reason = text.partition("\n")[0][:200]
        raise StorageFailed(f"The store for files did not answer as it should: {reason}") from error
