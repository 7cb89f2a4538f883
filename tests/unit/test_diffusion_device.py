"""What stays loaded on a device, who is painted together, and what is done about too little memory. The models are
played, so no torch is needed."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest

from pipeline.errors import EngineUnavailable, Interrupted
from pipeline.portrait.diffusion.device import DeviceEasel
from pipeline.portrait.diffusion.guidance import Guidance, Mode
from pipeline.portrait.diffusion.jobs import OFFLOADS, Cancelled, DeviceLost, Job, Made, NoRoom, Offload, Step, Watch
from pipeline.portrait.diffusion.looks import Look
from pipeline.portrait.diffusion.orders import Order, Orders
from pipeline.portrait.diffusion.shelf import Shelf
from tests.unit.looks import look

LONG = 20.0
STEPS = 3
NONE = Guidance(mode=Mode.NONE)


def never() -> bool:
    return False


def silent(step: Step) -> None: ...


def order(of: Look, *seeds: int, guidance: Guidance = NONE, cancelled: Cancelled = never) -> Order:
    return Order(of, [Job("an apple", seed) for seed in seeds or (1,)], guidance, silent, cancelled)


# --- what stays loaded --------------------------------------------------------------------------------------------


def test_what_was_used_last_stays() -> None:
    shelf: Shelf[str, str] = Shelf(10)
    for key in ("a", "b", "a", "c"):
        assert shelf.get(key, 4, lambda key=key: key.upper()) == key.upper()  # type: ignore[misc]
    assert shelf.keys == ("a", "c")
    assert shelf.free == 2


def test_what_is_larger_than_the_budget_gets_all_of_it() -> None:
    shelf: Shelf[str, str] = Shelf(10)
    shelf.get("small", 1, str)
    shelf.get("large", 30, str)
    assert (shelf.keys, shelf.free) == (("large",), 0)
    shelf.get("small", 1, str)
    assert shelf.keys == ("small",)


def test_what_cannot_be_loaded_takes_no_room() -> None:
    shelf: Shelf[str, str] = Shelf(10)

    def fail() -> str:
        raise NoRoom("Full.")

    with pytest.raises(NoRoom):
        shelf.get("a", 4, fail)
    assert (shelf.keys, shelf.free) == ((), 10)
    shelf.drop("a")
    assert shelf.peek("a") is None


# --- who is painted together --------------------------------------------------------------------------------------


@pytest.fixture
def one(tmp_path: Path) -> Look:
    return look(tmp_path)


@pytest.fixture
def other(tmp_path: Path) -> Look:
    return look(tmp_path, id="other")


def put(orders: Orders, *waiting: Order) -> None:
    for one in waiting:
        orders.put(one)


def test_the_oldest_is_next_and_its_like_go_with_it(one: Look, other: Look) -> None:
    orders, led = Orders(companions=0), NONE.model_copy(update={"weight": 0.9})
    a, b, c, d, e = order(one), order(other), order(one), order(one, guidance=led), order(one)
    put(orders, a, b, c, d, e)
    assert orders.take(orders.oldest(), 2) == [a, c]
    assert orders.take(orders.oldest(), 2) == [b]  # though more of the first look wait
    assert orders.take(orders.oldest(), 2) == [d]
    assert orders.take(orders.oldest(), 2) == [e]


def test_pictures_are_counted_not_orders(one: Look) -> None:
    orders, large, small = Orders(companions=0), order(one, 1, 2, 3), order(one)
    put(orders, large, small)
    assert orders.take(orders.oldest(), 2) == [large]  # it is painted in parts


def test_an_idle_device_waits_a_moment_for_companions(one: Look) -> None:
    orders, first, second = Orders(companions=LONG), order(one), order(one)
    orders.put(first)
    timer = threading.Timer(0.05, orders.put, [second])
    timer.start()
    assert orders.take(orders.oldest(), 2) == [first, second]  # full, so it waits no longer
    timer.join()


def test_who_left_is_not_painted(one: Look) -> None:
    orders, left, stays = Orders(companions=0), order(one, cancelled=lambda: True), order(one)
    put(orders, left, stays)
    assert orders.oldest() is stays
    with pytest.raises(Interrupted):
        left.wait()


# --- the device ---------------------------------------------------------------------------------------------------


@dataclass
class Played:
    """Paints the seed; ``room``: pictures that fit at once, by what is kept outside."""

    device: PlayedDevice
    look: Look
    offload: Offload

    def paint(self, jobs: Sequence[Job], guidance: Guidance, watch: Watch, cancelled: Cancelled) -> Sequence[Made]:
        self.device.batches.append((self.look.id, [job.seed for job in jobs]))
        if len(jobs) > self.device.room.get(self.offload, 0):
            raise NoRoom("Full.")
        self.device.open.wait(LONG)
        for step in range(STEPS):
            self.device.step(step)
            watch(Step(step + 1, STEPS))
            if cancelled():
                raise Interrupted("The picture was called off.")
        if any(job.prompt == "a mistake" for job in jobs):
            raise ValueError("a mistake")
        return [Made(np.full((2, 2, 3), job.seed, np.uint8)) for job in jobs]


@dataclass
class PlayedDevice:
    """Remembers what was asked of it. While ``open`` is not set nothing is painted."""

    budget: float = 100.0
    most: int = 8
    offloads: bool = True
    room: dict[Offload, int] = field(default_factory=lambda: dict.fromkeys(OFFLOADS, 8))
    loadable: tuple[Offload, ...] = OFFLOADS
    loads: list[tuple[str, Offload]] = field(default_factory=list)
    batches: list[tuple[str, list[int]]] = field(default_factory=list)
    open: threading.Event = field(default_factory=threading.Event)
    step: Callable[[int], object] = lambda step: None

    def size(self, look: Look) -> float:
        return look.vram

    def load(self, look: Look, free: float, offload: Offload) -> Played:
        self.loads.append((look.id, offload))
        if offload not in self.loadable:
            raise NoRoom("Full.")
        return Played(self, look, offload)

    def tidy(self) -> None: ...


@pytest.fixture
def people() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(16) as people:
        yield people


def ask(people: ThreadPoolExecutor, easel: DeviceEasel, of: Look, *seeds: int) -> list[Future[Sequence[Made]]]:
    """Each seed in a thread of its own, in this order."""
    asked = []
    for seed in seeds:
        orders = len(easel._orders._waiting)
        asked.append(people.submit(easel.paint, of, [Job("an apple", seed)], NONE, silent, never))
        until(lambda orders=orders: len(easel._orders._waiting) > orders)  # type: ignore[misc]
    return asked


def until(condition: Callable[[], bool]) -> None:
    moment = threading.Event()
    for _ in range(int(LONG / 0.005)):
        if condition():
            return
        moment.wait(0.005)
    raise TimeoutError


def busy(people: ThreadPoolExecutor, device: PlayedDevice, easel: DeviceEasel, of: Look) -> Future[Sequence[Made]]:
    """An order that is being painted until the device is ``open``."""
    begun = people.submit(easel.paint, of, [Job("an apple", 0)], NONE, silent, never)
    until(lambda: bool(device.batches))
    return begun


def painted(asked: Sequence[Future[Sequence[Made]]]) -> list[int]:
    return [int(made.picture[0, 0, 0]) for one in asked for made in one.result(LONG)]


def easel_of(device: PlayedDevice) -> DeviceEasel:
    return DeviceEasel(lambda: device, Orders(companions=0))


def test_what_came_meanwhile_is_painted_together_and_fairly(one: Look, other: Look, people: ThreadPoolExecutor) -> None:
    device = PlayedDevice(most=3)
    easel = easel_of(device)
    first = busy(people, device, easel, one)
    asked = ask(people, easel, one, 1, 2) + ask(people, easel, other, 3) + ask(people, easel, one, 4, 5)
    device.open.set()
    assert painted([first, *asked]) == [0, 1, 2, 3, 4, 5]
    assert device.batches == [("plain", [0]), ("plain", [1, 2, 4]), ("other", [3]), ("plain", [5])]
    assert device.loads == [("plain", None), ("other", None)]


def test_a_batch_is_as_large_as_the_memory_that_is_left(one: Look, people: ThreadPoolExecutor) -> None:
    device = PlayedDevice(budget=one.vram + 1.5)  # two more, at 0.7 each
    easel = easel_of(device)
    first = busy(people, device, easel, one)
    asked = ask(people, easel, one, 1, 2, 3, 4)
    device.open.set()
    assert painted([first, *asked]) == [0, 1, 2, 3, 4]
    assert [len(seeds) for _, seeds in device.batches] == [1, 3, 1]


def test_looks_go_when_others_need_their_room(one: Look, other: Look) -> None:
    device = PlayedDevice(budget=7)
    device.open.set()
    easel = easel_of(device)
    for of in (one, one, other, one):
        easel.paint(of, [Job("an apple", 1)], NONE, silent, never)
    assert [name for name, _ in device.loads] == ["plain", "other", "plain"]


def test_too_little_memory_first_costs_the_other_looks_then_the_batch(one: Look, other: Look) -> None:
    device = PlayedDevice(room={None: 2})
    device.open.set()
    easel = easel_of(device)
    easel.paint(other, [Job("an apple", 9)], NONE, silent, never)
    made = easel.paint(one, [Job("an apple", seed) for seed in range(5)], NONE, silent, never)
    assert [int(picture.picture[0, 0, 0]) for picture in made] == [0, 1, 2, 3, 4]
    assert [len(seeds) for _, seeds in device.batches] == [1, 5, 5, 2, 2, 1]
    easel.paint(other, [Job("an apple", 9)], NONE, silent, never)
    assert [name for name, _ in device.loads] == ["other", "plain", "other"]


def test_then_networks_move_out_and_then_layers(one: Look) -> None:
    device = PlayedDevice(room={"layers": 1})
    device.open.set()
    assert easel_of(device).paint(one, [Job("an apple", 1)], NONE, silent, never)
    assert [offload for _, offload in device.loads] == [None, "networks", "layers"]
    unloadable = PlayedDevice(loadable=("layers",))
    unloadable.open.set()
    assert easel_of(unloadable).paint(one, [Job("an apple", 1)], NONE, silent, never)
    assert [offload for _, offload in unloadable.loads] == [None, "networks", "layers"]


@pytest.mark.parametrize("offloads", [True, False])
def test_when_nothing_helps_it_says_so_and_serves_on(one: Look, other: Look, offloads: bool) -> None:
    device = PlayedDevice(room={}, offloads=offloads)
    device.open.set()
    easel = easel_of(device)
    with pytest.raises(NoRoom, match="too small for one picture of the look 'plain'"):
        easel.paint(one, [Job("an apple", 1), Job("an apple", 2)], NONE, silent, never)
    device.room = {None: 1}
    assert easel.paint(other, [Job("an apple", 1)], NONE, silent, never)


def test_a_mistake_costs_its_batch_alone(one: Look) -> None:
    device = PlayedDevice()
    device.open.set()
    easel = easel_of(device)
    with pytest.raises(ValueError, match="a mistake"):
        easel.paint(one, [Job("a mistake", 1)], NONE, silent, never)
    assert easel.paint(one, [Job("an apple", 1)], NONE, silent, never)


def test_a_device_that_is_lost_is_made_known(one: Look) -> None:
    device, lost = PlayedDevice(), list[bool]()
    device.open.set()

    def fail(step: int) -> None:
        raise DeviceLost("It is gone.")

    device.step = fail
    easel = DeviceEasel(lambda: device, Orders(companions=0), lost=lambda: lost.append(True))
    with pytest.raises(DeviceLost):
        easel.paint(one, [Job("an apple", 1)], NONE, silent, never)
    assert lost == [True]


def test_without_a_device_everybody_is_told(one: Look) -> None:
    def fail() -> PlayedDevice:
        raise EngineUnavailable("There is none.")

    easel = DeviceEasel(fail)
    for _ in range(2):
        with pytest.raises(EngineUnavailable, match="There is none"):
            easel.paint(one, [Job("an apple", 1)], NONE, silent, never)


def test_who_leaves_a_batch_leaves_the_others_in_peace(one: Look, people: ThreadPoolExecutor) -> None:
    device, leave = PlayedDevice(), threading.Event()
    easel = easel_of(device)
    first = busy(people, device, easel, one)
    left = people.submit(easel.paint, one, [Job("an apple", 7)], NONE, silent, leave.is_set)
    until(lambda: len(easel._orders._waiting) == 1)
    (stays,) = ask(people, easel, one, 1)
    device.step = lambda step: leave.set() if len(device.batches) == 2 else None
    device.open.set()
    with pytest.raises(Interrupted):
        left.result(LONG)
    assert painted([first, stays]) == [0, 1]
    assert device.batches == [("plain", [0]), ("plain", [7, 1])]


def test_it_stops_when_all_have_left_and_goes_on_with_the_next(one: Look, people: ThreadPoolExecutor) -> None:
    device, steps = PlayedDevice(most=1), list[Step]()
    device.open.set()
    easel = easel_of(device)
    with pytest.raises(Interrupted):
        easel.paint(one, [Job("an apple", 1)], NONE, steps.append, lambda: len(steps) == 2)
    assert len(steps) == 2
    assert easel.paint(one, [Job("an apple", 2)], NONE, steps.append, never)
    assert steps[2:] == [Step(1, STEPS), Step(2, STEPS), Step(3, STEPS)]


def test_who_waits_behind_another_leaves_at_once(one: Look, other: Look, people: ThreadPoolExecutor) -> None:
    device, leave = PlayedDevice(), threading.Event()
    easel = easel_of(device)
    first = busy(people, device, easel, one)
    waits = people.submit(easel.paint, other, [Job("an apple", 1)], NONE, silent, leave.is_set)
    until(lambda: len(easel._orders._waiting) == 1)
    leave.set()
    with pytest.raises(Interrupted):
        waits.result(LONG)
    assert not first.done()
    device.open.set()
    assert painted([first]) == [0]
