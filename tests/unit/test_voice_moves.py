"""Relative wishes move the voice that is there; voices that are taken are pushed down."""

from __future__ import annotations

import pytest

from pipeline.types import Age, Gender, VoiceOption, VoicePart, VoiceRecipe
from pipeline.voice import catalogue
from pipeline.voice.attributes import AGES, Attributes, heard, likeness, spread
from pipeline.voice.moves import moved
from pipeline.voice.wish_words import in_english


def recipe(engine: str = "kokoro", effect: str = "none", pitch: float = 1.0, **parts: float) -> VoiceRecipe:
    mixture = tuple(VoicePart(voice=voice, weight=weight) for voice, weight in parts.items())
    return VoiceRecipe(engine=engine, parts=mixture, effect=effect, pitch=pitch)


MAN = recipe(am_michael=0.6, am_echo=0.4)
WOMAN = recipe(af_heart=0.6, af_bella=0.4)
MACHINE = recipe("hibari", "robot", machine=0.6, being=0.4)


def sound(one: VoiceRecipe | None) -> Attributes:
    assert one
    found = heard(one)
    assert found
    return found


@pytest.mark.parametrize("one", [MAN, WOMAN, MACHINE], ids=["man", "woman", "machine"])
def test_deeper_is_deeper_and_slower_slower(one: VoiceRecipe) -> None:
    assert sound(moved(one, "deeper")).pitch < 0.92 * sound(one).pitch
    assert sound(moved(one, "Higher, please!")).pitch > 1.08 * sound(one).pitch
    assert sound(moved(one, "a bit slower")).pace < 0.96 * sound(one).pace
    bit, much = moved(one, "a bit deeper"), moved(one, "much deeper")
    assert sound(much).pitch < sound(bit).pitch < sound(one).pitch
    assert sound(moved(one, "too high")) == sound(moved(one, "deeper"))
    assert one.parts == (moved(one, "deeper") or one).parts


def test_another_voice_brings_what_this_one_lacks() -> None:
    assert sound(moved(MAN, "older")).age is Age.OLD
    assert sound(moved(MAN, "younger")).age is Age.YOUNG
    assert sound(moved(MAN, "British")).accent == sound(moved(WOMAN, "with a british accent")).accent == "british"
    assert sound(moved(MAN, "more cheerful")).energy > sound(MAN).energy + 0.1
    assert sound(moved(MAN, "more feminine")).gender is not Gender.MALE
    for wish in ("older", "British", "smoother", "warmer", "angrier", "calmer"):
        assert sound(moved(WOMAN, wish)).gender is Gender.FEMALE, wish
        assert sound(moved(MAN, wish)).gender is Gender.MALE, wish


def test_an_effect_comes_and_goes() -> None:
    plain = moved(MACHINE, "less robotic")
    assert plain
    assert plain.effect == "none"
    assert [part.voice for part in plain.parts] == ["being"]
    ghost = moved(MAN, "more ghostly")
    assert ghost
    assert ghost.effect == "ghost"
    assert (moved(ghost, "without the effect") or ghost).effect == "none"


@pytest.mark.parametrize(
    "wish", ["a deep old woman", "deeper, like a bear", "a british lady", "someone else", "🐻", ""]
)
def test_a_whole_wish_is_not_relative(wish: str) -> None:
    assert moved(MAN, wish) is None


def test_what_cannot_go_further_stays() -> None:
    british = moved(MACHINE, "British")
    assert british
    assert british.model_copy(update={"reason": ""}) == MACHINE
    end = MAN
    for _ in range(40):
        end = moved(end, "deeper and slower") or end
    assert (end.pitch, end.pace) == (0.4, 0.5)


def test_the_reason_says_what_became_of_it() -> None:
    found = moved(MAN, "deeper")
    assert found
    assert found.reason == "deeper -> am_michael 60 % + am_echo 40 %, 12 % lower"


def test_a_voice_that_is_taken_is_pushed_down() -> None:
    options = [VoiceOption(recipe=one, description="x") for one in (MAN, recipe(am_onyx=1.0), WOMAN)]
    assert spread(options, []) == options
    assert spread(options, [MAN])[0].recipe.parts[0].voice == "am_onyx"
    assert spread(options, [recipe("hibari", man=1.0)]) == options
    # All taken: the best one is as good as any.
    assert spread(options, [one.recipe for one in options]) == options


def test_likeness_is_one_for_the_same_and_less_for_what_is_bent() -> None:
    assert likeness(MAN, MAN) == pytest.approx(1)
    assert likeness(MAN, WOMAN) == 0
    assert 0 < likeness(MAN, MAN.model_copy(update={"pitch": 0.85})) < 0.7
    assert likeness(MAN, MAN.model_copy(update={"effect": "giant"})) < 1


@pytest.mark.parametrize(
    ("wish", "meant"),
    [
        ("etwas tiefer", "a bit deeper"),
        ("viel älter und fröhlicher, bitte", "much older and more cheerful, please"),
        ("weniger traurig", "less sad"),
        ("plus grave", "deeper"),
        ("une voix un peu plus jeune et moins triste", "a bit younger and less sad"),
        ("más rápido y más grave", "faster and deeper"),
        ("もっと低い声で", "deeper"),
        ("もっとゆっくり話してください", "slower"),
        ("声音更低沉一点", "a bit deeper"),
        ("更年轻，更开心", "younger, more cheerful"),
    ],
)
def test_the_bots_other_languages_are_understood(wish: str, meant: str) -> None:
    found, wanted = moved(WOMAN, wish), moved(WOMAN, meant)
    assert wanted
    assert found
    assert found == wanted.model_copy(update={"reason": found.reason})
    assert wish.split()[0] in found.reason


@pytest.mark.parametrize("wish", ["a kind old man", "British, please", "Hölle", "deeper", "", "ナポレオン"])
def test_english_and_unknown_words_are_left_alone(wish: str) -> None:
    assert in_english(wish) == wish


@pytest.mark.parametrize("engine", ["elevenlabs", "openai"])
def test_services_change_the_voice_instead_of_mixing(engine: str) -> None:
    lead = next(voice for voice in catalogue.voices(engine) if voice.gender is Gender.MALE and voice.age is Age.YOUNG)
    recipe = VoiceRecipe(engine=engine, parts=(VoicePart(voice=lead.id, weight=1.0),))
    older = moved(recipe, "much older")
    assert older is not None
    (part,) = older.parts
    assert (part.weight, part.voice != lead.id) == (1.0, True)
    assert AGES.index(next(voice.age for voice in catalogue.voices(engine) if voice.id == part.voice)) > 1
