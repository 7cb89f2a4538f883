"""What the demo writer knows, read from ``data/*.toml``: things, kinds of things, ways of talking, what to answer.

Rows are validated once and refused when they carry an unknown key, so a typing error fails a test, not a reply.
"""

from __future__ import annotations

import tomllib
from functools import cache
from importlib import resources
from typing import Any

from pydantic import Field, TypeAdapter

from pipeline.types import Age, Fraction, Gender, Mood, Size, Value

Lines = tuple[str, ...]


class Thing(Value):
    """One thing that the writer knows well."""

    kind: str
    names: Lines
    nature: str
    likes: Lines
    dreads: Lines
    hooks: Lines
    aka: Lines = ()
    countable: bool = True
    proper: bool = False
    size: Size | None = None
    age: Age | None = None
    gender: Gender | None = None
    accent: str | None = None
    flavour: str | None = None


class Kind(Value):
    """A kind of things, for all that is not known one by one."""

    things: Lines
    names: Lines
    last: Lines
    natures: tuple[str, str]
    likes: Lines
    dreads: Lines
    hooks: Lines
    tempers: Lines
    look: str
    timbre: str
    sizes: tuple[Size, ...] = (Size.SMALL, Size.MEDIUM)
    ages: tuple[Age, ...] = (Age.YOUNG, Age.ADULT, Age.ADULT, Age.OLD)
    flavour: str | None = None


class Tone(Value):
    """A way of talking: cross, glum, merry ..."""

    openers: Lines
    stop: str
    intros: Lines
    hooks: Lines
    last: Lines
    manners: Lines
    habits: Lines
    catchphrases: Lines
    taglines: Lines
    samples: Lines
    passes: Lines
    timbre: str
    face: str


class Flavour(Value):
    """How a pirate, a queen or a robot says what the tone wants said."""

    words: Lines
    temper: str | None = None
    openers: Lines
    catchphrases: Lines
    last: Lines
    habit: str


class Adjective(Value):
    """What one adjective says about a character; None where it says nothing."""

    tone: str | None = None
    mood: Mood | None = None
    energy: Fraction | None = None
    warmth: Fraction | None = None
    age: Age | None = None
    size: Size | None = None
    gender: Gender | None = None
    accent: str | None = None


class _Group(Adjective):
    words: Lines


class Rule(Value):
    """What is heard and what is answered; tones beside ``any`` are optional."""

    intent: str
    patterns: Lines
    any: Lines
    mood: Mood | None = None
    moods: dict[str, Mood] = Field(default_factory=dict)
    plain: bool = False
    needs_you: bool = False
    needs_past: bool = False
    told_name: bool = False
    scene: str | None = None
    topic: str | None = None
    cross: Lines = ()
    glum: Lines = ()
    merry: Lines = ()
    drowsy: Lines = ()
    nervous: Lines = ()
    grand: Lines = ()
    tender: Lines = ()
    sly: Lines = ()
    sage: Lines = ()


class Words(Value):
    """The small lists of the concept parser."""

    articles: frozenset[str]
    intensifiers: frozenset[str]
    breaks: frozenset[str]
    postposed: frozenset[str]
    measures: frozenset[str]
    uncountable: frozenset[str]
    compounds: frozenset[str]
    irregular: dict[str, str]
    invariable: frozenset[str]
    female: frozenset[str]
    male: frozenset[str]
    foreign: dict[str, str]
    refused: frozenset[str]


def _rows(file: str) -> dict[str, Any]:
    return tomllib.loads(resources.files("pipeline.mind.scripted").joinpath("data", file).read_text(encoding="utf-8"))


@cache
def things() -> dict[str, Thing]:
    """Well-known things by their every name."""
    rows = TypeAdapter(dict[str, Thing]).validate_python(_rows("things.toml"))
    aliases = {alias: row for row in rows.values() for alias in row.aka}
    return aliases | rows


@cache
def kinds() -> dict[str, Kind]:
    """Kinds by name; ``thing`` is the kind of everything else."""
    return TypeAdapter(dict[str, Kind]).validate_python(_rows("kinds.toml"))


@cache
def tones() -> dict[str, Tone]:
    """Ways of talking by name."""
    return TypeAdapter(dict[str, Tone]).validate_python(_rows("tones.toml"))


@cache
def flavours() -> dict[str, Flavour]:
    """Ways of speaking that lie on top of a tone."""
    return TypeAdapter(dict[str, Flavour]).validate_python(_rows("flavours.toml"))


@cache
def adjectives() -> dict[str, Adjective]:
    """Adjectives by word; what several groups say of one word adds up, the first to speak wins."""
    merged: dict[str, dict[str, Any]] = {}
    for row in _rows("adjectives.toml")["group"]:
        group = _Group.model_validate(row)
        said = group.model_dump(exclude={"words"}, exclude_none=True)
        for word in group.words:
            merged[word] = said | merged.get(word, {})
    return {word: Adjective.model_validate(said) for word, said in merged.items()}


@cache
def rules() -> tuple[Rule, ...]:
    """What is answered to what, in the order in which it is tried."""
    return TypeAdapter(tuple[Rule, ...]).validate_python(_rows("replies.toml")["rule"])


@cache
def words() -> Words:
    """The parser's word lists."""
    return Words.model_validate(_rows("words.toml"))


@cache
def small_words() -> frozenset[str]:
    """Words that never make a topic."""
    return frozenset(_rows("small_words.toml")["words"].split())


@cache
def kind_of(thing: str) -> str:
    """Name of the kind a thing belongs to: by its whole name, else by its last word ("oak" of "garden oak")."""
    if thing[:1].isdigit():
        return "number"
    for name in (thing, thing.rsplit(" ", 1)[-1]):
        if name in things():
            return things()[name].kind
        for kind, row in kinds().items():
            if name in row.things:
                return kind
    return "thing"


def thing_of(thing: str) -> Thing | None:
    """The row of a thing, by its whole name or its last word."""
    if thing[:1].isdigit():
        return things()["number"]
    return things().get(thing) or things().get(thing.rsplit(" ", 1)[-1])


def takes_article(thing: str) -> bool:
    """False for "rain", "everyone", "Monday"."""
    row = thing_of(thing)
    return thing.rsplit(" ", 1)[-1] not in words().uncountable and (row is None or row.countable)


@cache
def known_nouns() -> frozenset[str]:
    """Every noun phrase that the data can say something about."""
    members = {name for kind in kinds().values() for name in kind.things}
    return frozenset(members | things().keys() | words().compounds)
