"""A phrase becomes a persona: concept -> mind -> (voice | portrait) -> greeting."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

from pipeline import concept, registry
from pipeline.speak import Spoken, Studio, together
from pipeline.stages import EngineConfig, Mind
from pipeline.types import Persona, Portrait, VoiceRecipe

T = TypeVar("T")


class Stage(StrEnum):
    """What a person sees happening."""

    MIND = "mind"
    VOICE = "voice"
    PORTRAIT = "portrait"
    GREETING = "greeting"


@dataclass(frozen=True, slots=True)
class Step:
    """A stage began (``result`` None) or ended with its result, ``seconds`` after it began."""

    stage: Stage
    result: Persona | VoiceRecipe | Portrait | Spoken | None = None
    seconds: float = 0.0


Watch = Callable[[Step], None]


@dataclass(frozen=True, slots=True)
class Engines:
    """The engine of each stage by name."""

    mind: str
    voice: str
    portrait: str
    animation: str


@dataclass(frozen=True, slots=True)
class Summoned:
    """Everything that one phrase became."""

    persona: Persona
    recipe: VoiceRecipe
    portrait: Portrait
    greeting: Spoken
    timings: dict[str, float]


async def summon(
    text: str,
    *,
    mind: Mind,
    studio: Studio,
    engines: Engines,
    seed: int,
    style: str | None = None,
    watch: Watch = lambda step: None,
) -> Summoned:
    """The whole main job. Raises ``BadRequest`` for words that cannot become a character, before any work is done.

    ``timings``: seconds of work per stage, and ``total`` of wall time.
    """
    began = time.perf_counter()
    words = concept.clean(text)
    timings: dict[str, float] = {}
    run = studio.workers.run

    async def stage(name: Stage, work: Awaitable[T]) -> T:
        watch(Step(name))
        start = time.perf_counter()
        result = await work
        seconds = time.perf_counter() - start
        timings[name] = seconds
        watch(Step(name, result, seconds))  # type: ignore[arg-type]
        return result

    persona = await stage(Stage.MIND, mind.write(words, seed))
    async with together() as tasks:
        portrait = tasks.create_task(
            stage(
                Stage.PORTRAIT,
                run("pictures", paint, studio.config, engines.portrait, persona, style, seed),
            )
        )
        recipe = await stage(Stage.VOICE, run("voice", choose, studio.config, engines.voice, persona, seed))
        greeting = await stage(Stage.GREETING, studio.speak(persona.greeting, recipe, persona.mood, portrait, seed))
    del timings[Stage.GREETING]  # told apart as speech and clip
    timings |= greeting.timings
    timings["total"] = time.perf_counter() - began
    return Summoned(persona, recipe, portrait.result(), greeting, timings)


def paint(config: EngineConfig, engine: str, persona: Persona, style: str | None, seed: int) -> Portrait:
    """The persona's portrait. Runs in the pictures lane."""
    portrait: Portrait = registry.create("portrait", engine, config).paint(persona, style, seed)
    return portrait


def choose(config: EngineConfig, engine: str, persona: Persona, seed: int) -> VoiceRecipe:
    """The persona's voice. Runs in the voice lane."""
    recipe: VoiceRecipe = registry.create("voice", engine, config).choose(persona, seed)
    return recipe
