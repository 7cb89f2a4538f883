"""A cat wizard is a cat, a cat groomer is a person."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.concept import clean
from pipeline.mind.scripted.engine import ScriptedMind
from pipeline.mind.scripted.writing import write
from pipeline.nouns.casting import cast, recast
from pipeline.nouns.lexicon import lexicon
from pipeline.nouns.wish import COLOURS
from pipeline.portrait import wearing
from pipeline.portrait.choosing import Chooser
from pipeline.portrait.finish import GREYS, HUES
from pipeline.receipt import Receipt
from pipeline.stages import EngineConfig


@pytest.mark.parametrize(
    ("text", "plays"),
    [
        ("a cat wizard", "cat"), ("a grumpy old cat wizard who lost his hat", "cat"),
        ("a polar bear detective", "polar bear"), ("a robot chef", "robot"), ("a teddy bear surgeon", "teddy bear"),
        ("an avocado therapist", "avocado"), ("a coffee mug philosopher", "coffee mug"),
        ("a pumpkin king", "pumpkin"), ("a chicken knight", "chicken"), ("a sloth lawyer from Ohio", "sloth"),
    ],
)  # fmt: skip
def test_who_plays_a_part_is_drawn(assets_home: Path, text: str, plays: str) -> None:
    found = cast(lexicon(assets_home), write(clean(text), 1))
    assert found.thing == plays
    assert Chooser(assets_home).choose(write(clean(text), 1)).id != "person"


@pytest.mark.parametrize(
    "text",
    [
        "a dog trainer", "a cat lady", "a pizza chef", "a ship captain", "a snow queen", "a dragon slayer",
        "a cat burglar", "a computer wizard", "a drag queen", "an orange wizard", "a space pirate", "a zombie nurse",
        "a detective lemon", "a young queen", "a goofy wizard",
        "a male nurse", "an ai assistant", "a wizard", "a wizard with a cat", "a tree surgeon", "a garden gnome",
    ],
)  # fmt: skip
def test_others_stay_what_they_are(assets_home: Path, text: str) -> None:
    persona = write(clean(text), 1)
    assert cast(lexicon(assets_home), persona) is persona


def test_the_part_is_worn_however_a_mind_names_the_thing(assets_home: Path) -> None:
    persona = write(clean("a Cat Wizard of few words"), 1)
    for thing in ("wizard", "cat wizard", "cat"):
        found = cast(lexicon(assets_home), persona.model_copy(update={"thing": thing}))
        assert (found.thing, found.concept) == ("cat", "a wizard cat of few words")
        assert "wizard-hat" in {each.row.id for each in wearing.wanted(found)}


def test_a_backslash_is_no_escape(assets_home: Path) -> None:
    found = recast(lexicon(assets_home), r"a cat wizard called \1\g<0>", "wizard")
    assert found == (r"a wizard cat called \1\g<0>", "cat")


@pytest.mark.parametrize(
    ("text", "thing", "traits"),
    [
        ("a robot chef", "robot", ("chef",)), ("a polar bear detective", "polar bear", ("detective",)),
        ("a grumpy old cat wizard who lost his hat", "cat", ("grumpy", "old", "wizard")),
        ("a pizza chef", "chef", ("pizza",)), ("a cat lady", "lady", ("cat",)), ("an angry apple", "apple", ("angry",)),
    ],
)  # fmt: skip
async def test_the_demo_writer_writes_of_who_is_drawn(
    assets_home: Path, text: str, thing: str, traits: tuple[str, ...]
) -> None:
    persona = await ScriptedMind(EngineConfig(assets=assets_home)).write(text, 1, Receipt())
    assert (persona.thing, persona.traits, persona.concept) == (thing, traits, text)
    assert f", {text}. You" in persona.personality
    assert cast(lexicon(assets_home), persona).thing == thing


async def test_the_demo_writer_needs_no_dictionary(tmp_path: Path) -> None:
    persona = await ScriptedMind(EngineConfig(assets=tmp_path)).write("a robot chef", 1, Receipt())
    assert persona == write("a robot chef", 1)


def test_every_colour_that_paints_is_known_as_one() -> None:
    assert {*HUES, *GREYS} <= COLOURS
