"""The painter over real (tiny) models: from a persona to a portrait, and from folders of files to a loaded look."""

from __future__ import annotations

import pickle
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from typer.testing import CliRunner

torch = pytest.importorskip("torch", reason="make test-diffusers installs torch")

from bot.cli import app  # noqa: E402
from pipeline.errors import CorruptAsset, EngineUnavailable, Interrupted  # noqa: E402
from pipeline.portrait.diffusion import files  # noqa: E402
from pipeline.portrait.diffusion.families import load  # noqa: E402
from pipeline.portrait.diffusion.guidance import Guidance, Mode  # noqa: E402
from pipeline.portrait.diffusion.jobs import Job, Step  # noqa: E402
from pipeline.portrait.diffusion.looks import looks  # noqa: E402
from pipeline.portrait.diffusion.painter import DiffusionPainter  # noqa: E402
from pipeline.portrait.diffusion.painting import Device  # noqa: E402
from pipeline.stages import DiffusionConfig, EngineConfig  # noqa: E402
from tests.contract.test_portrait import check  # noqa: E402
from tests.diffusers.conftest import a_look  # noqa: E402
from tests.unit.test_portrait import persona  # noqa: E402

ROW = """
[[look]]
id = "{id}"
description = "noise from a tiny model that was made on the spot"
family = "sd15"
checkpoint = {{ folder = "{models}/sd15" }}
controlnet = {{ folder = "{models}/controlnet-sd15", what = "landmarks" }}
steps = 4
cfg = 2.0
size = 64
prompt = "a portrait of {{appearance}}"
licence = "Apache-2.0"
source = "https://example.org/tiny"
vram = 1.0
guidance = {guidance}
"""
TEMPLATE = '{ mode = "pixel", strength = 0.0 }'
"""Nothing is redone: the picture is the template, which has a face."""
Paints = Callable[..., DiffusionPainter]


@pytest.fixture
def painter(tiny_models: Path, assets_home: Path, tmp_path: Path) -> Paints:
    """A painter whose operator has a look "tiny" of tiny models."""

    def make(guidance: str = "{}", **settings: Any) -> DiffusionPainter:
        path = tmp_path / f"looks-{len(list(tmp_path.iterdir()))}.toml"
        path.write_text(ROW.format(id="tiny", models=tiny_models, guidance=guidance))
        config = DiffusionConfig(styles=path, device="cpu", **settings)
        return DiffusionPainter(EngineConfig(assets_home, diffusion=config))

    return make


def test_a_portrait_of_the_only_look_that_is_here(painter: Paints) -> None:
    ready = painter(TEMPLATE)
    assert [style.id for style in ready.styles()] == ["tiny"]
    portrait = ready.paint(persona("apple"), None, 3)
    check(portrait)
    assert portrait.style == "tiny"
    assert portrait.rig is None
    assert "a face at try 1" in portrait.reason
    again = ready.paint(persona("apple"), "tiny", 3)
    np.testing.assert_array_equal(portrait.picture, again.picture)


def test_what_an_untrained_model_paints_has_no_face_so_the_illustrator_draws(painter: Paints) -> None:
    steps: list[Step] = []
    portrait = painter(tries=2).paint(persona("apple"), "tiny", 3, steps.append)
    check(portrait)
    assert portrait.rig is not None
    assert [step.done for step in steps] == [1, 2, 3, 1, 2, 3]


def test_it_stops_between_steps(painter: Paints) -> None:
    steps: list[Step] = []
    with pytest.raises(Interrupted):
        painter().paint(persona("apple"), "tiny", 3, steps.append, lambda: len(steps) == 2)
    assert len(steps) == 2


def test_styles_are_loaded_to_be_checked(tiny_models: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "mine.toml").write_text(
        ROW.format(id="whole", models=tiny_models, guidance="{}") + ROW.format(id="gone", models="gone", guidance="{}")
    )
    monkeypatch.setenv("STYLES", str(tmp_path / "mine.toml"))
    whole = CliRunner().invoke(app, ["styles", "--check", "whole"])
    assert whole.exit_code == 0, whole.output
    gone = CliRunner().invoke(app, ["styles", "--check", "gone"])
    assert gone.exit_code == 1
    assert "no model_index.json" in gone.output
    away = CliRunner().invoke(app, ["styles", "--download", "painted"])
    assert away.exit_code == 1
    assert "hub cannot be reached" in away.output.replace("\n", " ")


def test_files_of_another_model_are_a_sentence(tiny_models: Path, tmp_path: Path) -> None:
    shutil.copytree(tiny_models / "sd15", tmp_path / "sd15")
    shutil.rmtree(tmp_path / "sd15/unet")
    shutil.copytree(tiny_models / "sdxl/unet", tmp_path / "sd15/unet")
    (tmp_path / "sd15/unet/config.json").write_bytes((tiny_models / "sd15/unet/config.json").read_bytes())
    with pytest.raises(EngineUnavailable, match="cannot be loaded"):
        load(a_look(tiny_models, checkpoint={"folder": tmp_path / "sd15"}), tmp_path, Device("cpu"))


def test_a_pickle_becomes_safetensors_once(tiny_models: Path, tmp_path: Path) -> None:
    """As the face-landmark ControlNet of the paper comes: a pickle and nothing else."""
    source = _as_pickle(tiny_models, tmp_path)
    look = a_look(tiny_models, controlnet={"folder": source, "what": "landmarks", "pickle": "net.bin"})
    assert "turned into safetensors" in files.check(look, tmp_path)[0]
    assert files.check(look, tmp_path, download=True) == []
    (source / "net.bin").unlink()  # it is never read again
    job = Job("an apple", 1, control=np.full((64, 64, 3), 200, np.uint8))
    guidance = Guidance(mode=Mode.LANDMARK, weight=1.0)
    (ours,) = load(look, tmp_path, Device("cpu")).paint([job], guidance)
    (theirs,) = load(a_look(tiny_models), tmp_path, Device("cpu")).paint([job], guidance)
    np.testing.assert_array_equal(ours.picture, theirs.picture)


def test_a_pickle_that_brings_code_is_not_read(tiny_models: Path, tmp_path: Path) -> None:
    source, trace = _as_pickle(tiny_models, tmp_path), tmp_path / "ran"
    (source / "net.bin").write_bytes(pickle.dumps(_Code(str(trace))))
    look = a_look(tiny_models, controlnet={"folder": source, "what": "landmarks", "pickle": "net.bin"})
    with pytest.raises(CorruptAsset, match="more than tensors"):
        files.check(look, tmp_path, download=True)
    assert not trace.exists()


def test_the_form_of_a_single_file_is_known_for_every_look_that_needs_it() -> None:
    """The networks of shipped configs can be built; their sizes are checked without memory."""
    import diffusers

    from pipeline.portrait.diffusion.families import CONFIGS

    for look in looks():
        if look.controlnet is not None and look.controlnet.config is not None:
            kind = diffusers.ZImageControlNetModel
            with torch.device("meta"):
                net = kind.from_config(kind.load_config(str(CONFIGS / look.controlnet.config)))
            assert len(net.control_layers) == 15
            assert sum(weights.numel() for weights in net.parameters()) > 1e9


class _Code:
    def __init__(self, path: str) -> None:
        self.path = path

    def __reduce__(self) -> tuple[Any, ...]:
        return Path.touch, (Path(self.path),)


def _as_pickle(models: Path, folder: Path) -> Path:
    from safetensors.torch import load_file

    source = folder / "pickled"
    source.mkdir()
    net = models / "controlnet-sd15"
    torch.save(load_file(net / "diffusion_pytorch_model.safetensors"), source / "net.bin")
    (source / "config.json").write_bytes((net / "config.json").read_bytes())
    return source
