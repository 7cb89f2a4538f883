from __future__ import annotations

import pytest
from hibari.g2p import G2P
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.voice import hibari, kokoro, text
from pipeline.voice.text import FIRST_PIECE, LONGEST_PIECE, respelled, sentences, speakable


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("*grumbles softly* Hello!!! 😡", "Hello!"),
        ("That is *not* yours.", "That is not yours."),
        ("See https://example.org/a?b=1&c=2 now", "See link now"),
        ("[a pie](https://x.y) & [laughs] jam", "a pie and jam"),
        ("[x](/həlO/)", "x"),
        ("I WANT PIE NOW", "I want pie now"),
        ("NASA is in the USA.", "NASA is in the USA."),
        ("Nooooo! Freeee us, grrrr.", "No! Free us, grr."),
        ("<b>Hi</b> <@1234> :smile: there", "Hi there"),
        ("50% of $3.50 at 3:30pm", "50% of $3.50 at 3:30pm"),
        ("{}", ""),
        ("你好世界", ""),
        ("🍎🍏", ""),
        ("?!… -- ...", ""),
        ("*sighs*", ""),
        ("(sighs) Oh well. (Laughs quietly)", "Oh well."),
        ("（ため息） So it goes (as I said).", "So it goes (as I said)."),
        ("", ""),
        ("Café — naïve", "Cafe — naive"),
    ],
)
def test_what_is_said(written: str, said: str) -> None:
    assert speakable(written).lower() == said.lower()


@given(st.text(max_size=300))
@settings(max_examples=200, deadline=None)
def test_speakable_is_stable_and_one_line(written: str) -> None:
    said = speakable(written)
    assert speakable(said) == said
    assert "\n" not in said
    assert not said or any(c.isalnum() for c in said)


@given(st.text(alphabet="abc ABC.,;!?*é1%&", max_size=800))
@settings(max_examples=100, deadline=None)
def test_pieces_hold_every_word(written: str) -> None:
    said = speakable(written)
    pieces = sentences(written)
    assert all(len(piece) <= LONGEST_PIECE for piece in pieces)
    words = [c for c in said if c.isalnum()]
    assert [c for piece in pieces for c in piece if c.isalnum()] == words


def test_abbreviations_do_not_end_a_sentence() -> None:
    assert sentences("Mr. Oak met Dr. J. Root, i.e. me. Then he left for the hills over the river.") == [
        "Mr. Oak met Dr. J. Root, i.e. me.",
        "Then he left for the hills over the river.",
    ]


def test_short_sentences_are_spoken_together() -> None:
    assert sentences("Oh, good! Call me Ada! Coffee people live two doors down on the left hand. Poor things.") == [
        "Oh, good! Call me Ada!",
        "Coffee people live two doors down on the left hand. Poor things.",
    ]


def test_the_first_piece_is_short_so_that_sound_starts_soon() -> None:
    long = "I have been standing here for a thousand years, and I have all the time in the whole wide world."
    first, second = sentences(long)
    assert len(first) <= FIRST_PIECE
    assert second.startswith("and I have")


@pytest.mark.parametrize("british", [False, True])
def test_interjections_are_sounds_not_letters(british: bool) -> None:
    pronounce = G2P(british=british)
    assert pronounce(respelled(speakable("Hmph."))) == "hˈʌmf."
    assert pronounce(respelled(speakable("Grrrr!"))) == "ɡɹˈɜɹ!"
    spelled_out = ("ˌA", "ˌɛs", "bˌi", "zˌi", "zˌɛd", "ˈAʧ", "tˈi")  # how the names of letters begin or end
    for word in ("Hmph", "Bzzt", "Brrr", "Psst", "Shh", "Tsk", "Pfft", "Zzz"):
        symbols = pronounce(respelled(speakable(f"{word}.")))
        assert not any(name in symbols for name in spelled_out), (word, symbols)
        assert len(symbols) < 8


def test_respelling_leaves_other_words_alone() -> None:
    assert respelled("The moon, the tides and Ada.") == "The moon, the tides and Ada."
    assert respelled("Agatha!") == "[Agatha](/ˈæɡəθə/)!"


def test_respellings_are_symbols_of_both_models() -> None:
    for word in text._respellings():
        assert word in {speakable(word), speakable(word.capitalize()).lower()}, f"{word} never comes here"
        for symbols in (kokoro._vocabulary(), hibari._vocabulary()):
            assert set(text._respellings()[word]) <= symbols.keys()
