"""What people hear of a recipe: the attributes of its voices, mixed and bent as it says, in words, and how like another
it is."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from pipeline.types import Age, Gender, Value, VoiceOption, VoiceRecipe
from pipeline.voice import catalogue
from pipeline.voice.catalogue import Voice

AGES = tuple(Age)
_MOSTLY = 0.65
"""Share of one gender from which on a mixture has it."""
_DEEPEST_WOMAN, _HIGHEST_MAN = 125.0, 205.0
"""Hz: beyond, a grown voice is not heard as what it was made from."""
_CHILD_PITCH, _CHILD_BODY = 215.0, 1.085
"""Hz and formant ratio from which on a young voice is a child's."""


class Attributes(Value):
    """A voice as a listener would describe it."""

    gender: Gender
    age: Age
    accent: str
    pitch: float
    """Median fundamental, Hz."""
    pace: float
    energy: float
    warmth: float
    roughness: float


def heard(recipe: VoiceRecipe) -> Attributes | None:
    """What people hear; None of voices that the catalogue does not know."""
    rows = {voice.id: voice for voice in catalogue.voices(recipe.engine)}
    mixture = [(rows[part.voice], part.weight) for part in recipe.parts if part.voice in rows]
    if not mixture:
        return None
    lead = max(mixture, key=lambda pair: pair[1])[0]
    pitch, age = pitch_of(mixture) * recipe.pitch, _age(mixture, recipe)
    return Attributes(
        gender=_gender(mixture, pitch, age),
        age=age,
        accent=lead.accent,
        pitch=round(pitch, 1),
        pace=round(_mean(mixture, "pace") * recipe.pace, 2),
        energy=round(_mean(mixture, "energy"), 2),
        warmth=round(_mean(mixture, "warmth"), 2),
        roughness=round(_mean(mixture, "roughness"), 2),
    )


def described(recipe: VoiceRecipe, rows: Mapping[str, Voice] | None = None) -> str:
    """What: "bm_george 60 % + am_onyx 40 %, 8 % lower, slower". ``rows``: of voices that are in no catalogue."""
    voices = rows.values() if rows else catalogue.voices(recipe.engine)
    names = {voice.id: voice.name or voice.id for voice in voices}
    mixture = " + ".join(f"{names.get(part.voice, part.voice)} {100 * part.weight:.0f} %" for part in recipe.parts)
    return ", ".join([mixture, *bends(recipe)])


def bends(recipe: VoiceRecipe) -> list[str]:
    """How a recipe bends its voices, in words: "8 % lower", "slower"."""
    pitch, formant, pace = recipe.pitch, recipe.formant, recipe.pace
    found = []
    if abs(pitch - 1) >= 0.03:
        found.append(f"{100 * abs(pitch - 1):.0f} % {'higher' if pitch > 1 else 'lower'}")
    found += ["a smaller body"] if formant > 1.03 else ["a larger body"] if formant < 0.97 else []
    found += ["quicker"] if pace > 1.04 else ["slower"] if pace < 0.96 else []
    return [*found, f"effect {recipe.effect}"] if recipe.effect != "none" else found


def spread(options: Sequence[VoiceOption], taken: Sequence[VoiceRecipe]) -> list[VoiceOption]:
    """The options with those pushed down that sound like a voice that is taken: a clear likeness costs a few places."""
    cost = [
        rank + 4.0 * max((likeness(option.recipe, other) for other in taken), default=0.0)
        for rank, option in enumerate(options)
    ]
    return [options[i] for i in sorted(range(len(options)), key=lambda i: (cost[i], i))]


def likeness(one: VoiceRecipe, other: VoiceRecipe) -> float:
    """0: nothing in common; 1: the same voices in the same shares, as high and as large."""
    if one.engine != other.engine:
        return 0.0
    shares = {part.voice: part.weight for part in other.parts}
    common = sum(min(part.weight, shares.get(part.voice, 0.0)) for part in one.parts)
    apart = abs(math.log2(one.pitch / other.pitch)) + abs(math.log2(one.formant / other.formant))
    return common * max(0.0, 1 - 2 * apart) * (1.0 if one.effect == other.effect else 0.6)


def pitch_of(mixture: Sequence[tuple[Voice, float]]) -> float:
    """Of a mixture, in Hz: pitches mix by ratio."""
    total = sum(weight for _, weight in mixture)
    return math.exp(sum(weight * math.log(voice.pitch) for voice, weight in mixture) / total)


def body_of(mixture: Sequence[tuple[Voice, float]]) -> float:
    """The formant ratio that the voices of a mixture bring: tones may have one, others are as they were made."""
    total = sum(weight for _, weight in mixture)
    return math.exp(
        sum(weight * math.log(voice.tone.formant if voice.tone else 1) for voice, weight in mixture) / total
    )


def _mean(mixture: Sequence[tuple[Voice, float]], name: str) -> float:
    total = sum(weight for _, weight in mixture)
    return float(sum(weight * getattr(voice, name) for voice, weight in mixture) / total)


def _gender(mixture: Sequence[tuple[Voice, float]], pitch: float, age: Age) -> Gender:
    total = sum(weight for _, weight in mixture)
    share = {gender: sum(weight for voice, weight in mixture if voice.gender is gender) / total for gender in Gender}
    if share[Gender.FEMALE] >= _MOSTLY and pitch >= _DEEPEST_WOMAN:
        return Gender.FEMALE
    if share[Gender.MALE] >= _MOSTLY and (pitch <= _HIGHEST_MAN or age is Age.CHILD):
        return Gender.MALE
    return Gender.NEUTRAL


def age_of(mixture: Sequence[tuple[Voice, float]]) -> Age:
    """The age band in the middle of a mixture; a child among grown-ups does not make a child."""
    total = sum(weight for _, weight in mixture)
    mean = sum(weight * AGES.index(voice.age) for voice, weight in mixture) / total
    return AGES[max(0 if mean < 0.5 else 1, min(3, math.floor(mean + 0.5)))]


def _age(mixture: Sequence[tuple[Voice, float]], recipe: VoiceRecipe) -> Age:
    own = age_of(mixture)
    raised = pitch_of(mixture) * recipe.pitch >= _CHILD_PITCH and body_of(mixture) * recipe.formant >= _CHILD_BODY
    return Age.CHILD if raised and own is Age.YOUNG and recipe.effect != "tiny" else own
