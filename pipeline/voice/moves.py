"""Relative wishes: "deeper", "a bit slower and more cheerful", "less robotic", "British" move the voice that is there.

Pitch, formants and pace move by ratios. What only another voice has (age, warmth, an accent ...) comes from the nearest
voice that has more of it: it takes a share of the mixture.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from pipeline.types import Gender, VoicePart, VoiceRecipe
from pipeline.voice import catalogue, mixing
from pipeline.voice.attributes import AGES, described
from pipeline.voice.catalogue import Voice
from pipeline.voice.wish_words import in_english

NO_FURTHER = "The voice stays as it is: none here goes further that way."
_ACCENTS = "british|american|spanish|french|indian|italian|japanese|portuguese|chinese"


@dataclass(frozen=True, slots=True)
class _Scale:
    """What can be more or less. ``words``: stems of more and of less; ``pitch``, ``formant``, ``pace``: ratios of one
    step of more; ``of``: how much of it a voice has, 0..1, where another voice brings it."""

    more: str
    less: str
    pitch: float = 1.0
    formant: float = 1.0
    pace: float = 1.0
    of: Callable[[Voice], float] | None = None


def _womanly(voice: Voice) -> float:
    return {Gender.FEMALE: 1.0, Gender.NEUTRAL: 0.5, Gender.MALE: 0.0}[voice.gender]


_SCALES = (
    _Scale("high|squeak|shrill", "deep|low|dark", pitch=1.13, formant=1.03),
    _Scale("big|large|huge", "small|tini|tiny|littl", pitch=0.94, formant=0.92),
    _Scale("fast|quick|rapid|brisk|hast", "slow", pace=1.14),
    _Scale("old|ancient|elder", "young|youthful", pitch=0.95, formant=0.98, pace=0.94,
           of=lambda voice: AGES.index(voice.age) / 3),
    _Scale("cheer|cheerful|happ|happy|joll|jolly|merr|merry", "sad|gloom|gloomy|grim", pitch=1.05, pace=1.05,
           of=lambda voice: (voice.energy + voice.warmth) / 2),
    _Scale("energetic|livel|lively|excit|excited|loud|bright", "calm|relax|relaxed|quiet|sleep|sleepy|soft|bored",
           pace=1.05, of=lambda voice: voice.energy),
    _Scale("warm|kind|friendl|friendly|sweet|gentl|gentle|nic|nice", "cold|harsh|stern",
           of=lambda voice: voice.warmth),
    _Scale("rough|rasp|raspy|gravell|gravelly|hoars|hoarse|gruff", "smooth|clear|clean",
           of=lambda voice: voice.roughness),
    _Scale("angr|angry|fierc|fierce|wild|evil|mean|scar|scary", "peaceful|harmless", pace=1.03,
           of=lambda voice: (1 + voice.energy + voice.roughness - voice.warmth) / 3),
    _Scale("feminine|female|girl|girly|womanl|womanly", "masculine|male|man|manl|manly|boyish",
           pitch=1.14, formant=1.05, of=_womanly),
)  # fmt: skip
_EFFECTS = {
    "robot": "robotic|mechanical|metallic|electronic|robot", "whisper": "whispery|whispering|hushed",
    "ghost": "ghostly|spooky|spectral", "rasp": "growly|growling", "giant": "gigantic|thunderous|booming",
    "tiny": "squeaky", "radio": "tinny", "underwater": "underwater|wet", "choir": "choral|heavenly",
}  # fmt: skip
_FILLER = re.compile(
    r"\b(an?|the|it|him|her|h?is|its|voice|sound(ing)?|make|me|please|and|but|then|with|bit|little|much|lot|far|way|just"
    r"|slightly|somewhat|again|even|still|accent|try|speak|talk|in|of|them|to|be)\b"
)
_DEGREES = ((r"\b(a (little )?bit|a little|slightly|somewhat|a touch)\b", 0.5), (r"\b(much|far|a lot|way|very)\b", 1.8))
_LESS = r"(?:less|not so|not as|not that|too|without(?: the)?|no)"


def moved(recipe: VoiceRecipe, wish: str) -> VoiceRecipe | None:
    """The recipe moved as the wish says, the same but for its reason where nothing here goes further that way; None
    where the wish is not a relative one."""
    words = rest = " ".join(re.findall(r"[a-z'-]+", in_english(wish).lower()))
    step = next((factor for degree, factor in _DEGREES if re.search(degree, rest)), 1.0)
    one = recipe
    for scale in _SCALES:
        for stems, sign in ((scale.more, 1), (scale.less, -1)):
            more = rf"\b(?:more (?:{stems})(?:y|ful)?|(?:{stems})(?:er|ier|r|lier))\b"
            less = rf"\b{_LESS} (?:{stems})(?:y|ful)?\b"
            for pattern, way in ((less, -sign), (more, sign)):
                rest, found = re.subn(pattern, " ", rest)
                one = _along(one, scale, way * step) if found else one
    for effect, stems in _EFFECTS.items():
        rest, fewer = re.subn(rf"\b{_LESS} (?:{stems})\b", " ", rest)
        rest, found = re.subn(rf"\bmore (?:{stems})\b", " ", rest)
        one = _with(one, effect, wanted=bool(found)) if found or fewer else one
    rest, plain = re.subn(r"\b(?:no|without(?: an| the| any)?) effects?\b", " ", rest)
    one = one.model_copy(update={"effect": "none"}) if plain else one
    accent = re.search(rf"\b(?:more )?({_ACCENTS})\b", rest)
    if accent:
        rest = rest.replace(accent[0], " ")
        one = _blended(one, lambda voice: float(voice.accent == accent[1]), 1.0, share=0.7)
    if rest.split() == words.split() or _FILLER.sub(" ", rest).split():
        return None
    return one.model_copy(update={"reason": f"{' '.join(wish.split())[:60]} -> {described(one)}"})


def _along(recipe: VoiceRecipe, scale: _Scale, steps: float) -> VoiceRecipe:
    bent = recipe.model_copy(update={
        "pitch": _within(recipe.pitch * scale.pitch**steps, 0.4, 2.2),
        "formant": _within(recipe.formant * scale.formant**steps, 0.6, 1.5),
        "pace": _within(recipe.pace * scale.pace**steps, 0.5, 1.6),
    })  # fmt: skip
    return _blended(bent, scale.of, math.copysign(1, steps), share=min(0.75, 0.55 * abs(steps))) if scale.of else bent


def _within(value: float, low: float, high: float) -> float:
    return round(max(low, min(high, value)), 3)


def _with(recipe: VoiceRecipe, effect: str, *, wanted: bool) -> VoiceRecipe:
    """The effect set, or taken away; a voice that is made so (a machine, a spirit) gives way to one that is not."""
    if wanted:
        return recipe.model_copy(update={"effect": effect})
    one = recipe.model_copy(update={"effect": "none" if recipe.effect == effect else recipe.effect})
    strange = {"robot": lambda voice: float(not (voice.tone and voice.tone.flat)),
               "whisper": lambda voice: float(not (voice.tone and voice.tone.whisper))}.get(effect)  # fmt: skip
    return _blended(one, strange, 1.0, share=1.0) if strange else one


def _blended(recipe: VoiceRecipe, of: Callable[[Voice], float], sign: float, *, share: float) -> VoiceRecipe:
    """With a share of the nearest voice that has more (``sign`` 1) or less (-1) of something than the mixture; the same
    where the mixture has as much as any. The pitch stays where it was. Where nothing is mixed, that voice alone."""
    share = share if recipe.engine in mixing.ENGINES else 1.0
    rows = {voice.id: voice for voice in catalogue.voices(recipe.engine)}
    mixture = [(rows[part.voice], part.weight) for part in recipe.parts if part.voice in rows]
    if not mixture:
        return recipe
    has = sum(weight * of(voice) for voice, weight in mixture) / sum(weight for _, weight in mixture)
    lead = max(mixture, key=lambda pair: pair[1])[0]
    known = {voice.id for voice, _ in mixture} if share < 1 else {lead.id}
    better = [
        voice
        for voice in rows.values()
        if sign * (of(voice) - has) > 0.08 and voice.id not in known and (of is _womanly or voice.gender is lead.gender)
    ]
    if not better:
        return recipe
    chosen = min(better, key=lambda voice: (_apart(lead, voice) - 0.8 * sign * of(voice), voice.id))
    return _mixed(recipe, mixture, chosen, share)


def _apart(one: Voice, other: Voice) -> float:
    """How different two voices are, accents and genders first."""
    return (
        1.0 * (one.accent != other.accent)
        + 0.8 * (one.gender is not other.gender)
        + 0.8 * (bool(one.tone and one.tone.whisper) != bool(other.tone and other.tone.whisper))
        + 0.5 * abs(AGES.index(one.age) - AGES.index(other.age))
        + abs(one.energy - other.energy)
        + abs(one.warmth - other.warmth)
        + abs(one.roughness - other.roughness)
        + 0.5 * abs(math.log2(one.pitch / other.pitch))
    )


def _mixed(recipe: VoiceRecipe, mixture: Sequence[tuple[Voice, float]], chosen: Voice, share: float) -> VoiceRecipe:
    kept = sorted(((voice, weight) for voice, weight in mixture if voice.id != chosen.id), key=lambda pair: -pair[1])[
        :2
    ]
    total = sum(weight for _, weight in kept) or 1.0
    parts = [(chosen, share if kept else 1.0), *((voice, (1 - share) * weight / total) for voice, weight in kept)]
    parts = sorted((pair for pair in parts if pair[1] > 0.005), key=lambda pair: -pair[1])
    before = sum(weight * math.log(voice.pitch) for voice, weight in mixture) / sum(weight for _, weight in mixture)
    after = sum(weight * math.log(voice.pitch) for voice, weight in parts)
    stays = chosen.gender is max(mixture, key=lambda pair: pair[1])[0].gender
    pitch = recipe.pitch * math.exp(before - after) if stays else recipe.pitch
    return recipe.model_copy(update={
        "parts": tuple(VoicePart(voice=voice.id, weight=round(weight, 3)) for voice, weight in parts),
        "pitch": _within(pitch, 0.4, 2.2),
    })  # fmt: skip
