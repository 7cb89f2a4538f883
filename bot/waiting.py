"""Tells people who wait how far their requests have come, how many are before them, and for how long."""

from __future__ import annotations

import asyncio
from contextlib import suppress

import structlog

from bot.delivery import Delivery
from bot.progress import Progress, progress_of
from pipeline.errors import StorageFailed
from storage.requests import Requests

log = structlog.get_logger(__name__)

EVERY = 5.0
"""Seconds between two looks. Whoever is served sooner is told nothing."""

MOST = 50
"""Requests told about in one look: each costs an edit on its platform."""


async def tell_places(requests: Requests, delivery: Delivery, stopping: asyncio.Event, every: float = EVERY) -> None:
    """Until ``stopping`` is set."""
    told: dict[str, Progress | None] = {}
    while not stopping.is_set():
        with suppress(TimeoutError):
            await asyncio.wait_for(stopping.wait(), every)
        waiting = sorted(delivery.waiting())
        try:
            standings = await requests.standings([one for one in waiting if one in told][:MOST])
        except StorageFailed as error:
            log.warning("waiting.storage", error=type(error).__name__)
            continue
        told = {one: told.get(one) for one in waiting}
        for one, standing in standings.items():
            progress = progress_of(standing.steps, standing.position)
            if progress != told[one]:
                delivery.progress(one, progress)
                told[one] = progress
