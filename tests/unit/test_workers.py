"""Worker processes: they compute, they die, they are replaced."""

from __future__ import annotations

import asyncio
import gc
import os
import signal
import struct
import subprocess
import sys
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator
from multiprocessing.connection import Connection
from pathlib import Path
from typing import NoReturn

import psutil
import pytest

from pipeline.errors import BadRequest, EngineFailed, Interrupted, MissingAsset
from pipeline.workers import ONE_THREAD, Workers

LONG = 60.0
"""Seconds that no test waits for."""


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def refuse() -> None:
    raise MissingAsset("It is not here.", remedy="fetch it")


def break_off() -> None:
    """Dies with a thousand bytes announced and ten sent."""
    (pipe,) = (thing for thing in gc.get_objects() if isinstance(thing, Connection))
    os.write(pipe.fileno(), struct.pack("!i", 1000) + bytes(10))
    die()


def threads() -> list[str | None]:
    return [os.environ.get(name) for name in ONE_THREAD]


def work(note: Path, seconds: float) -> int:
    """Says in the file ``note`` which process works, then takes its time."""
    half = note.with_suffix(".half")
    half.write_text(str(os.getpid()))
    half.rename(note)
    time.sleep(seconds)
    return os.getpid()


def lock() -> object:
    return threading.Lock()


class Stubborn(Exception):
    """Can be pickled and not read again."""

    def __init__(self, one: str, two: str) -> None:
        super().__init__(f"{one} and {two}")


def fail(kind: str) -> NoReturn:
    if kind == "stubborn":
        raise Stubborn("this", "that")
    if kind == "stop":
        raise StopIteration
    sys.exit(kind)


def take(data: bytes) -> int:
    return len(data)


class Trap:
    """Catches whoever unpickles it."""

    def __reduce__(self) -> tuple[Callable[[str], NoReturn], tuple[str]]:
        return fail, ("stubborn",)


async def until(condition: Callable[[], bool], seconds: float) -> None:
    async with asyncio.timeout(seconds):
        while not condition():  # noqa: ASYNC110 - other processes set no events
            await asyncio.sleep(0.01)


async def started(note: Path) -> psutil.Process:
    """The process that ``work`` runs in."""
    await until(note.exists, 30)
    return psutil.Process(int(note.read_text()))


async def until_gone(process: psutil.Process, seconds: float = 5.0) -> None:
    await until(lambda: _is_gone(process), seconds)


def _is_gone(process: psutil.Process) -> bool:
    try:
        return not process.is_running() or process.status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:  # between the two questions
        return True


def workers_of(process: psutil.Process) -> list[psutil.Process]:
    """The child processes that `multiprocessing` gave birth to, not the servers of other tests."""
    return [child for child in process.children(recursive=True) if "spawn_main" in _command(child)]


def _command(process: psutil.Process) -> str:
    try:
        return " ".join(process.cmdline())
    except psutil.Error:  # it is gone, or only its number is left
        return ""


@pytest.fixture
async def workers(grown: None, caplog: pytest.LogCaptureFixture) -> AsyncIterator[Workers]:
    """Workers that leave nothing behind, neither processes nor errors that nobody took."""
    async with Workers({"voice": 1, "pictures": 1}) as workers:
        yield workers
    assert not workers_of(psutil.Process())
    gc.collect()
    assert not caplog.get_records("call") + caplog.get_records("teardown")


async def test_a_lane_survives_the_death_of_its_process(workers: Workers) -> None:
    first = await workers.run("voice", os.getpid)
    assert first != os.getpid()
    with pytest.raises(Interrupted) as caught:
        await workers.run("voice", die)
    assert caught.value.retryable
    assert await workers.run("voice", os.getpid) != first


async def test_a_process_that_dies_between_calls_is_no_failure(workers: Workers) -> None:
    process = psutil.Process(await workers.run("voice", os.getpid))
    process.kill()
    await until_gone(process)
    await asyncio.sleep(0.5)  # its first thread is gone; the last one takes its end of the pipe with it
    assert await workers.run("voice", os.getpid) != process.pid


async def test_errors_keep_their_remedy_across_processes(workers: Workers) -> None:
    with pytest.raises(MissingAsset) as caught:
        await workers.run("pictures", refuse)
    assert (str(caught.value), caught.value.remedy) == ("It is not here.", "fetch it")
    assert "in refuse" in "".join(caught.value.__notes__)


async def test_libraries_are_pinned_to_one_thread(workers: Workers) -> None:
    assert await workers.run("pictures", threads) == ["1"] * len(ONE_THREAD)


async def test_whatever_a_call_does_the_slot_stays_usable(workers: Workers) -> None:
    process = await workers.run("voice", os.getpid)
    with pytest.raises(TypeError, match="pickle"):
        await workers.run("voice", take, threading.Lock())  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="pickle"):
        await workers.run("voice", lock)
    with pytest.raises(RuntimeError, match="Stubborn: this and that"):
        await workers.run("voice", fail, "stubborn")
    with pytest.raises(RuntimeError, match="Stubborn: this and that"):
        await workers.run("voice", take, Trap())  # type: ignore[arg-type]
    with pytest.raises(Stubborn):
        await workers.run("voice", Trap)
    with pytest.raises(RuntimeError, match="StopIteration"):
        await workers.run("voice", fail, "stop")
    assert await workers.run("voice", os.getpid) == process
    with pytest.raises(Interrupted):
        await workers.run("voice", fail, "exit")
    assert await workers.run("voice", os.getpid) != process


async def test_a_queued_call_is_dropped_at_once(workers: Workers, tmp_path: Path) -> None:
    first = asyncio.create_task(workers.run("voice", work, tmp_path / "first", 0.5))
    process = await started(tmp_path / "first")
    queued = asyncio.create_task(workers.run("voice", work, tmp_path / "queued", 0.0))
    last = asyncio.create_task(workers.run("voice", os.getpid))
    await asyncio.sleep(0)
    queued.cancel()
    with pytest.raises(asyncio.CancelledError):
        await queued
    assert not first.done()
    assert await first == await last == process.pid
    assert not (tmp_path / "queued").exists()


async def test_a_running_call_is_cancelled_and_hurts_no_other(workers: Workers, tmp_path: Path) -> None:
    drawn = asyncio.create_task(workers.run("pictures", work, tmp_path / "drawn", 1.6))
    spoken = asyncio.create_task(workers.run("voice", work, tmp_path / "spoken", LONG))
    drawing, speaking = await started(tmp_path / "drawn"), await started(tmp_path / "spoken")
    following = asyncio.create_task(workers.run("voice", os.getpid))
    spoken.cancel()
    await asyncio.wait([spoken])
    assert spoken.cancelled()
    assert speaking.is_running()
    assert workers.busy("voice") == 1  # not given to the next call before the old one ended
    await until_gone(speaking)
    assert await following != speaking.pid
    assert await drawn == drawing.pid


async def test_a_call_that_ends_within_the_grace_keeps_its_process(workers: Workers, tmp_path: Path) -> None:
    call = asyncio.create_task(workers.run("voice", work, tmp_path / "note", 0.3))
    process = await started(tmp_path / "note")
    call.cancel()
    assert await workers.run("voice", os.getpid) == process.pid
    await asyncio.sleep(1.2)
    assert await workers.run("voice", os.getpid) == process.pid


async def test_a_deadline_frees_the_processor(workers: Workers) -> None:
    process = psutil.Process(await workers.run("voice", os.getpid))
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.2):
            await workers.run("voice", time.sleep, LONG)
    await until_gone(process)
    assert await workers.run("voice", os.getpid) != process.pid


async def test_a_call_cancelled_while_its_process_starts(workers: Workers) -> None:
    call = asyncio.create_task(workers.run("voice", time.sleep, LONG))
    await asyncio.sleep(0)
    call.cancel()
    assert await asyncio.wait_for(workers.run("voice", take, b"next"), 30) == 4


async def test_a_stopped_process_is_killed(workers: Workers) -> None:
    """Stopped, it does not read: our thread is blocked in the middle of a long argument."""
    process = psutil.Process(await workers.run("voice", os.getpid))
    process.suspend()
    call = asyncio.create_task(workers.run("voice", take, bytes(8_000_000)))
    await asyncio.sleep(0.1)
    call.cancel()
    await until_gone(process)
    assert await workers.run("voice", take, bytes(8_000_000)) == 8_000_000


async def test_half_an_answer_is_no_answer(workers: Workers) -> None:
    with pytest.raises(Interrupted):
        await asyncio.wait_for(workers.run("voice", break_off), 30)
    assert await workers.run("voice", take, b"next") == 4


async def test_many_calls_share_the_slots(tmp_path: Path) -> None:
    async with Workers({"voice": 1, "pictures": 2}) as workers:
        assert (workers.size("pictures"), workers.busy("pictures")) == (2, 0)
        call = asyncio.create_task(workers.run("pictures", work, tmp_path / "first", 1.0))
        await started(tmp_path / "first")
        assert workers.busy("pictures") == 1
        answers = await asyncio.gather(*(workers.run("pictures", take, bytes(size)) for size in range(60)))
        assert answers == list(range(60))
        assert await call > 0
        assert (workers.busy("pictures"), len(workers_of(psutil.Process()))) == (0, 2)


async def test_first_come_first_served(workers: Workers) -> None:
    served: list[int] = []

    async def one(number: int) -> None:
        served.append(await workers.run("voice", take, bytes(number)))

    await asyncio.gather(*(one(number) for number in range(20)))
    assert served == list(range(20))


async def test_the_slot_used_last_is_used_next(tmp_path: Path) -> None:
    async with Workers({"voice": 1, "pictures": 3}) as workers:
        warm = await workers.run("pictures", os.getpid)
        assert [await workers.run("pictures", os.getpid) for _ in range(3)] == [warm] * 3
        other = asyncio.create_task(workers.run("pictures", work, tmp_path / "other", 0.3))
        await started(tmp_path / "other")
        second = await workers.run("pictures", os.getpid)
        assert await other == warm != second
        last = await workers.run("pictures", os.getpid)
        with pytest.raises(Interrupted):
            await workers.run("pictures", die)
        assert {last, await workers.run("pictures", os.getpid)} == {warm, second}


async def test_cancelling_at_any_moment_loses_no_slot(workers: Workers) -> None:
    """A hundred calls, most of them cancelled here and there; then every slot still works."""
    for delay in range(100):
        call = asyncio.create_task(workers.run("voice", time.sleep, 0.002))
        for _ in range(delay % 10):
            await asyncio.sleep(0.0005)
        call.cancel()
    await asyncio.wait([call])
    assert await asyncio.wait_for(workers.run("voice", take, b"next"), 30) == 4
    assert workers.busy("voice") == 0


async def test_leaving_ends_what_runs_and_what_waits(tmp_path: Path) -> None:
    async with Workers({"voice": 1, "pictures": 1}) as workers:
        await workers.run("pictures", os.getpid)
        running = asyncio.create_task(workers.run("voice", work, tmp_path / "note", LONG))
        waiting = [asyncio.create_task(workers.run("voice", os.getpid)) for _ in range(3)]
        await started(tmp_path / "note")
        threads_then = threading.enumerate()
    assert not workers_of(psutil.Process())
    outcomes = await asyncio.wait_for(asyncio.gather(running, *waiting, return_exceptions=True), 5)
    assert [type(outcome) for outcome in outcomes] == [Interrupted] * 4
    with pytest.raises(Interrupted):
        await workers.run("voice", os.getpid)
    await until(lambda: not any(t.is_alive() and t.name.startswith("slot") for t in threads_then), 5)


@pytest.fixture
def hears_ctrl_c() -> Iterator[None]:
    """Whoever runs the tests in the background of a shell made them, and all their children, deaf to it."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("hears_ctrl_c")
async def test_processes_are_deaf_to_ctrl_c_from_birth(workers: Workers) -> None:
    call = asyncio.create_task(workers.run("voice", os.getpid))
    heard: set[int] = set()
    while not call.done():
        for child in workers_of(psutil.Process()):
            child.send_signal(signal.SIGINT)
            heard.add(child.pid)
        await asyncio.sleep(0.001)
    assert heard == {await call}


ORPHAN = """
import asyncio, os, sys, time
from pipeline.workers import Workers

async def main():
    async with Workers({"voice": 1, "pictures": 1}) as workers:
        print(await workers.run("voice", os.getpid), flush=True)
        print(await workers.run("pictures", os.getpid), flush=True)
        await workers.run("voice", time.sleep, 60)

if __name__ == "__main__":
    asyncio.run(main())
"""


async def test_processes_leave_with_a_killed_parent(tmp_path: Path) -> None:
    (tmp_path / "orphan.py").write_text(ORPHAN)
    with subprocess.Popen(  # noqa: ASYNC220
        [sys.executable, tmp_path / "orphan.py"],
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONPATH": "."},
    ) as parent:
        assert parent.stdout
        children = [psutil.Process(int(parent.stdout.readline())) for _ in range(2)]
        await asyncio.sleep(0.2)
        parent.kill()
    for child in children:
        await until_gone(child, 10)


def test_the_tree_of_errors_speaks() -> None:
    error = BadRequest("Please say more.")
    assert str(error) == "Please say more."
    assert not error.retryable
    assert issubclass(Interrupted, EngineFailed)


def remember(thing: str) -> None:
    os.environ["REMEMBERED"] = thing


def remembered() -> tuple[int, str | None]:
    time.sleep(0.2)  # so that two calls take two processes
    return os.getpid(), os.environ.get("REMEMBERED")


async def test_every_process_of_a_lane_is_prepared_before_it_is_asked() -> None:
    async with Workers({"voice": 1, "pictures": 2}) as workers:
        workers.prepare("pictures", remember, "the apple")
        found = await asyncio.gather(*(workers.run("pictures", remembered) for _ in range(2)))
        _, stranger = await workers.run("voice", remembered)
    assert len({process for process, _ in found}) == 2
    assert [thing for _, thing in found] == ["the apple"] * 2
    assert stranger is None


async def test_what_cannot_be_prepared_is_told_by_the_call_that_needs_it(workers: Workers) -> None:
    workers.prepare("voice", refuse)
    assert await workers.run("voice", os.getpid)
    with pytest.raises(MissingAsset):
        await workers.run("voice", refuse)


async def test_nobody_waits_for_preparations_when_leaving(tmp_path: Path) -> None:
    async with Workers({"voice": 1, "pictures": 1}) as workers:
        workers.prepare("voice", work, tmp_path / "one", LONG)
        workers.prepare("voice", work, tmp_path / "two", LONG)
        await started(tmp_path / "one")
        began = time.monotonic()
    assert time.monotonic() - began < LONG / 2
    assert not (tmp_path / "two").exists()
