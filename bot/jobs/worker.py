"""Runs steps: claims one, shows signs of life, keeps its deadline, and ends it in one transaction.

Of what can happen meanwhile: the request is called off, or a rescuer took this worker for dead (the work is dropped);
an engine fails (later again, or for good); this process is told to leave (the step is handed back).
"""

from __future__ import annotations

import asyncio
import random
import time
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Protocol

import structlog

from bot.jobs.outcome import Outcome
from bot.jobs.plan import DEADLINES
from bot.jobs.rescue import EVERY
from bot.observe.metrics import Metrics
from bot.observe.tracing import Tracer
from pipeline.errors import ChatAnythingError, RateLimited, StorageBusy, StorageFailed, TimedOut
from pipeline.receipt import Receipt
from storage.bell import Bell, Topic
from storage.completion import Fenced
from storage.requests import Requests
from storage.steps import Lease

log = structlog.get_logger(__name__)

FIRST_WAIT, WAIT_GROWTH, LONGEST_WAIT = 2.0, 4.0, 600.0
"""Seconds before a second try, how much longer each further one waits, and the most that a service may ask for."""

WRITING = 60.0
"""Seconds for which a database that is away is asked again to take what was made; then others make it anew."""

OURS = "Something went wrong on our side."


class Work(Protocol):
    """What a step does."""

    async def __call__(self, lease: Lease, receipt: Receipt) -> Outcome:
        """The work; everything that it used is noted in the receipt."""


@dataclass(frozen=True, slots=True)
class Watched:
    """Where it is noted what becomes of steps; ``engines`` by stage."""

    metrics: Metrics
    tracer: Tracer
    engines: Mapping[str, str] = field(default_factory=dict)


class Worker:
    """Runs any number of steps at the same time. ``name`` is that of the process (`identity`)."""

    def __init__(
        self,
        name: str,
        requests: Requests,
        work: Work,
        bell: Bell,
        watched: Watched,
        deadlines: Mapping[str, float] = DEADLINES,
        beat_every: float = EVERY,
    ) -> None:
        self.name = name
        self._requests = requests
        self._work = work
        self._bell = bell
        self._watched = watched
        self._deadlines = deadlines
        self._beat_every = beat_every
        self._running: defaultdict[str, set[asyncio.Task[None]]] = defaultdict(set)

    async def take(self, queue: str, step: int | None = None) -> bool:
        """See ``bot.jobs.engine.Take``. Cancelled, it hands the step back first."""
        try:
            lease = await self._requests.claim(self.name, step=step, queues=(queue,))
        except StorageFailed as error:
            log.warning("claim.failed", queue=queue, error=type(error).__name__)
            return False
        if lease is None:
            return False
        with structlog.contextvars.bound_contextvars(request=lease.request.id, stage=lease.step.stage):
            running = asyncio.create_task(self._run(lease))
            self._running[lease.request.id].add(running)
            try:
                await asyncio.shield(running)
            except asyncio.CancelledError:
                if not running.done():  # we are cancelled, not the work
                    running.cancel()
                    await asyncio.wait([running])
                    await self._hand_back(lease)
                    raise
            finally:
                self._running[lease.request.id].discard(running)
                if not self._running[lease.request.id]:
                    del self._running[lease.request.id]
        return True

    async def listen(self) -> None:
        """Stops at once what was called off; without it that is noticed at the next beat."""
        async for news in self._bell.listen():
            if news.topic is Topic.CANCELLED:
                for task in self._running.get(news.request, ()):
                    task.cancel()

    async def _run(self, lease: Lease) -> None:
        receipt, began = Receipt(), time.monotonic()
        stage, metrics = lease.step.stage, self._watched.metrics
        engine = self._watched.engines.get(stage, stage)
        if lease.step.attempts == 1 and not lease.results:
            metrics.request_started(lease.request.kind, lease.waited)
        outcome: Outcome | None = None
        ended = "dropped"
        try:
            with self._watched.tracer.span(stage, request=lease.request.id, engine=engine, attempt=lease.step.attempts):
                outcome = await self._made(lease, receipt)
                await self._finish(lease, outcome, receipt)
            ended = "done"
        except asyncio.CancelledError:
            await asyncio.shield(self._record(lease, receipt))
            raise
        except Fenced:
            log.info("step.outdated")
            await self._record(lease, receipt)
        except ChatAnythingError as error:
            ended = await self._failed(lease, error, receipt)
        except Exception:  # the process edge: a mistake of ours costs one request, not the worker
            log.exception("step.crashed")
            ended = await self._failed(lease, ChatAnythingError(OURS), receipt)
        finally:
            seconds = time.monotonic() - began
            metrics.stage_ended(stage, engine, seconds, ended)
            for usage in receipt.usages:
                metrics.used(usage)
        log.info("step.ended", outcome=ended, seconds=round(seconds, 3), attempt=lease.step.attempts)
        if ended == "done" and outcome is not None and outcome.afterwards is not None:
            await self._afterwards(outcome.afterwards, self._deadlines[stage])

    async def _made(self, lease: Lease, receipt: Receipt) -> Outcome:
        deadline = self._deadlines[lease.step.stage]
        async with self._alive(lease):
            try:
                async with asyncio.timeout(deadline):
                    return await self._work(lease, receipt)
            except TimeoutError as error:
                raise TimedOut(f"This took longer than {deadline:.0f} seconds.") from error

    @asynccontextmanager
    async def _alive(self, lease: Lease) -> AsyncIterator[None]:
        """Raises the beat while the body runs, and cancels the body when the lease is outdated."""
        body = asyncio.current_task()
        lost = False

        async def beat() -> None:
            nonlocal lost
            while True:
                await asyncio.sleep(self._beat_every)
                try:
                    lost = not await self._requests.beat(lease)
                except StorageFailed as error:
                    log.warning("beat.failed", error=type(error).__name__)
                if lost and body is not None:
                    body.cancel()
                    return

        beating = asyncio.create_task(beat())
        try:
            yield
        except asyncio.CancelledError:
            if lost:
                raise Fenced from None
            raise
        finally:
            beating.cancel()

    async def _finish(self, lease: Lease, outcome: Outcome, receipt: Receipt) -> None:
        async def finish() -> None:
            async with self._requests.completing(lease, outcome.made) as completing:
                await outcome.finish(completing)
                await completing.spend(receipt.usages)

        await self._written(finish)

    async def _failed(self, lease: Lease, error: ChatAnythingError, receipt: Receipt) -> str:
        """Ends a step that did not come off; what became of it."""
        wait = retry_after(error, lease.step.attempts) if error.retryable else None
        outcome = "dropped"

        async def fail() -> None:
            nonlocal outcome
            again = await self._requests.fail(lease, error.sentence, type(error).__name__, retry_in=wait)
            outcome = "again" if again else "failed"
            log.warning("step.failed", error=type(error).__name__, again=again, attempt=lease.step.attempts)

        self._watched.metrics.stage_failed(lease.step.stage, error)
        await self._record(lease, receipt)
        try:
            await self._written(fail)
        except Fenced:
            log.info("step.outdated")
        except StorageFailed as failure:
            log.warning("step.left", error=type(failure).__name__)  # the rescuer finds it
        return outcome

    async def _written(self, write: Callable[[], Awaitable[None]]) -> None:
        """Asks a database that is away for a moment again, so that the work is not lost with it."""
        until, wait = time.monotonic() + WRITING, 0.2
        while True:
            try:
                return await write()
            except StorageBusy:
                if time.monotonic() + wait > until:
                    raise
                await asyncio.sleep(wait)
                wait = min(wait * 2, 5.0)

    async def _hand_back(self, lease: Lease) -> None:
        try:
            if await self._requests.hand_back(lease):
                log.info("step.handed_back")
        except StorageFailed as error:
            log.warning("step.left", error=type(error).__name__)

    async def _record(self, lease: Lease, receipt: Receipt) -> None:
        """What was used was used, whatever came of it."""
        if not receipt.usages:
            return
        try:
            await self._requests.spend(lease.request, receipt.usages)
        except StorageFailed as error:
            log.warning("usage.lost", error=type(error).__name__)

    async def _afterwards(self, work: Callable[[], Awaitable[None]], deadline: float) -> None:
        try:
            async with asyncio.timeout(deadline):
                await work()
        except (ChatAnythingError, TimeoutError) as error:
            log.warning("afterwards.failed", error=type(error).__name__)
        except Exception:  # the process edge, too: the step is done, and other steps run here
            log.exception("afterwards.crashed")


def retry_after(error: ChatAnythingError, attempt: int) -> float:
    """Seconds until a try after the ``attempt``-th: growing and scattered, so that what failed together does not come
    back together; as long as a service asked for."""
    wait = FIRST_WAIT * WAIT_GROWTH ** (attempt - 1) * random.uniform(0.75, 1.25)
    asked = error.retry_after or 0.0 if isinstance(error, RateLimited) else 0.0
    return min(max(wait, asked), LONGEST_WAIT)
