"""Processes for the arithmetic, so that the event loop only ever waits.

Two lanes: *voice* keeps the speech model, *pictures* keeps art and drawing. Separate lanes mean that each model is
loaded once per process that needs it, and that the next sentence is spoken while the last one is drawn.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from types import TracebackType
from typing import Literal, ParamSpec, TypeVar

from pipeline.errors import EngineFailed

P = ParamSpec("P")
T = TypeVar("T")
Lane = Literal["voice", "pictures"]

ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMEXPR_NUM_THREADS"), "1")
"""A BLAS that helps itself to all cores made the same drawing code three to ten times slower."""


def default_lanes() -> dict[Lane, int]:
    """One process to speak; the other cores draw."""
    return {"voice": 1, "pictures": max(1, min(4, (os.cpu_count() or 2) - 1))}


class Workers:
    """The two lanes, one such object per process. Use as an async context manager; processes start at the first call.

    Left by an error or an interruption, it does not wait for work that nobody wants any more.
    """

    def __init__(self, lanes: dict[Lane, int] | None = None) -> None:
        self._sizes = lanes or default_lanes()
        self._pools: dict[Lane, Executor] = {}

    async def __aenter__(self) -> Workers:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for pool in self._pools.values():
            pool.shutdown(wait=False, cancel_futures=True)
        if self._pools and kind is not None:
            for process in multiprocessing.active_children():
                process.terminate()
        self._pools.clear()

    async def run(self, lane: Lane, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """``function(*args)`` in a process of the lane. Function, arguments and result must be picklable.

        Raises what the function raises; ``EngineFailed`` when the process died under it (killed, out of memory).
        The lane is built anew then, so the next call works.
        """
        pool = self._pools.get(lane) or self._start(lane)
        try:
            with _deaf_to_interrupts():
                future = pool.submit(function, *args, **kwargs)
            return await asyncio.wrap_future(future)
        except BrokenProcessPool as error:
            if self._pools.get(lane) is pool:
                del self._pools[lane]
            raise EngineFailed(f"The {lane} process stopped unexpectedly. Please try again.") from error

    def _start(self, lane: Lane) -> Executor:
        os.environ.update({name: os.environ.get(name, one) for name, one in ONE_THREAD.items()})
        pool = ProcessPoolExecutor(
            self._sizes[lane], mp_context=multiprocessing.get_context("spawn"), initializer=_prepare
        )
        self._pools[lane] = pool
        return pool


@contextmanager
def _deaf_to_interrupts() -> Iterator[None]:
    """Processes born inside ignore Ctrl-C from their first instruction: it is for the parent to handle."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    handler = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, handler)


def _prepare() -> None:
    """Runs first in every worker process."""
    threading.Thread(target=_leave_with_parent, daemon=True).start()
    import cv2

    cv2.setNumThreads(1)


def _leave_with_parent() -> None:
    # A parent that was killed leaves no orphans behind.
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
    os._exit(1)
