"""Brings what waits in the outbox to the platforms.

The first part of a request is posted, usually the placeholder, and all later ones edit that message. A part that is
repeated, because its answer was lost or a process died between showing it and writing that down, is thus the same
edit again, or a post with the same nonce. What a platform cannot tell apart can be there twice:

- Discord knows the nonces of a bot's own messages for some minutes; a webhook has none, so what it may have posted is
  looked for among the last messages, as long as the process lives that posted it.
- Telegram knows no nonces. A placeholder may stay behind above the answer, which is therefore never what is posted,
  and a voice message or video note, which is always a new message, may come twice. So may an answer in a private chat
  that was shown as a draft: drafts cannot become messages.

Only a crash or a cut within the moment between the platform's doing and our hearing of it leads there. Nothing that
must be seen is lost: a final part is tried until it is shown or nobody can see it any more.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Collection, Coroutine, Iterable
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from itertools import chain, repeat
from typing import TypeAlias

import structlog

from bot.jobs.plan import SUMMONED, Kind
from bot.messages import Gone, Messenger, Patience, Undelivered, told
from bot.observe.metrics import Metrics
from bot.progress import Progress
from bot.showing import Showing
from pipeline.errors import ChatAnythingError, StorageFailed
from storage.asked import Request, State
from storage.bell import Bell, Topic
from storage.blobs import Blobs
from storage.outbox import ENDS, Outbox, PartKind, Sending
from storage.tables import now

log = structlog.get_logger(__name__)

AT_ONCE = 8
"""Requests of one platform whose parts are sent at the same time."""

LONGEST = 45.0
"""Seconds for loading and sending a part. `bot.jobs.rescue` takes its holder for dead somewhat later."""

EVERY = 1.0
"""Seconds between two looks into the outbox while no bell rings."""

FIRST_WAIT, LAST_WAIT = 1.0, 60.0
"""Seconds before a second try where nobody asks for a certain time; doubled with each further one."""

SHORTEST_WAIT = 0.25

PROGRESS_EVERY, PROGRESS_LONGEST = 1.5, 10.0
"""Seconds between two edits that show progress, and for one of them."""

UNFINISHED = 10_000
"""Requests whose progress is shown, at most."""

News: TypeAlias = str | Progress
"""An answer as far as it is written, or how far the request has come."""


@dataclass(slots=True)
class Unfinished:
    """A request of which this process showed a part that is not its last one: what to show with it, and what is shown
    of that."""

    request: Request
    part: PartKind
    news: News | None = None
    shown: News | None = None
    showing: bool = False

    @property
    def untold(self) -> bool:
        """Nothing but the placeholder was shown."""
        return self.part is PartKind.PLACEHOLDER


class Delivery:
    """Serves the outbox to any number of platforms. ``worker`` names this process (`bot.jobs.identity`)."""

    def __init__(
        self,
        outbox: Outbox,
        blobs: Blobs,
        bell: Bell,
        messengers: Iterable[Messenger],
        worker: str,
        *,
        metrics: Metrics | None = None,
        longest: float = LONGEST,
    ) -> None:
        self._bell = bell
        counted = metrics or Metrics()
        self._couriers = {
            messenger.platform: Courier(outbox, blobs, messenger, worker, counted, longest) for messenger in messengers
        }

    async def serve(self, stopping: asyncio.Event) -> None:
        """Delivers until ``stopping`` is set and what was begun by then is ended. Cancelled, it gives that back."""
        ears = asyncio.create_task(self._listen())
        try:
            async with asyncio.TaskGroup() as group:
                for courier in self._couriers.values():
                    group.create_task(courier.serve(stopping))
        finally:
            ears.cancel()
            await asyncio.gather(ears, return_exceptions=True)

    def progress(self, request_id: str, news: News) -> None:
        """Shows how far a request is, soon, or never: it is gone with the next part. An answer as far as it is written
        is shown in place of the placeholder, and progress with whatever is shown but such an answer."""
        for courier in self._couriers.values():
            courier.progress(request_id, news)

    def waiting(self) -> Collection[str]:
        """Requests of which progress can be shown: those with nothing but a placeholder, and new characters."""
        return [request for courier in self._couriers.values() for request in courier.waiting()]

    async def _listen(self) -> None:
        async for news in self._bell.listen():
            match news.topic:
                case Topic.PART if news.detail in self._couriers:
                    self._couriers[news.detail].wake()
                case Topic.PROGRESS:
                    self.progress(news.request, news.detail)


class Courier:
    """Serves the outbox to one platform."""

    def __init__(
        self, outbox: Outbox, blobs: Blobs, messenger: Messenger, worker: str, metrics: Metrics, longest: float
    ) -> None:
        self._outbox = outbox
        self._metrics = metrics
        self._showing = Showing(blobs, messenger)
        self._platform = messenger.platform
        self._worker = worker
        self._longest = longest
        self._awake = asyncio.Event()
        self._sending: set[asyncio.Task[None]] = set()
        self._progressing: set[asyncio.Task[None]] = set()
        self._unfinished: dict[str, Unfinished] = {}

    async def serve(self, stopping: asyncio.Event) -> None:
        """See ``Delivery.serve``."""
        stopped = asyncio.create_task(stopping.wait())
        stopped.add_done_callback(lambda _: self.wake())
        try:
            while not stopping.is_set():
                self._awake.clear()
                await self._begin(stopping)
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._awake.wait(), EVERY)
            if self._sending:
                await asyncio.wait(self._sending)
        finally:
            tasks = (stopped, *self._sending, *self._progressing)
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    def wake(self) -> None:
        """Something may wait in the outbox."""
        self._awake.set()

    def waiting(self) -> Collection[str]:
        """See ``Delivery.waiting``."""
        return [id_ for id_, one in self._unfinished.items() if not isinstance(one.news, str)]

    def progress(self, request_id: str, news: News) -> None:
        """See ``Delivery.progress``."""
        one = self._unfinished.get(request_id)
        if one is None:
            return
        if isinstance(news, Progress):
            if isinstance(one.news, str) or (told(news, one.request) is None and one.news is None):
                return
        elif not news or not one.untold:
            return
        one.news = news
        if not one.showing and one.news != one.shown:
            one.showing = True
            self._start(self._show_progress(one), self._progressing)

    async def _begin(self, stopping: asyncio.Event) -> None:
        """Claims parts while hands are free: nothing is ever held that is not being sent."""
        while len(self._sending) < AT_ONCE and not stopping.is_set():
            try:
                sending = await self._outbox.claim(self._platform, self._worker)
            except StorageFailed as error:
                log.warning("delivery.storage", error=type(error).__name__)
                return
            if sending is None:
                return
            self._unfinished.pop(sending.request.id, None)
            self._start(self._bring(sending), self._sending)

    def _start(self, work: Coroutine[None, None, None], tasks: set[asyncio.Task[None]]) -> None:
        task = asyncio.create_task(work)
        tasks.add(task)

        def ended(task: asyncio.Task[None]) -> None:
            tasks.discard(task)
            self.wake()
            if not task.cancelled() and (error := task.exception()) is not None:
                log.error("delivery.bug", error=type(error).__name__, exc_info=error)

        task.add_done_callback(ended)

    async def _bring(self, sending: Sending) -> None:
        """Sends a part and writes down what came of it. Cut off, or by a mistake of ours, it goes back."""
        settle: Callable[[], Awaitable[bool]]
        settle = partial(self._outbox.later, sending, _wait(sending), "It was interrupted.")
        try:
            settle = await self._attempt(sending)
        finally:
            if not await self._write(settle):
                await self._taken_over(sending)

    async def _attempt(self, sending: Sending) -> Callable[[], Awaitable[bool]]:
        """Sends a part; what is to be written down then."""
        why: ChatAnythingError
        began = time.monotonic()
        try:
            async with asyncio.timeout(self._longest):
                if self._showing.needs_place(sending):
                    return partial(self._outbox.posted, sending, await self._showing.hold_place(sending))
                key = await self._showing.show(sending)
        except TimeoutError:
            why, seconds = Patience("The platform did not answer in time."), _wait(sending)
        except Patience as error:
            why, seconds = error, _wait(sending) if error.seconds is None else max(error.seconds, SHORTEST_WAIT)
        except StorageFailed as error:
            why, seconds = error, _wait(sending)
        except Gone as error:
            log.warning("delivery.gone", request=sending.request.id, why=error.sentence)
            return partial(self._outbox.unreachable, sending, error.sentence)
        else:
            self._metrics.delivered(self._platform, sending.part.kind.value, time.monotonic() - began)
            return partial(self._shown, sending, key)
        log.info("delivery.later", request=sending.request.id, seconds=seconds, why=why.sentence)
        return partial(self._outbox.later, sending, seconds, why.sentence)

    async def _shown(self, sending: Sending, key: str) -> bool:
        if not await self._outbox.sent(sending, key):
            return False
        log.info("delivery.sent", request=sending.request.id, part=sending.part.kind.value, attempt=sending.attempt)
        self._count(sending)
        part, request = sending.part, sending.request
        if not part.final and (part.kind is PartKind.PLACEHOLDER or request.kind in SUMMONED):
            self._unfinished[request.id] = Unfinished(request, part.kind)
            if len(self._unfinished) > UNFINISHED:
                del self._unfinished[next(iter(self._unfinished))]
        return True

    def _count(self, sending: Sending) -> None:
        request, part = sending.request, sending.part
        if part.kind is PartKind.TEXT or (part.final and request.kind in (Kind.RESTYLE, Kind.REVOICE)):
            self._metrics.first_shown(request.kind, (now() - request.created_at).total_seconds())
        if part.final:
            self._metrics.request_ended(request.kind, ENDS.get(part.kind, State.DELIVERED.value))

    async def _show_progress(self, one: Unfinished) -> None:
        """Edits a message until there is no news, or another part is on its way.

        The newest part is claimed meanwhile, so whatever follows it, through whichever process, comes after the edit.
        """
        id_ = one.request.id
        try:
            while one.news is not None and one.news != one.shown and self._unfinished.get(id_) is one:
                sending = await self._outbox.claim_shown(id_, self._worker)
                if sending is None or sending.request.message is None:
                    if self._unfinished.get(id_) is one:
                        del self._unfinished[id_]
                    break
                news = one.news
                wait = await self._edit_progress(sending, sending.request.message, news)
                one.shown = news
                await asyncio.sleep(wait)
        except StorageFailed as error:
            log.debug("delivery.progress", request=id_, error=type(error).__name__)
        finally:
            one.showing = False

    async def _edit_progress(self, sending: Sending, key: str, news: News) -> float:
        """One edit; the seconds until the next. What fails is not repeated."""
        wait = PROGRESS_EVERY
        try:
            async with asyncio.timeout(PROGRESS_LONGEST):
                key = await self._showing.progress(sending, key, news)
        except Patience as error:
            wait = max(error.seconds or 0.0, wait)
        except (Undelivered, TimeoutError) as error:
            log.debug("delivery.progress", request=sending.request.id, error=type(error).__name__)
        finally:
            if not await self._write(partial(self._outbox.sent, sending, key)):
                await self._taken_over(sending)
            self.wake()
        return wait

    async def _taken_over(self, sending: Sending) -> None:
        """A platform knows no tokens: what we sent while we were taken for dead may stand over what came after it."""
        log.warning("delivery.taken_over", request=sending.request.id, part=sending.part.kind.value)
        await self._write(partial(self._outbox.show_again, sending.request.id))

    async def _write(self, settle: Callable[[], Awaitable[bool]]) -> bool:
        """Writes down what a platform did, however long the database is away: else it would be done once more."""
        waits = chain((0.1, 0.2, 0.5, 1.0, 2.0), repeat(5.0))
        while True:
            try:
                return await settle()
            except StorageFailed as error:
                log.warning("delivery.storage", error=type(error).__name__)
                await asyncio.sleep(next(waits))


def _wait(sending: Sending) -> float:
    """Seconds before the next try."""
    return min(FIRST_WAIT * 2.0 ** min(sending.attempt - 1, 10), LAST_WAIT)
