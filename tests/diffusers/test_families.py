"""Each family of models, loaded from safetensors and called in every mode, on models that fit into a test."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="make test-diffusers installs torch")

from pipeline.errors import EngineFailed, EngineUnavailable, Interrupted  # noqa: E402
from pipeline.portrait.diffusion.families import load  # noqa: E402
from pipeline.portrait.diffusion.guidance import Falloff, Guidance, Mode  # noqa: E402
from pipeline.portrait.diffusion.jobs import DeviceLost, Job, Step  # noqa: E402
from pipeline.portrait.diffusion.painting import Device, Painting, followed  # noqa: E402
from pipeline.types import Picture  # noqa: E402
from tests.diffusers import tiny  # noqa: E402
from tests.diffusers.conftest import a_look  # noqa: E402

FAMILIES = ("sd15", "sdxl", "z-image", "flux2-klein")
LED = ("sd15", "sdxl", "z-image")
"""Families that a ControlNet can lead."""
CPU = Device("cpu")
Open = Callable[..., Painting]


@pytest.fixture(scope="module")
def opened(tiny_models: Path) -> Open:
    """Loads looks, each once."""
    kept: dict[str, Painting] = {}

    def open_(family: str, **changes: Any) -> Painting:
        key = f"{family} {changes}"
        if key not in kept:
            kept[key] = load(a_look(tiny_models, family, **changes), tiny_models, CPU)
        return kept[key]

    return open_


def face() -> Picture:
    """A bright square on a dark ground: easily told apart from noise."""
    picture = np.full((64, 64, 3), 30, np.uint8)
    picture[16:48, 16:48] = 220
    return picture


def dots() -> Picture:
    picture = np.zeros((64, 64, 3), np.uint8)
    picture[4::8, 4::8] = 255
    return picture


def job(seed: int = 1, **changes: Any) -> Job:
    return replace(Job("an angry apple", seed, face=face(), control=dots()), **changes)


def painted(painting: Painting, guidance: Guidance, *jobs: Job) -> list[Picture]:
    return [made.picture for made in painting.paint(jobs or (job(),), guidance)]


def apart(one: Picture, other: Picture) -> float:
    """Mean difference of two pictures, 0..255."""
    return float(np.abs(one.astype(float) - other).mean())


def alike(one: Picture, other: Picture) -> float:
    """Correlation of two pictures."""
    return float(np.corrcoef(one.ravel(), other.ravel())[0, 1])


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("mode", list(Mode))
def test_every_family_paints_in_every_mode(opened: Open, family: str, mode: Mode) -> None:
    steps: list[Step] = []
    painting = opened(family)
    guidance = Guidance(mode=mode, strength=0.8)
    (made,) = painting.paint([job()], guidance, steps.append)
    assert made.picture.shape == (64, 64, 3)
    assert made.picture.dtype == np.uint8
    assert made.picture.std() > 1
    assert not made.flagged
    total = painting.steps(guidance)
    assert total == (3 if mode.pixels and family != "flux2-klein" else 4)
    assert steps == [Step(done, total) for done in range(1, total + 1)]


@pytest.mark.parametrize("family", FAMILIES)
def test_the_same_job_gives_the_same_picture_and_another_seed_another(opened: Open, family: str) -> None:
    painting, guidance = opened(family), Guidance()
    (first,), (again,), (other,) = (painted(painting, guidance, job(seed)) for seed in (5, 5, 6))
    np.testing.assert_array_equal(first, again)
    assert apart(first, other) > 1


@pytest.mark.parametrize("family", FAMILIES)
def test_a_batch_gives_what_its_jobs_give_alone(opened: Open, family: str) -> None:
    painting, guidance = opened(family), Guidance()
    jobs = [job(1), job(2, prompt="a sleepy teapot")]
    for together, (alone,) in zip(
        painted(painting, guidance, *jobs), (painted(painting, guidance, one) for one in jobs), strict=True
    ):
        assert np.abs(together.astype(int) - alone).max() <= 1


@pytest.mark.parametrize("family", LED)
def test_no_weight_on_the_landmarks_is_no_guidance(opened: Open, family: str) -> None:
    painting = opened(family)
    (none,) = painted(painting, Guidance(mode=Mode.NONE))
    (nothing,) = painted(painting, Guidance(mode=Mode.LANDMARK, weight=0.0))
    (led,) = painted(painting, Guidance(mode=Mode.LANDMARK, weight=1.0))
    np.testing.assert_array_equal(none, nothing)
    assert apart(none, led) > 0.2


@pytest.mark.parametrize("family", LED)
def test_more_weight_and_other_points_change_more(opened: Open, family: str) -> None:
    painting = opened(family)
    (none,) = painted(painting, Guidance(mode=Mode.NONE))
    little, much = (painted(painting, Guidance(mode=Mode.LANDMARK, weight=weight))[0] for weight in (0.2, 2.0))
    assert 0 < apart(none, little) < apart(none, much)
    elsewhere = job(control=np.roll(dots(), 3, axis=1))
    assert apart(much, painted(painting, Guidance(mode=Mode.LANDMARK, weight=2.0), elsewhere)[0]) > 0


@pytest.mark.parametrize("family", LED)
def test_the_less_is_redone_the_more_is_left_of_the_template(opened: Open, family: str) -> None:
    """Beside what the untrained autoencoder makes of the template when nothing is added to it."""
    painting = opened(family, steps=20)
    vae, pixels = painting._base.vae, torch.tensor(face()).permute(2, 0, 1)[None] / 127.5 - 1
    with torch.no_grad():
        there_and_back = vae.decode(vae.encode(pixels).latent_dist.mean).sample[0].permute(1, 2, 0).numpy()
    little, some, much = (
        alike(painted(painting, Guidance(mode=Mode.PIXEL, strength=strength))[0], there_and_back)
        for strength in (0.05, 0.4, 1.0)
    )
    assert little > 0.8
    assert little > some > much
    (template,) = painted(painting, Guidance(mode=Mode.PIXEL, strength=0.0))
    np.testing.assert_array_equal(template, face())


def test_an_edit_looks_at_the_picture_it_is_given(opened: Open) -> None:
    painting, edit = opened("flux2-klein"), Guidance(mode=Mode.PIXEL)
    (of_this,), (of_that,) = painted(painting, edit), painted(painting, edit, job(face=255 - face()))
    (none,) = painted(painting, Guidance(mode=Mode.NONE))
    assert apart(of_this, of_that) > 0
    assert apart(of_this, none) > 0
    assert painting.look.able(Guidance(mode=Mode.BOTH)).mode is Mode.PIXEL
    assert painting.look.able(Guidance(mode=Mode.LANDMARK)).mode is Mode.PIXEL


@pytest.mark.parametrize("family", LED)
def test_points_are_followed_early_and_less_and_less(opened: Open, family: str) -> None:
    painting = opened(family, steps=6)
    seen: list[float] = []
    controlnet: Any = painting._controlnet
    forward = controlnet.forward

    def watched(*args: Any, **kwargs: Any) -> Any:
        seen.append(kwargs["conditioning_scale"])
        return forward(*args, **kwargs)

    controlnet.forward = watched
    try:
        guidance = Guidance(mode=Mode.LANDMARK, weight=0.8, until=0.5, falloff=Falloff.LINEAR)
        painted(painting, guidance)
    finally:
        del controlnet.forward
    assert seen == pytest.approx([0.8, 0.8 * 2 / 3, 0.8 / 3])  # and not asked at all in the other three steps


def test_a_schedule_reaches_any_form_of_features() -> None:
    class Net:
        def forward(self, x: Any, conditioning_scale: float = 1.0) -> Any:
            return {"a": (x * conditioning_scale, [x * conditioning_scale])}

    net, x = Net(), torch.ones(2)
    with followed(net, [0.5, 0.0]):
        first, second = net.forward(x, conditioning_scale=1.0), net.forward(x, conditioning_scale=1.0)
    assert float(first["a"][0][0]) == 0.5
    assert float(second["a"][1][0][0]) == 0.0
    assert float(net.forward(x)["a"][0][0]) == 1.0  # as before


@pytest.mark.parametrize("family", FAMILIES)
def test_it_can_be_called_off_between_steps(opened: Open, family: str) -> None:
    painting, steps = opened(family), list[Step]()
    with pytest.raises(Interrupted):
        painting.paint([job()], Guidance(), steps.append, cancelled=lambda: len(steps) == 2)
    assert len(steps) == 2
    with pytest.raises(Interrupted):
        painting.paint([job()], Guidance(), steps.append, cancelled=lambda: True)
    assert len(steps) == 2
    painted(painting, Guidance())  # and it goes on working


def test_a_flagged_picture_says_so(tiny_models: Path, tmp_path: Path) -> None:
    shutil.copytree(tiny_models / "sd15", tmp_path / "sd15")
    tiny.flagging(tmp_path / "sd15")
    changes: dict[str, Any] = {"checkpoint": {"folder": tmp_path / "sd15"}}
    look = a_look(tiny_models, **changes)
    assert load(look, tmp_path, CPU).paint([job()], Guidance())[0].flagged
    assert not load(look, tmp_path, CPU, safety=False).paint([job()], Guidance())[0].flagged


def test_a_lora_changes_the_picture_and_its_weight_counts(opened: Open, tiny_models: Path) -> None:
    def with_lora(weight: float) -> Picture:
        lora = {"folder": tiny_models / "lora", "file": "pytorch_lora_weights.safetensors", "weight": weight}
        return painted(opened("sd15", loras=[lora]), Guidance(mode=Mode.NONE))[0]

    (plain,) = painted(opened("sd15"), Guidance(mode=Mode.NONE))
    assert 0 < apart(plain, with_lora(0.3)) < apart(plain, with_lora(1.0))


@pytest.mark.parametrize("scheduler", ["ddim", "dpm++", "euler", "lcm", "tcd"])
def test_every_scheduler_can_be_led(opened: Open, scheduler: str) -> None:
    (picture,) = painted(opened("sd15", scheduler=scheduler), Guidance(strength=0.8))
    assert picture.std() > 1


def test_a_scheduler_that_takes_one_step_more_than_asked(tiny_models: Path) -> None:
    import diffusers

    painting, steps = load(a_look(tiny_models), tiny_models, CPU), list[Step]()
    painting._base.scheduler = diffusers.PNDMScheduler.from_config(painting._base.scheduler.config, skip_prk_steps=True)
    painting.paint([job()], Guidance(mode=Mode.LANDMARK), steps.append)
    assert [step.done for step in steps] == [1, 2, 3, 4, 4]


def test_numbers_that_run_away_are_no_picture(tiny_models: Path) -> None:
    painting = load(a_look(tiny_models), tiny_models, CPU)
    with torch.no_grad():
        painting._base.vae.decoder.conv_out.weight.fill_(float("nan"))
    with pytest.raises(EngineFailed, match="no colours"):
        painted(painting, Guidance())


def test_too_little_memory_is_a_sentence(opened: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    painting = opened("sd15")

    def full(*args: object, **kwargs: object) -> None:
        raise torch.OutOfMemoryError("CUDA out of memory")

    monkeypatch.setattr(painting._base.unet, "forward", full)
    with pytest.raises(EngineUnavailable, match="too little memory"):
        painted(painting, Guidance(mode=Mode.NONE))


def test_a_device_that_fails_is_told_apart(opened: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    painting = opened("sd15")

    def broken(*args: object, **kwargs: object) -> None:
        raise torch.AcceleratorError("CUDA error: unspecified launch failure")

    monkeypatch.setattr(painting._base.unet, "forward", broken)
    with pytest.raises(DeviceLost, match="device failed"):
        painted(painting, Guidance(mode=Mode.NONE))


def test_guidance_without_a_face_is_a_sentence(opened: Open) -> None:
    with pytest.raises(EngineFailed, match="face"):
        painted(opened("sd15"), Guidance(mode=Mode.PIXEL), job(face=None))


def test_without_a_controlnet_there_are_still_pixels(tiny_models: Path) -> None:
    painting = load(a_look(tiny_models, controlnet=None), tiny_models, CPU)
    assert painting.look.able(Guidance(mode=Mode.BOTH)).mode is Mode.PIXEL
    assert painting.look.able(Guidance(mode=Mode.LANDMARK)).mode is Mode.PIXEL
    assert painted(painting, Guidance())[0].std() > 1


def test_a_device_that_is_not_there() -> None:
    assert Device.best("cpu") == CPU
    if not torch.cuda.is_available():
        with pytest.raises(EngineUnavailable, match="'cuda:1'"):
            Device.best("cuda:1")


@pytest.mark.parametrize(("free", "offload"), [(2.0, None), (0.7, "networks"), (0.2, "layers")])
def test_what_does_not_fit_moves_in_and_out(
    tiny_models: Path, monkeypatch: pytest.MonkeyPatch, free: float, offload: str | None
) -> None:
    """The choice alone: what is chosen needs an accelerator."""
    look = a_look(tiny_models)
    painting = load(look, tiny_models, CPU)
    monkeypatch.setattr(painting, "_device", Device("cpu", free))
    painting._place(compiled=False)
    assert painting.offload == offload
