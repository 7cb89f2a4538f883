"""Messages that a person posted through the bot in any chat: they can be edited, and that is all.

Files cannot be uploaded into one: they go to the person's own chat first, where that is allowed, and are shown from
there.
"""

from __future__ import annotations

from typing import Any, TypeAlias

import structlog
from telegram import Bot, InputMediaAudio, InputMediaDocument, InputMediaPhoto, InputMediaVideo
from telegram import Message as Sent
from telegram.error import BadRequest, Forbidden

from bot.localisation.texts import texts
from bot.messages import File, Message
from bot.telegram.failures import edited, translated
from bot.telegram.keyboard import chat_button
from bot.telegram.layout import CAPTION, Sheet, lay_out
from bot.telegram.rich import Rich, split

log = structlog.get_logger(__name__)

UPLOADING = 120.0
"""Seconds for sending a file."""

WORDS, PICTURE, SOUND = "inline", "inline-picture", "inline-sound"
"""What such a message shows, at the end of its key."""

Media: TypeAlias = InputMediaPhoto | InputMediaVideo | InputMediaAudio | InputMediaDocument


class InlineMessages:
    """Shows characters in them."""

    def __init__(self, bot: Bot) -> None:
        self._bot = bot

    async def show(self, person: int, inline: str, key: str | None, message: Message) -> str:
        """Edits it; the key afterwards. ``key``: as it was given before. Raises ``Undelivered``."""
        said = texts(message.language)
        sheet, before = lay_out(message, said), (key or "").rpartition("//")[2] or WORDS
        more: dict[str, Any] = {
            "inline_message_id": inline,
            "reply_markup": chat_button(self._bot.username, said),  # without one it may not be edited again
        }
        caption = split(sheet.pieces[0], CAPTION)[0]
        with translated():
            found = await self._media(person, sheet, caption, before)
            if found is not None:
                after, media = found
                await edited(lambda: self._bot.edit_message_media(media, **more))
                return f"{inline}//{after}"
            if before != WORDS:  # what shows a file keeps it
                more |= {"caption": caption.text, "caption_entities": caption.entities}
                await edited(lambda: self._bot.edit_message_caption(**more))
            else:
                text = sheet.pieces[0]
                await edited(lambda: self._bot.edit_message_text(text.text, entities=text.entities, **more))
        return f"{inline}//{before}"

    async def _media(self, person: int, sheet: Sheet, caption: Rich, before: str) -> tuple[str, Media] | None:
        """What is to be shown now, the clip or voice before the picture; None where that is there, or cannot be."""
        if sheet.said is not None and before != SOUND:
            media = await self._uploaded(person, sheet.said, caption)
            if media is not None:
                return SOUND, media
        if sheet.picture is not None and before == WORDS:
            media = await self._uploaded(person, sheet.picture, caption)
            if media is not None:
                return PICTURE, media
        return None

    async def _uploaded(self, person: int, file: File, caption: Rich) -> Media | None:
        """A file that Telegram has already; None where the person has no chat with the bot."""
        try:
            sent = await self._send(person, file)
            await self._bot.delete_message(person, sent.message_id)
        except (Forbidden, BadRequest) as error:
            log.info("telegram.inline_without_file", error=type(error).__name__)
            return None
        said: dict[str, Any] = {"caption": caption.text, "caption_entities": caption.entities}
        if sent.photo:
            return InputMediaPhoto(sent.photo[-1].file_id, **said)
        if sent.video:
            return InputMediaVideo(sent.video.file_id, **said)
        if sent.audio:
            return InputMediaAudio(sent.audio.file_id, **said)
        return InputMediaDocument(sent.document.file_id, **said) if sent.document else None

    async def _send(self, person: int, file: File) -> Sent:
        quiet: dict[str, Any] = {"disable_notification": True, "write_timeout": UPLOADING}
        if file.mime.startswith("image/"):
            return await self._bot.send_photo(person, file.data, **quiet)
        if file.mime.startswith("video/"):
            return await self._bot.send_video(person, file.data, **quiet)
        # No voice message can be edited in. What Telegram makes of an Ogg file, a track or a document, can be.
        return await self._bot.send_audio(person, file.data, filename=file.name, **quiet)
