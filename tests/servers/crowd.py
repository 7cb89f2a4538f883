"""Telegram in a process of its own, with a crowd that writes to the bot all at once: what is measured is the bot.

async with a_crowd(200) as crowd:
    ...  # a bot that polls ``crowd.url``
    answers = await crowd.write("/summon an angry apple")
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from sqlalchemy import func, select

from storage.database import Database
from storage.tables import RequestRow
from tests.servers.telegram import BotApi, Person, Shown

FIRST = 1000
"""The id of the first person, and of their private chat."""


@dataclass(frozen=True, slots=True)
class Answers:
    """``seconds`` until the first answer, sorted."""

    seconds: list[float]

    @property
    def p95(self) -> float:
        """Within so many seconds 95 of 100 were answered."""
        return self.seconds[int(len(self.seconds) * 0.95)]


@dataclass
class Crowd:
    """The other side of a pipe to it."""

    url: str
    _process: Process

    async def write(self, text: str) -> Answers:
        """Everybody writes that; returns once all are answered."""
        return Answers(json.loads(await self._ask(text)))

    async def messages(self) -> int:
        """How many messages the bot posted that are still there."""
        return int(await self._ask(""))

    async def _ask(self, line: str) -> str:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(f"{line}\n".encode())
        return (await self._process.stdout.readline()).decode()


async def shown(database: Database) -> int:
    """How many requests know the message in which they are shown."""
    async with database.reading() as session:
        return await session.scalar(select(func.count(RequestRow.message.distinct()))) or 0


@asynccontextmanager
async def a_crowd(number: int) -> AsyncIterator[Crowd]:
    """That process; it ends with the block."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.servers.crowd", str(number), stdin=PIPE, stdout=PIPE
    )
    assert process.stdout is not None
    try:
        yield Crowd((await process.stdout.readline()).decode().strip(), process)
    finally:
        process.kill()
        await process.communicate()


class Timed(BotApi):
    """Notes when messages came."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.came: dict[int, float] = {}
        self.all = asyncio.Event()
        self.number = 0

    def _message(self, shown: Shown) -> object:
        self.came.setdefault(shown.chat, time.perf_counter())
        if len(self.came) == self.number:
            self.all.set()
        return super()._message(shown)


async def _serve(number: int) -> None:
    loop = asyncio.get_running_loop()
    lines = asyncio.StreamReader()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(lines), sys.stdin)
    async with Timed() as api:
        print(api.url, flush=True)
        while line := (await lines.readline()).decode():
            if text := line.strip():
                print(json.dumps(await _crowd(api, number, text)), flush=True)
            else:
                print(sum(not one.deleted for one in api.messages), flush=True)


async def _crowd(api: Timed, number: int, text: str) -> list[float]:
    api.came, api.number = {}, number
    api.all.clear()
    began = time.perf_counter()
    for id_ in range(FIRST, FIRST + number):
        api.write(Person(id_, f"P{id_}"), text)
    await api.all.wait()
    return sorted(came - began for came in api.came.values())


if __name__ == "__main__":
    asyncio.run(_serve(int(sys.argv[1])))
