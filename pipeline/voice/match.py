"""Persona -> voice recipe: filter, rank, mix, bend.

Gender and language filter. Age, energy, warmth, roughness, accent, how far the pitch must be bent, and the voice's
grade rank what is left, together with the sentence vectors of the persona's wish and the voice's character. The best
two or three are mixed, and pitch, formants and pace are bent to the size and age of the thing.
"""

from __future__ import annotations

import math
import random
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from pipeline.embedding import Embedder
from pipeline.types import Age, Gender, Mood, Persona, Size, VoiceOption, VoicePart, VoiceRecipe
from pipeline.voice import catalogue
from pipeline.voice.catalogue import Voice

_AGES = list(Age)
_GRADES = {"A": 0.0, "A-": 0.03, "B": 0.08, "B-": 0.1, "C+": 0.14, "C": 0.2, "C-": 0.26, "D+": 0.3, "D": 0.34}
_WORST_GRADE = 0.5
_BRITISH = re.compile(r"brit|engl|scot|irish|welsh|london|posh|cockney|austral", re.I)
_AMERICAN = re.compile(r"americ|texan|southern|new york|canad", re.I)
_ROUGH = re.compile(
    r"angry|furious|grump|grouch|gruff|rough|rasp|gravel|hoarse|growl|fierce|rumbl|wicked|savage|menac|crack", re.I
)

_PITCH_OF_GENDER = {Gender.FEMALE: 188.0, Gender.MALE: 116.0, Gender.NEUTRAL: 160.0}
_PITCH_OF_AGE = {Age.CHILD: 1.4, Age.YOUNG: 1.06, Age.ADULT: 1.0, Age.OLD: 0.93}
_PITCH_OF_SIZE = {Size.TINY: 1.55, Size.SMALL: 1.1, Size.MEDIUM: 1.0, Size.LARGE: 0.86, Size.HUGE: 0.72}
_BODY_OF_SIZE = {Size.TINY: 1.22, Size.SMALL: 1.06, Size.MEDIUM: 1.0, Size.LARGE: 0.94, Size.HUGE: 0.86}
_PACE_OF_SIZE = {Size.TINY: 1.06, Size.SMALL: 1.02, Size.MEDIUM: 1.0, Size.LARGE: 0.95, Size.HUGE: 0.9}
_PACE_OF_AGE = {Age.CHILD: 1.02, Age.YOUNG: 1.03, Age.ADULT: 1.0, Age.OLD: 0.93}

_NEARLY = 0.14
"""Scores this close to the best are as good as it: the seed chooses among them."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A persona as a voice hears it. ``pitch`` in Hz, ``pace`` a ratio, ``body`` a formant ratio."""

    pitch: float
    pace: float
    body: float
    roughness: float
    accent: str | None


class Matcher:
    """Finds recipes among the voices of one engine. Descriptions are embedded once, at the first choice."""

    def __init__(self, engine: str, embedder: Embedder | None = None) -> None:
        self._engine = engine
        self._voices = catalogue.voices(engine)
        self._embedder = embedder or Embedder()
        self._characters: np.ndarray | None = None

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
        parts = _mix(ranked, chance)
        rows = {voice.id: voice for voice, _ in ranked}
        effect = _effect(persona)
        pitch, formant, pace = _bend([(rows[p.voice], p.weight) for p in parts], wanted, chance)
        spoken = rows[parts[0].voice].language == _language(persona)
        recipe = VoiceRecipe(
            engine=self._engine,
            parts=parts,
            pitch=pitch,
            formant=formant,
            pace=pace,
            effect=effect,
            spoken=spoken,
            reason=_reason(persona, parts, pitch, formant, pace, effect),
        )
        characters = " mixed with ".join(rows[part.voice].character for part in parts[:2])
        return VoiceOption(recipe=recipe, description="; ".join([characters, *_bends(pitch, formant, pace, effect)]))

    def rank(self, persona: Persona, wanted: Wanted) -> list[tuple[Voice, float]]:
        """Voices the persona may have with their distance from it, nearest first.

        Where none speaks its language, all may: read with a foreign tongue is better than not at all.
        """
        meaning = self._meanings(persona)
        fluent = [voice for voice in self._voices if voice.language == _language(persona)]
        scored = [
            (voice, _distance(voice, persona, wanted) - 0.09 * meaning[voice.id])
            for voice in fluent or self._voices
            if persona.gender is Gender.NEUTRAL or voice.gender is persona.gender
        ]
        return sorted(scored, key=lambda pair: (pair[1], pair[0].id))

    def _meanings(self, persona: Persona) -> dict[str, float]:
        """How well each character fits the wish, in standard deviations: plain cosines lie too close together."""
        if self._characters is None:
            self._characters = self._embedder.encode([voice.character for voice in self._voices])
        wish = self._embedder.encode([f"{persona.voice_wish} {persona.temper}"[:500]])[0]
        cosine = self._characters @ wish
        standing = np.clip((cosine - cosine.mean()) / (cosine.std() + 1e-6), -2.0, 2.0)
        return {voice.id: float(z) for voice, z in zip(self._voices, standing, strict=True)}


def want(persona: Persona) -> Wanted:
    """What the voice of this persona should be like."""
    words = " ".join((persona.temper, persona.voice_wish, *persona.traits))
    roughness = 0.2 + 0.15 * (persona.age is Age.OLD) + 0.15 * (persona.size is Size.HUGE)
    roughness += 0.3 * bool(_ROUGH.search(words)) + 0.15 * (persona.mood is Mood.ANGER)
    accent = "british" if _BRITISH.search(persona.accent) else None
    accent = "american" if accent is None and _AMERICAN.search(persona.accent) else accent
    # A huge child or a tiny old man is between the two, not both at once.
    lift = _PITCH_OF_AGE[persona.age] * _PITCH_OF_SIZE[persona.size]
    # A woman far below 145 Hz is heard as a man, however large she is.
    lowest = 0.77 if persona.gender is Gender.FEMALE else 0.66
    return Wanted(
        pitch=_PITCH_OF_GENDER[persona.gender] * max(lowest, min(1.75, lift)),
        pace=(0.85 + 0.3 * persona.energy) * _PACE_OF_SIZE[persona.size] * _PACE_OF_AGE[persona.age],
        body=_BODY_OF_SIZE[persona.size] * (1.1 if persona.age is Age.CHILD else 1.0),
        roughness=min(1.0, roughness),
        accent=accent,
    )


def _distance(voice: Voice, persona: Persona, wanted: Wanted) -> float:
    """0 would be the very voice; 1 is far away."""
    tone_is_child = Age.CHILD in (voice.age, persona.age) and voice.age is not persona.age
    return (
        0.22 * abs(_AGES.index(voice.age) - _AGES.index(persona.age))
        + 0.2 * tone_is_child
        + 0.5 * abs(voice.energy - persona.energy)
        + 0.5 * abs(voice.warmth - persona.warmth)
        + 0.3 * abs(voice.roughness - wanted.roughness)
        + 0.7 * abs(math.log2(voice.pitch / wanted.pitch))
        + 0.35 * (wanted.accent is not None and voice.accent != wanted.accent)
        + 0.15 * (persona.gender is Gender.NEUTRAL and voice.gender is not Gender.NEUTRAL)
        + 0.5 * _GRADES.get(voice.grade, _WORST_GRADE)
    )


def _mix(ranked: Sequence[tuple[Voice, float]], chance: random.Random) -> tuple[VoicePart, ...]:
    """Two or three of the nearest. They share the gender of the first, so that the mixture has one."""
    near = [voice for voice, distance in ranked if distance <= ranked[0][1] + _NEARLY][:4]
    lead = chance.choice(near)
    rest = [voice for voice, _ in ranked if voice is not lead and voice.gender is lead.gender][:4]
    chance.shuffle(rest)
    rest.sort(key=lambda voice: voice not in near)
    if not rest:
        return (VoicePart(voice=lead.id, weight=1.0),)
    share = chance.choice((55, 60, 65, 70, 75))
    two = len(rest) == 1 or chance.random() < 0.65
    shares = [share, 100 - share] if two else [share - 5, 95 - share, 10]
    return tuple(
        VoicePart(voice=voice.id, weight=part / 100) for voice, part in zip([lead, *rest], shares, strict=False)
    )


def _bend(mixture: Sequence[tuple[Voice, float]], wanted: Wanted, chance: random.Random) -> tuple[float, float, float]:
    """Pitch, formant and pace ratios that take the mixture to what is wanted, as far as it stays a voice."""
    own_pitch = math.exp(sum(weight * math.log(voice.pitch) for voice, weight in mixture))
    own_pace = sum(weight * voice.pace for voice, weight in mixture)
    pitch = max(0.68, min(1.55, wanted.pitch / own_pitch)) * chance.uniform(0.97, 1.03)
    pace = max(0.72, min(1.35, (wanted.pace / own_pace) * chance.uniform(0.98, 1.02)))
    # A tone made for a giant or a child has the body already.
    own_body = math.exp(sum(weight * math.log(voice.tone.formant if voice.tone else 1.0) for voice, weight in mixture))
    usual = 0.88 if mixture[0][0].tone and mixture[0][0].gender is Gender.MALE else 1.0
    formant = max(0.82, min(1.25, wanted.body * usual / own_body if mixture[0][0].tone else wanted.body))
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


def _reason(
    persona: Persona, parts: Sequence[VoicePart], pitch: float, formant: float, pace: float, effect: str
) -> str:
    """ "old, large, slow -> bm_george 60 % + am_onyx 40 %, 8 % lower, slower"."""
    traits = [str(persona.age)] if persona.age is not Age.ADULT else []
    traits += [str(persona.gender)] if persona.gender is not Gender.NEUTRAL else []
    traits += [str(persona.size)] if persona.size is not Size.MEDIUM else []
    traits += ["lively"] if persona.energy > 0.65 else ["slow"] if persona.energy < 0.35 else []
    traits += ["warm"] if persona.warmth > 0.65 else ["cold"] if persona.warmth < 0.35 else []
    traits += [persona.temper]
    mixture = " + ".join(f"{part.voice} {part.weight:.0%}".replace("%", " %") for part in parts)
    return ", ".join(traits) + " -> " + ", ".join([mixture, *_bends(pitch, formant, pace, effect)])


def _bends(pitch: float, formant: float, pace: float, effect: str) -> list[str]:
    bends = []
    if abs(pitch - 1) >= 0.03:
        bends.append(f"{abs(pitch - 1):.0%} {'higher' if pitch > 1 else 'lower'}".replace("%", " %"))
    bends += ["a smaller body"] if formant > 1.03 else ["a larger body"] if formant < 0.97 else []
    bends += ["quicker"] if pace > 1.04 else ["slower"] if pace < 0.96 else []
    return [*bends, f"effect {effect}"] if effect != "none" else bends


def _language(persona: Persona) -> str:
    return persona.language.split("-")[0].lower()
