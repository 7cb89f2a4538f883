"""``/personas``: pages of characters, each a button that shows it. What buttons do stands in their data, so they work
after a restart."""

from __future__ import annotations

import re

import structlog
from telegram import InlineKeyboardButton, InlineKeyboardMarkup
from telegram.error import TelegramError

from bot.app import Desk
from bot.characters import Page, Whose
from bot.localisation.refusals import Refusal
from bot.telegram.calls import Call
from bot.telegram.keyboard import Action, data_of
from bot.telegram.rich import Rich, bold, joined, plain

log = structlog.get_logger(__name__)

PAGE = re.compile(r"cp:(mine|here):(\d{1,6})")

NAME = 40
"""Characters of a name on a button."""


class Gallery:
    """In a private chat those that the person summoned, in groups those that are there."""

    def __init__(self, desk: Desk) -> None:
        self._characters = desk.characters

    async def open(self, call: Call) -> None:
        """A new list."""
        number = int(call.words) if call.words.isdecimal() and len(call.words) < 5 else 1
        text, markup = await self._page(call, Whose.MINE if call.actor.private else Whose.HERE, number)
        await call.say(text, markup)

    async def turn(self, call: Call, whose: Whose, number: int) -> None:
        """Another page in the same message."""
        text, markup = await self._page(call, whose, number)
        try:
            await call.bot.edit_message_text(
                text.text, call.message.chat.id, call.message.message_id, entities=text.entities, reply_markup=markup
            )
        except TelegramError as error:  # it is shown already, or gone
            log.info("telegram.page", error=type(error).__name__)

    async def _page(self, call: Call, whose: Whose, number: int) -> tuple[Rich, InlineKeyboardMarkup]:
        page = await self._characters.page(call.actor, whose, number)
        if not page.personas:
            raise Refusal("telegram-nobody")
        if whose is Whose.MINE:
            title = call.texts("gallery-mine", number=page.number, pages=page.pages)
        else:
            title = call.texts("telegram-gallery-here", number=page.number, pages=page.pages)
        lines = [bold(one.persona.name) + plain(f": {one.persona.tagline}") for one in page.personas]
        return joined([plain(title), joined(lines, "\n")], "\n\n"), _buttons(page, whose)


def _buttons(page: Page, whose: Whose) -> InlineKeyboardMarkup:
    rows = [
        [InlineKeyboardButton(plain(one.persona.name[:NAME]).text, callback_data=data_of(Action.SHOW, one.id))]
        for one in page.personas
    ]
    turns = ((page.number - 1, "◀"), (page.number + 1, "▶"))
    turning = [
        InlineKeyboardButton(sign, callback_data=f"cp:{whose}:{number}")
        for number, sign in turns
        if 1 <= number <= page.pages
    ]
    return InlineKeyboardMarkup([*rows, turning] if turning else rows)
