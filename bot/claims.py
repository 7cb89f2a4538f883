"""Parts that this process has claimed from the outbox: a task brings each to its platform and settles the claim."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from itertools import chain, repeat
from typing import TypeAlias

import structlog

from pipeline.errors import StorageFailed
from storage.outbox import Outbox, Sending

log = structlog.get_logger(__name__)

Settlement: TypeAlias = Callable[[], Awaitable[bool]]
"""Writes down what became of a claim. False when somebody else has it by now."""


class Claims:
    """Tasks that hold claims. ``ended`` is called when one of them ends."""

    def __init__(self, outbox: Outbox, ended: Callable[[], None]) -> None:
        self._outbox = outbox
        self._ended = ended
        self.tasks: set[asyncio.Task[None]] = set()

    def start(self, work: Coroutine[None, None, None]) -> None:
        """Begins a task."""
        task = asyncio.create_task(work)
        self.tasks.add(task)
        task.add_done_callback(self._done)

    async def settle(self, sending: Sending, settlement: Settlement) -> None:
        """Writes down what a platform did, however long the database is away: else it would be done once more."""
        if await _written(settlement):
            return
        # A platform knows no tokens: what we sent while we were taken for dead may stand over what came after it.
        log.warning("delivery.taken_over", request=sending.request.id, part=sending.part.kind.value)
        await _written(lambda: self._outbox.show_again(sending.request.id))

    def _done(self, task: asyncio.Task[None]) -> None:
        self.tasks.discard(task)
        self._ended()
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("delivery.bug", error=type(error).__name__, exc_info=error)


async def _written(settlement: Settlement) -> bool:
    waits = chain((0.1, 0.2, 0.5, 1.0, 2.0), repeat(5.0))
    while True:
        try:
            return await settlement()
        except StorageFailed as error:
            log.warning("delivery.storage", error=type(error).__name__)
            await asyncio.sleep(next(waits))
