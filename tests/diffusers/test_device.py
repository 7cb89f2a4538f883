"""The device with real (tiny) models: batches, what stays loaded, too little memory, and the process around it."""

from __future__ import annotations

import asyncio
import threading
import weakref
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import psutil
import pytest

torch = pytest.importorskip("torch", reason="make test-diffusers installs torch")

from pipeline.errors import Interrupted  # noqa: E402
from pipeline.portrait.diffusion import serve, templates  # noqa: E402
from pipeline.portrait.diffusion.device import DeviceEasel, Torch  # noqa: E402
from pipeline.portrait.diffusion.guidance import Guidance, Mode  # noqa: E402
from pipeline.portrait.diffusion.jobs import Job, Made, NoRoom, Offload, Step  # noqa: E402
from pipeline.portrait.diffusion.looks import Look  # noqa: E402
from pipeline.portrait.diffusion.orders import Orders  # noqa: E402
from pipeline.portrait.diffusion.painting import Painting  # noqa: E402
from pipeline.serving import Server  # noqa: E402
from pipeline.stages import DiffusionConfig, EngineConfig  # noqa: E402
from tests.contract.test_portrait import check  # noqa: E402
from tests.diffusers.conftest import a_look  # noqa: E402
from tests.diffusers.test_painter import ROW  # noqa: E402
from tests.unit.test_portrait import persona  # noqa: E402
from tests.unit.test_workers import workers_of  # noqa: E402

BOTH = Guidance(mode=Mode.BOTH, strength=0.8, weight=0.8)
FACE = templates.picture(templates.Template(), 64)
DOTS = templates.control_map(templates.landmarks(templates.Template(), 64), 64, "landmarks")
LONG = 60.0


class Watched(Torch):
    """Remembers what was loaded and painted; batches also where the processor paints."""

    def __init__(self, home: Path, config: DiffusionConfig, most: int = 4) -> None:
        super().__init__(home, config)
        self.most = most
        self.loaded: list[weakref.ref[Painting]] = []
        self.batches: list[int] = []
        self.change: Callable[[Painting], None] = lambda painting: None

    def load(self, look: Look, free: float, offload: Offload) -> Painting:
        painting = super().load(look, free, offload)
        paint = painting.paint

        def noted(jobs: Sequence[Job], *args: Any) -> list[Made]:
            self.batches.append(len(jobs))
            return paint(jobs, *args)

        painting.paint = noted  # type: ignore[assignment, method-assign]
        self.change(painting)
        self.loaded.append(weakref.ref(painting))
        return painting


Make = Callable[..., tuple[DeviceEasel, Watched]]


@pytest.fixture
def make(tiny_models: Path) -> Make:
    def make_(most: int = 4, vram: float = 100.0) -> tuple[DeviceEasel, Watched]:
        device = Watched(tiny_models, DiffusionConfig(device="cpu", vram=vram), most)
        return DeviceEasel(lambda: device, Orders(companions=5.0 if most > 1 else 0.0)), device

    return make_


@pytest.fixture
def people() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(4) as people:
        yield people


def job(seed: int) -> Job:
    return Job("an angry apple", seed, "open mouth", FACE, DOTS)


def paint(easel: DeviceEasel, look: Look, *seeds: int, **told: Any) -> list[Made]:
    watch, cancelled = told.get("watch", lambda step: None), told.get("cancelled", lambda: False)
    return list(easel.paint(look, [job(seed) for seed in seeds], BOTH, watch, cancelled))


def scarce(most: int) -> Callable[[Painting], None]:
    """The memory suffices for so many pictures."""

    def change(painting: Painting) -> None:
        unet = painting._base.unet
        forward = unet.forward

        def full(sample: Any, *args: Any, **kwargs: Any) -> Any:
            if len(sample) > 2 * most:  # with and without the words
                raise torch.OutOfMemoryError("CUDA out of memory")
            return forward(sample, *args, **kwargs)

        unet.forward = full

    return change


def test_people_are_painted_in_one_batch_each_as_if_alone(
    make: Make, tiny_models: Path, people: ThreadPoolExecutor
) -> None:
    (together, device), (alone, _) = make(most=3), make(most=1)
    look = a_look(tiny_models)
    steps: dict[int, list[Step]] = {seed: [] for seed in (1, 2, 3)}
    asked = [people.submit(paint, together, look, seed, watch=steps[seed].append) for seed in steps]
    for seed, made in zip(steps, asked, strict=True):
        (one,), (same,) = made.result(LONG), paint(alone, look, seed)
        assert np.abs(one.picture.astype(int) - same.picture.astype(int)).max() <= 1
        assert steps[seed] == [Step(1, 3), Step(2, 3), Step(3, 3)]
    assert device.batches == [3]


def test_who_leaves_between_steps_hurts_nobody(make: Make, tiny_models: Path, people: ThreadPoolExecutor) -> None:
    easel, device = make(most=2)
    look, leave = a_look(tiny_models), threading.Event()
    stays = people.submit(paint, easel, look, 1, watch=lambda step: leave.set())
    with pytest.raises(Interrupted):
        paint(easel, look, 2, cancelled=leave.is_set)
    (made,), (alone,) = stays.result(LONG), paint(make(most=1)[0], look, 1)
    assert np.abs(made.picture.astype(int) - alone.picture.astype(int)).max() <= 1
    assert device.batches == [2]


def test_out_of_memory_the_batch_shrinks(make: Make, tiny_models: Path) -> None:
    easel, device = make(most=4)
    device.change = scarce(2)
    look = a_look(tiny_models)
    made = paint(easel, look, 1, 2, 3, 4)
    assert device.batches == [4, 2, 2]
    assert len({one.picture.tobytes() for one in made}) == 4
    paint(easel, look, 1, 2, 3, 4)
    assert device.batches[3:] == [2, 2]  # it has learned


def test_out_of_memory_for_one_picture_is_a_sentence(make: Make, tiny_models: Path) -> None:
    easel, device = make(most=2)
    device.change = scarce(0)
    with pytest.raises(NoRoom, match="too small for one picture of the look 'tiny-sd15'"):
        paint(easel, a_look(tiny_models), 1, 2)
    assert device.batches == [2, 1]
    device.change = scarce(2)
    assert paint(easel, a_look(tiny_models), 1)  # loaded anew


def test_the_looks_used_last_stay_and_the_others_leave_memory(make: Make, tiny_models: Path) -> None:
    easel, device = make(most=1, vram=5.0)  # two looks of 1 GiB in half precision
    first, second, third = (a_look(tiny_models, id=name) for name in ("first", "second", "third"))
    for look in (first, second, first, third, first):
        paint(easel, look, 1)
    assert [painting() is None for painting in device.loaded] == [False, True, False]


@pytest.fixture
async def served(tiny_models: Path, assets_home: Path, tmp_path: Path) -> Any:
    """The process, and a configuration whose only look is tiny and paints noise in two steps."""
    row = ROW.format(id="tiny", models=tiny_models, guidance='{ mode = "pixel", strength = 0.5 }')
    (tmp_path / "looks.toml").write_text(row)
    settings = DiffusionConfig(styles=tmp_path / "looks.toml", device="cpu", tries=1)
    server = Server("device")
    yield server, EngineConfig(assets_home, diffusion=settings)
    await server.close()
    assert not workers_of(psutil.Process())


async def test_portraits_are_painted_in_a_process_that_tells(served: tuple[Server, EngineConfig]) -> None:
    """That it is replaced when it dies, `tests/unit/test_serving.py` shows without torch."""
    server, config = served
    steps: list[Step] = []
    apple, pear = persona("apple"), persona("pear")
    portraits = await asyncio.gather(
        server.run(serve.paint, config, apple, "tiny", 3, watch=steps.append),
        server.run(serve.paint, config, pear, "tiny", 3),
    )
    for portrait in portraits:
        check(portrait)
        assert "no face" in portrait.reason  # noise: the illustrator drew
    assert steps == [Step(1, 2), Step(2, 2)]
