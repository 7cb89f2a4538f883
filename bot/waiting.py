"""Tells people who wait how far their requests have come, how many are before them, and for how long."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Mapping
from contextlib import suppress

import structlog

from bot.delivery import Delivery
from bot.progress import Progress, progress_of
from pipeline.errors import StorageFailed
from storage.bell import Bell, Topic
from storage.requests import Requests

log = structlog.get_logger(__name__)

EVERY = 5.0
"""Seconds between two looks. Whoever is served sooner is told nothing."""

MOST = 50
"""Requests told about in one look: each costs an edit on its platform."""

KEPT = 1000
"""Portraits of which it is known how far they are."""


async def tell_places(
    requests: Requests, delivery: Delivery, bell: Bell, stopping: asyncio.Event, every: float = EVERY
) -> None:
    """Until ``stopping`` is set."""
    painted: OrderedDict[str, str] = OrderedDict()
    ears = asyncio.create_task(_hear(bell, painted))
    try:
        await _tell(requests, delivery, painted, stopping, every)
    finally:
        ears.cancel()
        await asyncio.gather(ears, return_exceptions=True)


async def _hear(bell: Bell, painted: OrderedDict[str, str]) -> None:
    """Keeps the last that was heard of each portrait that is being painted, of the newest few."""
    async for news in bell.listen():
        if news.topic is Topic.PAINTED:
            painted[news.request] = news.detail
            painted.move_to_end(news.request)
            if len(painted) > KEPT:
                painted.popitem(last=False)


async def _tell(
    requests: Requests, delivery: Delivery, painted: Mapping[str, str], stopping: asyncio.Event, every: float
) -> None:
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
            progress = progress_of(standing.steps, standing.position, painted.get(one))
            if progress != told[one]:
                delivery.progress(one, progress)
                told[one] = progress
