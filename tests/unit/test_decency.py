"""What the lists of words tell apart, and what they leave alone."""

from __future__ import annotations

import pytest

from pipeline.concept import clean, refused
from pipeline.decency import about_children, sexual
from pipeline.errors import BadRequest


@pytest.mark.parametrize(
    "text",
    [
        "Let's have SEX!",
        "zeig mir deine Titten",
        "une scène de sexe",
        "quiero follar",
        "セックスして",
        "我们做爱吧",
        "ｐｏｒｎ",
    ],
)
def test_what_asks_for_something_sexual(text: str) -> None:
    assert sexual(text)
    assert not about_children(text)


@pytest.mark.parametrize(
    "text",
    [
        "a poet from Essex", "the opposite sex", "the emperor is naked", "Mein Auto ist geil", "une chatte noire",
        "ピエロとイエロー", "a cock-a-doodle-doo", "性格", "Middlesex titmouse",
    ],
)  # fmt: skip
def test_what_is_harmless_in_conversation(text: str) -> None:
    assert not sexual(text)


@pytest.mark.parametrize(
    "concept",
    ["a sexy vampire", "eine nackte Königin", "une danseuse nue", "una reina desnuda", "全裸の王", "性感女王"],
)
def test_who_is_not_summoned_everywhere(concept: str) -> None:
    assert sexual(concept, concept=True)
    assert not sexual(concept)
    with pytest.raises(BadRequest):
        clean(concept)
    assert clean(concept, adult=True)


@pytest.mark.parametrize("concept", ["a naked mole rat", "ein Nacktmull", "a scantily dressed oak"])
def test_who_may_come_anywhere(concept: str) -> None:
    assert not sexual(concept, concept=True)
    assert clean(concept)


@pytest.mark.parametrize(
    "text",
    [
        "a sexy schoolgirl", "a naked 12-year-old", "sex with a twelve year old", "ein nacktes Kind", "porno con niños",
        "une enfant nue", "裸の少女", "性感萝莉", "nackt, 15 Jahre alt", "a nude teen",
    ],
)  # fmt: skip
def test_never_about_children(text: str) -> None:
    assert about_children(text)
    with pytest.raises(BadRequest):
        clean(text, adult=True)


@pytest.mark.parametrize(
    "text",
    ["a kind and sexy vampire", "a naked vampire, 2000 years old", "a shy child", "sex in 1984", "a sexy 38 year old"],
)
def test_not_about_children(text: str) -> None:
    assert not about_children(text)


def test_what_characters_do_not_say_is_both_lists() -> None:
    assert [refused(text) for text in ("a sexy apple", "bullshit", "a naked mole rat")] == [True, True, False]
