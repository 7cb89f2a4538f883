"""Finds work whose worker is gone, and gives it to others.

Nobody's clock is trusted: a living worker raises the beat of its step, and the rescuer counts how many of its own
looks in a row have seen the same beat.
"""

from __future__ import annotations

import asyncio
from typing import TypeAlias

import structlog

from bot.jobs.engine import JobEngine
from bot.jobs.identity import is_gone
from pipeline.errors import StorageFailed
from storage.outbox import Outbox
from storage.requests import Requests

log = structlog.get_logger(__name__)

EVERY = 2.0
"""Seconds between two looks, and between two beats of a worker."""

STEP_LOOKS, PART_LOOKS = 10, 30
"""Looks without a sign of life: 20 s for a step, which beats, and 60 s for a sending, which may take 45."""

LOST_LOOKS = 5
"""Looks after which a step at the head of its queue, which nobody takes, is brought to the workers again."""

HEAD = 20
"""Steps of each queue that are looked at: one that no worker serves does not hide the others."""

Seen: TypeAlias = tuple[str, int, int, int]
"""What, its id, its token, its beat: as long as this is the same, nothing has moved."""


class Rescuer:
    """Runs in every worker and gateway; several do no harm to each other."""

    def __init__(self, requests: Requests, outbox: Outbox, engine: JobEngine, own: str, every: float = EVERY) -> None:
        self._requests = requests
        self._outbox = outbox
        self._engine = engine
        self._own = own
        self._every = every
        self._looks: dict[Seen, int] = {}

    async def serve(self, stopping: asyncio.Event) -> None:
        """Looks again and again until ``stopping`` is set."""
        while not stopping.is_set():
            try:
                await self.look()
            except StorageFailed as error:
                log.warning("rescue.storage", error=type(error).__name__)
            try:
                await asyncio.wait_for(stopping.wait(), self._every)
            except TimeoutError:
                continue

    async def look(self) -> int:
        """One look; the number of steps and parts that were given back."""
        seen: dict[Seen, int] = {}
        rescued = 0
        for pulse in await self._requests.pulses():
            key = ("step", pulse.step, pulse.token, pulse.beat)
            if self._dead(key, pulse.worker, STEP_LOOKS, seen) and await self._requests.rescue(pulse):
                rescued += 1
                log.warning("rescue.step", step=pulse.step, request=pulse.request)
        for part in await self._outbox.underway():
            key = ("part", part.id, part.token, 0)
            if self._dead(key, part.worker, PART_LOOKS, seen) and await self._outbox.rescue(part):
                rescued += 1
                log.warning("rescue.part", part=part.id)
        for step in await self._requests.waiting(HEAD):
            key = ("lost", step.id, step.attempts, 0)
            if self._count(key, seen) >= LOST_LOOKS:
                seen[key] = 0
                await self._engine.redeliver(step)
        self._looks = seen
        return rescued

    def _dead(self, key: Seen, worker: str, looks: int, seen: dict[Seen, int]) -> bool:
        return self._count(key, seen) >= looks or is_gone(worker, self._own)

    def _count(self, key: Seen, seen: dict[Seen, int]) -> int:
        seen[key] = self._looks.get(key, 0) + 1
        return seen[key]
