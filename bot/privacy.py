"""What is kept about a person: handed to them, or taken away."""

from __future__ import annotations

import asyncio
import io
import json
from collections.abc import Mapping
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile

from bot.asking import Asking
from bot.limits import WINDOW
from bot.localisation.texts import Texts, texts
from bot.places import Places
from pipeline.errors import StorageBusy
from storage.blobs import Blobs
from storage.personal import Deleted, Kept, Personal
from storage.values import now

LOOK, LOOKS, TRIES = 0.1, 50, 3
"""Seconds between two looks whether what was called off was told, how many, and tries to delete all in one go."""

MARGIN = 100_000
"""Bytes that the directory of a zip may take."""


class Privacy:
    """The use cases; ``person`` is the platform's key. Methods raise ``StorageFailed``."""

    def __init__(self, personal: Personal, asking: Asking, places: Places, blobs: Blobs) -> None:
        self._personal = personal
        self._asking = asking
        self._places = places
        self._blobs = blobs

    async def export(self, person: str, *, most: int | None = None) -> bytes:
        """All that is kept about a person: a zip of JSON files, the portraits of their characters, and a README in
        their language. ``most``: bytes, beyond which portraits are left out."""
        kept = await self._personal.collect(person)
        said = texts((await self._places.person(person)).language)
        documents = await asyncio.to_thread(_packed, kept, said)
        return await self._with_portraits(documents, kept.portraits, most)

    async def delete(self, person: str) -> Deleted:
        """Calls off what the person waits for, then deletes everything about them. Done again, it finds nothing; what
        they ask for meanwhile stays."""
        for request in await self._personal.open_requests(person):
            await self._asking.cancel(request)
        for _ in range(LOOKS):  # that it was called off is still to be shown
            if not await self._personal.open_requests(person):
                break
            await asyncio.sleep(LOOK)
        for _ in range(TRIES - 1):
            try:
                return await self._personal.erase(person, counting=now() - WINDOW)
            except StorageBusy:  # Postgres found us and a worker waiting for each other
                await asyncio.sleep(LOOK)
        return await self._personal.erase(person, counting=now() - WINDOW)

    async def _with_portraits(self, documents: bytes, portraits: Mapping[str, str], most: int | None) -> bytes:
        buffer = io.BytesIO(documents)
        with ZipFile(buffer, "a", ZIP_STORED) as archive:  # pictures are compressed already
            for persona, digest in portraits.items():
                picture = await self._blobs.get(digest)
                if most is not None and buffer.tell() + len(picture) + MARGIN > most:
                    break
                archive.writestr(f"portraits/{persona}.png", picture)
        return buffer.getvalue()


def _packed(kept: Kept, said: Texts) -> bytes:
    buffer = io.BytesIO()
    with ZipFile(buffer, "w", ZIP_DEFLATED) as archive:
        archive.writestr("README.txt", said("privacy-readme", made=f"{now():%Y-%m-%d %H:%M}"))
        for name, rows in kept.rows.items():
            archive.writestr(f"{name}.json", json.dumps(rows, ensure_ascii=False, indent=2))
    return buffer.getvalue()
