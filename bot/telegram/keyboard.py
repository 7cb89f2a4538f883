"""Buttons below a character. What they do stands in their data, so they work as long as the message is there."""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import StrEnum

from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from bot.localisation.texts import Texts
from bot.messages import Message


class Action(StrEnum):
    """What a button does. The id of all but ``another`` is that of the persona, there that of the request. ``show``
    stands in lists, the others below a character."""

    TALK = "talk"
    RESTYLE = "restyle"
    REVOICE = "revoice"
    ANOTHER = "another"
    WHO = "who"
    SHOW = "show"
    DISMISS = "dismiss"


ROWS = ((Action.TALK, Action.ANOTHER), (Action.RESTYLE, Action.REVOICE), (Action.WHO, Action.DISMISS))

DATA = re.compile(rf"ca:({'|'.join(Action)}):([0-9a-f-]{{36}})")


def labels(texts: Texts) -> Mapping[Action, str]:
    """What stands on the buttons."""
    return {
        Action.TALK: texts("buttons-talk"),
        Action.RESTYLE: texts("buttons-restyle"),
        Action.REVOICE: texts("buttons-revoice"),
        Action.ANOTHER: texts("buttons-another"),
        Action.WHO: texts("buttons-who"),
        Action.DISMISS: texts("buttons-dismiss"),
    }


def data_of(action: Action, id_: str) -> str:
    """What the button of an action carries; ``pressed`` reads it."""
    return f"ca:{action}:{id_}"


def pressed(data: str) -> tuple[Action, str] | None:
    """What the data of a button (at most 64 bytes) says; None for another's."""
    found = DATA.fullmatch(data)
    return (Action(found[1]), found[2]) if found else None


def keyboard(message: Message, texts: Texts) -> InlineKeyboardMarkup | None:
    """What can be done with a character that has just come: none with other messages."""
    if not (message.final and message.persona and message.tagline and message.introduces):
        return None
    return markup(dict.fromkeys(Action, message.persona) | {Action.ANOTHER: message.request}, texts)


def markup(targets: Mapping[Action, str], texts: Texts) -> InlineKeyboardMarkup:
    """Buttons, each with the id of what it acts on."""
    names = labels(texts)

    def button(action: Action) -> InlineKeyboardButton:
        return InlineKeyboardButton(names[action], callback_data=data_of(action, targets[action]))

    return InlineKeyboardMarkup([[button(action) for action in row if action in targets] for row in ROWS])


def chat_button(username: str, texts: Texts) -> InlineKeyboardMarkup:
    """Leads to the bot's own chat. Telegram tells the id of an inline message only where it has a button."""
    return InlineKeyboardMarkup([[InlineKeyboardButton(texts("telegram-inline-chat"), url=f"https://t.me/{username}")]])
