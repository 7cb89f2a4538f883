"""Who chooses a voice and a style: the mind where it will, else the engines; a person's wish before all."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

import pytest

from pipeline import registry
from pipeline.mind.scripted.engine import ScriptedMind
from pipeline.portrait.diffusion import serve
from pipeline.portrait.diffusion.jobs import Step
from pipeline.receipt import Receipt
from pipeline.serving import Server, Watch
from pipeline.speak import Studio
from pipeline.stages import EngineConfig
from pipeline.summon import DIFFUSERS, Casting, Engines, unspoken
from pipeline.types import Persona, Portrait, StyleOption, VoiceOption, VoicePart, VoiceRecipe
from pipeline.workers import Lane, Workers
from tests.unit.faces import disc_portrait
from tests.unit.test_portrait import persona

P = ParamSpec("P")
T = TypeVar("T")


def recipe(voice: str, *, spoken: bool = True) -> VoiceRecipe:
    return VoiceRecipe(engine="toy", parts=(VoicePart(voice=voice, weight=1.0),), spoken=spoken)


class Here(Workers):
    """Runs everything in this process."""

    def __init__(self) -> None: ...

    async def run(self, lane: Lane, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        return function(*args, **kwargs)


class Toy:
    """A voice matcher and a painter in one."""

    painted: list[str | None]

    def __init__(self) -> None:
        self.painted = []

    def shortlist(self, persona: Persona, seed: int) -> Sequence[VoiceOption]:
        return [VoiceOption(recipe=recipe(voice), description=voice) for voice in ("deep", "high")]

    def styles(self) -> Sequence[StyleOption]:
        return [StyleOption(id=style, description=style) for style in ("flat", "clay")]

    def paint(self, persona: Persona, style: str | None, seed: int) -> Portrait:
        self.painted.append(style)
        return disc_portrait()


class Choosy(ScriptedMind):
    """Takes the last option."""

    async def choose(self, persona: Persona, what: str, options: Sequence[str], receipt: Receipt) -> int | None:
        receipt.notices.append(what)
        return len(options) - 1 if options else None


@pytest.fixture
def toy(monkeypatch: pytest.MonkeyPatch) -> Toy:
    toy = Toy()
    monkeypatch.setattr(registry, "create", lambda stage, name, config: toy)
    return toy


def casting(mind: type[ScriptedMind], folder: Path, receipt: Receipt) -> Casting:
    config = EngineConfig(folder)
    return Casting(mind(config), Studio(config, Here(), "toy"), Engines("toy", "toy", "toy", "toy"), receipt)


@pytest.mark.parametrize(
    ("mind", "voice", "styles"), [(ScriptedMind, "deep", [None, "flat"]), (Choosy, "high", ["clay", "flat"])]
)
async def test_the_mind_chooses_where_it_will(
    toy: Toy, assets_home: Path, mind: type[ScriptedMind], voice: str, styles: list[str | None]
) -> None:
    receipt = Receipt()
    made = casting(mind, assets_home, receipt)
    assert (await made.voice_of(persona("oak"), 1)).parts[0].voice == voice
    await made.portrait_of(persona("oak"), None, 1)
    await made.portrait_of(persona("oak"), "flat", 1)
    assert toy.painted == styles
    assert bool(receipt.notices) is (mind is Choosy)


class PlayedServer(Server):
    """Runs everything in this process."""

    async def run(self, function: Callable[..., T], *args: Any, watch: Watch = lambda news: None) -> T:
        return function(*args, watch=watch, cancelled=lambda: False)


async def test_what_needs_a_device_is_painted_by_its_server(
    toy: Toy, assets_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def paint(config: EngineConfig, persona: Persona, style: str | None, seed: int, **ways: Any) -> Portrait:
        ways["watch"](Step(1, 8))
        return disc_portrait()

    monkeypatch.setattr(serve, "paint", paint)
    workers, told = Here(), list[Step]()
    workers.device = PlayedServer("device")
    config, engines = EngineConfig(assets_home), Engines("toy", "toy", DIFFUSERS, "toy")
    made = Casting(ScriptedMind(config), Studio(config, workers, "toy"), engines, Receipt())
    assert await made.portrait_of(persona("oak"), None, 1, told.append)
    assert told == [Step(1, 8)]
    assert not toy.painted


def test_a_voice_of_another_language_is_told() -> None:
    oak = persona("oak").model_copy(update={"language": "ka"})
    notice = unspoken(oak, recipe("deep", spoken=False))
    assert notice is not None
    assert oak.name in notice
    assert unspoken(oak, recipe("deep")) is None
