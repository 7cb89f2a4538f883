from __future__ import annotations

import pytest
from hibari.g2p import G2P

from pipeline.voice import letters
from pipeline.voice.pronunciation import english, symbols


@pytest.fixture(scope="module")
def pronounce() -> G2P:
    return english()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("かに", "kɑni"),
        ("ラーメン、まって", "ɹɑːmɛn mɑtɛ"),
        ("мой друг, день", "mOi dɹuɡ, dɛn"),
        ("안녕", "ɑnnjɛOŋ"),
        ("σου", "sOu"),
        ("दुनिया", "dɑunɑijɑɑɑ"),
        ("你好", "tɑtɑ"),
    ],
)
def test_names_of_letters_say_how_they_sound(pronounce: G2P, words: str, said: str) -> None:
    assert letters.expected(pronounce, words) == said


def test_latin_letters_are_read_as_ever(pronounce: G2P) -> None:
    assert letters.expected(pronounce, "Hello, **you** there.") == symbols(pronounce, "Hello, **you** there.")
    assert letters.expected(pronounce, "привет friend") == f"pɹivɛt {symbols(pronounce, 'friend')}"


@pytest.mark.parametrize("words", ["!", "…", "ーっ", "\u0301", "ˈ", "𝄞"])
def test_something_always_moves(pronounce: G2P, words: str) -> None:
    assert letters.expected(pronounce, words)
