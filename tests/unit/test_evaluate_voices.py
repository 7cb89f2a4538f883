"""Casting 100 personas: the figures that the project promises, and how errors are counted."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from bot import voices as command
from bot.evaluate_voices import document
from pipeline import registry
from pipeline.errors import BadRequest
from pipeline.evaluation import voices
from pipeline.evaluation.intelligibility import distance, pronounced
from pipeline.stages import EngineConfig
from pipeline.types import Persona
from pipeline.voice import catalogue


@pytest.fixture(scope="module")
def people() -> list[tuple[voices.Expected, Persona]]:
    mind = registry.load("mind", "scripted")(EngineConfig(assets=Path("/nonexistent")))
    return asyncio.run(voices.people(mind))


@pytest.mark.parametrize(("engine", "count"), [("kokoro", 100), ("hibari", 25)])
def test_the_promised_figures(engine: str, count: int, people: list[tuple[voices.Expected, Persona]]) -> None:
    report = voices.cast(engine, people[:count])
    found = {figure.key: figure.value or 0 for figure in voices.figures(report)}
    assert len(report.cast) == count
    assert found["gender"] >= 98
    assert found["age"] >= 90
    assert found["distinct"] >= 0.95 * count
    assert found["leads"] >= 10
    assert len(document([report])[engine]["missed"]) <= 8


def test_the_set_is_whole(people: list[tuple[voices.Expected, Persona]]) -> None:
    rows = [row for row, _ in people]
    assert len({row.text for row in rows}) == 100
    assert sum(row.gender is not None for row in rows) >= 60
    assert sum(row.age is not None for row in rows) >= 60
    assert len(set(voices.script().sentences)) >= 40


def test_words_are_compared_by_their_sound() -> None:
    assert pronounced("There are 7 ships.") == pronounced("their are seven Ships")
    assert distance("abc", "axcd") == 2
    assert distance([], ["a"]) == distance(["a"], []) == 1


def test_the_list_and_what_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert len(command.listed("kokoro")) == 54
    with pytest.raises(BadRequest, match="nobody"):
        command.listed("nobody")
    path = tmp_path / "measured.toml"
    monkeypatch.setattr(catalogue, "MEASURED", path)
    before = {voice.id: voice.measured for voice in catalogue.voices("hibari") if voice.measured}
    changed = before["lady"].model_copy(update={"pitch": 123.0})
    command.write({"hibari": before | {"lady": changed}})
    rows = (Path(catalogue.__file__).parent / "catalogue.toml").read_text(encoding="utf-8")
    voices_ = {(voice.engine, voice.id): voice for voice in catalogue.parse(rows, path.read_text()).voice}
    assert voices_["hibari", "lady"].pitch == 123
    assert voices_["kokoro", "af_heart"] == next(v for v in catalogue.voices("kokoro") if v.id == "af_heart")
