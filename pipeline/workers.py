"""Processes for the arithmetic, so that the event loop only ever waits and a hung engine can always be ended.

Two lanes: *voice* keeps the speech model, *pictures* keeps art and drawing. Separate lanes mean that each model is
loaded once per process that needs it, and that the next sentence is spoken while the last one is drawn. A lane is a
few slots; a slot is one process that runs one call at a time, so ending it hurts no other call. Beside them stands the
server of the *device*: one process for all calls that want the GPU.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from multiprocessing.connection import Connection
from multiprocessing.context import SpawnProcess
from multiprocessing.reduction import ForkingPickler
from types import TracebackType
from typing import Any, Literal, ParamSpec, TypeVar

from pipeline import processes
from pipeline.errors import ChatAnythingError, Interrupted
from pipeline.serving import Server

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
    """Lanes and device, one such object per process. Use as an async context manager; processes start at the first
    call.

    Leaving it ends what still runs: those calls, and the ones that wait, raise ``Interrupted``.
    """

    def __init__(self, lanes: dict[Lane, int] | None = None) -> None:
        self._sizes = lanes or default_lanes()
        self._turns = {lane: asyncio.Semaphore(size) for lane, size in self._sizes.items()}
        self._idle = {lane: [_Slot(lane) for _ in range(size)] for lane, size in self._sizes.items()}
        self._calls: dict[asyncio.Future[Outcome], _Slot] = {}
        self._preparing: set[asyncio.Task[None]] = set()
        self._threads = ThreadPoolExecutor(sum(self._sizes.values()), thread_name_prefix="slot")
        self._closed = False
        self.device = Server("device")
        """For calls that share a GPU. Its process starts at the first."""

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
        await asyncio.gather(*self._preparing)
        loop = asyncio.get_running_loop()
        idle = [slot for slots in self._idle.values() for slot in slots]
        stopping = (loop.run_in_executor(self._threads, slot.stop) for slot in idle)
        await asyncio.gather(*stopping, self.device.close())
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

    def prepare(self, lane: Lane, function: Callable[P, object], *args: P.args, **kwargs: P.kwargs) -> None:
        """Call it in every process of the lane, for what it leaves behind there; nobody waits for it. What goes wrong
        is for the calls to tell that need it."""
        for _ in range(self.size(lane)):
            task = asyncio.create_task(self._prepare(self.run(lane, function, *args, **kwargs)))
            self._preparing.add(task)
            task.add_done_callback(self._preparing.discard)

    @staticmethod
    async def _prepare(call: Coroutine[Any, Any, object]) -> None:
        with suppress(ChatAnythingError):
            await call

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
            processes.end(process)
        self._living, self._killed = None, False

    def _start(self) -> tuple[SpawnProcess, Connection]:
        self._living = processes.start(_serve)
        return self._living


def _serve(pipe: Connection) -> None:
    """What the process does: answer calls until the parent hangs up."""
    with suppress(EOFError, OSError):
        while True:
            pipe.send_bytes(processes.answer(partial(_do, pipe.recv_bytes())))


def _do(request: bytes) -> Any:
    function, args, kwargs = ForkingPickler.loads(request)
    return function(*args, **kwargs)
