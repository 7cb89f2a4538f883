"""Shows requests on Telegram (`bot.messages.Messenger`).

The first message of an answer is edited from the placeholder to the end: text becomes a picture with a caption. A
round video or a voice is a message of its own below it, posted once the rest stands; nothing can be edited into one.
In a private chat an answer that is being written is a draft instead, and is posted when it is written.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from typing import Any, Self, TypeAlias

import structlog
from aiolimiter import AsyncLimiter
from telegram import Bot, InputMediaPhoto
from telegram import Message as Shown
from telegram.constants import ChatAction
from telegram.error import BadRequest, ChatMigrated, TelegramError

from bot.fitting import rounded, thumbnail
from bot.localisation.texts import texts
from bot.messages import File, Message, MessageLost, Patience, Place, Refused
from bot.telegram.drafts import Drafts, draft_of
from bot.telegram.failures import edited, translated
from bot.telegram.inlined import UPLOADING, InlineMessages
from bot.telegram.keyboard import keyboard
from bot.telegram.keys import PLATFORM, Posted, Spot, id_of, inline_of
from bot.telegram.layout import Sheet, lay_out
from bot.telegram.openings import Openings
from bot.telegram.rich import Rich
from storage.outbox import PartKind

log = structlog.get_logger(__name__)

UPLOAD = 50_000_000
"""Bytes of a file that a bot may send."""

ROUND_SECONDS = 60.0
"""What a round video may have; it must be square, and is cut to what Telegram takes of that."""

PACE, WINDOW = 18, 60.0
"""Messages and edits in a group within so many seconds: Telegram takes 20 a minute, and other bots want theirs."""

CHATS = 10_000
"""Groups whose pace is remembered."""

Send: TypeAlias = Callable[[], Awaitable[Shown]]


class TelegramMessenger:
    """See ``Messenger``."""

    platform = PLATFORM
    nonces = False

    def __init__(self, bot: Bot, openings: Openings | None = None) -> None:
        self._bot = bot
        self._openings = openings or Openings(bot)
        self._drafts = Drafts(bot)
        self._inline = InlineMessages(bot)
        self._moved: dict[int, int] = {}
        """Groups that became supergroups, which have other ids."""
        self._paces: dict[int, AsyncLimiter] = {}

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._drafts.close()

    async def send(self, place: Place, message: Message, nonce: str) -> str:
        """See ``Messenger``."""
        if (inline := inline_of(place.conversation)) is not None:
            return await self._inline.show(id_of(place.person), inline, None, message)
        spot, opening = Spot.parse(place.conversation), await self._openings.of(message.update)
        posted = [] if opening is None else [("t", opening)]
        if posted and message.kind is PartKind.PLACEHOLDER:  # it says as much
            return str(Posted(spot.chat, posted))
        return await self._show(spot, posted, message)

    async def edit(self, place: Place, key: str, message: Message, nonce: str) -> str:
        """See ``Messenger``."""
        if (inline := inline_of(place.conversation)) is not None:
            return await self._inline.show(id_of(place.person), inline, key, message)
        posted, spot = Posted.parse(key), Spot.parse(place.conversation)
        moved = posted.chat != self._here(spot).chat
        if moved:  # messages of before the move cannot be edited
            raise MessageLost("The group has moved.")
        return await self._show(spot, posted.messages, message)

    async def _show(self, spot: Spot, posted: Sequence[tuple[str, int]], message: Message) -> str:
        """All messages of an answer; the key of them. A group that moved is followed once."""
        try:
            with translated():
                shown = await self._bring(self._here(spot), posted, message)
        except ChatMigrated as error:
            self._moved[spot.chat] = error.new_chat_id
            raise Patience("The group has become a supergroup.", seconds=0.0) from error
        return str(Posted(self._here(spot).chat, shown))

    async def _bring(
        self, spot: Spot, posted: Sequence[tuple[str, int]], message: Message
    ) -> Sequence[tuple[str, int]]:
        await self._keep_pace(spot, message)
        sheet = lay_out(message, texts(message.language))
        if spot.chat > 0 and all(kind == "d" for kind, _ in posted):
            draft = draft_of(message.request)
            if message.draft and await self._drafts.show(spot.chat, draft, sheet.pieces[-1], shown=bool(posted)):
                return [("d", draft)]
            self._drafts.end(spot.chat)
            posted = []
        shown = [await self._first(spot, posted[0] if posted else None, sheet, message)]
        before = [id_ for kind, id_ in posted[1:] if kind == "t"]
        for number, piece in enumerate(sheet.pieces[1:]):
            shown.append(("t", await self._piece(spot, before[number] if number < len(before) else None, piece)))
        for id_ in before[len(sheet.pieces) - 1 :]:
            with suppress(BadRequest):  # it is gone already
                await self._bot.delete_message(spot.chat, id_)
        said = [one for one in posted if one[0] == "x"]
        if sheet.said is not None and message.final and not said:
            await self._act(spot, _sending(sheet.said))
            said = await self._say(spot, sheet.said)
        if not message.final and (action := _next(message)) is not None:
            await self._act(spot, action)
        return [*shown, *said]

    async def _act(self, spot: Spot, action: ChatAction) -> None:
        """People see the bot do something, for five seconds: worth no trouble."""
        with suppress(TelegramError):
            await self._bot.send_chat_action(spot.chat, action, message_thread_id=spot.topic)

    async def _first(
        self, spot: Spot, posted: tuple[str, int] | None, sheet: Sheet, message: Message
    ) -> tuple[str, int]:
        text, markup = sheet.pieces[0], keyboard(message, texts(message.language))
        if sheet.picture is None:
            if posted is None:
                sent = await self._bot.send_message(
                    spot.chat, text.text, entities=text.entities, message_thread_id=spot.topic, reply_markup=markup
                )
                return "t", sent.message_id
            kind, id_ = posted
            if kind == "m":  # what had a picture keeps it
                caption: dict[str, Any] = {"caption": text.text, "caption_entities": text.entities}
                await edited(lambda: self._bot.edit_message_caption(spot.chat, id_, reply_markup=markup, **caption))
            else:
                await edited(
                    lambda: self._bot.edit_message_text(
                        text.text, spot.chat, id_, entities=text.entities, reply_markup=markup
                    )
                )
            return posted
        _fits(sheet.picture)
        if posted is None:
            sent = await self._bot.send_photo(
                spot.chat, sheet.picture.data, caption=text.text, caption_entities=text.entities,
                message_thread_id=spot.topic, reply_markup=markup, write_timeout=UPLOADING,
            )  # fmt: skip
            return "m", sent.message_id
        media = InputMediaPhoto(sheet.picture.data, caption=text.text, caption_entities=text.entities)
        id_ = posted[1]
        await edited(
            lambda: self._bot.edit_message_media(media, spot.chat, id_, reply_markup=markup, write_timeout=UPLOADING)
        )
        return "m", id_

    async def _piece(self, spot: Spot, id_: int | None, piece: Rich) -> int:
        """A further piece of text; its message."""
        if id_ is not None:
            await edited(lambda: self._bot.edit_message_text(piece.text, spot.chat, id_, entities=piece.entities))
            return id_
        sent = await self._bot.send_message(
            spot.chat, piece.text, entities=piece.entities, message_thread_id=spot.topic
        )
        return sent.message_id

    async def _say(self, spot: Spot, file: File) -> list[tuple[str, int]]:
        """A round video, else a video; or a voice. Raises ``Refused`` where none is taken."""
        refused = Refused("The file is too large.")
        for send in self._ways(spot, file):
            try:
                with translated():
                    return [("x", (await send()).message_id)]
            except Refused as error:
                refused = error
        raise refused

    def _ways(self, spot: Spot, file: File) -> Sequence[Send]:
        where: dict[str, Any] = {"chat_id": spot.chat, "message_thread_id": spot.topic, "write_timeout": UPLOADING}
        length = round(file.seconds or 0)
        if len(file.data) > UPLOAD:
            return []
        if file.mime.startswith("audio/"):
            return [lambda: self._bot.send_voice(voice=file.data, duration=length, **where)]

        async def video() -> Shown:
            shown: dict[str, Any] = {"width": file.width, "height": file.height, "thumbnail": await thumbnail(file)}
            return await self._bot.send_video(
                video=file.data, duration=length, supports_streaming=True, **shown, **where
            )

        async def note() -> Shown:
            cut = await rounded(file)
            shown: dict[str, Any] = {"length": cut.width, "thumbnail": await thumbnail(cut)}
            return await self._bot.send_video_note(video_note=cut.data, duration=length, **shown, **where)

        return [note, video] if _round(file) else [video]

    async def _keep_pace(self, spot: Spot, message: Message) -> None:
        """Raises ``Patience`` before Telegram has to. What is being written leaves room for what is done."""
        if spot.chat > 0:
            return
        if len(self._paces) > CHATS:
            self._paces.clear()
        pace = self._paces.setdefault(spot.chat, AsyncLimiter(PACE, WINDOW))
        if not pace.has_capacity(1 if message.final else PACE / 2):
            raise Patience("The group has had enough for the moment.", seconds=WINDOW / PACE)
        await pace.acquire()

    def _here(self, spot: Spot) -> Spot:
        """The spot after a move of its group."""
        return Spot(self._moved.get(spot.chat, spot.chat), spot.topic)


def _next(message: Message) -> ChatAction | None:
    """What the bot does after a part that is not the last."""
    match message.kind:
        case PartKind.PLACEHOLDER:
            return ChatAction.TYPING
        case PartKind.TEXT if message.introduces:
            return ChatAction.UPLOAD_PHOTO
        case PartKind.TEXT | PartKind.PORTRAIT:
            return ChatAction.TYPING if message.draft else ChatAction.RECORD_VIDEO_NOTE
    return None


def _sending(file: File) -> ChatAction:
    if file.mime.startswith("audio/"):
        return ChatAction.UPLOAD_VOICE
    return ChatAction.UPLOAD_VIDEO_NOTE if _round(file) else ChatAction.UPLOAD_VIDEO


def _round(file: File) -> bool:
    square = file.width is not None and file.width == file.height
    return square and (file.seconds or 0.0) <= ROUND_SECONDS


def _fits(file: File) -> None:
    if len(file.data) > UPLOAD:
        raise Refused(f"The file has {len(file.data):,} bytes; {UPLOAD:,} are taken.")
