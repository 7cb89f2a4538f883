"""A wish in words. A whole one, such as "a deep old woman", says what the matcher filters and ranks by; whatever else
it says is matched by its meaning (`pipeline.voice.match`). A relative one, such as "deeper" or "less robotic", moves a
voice that is there (`pipeline.voice.moves`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TypeVar

from pipeline.types import Age, Gender, Persona, Size
from pipeline.voice import catalogue
from pipeline.voice.wish_words import in_english

T = TypeVar("T")

_GENDERS: Mapping[Gender, str] = {
    Gender.NEUTRAL: r"neither|robot(ic)?|computer|machine|ghost|spirit|neutral|androgynous|genderless",
    Gender.FEMALE: r"wom[ae]n|girl|lady|female|feminine|witch|(grand)?mother(ly)?|grandma|queen|princess|she",
    Gender.MALE: r"man|men|boy(ish)?|gentleman|male|masculine|butler|(grand)?father(ly)?|grandpa|king|prince|he",
}
_AGES: Mapping[Age, str] = {
    Age.CHILD: r"child(ish)?|kid|little (girl|boy)|toddler",
    Age.YOUNG: r"young(er)?|youthful|teen(age)?r?|girl|boy(ish)?",
    Age.ADULT: r"adult|grown|mature|middle-aged|(?<!grand)(father|mother)ly",
    Age.OLD: r"old(er)?|elderly|aged|ancient|grand(mother(ly)?|father(ly)?|ma|pa)",
}
_SIZES: Mapping[Size, str] = {
    Size.TINY: r"tiny|squeaky|chipmunk|mouse|fairy|shrill",
    Size.SMALL: r"high(er)?|light(er)?|thin",
    Size.HUGE: r"huge|giant|enormous|thunderous|booming|monstrous",
    Size.LARGE: r"deep(er)?|low(er)?|dark(er)?|rumbling|bass",
}
_ENERGIES = {
    0.2: r"slow(er)?|calm(er)?|sleepy|quiet|hushed|soft|relaxed|weary",
    0.85: r"fast(er)?|quick(er)?|lively|excited|energetic|loud",
}
_WARMTHS = {
    0.85: r"warm(er)?|kind(er)?|gentle|friendly|sweet|cosy|tender",
    0.15: r"cold(er)?|stern|harsh|grim|distant|eerie|menacing",
}
_ACCENTS = {
    "british": r"british|english|london|posh",
    "american": r"american|texan",
    **{accent: accent for accent in ("spanish", "french", "indian", "italian", "japanese", "portuguese", "chinese")},
}


def wished(persona: Persona, wish: str | None) -> Persona:
    """The persona as a voice shall hear it; the same where nothing is wished."""
    if not wish:
        return persona
    wish = in_english(wish)
    wanted = {
        "gender": _named(wish, _GENDERS),
        "age": _named(wish, _AGES),
        "size": _named(wish, _SIZES),
        "energy": _named(wish, _ENERGIES),
        "warmth": _named(wish, _WARMTHS),
        "accent": _named(wish, _ACCENTS),
    }
    changes: dict[str, object] = {name: value for name, value in wanted.items() if value is not None}
    if called := effect_word(wish):  # a person's wish goes before what the thing itself calls for
        changes |= {"thing": called, "traits": ()}
    return persona.model_copy(update={**changes, "voice_wish": wish})


def effect_word(wish: str) -> str | None:
    """The word of a wish that calls for an effect."""
    words = re.findall(r"[a-z-]+", wish.lower())
    return next((word for effect in catalogue.effects() for word in words if word in effect.words), None)


def suggestions() -> Sequence[str]:
    """Wishes that some voice here fulfils, in no particular order."""
    return catalogue.characters()


def _named(wish: str, words: Mapping[T, str]) -> T | None:
    """The first that the wish names."""
    return next((one for one, word in words.items() if re.search(rf"\b({word})\b", wish, re.IGNORECASE)), None)
