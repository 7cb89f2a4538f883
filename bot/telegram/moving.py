"""A group becomes a supergroup, which has another id: what was arranged and said there goes with it."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any

import structlog
from telegram import Update

from bot.app import Desk
from bot.telegram.calls import Context
from bot.telegram.keys import Spot, key_of
from pipeline.errors import StorageFailed

log = structlog.get_logger(__name__)


def moving(desk: Desk) -> Callable[[Update, Context], Coroutine[Any, Any, None]]:
    """A handler of the news, which comes once in the group and once in the supergroup."""

    async def handle(update: Update, context: Context) -> None:
        message = update.effective_message
        if message is None:
            return
        old, new = message.migrate_from_chat_id or message.chat.id, message.migrate_to_chat_id or message.chat.id
        try:
            if await desk.stored.moving.move((key_of(old), key_of(new)), {Spot(old).key: Spot(new).key}):
                log.info("telegram.group_moved", old=old, new=new)
        except StorageFailed as error:
            log.error("telegram.group_not_moved", old=old, new=new, error=type(error).__name__)

    return handle
