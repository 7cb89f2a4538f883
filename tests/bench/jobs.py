"""How quickly requests come to workers, with steps that do nothing: ``python -m tests.bench.jobs [--json]``.

Embedded: requests and work in one process, on SQLite. Grown: a Postgres server from a wheel, worker processes of their
own, and this one as the gateway.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import statistics
import sys
import tempfile
import time
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from rich.console import Console
from sqlalchemy import func, select

from bot.bench import Row, table
from bot.jobs.embedded import EmbeddedEngine
from bot.jobs.engine import JobEngine
from bot.jobs.grown import ProcrastinateEngine
from bot.jobs.identity import this_process
from storage import migrate
from storage.asked import Asked, Request
from storage.bell import LocalBell, PostgresBell
from storage.database import Database
from storage.outbox import Part, PartKind
from storage.requests import Requests
from storage.steps import StepPlan
from storage.tables import StepRow
from storage.values import Json
from tests.servers.postgres import Postgres

REQUESTS = 1000
ROUNDS = 100
PAUSE = 0.03
"""Seconds between two requests to an idle worker."""

QUEUES = {"mind": 4}
PLAN = (StepPlan("mind", "mind"),)


@dataclass(frozen=True, slots=True)
class Bench:
    """Everything that one process needs."""

    database: Database
    requests: Requests
    engine: JobEngine
    begun: dict[str, float] = field(default_factory=dict)
    """When a worker had the right to begin, seconds of the system's clock, by request."""
    aloud: bool = False
    """Whether that is printed as well."""

    async def serve(self, stopping: asyncio.Event) -> None:
        """Takes steps and ends them at once."""
        name = this_process()

        async def take(queue: str, step: int | None = None) -> bool:
            lease = await self.requests.claim(name, step=step, queues=(queue,))
            if lease is None:
                return False
            self.begun[lease.request.id] = time.time()
            if self.aloud:
                print(lease.request.id, time.time(), flush=True)
            async with self.requests.completing(lease):
                return True

        await self.engine.serve(QUEUES, take, stopping)

    async def ask(self, number: int) -> Request:
        """One of many requests, of 50 persons in 10 places."""
        asked = Asked(
            kind="reply",
            update_key=f"bench:{number}",
            platform="bench",
            place=f"place:{number % 10}",
            conversation=f"place:{number % 10}",
            person=f"person:{number % 50}",
            payload={"text": "Hello."},
        )
        return (await self.requests.accept(asked, PLAN)).request

    async def delays(self, name: str) -> list[Row]:
        """Requests to an idle worker: accepting them, and from there to the moment that it may begin."""
        accepting, starting = [], []
        for number in range(-10, ROUNDS):
            asked = time.time()
            request = await self.ask(number)
            accepted = time.time()
            async with asyncio.timeout(10):
                while request.id not in self.begun:  # noqa: ASYNC110
                    await asyncio.sleep(0.005)
            if number >= 0:  # before, connections and statements are made
                accepting.append((accepted - asked) * 1000)
                starting.append(max(self.begun[request.id] - accepted, 0) * 1000)
            await asyncio.sleep(PAUSE)
        cuts = statistics.quantiles(starting, n=20)
        return [
            Row(f"{name}, accepting a request, p50", statistics.median(accepting), "ms"),
            Row(f"{name}, accepted to start, p50", cuts[9], "ms"),
            Row(f"{name}, accepted to start, p95", cuts[18], "ms"),
        ]

    async def hear(self, worker: Process) -> None:
        """Takes over what a worker process prints."""
        assert worker.stdout is not None
        async for line in worker.stdout:
            request, moment = line.split()
            self.begun[request.decode()] = float(moment)

    async def done(self) -> None:
        """Waits until nothing is left to do."""
        for _ in range(6000):
            if not await self.requests.depth():
                return
            await asyncio.sleep(0.1)
        raise TimeoutError("requests are left")

    async def rate(self) -> float:
        """Requests per second, from the first beginning to the last end."""
        query = select(func.count(), func.min(StepRow.begun_at), func.max(StepRow.ended_at))
        async with self.database.reading() as session:
            number, first, last = (await session.execute(query)).one()
        if first is None or last is None:
            raise ValueError("nothing was done")
        return number / (last - first).total_seconds()


def close(request: Request, results: Mapping[str, Json], failed: Mapping[str, str]) -> Part:
    """The answer to everything."""
    return Part(PartKind.PLAIN, {"text": "Hello."}, final=True)


@asynccontextmanager
async def embedded() -> AsyncIterator[Bench]:
    """A new SQLite file."""
    with tempfile.TemporaryDirectory(prefix="chatanything-bench-") as folder:
        address = f"sqlite:///{folder}/bench.db"
        await migrate.upgrade(address)
        async with Database(address) as database:
            bell = LocalBell()
            engine = EmbeddedEngine(bell)
            yield Bench(database, Requests(database, engine, bell, close), engine)


@asynccontextmanager
async def grown(address: str, aloud: bool = False) -> AsyncIterator[Bench]:
    """A Postgres database with tables."""
    async with Database(address) as database, PostgresBell(database) as bell:
        engine = ProcrastinateEngine(database)
        yield Bench(database, Requests(database, engine, bell, close), engine, aloud=aloud)


@asynccontextmanager
async def serving(bench: Bench) -> AsyncIterator[None]:
    """Work in this process."""
    stopping = asyncio.Event()
    task = asyncio.create_task(bench.serve(stopping))
    yield
    stopping.set()
    await task


@asynccontextmanager
async def workers(address: str, number: int) -> AsyncIterator[Sequence[Process]]:
    """Worker processes that are ready, and begin by `go`."""
    command = [sys.executable, "-m", "tests.bench.jobs", "--worker", address]
    running = [await asyncio.create_subprocess_exec(*command, stdin=PIPE, stdout=PIPE) for _ in range(number)]
    for process in running:
        assert process.stdout is not None
        await process.stdout.readline()
    yield running
    for process in running:
        assert process.stdin is not None
        process.stdin.close()
        await process.wait()


def go(running: Sequence[Process]) -> None:
    """Lets them begin."""
    for process in running:
        assert process.stdin is not None
        process.stdin.write(b"\n")


async def work(address: str) -> None:
    """A worker process: begins with the first line of its input and ends with the last."""
    async with grown(address, aloud=True) as bench:
        await bench.done()  # connects
        print(flush=True)
        await asyncio.to_thread(sys.stdin.readline)
        async with serving(bench):
            await asyncio.to_thread(sys.stdin.readline)


async def measure() -> list[Row]:
    """All figures."""
    rows = []
    async with embedded() as bench, serving(bench):
        rows += await bench.delays("embedded")
    async with embedded() as bench:
        rows.append(await _queue("embedded", bench))
        async with serving(bench):
            await bench.done()
        rows.append(Row("embedded, no-op requests", await bench.rate(), "1/s"))
    with await asyncio.to_thread(Postgres) as server:
        await migrate.upgrade(address := server.empty())
        async with grown(address) as bench, workers(address, 1) as running:
            go(running)
            hearing = asyncio.create_task(bench.hear(running[0]))
            rows += await bench.delays("Postgres")
            hearing.cancel()
        rates = [await _flood(rows, server, number) for number in (1, 2)]
    return [*rows, Row("Postgres, two workers against one", rates[1] / rates[0], "x")]


async def _flood(rows: list[Row], server: Postgres, number: int) -> float:
    await migrate.upgrade(address := server.empty())
    async with grown(address) as bench, workers(address, number) as running:
        queued = await _queue("Postgres", bench)
        if number == 1:
            rows.append(queued)
        go(running)
        await bench.done()
        rate = await bench.rate()
    rows.append(Row(f"Postgres, no-op requests, workers: {number}", rate, "1/s"))
    return rate


async def _queue(name: str, bench: Bench) -> Row:
    begun = time.perf_counter()
    for number in range(REQUESTS):
        await bench.ask(number)
    return Row(f"{name}, requests accepted", REQUESTS / (time.perf_counter() - begun), "1/s")


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.add_argument("--worker", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.worker:
        asyncio.run(work(options.worker))
        return
    rows = asyncio.run(measure())
    if options.json:
        print(json.dumps([row.document() for row in rows], indent=2))
    else:
        Console().print(table(rows))


if __name__ == "__main__":
    main()
