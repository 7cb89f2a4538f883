"""The evaluation of detection over tiny models: modes, with and without the ladder."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

torch = pytest.importorskip("torch", reason="make test-diffusers installs torch")

from bot.cli import app  # noqa: E402
from pipeline.evaluation import painted  # noqa: E402
from pipeline.mind.scripted.writing import write  # noqa: E402
from pipeline.stages import DiffusionConfig, EngineConfig  # noqa: E402
from tests.diffusers.test_painter import ROW, TEMPLATE  # noqa: E402


def _config(models: Path, home: Path, folder: Path, guidance: str, mode: str) -> EngineConfig:
    path = folder / "looks.toml"
    path.write_text(ROW.format(id="tiny", models=models, guidance=guidance))
    return EngineConfig(home, diffusion=DiffusionConfig(styles=path, device="cpu", guidance=mode, tries=2))


def test_the_first_picture_counts_and_the_ladder_beside_it(
    tiny_models: Path, assets_home: Path, tmp_path: Path
) -> None:
    persona = write("a calm apple", 1)
    noise = painted.diffused(_config(tiny_models, assets_home, tmp_path, "{}", "none"), persona, 1, "facemesh")
    assert noise.facts["tries"] == 2
    assert noise.facts["animatable"] is False
    assert noise.facts["style"] == "tiny"
    assert noise.facts["seconds"] < noise.facts["all_seconds"]
    assert noise.picture.shape == (768, 768, 3)


def test_a_template_is_a_face_at_the_first_try(tiny_models: Path, assets_home: Path, tmp_path: Path) -> None:
    persona = write("a calm apple", 1)
    face = painted.diffused(_config(tiny_models, assets_home, tmp_path, TEMPLATE, "pixel"), persona, 1, "facemesh")
    assert face.facts["tries"] == 1
    assert face.facts["animatable"] is True


def test_the_command_sets_modes_beside_each_other(
    tiny_models: Path, assets_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "looks.toml").write_text(ROW.format(id="tiny", models=tiny_models, guidance="{ strength = 0.0 }"))
    for name, value in {
        "STYLES": str(tmp_path / "looks.toml"),
        "DIFFUSERS_DEVICE": "cpu",
        "DIFFUSERS_TRIES": "2",
    }.items():
        monkeypatch.setenv(name, value)
    command = [
        "evaluate",
        "detection",
        "--engine",
        "diffusers",
        "--modes",
        "none,both",
        "--limit",
        "1",
        "--json",
        "--out",
        str(tmp_path),
    ]
    done = CliRunner().invoke(app, command, catch_exceptions=False)
    assert done.exit_code == 0, done.stderr
    found = json.loads(done.stdout)
    rates = {way: figures["found"]["facemesh"]["hits"] for way, figures in found["ways"].items()}
    assert rates == {"none": 0, "both": 1}
    assert {way: figures["tries"] for way, figures in found["ways"].items()} == {"none": 2, "both": 1}
    assert "| diffusers, both | facemesh | 100.0" in (tmp_path / "report.md").read_text()
