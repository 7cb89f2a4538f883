"""What the bot hears in groups, and what it says when it comes into one.

By default Telegram hides from bots what is neither a command nor meant for them (privacy mode); people shall not
wonder why a character does not hear its name.
"""

from __future__ import annotations

import structlog
from telegram import Bot, Chat
from telegram.error import TelegramError

from bot.telegram.calls import ADMINS, Call

log = structlog.get_logger(__name__)


async def welcome(call: Call) -> None:
    """Says hello when it is the bot that was added to a group."""
    if any(one.id == call.bot.id for one in call.message.new_chat_members):
        await call.say("\n\n".join(filter(None, (call.texts("telegram-joined"), await unheard(call)))))


async def unheard(call: Call) -> str:
    """That the bot does not hear everything in this chat, and how that is changed; empty where it does."""
    if call.message.chat.type == Chat.PRIVATE or await _hears(call.bot, call.message.chat.id):
        return ""
    return call.texts("telegram-privacy-mode")


async def _hears(bot: Bot, chat: int) -> bool:
    if bot.can_read_all_group_messages:
        return True
    try:  # administrators are told of everything
        return (await bot.get_chat_member(chat, bot.id)).status in ADMINS
    except TelegramError as error:
        log.info("telegram.member_unknown", error=type(error).__name__)
        return False
