"""Something that a person did in a chat, and how it is answered."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

import structlog
from telegram import Bot, Chat, InlineKeyboardMarkup, LinkPreviewOptions, Message, Update
from telegram.error import TelegramError
from telegram.ext import CallbackContext

from bot import words
from bot.asking import Incoming
from bot.jobs.plan import Kind
from bot.localisation.refusals import said
from bot.localisation.texts import Texts, texts
from bot.places import Actor
from bot.telegram.keys import ANONYMOUS, incoming, spot_of
from bot.telegram.layout import TEXT
from bot.telegram.openings import Openings
from bot.telegram.rich import Rich, plain, split
from pipeline.errors import BadRequest, StorageFailed

log = structlog.get_logger(__name__)

Context: TypeAlias = CallbackContext[Any, Any, Any, Any]

ADMINS = ("administrator", "creator")

REMEMBERED = 60.0
"""Seconds for which it is remembered who keeps order in a group."""


@dataclass(frozen=True, slots=True)
class Call:
    """What a person did. ``words``: what follows the command, or the whole text of a line."""

    bot: Bot
    message: Message
    incoming: Incoming
    words: str
    texts: Texts

    @property
    def actor(self) -> Actor:
        """Who does it, for the use cases."""
        private = self.message.chat.type == Chat.PRIVATE
        asked = self.incoming
        return Actor(asked.person, asked.place, asked.conversation, asked.moderator, private, asked.channels)

    async def say(self, text: str | Rich, markup: InlineKeyboardMarkup | None = None) -> None:
        """A word of the bot. Where that is not allowed, there is nobody to tell."""
        spot = spot_of(self.message)
        pieces = split(plain(text) if isinstance(text, str) else text, TEXT)
        for number, piece in enumerate(pieces):
            last = markup if number == len(pieces) - 1 else None
            try:
                await self.bot.send_message(
                    spot.chat, piece.text, entities=piece.entities, message_thread_id=spot.topic, reply_markup=last,
                    link_preview_options=LinkPreviewOptions(is_disabled=True),
                )  # fmt: skip
            except TelegramError as error:
                log.info("telegram.unsaid", error=type(error).__name__)


Does: TypeAlias = Callable[[Call], Awaitable[None]]


class Calls:
    """Makes handlers for Telegram's library of what answers a call."""

    def __init__(self, openings: Openings) -> None:
        self._openings = openings
        self._admins: dict[tuple[int, int], tuple[float, bool]] = {}

    def handler(
        self, does: Does, *, ranked: bool = True, asks: Kind | None = None
    ) -> Callable[[Update, Context], Coroutine[Any, Any, None]]:
        """Whatever goes wrong, the person is told in a sentence. ``ranked``: it matters who keeps order, for which
        Telegram is asked; for all that is said in a busy group that would be too often. ``asks``: the kind of the
        request that comes of it, if nothing else does; then see ``Openings``."""

        async def handle(update: Update, context: Context) -> None:
            call = await self.call(update, context, ranked=ranked)
            if call is not None and asks is not None:
                await self._opened(call, does, asks)
            elif call is not None:
                await answered(call, does)

        return handle

    async def _opened(self, call: Call, does: Does, asks: Kind) -> None:
        update, spot = call.incoming.update_key, spot_of(call.message)
        text = words.coming(asks, call.texts)
        why = await failure(call, lambda: self._openings.while_taking(update, spot, text, lambda: does(call)))
        if why and not await self._openings.change(update, spot, why):
            await call.say(why)

    async def call(self, update: Update, context: Context, *, ranked: bool = True) -> Call | None:
        """None for what no person did."""
        asked, message = incoming(update), update.effective_message
        if asked is None or not isinstance(message, Message):
            return None
        text = message.text or message.caption or ""
        line = " ".join(text.split(maxsplit=1)[1:]) if context.args is not None else text
        if ranked:
            asked = replace(asked, moderator=await self._moderates(update, context.bot))
        return Call(context.bot, message, asked, line.strip(), texts(asked.language))

    async def _moderates(self, update: Update, bot: Bot) -> bool:
        """Whether the person keeps order here: in a private chat, everybody does."""
        chat, person = update.effective_chat, update.effective_user
        if chat is None or person is None or chat.type == Chat.PRIVATE:
            return True
        if person.id == ANONYMOUS:
            return True
        known, present = self._admins.get((chat.id, person.id)), time.monotonic()
        if known is not None and present - known[0] < REMEMBERED:
            return known[1]
        try:
            admin = (await bot.get_chat_member(chat.id, person.id)).status in ADMINS
        except TelegramError as error:
            log.info("telegram.member_unknown", error=type(error).__name__)
            return False
        if len(self._admins) > 10_000:
            self._admins.clear()
        self._admins[chat.id, person.id] = present, admin
        return admin


async def answered(call: Call, does: Does) -> None:
    """Runs it, and says what went wrong."""
    if why := await failure(call, lambda: does(call)):
        await call.say(why)


async def failure(call: Call, do: Callable[[], Awaitable[None]]) -> str | None:
    """Does it; what the person must be told of what went wrong."""
    try:
        await do()
    except BadRequest as error:
        return said(error, call.texts)
    except (StorageFailed, TelegramError) as error:
        log.warning("telegram.handler", error=type(error).__name__)
        return words.apology(None, call.texts)
    return None
