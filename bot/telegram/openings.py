"""First messages that do not wait for the database.

When many ask at the same moment, their requests stand in line for the one writer of the database. Who would have to
wait is told at once that something comes. That message becomes the first one of the answer, as if it had been the
placeholder from the outbox, or shows why nothing comes.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from datetime import timedelta

import structlog
from telegram import Bot
from telegram.error import RetryAfter, TelegramError

from bot.telegram.failures import unchanged
from bot.telegram.keys import Spot

log = structlog.get_logger(__name__)

AT_ONCE = 4
"""Requests that are being taken at the same time. More would only wait longer, and what is received with them."""

PATIENCE = 0.5
"""Seconds that taking a request may last before the person is told something."""

GROUP = 60.0
"""Seconds between two of these messages in a group: `bot.telegram.messenger` keeps the pace there and leaves room for
one a minute."""

KEPT = 10_000
"""Messages that are remembered until their request is shown."""


class Openings:
    """Posts them. Updates are known by their keys."""

    def __init__(self, bot: Bot) -> None:
        self._bot = bot
        self._line = asyncio.Semaphore(AT_ONCE)
        self._taking = 0
        self._posts: dict[str, asyncio.Task[int | None]] = {}
        self._groups: dict[int, float] = {}
        self._quiet = 0.0
        self._never: set[str] = set()

    def never(self, update: str) -> None:
        """This update may have been looked at before, and then there is a message already."""
        self._never.add(update)

    async def while_taking(self, update: str, spot: Spot, text: str, take: Callable[[], Awaitable[None]]) -> None:
        """Takes a request; whoever has to wait for that is shown the text. Raises what ``take`` raises."""
        self._taking += 1
        taking = asyncio.create_task(self._take(take))
        try:
            if self._taking <= AT_ONCE:
                await asyncio.wait([taking], timeout=PATIENCE)
            if not taking.done() and self._may(update, spot):
                await asyncio.wait([self._post(update, spot, text)])
            await taking
        finally:
            self._taking -= 1
            taking.cancel()

    async def of(self, update: str | None) -> int | None:
        """The message that stands where the request of an update is to be shown; None where there is none."""
        post = self._posts.get(update or "")
        if post is None:
            return None
        await asyncio.wait([post])
        return post.result()

    async def change(self, update: str, spot: Spot, text: str) -> bool:
        """Shows this instead; False where nothing was posted."""
        message = await self.of(update)
        if message is None:
            return False
        try:
            await self._bot.edit_message_text(text, spot.chat, message)
        except TelegramError as error:
            log.info("telegram.unsaid", error=type(error).__name__)
            return unchanged(error)
        return True

    async def _take(self, take: Callable[[], Awaitable[None]]) -> None:
        async with self._line:
            await take()

    def _may(self, update: str, spot: Spot) -> bool:
        present = time.monotonic()
        if update in self._never or present < self._quiet:
            return False
        if spot.chat < 0:
            if present - self._groups.get(spot.chat, -GROUP) < GROUP:
                return False
            if len(self._groups) > KEPT:
                self._groups.clear()
            self._groups[spot.chat] = present
        return True

    def _post(self, update: str, spot: Spot, text: str) -> asyncio.Task[int | None]:
        post = self._posts[update] = asyncio.create_task(self._send(spot, text))
        if len(self._posts) > KEPT:
            del self._posts[next(iter(self._posts))]
        return post

    async def _send(self, spot: Spot, text: str) -> int | None:
        """What fails is left to those who deliver."""
        try:
            sent = await self._bot.send_message(spot.chat, text, message_thread_id=spot.topic)
        except RetryAfter as error:
            wait = error.retry_after
            self._quiet = time.monotonic() + (wait.total_seconds() if isinstance(wait, timedelta) else wait)
        except TelegramError as error:
            log.info("telegram.no_opening", error=type(error).__name__)
        else:
            return sent.message_id
        return None
