"""Processes that compute for us: how one is born, how errors come back from it, and that it never outlives us."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
import traceback
from collections.abc import Callable
from multiprocessing import resource_tracker
from multiprocessing.connection import Connection
from multiprocessing.context import SpawnProcess
from multiprocessing.reduction import ForkingPickler
from typing import Any

GRACE = 1.0
"""Seconds that a process may take to leave by itself before it is killed."""


def start(target: Callable[[Connection], None]) -> tuple[SpawnProcess, Connection]:
    """A process that runs ``target`` with its end of a pipe, and our end of it. Blocks for some milliseconds."""
    resource_tracker.ensure_running()  # done by ``start``, it would let Ctrl-C through again
    spawn = multiprocessing.get_context("spawn")
    ours, theirs = spawn.Pipe()
    process = spawn.Process(target=_prepared, args=(target, theirs), daemon=True)
    # Ctrl-C is for the parent to handle. A blocked signal is inherited: the process is born deaf to it.
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        process.start()
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
        theirs.close()  # only the process holds that end now, so its death is an end of file for us
    return process, ours


def end(process: SpawnProcess) -> None:
    """Waits until a process that was told to leave is gone, or makes it go. Nothing of it stays behind."""
    process.join(GRACE)
    process.kill()
    process.join()


def answer(call: Callable[[], Any]) -> memoryview:
    """The pickled (error, result) of a call."""
    try:
        return ForkingPickler.dumps((None, call()))
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


def _prepared(target: Callable[[Connection], None], pipe: Connection) -> None:
    threading.Thread(target=_leave_with_parent, daemon=True).start()
    import cv2

    cv2.setNumThreads(1)
    target(pipe)


def _leave_with_parent() -> None:
    # A parent that was killed leaves no orphans behind, also in the middle of a call.
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
    os._exit(1)
