from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.concept import MAX_CHARACTERS, _ascii_slug, _unicode_slug, clean, parse, singular, slug
from pipeline.errors import BadRequest


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("  an angry\n apple\t", "an angry apple"),
        ('"an angry apple"', "an angry apple"),
        ("“a quoted cat”", "a quoted cat"),
        ("a\u200b c\u202eat", "a cat"),
        ("cat\x00\x07", "cat"),
        ("🍎", "red apple"),
        ("an angry 🍎", "an angry red apple"),
        ("an angry apple 😡", "an angry apple"),
        ("🍎🍎🍎", "red apple"),
        ("@everyone", "everyone"),
        ("a cat <@123456> <#99>", "a cat"),
        ("<:sleepy_owl:123>", "sleepy owl"),
        ("../../etc", "etc"),
        ("a {cat} %s", "a cat s"),
        ("7", "the number 7"),
        ("3.14", "the number 3.14"),
        ("x", "the letter X"),
        ("りんご", "りんご"),
        ("un gato triste", "un gato triste"),
        ("the grandfather's clock", "the grandfather's clock"),
        ("**bold** cat", "bold cat"),
        ("salt & pepper", "salt and pepper"),
        ("cafe\u0301", "café"),
    ],
)
def test_clean_keeps_the_words_and_nothing_else(typed: str, words: str) -> None:
    assert clean(typed) == words


@pytest.mark.parametrize("typed", ["", "   ", "\n\t", "{}", "!!!", "...", "\u200b", "<@123>", "🇯🇵", "---", "$$"])
def test_clean_says_when_there_is_nothing_to_read(typed: str) -> None:
    with pytest.raises(BadRequest, match="could not read"):
        clean(typed)


@pytest.mark.parametrize("typed", ["a" * 2000, "an apple " * 40])
def test_clean_says_the_limit(typed: str) -> None:
    with pytest.raises(BadRequest, match=f"at most {MAX_CHARACTERS} characters"):
        clean(typed)


@pytest.mark.parametrize("typed", ["a sexy apple", "SHIT", "a naked man", "f\u200buck"])
def test_clean_refuses_politely_and_does_not_repeat_it(typed: str) -> None:
    with pytest.raises(BadRequest) as refusal:
        clean(typed)
    assert typed.split()[-1].lower() not in refusal.value.sentence.lower()


@pytest.mark.parametrize("typed", ["naked mole rat", "a Scunthorpe postman", "a grass snake", "a cockatoo", "essex"])
def test_clean_refuses_whole_words_only(typed: str) -> None:
    assert clean(typed) == typed


@given(st.text(max_size=400))
def test_clean_gives_harmless_words_or_a_sentence(typed: str) -> None:
    try:
        words = clean(typed)
    except BadRequest:
        return
    assert 0 < len(words) <= MAX_CHARACTERS
    assert not set('@<>{}/\\`*|#\n\r$"') & set(words)
    assert not any(unicodedata.category(ch)[0] == "C" for ch in words)
    assert clean(words) == words
    assert parse(words).thing


@given(st.text(st.characters(codec="ascii")))
def test_short_cut_gives_the_same_slug(typed: str) -> None:
    assert "".join(_ascii_slug(typed)) == "".join(_unicode_slug(typed))


@given(st.text(max_size=200))
def test_slug_is_a_safe_folder_name(typed: str) -> None:
    name = slug(typed)
    assert 0 < len(name) <= 60
    assert name == name.strip("-")
    assert all(ch == "-" or unicodedata.category(ch)[0] in "LMN" for ch in name)
    assert name not in {"con", "nul", "aux", "prn", "com1", "lpt9"}


@pytest.mark.parametrize(
    ("words", "name"),
    [
        ("an angry apple", "angry-apple"),
        ("The Café Zoë", "cafe-zoe"),
        ("りんご", "りんご"),
        ("../../etc", "etc"),
        ("con", "the-con"),
        ("LPT1", "the-lpt1"),
        ("...", "character"),
        ("the grandfather's clock", "grandfathers-clock"),
        ("a", "a"),
    ],
)
def test_slug(words: str, name: str) -> None:
    assert slug(words) == name


@pytest.mark.parametrize(
    ("words", "thing", "traits"),
    [
        ("an angry apple", "apple", ("angry",)),
        ("angry apples", "apple", ("angry",)),
        ("a teapot from Kyoto", "teapot", ()),
        ("a very old grumpy oak tree", "oak tree", ("old", "grumpy")),
        ("wise old oak", "oak", ("wise", "old")),
        ("a pirate parrot named Rosa who hates rum", "parrot", ("pirate",)),
        ("a washing machine", "washing machine", ()),
        ("a lonely snow globe", "snow globe", ("lonely",)),
        ("traffic cone", "traffic cone", ()),
        ("black hole", "black hole", ()),
        ("an anxious toaster oven", "toaster oven", ("anxious",)),
        ("the feeling of Monday", "monday", ()),
        ("a cup of cold tea", "tea", ("cold",)),
        ("a tiny, shy cactus", "cactus", ("tiny", "shy")),
        ("a ROBOT that is sad", "robot", ("sad",)),
        ("the number 7", "7", ("number",)),
        ("un gato triste", "cat", ("sad",)),
        ("りんご", "apple", ()),
        ("a furious blorf", "blorf", ("furious",)),
        ("old", "old", ()),
        ("a glass of milk", "milk", ()),
        ("a bus", "bus", ()),
        ("I want to talk to a sad cat", "cat", ("sad",)),
        ("summon a dragon", "dragon", ()),
    ],
)
def test_parse_finds_thing_and_traits(words: str, thing: str, traits: tuple[str, ...]) -> None:
    concept = parse(words)
    assert (concept.thing, concept.traits) == (thing, traits)


def test_parse_hears_name_and_wishes() -> None:
    concept = parse("a pirate parrot named Rosa who hates rum and loves rude songs")
    assert (concept.name, concept.hates, concept.loves) == ("Rosa", "rum", "rude songs")
    assert parse("a ghost called Lady Grey from Bath").name == "Lady Grey"
    assert parse("a dog named rex").name == "Rex"
    assert parse("a dog").name is None


@pytest.mark.parametrize(
    ("plural", "one"),
    [("mice", "mouse"), ("berries", "berry"), ("boxes", "box"), ("glass", "glass"), ("snow globes", "snow globe")],
)
def test_singular(plural: str, one: str) -> None:
    assert singular(plural) == one
