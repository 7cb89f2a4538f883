"""Worked examples: each is what we ask a model for, and the ones that suit a concept are found."""

from __future__ import annotations

import json
from collections import Counter

import pytest

from pipeline.embedding import Embedder
from pipeline.mind import languages
from pipeline.mind.character import briefing, drafts, reading
from pipeline.mind.character.examples import Example, Examples, book


@pytest.fixture(scope="module")
def examples() -> Examples:
    return Examples(Embedder())


@pytest.mark.parametrize("example", book().example, ids=lambda example: example.concept)
def test_every_example_is_a_draft_without_problems(example: Example) -> None:
    question, answer = example.messages()
    result = drafts.read(answer["content"], briefing.brief(example.concept))
    assert result.problems == ()
    assert result.draft == example.draft
    assert json.dumps(example.concept, ensure_ascii=False) in question["content"]
    assert 9 <= reading.words(example.draft.greeting) <= 20
    assert 55 <= reading.words(example.draft.personality) <= 110
    assert example.draft.catchphrase not in example.draft.greeting
    assert example.draft.catchphrase not in example.draft.samples
    assert (example.draft.appearance + example.draft.voice_wish).isascii()


@pytest.mark.parametrize("example", book().example, ids=lambda example: example.concept)
def test_every_example_is_in_the_language_it_says(example: Example) -> None:
    said = briefing.brief(example.concept).language
    assert said == example.draft.language
    assert languages.detect(f"{example.draft.personality} {example.draft.greeting}") == example.draft.language


def test_examples_cover_what_people_summon() -> None:
    rows = book().example
    assert len(rows) >= 18
    assert {row.category for row in rows} == set(book().categories)
    assert {row.category for row in rows} >= {
        *("thing", "animal", "plant", "person", "idea", "weather", "food", "place", "vehicle", "instrument"),
    }
    assert {row.draft.language for row in rows} >= {"en", "es", "fr", "de", "ja", "pt", "zh"}
    assert len({row.draft.name for row in rows}) == len(rows)
    assert max(Counter(row.draft.temper for row in rows).values()) <= 2
    assert sum(bool(briefing.brief(row.concept).name) for row in rows) >= 2


@pytest.mark.parametrize(
    ("concept", "nearest"),
    [
        ("a nervous parasol", "an anxious umbrella"),
        ("a wise old tortoise", "a retired racing snail"),
        ("a grumpy doctor from the middle ages", "a medieval dentist"),
        ("a gloomy mist over the moor", "a fog that forgets things"),
        ("a romantic kettle", "a toaster that thinks it is a dragon"),
        ("procrastination", "the feeling of Monday morning"),
        ("a violin who misses concerts", "a vain grand piano, out of tune"),
        ("a rusty lorry", "a bitter old school bus named Gus who loves puddles"),
    ],
)
async def test_the_example_nearest_in_meaning_comes_first(examples: Examples, concept: str, nearest: str) -> None:
    chosen = await examples.choose(concept, 3, "en")
    assert chosen[0].concept == nearest
    assert len({example.category for example in chosen}) == 3


@pytest.mark.parametrize(("concept", "language"), [("悲しい木", "ja"), ("un arbre triste", "fr"), ("ein Baum", "de")])
async def test_one_example_is_in_the_language_of_the_concept(examples: Examples, concept: str, language: str) -> None:
    chosen = await examples.choose(concept, 3, language)
    assert chosen[0].draft.language == language
    assert {example.draft.language for example in chosen} <= {language, "en"}


@pytest.mark.parametrize("language", ["fi", "th", None])
async def test_a_language_without_examples_sees_a_foreign_one(examples: Examples, language: str | None) -> None:
    chosen = await examples.choose("surullinen puu", 3, language)
    assert chosen[0].draft.language != "en"
    assert [example.draft.language for example in chosen[1:]] == ["en", "en"]


async def test_as_many_as_asked_for_and_there_are(examples: Examples) -> None:
    assert await examples.choose("an apple", 0, "en") == []
    many = await examples.choose("an apple", 100, "en")
    assert len(many) == len({example.concept for example in many}) <= len(book().example)


async def test_an_example_of_the_same_thing_is_left_out(examples: Examples) -> None:
    shown = await examples.choose("a jealous umbrella", 3, "en", "umbrella")
    assert len(shown) == 3
    assert all(example.draft.thing != "umbrella" for example in shown)
