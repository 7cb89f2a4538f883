"""Answers that are being written, in private chats: Telegram shows a draft as what the bot is about to say.

A draft is gone after 30 seconds or with the next message, and never becomes one: the answer is posted once it is there
(https://core.telegram.org/bots/api#sendmessagedraft).
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from hashlib import blake2s

import structlog
from telegram import Bot
from telegram.error import BadRequest, InvalidToken, RetryAfter, TelegramError

from bot.telegram.rich import Rich

log = structlog.get_logger(__name__)

AGAIN, TIMES = 20.0, 30
"""Seconds after which a draft without news is shown once more, and how often: some minds take minutes."""


class Drafts:
    """At most one in each chat. ``again``: see ``AGAIN``."""

    def __init__(self, bot: Bot, *, again: float = AGAIN) -> None:
        self._bot = bot
        self._again = again
        self._known = True
        self._held: dict[int, asyncio.Task[None]] = {}

    async def show(self, chat: int, draft: int, text: Rich, *, shown: bool) -> bool:
        """Shows as much as there is; False where that must be done by a message: a Bot API server of before 2026 knows
        no drafts, and some chats take none. ``shown``: there is a draft already. Raises ``TelegramError``."""
        if not self._known:
            return False
        self.end(chat)
        try:
            await self._send(chat, draft, text)
        except InvalidToken:  # so the library calls a method that is not there
            self._known = False
            log.info("telegram.no_drafts")
            return False
        except BadRequest as error:
            log.info("telegram.no_draft", error=type(error).__name__)
            return False
        except RetryAfter:
            if shown:  # it can be left out
                raise
            return False
        self._held[chat] = asyncio.create_task(self._hold(chat, draft, text))
        return True

    def end(self, chat: int) -> None:
        """Lets the draft of a chat go: there is something else to be seen."""
        if (held := self._held.pop(chat, None)) is not None:
            held.cancel()

    async def close(self) -> None:
        """Lets all of them go."""
        held = [*self._held.values()]
        for chat in [*self._held]:
            self.end(chat)
        await asyncio.gather(*held, return_exceptions=True)

    async def _hold(self, chat: int, draft: int, text: Rich) -> None:
        with suppress(TelegramError):  # the answer comes anyhow
            for _ in range(TIMES):
                await asyncio.sleep(self._again)
                await self._send(chat, draft, text)
        self._held.pop(chat, None)

    async def _send(self, chat: int, draft: int, text: Rich) -> None:
        await self._bot.send_message_draft(chat, draft, text.text, entities=text.entities)


def draft_of(request: str) -> int:
    """The id of the draft of a request, always the same: not zero, and at most 31 bits."""
    return int.from_bytes(blake2s(request.encode(), digest_size=4).digest()) >> 1 or 1
