"""Texts in six languages: none is missing, and each can be said whatever its values are."""

from __future__ import annotations

import pickle
import re

import pytest
from fluent.syntax import ast as fluent

import pipeline.errors
from bot import offers
from bot.localisation.bundles import resources
from bot.localisation.foreign import translated
from bot.localisation.refusals import Refusal, said
from bot.localisation.texts import LANGUAGES, NAMES, SOURCE, nearest, texts
from bot.settings import Settings
from pipeline.errors import BadRequest, ChatAnythingError, Declined, RateLimited
from tests.unit.fluent_texts import FOUND, NAMED, messages, reading, rendered

OTHERS = LANGUAGES[1:]

PLURALS = {"en": {"one", "other"}, "de": {"one", "other"}, "fr": {"one", "other"}, "es": {"one", "other"},
           "ja": {"other"}, "zh": {"other"}}  # fmt: skip
"""Forms of numbers by CLDR, without the one for whole millions."""


# Resources


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_file_can_be_read_and_says_nothing_twice(language: str) -> None:
    ids = []
    for name, resource in resources(language):
        for entry in resource.body:
            assert not isinstance(entry, fluent.Junk), f"{language}/{name}: {entry.content}"
            if isinstance(entry, fluent.Message):
                prefix = entry.id.name.partition("-")[0]
                assert prefix == name.removesuffix(".ftl") or entry.id.name.startswith(NAMED), (name, entry.id.name)
                ids.append(entry.id.name)
    assert len(ids) == len(set(ids)), [id_ for id_ in ids if ids.count(id_) > 1]


@pytest.mark.parametrize("language", OTHERS)
def test_every_language_says_the_same(language: str) -> None:
    source, other = messages(SOURCE), messages(language)
    assert sorted(other) == sorted(source)
    for id_, entry in source.items():
        attributes = {one.id.name for one in other[id_].attributes}
        assert attributes == {one.id.name for one in entry.attributes}, id_
        given, wanted = reading(language, id_).variables, reading(SOURCE, id_).variables
        # What the pipeline told in English may be left out.
        assert given == wanted or (id_.startswith(FOUND) and given < wanted), id_


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_text_can_be_said(language: str) -> None:
    for id_, text in rendered(language):
        assert text.strip(), id_
        assert not re.search(r"[{}$]|  |\t", text), (id_, text)


@pytest.mark.parametrize("language", OTHERS)
def test_what_is_longer_than_a_name_differs_from_english(language: str) -> None:
    english = dict(rendered(SOURCE))
    left = [id_ for id_, text in rendered(language) if text == english[id_] and text.count(" ") > 2]
    assert not left


@pytest.mark.parametrize("language", OTHERS)
def test_formatting_survives(language: str) -> None:
    english = dict(rendered(SOURCE))
    for id_, text in rendered(language):
        for mark in ("`", "*"):
            assert text.count(mark) == english[id_].count(mark), (id_, text)


@pytest.mark.parametrize("language", LANGUAGES)
def test_numbers_have_the_forms_of_the_language(language: str) -> None:
    for id_ in messages(language):
        for variable, variants in reading(language, id_).selected.items():
            forms = {one for one in variants if not one.isdecimal()}
            source = reading(SOURCE, id_).selected.get(variable, set())
            if "one" in source | forms:
                assert forms == PLURALS[language] or (not forms and variants), (id_, variants)


LENGTHS = {
    "buttons-": 80,
    "help-": 1024,
    "telegram-button-": 64,
    "telegram-command-": 256,
    "telegram-description": 512,
    "telegram-short-description": 120,
}
"""What Discord and Telegram take, by the beginning of the id; see also test_discord_naming.py."""

MODAL = 45
"""Letters of a title and of a label."""


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_limited_fits(language: str) -> None:
    for id_, text in rendered(language):
        limits = [limit for prefix, limit in LENGTHS.items() if id_.startswith(prefix)]
        assert len(text) <= min(limits or [MODAL if id_.endswith(("-title", "-label")) else 4000]), (id_, text)


# What is not known


def test_a_language_is_the_nearest_one() -> None:
    assert [nearest(tag) for tag in ("de-AT", "zh_TW", "es-419", "FR", "tlh", "", None)] == [
        "de", "zh", "es", "fr", "en", "en", "en",
    ]  # fmt: skip
    assert set(NAMES) == set(LANGUAGES)
    assert texts("de-CH") is texts("de")


def test_what_people_typed_is_not_read_as_a_text() -> None:
    hostile = '{ words-again } { $why } {"x"} \u2068' + "a" * 5000
    for language in LANGUAGES:
        assert hostile in texts(language)("words-sorry", why=hostile)


def test_what_is_not_there_is_told_by_name() -> None:
    with pytest.raises(LookupError, match="words-nonsense"):
        texts("de")("words-nonsense")
    with pytest.raises(LookupError, match="words-sorry"):
        texts("de")("words-sorry")


# Errors


def test_a_refusal_survives_its_way_between_processes() -> None:
    refusal: Refusal = pickle.loads(pickle.dumps(Refusal("asking-wish", most=300)))
    assert isinstance(refusal, BadRequest)
    assert (refusal.id, refusal.values, refusal.remedy) == ("asking-wish", {"most": 300}, None)
    assert str(refusal) == said(refusal, texts()) == texts()("asking-wish", most=300)
    assert said(refusal, texts("de")) == texts("de")("asking-wish", most=300)


def test_sentences_of_the_pipeline_are_found_by_their_english() -> None:
    german = texts("de")
    long = BadRequest("Please use at most 300 characters, for example: an angry apple.")
    assert said(long, texts()) == str(long)
    assert said(long, german) == german("pipeline-concept-long", most="300")
    unsure, english = texts()("pipeline-voice-unsure"), texts()("pipeline-voice-english", why="")
    both = translated(unsure + english, german)
    assert both == german("pipeline-voice-english", why=german("pipeline-voice-unsure"))


def test_an_error_without_a_sentence_of_its_own_has_that_of_its_kind() -> None:
    german = texts("de")
    assert said(Declined("The content filter of m declined."), german) == german("error-Declined")
    assert said(RateLimited("Later."), german) == german("error-EngineBusy")
    assert translated("Hm.", german, "ChatAnythingError") == german("error-ChatAnythingError")
    assert translated("Hm.", german, "Refusal") == translated("Hm.", german) == "Hm."
    assert said(BadRequest("Nobody translated this."), german) == "Nobody translated this."


def test_every_kind_of_error_that_has_a_text_is_one() -> None:
    kinds = {one for one in vars(pipeline.errors).values() if isinstance(one, type)}
    names = {one.__name__ for one in kinds if issubclass(one, ChatAnythingError)}
    assert {id_.removeprefix("error-") for id_ in messages(SOURCE) if id_.startswith("error-")} <= names


def test_what_is_offered_is_translated() -> None:
    offered = {*offers.Offers.of(Settings()).looks.values(), *offers.voices()}
    known = {texts()(id_) for id_ in messages(SOURCE) if id_.startswith("offers-")}
    assert known <= offered
    assert all(translated(one, texts("ja")) != one for one in known)
