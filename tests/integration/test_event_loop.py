"""The event loop only waits: no single step of it computes for long while a persona is made."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

from bot.app import open_app
from bot.memory import Person
from bot.settings import Settings
from pipeline.types import ReplyDelta

LONGEST_STEP = 0.050


async def test_the_loop_is_never_blocked(tmp_path: Path, assets_home: Path, monkeypatch: object) -> None:
    home = tmp_path / "home"
    home.mkdir()
    (home / "assets").symlink_to(assets_home)
    settings = Settings(_env_file=None, CHATANYTHING_HOME=home, MIND="scripted")
    async with open_app(settings, "hibari") as app:
        await app.conversation.summon("a warm teapot", watch=lambda step: None, seed=1)  # imports and first loads
        steps: list[float] = []
        ticking = asyncio.create_task(_tick(steps))
        stored, _ = await app.conversation.summon("an angry apple", watch=lambda step: None, seed=1)
        async for part in app.conversation.say(stored, "Hello there!", "test", Person("ada")):
            assert part is not None or isinstance(part, ReplyDelta)
        ticking.cancel()
    assert len(steps) > 50
    assert max(steps) < LONGEST_STEP


async def _tick(steps: list[float]) -> None:
    """Processor time of the loop's own thread between two turns: a busy machine does not count, computing does."""
    while True:
        before = time.thread_time()
        await asyncio.sleep(0.002)
        steps.append(time.thread_time() - before)
