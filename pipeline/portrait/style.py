"""The looks a portrait can have (styles.toml) and which one a persona asks for."""

from __future__ import annotations

import re
import tomllib
from enum import StrEnum
from functools import cache
from importlib.resources import files

from pydantic import Field

from pipeline.errors import BadRequest
from pipeline.types import Persona, Value


class Finish(StrEnum):
    """What is done to the art."""

    SOFT = "soft"
    FLAT = "flat"
    NOIR = "noir"
    STORYBOOK = "storybook"
    NEON = "neon"


class Backdrop(StrEnum):
    """What stands behind it."""

    STUDIO = "studio"
    PLAIN = "plain"
    BLINDS = "blinds"
    WASH = "wash"
    NIGHT = "night"


class Style(Value):
    """One look."""

    id: str = Field(pattern=r"^[a-z0-9]+$")
    description: str
    finish: Finish
    backdrop: Backdrop
    suits: tuple[str, ...]


class _Table(Value):
    style: tuple[Style, ...] = Field(min_length=1)


@cache
def styles() -> dict[str, Style]:
    """Every style by id, the default first."""
    text = files("pipeline.portrait").joinpath("styles.toml").read_text(encoding="utf-8")
    return {row.id: row for row in _Table.model_validate(tomllib.loads(text)).style}


def choose(persona: Persona, wished: str | None) -> tuple[Style, str]:
    """The style and why. Raises ``BadRequest`` for a wish that nobody knows."""
    if wished is not None:
        if wished not in styles():
            raise BadRequest(f"There is no style {wished[:40]!r}. Known: {', '.join(styles())}.")
        return styles()[wished], "as asked"
    words = set(re.findall(r"[a-z]+", f"{persona.concept} {persona.temper}".lower()))
    for style in styles().values():
        if asked := words.intersection(style.suits):
            return style, f"which suits {min(asked)!r}"
    return next(iter(styles().values())), "the house style, since nothing asks for another"
