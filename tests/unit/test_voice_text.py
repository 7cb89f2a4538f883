from __future__ import annotations

import re
from functools import cache

import pytest
from hibari.g2p import G2P
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.types import VoicePart, VoiceRecipe
from pipeline.voice import hibari, kokoro
from pipeline.voice.pronunciation import respelled, respellings, symbols
from pipeline.voice.text import FIRST_PIECE, LONGEST_PIECE, finished, marked, sentences, speakable, unread


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
        ("*sighs* oh well, *looks away* fine", "oh well, fine"),
        ("haha, hehehe! lol", "ha ha, heh heh heh! ha ha"),
        (":-) <3 that's funny xD ;-)", "that's funny"),
        ("20 € at -5°, #1 and 2+2 = 4", "€20 at minus 5°, number 1 and 2+2 equals 4"),
        ("Richard III, C# and 1½™", "Richard III, C sharp and 1 and 1/2"),
    ],
)
def test_what_is_said(written: str, said: str) -> None:
    assert speakable(written).lower() == said.lower()


@pytest.mark.parametrize(
    ("written", "stressed"),
    [
        ("That is *not* yours.", ["not"]),
        ("*Never* do that, you **silly** thing!", ["Never", "silly"]),
        ("You must *never ever* do that.", ["never", "ever"]),
        ("_Really_ now, that's *mine*!", ["Really", "mine"]),
        ("I love *dogs*, I said NO. It is HUGE!", ["dogs", "no", "huge"]),
        ("*Laughs* I work for NASA in the USA.", []),
        ("I WANT PIE NOW", []),
        ("**This whole sentence is in bold letters.**", []),
        ("Well *sighs deeply*, fine.", []),
    ],
)
def test_what_is_stressed(written: str, stressed: list[str]) -> None:
    said = marked(written)
    assert re.findall(r"\*\*(.*?)\*\*", said) == stressed
    assert marked(said) == said
    assert " ".join(sentences(written)) == said
    assert speakable(written) == said.replace("**", "")


@pytest.mark.parametrize(
    ("written", "like"),
    [
        ("on 24/12/2026", "on December twenty fourth, twenty twenty six"),
        ("$3.50 and 20 €", "three dollars and fifty cents and twenty euros"),
        ("1,000,000 or 1.000.000 or 1 000", "one million or one million or one thousand"),
        ("the 3rd at 10:30, 50% of 5km", "the third at ten thirty, fifty percent of five kilometers"),
        ("Dr. Oak, e.g., and St. Peter, i.e. us", "doctor Oak, for example, and saint Peter, that is, us"),
        ("I said no. Then we go", "I said no. Then we go"),
        ("No. 5 is 10/10, the fig. is 4.5/5", "number five is ten out of ten, the fig is four point five out of five"),
        ("20%-30% of 100m, 24/7", "twenty percent to thirty percent of one hundred meters, twenty-four seven"),
        ("agent 007 is 2x 5'10\"", "agent zero zero seven is two times five foot ten"),
        ("mail bo@oak.org", "mail bo at oak dot org"),
    ],
)
def test_numbers_are_read_as_people_read_them(written: str, like: str) -> None:
    assert sounds(written) == sounds(like)


def sounds(written: str) -> str:
    """Its symbols, without stress and pauses."""
    found = symbols(_g2p(), marked(written))
    return re.sub(r"[ˈˌ ,.ɾT]", "", found.replace("T", "t"))


@cache
def _g2p() -> G2P:
    return G2P()


def test_stress_goes_through_the_pronunciation() -> None:
    said = symbols(_g2p(), marked("That *is* my apple. It is *my* apple."))
    assert said == "ðˈæt ‹ˈɪz› mI ˈæpᵊl. ˌɪt ɪz ‹mˈI› ˈæpᵊl."


@pytest.mark.parametrize(
    ("written", "lost"),
    [
        ("你好，世界！", True),
        ("Привет, Ada", True),
        ("Hello 世界, my friend", False),
        ("", False),
        ("Grüß Gott!", False),
    ],
)
def test_what_no_voice_here_can_read(written: str, lost: bool) -> None:
    assert (unread(written, voice("kokoro")) is not None) is lost
    assert unread(written, voice("elevenlabs")) is None


def test_a_voice_reads_the_script_of_its_language() -> None:
    assert unread("你好，世界！", voice("kokoro", "zh")) is None
    assert unread("नमस्ते दोस्त", voice("kokoro", "hi")) is None
    assert unread("你好，世界！", voice("kokoro", "hi")) is not None


def voice(engine: str, language: str = "en") -> VoiceRecipe:
    return VoiceRecipe(engine=engine, parts=(VoicePart(voice="x", weight=1.0),), language=language)


@pytest.mark.parametrize(
    ("language", "written", "said"),
    [
        ("fr", "*rit* L'été & *mes* 3 « amis » 😀 https://x.org", "L'été & mes 3 amis"),
        ("de", "Größe: 5 % — *seufzt* das ist **sehr** viel!", "Größe: 5 % — das ist sehr viel!"),
        ("zh", "你好，世界！我是**苹果**。", "你好,世界! 我是苹果."),
        ("ja", "えっ、本当？*笑う*「はい」。", "えっ、本当? 「はい」."),
        ("hi", "नमस्ते 🙂 दोस्त।", "नमस्ते दोस्त."),
    ],
)
def test_other_languages_keep_their_letters(language: str, written: str, said: str) -> None:
    assert speakable(written, language) == said
    assert speakable(said, language) == said


def test_sentences_without_spaces_between_them() -> None:
    first = "我是一个生气的苹果，住在一棵很老很老的树上，从来没有人来看过我，真的。"
    second = "你今天过得怎么样，有没有吃什么好吃的东西，或者看到什么非常有趣的事情呢？"
    assert finished(first + "你今") == len(first)
    assert [piece[:2] for piece in sentences(first + second, language="zh")] == ["我是", "你今"]


@given(st.text(max_size=300) | st.text(alphabet="aA*_ .-%!", max_size=40))
@settings(max_examples=300, deadline=None)
def test_speakable_is_stable_and_one_line(written: str) -> None:
    said = speakable(written)
    assert speakable(said) == said
    assert marked(marked(written)) == marked(written)
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


def test_contractions_are_no_letters() -> None:
    assert respelled("What're you, and who’re they?") == "What are you, and who are they?"
    assert respelled("They'd've come. There've been two. They're here, and I've seen it.") == (
        "They'd have come. There have been two. They're here, and I've seen it."
    )


def test_respelling_leaves_other_words_alone() -> None:
    assert respelled("The moon, the tides and Ada.") == "The moon, the tides and Ada."
    assert respelled("Agatha!") == "[Agatha](/ˈæɡəθə/)!"


def test_respellings_are_symbols_of_both_models() -> None:
    for word in respellings():
        assert word in {speakable(word), speakable(word.capitalize()).lower()}, f"{word} never comes here"
        for vocabulary in (kokoro._vocabulary(), hibari._vocabulary()):
            assert set(respellings()[word]) <= vocabulary.keys()
