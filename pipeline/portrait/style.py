"""The looks a portrait can have (styles.toml) and which one suits a persona."""

from __future__ import annotations

import random
import re
import tomllib
from collections.abc import Sequence
from enum import StrEnum
from functools import cache
from importlib.resources import files

import numpy as np
import numpy.typing as npt
from pydantic import Field

from pipeline.embedding import Embedder
from pipeline.errors import BadRequest, MissingAsset
from pipeline.face.rig import Manner
from pipeline.types import Persona, Value

OFTEN = 0.45
"""Chance that a thing of a kind which suits a look has it: not every robot lives in a game."""
NEAR = 0.33
"""Cosine of persona and look from which the look is asked for."""


class Finish(StrEnum):
    """What is done to the art."""

    SOFT = "soft"
    FLAT = "flat"
    NOIR = "noir"
    STORYBOOK = "storybook"
    NEON = "neon"
    PIXEL = "pixel"
    POP = "pop"

    @property
    def flat(self) -> bool:
        """Whether every shape has one colour."""
        return self in (Finish.FLAT, Finish.POP)


class Backdrop(StrEnum):
    """What stands behind it."""

    STUDIO = "studio"
    PLAIN = "plain"
    BLINDS = "blinds"
    WASH = "wash"
    NIGHT = "night"
    DOTS = "dots"


class Style(Value):
    """One look."""

    id: str = Field(pattern=r"^[a-z0-9]+$")
    description: str
    finish: Finish
    backdrop: Backdrop
    manner: Manner
    suits: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    says: str = ""


class _Table(Value):
    style: tuple[Style, ...] = Field(min_length=1)


@cache
def styles() -> dict[str, Style]:
    """Every style by id, the default first."""
    text = files("pipeline.portrait").joinpath("styles.toml").read_text(encoding="utf-8")
    return {row.id: row for row in _Table.model_validate(tomllib.loads(text)).style}


def choose(persona: Persona, wished: str | None, kinds: Sequence[str] = (), seed: int = 0) -> tuple[Style, str]:
    """The style and why; ``kinds``: what the thing is (`lexicon.kinds`). The house style unless a word, the kind of
    thing or what the persona is like asks for another. Raises ``BadRequest`` for a wish that nobody knows.
    """
    if wished is not None:
        if wished not in styles():
            raise BadRequest(f"There is no style {wished[:40]!r}. Known: {', '.join(styles())}.")
        return styles()[wished], "as asked"
    said = set(re.findall(r"[a-z0-9-]+", f"{persona.concept} {persona.temper} {' '.join(persona.traits)}".lower()))
    for style in styles().values():
        if asked := said.intersection(style.suits):
            return style, f"which suits {min(asked)!r}"
    chance = random.Random(f"style:{seed}:{persona.concept}")
    fitting = [
        (kinds.index(kind), style.id, kind) for style in styles().values() for kind in style.kinds if kind in kinds
    ]
    if fitting and chance.random() < OFTEN:
        _, found, kind = min(fitting)
        return styles()[found], f"which suits what is a kind of {kind}"
    return _alike(persona) or (next(iter(styles().values())), "the house style, since nothing asks for another")


def _alike(persona: Persona) -> tuple[Style, str] | None:
    """The look that is nearest in meaning to the persona's words and temper, where one is near."""
    described = [style for style in styles().values() if style.says]
    try:
        scores = _meanings() @ Embedder().encode([f"{persona.temper} {persona.concept}"])[0]
    except MissingAsset:
        return None
    best = int(np.argmax(scores))
    if scores[best] < NEAR:
        return None
    return described[best], f"which is near in meaning ({scores[best]:.2f} of 1)"


@cache
def _meanings() -> npt.NDArray[np.float32]:
    return Embedder().encode([style.says for style in styles().values() if style.says])
