"""What a thing is made of, or has been through: words -> a row of materials.toml -> a change of its pixels."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Collection
from functools import cache
from importlib.resources import files

from pydantic import Field

from pipeline.portrait import surfaces
from pipeline.portrait.placement import FaceBox
from pipeline.portrait.svg import Layer
from pipeline.types import Value

MOST = 2
"""A frozen golden apple is both; what is a third thing as well is none of them any more."""


_MADE_OF = re.compile(
    r"\b(?:made (?:out )?(?:of|from)|carved (?:out of|from)|built (?:of|from)|covered (?:in|with)) ((?:[\w-]+ )?[\w-]+)"
    r"|\b(?:on|in) (fire|flames)|\bwith (?:[\w-]+ )?(spots|dots|stripes|patches|cracks)\b"
)


class Material(Value):
    """One row."""

    id: str
    words: tuple[str, ...]
    of: tuple[str, ...] = ()
    not_before: tuple[str, ...] = Field(default=(), description="a golden retriever is not of gold")
    effect: str = Field(pattern=f"^({'|'.join(surfaces.EFFECTS)})$")
    stops: tuple[str, ...] = Field(default=(), description="colours from shadow to light")
    body: bool = Field(default=True, description="bodies of our own show it, too, and not by a pattern of theirs")


class _Table(Value):
    material: tuple[Material, ...]


@cache
def table() -> tuple[Material, ...]:
    """The rows of materials.toml, checked."""
    text = files("pipeline.portrait").joinpath("materials.toml").read_text(encoding="utf-8")
    return _Table.model_validate(tomllib.loads(text)).material


def wanted(words: Collection[str], thing: str, concept: str = "", body: bool = False) -> tuple[Material, ...]:
    """What ``words``, said of ``thing``, ask for, or what the concept says it is made of. ``body``: it has a body of
    ours, which has patterns of its own."""
    told = set(" ".join(part for found in _MADE_OF.findall(concept.lower()) for part in found).split())
    nouns = {*thing.lower().split(), *(noun.removesuffix("s") for noun in thing.lower().split())}
    return tuple(
        row
        for row in table()
        if nouns.isdisjoint((*row.not_before, *row.words)) and (row.body or not body)
        if not told.isdisjoint(row.of) or any(word in row.words for word in words)
    )[:MOST]


def apply(layer: Layer, box: FaceBox, materials: Collection[Material], seed: int) -> None:
    """Make the thing of them, in place; below the face less, where texture would swallow it."""
    for material in materials:
        surface = surfaces.Surface(layer, box, seed, material.stops)
        surfaces.EFFECTS[material.effect](surface)
        surface.put_into(layer)
