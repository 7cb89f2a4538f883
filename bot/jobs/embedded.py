"""The job engine of a bot without a server: its own loops look into the tables, woken by the bell.

Correct with any number of processes on one database, because a step is claimed there; steps that another process
made ready are found a moment later than one's own.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from bot.jobs.engine import Take
from pipeline.errors import StorageFailed
from storage.bell import Bell, News, Topic
from storage.steps import Step

log = structlog.get_logger(__name__)

EVERY = 1.0
"""Seconds between two looks for steps that nobody rang for: delayed ones, and those of other processes."""


class EmbeddedEngine:
    """See ``JobEngine``."""

    def __init__(self, bell: Bell, every: float = EVERY) -> None:
        self._bell = bell
        self._every = every

    async def defer(self, session: AsyncSession, step: Step, delay: float = 0.0) -> None:
        """See ``JobEngine``. A delay stands in the tables."""
        await self._bell.ring(session, News(Topic.STEP, step.request, step.queue))

    async def redeliver(self, step: Step) -> None:
        """See ``JobEngine``."""
        await self._bell.tell(News(Topic.STEP, step.request, step.queue))

    async def serve(self, queues: Mapping[str, int], take: Take, stopping: asyncio.Event) -> None:
        """See ``JobEngine``."""
        wakes = {queue: asyncio.Queue[None](size) for queue, size in queues.items()}
        async with asyncio.TaskGroup() as group:
            wakers = [group.create_task(self._hear(wakes)), group.create_task(self._look(wakes))]
            for queue, size in queues.items():
                for _ in range(size):
                    group.create_task(_work(queue, wakes[queue], take, stopping))
            await stopping.wait()
            for waker in wakers:
                waker.cancel()
            for wake in wakes.values():
                while not wake.full():
                    wake.put_nowait(None)

    async def _hear(self, wakes: Mapping[str, asyncio.Queue[None]]) -> None:
        async for news in self._bell.listen():
            if news.topic is Topic.STEP and news.detail in wakes:
                _wake(wakes[news.detail])

    async def _look(self, wakes: Mapping[str, asyncio.Queue[None]]) -> None:
        while True:
            await asyncio.sleep(self._every)
            for wake in wakes.values():
                _wake(wake)


def _wake(wake: asyncio.Queue[None]) -> None:
    """One loop of a queue looks; all of them do already when it is full."""
    if not wake.full():
        wake.put_nowait(None)


async def _work(queue: str, wake: asyncio.Queue[None], take: Take, stopping: asyncio.Event) -> None:
    while not stopping.is_set():
        try:
            taken = await take(queue)
        except StorageFailed as error:
            log.warning("jobs.storage", queue=queue, error=type(error).__name__)
            taken = False
        if not taken:
            await wake.get()
