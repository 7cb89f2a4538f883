"""The servers that a bot stands on, and what can happen to them."""

from __future__ import annotations

import asyncio
import random
import sqlite3
import sys
from asyncio.subprocess import DEVNULL, PIPE
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, closing
from dataclasses import dataclass, field
from pathlib import Path

import httpx2
from sqlalchemy import make_url

WEATHER = {"busy": 0.02, "broken": 0.02, "cut": 0.02, "cut_after": 0.03, "slow": 0.01, "late": 0.01}
"""Share of the board's requests that meet each trouble."""

EMBEDDED, PROCRASTINATE = "embedded", "procrastinate"
ENGINES = (EMBEDDED, PROCRASTINATE)

Disaster = Callable[[random.Random], Awaitable[None]]
"""Happens, takes a while, and is over."""


@dataclass(frozen=True, slots=True)
class World:
    """Addresses of the servers, ``roles`` of the processes, and the disasters by name."""

    database: str
    blobs: str
    board: str
    roles: Sequence[str]
    disasters: Mapping[str, Disaster]
    mend: Callable[[], None] = lambda: None
    environment: Mapping[str, str] = field(default_factory=dict)


@asynccontextmanager
async def opened(engine: str, folder: Path, seed: int, *, nonces: bool = True) -> AsyncIterator[World]:
    """The servers of an engine, and a board with weather."""
    async with AsyncExitStack() as stack:
        board = await stack.enter_async_context(_board(nonces))
        await weather(board, seed, WEATHER)
        make = _embedded if engine == EMBEDDED else _grown
        yield await make(stack, folder, board)


async def weather(board: str, seed: int, chances: Mapping[str, float]) -> None:
    """Sets the share of each trouble on the board."""
    async with httpx2.AsyncClient() as client:
        await client.post(f"{board}/weather", json={"seed": seed, "chances": chances})


@asynccontextmanager
async def _board(nonces: bool) -> AsyncIterator[str]:
    command = [sys.executable, "-m", "tests.servers.board", *([] if nonces else ["--no-nonces"])]
    process = await asyncio.create_subprocess_exec(*command, stdout=PIPE, stderr=DEVNULL)
    assert process.stdout is not None
    try:
        yield (await process.stdout.readline()).decode().strip()
    finally:
        process.kill()
        await process.communicate()


async def _embedded(stack: AsyncExitStack, folder: Path, board: str) -> World:
    """Two bots on one SQLite file and one folder."""
    from tests.servers.sqlite import SqliteFiles

    address = await asyncio.to_thread(SqliteFiles(folder).fresh)

    async def lock(chance: random.Random) -> None:
        await asyncio.to_thread(_lock, Path(str(make_url(address).database)), chance.choice([0.3, 1.0, 2.0, 6.5]))

    return World(address, (folder / "blobs").as_uri(), board, ["both", "both"], {"database locked": lock})


def _lock(file: Path, seconds: float) -> None:
    """Somebody holds the only lock: longer, at times, than anybody waits for it."""
    import time

    with closing(sqlite3.connect(file, isolation_level=None, timeout=10)) as connection:
        connection.execute("BEGIN IMMEDIATE")
        time.sleep(seconds)
        connection.execute("ROLLBACK")


async def _grown(stack: AsyncExitStack, folder: Path, board: str) -> World:
    """Gateways apart from workers, on Postgres and S3."""
    from tests.servers.postgres import Mode, Postgres
    from tests.servers.s3 import S3

    postgres = stack.enter_context(await asyncio.to_thread(Postgres))
    s3 = stack.enter_context(S3())
    address = await asyncio.to_thread(postgres.fresh)

    def restart(mode: Mode) -> Disaster:
        async def happen(chance: random.Random) -> None:
            await asyncio.to_thread(postgres.stop, mode)
            await asyncio.sleep(chance.uniform(0.0, 2.0))
            await asyncio.to_thread(postgres.start)

        return happen

    async def freeze(chance: random.Random) -> None:
        await asyncio.to_thread(postgres.pause)
        await asyncio.sleep(chance.uniform(0.5, 4.0))
        await asyncio.to_thread(postgres.resume)

    def trouble(begin: Callable[[], None]) -> Disaster:
        async def happen(chance: random.Random) -> None:
            await asyncio.to_thread(begin)
            await asyncio.sleep(chance.uniform(0.5, 3.0))
            await asyncio.to_thread(s3.mend)

        return happen

    def mend() -> None:
        s3.mend()
        postgres.resume()
        postgres.start()

    disasters = {
        "Postgres restarted": restart("fast"),
        "Postgres crashed": restart("immediate"),
        "Postgres frozen": freeze,
        "S3 cut off": trouble(s3.cut),
        "S3 frozen": trouble(s3.pause),
        "S3 overloaded": trouble(lambda: s3.fail("503 Slow Down")),
        "S3 refuses (403)": trouble(s3.refuse),
    }
    roles = ["gateway", "gateway", "worker", "worker"]
    return World(address, s3.bucket(), board, roles, disasters, mend, s3.environment)
