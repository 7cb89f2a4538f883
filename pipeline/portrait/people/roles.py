"""What a person does for a living, as far as it shows: roles.toml, found by name or by what WordNet says above it."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from functools import cache
from importlib.resources import files

from pydantic import Field

from pipeline.nouns.lexicon import forms
from pipeline.types import Age, Gender, Persona, Value

Names = tuple[str, ...]


class Role(Value):
    """What people of a trade wear; of each list, one by the seed."""

    id: str
    words: Names = ()
    kinds: Names = Field(default=(), description="WordNet hypernyms it stands for")
    who: Gender | None = Field(default=None, description="what the word itself says")
    age: Age | None = None
    clothes: Names = ()
    male_clothes: Names = ()
    female_clothes: Names = ()
    cloth: Names = Field(default=(), description="colours of the clothes; none: their own")
    accents: Names = ()
    props: Names = Field(default=(), description="ids, several joined by '+'; '' is none")
    wears: Names = Field(default=(), description="ids of wearing.toml")
    hair: Names = ()
    male_hair: Names = ()
    female_hair: Names = ()
    dye: Names = Field(default=(), description="colours of the hair, keys of tones.HAIRS")
    grey: bool = Field(default=False, description="grey or white at any age")
    beards: Names = Field(default=(), description="for men; none: by chance")
    skin: str | None = Field(default=None, description="of those who are not quite human")
    ears: str = "round"
    head: str | None = None
    build: str | None = None


EVERYBODY = Role(id="person", props=("",))


@cache
def roles() -> tuple[Role, ...]:
    """The rows of roles.toml, checked."""
    text = files(__package__).joinpath("roles.toml").read_text(encoding="utf-8")
    return tuple(Role.model_validate(row) for row in tomllib.loads(text)["role"])


@cache
def _by(field: str) -> dict[str, Role]:
    """Word, or kind, -> the first role that has it."""
    found: dict[str, Role] = {}
    for role in roles():
        for word in getattr(role, field):
            found.setdefault(word, role)
    return found


def role_of(persona: Persona, kinds: Iterable[str] = ()) -> tuple[Role, frozenset[str]]:
    """The role that the words before and in the thing name, else the nearest of its ``kinds``, else anybody; and the
    words that say so. "a goth girl" is dressed as a goth, and "a zombie dentist" has a zombie's skin."""
    words = phrase(persona).split()
    head, before = _head(words)
    return _blended(head or _of_kind(kinds), before), frozenset(words[len(before) :])


def _blended(role: Role, before: list[str]) -> Role:
    others = [other for word in before if (other := _by_name(word))]
    if others and role.id in _ANYBODY:
        return others[-1].model_copy(update={"who": role.who, "age": role.age or others[-1].age})
    for other in others:
        if other.skin or other.ears != EVERYBODY.ears:
            own = {"skin": other.skin, "ears": other.ears, "dye": other.dye, "head": other.head}
            return role.model_copy(update=own)
    return role


_ANYBODY = frozenset({"person", "woman", "man", "girl", "boy", "child", "teenager", "lady", "father", "mother"})
"""Roles that other words in the phrase speak louder than."""


def _head(words: list[str]) -> tuple[Role | None, list[str]]:
    """The role that the longest end of a phrase names, and the words before it."""
    for start in range(len(words)):
        if role := _by_name(" ".join(words[start:])):
            return role, words[:start]
    return None, words[:-1]


def _by_name(term: str) -> Role | None:
    for form in (term, *forms(term)):
        if role := _by("words").get(form):
            return role
    return None


def _of_kind(kinds: Iterable[str]) -> Role:
    return next((role for kind in kinds if (role := _by("kinds").get(kind))), EVERYBODY)


def phrase(persona: Persona) -> str:
    """The thing with the words before it, as the concept has them: "eager newspaper boy"."""
    said, thing = persona.concept.lower().replace("’", "'"), persona.thing.lower()
    before = said.partition(thing or "\n")[0] if thing in said else ""
    return " ".join([*re.findall(r"[\w'-]+", before), thing])
