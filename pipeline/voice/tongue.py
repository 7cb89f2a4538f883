"""Which language an answer is in, and whether a voice of this machine speaks it."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

from pipeline.mind import languages
from pipeline.types import VoiceRecipe
from pipeline.voice.text import ANY, cleared_for

_TELLING = 6
"""Words of Latin letters from which on their language shows: "no" alone is a word of many."""


def language_of(text: str, usual: str) -> str:
    """The language of a text: a character may well answer in another one than its own. ``usual``: what it is where its
    words do not tell."""
    told = languages.detect(text)
    latin = all(unicodedata.name(c, "LATIN").startswith("LATIN") for c in text if c.isalpha())
    return usual if told is None or (latin and len(text.split()) < _TELLING) else told


def unspoken(name: str, text: str, recipe: VoiceRecipe, before: Iterable[str]) -> str | None:
    """What the person should know the first time that a character answers in a language that its voice does not speak.

    ``before``: what it said earlier in the conversation. A voice that never spoke the character's own language was told
    of when it was found.
    """
    if cleared_for(recipe) == ANY or not recipe.spoken:
        return None
    told = language_of(text, recipe.language)
    if told == recipe.language or any(language_of(line, recipe.language) == told for line in before):
        return None
    return f"The voice of {name} does not speak the language of this answer ({told})."
