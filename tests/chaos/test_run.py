"""The storm itself: what it breaks it also lets be mended."""

from __future__ import annotations

import asyncio

import pytest

from tests.chaos.run import over


async def test_a_disaster_that_is_cancelled_ends_first() -> None:
    begun, ended = asyncio.Event(), []

    async def disaster() -> None:
        begun.set()
        await asyncio.sleep(0.05)
        ended.append(True)

    waiting = asyncio.create_task(over(disaster()))
    await begun.wait()
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    assert ended
