"""Kokoro in its seven other languages, with the extra ``[languages]``: `make test-languages`."""

from __future__ import annotations

import json
from difflib import SequenceMatcher
from importlib.resources import files
from pathlib import Path

import pytest

from pipeline.stages import EngineConfig
from pipeline.types import Gender, Mood
from pipeline.voice import foreign
from pipeline.voice.kokoro import KokoroSpeaker
from tests.unit.test_voice_match import persona

# Warnings of misaki and its kin are theirs to mend.
pytestmark = [
    pytest.mark.languages,
    pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::SyntaxWarning", "ignore::ResourceWarning"),
]

SAID = {
    "es": ("Hola, tengo 3 manzanas rojas.", "ola tˈɛŋɡo tɾˈes manθˈanas rˈoxas"),
    "fr": ("Bonjour, j'ai 3 pommes rouges.", "bɔ̃ʒˈuʁ ʒe tʁwˈa pˈɔm ʁˈuʒ"),
    "hi": ("नमस्ते, मेरे पास 3 सेब हैं।", "nəmˈʌsteː mˌeːreː pˈaːs tˈiːn sˈeːb hɛ̃"),
    "it": ("Ciao, ho 3 mele rosse.", "ʧˈao ɔ trˈe mˈele rˈosse"),
    "ja": ("こんにちは、りんごが三つあります。", "koɲɲiʨiβa ɾiŋɡoɡa mittsɨaɾimasɨ"),
    "pt": ("Olá, tenho 3 maçãs vermelhas.", "olˈa tˈeɲʊ tɾˈes masˈɐ̃s veɾmˈeʎæs"),
    "zh": ("你好，我有三个苹果。", "ni↓xau↓ wo↓jou↓ sa→nkɤ↘ pʰi↗ŋkwo↓"),
}


def test_every_language_of_the_extra_is_here() -> None:
    assert foreign.installed() == foreign.possible() == set(SAID)


@pytest.mark.parametrize("language", SAID)
def test_words_become_symbols_that_kokoro_knows(language: str) -> None:
    words, said = SAID[language]
    found = foreign.symbols(language, words)
    known = json.loads((files("pipeline.voice") / "kokoro_symbols.json").read_text(encoding="utf-8"))
    assert set(found) <= set(known), set(found) - set(known)
    # As phoneticians would write it, give or take what differs from one version of espeak-ng to the next.
    assert SequenceMatcher(None, found, said, autojunk=False).ratio() > 0.7, found


@pytest.mark.parametrize("language", SAID)
def test_sentences_are_spoken_in_the_language(language: str, assets_home: Path) -> None:
    speaker = KokoroSpeaker(EngineConfig(assets=assets_home))
    recipe = speaker.choose(persona(language=language, gender=Gender.FEMALE), 1)
    speech = speaker.speak(SAID[language][0], recipe, Mood.CALM)
    assert recipe.spoken
    assert recipe.language == language
    assert 0.8 < speech.seconds < 6.0
    assert len(speech.phonemes) > 8
    # Read as English, other sounds would come out.
    english = speaker.speak(SAID[language][0], recipe.model_copy(update={"language": "en"}), Mood.CALM)
    assert [p.symbol for p in english.phonemes] != [p.symbol for p in speech.phonemes]
