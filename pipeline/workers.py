"""Processes for the arithmetic, so that the event loop only ever waits and a hung engine can always be ended.

Two lanes: *voice* keeps the speech model, *pictures* keeps art and drawing. Separate lanes mean that each model is
loaded once per process that needs it, and that the next sentence is spoken while the last one is drawn. A lane is a
few slots; a slot is one process that runs one call at a time, so ending it hurts no other call.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import signal
import threading
import traceback
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from multiprocessing import resource_tracker
from multiprocessing.connection import Connection
from multiprocessing.context import SpawnProcess
from multiprocessing.reduction import ForkingPickler
from types import TracebackType
from typing import Any, Literal, ParamSpec, TypeVar

from pipeline.errors import Interrupted

P = ParamSpec("P")
T = TypeVar("T")
Lane = Literal["voice", "pictures"]
Outcome = tuple[Exception | None, Any]

GRACE = 1.0
"""Seconds that a call nobody waits for any more may take to end by itself, which saves the models it has loaded."""
ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMEXPR_NUM_THREADS"), "1")
"""A BLAS that helps itself to all cores made the same drawing code three to ten times slower."""


def default_lanes() -> dict[Lane, int]:
    """One process to speak; the other cores draw."""
    return {"voice": 1, "pictures": max(1, min(4, (os.cpu_count() or 2) - 1))}


class Workers:
    """The two lanes, one such object per process. Use as an async context manager; processes start at the first call.

    Leaving it ends what still runs: those calls, and the ones that wait, raise ``Interrupted``.
    """

    def __init__(self, lanes: dict[Lane, int] | None = None) -> None:
        self._sizes = lanes or default_lanes()
        self._turns = {lane: asyncio.Semaphore(size) for lane, size in self._sizes.items()}
        self._idle = {lane: [_Slot(lane) for _ in range(size)] for lane, size in self._sizes.items()}
        self._calls: dict[asyncio.Future[Outcome], _Slot] = {}
        self._threads = ThreadPoolExecutor(sum(self._sizes.values()), thread_name_prefix="slot")
        self._closed = False

    async def __aenter__(self) -> Workers:
        os.environ.update({name: os.environ.get(name, one) for name, one in ONE_THREAD.items()})
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._closed = True
        if calls := list(self._calls):
            for call in calls:
                self._kill(call)
            await asyncio.wait(calls)
        loop = asyncio.get_running_loop()
        idle = [slot for slots in self._idle.values() for slot in slots]
        await asyncio.gather(*(loop.run_in_executor(self._threads, slot.stop) for slot in idle))
        self._threads.shutdown(wait=False)

    def size(self, lane: Lane) -> int:
        """How many calls the lane can run at the same time."""
        return self._sizes[lane]

    def busy(self, lane: Lane) -> int:
        """How many it runs now, those that nobody waits for any more included."""
        return self._sizes[lane] - len(self._idle[lane])

    async def run(self, lane: Lane, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """``function(*args)`` in a process of the lane, first come, first served. All of it must be picklable.

        Raises what the function raises; ``Interrupted`` when the process died under it (killed, out of memory).
        Cancelled, it raises at once; the process may finish the call within ``GRACE``, or is killed. Its successor
        starts with the next call.
        """
        await self._turns[lane].acquire()
        if self._closed:
            self._turns[lane].release()
            raise Interrupted(f"The {lane} process was stopped. Please try again.")
        slot = self._idle[lane].pop()  # the one used last: its models are warm
        loop = asyncio.get_running_loop()
        call = loop.run_in_executor(self._threads, slot.call, function, args, kwargs)
        self._calls[call] = slot
        call.add_done_callback(partial(self._ended, lane))
        try:
            error, result = await asyncio.shield(call)
        except asyncio.CancelledError:
            loop.call_later(GRACE, self._kill, call)
            raise
        if error is not None:
            raise error
        return result  # type: ignore[no-any-return]

    def _ended(self, lane: Lane, call: asyncio.Future[Outcome]) -> None:
        slot = self._calls.pop(call)
        self._idle[lane].insert(len(self._idle[lane]) if slot.warm else 0, slot)
        self._turns[lane].release()

    def _kill(self, call: asyncio.Future[Outcome]) -> None:
        if not call.done():
            self._calls[call].kill()
            # Again until it has ended: the process may be just being born in the call's thread.
            asyncio.get_running_loop().call_later(0.1, self._kill, call)


class _Slot:
    """A process, once it is needed, and our end of the pipe to it. ``call`` and ``stop`` block: they run in threads."""

    def __init__(self, lane: Lane) -> None:
        self._lane = lane
        self._living: tuple[SpawnProcess, Connection] | None = None
        self._killed = False

    @property
    def warm(self) -> bool:
        return self._living is not None and not self._killed

    def call(self, function: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Outcome:
        """Raises nothing, as often nobody waits any more who would take it."""
        try:
            process, pipe = self._living or self._start()
            if self._killed or not process.is_alive() or pipe.poll():  # nothing but its end can be read before a call
                self.stop()
                process, pipe = self._start()
            pipe.send((function, args, kwargs))
            outcome: Outcome = pipe.recv()
        except (EOFError, OSError) as error:
            self.stop()
            stopped = Interrupted(f"The {self._lane} process stopped unexpectedly. Please try again.")
            stopped.__cause__ = error
            return stopped, None
        except Exception as error:  # what cannot be pickled fails in its own way
            return error, None
        return outcome

    def kill(self) -> None:
        """Ends the process at once, and with it a ``call`` in another thread."""
        self._killed = True
        if living := self._living:  # read once: the other thread may be replacing it
            living[0].kill()

    def stop(self) -> None:
        """The process leaves when it sees its pipe closed, or is made to. Only while no call runs."""
        if self._living:
            process, pipe = self._living
            pipe.close()
            process.join(GRACE)
            process.kill()
            process.join()
        self._living, self._killed = None, False

    def _start(self) -> tuple[SpawnProcess, Connection]:
        resource_tracker.ensure_running()  # done by ``start``, it would let Ctrl-C through again
        spawn = multiprocessing.get_context("spawn")
        ours, theirs = spawn.Pipe()
        process = spawn.Process(target=_serve, args=(theirs,), daemon=True)
        # Ctrl-C is for the parent to handle. A blocked signal is inherited: the process is born deaf to it.
        before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        try:
            process.start()
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)
            theirs.close()  # only the process holds that end now, so its death is an end of file for us
        self._living = process, ours
        return self._living


def _serve(pipe: Connection) -> None:
    """What the process does: prepare, then answer calls until the parent hangs up."""
    threading.Thread(target=_leave_with_parent, daemon=True).start()
    import cv2

    cv2.setNumThreads(1)
    with suppress(EOFError, OSError):
        while True:
            pipe.send_bytes(_answer(pipe.recv_bytes()))


def _answer(request: bytes) -> memoryview:
    """The pickled ``Outcome`` of a pickled call."""
    try:
        function, args, kwargs = ForkingPickler.loads(request)
        return ForkingPickler.dumps((None, function(*args, **kwargs)))
    except Exception as error:  # whatever it is, it belongs to the caller
        return _told(error)


def _told(error: Exception) -> memoryview:
    where = "".join(traceback.format_tb(error.__traceback__))
    error.add_note(f"In the worker process:\n{where}")
    try:
        told = ForkingPickler.dumps((error, None))
        ForkingPickler.loads(told)  # some errors can be pickled and not read again
    except Exception:  # any class of error may fail in its own way
        return ForkingPickler.dumps((RuntimeError(f"{type(error).__name__}: {error}\n{where}"), None))
    return told


def _leave_with_parent() -> None:
    # A parent that was killed leaves no orphans behind, also in the middle of a call.
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
    os._exit(1)
