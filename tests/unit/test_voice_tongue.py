from __future__ import annotations

import pytest

from bot.localisation.foreign import translated
from bot.localisation.texts import LANGUAGES, texts
from pipeline.types import VoicePart, VoiceRecipe
from pipeline.voice.tongue import language_of, unspoken

GERMAN = "Ich bin heute nicht gut gelaunt, und das ist auch deine Schuld."
ENGLISH = "I am not in a good mood today, and that is your fault."


def recipe(engine: str = "kokoro", **changes: object) -> VoiceRecipe:
    return VoiceRecipe.model_validate({"engine": engine, "parts": (VoicePart(voice="x", weight=1.0),), **changes})


@pytest.mark.parametrize(
    ("text", "language"),
    [(GERMAN, "de"), (ENGLISH, "en"), ("No, never!", "xx"), ("Oh la la.", "xx"), ("りんご", "ja"), ("", "xx")],
)
def test_a_few_words_do_not_tell(text: str, language: str) -> None:
    assert language_of(text, "xx") == language


def test_the_first_answer_that_is_mispronounced_is_told() -> None:
    notice = unspoken("Russet", GERMAN, recipe(), [ENGLISH])
    assert notice == "The voice of Russet does not speak the language of this answer (de)."
    assert all((translated(notice, texts(one)) == notice) is (one == "en") for one in LANGUAGES)
    assert unspoken("Russet", GERMAN, recipe(), [ENGLISH, "Das ist nicht mein Problem, und ich bin müde."]) is None


@pytest.mark.parametrize("voice", [recipe("elevenlabs"), recipe("openai"), recipe(language="de"), recipe(spoken=False)])
def test_it_is_not_told_where_it_is_spoken_or_was_told(voice: VoiceRecipe) -> None:
    assert unspoken("Russet", GERMAN, voice, []) is None
    assert unspoken("Russet", "Ja!", voice, []) is None
