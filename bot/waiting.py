"""Tells people who wait how many are before them, and for how long."""

from __future__ import annotations

import asyncio
from contextlib import suppress

import structlog

from bot import words
from bot.delivery import Delivery
from pipeline.errors import StorageFailed
from storage.outbox import PartKind
from storage.requests import Requests

log = structlog.get_logger(__name__)

EVERY = 5.0
"""Seconds between two looks. Whoever is served sooner is told nothing."""

MOST = 50
"""Requests told about in one look: each costs an edit on its platform."""


async def tell_places(requests: Requests, delivery: Delivery, stopping: asyncio.Event, every: float = EVERY) -> None:
    """Until ``stopping`` is set."""
    known: set[str] = set()
    while not stopping.is_set():
        with suppress(TimeoutError):
            await asyncio.wait_for(stopping.wait(), every)
        waiting = set(delivery.waiting())
        try:
            for request_id in sorted(waiting & known)[:MOST]:
                position = await requests.position(request_id)
                if position.ahead:
                    sentence = words.in_line(position.ahead, position.seconds)
                    delivery.progress(request_id, sentence, PartKind.PLACEHOLDER)
        except StorageFailed as error:
            log.warning("waiting.storage", error=type(error).__name__)
        known = waiting
