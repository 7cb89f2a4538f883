"""Many people at once on Telegram, which is a process of its own here, as it is elsewhere in life."""

from __future__ import annotations

import asyncio
from pathlib import Path

from storage.database import Database
from storage.inbox import Inbox
from tests.integration.telegram_world import a_bot
from tests.servers.crowd import a_crowd, shown
from tests.servers.sqlite import SqliteFiles

CROWD = 200


async def test_two_hundred_people_are_answered_at_once(sqlite: SqliteFiles, tmp_path: Path) -> None:
    """How soon: ``python -m tests.bench.telegram``."""
    address = sqlite.fresh()
    async with a_crowd(CROWD) as people:
        async with a_bot(address, tmp_path, people.url) as desk, asyncio.timeout(60):
            answers = await people.write("/summon an angry apple")
            while await shown(desk.database) < CROWD:  # noqa: ASYNC110 - of tables
                await asyncio.sleep(0.2)
            requests = await desk.requests.list(limit=2 * CROWD)
        print(f"first answer p95 {answers.p95:.2f} s")
        assert answers.p95 < 10.0
        assert await people.messages() == len(requests) == CROWD
    async with Database(address) as database:
        assert await Inbox(database, "telegram").left() == {}
