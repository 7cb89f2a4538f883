"""Throws away what nobody needs any more: requests that ended long ago, what was made for them, and the files of that.

Characters, conversations and memories are not touched, and whose words a message shows is noted down. A file goes in
two passes: first the row that names it, and with the next pass, if no row has come to name it again, the file. So
nothing is missing for whoever copies the rows first and the files afterwards (`backup`), or has just made the same
file anew.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from sqlalchemy import delete, exists, select, union
from sqlalchemy.ext.asyncio import AsyncSession

from storage.asked import State
from storage.blobs import Blobs
from storage.company import keep_messages
from storage.database import Database
from storage.tables import BlobRow, InboxRow, LineRow, PortraitRow, RequestRow, ResultRow, StepRow, TurnRow
from storage.values import Json, now

log = structlog.get_logger(__name__)

BATCH = 200
"""Rows per transaction: on SQLite others wait meanwhile."""


@dataclass(frozen=True, slots=True)
class Swept:
    """How much went."""

    requests: int
    results: int
    files: int


class Sweeper:
    """Sweeps one database and its files; ``keep`` is how long ended requests stay. Several do no harm to each other.

    Methods raise ``StorageFailed``.
    """

    def __init__(self, database: Database, blobs: Blobs, keep: timedelta) -> None:
        self._database = database
        self._blobs = blobs
        self._keep = keep
        self._unnamed: set[str] = set()

    async def sweep(self) -> Swept:
        """One pass."""
        before = now() - self._keep
        files = await self._delete_files()
        requests = await self._delete_requests(before)
        await self._delete_updates(before)
        results = await self._delete_results(before)
        self._unnamed = await self._delete_names(before)
        return Swept(requests, results, files)

    async def _delete_files(self) -> int:
        async with self._database.reading() as session:
            named = set(await session.scalars(select(BlobRow.hash).where(BlobRow.hash.in_(self._unnamed))))
        gone = self._unnamed - named
        for digest in gone:
            await self._blobs.delete(digest)
        self._unnamed = set()
        return len(gone)

    async def _delete_requests(self, before: datetime) -> int:
        ended = (RequestRow.state != State.OPEN.value) & (RequestRow.ended_at < before)
        some = select(RequestRow.id).where(ended).limit(BATCH)
        shown = (RequestRow.conversation, RequestRow.message, RequestRow.persona_id)
        deletion = delete(RequestRow).where(RequestRow.id.in_(some)).returning(*shown)

        async def batch(session: AsyncSession) -> int:
            rows = (await session.execute(deletion)).all()
            await keep_messages(session, [(where, key, who) for where, key, who in rows if key and who])
            return len(rows)

        return await self._repeat(batch)

    async def _delete_updates(self, before: datetime) -> None:
        """Of a platform that nobody has served since."""
        async with self._database.session() as session:
            await session.execute(delete(InboxRow).where(InboxRow.created_at < before))

    async def _delete_results(self, before: datetime) -> int:
        used = exists().where(StepRow.result_key == ResultRow.key)
        some = select(ResultRow.key).where(ResultRow.created_at < before, ~used).limit(BATCH)
        deletion = delete(ResultRow).where(ResultRow.key.in_(some)).returning(ResultRow.key)

        async def batch(session: AsyncSession) -> int:
            return len((await session.scalars(deletion)).all())

        return await self._repeat(batch)

    async def _repeat(self, batch: Callable[[AsyncSession], Awaitable[int]]) -> int:
        """Until nothing is left to delete; the number of rows that went."""
        number, gone = 0, BATCH
        while gone == BATCH:
            async with self._database.session() as session:
                gone = await batch(session)
            number += gone
        return number

    async def _delete_names(self, before: datetime) -> set[str]:
        async with self._database.session() as session:
            old = await session.scalars(select(BlobRow.hash).where(BlobRow.created_at < before))
            unused = sorted(set(old) - await _used(session, before))
            for start in range(0, len(unused), BATCH):
                await session.execute(delete(BlobRow).where(BlobRow.hash.in_(unused[start : start + BATCH])))
        return set(unused)


async def _used(session: AsyncSession, before: datetime) -> set[str]:
    """The files that something names, and of documents those of the old ones that are left: naming a file makes its
    row young again (`rows.name_blobs`), so younger documents name younger rows."""
    columns = (PortraitRow.picture_blob, PortraitRow.plate_blob, TurnRow.clip_blob, LineRow.clip_blob)
    named = await session.scalars(union(*(select(column) for column in columns)))
    used = {digest for digest in named if digest is not None}
    results = select(ResultRow.document).where(ResultRow.created_at < before)
    payloads = select(RequestRow.payload).where(RequestRow.created_at < before)
    for documents in (results, payloads):
        for document in await session.scalars(documents):
            used.update(_hashes(document))
    return used


def _hashes(document: Json) -> Iterator[str]:
    """Hashes anywhere in a document."""
    if isinstance(document, dict):
        if isinstance(document.get("hash"), str):
            yield document["hash"]
        for value in document.values():
            yield from _hashes(value)
    elif isinstance(document, list):
        for value in document:
            yield from _hashes(value)
