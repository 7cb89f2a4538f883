"""One process that runs many calls at the same time, each in a thread: for what only one process should hold, such as
the models on a GPU.

Unlike the slots of `workers`, a call is not called off by killing its process, which would cost all other calls theirs:
it is told, and asks between its steps. What it tells on its way arrives while it runs.
"""

from __future__ import annotations

import asyncio
import os
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from itertools import count
from multiprocessing.connection import Connection
from multiprocessing.context import SpawnProcess
from multiprocessing.reduction import ForkingPickler
from multiprocessing.util import Finalize
from typing import Any, TypeAlias, TypeVar

from pipeline import processes
from pipeline.errors import Interrupted

T = TypeVar("T")
Watch: TypeAlias = Callable[[Any], object]
"""Told what a call tells on its way."""

PATIENCE = 120.0
"""Seconds of silence of the whole process after which a call that was called off counts as hung, and is killed."""


class Server:
    """The process, once it is needed, and the calls that it runs. All methods are for one event loop."""

    def __init__(self, name: str, patience: float = PATIENCE) -> None:
        self._name, self._patience = name, patience
        self._living: _Living | None = None
        self._closed = False

    async def run(self, function: Callable[..., T], *args: Any, watch: Watch = lambda news: None) -> T:
        """``function(*args, watch=..., cancelled=...)`` in a thread of the process. All of it must be picklable.

        In the process ``watch(news)`` hands something to the one given here, and ``cancelled()`` says whether
        to stop. Raises what the function raises. When the process dies (killed, out of memory) the call is run once
        more in a new one; ``Interrupted`` when that dies as well. Cancelled, it raises at once.
        """
        try:
            return await self._once(function, args, watch)  # type: ignore[no-any-return]
        except _Died:
            pass
        try:
            return await self._once(function, args, watch)  # type: ignore[no-any-return]
        except _Died as error:
            raise Interrupted(
                f"The {self._name} process was stopped twice at this; perhaps the memory of this machine is too small."
            ) from error

    async def close(self) -> None:
        """Ends the process; its calls, and later ones, raise ``Interrupted``."""
        self._closed = True
        if self._living is not None:
            await self._living.leave()

    @property
    def pid(self) -> int | None:
        """Of the living process."""
        return self._living.pid if self._living and not self._living.over.is_set() else None

    async def _once(self, function: Callable[..., T], args: tuple[Any, ...], watch: Watch) -> Any:
        if self._closed:
            raise Interrupted(f"The {self._name} process was stopped. Please try again.")
        if self._living is None or self._living.over.is_set():
            self._living = _Living(self._patience)
        try:
            return await self._living.call(function, args, watch)
        except _Died:
            if self._closed:
                raise Interrupted(f"The {self._name} process was stopped. Please try again.") from None
            raise


class _Died(Exception):
    """The process did, under a call."""


@dataclass(eq=False, slots=True)
class _Call:
    future: asyncio.Future[Any]
    watch: Watch


class _Living:
    """One process from birth to death. A thread of ours writes to it and another reads, so that the loop never does."""

    def __init__(self, patience: float) -> None:
        self._loop, self._patience = asyncio.get_running_loop(), patience
        self._calls: dict[int, _Call] = {}
        self._numbers = count()
        self._writer = ThreadPoolExecutor(1, thread_name_prefix="mouth")
        self._process: SpawnProcess | None = None
        self._heard = self._loop.time()
        self.over = asyncio.Event()
        """The process has ended, and nothing is left of it."""
        self._writer.submit(self._start)

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process else None

    async def call(self, function: Callable[..., Any], args: tuple[Any, ...], watch: Watch) -> Any:
        call, number = _Call(self._loop.create_future(), watch), next(self._numbers)
        request = bytes(ForkingPickler.dumps((function, args)))
        self._calls[number] = call
        self._send((number, request))
        try:
            return await call.future
        except asyncio.CancelledError:
            if number in self._calls:
                self._send((number, None))
                self._loop.call_later(self._patience, self._look_after, number)
            raise

    async def leave(self) -> None:
        """It is asked to, then made to."""
        self._send(None)
        with suppress(TimeoutError):
            await asyncio.wait_for(self.over.wait(), processes.GRACE)
        while not self.over.is_set():  # again until it has ended: it may be just being born
            self._kill()
            await asyncio.sleep(0.1)

    def _start(self) -> None:
        try:
            self._process, self._pipe = processes.start(_serve)
        except OSError:  # no memory or no number for it
            self._tell(self._end)
        else:
            threading.Thread(target=self._read, args=(self._process,), name="ears", daemon=True).start()

    def _send(self, message: Any) -> None:
        if not self.over.is_set():
            self._writer.submit(self._write, message)

    def _write(self, message: Any) -> None:
        if self._process is not None:
            with suppress(OSError):  # it is dead, which the reader finds as well
                self._pipe.send(message)

    def _read(self, process: SpawnProcess) -> None:
        """Until the process is dead and buried."""
        with suppress(EOFError, OSError):
            while True:
                self._tell(self._take, *self._pipe.recv())
        processes.end(process)
        self._pipe.close()
        self._tell(self._end)

    def _tell(self, function: Callable[..., None], *args: Any) -> None:
        with suppress(RuntimeError):  # the loop is closed: nobody listens any more
            self._loop.call_soon_threadsafe(function, *args)

    def _take(self, number: int, ended: bool, news: Any) -> None:
        self._heard = self._loop.time()
        call = self._calls[number]
        if ended:
            del self._calls[number]
        if call.future.done():  # called off
            return
        if not ended:
            call.watch(news)
            return
        error, result = ForkingPickler.loads(news)
        if error is None:
            call.future.set_result(result)
        else:
            call.future.set_exception(error)

    def _end(self) -> None:
        self.over.set()
        self._writer.shutdown(wait=False)
        for call in self._calls.values():
            if not call.future.done():
                call.future.set_exception(_Died())
        self._calls.clear()

    def _look_after(self, number: int) -> None:
        """A call that was called off should have ended; but another one may be at work before it."""
        if number not in self._calls:
            return
        silent = self._loop.time() - self._heard
        if silent >= self._patience:
            self._kill()
        else:
            self._loop.call_later(self._patience - silent, self._look_after, number)

    def _kill(self) -> None:
        if self._process is not None and not self.over.is_set():
            self._process.kill()


def _serve(pipe: Connection) -> None:
    """What the process does: begin calls, and call them off, until it is told to leave or the parent hangs up."""
    calls: dict[int, threading.Event] = {}
    mouth = threading.Lock()

    def tell(number: int, ended: bool, news: Any) -> None:
        with mouth, suppress(OSError):  # the parent is gone, and we are soon
            pipe.send((number, ended, news))

    def run(number: int, request: bytes) -> None:
        news = processes.answer(partial(_do, request, partial(tell, number, False), calls[number].is_set))
        del calls[number]
        tell(number, True, bytes(news))

    # After multiprocessing has cleaned up, whatever runs: a library in the middle of its work would not survive the end
    # of the interpreter.
    Finalize(None, os._exit, args=(0,), exitpriority=-1)
    with suppress(EOFError, OSError):
        while (message := pipe.recv()) is not None:
            number, request = message
            if request is not None:
                calls[number] = threading.Event()
                threading.Thread(target=run, args=(number, request), daemon=True).start()
            elif number in calls:
                calls[number].set()


def _do(request: bytes, watch: Watch, cancelled: Callable[[], bool]) -> Any:
    function, args = ForkingPickler.loads(request)
    try:
        return function(*args, watch=watch, cancelled=cancelled)
    except SystemExit as error:  # it would end the thread alone, and nobody would hear of it
        raise RuntimeError(f"exit {error.code}") from error
