"""A device, GPU or processor, that paints what others order: one thread, the looks used last in its memory, and what
is done when that memory does not suffice.

Out of memory, in this order: let go of the other looks; paint fewer at once; keep networks, then layers, outside the
device and bring each in when its turn comes, which is many times slower; say so.

Called off, an order leaves at the next step and its place in the batch is painted on for nobody: diffusers' pipelines
cannot shrink a batch, and the others would lose more by beginning again. Only when all of a batch are called off does
it stop.
"""

from __future__ import annotations

import gc
import os
import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from pipeline.errors import EngineUnavailable, Interrupted
from pipeline.portrait.diffusion import files
from pipeline.portrait.diffusion.guidance import Guidance
from pipeline.portrait.diffusion.jobs import OFFLOADS, Cancelled, DeviceLost, Job, Made, NoRoom, Offload, Step, Watch
from pipeline.portrait.diffusion.looks import Look
from pipeline.portrait.diffusion.orders import Order, Orders
from pipeline.portrait.diffusion.shelf import Shelf
from pipeline.stages import DiffusionConfig

if TYPE_CHECKING:
    from pipeline.portrait.diffusion.painting import Painting

MOST = 8
"""Pictures in a batch. Beyond that a GPU is busy anyway, and the first of them wait longer."""
PICTURE = 0.7
"""GiB that one more picture of 512 x 512 is taken to need; a guess that running out of memory corrects."""
GIB = 2**30
ALL = 1 << 30


class Loaded(Protocol):
    """A look in memory: `painting.Painting`."""

    offload: Offload

    def paint(self, jobs: Sequence[Job], guidance: Guidance, watch: Watch, cancelled: Cancelled) -> Sequence[Made]:
        """One picture for each job. Raises ``NoRoom`` for too many at once."""


class Backend(Protocol):
    """What computes."""

    budget: float
    """GiB for looks."""
    most: int
    """Pictures in a batch."""
    offloads: bool
    """Whether networks can be kept outside its memory."""

    def size(self, look: Look) -> float:
        """GiB that a look and one picture take."""

    def load(self, look: Look, free: float, offload: Offload) -> Loaded:
        """Into ``free`` GiB, with at least so much kept outside. Raises ``NoRoom``, or ``EngineUnavailable``."""

    def tidy(self) -> None:
        """Gives memory back that nobody uses."""


class DeviceEasel:
    """A `painter.Easel` for any number of threads. Its own thread starts with the first order."""

    def __init__(
        self, make: Callable[[], Backend], orders: Orders | None = None, lost: Callable[[], object] = lambda: None
    ) -> None:
        """``lost``: what to do once the device cannot be used from this process any more."""
        self._make, self._orders, self._lost = make, orders or Orders(), lost
        self._thread: threading.Thread | None = None
        self._starting = threading.Lock()

    def paint(
        self, look: Look, jobs: Sequence[Job], guidance: Guidance, watch: Watch, cancelled: Cancelled
    ) -> Sequence[Made]:
        """See ``Easel``. Raises as ``Painting`` and its ``paint``."""
        order = Order(look, jobs, look.able(guidance), watch, cancelled)
        self._orders.put(order)
        with self._starting:
            if self._thread is None:
                self._thread = threading.Thread(target=self._serve, name="easel", daemon=True)
                self._thread.start()
        return order.wait()

    def _serve(self) -> None:
        """What the thread does, for ever. A mistake costs the orders at hand, not all later ones."""
        desk: _Desk | None = None
        while True:
            first = self._orders.oldest()
            try:
                desk = desk or _Desk(self._make())
                most = desk.ready(first.look)
            except Exception as error:
                self._fail(self._orders.take(first, ALL), error)
                continue
            orders = self._orders.take(first, most)
            try:
                desk.paint(orders)
            except Exception as error:
                self._fail(orders, error)

    def _fail(self, orders: Sequence[Order], error: Exception) -> None:
        if isinstance(error, DeviceLost):
            self._lost()
        for order in orders:
            order.fail(error)


class _Desk:
    """What is loaded, and what was learned about it. For the one thread."""

    def __init__(self, backend: Backend) -> None:
        self._backend = backend
        self._shelf: Shelf[Look, Loaded] = Shelf(backend.budget)
        self._most: dict[Look, int] = {}
        self._offload: dict[Look, Offload] = {}

    def ready(self, look: Look) -> int:
        """Loads the look, if need be; how many of its pictures are painted at once."""
        while not self._loaded(look):
            self._relieve(look, 1)
        picture = PICTURE * (look.size / 512) ** 2
        return min(self._backend.most, self._most.get(look, ALL), 1 + int(self._shelf.free / picture))

    def paint(self, orders: Sequence[Order]) -> None:
        """All of the orders, which are alike and not many more than are painted at once."""
        made: dict[Order, list[Made]] = {order: [] for order in orders}
        waiting = [(order, job) for order in orders for job in order.jobs]
        while waiting := [(order, job) for order, job in waiting if order.look_up()]:
            look = waiting[0][0].look
            batch = waiting[: self.ready(look)]
            try:
                pictures = self._attempt(batch)
            except NoRoom:
                pictures = None
            if pictures is None:  # not above: there the error still holds what fills the memory
                self._relieve(look, len(batch))
                continue
            waiting = waiting[len(batch) :]
            for (order, _), picture in zip(batch, pictures, strict=False):
                made[order].append(picture)
                if len(made[order]) == len(order.jobs):
                    order.give(made[order])

    def _attempt(self, batch: Sequence[tuple[Order, Job]]) -> Sequence[Made]:
        """The pictures of one batch; none when all who ordered them have left."""
        orders = list(dict.fromkeys(order for order, _ in batch))
        first = orders[0]

        def watch(step: Step) -> None:
            for order in orders:
                order.tell(step)

        def all_left() -> bool:
            return not any(order.look_up() for order in orders)

        try:
            return self._get(first.look).paint([job for _, job in batch], first.guidance, watch, all_left)
        except Interrupted:
            if all_left():
                return []
            raise

    def _loaded(self, look: Look) -> bool:
        try:
            self._get(look)
        except NoRoom:
            return False
        return True

    def _get(self, look: Look) -> Loaded:
        def load() -> Loaded:
            self._backend.tidy()  # what went for it
            return self._backend.load(look, self._shelf.free, self._offload.get(look))

        return self._shelf.get(look, self._backend.size(look), load)

    def _relieve(self, look: Look, pictures: int) -> None:
        """Does the next thing against too little memory for so many pictures. Raises ``NoRoom`` after the last."""
        if not self._shelf.keep_only(look):
            if pictures > 1:
                self._most[look] = pictures // 2
            else:
                loaded = self._shelf.peek(look)
                now = OFFLOADS.index(loaded.offload if loaded else self._offload.get(look))
                del loaded
                self._shelf.drop(look)
                if not self._backend.offloads or now + 1 == len(OFFLOADS):
                    self._most.pop(look, None)  # who asks again later may find more room
                    self._offload.pop(look, None)
                    raise NoRoom(f"The memory of the device is too small for one picture of the look {look.id!r}.")
                self._offload[look] = OFFLOADS[now + 1]
        self._backend.tidy()


class Torch:
    """The ``Backend`` of this machine."""

    def __init__(self, home: Path, config: DiffusionConfig, threads: int | None = None) -> None:
        """``threads``: that a processor may compute with. Raises ``EngineUnavailable`` without torch or the device."""
        if missing := files.missing_packages():
            raise EngineUnavailable(f"{missing[0].upper()}{missing[1:]}.", remedy=files.EXTRA)
        import torch

        from pipeline.portrait.diffusion.painting import SPARE, Device

        self._home, self._config = home, config
        self._device = Device.best(config.device)
        on_processor, on_gpu = self._device.name == "cpu", self._device.free is not None
        if threads and on_processor:
            torch.set_num_threads(threads)
        self._factor = 2.0 if on_processor else 1.0  # float32 there
        self.most = 1 if on_processor else MOST  # two at once take a processor as long as both in turn
        self.offloads = on_gpu
        if config.vram is not None:
            self.budget = config.vram
        elif self._device.free is not None:
            self.budget = self._device.free
        elif on_processor:
            self.budget = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / GIB / 2
        else:
            self.budget = torch.mps.recommended_max_memory() / GIB - SPARE

    def size(self, look: Look) -> float:
        """See ``Backend``."""
        return look.vram * self._factor

    def load(self, look: Look, free: float, offload: Offload) -> Painting:
        """See ``Backend``."""
        from pipeline.portrait.diffusion.families import load
        from pipeline.portrait.diffusion.painting import Device

        device = Device.best(self._device.name)
        left = None if device.free is None else min(free, device.free)
        device = replace(device, free=left, offload=offload)
        return load(look, self._home, device, safety=self._config.safety, compiled=self._config.compiled)

    def tidy(self) -> None:
        """See ``Backend``."""
        import torch

        gc.collect()  # pipelines and their networks point at each other
        if self._device.name.startswith("cuda"):
            torch.cuda.empty_cache()
        elif self._device.name == "mps":
            torch.mps.empty_cache()


@cache
def easel(
    home: Path, config: DiffusionConfig, threads: int | None = None, lost: Callable[[], object] = lambda: None
) -> DeviceEasel:
    """The one of this process. ``home``: the folder of assets; the rest as ``Torch`` and ``DeviceEasel``."""
    return DeviceEasel(lambda: Torch(home, config, threads), lost=lost)
