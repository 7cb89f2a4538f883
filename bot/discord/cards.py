"""Characters as cards: in a list, to introduce them, and to be spoken to."""

from __future__ import annotations

import asyncio
import io

import discord
import structlog
from PIL import Image

from bot.discord.keys import id_of, is_key
from bot.discord.layout import COLOUR, plain, short
from bot.localisation.texts import Texts
from bot.messages import File
from pipeline.errors import StorageFailed
from pipeline.mark import marked_png
from pipeline.types import Picture
from storage.repository import Personas, StoredPersona

log = structlog.get_logger(__name__)

TITLE, LINE, FIELD = 250, 300, 1000
"""Characters of a card's title (Discord takes 256), of a line below it, and of a field (1024)."""

THUMBNAIL, PORTRAIT = 160, 512
"""Pixels of a side."""


PATIENCE = 1.5
"""Seconds to wait for a portrait: an interaction is answered within three."""


class Portraits:
    """Portraits as files. A card without one is better than none, so nothing here fails or takes long."""

    def __init__(self, personas: Personas) -> None:
        self._personas = personas

    async def of(self, persona: StoredPersona, side: int) -> File | None:
        """The portrait of a character, at most so many pixels a side."""
        try:
            async with asyncio.timeout(PATIENCE):
                portrait = await self._personas.portrait(persona.id)
        except (StorageFailed, TimeoutError) as error:
            log.info("discord.no_portrait", persona=persona.id, error=type(error).__name__)
            return None
        png = await asyncio.to_thread(_png, portrait.picture, side)
        return File("image/png", f"{persona.id}.png", png)


def entry(stored: StoredPersona, portrait: File | None) -> discord.Embed:
    """One of a list."""
    card = _card(stored, LINE)
    if portrait is not None:
        card.set_thumbnail(url=f"attachment://{portrait.name}")
    return card


def calling(stored: StoredPersona, portrait: File | None, texts: Texts) -> discord.Embed:
    """A character that is here to be spoken to."""
    card = _card(stored, LINE)
    card.set_footer(text=texts("persona-ai"))
    if portrait is not None:
        card.set_image(url=f"attachment://{portrait.name}")
    return card


def introduction(stored: StoredPersona, texts: Texts, *, words: bool, portrait: File | None = None) -> discord.Embed:
    """Who a character is and where it comes from; ``words``: also by which words, and when to the minute."""
    persona = stored.persona
    card = entry(stored, portrait)
    personality = short(plain(persona.personality), FIELD) or "…"
    card.add_field(name=texts("persona-character"), value=personality, inline=False)
    if words:
        card.add_field(name=texts("persona-words"), value=short(plain(persona.concept), FIELD) or "…", inline=False)
    if stored.owner is not None and is_key(stored.owner):
        card.add_field(name=texts("persona-by"), value=f"<@{id_of(stored.owner)}>")
    moment = discord.utils.format_dt(stored.created_at, "f" if words else "D")
    card.add_field(name=texts("persona-on"), value=moment)
    card.set_footer(text=texts("persona-made-up"))
    return card


def _card(stored: StoredPersona, line: int) -> discord.Embed:
    title, tagline = plain(stored.persona.name), plain(stored.persona.tagline)
    return discord.Embed(title=short(title, TITLE), description=short(tagline, line), colour=COLOUR)


def _png(picture: Picture, side: int) -> bytes:
    small, png = Image.fromarray(picture), io.BytesIO()
    small.thumbnail((side, side), Image.Resampling.LANCZOS)
    small.save(png, "PNG")
    return marked_png(png.getvalue())
