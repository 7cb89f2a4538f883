"""Pictures and voice messages that come with a message. Those that load them raise ``BadRequest``."""

from __future__ import annotations

import asyncio

import discord

from bot import attachments
from bot.localisation.refusals import Refusal
from pipeline.types import Attachment

MEGABYTE = 1_000_000


def shown(message: discord.Message) -> discord.Attachment | None:
    """The first picture."""
    return _first(message, "image/")


def spoken(message: discord.Message) -> discord.Attachment | None:
    """The first voice message: Discord records them as Ogg. Other sounds are music that people share."""
    return _first(message, "audio/ogg")


async def picture(file: discord.Attachment) -> Attachment:
    """A picture as a character sees it."""
    most = attachments.MAXIMUM_BYTES
    if file.size > most:
        raise Refusal("talk-picture-too-large", megabytes=most // MEGABYTE)
    return await asyncio.to_thread(attachments.picture, await _read(file, "talk-picture-lost"))


async def voice(file: discord.Attachment) -> Attachment:
    """A sound as it was sent."""
    most = attachments.MAXIMUM_BYTES
    if file.size > most:
        raise Refusal("talk-voice-too-large", megabytes=most // MEGABYTE)
    mime = (file.content_type or "").partition(";")[0]
    return Attachment(mime=mime, data=await _read(file, "talk-voice-lost"))


async def _read(file: discord.Attachment, lost: str) -> bytes:
    try:
        return await file.read()
    except (discord.DiscordException, OSError) as error:
        raise Refusal(lost) from error


def _first(message: discord.Message, kind: str) -> discord.Attachment | None:
    return next((one for one in message.attachments if (one.content_type or "").startswith(kind)), None)
