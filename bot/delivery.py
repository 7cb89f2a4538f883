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
from collections.abc import Collection, Iterable
from contextlib import suppress
from functools import partial

import structlog

from bot.claims import Claims, Settlement
from bot.jobs.plan import Kind
from bot.live_progress import LiveProgress, News
from bot.messages import Gone, Messenger, Patience
from bot.observe.metrics import Metrics
from bot.showing import Showing
from pipeline.errors import ChatAnythingError, StorageFailed
from storage.asked import State
from storage.bell import Bell, Topic
from storage.blobs import Blobs
from storage.outbox import ENDS, Outbox, PartKind, Sending
from storage.values import now

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
        self._sending = Claims(outbox, self.wake)
        self._live = LiveProgress(outbox, self._showing, worker, self.wake)

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
            if self._sending.tasks:
                await asyncio.wait(self._sending.tasks)
        finally:
            tasks = (stopped, *self._sending.tasks, *self._live.tasks)
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    def wake(self) -> None:
        """Something may wait in the outbox."""
        self._awake.set()

    def waiting(self) -> Collection[str]:
        """See ``Delivery.waiting``."""
        return self._live.waiting()

    def progress(self, request_id: str, news: News) -> None:
        """See ``Delivery.progress``."""
        self._live.tell(request_id, news)

    async def _begin(self, stopping: asyncio.Event) -> None:
        """Claims parts while hands are free: nothing is ever held that is not being sent."""
        while len(self._sending.tasks) < AT_ONCE and not stopping.is_set():
            try:
                sending = await self._outbox.claim(self._platform, self._worker)
            except StorageFailed as error:
                log.warning("delivery.storage", error=type(error).__name__)
                return
            if sending is None:
                return
            self._live.end(sending.request.id)
            self._sending.start(self._bring(sending))

    async def _bring(self, sending: Sending) -> None:
        """Sends a part and writes down what came of it. Cut off, or by a mistake of ours, it goes back."""
        settlement: Settlement = partial(self._outbox.later, sending, _wait(sending), "It was interrupted.")
        try:
            settlement = await self._attempt(sending)
        finally:
            await self._sending.settle(sending, settlement)

    async def _attempt(self, sending: Sending) -> Settlement:
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
        self._live.begin(sending)
        return True

    def _count(self, sending: Sending) -> None:
        request, part = sending.request, sending.part
        if part.kind is PartKind.TEXT or (part.final and request.kind in (Kind.RESTYLE, Kind.REVOICE)):
            self._metrics.first_shown(request.kind, (now() - request.created_at).total_seconds())
        if part.final:
            self._metrics.request_ended(request.kind, ENDS.get(part.kind, State.DELIVERED.value))


def _wait(sending: Sending) -> float:
    """Seconds before the next try."""
    return min(FIRST_WAIT * 2.0 ** min(sending.attempt - 1, 10), LAST_WAIT)
