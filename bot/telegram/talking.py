"""Lines said to characters: all in private chats, in groups those that are meant for one."""

from __future__ import annotations

import asyncio
import re
from collections import deque

import structlog
from telegram import Chat, Message, MessageEntity
from telegram.error import TelegramError

from bot.addressing import Addressing
from bot.app import Desk
from bot.attachments import MAXIMUM_BYTES, picture
from bot.localisation.refusals import Refusal
from bot.places import ELSEWHERE
from bot.telegram.calls import Call
from pipeline.errors import StorageFailed
from pipeline.types import Attachment
from storage.repository import StoredPersona

log = structlog.get_logger(__name__)

DOWNLOAD = 20_000_000
"""Bytes that a bot may load (Telegram's limit)."""

ALBUMS = 1000
"""Albums that are remembered."""


class Talking:
    """Hands lines to the characters they are meant for."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._addressing = Addressing(desk.characters, desk.places)
        self._albums: deque[str] = deque(maxlen=ALBUMS)

    async def hear(self, call: Call) -> None:
        """A message that somebody wrote. Of an album, which is as many messages as pictures, the first one counts."""
        album = call.message.media_group_id
        if album is not None and album in self._albums:
            return
        if album is not None:
            self._albums.append(album)
        try:
            await self._hear(call)
        except (StorageFailed, Refusal) as error:
            if self._aloud(call) or not (isinstance(error, StorageFailed) or error.id == ELSEWHERE):
                raise
            log.info("telegram.unheard", error=type(error).__name__)  # nobody waits for an answer

    async def _hear(self, call: Call) -> None:
        aloud, text, incoming = self._aloud(call), self._text(call), call.incoming
        meant = await self._addressing.meant(incoming, text, self._replied(call), aloud=aloud)
        if text and await self._desk.scenes.hear(incoming, text, meant.persona if meant.named else None):
            return
        persona = meant.persona
        if persona is None and not aloud:
            persona = await self._addressing.resident(incoming, call.words)
        if persona is not None:
            await self.say(call, persona)
        elif aloud:
            raise Refusal("telegram-nobody")

    async def say(self, call: Call, persona: StoredPersona, text: str | None = None) -> None:
        """A line to a persona."""
        message = call.message
        text = self._text(call) if text is None else text
        shown, spoken = await pictured(message), await _voice(message)
        if not text and shown is None and spoken is None:
            raise Refusal("telegram-nothing-said")
        line = text or ("" if spoken else call.texts("telegram-look"))
        await self._desk.asking.say(call.incoming, persona, line, picture=shown, spoken=spoken)

    def _aloud(self, call: Call) -> bool:
        """Whether the bot is spoken to: alone with it, by its name, or in reply to what it said."""
        private = call.message.chat.type == Chat.PRIVATE
        return private or self._mention(call) is not None or self._replied(call) is not None

    def _mention(self, call: Call) -> MessageEntity | None:
        name = f"@{call.bot.username}".casefold()
        entities = call.message.parse_entities([MessageEntity.MENTION]) or call.message.parse_caption_entities(
            [MessageEntity.MENTION]
        )
        return next((entity for entity, text in entities.items() if text.casefold() == name), None)

    def _text(self, call: Call) -> str:
        """What was said, without the name of the bot."""
        return re.sub(rf"@{re.escape(call.bot.username)}\b", "", call.words, flags=re.IGNORECASE).strip(" ,\n")

    def _replied(self, call: Call) -> int | None:
        """The message of ours that this replies to."""
        replied = call.message.reply_to_message
        ours = replied is not None and replied.from_user is not None and replied.from_user.id == call.bot.id
        return replied.message_id if replied is not None and ours else None


async def pictured(message: Message | None) -> Attachment | None:
    """The picture in a message. Raises ``BadRequest`` when it cannot be shown to anybody."""
    if message is None:
        return None
    document = message.document
    pictured = document if document is not None and (document.mime_type or "").startswith("image/") else None
    shown = message.photo[-1] if message.photo else pictured
    if shown is None:
        return None
    if (shown.file_size or 0) > MAXIMUM_BYTES:
        raise Refusal("telegram-picture-large", megabytes=MAXIMUM_BYTES // 1_000_000)
    data = await _loaded(message, shown.file_id)
    return await asyncio.to_thread(picture, data)


async def _voice(message: Message) -> Attachment | None:
    """The voice message."""
    voice = message.voice or message.audio or message.video_note
    if voice is None:
        return None
    if (voice.file_size or 0) > DOWNLOAD:
        raise Refusal("telegram-voice-large", megabytes=DOWNLOAD // 1_000_000)
    mime = getattr(voice, "mime_type", None) or ("video/mp4" if message.video_note else "audio/ogg")
    return Attachment(mime=mime, data=await _loaded(message, voice.file_id))


async def _loaded(message: Message, file_id: str) -> bytes:
    try:
        file = await message.get_bot().get_file(file_id)
        return bytes(await file.download_as_bytearray())
    except TelegramError as error:
        raise Refusal("telegram-not-loaded") from error
