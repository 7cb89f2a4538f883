"""``@bot an angry apple`` in any chat: a text that becomes a character."""

from __future__ import annotations

import structlog
from telegram import InlineQueryResultArticle, InputTextMessageContent, Update
from telegram.error import TelegramError

from bot import words
from bot.app import Desk
from bot.asking import Incoming
from bot.jobs.plan import Kind
from bot.localisation.refusals import said
from bot.localisation.texts import texts
from bot.telegram.calls import Context
from bot.telegram.keyboard import chat_button
from bot.telegram.keys import PLATFORM, inline_key, key_of
from pipeline.errors import BadRequest, StorageFailed

log = structlog.get_logger(__name__)

WORDS = 200
"""Characters of a concept that are shown back to the person who types it."""

SUMMON = "summon"


async def offer(update: Update, context: Context) -> None:
    """While somebody types: the one thing that can be done with it."""
    query = update.inline_query
    if query is None:
        return
    speak, typed = texts(query.from_user.language_code), query.query.strip()
    results = []
    if typed:
        results.append(
            InlineQueryResultArticle(
                SUMMON,
                speak("telegram-inline-title"),
                InputTextMessageContent(words.coming(Kind.SUMMON, speak)),
                description=typed[:WORDS],
                reply_markup=chat_button(context.bot.username, speak),
            )
        )
    try:
        await query.answer(results, cache_time=0, is_personal=True)
    except TelegramError as error:
        log.info("telegram.inline", error=type(error).__name__)


class Inline:
    """Makes requests of what was chosen. Needs /setinlinefeedback at @BotFather, or Telegram does not tell."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def chosen(self, update: Update, context: Context) -> None:
        """Somebody posted it."""
        chosen = update.chosen_inline_result
        if chosen is None or chosen.inline_message_id is None:
            return
        person, conversation = key_of(chosen.from_user.id), inline_key(chosen.inline_message_id)
        incoming = Incoming(
            platform=PLATFORM,
            update_key=f"{PLATFORM}:update:{update.update_id}",
            place=conversation,
            conversation=conversation,
            person=person,
            name=chosen.from_user.full_name,
            language=chosen.from_user.language_code,
        )
        speak = texts(incoming.language)
        try:
            await self._desk.asking.summon(incoming, chosen.query)
        except BadRequest as error:
            await self._tell(context, chosen.inline_message_id, said(error, speak))
        except StorageFailed as error:
            log.warning("telegram.storage", error=type(error).__name__)
            await self._tell(context, chosen.inline_message_id, words.apology(None, speak))

    async def _tell(self, context: Context, inline: str, sentence: str) -> None:
        try:
            await context.bot.edit_message_text(sentence, inline_message_id=inline)
        except TelegramError as error:
            log.info("telegram.unsaid", error=type(error).__name__)
