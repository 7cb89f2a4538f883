"""A message as Discord shows it: text in pieces, a card for a new character, files."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass

import discord

from bot.discord.splitting import LIMIT, split
from bot.localisation.texts import texts
from bot.messages import File, Message
from bot.progress import lines

SILENT = discord.AllowedMentions.none()
"""Whatever a text holds, it pings nobody."""

TITLE, DESCRIPTION, HEARD = 256, 500, 300
"""Characters of a card's title (Discord's limit), of its text and of what was heard (ours)."""

COLOUR = 0xE2725B


@dataclass(frozen=True, slots=True)
class Sheet:
    """What goes into the messages of an answer: at least one piece of text, the rest with the first of them.

    ``voice``: a voice message after them, which Discord takes only alone."""

    pieces: Sequence[str]
    card: discord.Embed | None
    files: Sequence[File]
    voice: File | None = None


def lay_out(message: Message, *, signed: bool = False, speaks: bool = False) -> Sheet:
    """``signed``: the name of the character stands above the message already, as a webhook's does. ``speaks``: what it
    says can be a voice message."""
    card = _card(message)
    text = message.text
    if message.name and message.spoken and card is None and not signed:
        text = f"**{plain(message.name)}:** {text}"
    pieces = split("\n".join(filter(None, (*_small(_heard(message)), text, *_small(_below(message))))), LIMIT)
    voice = next((file for file in message.files if speaks and file.mime.startswith("audio/")), None)
    files = [file for file in message.files if file is not voice]
    nothing = "" if files or card else "…"
    return Sheet(pieces or [nothing], card, files, voice)


def attached(files: Sequence[File]) -> list[discord.File]:
    """Files to upload once: Discord's library reads them to the end."""
    return [discord.File(io.BytesIO(file.data), file.name) for file in files]


def plain(text: str) -> str:
    """A name or a phrase within a sentence of ours: it formats, links and pings nothing."""
    return discord.utils.escape_mentions(discord.utils.escape_markdown(" ".join(text.split())))


def short(text: str, limit: int) -> str:
    """At most ``limit`` characters."""
    return text if len(text) <= limit else f"{text[: limit - 1]}…"


def _small(sentences: Sequence[str]) -> Sequence[str]:
    return [f"-# {sentence}" for sentence in sentences]


def _heard(message: Message) -> Sequence[str]:
    """What was understood of a voice message, so that a mishearing is seen."""
    if not message.heard:
        return []
    return [texts(message.language)("summoning-heard", text=plain(short(message.heard, HEARD)))]


def _below(message: Message) -> Sequence[str]:
    return [*message.notices, *lines(message.progress, texts(message.language))]


def _card(message: Message) -> discord.Embed | None:
    if message.name is None or message.tagline is None or not message.introduces:
        return None
    tagline = short(plain(message.tagline), DESCRIPTION)
    card = discord.Embed(title=short(plain(message.name), TITLE), description=tagline, colour=COLOUR)
    card.set_footer(text=texts(message.language)("persona-ai"))  # nobody shall take a character for a person
    portrait = next((file for file in message.files if file.mime.startswith("image/")), None)
    if portrait is not None:
        card.set_image(url=f"attachment://{portrait.name}")
    return card
