"""Engines that make tiny, valid things in no time, or fail in every way that engines can."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncGenerator, Callable, Sequence
from enum import StrEnum
from pathlib import Path
from typing import Any, cast

import numpy as np

from pipeline.errors import Declined, EngineBusy, Malformed, RateLimited
from pipeline.receipt import Receipt, Usage
from pipeline.speak import Studio
from pipeline.stages import EngineConfig
from pipeline.summon import Engines
from pipeline.types import (
    Age,
    Attachment,
    Clip,
    Direction,
    Fact,
    Gender,
    Line,
    Memory,
    Mood,
    Persona,
    Phoneme,
    Portrait,
    ReplyDelta,
    Size,
    Speech,
    Turn,
    Utterance,
    VoiceOption,
    VoicePart,
    VoiceRecipe,
)
from pipeline.workers import Workers

ENGINES = Engines("toy", "toy", "toy", "toy")
RATE = 8000
COST = 0.001
"""USD of one call of the toy mind."""


class Fault(StrEnum):
    """What an engine does instead of its work."""

    HANG = "hang"
    BUSY = "busy"
    LIMITED = "limited"
    DECLINED = "declined"
    MALFORMED = "malformed"
    CRASH = "crash"
    NOTHING = "nothing"
    """Something empty, or nothing at all."""
    NONSENSE = "nonsense"
    """Something of another kind, or with numbers that are none."""


class Luck:
    """Chooses what an engine does. ``reached`` is told that a call is in the middle of its work."""

    def __init__(self, seed: int, rate: float, reached: Callable[[str], None] = lambda point: None) -> None:
        self._chance = random.Random(seed)
        self._rate = rate
        self._reached = reached

    async def meet(self) -> Fault | None:
        """Works for some milliseconds; a fault that the engine itself must act out."""
        await asyncio.sleep(self._chance.uniform(0.0, 0.01))
        self._reached("working")
        if self._chance.random() >= self._rate:
            return None
        fault: Fault = self._chance.choice([*Fault])
        match fault:
            case Fault.HANG:
                await asyncio.sleep(3600)
            case Fault.BUSY:
                raise EngineBusy("Later, please.")
            case Fault.LIMITED:
                raise RateLimited("Not so fast.", retry_after=0.3)
            case Fault.DECLINED:
                raise Declined("Not these words.")
            case Fault.MALFORMED:
                raise Malformed("This cannot be read.")
            case Fault.CRASH:
                raise RuntimeError("a mistake in an engine")
        return fault


class ToyMind:
    """See ``pipeline.stages.Mind``."""

    def __init__(self, luck: Luck) -> None:
        self._luck = luck

    async def write(self, concept: str, seed: int, receipt: Receipt, picture: Attachment | None = None) -> Persona:
        receipt.usages.append(_usage("persona"))
        fault = await self._luck.meet()
        if fault is Fault.NOTHING:
            return cast(Persona, None)
        if fault is Fault.NONSENSE:
            return persona(concept, seed).model_copy(update={"energy": float("nan"), "mood": 7})
        return persona(concept, seed)

    async def reply(
        self, persona: Persona, memory: Memory, line: Line, seed: int, receipt: Receipt
    ) -> AsyncGenerator[ReplyDelta, None]:
        receipt.usages.append(_usage("reply"))
        yield ReplyDelta(text="", mood=Mood.JOY)
        fault = await self._luck.meet()
        if fault is Fault.NOTHING:
            return
        yield cast(ReplyDelta, 42) if fault is Fault.NONSENSE else ReplyDelta(text="You said: ")
        await asyncio.sleep(0.01)
        yield ReplyDelta(text=line.text)

    async def learn(self, persona: Persona, memory: Memory, line: Line, receipt: Receipt) -> Sequence[Fact]:
        receipt.usages.append(_usage("memory"))
        return ()

    async def fold(self, persona: Persona, summary: str, turns: Sequence[Turn], receipt: Receipt) -> str:
        return f"They said {len(turns)} lines."

    async def choose(self, persona: Persona, what: str, options: Sequence[str], receipt: Receipt) -> int | None:
        return None

    async def pick(self, lines: Sequence[Turn], options: Sequence[str], receipt: Receipt) -> int | None:
        return None

    async def close(self) -> None:
        return


class ToyWorkers(Workers):
    """No processes: voices to choose from, and pictures."""

    def __init__(self, luck: Luck) -> None:
        super().__init__()
        self.luck = luck

    async def run(self, lane: Any, function: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        fault = await self.luck.meet()
        match function.__name__:
            case "shortlist":
                return [] if fault is Fault.NOTHING else [VoiceOption(recipe=recipe(), description="small")]
            case "looks":
                return []
        *_, seed = args
        made = portrait(seed)
        if fault is Fault.NOTHING:
            return None
        if fault is Fault.NONSENSE:
            return Portrait(made.picture, np.full((68, 2), np.nan, np.float32), "toy", "toy", "toy")
        return made


class ToyStudio(Studio):
    """See ``pipeline.speak.Studio``."""

    @property
    def luck(self) -> Luck:
        return cast(ToyWorkers, self.workers).luck

    async def utter(self, text: str, recipe: VoiceRecipe, mood: Mood, receipt: Receipt | None = None) -> Utterance:
        fault = await self.luck.meet()
        if fault is Fault.NOTHING:
            return Utterance(())
        return cast(Utterance, b"noise") if fault is Fault.NONSENSE else utterance(text)

    async def film(
        self, utterance: Utterance, portrait: Portrait, direction: Direction, receipt: Receipt | None = None
    ) -> Clip:
        fault = await self.luck.meet()
        if fault is Fault.NOTHING:
            return Clip(b"", b"", 0.0, 0, 0, 0)
        seconds = float("nan") if fault is Fault.NONSENSE else utterance.seconds
        return Clip(b"mp4 %d" % direction.seed, b"ogg %d" % direction.seed, seconds, 16, 16, 25)

    async def sound(self, utterance: Utterance) -> bytes:
        return b"sound " + utterance.speech.text.encode()


def studio(luck: Luck) -> ToyStudio:
    """Toys where engines are."""
    return ToyStudio(EngineConfig(Path()), ToyWorkers(luck), "toy")


def persona(concept: str, seed: int) -> Persona:
    """A small persona."""
    return Persona(
        concept=concept,
        thing="toy",
        name=f"Toy {seed}",
        tagline="Made in no time",
        personality="You are a toy.",
        temper="calm",
        mood=Mood.CALM,
        age=Age.YOUNG,
        gender=Gender.NEUTRAL,
        size=Size.TINY,
        energy=0.5,
        warmth=0.5,
        accent="american",
        likes=("chaos",),
        dislikes=("silence",),
        catchphrase="Again!",
        greeting=f"Hello, I am toy {seed}.",
        samples=("One.", "Two.", "Three."),
        appearance="small",
        voice_wish="small",
        seed=seed,
    )


def recipe() -> VoiceRecipe:
    """A small voice."""
    return VoiceRecipe(engine="toy", parts=(VoicePart(voice="toy", weight=1.0),))


def portrait(seed: int) -> Portrait:
    """A picture of 8 x 8 pixels, another one for each seed."""
    picture = np.random.default_rng(seed).integers(0, 255, (8, 8, 3), np.uint8)
    return Portrait(picture, np.zeros((68, 2), np.float32), "toy", "toy", "toy")


def utterance(text: str) -> Utterance:
    """A tenth of a second, of which the length tells the text."""
    samples = np.full(RATE // 10 + len(text), 0.1, np.float32)
    return Utterance((Speech(text, samples, RATE, (Phoneme("a", 0.0, 0.1),)),))


def _usage(task: str) -> Usage:
    return Usage(task=task, model="toy", prompt_tokens=1, completion_tokens=1, seconds=0.01, cost=COST)
