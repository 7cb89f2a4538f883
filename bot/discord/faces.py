"""Faces beside what characters say.

A webhook shows a picture from a public address. Addresses of uploaded files expire after a day; those of an
application's own emojis do not, and an application may have 2000 of them, which nobody sees in a list. So each portrait
becomes one, named after its content: found again after a restart, and replaced with a new portrait. One that is gone,
because room was made or somebody deleted it, is uploaded again.
"""

from __future__ import annotations

import asyncio
import io
from hashlib import blake2s

import discord
import structlog
from PIL import Image

from pipeline.errors import StorageFailed
from pipeline.mark import marked_png
from pipeline.types import Picture
from storage.repository import Personas

log = structlog.get_logger(__name__)

SIDE = 128
"""Pixels: what Discord keeps of an emoji."""

MOST = 1900
"""Faces that are kept: the limit is 2000."""

FRESH = 3600.0
"""Seconds after which Discord is asked once more which faces there are: other processes make room as well."""


class Faces:
    """Addresses of portraits. Nothing here is worth a failed message: without a face Discord shows its own."""

    def __init__(self, client: discord.Client, personas: Personas) -> None:
        self._client = client
        self._personas = personas
        self._names: dict[str, str] = {}
        """Of the emoji of each persona."""
        self._emojis: dict[str, discord.Emoji] = {}
        self._looked: float | None = None
        self._uploading = asyncio.Lock()

    async def of(self, persona: str | None) -> str | None:
        """The public address of a persona's portrait."""
        if persona is None:
            return None
        try:
            async with self._uploading:
                await self._look()
                if self._names.get(persona) not in self._emojis:
                    self._names[persona] = await self._upload(persona)
        except (StorageFailed, discord.DiscordException, OSError) as error:
            log.info("discord.no_face", persona=persona, error=type(error).__name__)
        face = self._emojis.get(self._names.get(persona, ""))
        return face.url if face else None

    def forget(self, persona: str) -> None:
        """It has a new portrait."""
        self._names.pop(persona, None)

    async def _look(self) -> None:
        present = asyncio.get_running_loop().time()
        if self._looked is None or present > self._looked + FRESH:
            self._emojis = {emoji.name: emoji for emoji in await self._client.fetch_application_emojis()}
            self._looked = present

    async def _upload(self, persona: str) -> str:
        portrait = await self._personas.portrait(persona)
        png = await asyncio.to_thread(_small, portrait.picture)
        name = f"face_{blake2s(png, digest_size=12).hexdigest()}"
        if name not in self._emojis:
            await self._make_room()
            self._emojis[name] = await self._client.create_application_emoji(name=name, image=png)
        return name

    async def _make_room(self) -> None:
        """Messages keep the face that they were sent with."""
        ours = sorted((one for name, one in self._emojis.items() if name.startswith("face_")), key=lambda one: one.id)
        for emoji in ours[: max(len(ours) - MOST, 0)]:
            await emoji.delete()
            del self._emojis[emoji.name]


def _small(picture: Picture) -> bytes:
    small, png = Image.fromarray(picture).resize((SIDE, SIDE), Image.Resampling.LANCZOS), io.BytesIO()
    small.save(png, "PNG", optimize=True)
    return marked_png(png.getvalue())
