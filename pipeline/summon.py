"""A phrase becomes a persona: concept -> mind -> (voice | portrait) -> greeting."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

from pipeline import concept, registry
from pipeline.animation.manner import direction_of
from pipeline.errors import EngineFailed, EngineUnavailable
from pipeline.portrait.diffusion import jobs, serve
from pipeline.receipt import Receipt
from pipeline.speak import Spoken, Studio
from pipeline.stages import EngineConfig, Mind
from pipeline.tasks import together
from pipeline.types import Persona, Portrait, StyleOption, VoiceOption, VoiceRecipe
from pipeline.voice import embedded
from pipeline.voice.attributes import spread

T = TypeVar("T")
OWN_VOICE = "A voice of my own was chosen instead."
DIFFUSERS = "diffusers"
"""The painter that needs a device."""


class Stage(StrEnum):
    """What a person sees happening."""

    MIND = "mind"
    VOICE = "voice"
    PORTRAIT = "portrait"
    GREETING = "greeting"


@dataclass(frozen=True, slots=True)
class Step:
    """A stage began (``result`` None), is so far (``painted``), or ended with its result ``seconds`` after it began."""

    stage: Stage
    result: Persona | VoiceRecipe | Portrait | Spoken | None = None
    seconds: float = 0.0
    painted: jobs.Step | None = None


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
    notices: tuple[str, ...] = ()
    """What the person should know: that another mind stood in, that no voice speaks the language."""


@dataclass(frozen=True, slots=True)
class Casting:
    """Finds what shows a persona. The mind may choose among what the engines offer; ``receipt`` takes what it used."""

    mind: Mind
    studio: Studio
    engines: Engines
    receipt: Receipt

    async def voice_of(self, persona: Persona, seed: int, taken: Sequence[VoiceRecipe] = ()) -> VoiceRecipe:
        """The voice of the persona, rather unlike those that are ``taken`` by others around it."""
        options = spread(await self._voices(persona, seed), taken)
        descriptions = [option.description for option in options]
        chosen = await self.mind.choose(persona, "voice", descriptions, self.receipt)
        return options[chosen or 0].recipe

    async def _voices(self, persona: Persona, seed: int) -> Sequence[VoiceOption]:
        """Those that fit; of this machine where a service does not tell which it has."""
        config, workers, engine = self.studio.config, self.studio.workers, self.engines.voice
        try:
            return await workers.run("voice", shortlist, config, engine, persona, seed)
        except (EngineUnavailable, EngineFailed) as error:
            if engine not in registry.HOSTED:
                raise
            here, _ = embedded.best(config.assets)
            self.receipt.notices.append(f"{error} {OWN_VOICE}")
            return await workers.run("voice", shortlist, config, here, persona, seed)

    async def portrait_of(
        self, persona: Persona, style: str | None, seed: int, watch: jobs.Watch = lambda step: None
    ) -> Portrait:
        """The portrait of the persona; ``style`` None lets mind or painter choose. ``watch``: told each step of
        engines that paint in steps."""
        studio, engine = self.studio, self.engines.portrait
        styles = [] if style else await studio.workers.run("pictures", looks, studio.config, engine)
        descriptions = [look.description for look in styles]
        chosen = await self.mind.choose(persona, "portrait style", descriptions, self.receipt)
        wanted = style if chosen is None else styles[chosen].id
        if engine == DIFFUSERS:  # all portraits in the one process that holds the models
            device = studio.workers.device
            return await device.run(serve.paint, studio.config, persona, wanted, seed, watch=watch)
        return await studio.workers.run("pictures", paint, studio.config, engine, persona, wanted, seed)


async def summon(
    text: str,
    *,
    mind: Mind,
    studio: Studio,
    engines: Engines,
    seed: int,
    receipt: Receipt,
    style: str | None = None,
    watch: Watch = lambda step: None,
) -> Summoned:
    """The whole main job. Raises ``BadRequest`` for words that cannot become a character, before any work is done.

    ``timings``: seconds of work per stage, and ``total`` of wall time.
    """
    began = time.perf_counter()
    words = concept.clean(text)
    timings: dict[str, float] = {}
    casting = Casting(mind, studio, engines, receipt)

    async def stage(name: Stage, work: Awaitable[T]) -> T:
        watch(Step(name))
        start = time.perf_counter()
        result = await work
        seconds = time.perf_counter() - start
        timings[name] = seconds
        watch(Step(name, result, seconds))  # type: ignore[arg-type]
        return result

    def painted(step: jobs.Step) -> None:
        watch(Step(Stage.PORTRAIT, painted=step))

    persona = await stage(Stage.MIND, mind.write(words, seed, receipt))
    async with together() as tasks:
        portrait = tasks.create_task(stage(Stage.PORTRAIT, casting.portrait_of(persona, style, seed, painted)))
        recipe = await stage(Stage.VOICE, casting.voice_of(persona, seed))
        if notice := unspoken(persona, recipe):
            receipt.notices.append(notice)
        direction = direction_of(persona, persona.mood, seed)
        greeting = await stage(Stage.GREETING, studio.speak(persona.greeting, recipe, direction, portrait, receipt))
    del timings[Stage.GREETING]  # told apart as speech and clip
    timings |= greeting.timings
    timings["total"] = time.perf_counter() - began
    return Summoned(persona, recipe, portrait.result(), greeting, timings, tuple(receipt.notices))


def unspoken(persona: Persona, recipe: VoiceRecipe) -> str | None:
    """What the person should know of a voice that does not speak the persona's language."""
    return None if recipe.spoken else f"No voice here speaks the language of {persona.name} ({persona.language}) yet."


def looks(config: EngineConfig, engine: str) -> Sequence[StyleOption]:
    """The painter's styles. Runs in the pictures lane."""
    options: Sequence[StyleOption] = registry.create("portrait", engine, config).styles()
    return options


def paint(config: EngineConfig, engine: str, persona: Persona, style: str | None, seed: int) -> Portrait:
    """The persona's portrait. Runs in the pictures lane."""
    portrait: Portrait = registry.create("portrait", engine, config).paint(persona, style, seed)
    return portrait


def shortlist(config: EngineConfig, engine: str, persona: Persona, seed: int) -> Sequence[VoiceOption]:
    """The voices that fit the persona, best first. Runs in the voice lane."""
    options: Sequence[VoiceOption] = registry.create("voice", engine, config).shortlist(persona, seed)
    return options
