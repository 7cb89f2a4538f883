"""What Telegram tells the bot: each update is written down before Telegram hears that we have it, and looked at once.

Telegram forgets an update when we ask for those after it, or answer its call of our webhook with 200. Both happen when
the update stands in the inbox, so a process that dies, or a database that is away, loses nothing: what was not looked
at comes again, from the inbox or from Telegram.
"""

from __future__ import annotations

import asyncio
import hmac
import json
from collections import OrderedDict
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from functools import partial
from typing import TypeVar

import structlog
from aiohttp import web
from telegram import Update
from telegram.error import BadRequest, Conflict, RetryAfter, TelegramError, TimedOut

from bot.telegram.standing import App, TelegramUnavailable
from pipeline.errors import StorageFailed
from storage.inbox import Inbox

log = structlog.get_logger(__name__)

T = TypeVar("T")

UPDATES = (Update.MESSAGE, Update.CALLBACK_QUERY, Update.INLINE_QUERY, Update.CHOSEN_INLINE_RESULT)
"""What we want to hear of: no edited messages, and nothing of channels."""

CONFLICT = "Telegram gives what people write to another program with this token. Only one may poll: stop the other one."

SECRET = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105 - the name of the header

AT_ONCE = 256
"""Updates that are looked at at the same time; while there are as many, no others are taken."""

SEEN = 10_000
"""Updates that are remembered: Telegram may bring one twice."""

POLL = timedelta(seconds=10)
"""How long Telegram waits for news before it answers that there are none."""

TIDY = 1.0
"""Seconds between two deletions of what was looked at."""

IN_ORDER = 10.0
"""Seconds for which what somebody sent waits for what the same person sent there before: a picture is to be seen before
the words about it, but one that does not arrive is no reason to be silent."""

GRACE = 10.0
"""Seconds for what is being looked at when the bot stops."""

LEAVING = 2.0
"""Seconds for telling Telegram what was taken, when the bot stops."""

FIRST_PAUSE, LAST_PAUSE = 1.0, 30.0
"""Seconds between two attempts while Telegram or the database are away."""


class Receiver:
    """Hands updates to the handlers of an application, each once.

    ``again``: told the number of an update that an earlier process may have begun with.
    """

    def __init__(self, application: App, inbox: Inbox, again: Callable[[int], None]) -> None:
        self._application = application
        self._inbox = inbox
        self._again = again
        self._seen: OrderedDict[int, None] = OrderedDict()
        self._busy: set[asyncio.Task[None]] = set()
        self._done: list[int] = []
        self._last: dict[tuple[int | None, int | None], asyncio.Task[None]] = {}
        self._writes: set[asyncio.Task[None]] = set()

    async def take(self, updates: Sequence[Update]) -> None:
        """Returns when they are written down; what comes of them is seen later. Raises ``StorageFailed``, and then
        Telegram must not take them for received."""
        while len(self._busy) >= AT_ONCE:
            await asyncio.wait(self._busy, return_when=asyncio.FIRST_COMPLETED)
        new = [update for update in updates if update.update_id not in self._seen]
        # What somebody types letter by letter is worth nothing a moment later.
        kept = {update.update_id: update.to_dict() for update in new if update.inline_query is None}
        if kept:
            await self._written(self._inbox.put(kept))
        for update in new:
            self._begin(update)

    async def serve(self) -> None:
        """First looks at what is left of an earlier process. For ever."""
        for number, document in (await persistently(self._inbox.left)).items():
            self._again(number)
            self._begin(Update.de_json(document, self._application.bot))
        while True:
            await asyncio.sleep(TIDY)
            await self._tidy()

    async def finish(self) -> None:
        """Waits for what is being looked at. What takes too long is left to the next process."""
        if going_on := self._busy | self._writes:
            _, late = await asyncio.wait(going_on, timeout=GRACE)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)
        await self._tidy()

    def _begin(self, update: Update) -> None:
        if update.update_id in self._seen:
            return
        self._seen[update.update_id] = None
        if len(self._seen) > SEEN:
            self._seen.popitem(last=False)
        chat, person = update.effective_chat, update.effective_user
        line = (chat.id if chat else None, person.id if person else None)
        task = self._last[line] = asyncio.create_task(self._look_at(update, self._last.get(line)))
        self._busy.add(task)
        task.add_done_callback(partial(self._looked_at, line))

    def _looked_at(self, line: tuple[int | None, int | None], task: asyncio.Task[None]) -> None:
        self._busy.discard(task)
        if self._last.get(line) is task:
            del self._last[line]

    async def _look_at(self, update: Update, before: asyncio.Task[None] | None) -> None:
        if before is not None:
            await asyncio.wait([before], timeout=IN_ORDER)
        await self._application.process_update(update)  # what a handler raises is logged there
        self._done.append(update.update_id)

    async def _written(self, write: Coroutine[None, None, None]) -> None:
        """To its end, whoever waits: a connection whose statement is cancelled is thrown away."""
        task = asyncio.create_task(write)
        self._writes.add(task)
        task.add_done_callback(self._writes.discard)
        await asyncio.shield(task)

    async def _tidy(self) -> None:
        done, self._done = self._done, []
        try:
            if done:
                await self._written(self._inbox.done(done))
        except StorageFailed as error:
            log.warning("telegram.inbox", error=type(error).__name__)
            self._done += done


async def poll(application: App, receiver: Receiver) -> None:
    """Asks for updates for ever. Cancelled, it tells Telegram what was taken."""
    bot, offset = application.bot, 0
    await persistently(partial(bot.delete_webhook, drop_pending_updates=False))

    async def ask() -> int:
        updates = await bot.get_updates(offset=offset, timeout=POLL, allowed_updates=UPDATES)
        await receiver.take(updates)
        return updates[-1].update_id + 1 if updates else offset

    try:
        while True:
            offset = await persistently(ask)
    finally:
        if offset:
            with suppress(TelegramError, TimeoutError):
                async with asyncio.timeout(LEAVING):
                    await bot.get_updates(offset=offset, limit=1, timeout=0, allowed_updates=UPDATES)


@asynccontextmanager
async def webhook(application: App, receiver: Receiver, listen: str, secret: str) -> AsyncIterator[None]:
    """Answers at ``listen`` ("127.0.0.1:8443") what Telegram sends with the secret: with 500 while the database is
    away, and then Telegram sends it again. Raises ``TelegramUnavailable`` where the address cannot be used."""

    async def post(request: web.Request) -> web.Response:
        if not hmac.compare_digest(request.headers.get(SECRET, "").encode(), secret.encode()):
            return web.Response(status=403)
        try:
            update = Update.de_json(json.loads(await request.read()), application.bot)
        except (ValueError, TypeError, KeyError, AttributeError):
            return web.Response(status=400)
        try:
            await receiver.take([update])
        except StorageFailed as error:
            _troubled(error)
            return web.Response(status=500)
        return web.Response()

    host, _, port = listen.rpartition(":")
    app = web.Application()
    app.router.add_post("/telegram", post)
    runner = web.AppRunner(app, access_log=None, handle_signals=False, shutdown_timeout=1.0)
    await runner.setup()
    try:
        try:
            await web.TCPSite(runner, host, int(port)).start()
        except OSError as error:
            why = error.strerror or type(error).__name__
            raise TelegramUnavailable(f"TELEGRAM_WEBHOOK_LISTEN={listen} cannot be served: {why}.") from None
        yield
    finally:
        await runner.cleanup()


async def persistently(ask: Callable[[], Awaitable[T]]) -> T:
    """Asks until there is an answer, whatever happens."""
    pause = 0.0
    while True:
        try:
            return await ask()
        except RetryAfter as error:
            wait = error.retry_after
            pause = wait.total_seconds() if isinstance(wait, timedelta) else float(wait)
        except TimedOut:
            pause = 0.0
        except (TelegramError, StorageFailed) as error:
            _troubled(error)
            pause = min(max(2 * pause, FIRST_PAUSE), LAST_PAUSE)
        await asyncio.sleep(pause)


def _troubled(error: TelegramError | StorageFailed) -> None:
    if isinstance(error, Conflict):
        log.error("telegram.conflict", why=CONFLICT)
    elif isinstance(error, BadRequest):  # of the address of our webhook
        log.error("telegram.refused", why=error.message)
    else:
        log.warning("telegram.receiving", error=type(error).__name__)
