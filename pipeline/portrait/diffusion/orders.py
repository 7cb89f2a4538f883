"""Orders of pictures that wait for a device, and which of them are painted together.

The oldest order decides what comes next, so a look that many ask for never starves another. Orders of the same look
and guidance go with it, since one batch of n pictures takes a GPU less time than n batches of one. They need not
come at the same moment: while a look is loaded or another batch is painted they gather by themselves, and an order
that finds the device idle waits `COMPANIONS` seconds for others.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

from pipeline.errors import Interrupted
from pipeline.portrait.diffusion.guidance import Guidance
from pipeline.portrait.diffusion.jobs import Cancelled, Job, Made, Step, Watch
from pipeline.portrait.diffusion.looks import Look

COMPANIONS = 0.03
"""A step of Stable Diffusion takes a GPU about as long, so nobody notices."""
ASKED_EVERY = 0.1
"""Seconds between two looks whether an order that waits was called off."""


@dataclass(eq=False, slots=True)
class Order:
    """Pictures that somebody waits for in another thread."""

    look: Look
    jobs: Sequence[Job]
    guidance: Guidance
    watch: Watch = lambda step: None
    cancelled: Cancelled = lambda: False
    came: float = field(default_factory=time.monotonic)
    _ended: threading.Event = field(default_factory=threading.Event)
    _made: Sequence[Made] = ()
    _error: Exception | None = None

    def wait(self) -> Sequence[Made]:
        """The pictures, one for each job. Raises what they failed with, and ``Interrupted`` soon after ``cancelled``
        says so, whatever is still being painted."""
        while not self._ended.wait(ASKED_EVERY):
            self.look_up()
        if self._error is not None:
            raise self._error
        return self._made

    def look_up(self) -> bool:
        """Whether somebody still waits."""
        if not self._ended.is_set() and self.cancelled():
            self.fail(Interrupted("The picture was called off."))
        return not self._ended.is_set()

    def tell(self, step: Step) -> bool:
        """A step is done; whether somebody still waits."""
        if not self._ended.is_set():
            self.watch(step)
        return self.look_up()

    def give(self, made: Sequence[Made]) -> None:
        """It is done."""
        if not self._ended.is_set():
            self._made = made
            self._ended.set()

    def fail(self, error: Exception) -> None:
        """It cannot be done."""
        if not self._ended.is_set():
            self._error = error
            self._ended.set()


class Orders:
    """Those that wait, oldest first. Any thread puts, one takes."""

    def __init__(self, companions: float = COMPANIONS) -> None:
        self._companions = companions
        self._waiting: list[Order] = []
        self._changed = threading.Condition()

    def put(self, order: Order) -> None:
        """It waits from now on."""
        with self._changed:
            self._waiting.append(order)
            self._changed.notify_all()

    def oldest(self) -> Order:
        """The one to be served next; blocks until there is one."""
        with self._changed:
            while True:
                self._waiting = [order for order in self._waiting if order.look_up()]
                if self._waiting:
                    return self._waiting[0]
                self._changed.wait()

    def take(self, first: Order, most: int) -> list[Order]:
        """``first`` and its companions, oldest first: as many orders as have ``most`` jobs together, at least one."""
        until = first.came + self._companions
        with self._changed:
            while self._jobs(first) < most and (left := until - time.monotonic()) > 0:
                self._changed.wait(left)
            taken: list[Order] = []
            for order in self._alike(first):
                if taken and sum(len(one.jobs) for one in (*taken, order)) > most:
                    break
                taken.append(order)
            self._waiting = [order for order in self._waiting if order not in taken]
        return [order for order in taken if order.look_up()]

    def _alike(self, first: Order) -> list[Order]:
        return [order for order in self._waiting if (order.look, order.guidance) == (first.look, first.guidance)]

    def _jobs(self, first: Order) -> int:
        return sum(len(order.jobs) for order in self._alike(first))
