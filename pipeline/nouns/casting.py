"""Things that play a part: "a cat wizard" is a cat dressed as a wizard, while "a cat groomer" is a person."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib.resources import files

from pipeline.nouns.lexicon import ANIMAL, ARTIFACT, FOOD, PLANT, Lexicon, tails
from pipeline.nouns.wish import COLOURS, Wish, role_words, wish_of
from pipeline.types import Persona, Value

_FANCIES = frozenset({"imaginary being", "mythical being", "spiritual being", "supernatural being"})
_PLACES = frozenset({"structure", "facility", "vehicle", "craft", "weaponry", "weapon", "fabric", "area", "way"})
"""Artifacts that people work in or with, and so a calling tells of them: a ship captain is no ship."""


class _Table(Value):
    beings: frozenset[str]
    errands: frozenset[str]
    parts: frozenset[str]
    never: frozenset[str]
    nouns: frozenset[str]


def cast(lexicon: Lexicon, persona: Persona) -> Persona:
    """The persona with who plays named last, as in "a detective lemon": "a cat wizard" becomes "a wizard cat".

    All others stay as they are. What is drawn and worn then follows from the words as for any other thing.
    """
    found = recast(lexicon, persona.concept, persona.thing)
    return persona.model_copy(update={"concept": found[0], "thing": found[1]}) if found else persona


def recast(lexicon: Lexicon, concept: str, thing: str) -> tuple[str, str] | None:
    """The concept with who plays named last, and who that is; None where nobody plays. ``thing``: what somebody took
    for its noun, the player or the part."""
    wish = wish_of(lexicon, concept, _whole(concept, thing))
    part = next((tail for tail in tails(wish.phrase) if tail in role_words()), None)
    before = " ".join(wish.words[: len(wish.words) - len(part.split())]) if part else ""
    if part is None or not before:
        return None
    player = Wish(lexicon, tuple(before.split()), None, "")
    if wish.name != part or not _plays(player, part):
        return None
    adjectives = before.removesuffix(player.name)
    said = re.compile(r"\s+".join(map(re.escape, wish.words)), re.IGNORECASE)
    # No replacement text: a backslash in it would be read as an escape.
    return said.sub(lambda _: f"{adjectives}{part} {player.name}", concept, count=1), player.name


def _whole(concept: str, thing: str) -> str:
    """With the part, where somebody took "cat" alone for the thing of "a cat wizard"."""
    follows = re.search(rf"\b{re.escape(thing)}\s+([\w-]+)", concept, re.IGNORECASE)
    return follows[0] if follows and follows[1].lower() in role_words() else thing


def _plays(player: Wish, part: str) -> bool:
    """Whether the player is a being, or a thing and the part one that things play."""
    last = player.words[-1]
    if last in role_words() or last in COLOURS or {last, f"{last} {part}"} & _table().never:
        return False
    if player.lexicon.adjective(last) and last not in _table().nouns | _table().beings:  # "a young queen" is no pup
        return False
    if player.name in _table().beings or (player.sense and _is_being(player)):
        return part.split()[-1] not in _table().errands
    if player.sense is None or part not in _table().parts:
        return False
    made = player.sense.field == ARTIFACT and _PLACES.isdisjoint(player.kinds)
    return made or player.sense.field in {FOOD, PLANT}


def _is_being(player: Wish) -> bool:
    return bool(player.sense and player.sense.field == ANIMAL) or not _FANCIES.isdisjoint(player.kinds)


@cache
def _table() -> _Table:
    text = files("pipeline.nouns").joinpath("casting.toml").read_text(encoding="utf-8")
    return _Table.model_validate(tomllib.loads(text))
