"""Persona -> voice recipe: filter, rank, mix, bend.

Gender and language filter. Age, energy, warmth, roughness, accent, how far the pitch must be bent, how dark and how
lively the voice was measured to be, and its grade rank what is left, with the sentence vectors of the persona's
wish and the voice's character. The best two or three are mixed, and pitch, formants and pace are bent to the size and
age of the thing.
"""

from __future__ import annotations

import math
import random
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from pipeline.embedding import Embedder
from pipeline.types import Age, Gender, Mood, Persona, Size, VoiceOption, VoicePart, VoiceRecipe
from pipeline.voice import catalogue, foreign, mixing
from pipeline.voice.attributes import AGES, bends, body_of, described, pitch_of
from pipeline.voice.catalogue import Voice

_GRADES = {"A": 0.0, "A-": 0.03, "B": 0.08, "B-": 0.1, "C+": 0.14, "C": 0.2, "C-": 0.26, "D+": 0.3, "D": 0.34}
_WORST_GRADE = 0.5
_ACCENTS = {
    "british": re.compile(r"brit|engl|scot|irish|welsh|london|posh|cockney|austral", re.I),
    "american": re.compile(r"americ|texan|southern|new york|canad", re.I),
    "spanish": re.compile(r"spani|mexic|latin|argentin", re.I),
    "french": re.compile(r"french|paris|belgi", re.I),
    "indian": re.compile(r"india|hindi", re.I),
    "italian": re.compile(r"itali|roman|sicil", re.I),
    "japanese": re.compile(r"japan|tokyo", re.I),
    "portuguese": re.compile(r"portug|brazil", re.I),
    "chinese": re.compile(r"chin|mandarin", re.I),
}
_ACCENT_OF = {
    "es": "spanish", "fr": "french", "hi": "indian", "it": "italian", "ja": "japanese", "pt": "portuguese",
    "zh": "chinese",
}  # fmt: skip
_ROUGH = re.compile(
    r"angry|furious|grump|grouch|gruff|rough|rasp|gravel|hoarse|growl|fierce|rumbl|wicked|savage|menac|crack", re.I
)

_ROUGHNESS = 0.2
"""Of somebody ordinary."""
_PITCH_OF_GENDER = {Gender.FEMALE: 188.0, Gender.MALE: 116.0, Gender.NEUTRAL: 160.0}
_BREATHY = re.compile(r"whisper|breath|hushed|husky", re.I)
_PITCH_OF_CHILD = {Gender.FEMALE: 270.0, Gender.MALE: 240.0, Gender.NEUTRAL: 255.0}
_PITCH_OF_AGE = {Age.CHILD: 1.0, Age.YOUNG: 1.06, Age.ADULT: 1.0, Age.OLD: 0.93}
_PITCH_OF_SIZE = {Size.TINY: 1.55, Size.SMALL: 1.1, Size.MEDIUM: 1.0, Size.LARGE: 0.86, Size.HUGE: 0.72}
_BODY_OF_SIZE = {Size.TINY: 1.22, Size.SMALL: 1.06, Size.MEDIUM: 1.0, Size.LARGE: 0.94, Size.HUGE: 0.86}
_LENT = {(Gender.FEMALE, Gender.MALE): 0.87, (Gender.MALE, Gender.FEMALE): 1.15}
"""Formant ratio of a voice that somebody of the other gender borrows: men's vocal tracts are about a seventh longer."""
_PACE_OF_SIZE = {Size.TINY: 1.06, Size.SMALL: 1.02, Size.MEDIUM: 1.0, Size.LARGE: 0.95, Size.HUGE: 0.9}
_PACE_OF_AGE = {Age.CHILD: 1.02, Age.YOUNG: 1.03, Age.ADULT: 1.0, Age.OLD: 0.93}
_TILT_OF_SIZE = {Size.TINY: 2.0, Size.SMALL: 1.0, Size.MEDIUM: 0.0, Size.LARGE: -1.0, Size.HUGE: -2.0}
"""Decibels: a large body sounds dark."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A persona as a voice hears it. ``pitch`` in Hz, ``pace`` a ratio, ``body`` a formant ratio, ``tilt`` and
    ``liveliness`` in standard deviations from the average voice of an engine."""

    pitch: float
    pace: float
    body: float
    tilt: float
    liveliness: float
    roughness: float
    accent: str | None


class Matcher:
    """Finds recipes among the voices of one engine. Descriptions are embedded once, at the first choice."""

    def __init__(self, engine: str, embedder: Embedder | None = None, voices: Sequence[Voice] | None = None) -> None:
        """``voices``: instead of those in the catalogue."""
        self._engine = engine
        self._voices = catalogue.voices(engine) if voices is None else tuple(voices)
        self._sound = _standing(self._voices)
        self._embedder = embedder or Embedder()
        self._characters: np.ndarray | None = None

    def load(self) -> None:
        """Embed the descriptions now."""
        self._described()

    def recipe(self, persona: Persona, seed: int) -> VoiceRecipe:
        """The recipe for a persona; the same persona and seed give the same one."""
        return self.shortlist(persona, seed, 1)[0].recipe

    def shortlist(self, persona: Persona, seed: int, length: int = 5) -> list[VoiceOption]:
        """Up to ``length`` recipes that fit, best first, each led by another voice."""
        wanted = want(persona)
        ranked = self.rank(persona, wanted)
        chance = random.Random(f"{seed}|{persona.seed}|{persona.concept}|{persona.name}")
        options: list[VoiceOption] = []
        while ranked and len(options) < length:
            options.append(self._option(persona, wanted, ranked, chance))
            lead = options[-1].recipe.parts[0].voice
            ranked = [(voice, distance) for voice, distance in ranked if voice.id != lead]
        return options

    def _option(
        self, persona: Persona, wanted: Wanted, ranked: Sequence[tuple[Voice, float]], chance: random.Random
    ) -> VoiceOption:
        if self._engine in mixing.ENGINES:
            parts = mixing.mix(ranked, persona, wanted.accent, chance)
        else:
            parts = (VoicePart(voice=mixing.only(ranked, persona, wanted.accent, chance).id, weight=1.0),)
        rows = {voice.id: voice for voice, _ in ranked}
        effect = _effect(persona)
        pitch, formant, pace = _bend([(rows[p.voice], p.weight) for p in parts], wanted, chance)
        formant = round(formant * _LENT.get((rows[parts[0].voice].gender, persona.gender), 1.0), 3)
        spoken = all(_speaks(rows[part.voice], _language(persona)) for part in parts)
        recipe = VoiceRecipe(
            engine=self._engine,
            parts=parts,
            pitch=pitch,
            formant=formant,
            pace=pace,
            effect=effect,
            language=_language(persona) if spoken else "en",
            spoken=spoken,
        )
        recipe = recipe.model_copy(update={"reason": f"{', '.join(_traits(persona))} -> {described(recipe, rows)}"})
        characters = " mixed with ".join(rows[part.voice].character for part in parts[:2])
        return VoiceOption(recipe=recipe, description="; ".join([characters, *bends(recipe)]))

    def rank(self, persona: Persona, wanted: Wanted) -> list[tuple[Voice, float]]:
        """Voices the persona may have with their distance from it, nearest first.

        Where none speaks its language, all may: read with a foreign tongue is better than not at all. A language that
        only women speak here, as French, lends a man one of their voices, bent.
        """
        meaning = self._meanings(persona)
        fluent = [voice for voice in self._voices if _speaks(voice, _language(persona))] or list(self._voices)
        fitting = [voice for voice in fluent if persona.gender in (Gender.NEUTRAL, voice.gender)]
        scored = [
            (voice, _distance(voice, persona, wanted) + self._unlike(voice, wanted) - 0.12 * meaning[voice.id])
            for voice in fitting or fluent
        ]
        return sorted(scored, key=lambda pair: (pair[1], pair[0].id))

    def _unlike(self, voice: Voice, wanted: Wanted) -> float:
        """How far the measured sound is from what is wanted."""
        if voice.id not in self._sound:
            return 0.0
        tilt, liveliness, hoarseness = self._sound[voice.id]
        return (
            0.05 * min(3.0, abs(tilt - wanted.tilt))
            + 0.04 * min(3.0, abs(liveliness - wanted.liveliness))
            + 0.04 * min(3.0, abs(hoarseness - 3 * (wanted.roughness - _ROUGHNESS)))
        )

    def _meanings(self, persona: Persona) -> dict[str, float]:
        """How well each character fits the wish, in standard deviations: plain cosines lie too close together."""
        wish = self._embedder.encode([f"{persona.voice_wish} {persona.temper}"[:500]])[0]
        cosine = self._described() @ wish
        standing = np.clip((cosine - cosine.mean()) / (cosine.std() + 1e-6), -2.0, 3.0)
        return {voice.id: float(z) for voice, z in zip(self._voices, standing, strict=True)}

    def _described(self) -> np.ndarray:
        if self._characters is None:
            self._characters = self._embedder.encode([voice.character for voice in self._voices])
        return self._characters


def want(persona: Persona) -> Wanted:
    """What the voice of this persona should be like."""
    words = " ".join((persona.temper, persona.voice_wish, *persona.traits))
    roughness = _ROUGHNESS + 0.15 * (persona.age is Age.OLD) + 0.15 * (persona.size is Size.HUGE)
    roughness += (
        0.3 * bool(_ROUGH.search(words)) + 0.3 * bool(_BREATHY.search(words)) + 0.15 * (persona.mood is Mood.ANGER)
    )
    accent = next((name for name, words in _ACCENTS.items() if words.search(persona.accent)), None)
    accent = _ACCENT_OF.get(_language(persona), accent)
    # A huge child or a tiny old man is between the two, not both at once.
    lift = _PITCH_OF_AGE[persona.age] * _PITCH_OF_SIZE[persona.size]
    middle = _PITCH_OF_CHILD if persona.age is Age.CHILD else _PITCH_OF_GENDER
    # A woman far below 145 Hz is heard as a man, however large she is.
    lowest = 0.77 if persona.gender is Gender.FEMALE else 0.66
    return Wanted(
        pitch=middle[persona.gender] * max(lowest, min(1.75, lift)),
        pace=(0.85 + 0.3 * persona.energy) * _PACE_OF_SIZE[persona.size] * _PACE_OF_AGE[persona.age],
        body=_BODY_OF_SIZE[persona.size] * (1.1 if persona.age is Age.CHILD else 1.0),
        tilt=_TILT_OF_SIZE[persona.size],
        liveliness=3 * (persona.energy - 0.5),
        roughness=min(1.0, roughness),
        accent=accent,
    )


def _distance(voice: Voice, persona: Persona, wanted: Wanted) -> float:
    """0 would be the very voice; 1 is far away."""
    # What is heard at once: a child's voice, an old one, and an accent that nobody has asked for.
    striking = {voice.age, persona.age} & {Age.CHILD, Age.OLD} if voice.age is not persona.age else ()
    foreign = voice.accent not in mixing.NATIVE
    return (
        0.22 * abs(AGES.index(voice.age) - AGES.index(persona.age))
        + 0.2 * len(striking)
        + 0.5 * abs(voice.energy - persona.energy)
        + 0.5 * abs(voice.warmth - persona.warmth)
        + 0.3 * abs(voice.roughness - wanted.roughness)
        + 0.7 * abs(math.log2(voice.pitch / wanted.pitch))
        + 1.5 * max(0.0, math.log2(wanted.pitch / voice.pitch) - 0.65)  # raised so far, a voice sounds of tin
        + (0.2 + 0.3 * foreign + 0.2 * (wanted.accent != "american"))
        * (voice.accent != (wanted.accent or voice.accent))
        + 0.4 * (wanted.accent is None and foreign)
        + 0.15 * (persona.gender is Gender.NEUTRAL and voice.gender is not Gender.NEUTRAL)
        + 0.5 * _GRADES.get(voice.grade, _WORST_GRADE)
    )


def _standing(voices: Sequence[Voice]) -> Mapping[str, tuple[float, float, float]]:
    """Measured tilt, liveliness (how far the pitch moves) and hoarseness (how little repeats from period to period), in
    standard deviations from the engine's average."""
    found = {
        voice.id: (one.tilt, math.log2(one.high / one.low), -one.harmonicity)
        for voice in voices
        if (one := voice.measured) and one.low and one.high
    }
    if not found:
        return {}
    table = np.array(list(found.values()))
    table = (table - table.mean(axis=0)) / (table.std(axis=0) + 1e-6)
    return {voice: (float(row[0]), float(row[1]), float(row[2])) for voice, row in zip(found, table, strict=True)}


def _bend(mixture: Sequence[tuple[Voice, float]], wanted: Wanted, chance: random.Random) -> tuple[float, float, float]:
    """Pitch, formant and pace ratios that take the mixture to what is wanted, as far as it stays a voice."""
    own_pace = sum(weight * voice.pace for voice, weight in mixture)
    pitch = max(0.68, min(1.7, wanted.pitch / pitch_of(mixture))) * chance.uniform(0.97, 1.03)
    pace = max(0.72, min(1.35, (wanted.pace / own_pace) * chance.uniform(0.98, 1.02)))
    # A tone made for a giant or a child has the body already.
    usual = 0.88 if mixture[0][0].tone and mixture[0][0].gender is Gender.MALE else 1.0
    formant = max(0.82, min(1.25, wanted.body * usual / body_of(mixture)))
    return round(pitch, 3), round(formant, 3), round(pace, 3)


def _effect(persona: Persona) -> str:
    """The effect that the thing itself calls for, else its traits, else its size, else the words of the wish."""
    for words in (persona.thing.split(), persona.traits):
        if effect := _called_for(words):
            return effect
    by_size = {effect.size: effect.id for effect in catalogue.effects() if effect.size}
    return by_size.get(persona.size) or _called_for(re.findall(r"[a-z]+", persona.voice_wish.lower())) or "none"


def _called_for(words: Iterable[str]) -> str | None:
    found = {word.lower() for word in words}
    return next((effect.id for effect in catalogue.effects() if not found.isdisjoint(effect.words)), None)


def _traits(persona: Persona) -> list[str]:
    """Why: "old, large, slow"."""
    traits = [str(persona.age)] if persona.age is not Age.ADULT else []
    traits += [str(persona.gender)] if persona.gender is not Gender.NEUTRAL else []
    traits += [str(persona.size)] if persona.size is not Size.MEDIUM else []
    traits += ["lively"] if persona.energy > 0.65 else ["slow"] if persona.energy < 0.35 else []
    traits += ["warm"] if persona.warmth > 0.65 else ["cold"] if persona.warmth < 0.35 else []
    return list(dict.fromkeys([*traits, persona.temper]))


def _speaks(voice: Voice, language: str) -> bool:
    """Whether a voice can be made to speak a language on this machine."""
    return language in voice.speaks and (voice.engine != "kokoro" or foreign.speakable(language))


def _language(persona: Persona) -> str:
    return persona.language.split("-")[0].lower()
