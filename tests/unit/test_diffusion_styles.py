"""Diffusion looks on the command line and among the engines, on a machine without torch or models."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot import engines
from bot.cli import app
from bot.settings import Settings
from pipeline.portrait.diffusion import files
from pipeline.portrait.diffusion.looks import shipped
from tests.unit.looks import models, row

ILLUSTRATOR = {"soft3d", "flat", "noir", "storybook", "neon", "pixel", "pop"}


@pytest.fixture(autouse=True)
def empty_hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from huggingface_hub import constants

    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path / "hub"))
    monkeypatch.chdir(tmp_path)


def run(*arguments: str) -> tuple[int, str]:
    done = CliRunner().invoke(app, ["styles", *arguments])
    return done.exit_code, done.output


def test_styles_are_those_of_the_configured_painter(monkeypatch: pytest.MonkeyPatch) -> None:
    status, output = run("--json")
    assert status == 0
    assert {found["id"] for found in json.loads(output)} == ILLUSTRATOR
    monkeypatch.setenv("PORTRAIT", "diffusers")
    status, output = run("--json")
    assert [found["id"] for found in json.loads(output)] == [look.id for look in shipped()]


def test_what_is_missing_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    status, output = run("--check", "painted")
    assert status == 1
    said = " ".join(output.split())
    assert "Lykon/dreamshaper-8" in said
    assert "OpenRAIL" in said


def test_a_look_that_nobody_knows() -> None:
    status, output = run("--check", "no-such-look")
    assert status == 2
    assert "cartoon, animated, anime" in output


async def test_the_illustrator_paints_unless_the_operator_says_otherwise(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MIND", "scripted")
    (portrait,) = (choice for choice in await engines.choose(Settings()) if choice.stage == "portrait")
    assert (portrait.engine, portrait.better) == ("illustrator", None)
    monkeypatch.setenv("PORTRAIT", "diffusers")
    (portrait,) = (choice for choice in await engines.choose(Settings()) if choice.stage == "portrait")
    assert portrait.engine == "diffusers"
    assert "the illustrator draws" in portrait.why
    assert portrait.better


async def test_where_models_are_here_it_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    models(tmp_path)
    path = tmp_path / "mine.toml"
    path.write_text(_toml(row(tmp_path) | {"id": "mine"}))
    monkeypatch.setattr(files, "missing_packages", lambda: None)
    monkeypatch.setenv("MIND", "scripted")
    monkeypatch.setenv("STYLES", str(path))
    (portrait,) = (choice for choice in await engines.choose(Settings()) if choice.stage == "portrait")
    assert portrait.engine == "illustrator"
    assert portrait.better is not None
    assert "mine" in portrait.better
    monkeypatch.setenv("PORTRAIT", "diffusers")
    (portrait,) = (choice for choice in await engines.choose(Settings()) if choice.stage == "portrait")
    assert portrait.better is None


def test_settings_reach_the_painter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = {"DEVICE": "cuda:1", "GUIDANCE": "landmark", "SAFETY": "false", "COMPILE": "true", "TRIES": "3"}
    for name, value in settings.items():
        monkeypatch.setenv(f"DIFFUSERS_{name}", value)
    monkeypatch.setenv("STYLES", "mine.toml")
    config = Settings().engine_config().diffusion
    assert (config.device, config.guidance, config.safety, config.compiled, config.tries) == (
        "cuda:1", "landmark", False, True, 3,
    )  # fmt: skip
    assert config.styles == tmp_path / "mine.toml"


def _toml(found: dict[str, object]) -> str:
    def value(one: object) -> str:
        if isinstance(one, dict):
            return "{ " + ", ".join(f"{key} = {value(inner)}" for key, inner in one.items()) + " }"
        return json.dumps(one)

    return "[[look]]\n" + "\n".join(f"{key} = {value(one)}" for key, one in found.items()) + "\n"
