"""Where a process kills or freezes itself: between any two things that it does."""

from __future__ import annotations

import os
import random
import signal
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from bot.messages import Message, Place
from storage.blobs import BlobRef, Blobs
from storage.completion import Completing, Made
from storage.outbox import Outbox, Sending
from storage.requests import Requests
from storage.steps import Lease
from tests.servers.board import BoardMessenger

WORKER = ("claimed", "working", "kept", "completing", "completed", "failed")
GATEWAY = ("accepted", "taken", "sending", "shown", "marked")

FREEZING = 0.15
"""Share of the times at which it freezes instead of dying."""


class Points:
    """Waits for its fate: one of the points, reached for a certain time. Both follow from the seed.

    Each death or freezing is noted in a file first: process id, point, signal. Without points nothing ever happens.
    """

    def __init__(self, points: Sequence[str], seed: int, notes: Path, longest: int) -> None:
        self._points = points
        self._chance = random.Random(seed)
        self._notes = notes
        self._longest = longest
        self._point, self._left = self._fate()

    def reach(self, point: str) -> None:
        """Here it happens, or not."""
        if point != self._point:
            return
        self._left -= 1
        if self._left:
            return
        sign = signal.SIGSTOP if self._chance.random() < FREEZING else signal.SIGKILL
        self._point, self._left = self._fate()
        note = os.open(self._notes, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
        os.write(note, f"{os.getpid()} {point} {sign.name}\n".encode())
        os.close(note)
        os.kill(os.getpid(), sign)

    def _fate(self) -> tuple[str, int]:
        if not self._points:
            return "", 0
        return self._chance.choice(self._points), self._chance.randint(1, self._longest)


class FatefulRequests(Requests):
    """Requests, with points around what workers do with them."""

    points: Points

    async def claim(self, *args: Any, **kwargs: Any) -> Lease | None:
        lease = await super().claim(*args, **kwargs)
        if lease is not None:
            self.points.reach("claimed")
        return lease

    @asynccontextmanager
    async def completing(self, lease: Lease, made: Made | None = None) -> AsyncIterator[Completing]:
        async with super().completing(lease, made) as completing:
            yield completing
            self.points.reach("completing")
        self.points.reach("completed")

    async def fail(self, *args: Any, **kwargs: Any) -> bool:
        again = await super().fail(*args, **kwargs)
        self.points.reach("failed")
        return again


class FatefulOutbox(Outbox):
    """The outbox, with points around what deliverers do with it."""

    points: Points

    async def claim(self, platform: str, worker: str) -> Sending | None:
        sending = await super().claim(platform, worker)
        if sending is not None:
            self.points.reach("taken")
        return sending

    async def sent(self, sending: Sending, message: str) -> bool:
        self.points.reach("shown")
        done = await super().sent(sending, message)
        self.points.reach("marked")
        return done


class FatefulBlobs(Blobs):
    """The blob store, with a point after each file."""

    points: Points

    async def put(self, data: bytes, mime: str) -> BlobRef:
        ref = await super().put(data, mime)
        self.points.reach("kept")
        return ref


class FatefulMessenger(BoardMessenger):
    """The board, with a point right before it is called."""

    points: Points

    async def send(self, place: Place, message: Message, nonce: str) -> str:
        self.points.reach("sending")
        return await super().send(place, message, nonce)

    async def edit(self, place: Place, key: str, message: Message, nonce: str) -> str:
        self.points.reach("sending")
        return await super().edit(place, key, message, nonce)
