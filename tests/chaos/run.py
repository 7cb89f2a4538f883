"""A storm over a running bot, and whether every promise was kept: ``python -m tests.chaos --help``."""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest.mock import patch

import httpx2
from rich.console import Console
from rich.table import Table
from sqlalchemy import func, select, table

from bot.jobs.closing import close
from pipeline.errors import StorageFailed
from storage.asked import State
from storage.bell import LocalBell
from storage.blobs import Blobs
from storage.database import Database
from storage.outbox import PartState
from storage.repository import Personas
from storage.requests import Requests
from storage.tables import PartRow, RequestRow
from tests.chaos import history, world
from tests.chaos.fleet import Deaths, Fleet
from tests.chaos.history import History, Ledger
from tests.chaos.promises import Fault, faults
from tests.chaos.updates import People
from tests.chaos.world import ENGINES, World
from tests.servers.office import Nowhere

DRAIN = 180.0
"""Seconds in which all that was accepted must have ended, once everything is well again."""

FAULTS = 0.04
"""Share of engine calls that go wrong."""

RATE = 8.0
"""Updates in a second."""

LIFE = 25
"""Most times that a process reaches its fatal point."""


@dataclass
class Storm:
    """What is to happen. ``kills`` are spread over the seconds; processes kill themselves besides. ``haste``: how much
    more often than usual all else happens."""

    engine: str
    seconds: float
    kills: int
    seed: int
    nonces: bool = True
    rate: float = RATE
    haste: float = 1.0


@dataclass
class Report:
    """What happened."""

    storm: Storm
    deaths: Deaths
    disasters: Counter[str]
    history: History
    faults: list[Fault]
    drained: float
    seconds: float
    left: int = 0

    @property
    def sound(self) -> bool:
        """Whether every promise was kept, and as many processes were killed as were to be."""
        enough = self.deaths.kills.total() >= self.storm.kills
        return enough and not (self.faults or self.deaths.unexplained or self.left)


async def run(storm: Storm, folder: Path) -> Report:
    """A storm from its beginning to the verdict."""
    began = time.monotonic()
    async with AsyncExitStack() as stack:
        here = await stack.enter_async_context(world.opened(storm.engine, folder, storm.seed, nonces=storm.nonces))
        stack.enter_context(patch.dict(os.environ, here.environment))
        fleet = Fleet(here.roles, folder, here.environment, storm.seed)
        stack.callback(fleet.close)
        database = await stack.enter_async_context(Database(here.database))
        requests = Requests(database, Nowhere(), LocalBell(), close)
        ledger = Ledger()
        personas = Personas(database, Blobs(here.blobs))
        asking = People(fleet.ports, requests, personas, ledger, storm.seed, storm.rate)
        addresses = ["--database", here.database, "--blobs", here.blobs, "--board", here.board]
        addresses += [] if storm.nonces else ["--no-nonces"]
        fleet.start(addresses, ["--faults", str(FAULTS), "--life", str(LIFE)])
        await fleet.serving()
        disasters = await _rage(storm, here, fleet, asking.ask)
        await world.weather(here.board, 0, {})
        fleet.settle()
        healed = time.monotonic()
        unanswered = await asking.finish(DRAIN)
        left = await _drain(database, healed + DRAIN) + unanswered
        drained = time.monotonic() - healed
        await fleet.stop()
        seen = await _seen(here.board)
        whole = await history.read(database, Blobs(here.blobs), seen, ledger, storm.nonces)
    seconds = time.monotonic() - began
    return Report(storm, fleet.deaths, disasters, whole, faults(whole), drained, seconds, left)


async def _rage(storm: Storm, here: World, fleet: Fleet, ask: Callable[[], Awaitable[None]]) -> Counter[str]:
    """Everything that can happen, while people ask for things; how often what happened."""
    chance, happened = random.Random(storm.seed), Counter[str]()

    async def strike() -> None:
        """Several processes together now and then, mostly one."""
        while True:
            await asyncio.sleep(chance.expovariate(storm.kills / storm.seconds))
            for _ in range(chance.choice([1, 1, 1, 1, 2])):
                fleet.kill()

    async def bother() -> None:
        while True:
            await asyncio.sleep(chance.uniform(5.0, 15.0) / storm.haste)
            chance.choice([fleet.freeze, fleet.terminate])()

    async def break_down() -> None:
        while True:
            await asyncio.sleep(chance.uniform(4.0, 12.0) / storm.haste)
            name = chance.choice([*here.disasters])
            happened[name] += 1
            await over(here.disasters[name](chance))

    rage = asyncio.gather(ask(), strike(), bother(), break_down())
    until = time.monotonic() + storm.seconds
    try:
        while time.monotonic() < until or (fleet.kills < storm.kills and time.monotonic() < until + storm.seconds / 2):
            await asyncio.wait([rage], timeout=0.5)
            if rage.done():
                rage.result()
    finally:
        rage.cancel()
        await asyncio.gather(rage, return_exceptions=True)
        await asyncio.to_thread(here.mend)
    return happened


async def over(disaster: Awaitable[None]) -> None:
    """Waits for the end of a disaster, also when cancelled: a server that is being stopped cannot be mended yet."""
    happening = asyncio.ensure_future(disaster)
    try:
        await asyncio.shield(happening)
    finally:
        await happening


async def _drain(database: Database, until: float) -> int:
    """Waits until nothing is to be done; the number of requests, parts and jobs that are left when patience ends."""
    open_ = select(func.count()).select_from(RequestRow).where(RequestRow.state == State.OPEN.value)
    unsent = (PartState.WAITING.value, PartState.SENDING.value)
    queries = [open_, select(func.count()).select_from(PartRow).where(PartRow.state.in_(unsent))]
    if database.file is None:
        queries.append(select(func.count()).select_from(table("procrastinate_jobs", schema="procrastinate")))
    left = -1
    while left and time.monotonic() < until:
        await asyncio.sleep(0.2)
        with suppress(StorageFailed):
            async with database.reading() as session:
                left = sum([await session.scalar(query) or 0 for query in queries])
    return left


async def _seen(board: str) -> Any:
    async with httpx2.AsyncClient(timeout=60.0) as client:
        return (await client.get(f"{board}/journal")).json()


def show(report: Report, console: Console) -> None:
    """The figures, and what went wrong with all that is known of it."""
    whole, deaths = report.history, report.deaths
    states = Counter(row.state for row in whole.requests.values())
    kinds = Counter(row.kind for row in whole.requests.values())
    posts = Counter(entry["action"] for entry in whole.journal if entry["done"])
    figures = Table(title=f"{report.storm.engine}, seed {report.storm.seed}", show_header=False, title_justify="left")
    for name, counts in (
        ("kills", deaths.kills),
        ("freezes", deaths.freezes),
        ("other ends", deaths.others),
        ("disasters", report.disasters),
        ("updates delivered", whole.ledger.calls),
        ("requests accepted", kinds),
        ("requests ended", states),
        ("board", posts),
    ):
        figures.add_row(
            name, str(counts.total()), ", ".join(f"{key} {number}" for key, number in sorted(counts.items()))
        )
    strays = sum(not entry["message"]["final"] for entry in whole.messages.values())
    figures.add_row("placeholders left behind", str(strays), "")
    figures.add_row("opened again", str(len(whole.ledger.reopened)), "")
    figures.add_row("drained", f"{report.drained:.1f} s", f"{report.left} left")
    figures.add_row("all in all", f"{report.seconds:.0f} s", "")
    figures.add_row("broken promises", str(len(report.faults)), str(Counter(fault.rule for fault in report.faults)))
    console.print(figures)
    for line in deaths.unexplained:
        console.print("unexplained:", line, markup=False)
    for fault in report.faults[:40]:
        console.print(f"{fault.rule}: {fault.request}: {fault.how}", markup=False, soft_wrap=True)
    for request in list(dict.fromkeys(fault.request for fault in report.faults if fault.request != "-"))[:8]:
        console.print(whole.told(request), markup=False, soft_wrap=True)


def main() -> None:
    """Storms over the engines that are named, one after the other."""
    parser = argparse.ArgumentParser(prog="python -m tests.chaos")
    parser.add_argument("--engine", choices=ENGINES, action="append", help="default: both")
    parser.add_argument("--seconds", type=float, default=330.0, help="of each storm; what follows takes some more")
    parser.add_argument("--kills", type=int, default=100, help="at least so many, on each engine")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--rate", type=float, default=RATE, help="updates in a second")
    parser.add_argument("--no-nonces", action="store_true", help="a board that posts a repeated message again")
    parser.add_argument("--keep", type=Path, help="a folder for logs and databases, which stays")
    options = parser.parse_args()
    console, sound = Console(width=160), True
    for engine in options.engine or ENGINES:
        storm = Storm(engine, options.seconds, options.kills, options.seed, not options.no_nonces, options.rate)
        with tempfile.TemporaryDirectory(prefix="chaos-") as temporary:
            folder = (options.keep or Path(temporary)) / engine
            folder.mkdir(parents=True)
            report = asyncio.run(run(storm, folder))
        show(report, console)
        sound &= report.sound
    sys.exit(not sound)
