"""The process that runs many calls at once: they tell, they are called off, it dies and is followed by another."""

from __future__ import annotations

import asyncio
import gc
import multiprocessing
import os
import signal
import sys
import threading
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import psutil
import pytest

from pipeline.errors import Interrupted, MissingAsset
from pipeline.serving import Server
from pipeline.workers import Workers
from tests.unit.test_workers import LONG, until, workers_of

Watch = Callable[[Any], None]
Cancelled = Callable[[], bool]
_meeting = threading.Barrier(2)
_held: list[object] = []


def pid(*, watch: Watch, cancelled: Cancelled) -> int:
    return os.getpid()


def count(to: int, *, watch: Watch, cancelled: Cancelled) -> int:
    for number in range(to):
        watch(number)
    return to


def meet(*, watch: Watch, cancelled: Cancelled) -> int:
    """Two calls wait for each other, which calls in turn cannot."""
    return _meeting.wait(LONG)


def wait(note: Path, *, watch: Watch, cancelled: Cancelled) -> None:
    watch("begun")
    until = time.monotonic() + LONG
    while not cancelled() and time.monotonic() < until:
        time.sleep(0.01)
    note.write_text("called off" if cancelled() else "forgotten")
    raise Interrupted("It was called off.")


def hang(*, watch: Watch, cancelled: Cancelled) -> None:
    watch("begun")
    time.sleep(LONG)


def lock(*, watch: Watch, cancelled: Cancelled) -> str:
    """Holds what the system forgets only when it is told, as progress bars of libraries do; its name."""
    held = multiprocessing.get_context("spawn").RLock()
    _held.append(held)
    return str(held._semlock.name)  # type: ignore[attr-defined]


def refuse(*, watch: Watch, cancelled: Cancelled) -> None:
    raise MissingAsset("It is not here.", remedy="fetch it")


def leave(*, watch: Watch, cancelled: Cancelled) -> None:
    raise SystemExit(3)


def die(note: Path, deaths: int, *, watch: Watch, cancelled: Cancelled) -> int:
    """Is killed so many times, as by a system that is out of memory, then lives."""
    died = len(note.read_text()) if note.exists() else 0
    if died < deaths:
        note.write_text("x" * (died + 1))
        os.kill(os.getpid(), signal.SIGKILL)
    return died


@pytest.fixture
async def server(grown: None, caplog: pytest.LogCaptureFixture) -> AsyncIterator[Server]:
    """A server that leaves nothing behind, neither a process nor an error that nobody took."""
    server = Server("device")
    yield server
    await server.close()
    assert not workers_of(psutil.Process())
    gc.collect()
    assert not caplog.get_records("call") + caplog.get_records("teardown")


async def begun(server: Server, function: Callable[..., Any], *args: Any) -> asyncio.Task[Any]:
    """The call, once it runs."""
    heard = asyncio.Event()
    call = asyncio.create_task(server.run(function, *args, watch=lambda news: heard.set()))
    await asyncio.wait_for(heard.wait(), 30)
    return call


async def test_calls_run_at_once_tell_what_they_do_and_fail_alone(server: Server, tmp_path: Path) -> None:
    told: list[int] = []
    assert await server.run(count, 3, watch=told.append) == 3
    assert told == [0, 1, 2]
    assert sorted(await asyncio.gather(server.run(meet), server.run(meet))) == [0, 1]
    with pytest.raises(MissingAsset) as caught:
        await server.run(refuse)
    assert caught.value.remedy == "fetch it"
    with pytest.raises(RuntimeError, match="exit 3"):
        await server.run(leave)
    with pytest.raises(TypeError, match="pickle"):
        await server.run(count, threading.Lock())
    assert await server.run(pid) == server.pid

    waits, other = await begun(server, wait, tmp_path / "note"), asyncio.create_task(server.run(pid))
    waits.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waits
    note = tmp_path / "note"
    await until(lambda: note.exists() and note.read_text() == "called off", 10)
    assert await other == server.pid  # the process lives on


async def test_a_killed_process_is_followed_by_another_once(server: Server, tmp_path: Path) -> None:
    waits = await begun(server, hang)
    before = server.pid
    assert await server.run(die, tmp_path / "once", 1) == 1
    assert server.pid != before
    waits.cancel()
    with pytest.raises(Interrupted, match="stopped twice") as caught:
        await server.run(die, tmp_path / "twice", 2)
    assert caught.value.retryable
    assert (tmp_path / "twice").read_text() == "xx"
    assert await server.run(count, 2) == 2


async def test_a_call_that_hangs_after_it_was_called_off_is_ended(caplog: pytest.LogCaptureFixture) -> None:
    server = Server("device", patience=0.2)
    hangs = await begun(server, hang)
    hung = psutil.Process(server.pid)
    hangs.cancel()
    await until(lambda: server.pid is None, 10)
    assert not hung.is_running()
    await server.close()


async def test_leaving_ends_what_runs_and_cleans_up(tmp_path: Path) -> None:
    async with Workers({"voice": 1, "pictures": 1}) as workers:
        running = await begun(workers.device, hang)
        semaphore = Path("/dev/shm") / f"sem.{(await workers.device.run(lock)).removeprefix('/')}"
        assert semaphore.exists() or sys.platform != "linux"
    assert not workers_of(psutil.Process())
    assert not semaphore.exists()
    with pytest.raises(Interrupted, match="was stopped"):
        await running
    with pytest.raises(Interrupted, match="was stopped"):
        await workers.device.run(pid)
