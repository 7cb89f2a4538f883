"""Things that play a part: "a cat wizard" is a cat dressed as a wizard, while "a cat groomer" is a person."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib.resources import files

from pipeline.portrait.lexicon import ANIMAL, ARTIFACT, FOOD, PLANT, Lexicon, tails
from pipeline.portrait.wish import COLOURS, Wish, role_words, wish_of
from pipeline.types import Persona, Value

_FANCIES = frozenset({"imaginary being", "mythical being", "spiritual being", "supernatural being"})
_PLACES = frozenset({"structure", "facility", "vehicle", "craft", "weaponry", "weapon", "fabric", "area", "way"})
"""Artifacts that people work in or with, and so a calling tells of them: a ship captain is no ship."""


class _Table(Value):
    beings: frozenset[str]
    errands: frozenset[str]
    parts: frozenset[str]
    never: frozenset[str]


def cast(lexicon: Lexicon, persona: Persona) -> Persona:
    """The persona with who plays named last, as in "a detective lemon": "a cat wizard" becomes "a wizard cat".

    All others stay as they are. What is drawn and worn then follows from the words as for any other thing.
    """
    wish = wish_of(lexicon, _whole(persona))
    part = next((tail for tail in tails(wish.phrase) if tail in role_words()), None)
    before = " ".join(wish.words[: len(wish.words) - len(part.split())]) if part else ""
    if part is None or not before:
        return persona
    player = Wish(lexicon, tuple(before.split()), None, "")
    if wish.name != part or not _plays(player, part):
        return persona
    adjectives = before.removesuffix(player.name)
    said = re.compile(r"\s+".join(map(re.escape, wish.words)), re.IGNORECASE)
    concept = said.sub(f"{adjectives}{part} {player.name}", persona.concept, count=1)
    return persona.model_copy(update={"concept": concept, "thing": player.name})


def _whole(persona: Persona) -> Persona:
    """With the part in the thing, where somebody took "cat" alone for the thing of "a cat wizard"."""
    follows = re.search(rf"\b{re.escape(persona.thing)}\s+([\w-]+)", persona.concept, re.IGNORECASE)
    if follows and follows[1].lower() in role_words():
        return persona.model_copy(update={"thing": follows[0]})
    return persona


def _plays(player: Wish, part: str) -> bool:
    """Whether the player is a being, or a thing and the part one that things play."""
    last = player.words[-1]
    if last in role_words() or last in COLOURS or {last, f"{last} {part}"} & _table().never:
        return False
    if player.name in _table().beings or (player.sense and _is_being(player)):
        return part.split()[-1] not in _table().errands
    if player.sense is None or part not in _table().parts:
        return False
    made = player.sense.field == ARTIFACT and _PLACES.isdisjoint(player.kinds)
    return player.sense.field in {FOOD, PLANT} or (made and not player.lexicon.adjective(last))


def _is_being(player: Wish) -> bool:
    return bool(player.sense and player.sense.field == ANIMAL) or not _FANCIES.isdisjoint(player.kinds)


@cache
def _table() -> _Table:
    text = files("pipeline.portrait").joinpath("casting.toml").read_text(encoding="utf-8")
    return _Table.model_validate(tomllib.loads(text))
