"""What speakers that ask a service have in common: the service gives the sound, and here it is bent to the recipe, its
phonemes are found in it, what it cost is noted, and somebody on this machine is named who speaks while it cannot.
"""

from __future__ import annotations

import re
import time
from abc import ABC, abstractmethod
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np

from pipeline import registry
from pipeline.errors import EngineBusy, EngineFailed, EngineUnavailable, RateLimited, TimedOut
from pipeline.receipt import Usage
from pipeline.stages import EngineConfig, SpeechConfig
from pipeline.types import Age, Gender, Mood, Persona, Size, Speech, VoiceOption, VoiceRecipe
from pipeline.voice import alignment, catalogue, delivery, directions, embedded, emphasis, foreign, letters, sound
from pipeline.voice.delivery import MANNERS, Utterance
from pipeline.voice.match import Matcher
from pipeline.voice.pronunciation import alphabet, english
from pipeline.voice.text import sentences
from pipeline.voice.tongue import language_of

T = TypeVar("T")

KEPT = 32
"""Sentences that are remembered as sound, in this process alone: a disk would keep what is to be forgotten."""
PATIENCE = 4.0
"""Seconds that a service may ask to wait before the one other try: longer, and somebody else speaks."""
PAUSE = 1.0
"""Seconds until that other try, where the service does not say."""
REST = 30.0
"""Seconds for which a service that was not there is not asked again."""
_NOTICED = 0.02  # a stretch by less is none
_LONGEST, _SPARE = 0.4, 10.0
"""Seconds of sound for a character, and beside that: more is no speech."""


@dataclass(frozen=True, slots=True)
class Said:
    """What a service gave. ``samples``: at 24 kHz; ``pace``: how quick it was asked to be; ``characters``: what it
    charges for; ``words``: seconds at which each word of the text begins, where it tells."""

    samples: sound.Samples
    characters: int
    pace: float = 1.0
    words: Sequence[float] = ()


class HostedSpeaker(ABC):
    """`pipeline.stages.Speaker` by a service. ``spent`` gives up what was used."""

    def __init__(self, engine: str, service: SpeechConfig, config: EngineConfig) -> None:
        self.service = service
        self._config = config
        self._matcher = Matcher(engine)
        self._spent: list[Usage] = []
        self._asleep: tuple[float, EngineUnavailable | EngineBusy] | None = None
        self._said: OrderedDict[tuple[str, VoiceRecipe, Mood], Speech] = OrderedDict()

    @abstractmethod
    def ask(self, text: str, recipe: VoiceRecipe, mood: Mood, pace: float) -> Said:
        """One piece of plain text in the recipe's voice, about ``pace`` times as quick as it speaks by itself.

        Raises ``EngineUnavailable`` and ``EngineFailed``, with nothing of the request in the error.
        """

    def choose(self, persona: Persona, seed: int) -> VoiceRecipe:
        """The recipe of the voice that fits, with its reason."""
        return self.shortlist(persona, seed)[0].recipe

    def shortlist(self, persona: Persona, seed: int) -> Sequence[VoiceOption]:
        """The few voices that fit, best first; each knows who speaks here while the service cannot."""
        added = {"acting": acting(persona), "stand_in": self._stand_in(persona, seed)}
        return [
            option.model_copy(update={"recipe": option.recipe.model_copy(update=added)})
            for option in self.fitting(persona, seed)
        ]

    def fitting(self, persona: Persona, seed: int) -> Sequence[VoiceOption]:
        """The service's voices that fit, best first."""
        return self._matcher.shortlist(persona, seed)

    def speak(self, text: str, recipe: VoiceRecipe, mood: Mood) -> Speech:
        """Text as sound by the service, its phonemes found by alignment. Raises as ``ask``.

        What was said lately is not paid for twice.
        """
        key = text, recipe.model_copy(update={"reason": "", "stand_in": None}), mood
        if key in self._said:
            self._said.move_to_end(key)
            return self._said[key]
        recipe = recipe.model_copy(update={"language": language_of(text, recipe.language)})
        pieces = sentences(text, first=False, language=recipe.language)
        speech = delivery.finish(text, [self._utter(piece, recipe, mood) for piece in pieces], recipe, mood)
        self._said[key] = speech
        if len(self._said) > KEPT:
            self._said.popitem(last=False)
        return speech

    def spent(self) -> Sequence[Usage]:
        """What was used since the last time this was asked."""
        spent, self._spent = self._spent, []
        return spent

    def note(self, characters: int, seconds: float, what: str = "speech", model: str | None = None) -> None:
        """Characters that the service charges for; ``model``: where it is not the one that speaks."""
        price = self.service.price
        cost = None if price is None else characters * price / 1000
        self._spent.append(
            Usage(
                task=what,
                model=model or self.service.model,
                prompt_tokens=characters,
                completion_tokens=0,
                seconds=seconds,
                cost=cost,
            )
        )

    def _utter(self, words: str, recipe: VoiceRecipe, mood: Mood) -> Utterance:
        plain, began = directions.plain(words), time.perf_counter()
        pitch = max(0.4, min(2.2, recipe.pitch * MANNERS[mood].pitch))
        pace = recipe.pace * MANNERS[mood].pace
        said = self._asked(plain, recipe, mood, pace / pitch)
        self.note(said.characters, time.perf_counter() - began)
        samples = sane(said.samples, plain)
        symbols = self._symbols(words, recipe)
        found = alignment.durations(samples, delivery.unmarked(symbols)[0], _moments(symbols, said.words))
        # The pitch moves by playing it quicker, so it is drawn out before.
        samples = bent(samples, pitch, said.pace / pace)
        samples = sound.shift_formants(samples, recipe.formant / pitch)
        return delivery.utterance(samples, symbols, found, pace / said.pace)

    def _asked(self, text: str, recipe: VoiceRecipe, mood: Mood, pace: float) -> Said:
        """What ``ask`` gives, tried twice where that may help. A service that was not there is not asked again for a
        while, lest every sentence wait for it."""
        if self._asleep and time.monotonic() < self._asleep[0]:
            error = self._asleep[1]
            raise type(error)(error.sentence, remedy=error.remedy)
        try:
            return again(lambda: self.ask(text, recipe, mood, pace))
        except (EngineUnavailable, EngineBusy) as error:
            self._asleep = time.monotonic() + REST, error
            raise

    def _symbols(self, words: str, recipe: VoiceRecipe) -> str:
        """What is expected to be heard: in a language that cannot be pronounced here, what its letters sound like."""
        if recipe.language != "en" and foreign.speakable(recipe.language):
            return delivery.known(foreign.symbols(recipe.language, directions.plain(words)), alphabet())
        return letters.expected(english(british=_accent(recipe) == "british"), words)

    def _stand_in(self, persona: Persona, seed: int) -> VoiceRecipe:
        engine, _ = embedded.best(self._config.assets)
        recipe: VoiceRecipe = registry.create("voice", engine, self._config).choose(persona, seed)
        return recipe


def acting(persona: Persona) -> str:
    """How it speaks, in words of ours: "A huge old man, grumpy, slow, warm." Nothing that somebody typed is in it."""
    size = "" if persona.size is Size.MEDIUM else f"{persona.size} "
    who = {Gender.MALE: "man", Gender.FEMALE: "woman", Gender.NEUTRAL: "being"}[persona.gender]
    who = {"man": "boy", "woman": "girl", "being": "child"}[who] if persona.age is Age.CHILD else f"{persona.age} {who}"
    traits = [persona.temper.lower()] if re.fullmatch(r"[A-Za-z-]{3,20}", persona.temper) else []
    traits += ["restless and quick"] if persona.energy > 0.65 else ["slow and calm"] if persona.energy < 0.35 else []
    traits += ["warm"] if persona.warmth > 0.65 else ["cold"] if persona.warmth < 0.35 else []
    return f"A {', '.join([size + who, *traits])}."


def again(call: Callable[[], T]) -> T:
    """The call, and where the service asks for a little patience once more after that. A silence is not sat out
    twice."""
    try:
        return call()
    except TimedOut:
        raise
    except EngineBusy as busy:
        wait = (busy.retry_after if isinstance(busy, RateLimited) else None) or PAUSE
        if wait > PATIENCE:
            raise
        time.sleep(wait)
        return call()


def from_pcm(data: bytes) -> sound.Samples:
    """Sound of 16-bit little-endian samples; half a sample at the end is left out."""
    return np.frombuffer(data[: len(data) // 2 * 2], "<i2").astype(np.float32) / np.float32(32768)


def sane(samples: sound.Samples, text: str) -> sound.Samples:
    """The samples, if they can be speech of the text. Raises ``EngineFailed``."""
    if len(samples) < sound.RATE // 20 or not samples.any():
        raise EngineFailed("The voice service sent no sound.")
    if len(samples) > (_LONGEST * len(text) + _SPARE) * sound.RATE:
        raise EngineFailed("The voice service sent far more sound than the words take.")
    return samples


def bent(samples: sound.Samples, pitch: float, longer: float) -> sound.Samples:
    """Pitch times ``pitch``, length times ``longer``."""
    drawn = longer * pitch
    if abs(drawn - 1) > _NOTICED:
        ends = np.array([0.0, len(samples) / sound.RATE])
        samples = emphasis.stretched(samples, ends, ends * drawn)
    return sound.resample(samples, pitch)


def _moments(symbols: str, words: Sequence[float]) -> Mapping[int, float]:
    """Place of the first symbol of each word -> when it begins; nothing where the words are not the same, as where a
    number is read out."""
    groups = delivery.unmarked(symbols)[0].split(" ")
    if len(groups) != len(words):
        return {}
    places, place = [], 0
    for group in groups:
        places.append(place + len(group) - len(group.lstrip(delivery.STRESS + "".join(delivery.SILENT))))
        place += len(group) + 1
    return dict(zip(places, words, strict=True))


def _accent(recipe: VoiceRecipe) -> str | None:
    rows = {voice.id: voice for voice in catalogue.voices(recipe.engine)}
    row = rows.get(voice_of(recipe))
    return row.accent if row else None


def voice_of(recipe: VoiceRecipe) -> str:
    """The one voice that a service can speak with: the one with the largest share."""
    return max(recipe.parts, key=lambda part: part.weight).voice
