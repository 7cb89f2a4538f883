"""Faces beside what characters say.

A webhook shows a picture from a public address. Addresses of uploaded files expire; those of an application's own
emojis do not, and an application may have 2000 of them, which nobody sees in a list. So each portrait becomes one,
named after its content: found again after a restart, and replaced with a new portrait.
"""

from __future__ import annotations

import asyncio
import io
from hashlib import blake2s

import discord
import structlog
from PIL import Image

from pipeline.errors import StorageFailed
from pipeline.types import Picture
from storage.repository import Personas

log = structlog.get_logger(__name__)

SIDE = 128
"""Pixels: what Discord keeps of an emoji."""

MOST = 1900
"""Faces that are kept: the limit is 2000."""


class Faces:
    """Addresses of portraits. Nothing here is worth a failed message: without a face Discord shows its own."""

    def __init__(self, client: discord.Client, personas: Personas) -> None:
        self._client = client
        self._personas = personas
        self._addresses: dict[str, str] = {}
        self._emojis: dict[str, discord.Emoji] | None = None
        self._uploading = asyncio.Lock()

    async def of(self, persona: str | None) -> str | None:
        """The public address of a persona's portrait."""
        if persona is None:
            return None
        if persona not in self._addresses:
            try:
                portrait = await self._personas.portrait(persona)
                png = await asyncio.to_thread(_small, portrait.picture)
                self._addresses[persona] = await self._upload(png)
            except (StorageFailed, discord.DiscordException, OSError) as error:
                log.info("discord.no_face", persona=persona, error=type(error).__name__)
        return self._addresses.get(persona)

    def forget(self, persona: str) -> None:
        """It has a new portrait."""
        self._addresses.pop(persona, None)

    async def _upload(self, png: bytes) -> str:
        name = f"face_{blake2s(png, digest_size=12).hexdigest()}"
        async with self._uploading:
            if self._emojis is None:
                self._emojis = {emoji.name: emoji for emoji in await self._client.fetch_application_emojis()}
            if name not in self._emojis:
                await self._make_room(self._emojis)
                self._emojis[name] = await self._client.create_application_emoji(name=name, image=png)
            return self._emojis[name].url

    async def _make_room(self, emojis: dict[str, discord.Emoji]) -> None:
        """Messages keep the face that they were sent with."""
        ours = sorted((emoji for name, emoji in emojis.items() if name.startswith("face_")), key=lambda one: one.id)
        for emoji in ours[: max(len(ours) - MOST, 0)]:
            await emoji.delete()
            del emojis[emoji.name]


def _small(picture: Picture) -> bytes:
    small, png = Image.fromarray(picture).resize((SIDE, SIDE), Image.Resampling.LANCZOS), io.BytesIO()
    small.save(png, "PNG", optimize=True)
    return png.getvalue()
