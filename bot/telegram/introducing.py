"""What the bot says of itself on Telegram, in every language: its name, its descriptions and its commands.

Telegram takes few changes of these (a name a few times, then none for a day), so what is there already is left alone.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from typing import TypeAlias

import structlog
from telegram import Bot, BotCommand
from telegram.error import BadRequest, RetryAfter, TelegramError

from bot.localisation.texts import LANGUAGES, Texts, texts

log = structlog.get_logger(__name__)

SHOWN = (
    "summon", "talk", "personas", "persona", "restyle", "revoice", "retry", "dismiss", "rename", "share", "recall",
    "settle", "unsettle", "scene", "answer", "settings", "memory", "forget", "export", "delete", "privacy", "help",
)  # fmt: skip
"""In the menu of commands, in this order."""

Change: TypeAlias = Callable[[], Awaitable[object]]


async def introduce(bot: Bot, name: str | None = None) -> None:
    """Sets what differs. Nothing here is worth a bot that does not start: what Telegram does not take now is left until
    the next start. ``name``: as the operator wants it; None leaves the one that @BotFather was given."""
    try:
        async for what, change in _changes(bot, name):
            try:
                await change()
            except (RetryAfter, BadRequest) as error:
                log.warning("telegram.not_introduced", what=what, error=type(error).__name__)
    except TelegramError as error:
        log.warning("telegram.not_introduced", error=type(error).__name__)


def about(said: Texts, name: str) -> str:
    """What a command does, in a few words."""
    return said(f"telegram-command-{name}")


async def _changes(bot: Bot, name: str | None) -> AsyncIterator[tuple[str, Change]]:
    if name and (await bot.get_my_name()).name != name:
        yield "name", lambda: bot.set_my_name(name)
    for language in LANGUAGES:
        said = await asyncio.to_thread(texts, language)  # reading them takes a while
        code = None if language == LANGUAGES[0] else language
        async for change in _in_language(bot, said, code):
            yield change


async def _in_language(bot: Bot, said: Texts, code: str | None) -> AsyncIterator[tuple[str, Change]]:
    commands: Sequence[BotCommand] = [BotCommand(name, about(said, name)) for name in SHOWN]
    if [*await bot.get_my_commands(language_code=code)] != commands:
        yield "commands", lambda: bot.set_my_commands(commands, language_code=code)
    long, short = said("telegram-description"), said("telegram-short-description")
    if (await bot.get_my_description(code)).description != long:
        yield "description", lambda: bot.set_my_description(long, code)
    if (await bot.get_my_short_description(code)).short_description != short:
        yield "short description", lambda: bot.set_my_short_description(short, code)
