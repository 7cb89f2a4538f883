"""A serving process: which queues it takes, and how it stops."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot import service
from bot.app import Desk, open_desk
from bot.asking import Incoming
from bot.jobs.outcome import Outcome
from bot.jobs.worker import Watched, Work
from bot.observe.metrics import Metrics
from bot.observe.tracing import Silent
from bot.service import PAINTED, queues, serve, stopped_by_signals
from bot.settings import Settings
from pipeline.errors import BadRequest
from pipeline.receipt import Receipt
from storage.completion import Made
from storage.steps import Lease, Step, StepState

PATIENCE = 20.0


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    async with open_desk(Settings(_env_file=None, CHATANYTHING_HOME=tmp_path)) as desk:
        yield desk


class Toy:
    """Work that lasts until it is told to end."""

    def __init__(self) -> None:
        self.begun, self.end = asyncio.Event(), asyncio.Event()

    async def __call__(self, lease: Lease, receipt: Receipt) -> Outcome:
        self.begun.set()
        await self.end.wait()
        return Outcome(Made(f"{lease.step.id}", {}))


async def asked(desk: Desk) -> str:
    incoming = Incoming("test", "test:1", "test:place", "test:talk", "test:ann")
    return (await desk.asking.summon(incoming, "an angry apple")).request.id


async def mind(desk: Desk, request: str) -> Step:
    return (await desk.requests.steps(request))[0]


def serving(desk: Desk, work: Work, stopping: asyncio.Event) -> asyncio.Task[None]:
    return asyncio.create_task(serve(desk, work, {"mind": 1}, [], Watched(Metrics(), Silent()), stopping))


def test_queues() -> None:
    assert list(queues()) == ["mind", "voice", "portrait", "clip"]
    assert min(queues().values()) >= 1
    assert queues(concurrency=3) == dict.fromkeys(("mind", "voice", "portrait", "clip"), 3)
    assert queues(" clip,mind ") == {"clip": queues()["clip"], "mind": queues()["mind"]}
    assert queues("sdxl", 2) == {"sdxl": 2}
    assert (queues()["portrait"], queues(painter="diffusers")["portrait"]) == (1, PAINTED)


@pytest.mark.parametrize("names", [" ", ",", "mind,", "mind,mind", "mind,,clip"])
def test_queues_that_are_no_queues(names: str) -> None:
    with pytest.raises(BadRequest, match="once"):
        queues(names)


async def test_what_was_begun_is_ended(desk: Desk) -> None:
    request, work, stopping = await asked(desk), Toy(), asyncio.Event()
    async with asyncio.timeout(PATIENCE):
        task = serving(desk, work, stopping)
        await work.begun.wait()
        stopping.set()
        await asyncio.sleep(0.1)
        assert not task.done()
        work.end.set()
        await task
    steps = {step.stage: step.state for step in await desk.requests.steps(request)}
    assert steps["mind"] is StepState.DONE
    assert steps["voice"] is StepState.READY


async def test_what_takes_too_long_is_handed_back(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service, "GRACE", 0.2)
    request, work, stopping = await asked(desk), Toy(), asyncio.Event()
    async with asyncio.timeout(PATIENCE):
        task = serving(desk, work, stopping)
        await work.begun.wait()
        stopping.set()
        await task
    step = await mind(desk, request)
    assert (step.state, step.attempts) == (StepState.READY, 0)


async def test_the_second_signal_hands_back_at_once(desk: Desk) -> None:
    request, work = await asked(desk), Toy()
    async with asyncio.timeout(PATIENCE):
        with stopped_by_signals() as stopping:
            began = time.monotonic()
            hurry = asyncio.create_task(twice(work.begun))
            await serve(desk, work, {"mind": 1}, [], Watched(Metrics(), Silent()), stopping)
        await hurry
    assert time.monotonic() - began < service.GRACE
    step = await mind(desk, request)
    assert (step.state, step.attempts) == (StepState.READY, 0)


async def twice(begun: asyncio.Event) -> None:
    await begun.wait()
    for number in (signal.SIGTERM, signal.SIGINT):
        os.kill(os.getpid(), number)
        await asyncio.sleep(0.1)


async def test_who_cancels_us_is_no_signal() -> None:
    async def body() -> None:
        with stopped_by_signals():
            await asyncio.sleep(3600)

    task = asyncio.create_task(body())
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_a_duty_that_dies_ends_the_process(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever started it starts it again; a process that only seems to work helps nobody."""

    async def look(rescuer: object) -> int:
        raise ZeroDivisionError

    monkeypatch.setattr("bot.jobs.rescue.Rescuer.look", look)
    async with asyncio.timeout(PATIENCE):
        with pytest.raises(ZeroDivisionError):
            await serving(desk, Toy(), asyncio.Event())
