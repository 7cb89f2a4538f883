"""Voices wished for in words."""

from __future__ import annotations

import pytest

from pipeline.types import Age, Gender, Size
from pipeline.voice import catalogue
from pipeline.voice.match import Matcher
from pipeline.voice.wish_words import in_english
from pipeline.voice.wishes import suggestions, wished
from tests.integration.platform_world import a_persona


@pytest.mark.parametrize(
    ("wish", "expected"),
    [
        ("a deep, slow old man", {"gender": Gender.MALE, "age": Age.OLD, "size": Size.LARGE, "energy": 0.2}),
        ("a bright young woman, kind", {"gender": Gender.FEMALE, "age": Age.YOUNG, "warmth": 0.85}),
        ("neither man nor woman", {"gender": Gender.NEUTRAL}),
        ("a little girl", {"gender": Gender.FEMALE, "age": Age.CHILD}),
        ("like gravel", {}),
        ("eine tiefe, alte Frau", {"gender": Gender.FEMALE, "age": Age.OLD, "size": Size.LARGE}),
    ],
)
def test_a_wish_says_what_is_looked_for(wish: str, expected: dict[str, object]) -> None:
    persona = a_persona(accent="american")
    found = wished(persona, wish)
    assert found == persona.model_copy(update={**expected, "voice_wish": in_english(wish)})


def test_without_a_wish_nothing_changes() -> None:
    assert wished(a_persona(), None) == a_persona()


def test_a_suggestion_brings_such_a_voice() -> None:
    """Of the voices that people are offered, one of the same gender leads the mixture."""
    voices = {voice.character: voice for voice in catalogue.voices("hibari")}
    assert set(voices) <= set(suggestions())
    matcher = Matcher("hibari")
    genders = {voice.id: voice.gender for voice in voices.values()}
    for wish, voice in voices.items():
        lead = matcher.recipe(wished(a_persona(), wish), 1).parts[0].voice
        assert voice.gender is Gender.NEUTRAL or genders[lead] in (voice.gender, Gender.NEUTRAL), wish
