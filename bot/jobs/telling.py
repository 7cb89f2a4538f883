"""How far a step is, told while it runs."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from pipeline.portrait.diffusion.jobs import Step, Watch
from storage.bell import Bell, News, Topic

EVERY = 0.5
"""Seconds between two pieces of news of a portrait."""


@asynccontextmanager
async def steps_told(bell: Bell, request: str, every: float = EVERY) -> AsyncIterator[Watch]:
    """What it gives is told the steps of a portrait, and the newest of them goes to everybody who listens."""
    newest: Step | None = None

    def watch(step: Step) -> None:
        nonlocal newest
        newest = step

    async def tell() -> None:
        told: Step | None = None
        while True:
            await asyncio.sleep(every)
            if newest is not None and newest != told:
                told = newest
                await bell.tell(News(Topic.PAINTED, request, f"{told.done}/{told.total}"))

    telling = asyncio.create_task(tell())
    try:
        yield watch
    finally:
        telling.cancel()
        await asyncio.gather(telling, return_exceptions=True)
