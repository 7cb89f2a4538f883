"""A cat wizard is a cat, a cat groomer is a person."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.concept import clean
from pipeline.mind.scripted.writing import write
from pipeline.portrait import wearing
from pipeline.portrait.casting import cast
from pipeline.portrait.choosing import Chooser
from pipeline.portrait.lexicon import lexicon


@pytest.mark.parametrize(
    ("text", "plays"),
    [
        ("a cat wizard", "cat"), ("a grumpy old cat wizard who lost his hat", "cat"),
        ("a polar bear detective", "polar bear"), ("a robot chef", "robot"), ("a teddy bear surgeon", "teddy bear"),
        ("an avocado therapist", "avocado"), ("a coffee mug philosopher", "coffee mug"),
        ("a pumpkin king", "pumpkin"), ("a sloth lawyer from Ohio", "sloth"),
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
        "a detective lemon", "a wizard", "a wizard with a cat", "a tree surgeon", "a garden gnome",
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
