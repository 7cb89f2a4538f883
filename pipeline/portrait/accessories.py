"""What there is to wear (wearing.toml), and an accessory as one persona wears it."""

from __future__ import annotations

import tomllib
from enum import StrEnum
from functools import cache
from importlib.resources import files

from pydantic import Field

from pipeline.face.rig import Worn
from pipeline.types import Value

Oklch = tuple[float, float, float]
Box = tuple[float, float, float, float]
"""Left, top, right, bottom."""


class Place(StrEnum):
    """Where it is worn; of each place, one."""

    HEAD = "head"
    EARS = "ears"
    EYES = "eyes"
    LIP = "lip"
    CHIN = "chin"
    NOSE = "nose"
    CHEEK = "cheek"
    NECK = "neck"
    HAND = "hand"


class AccessoryRow(Value):
    """One thing to wear: a drawing of ours, or what `pipeline.face.worn` draws on the face."""

    id: str = Field(pattern=r"^[a-z-]+$")
    place: Place
    words: tuple[str, ...] = Field(description="what it is called, singular or plural as people say it")
    own: tuple[str, ...] = Field(default=(), description="things that have one of their own")
    main: Oklch | None = None
    varied: bool = Field(default=False, description="in a colour by chance where none is named")
    trim: Oklch = (0.75, 0.12, 85.0)
    box: Box = (-50, -50, 50, 0)
    behind: str = ""
    front: str = ""
    badge: str = ""
    like: str | None = Field(default=None, description="the row whose drawing this one begins with")
    stretch: bool = Field(default=False, description="as wide as the thing is")
    sink: float = Field(default=0.0, description="how much lower it sits, in halves of the head's width")
    upright: bool = Field(default=False, description="never put on at an angle")
    worn: Worn | None = None


class Accessory(Value):
    """A row as this persona wears it."""

    row: AccessoryRow
    colour: Oklch | None = Field(default=None, description="instead of the usual one")
    size: float = 1.0
    tilt: float = Field(default=0.0, description="degrees clockwise")


class RoleRow(Value):
    """Words, and the ids that they ask for; "a|b" is one of them by chance. ``hers``: instead, for women."""

    words: tuple[str, ...]
    wears: tuple[str, ...] = ()
    perhaps: tuple[str, ...] = Field(default=(), description="worn by every second one")
    hers: tuple[str, ...] | None = None


class _Table(Value):
    accessory: tuple[AccessoryRow, ...]
    role: tuple[RoleRow, ...]
    called: dict[str, str] = Field(description="a name that fits several accessories -> their ids")
    dressed: dict[str, tuple[Place, ...]] = Field(description="art that wears something already")
    colours: dict[str, Oklch]


@cache
def table() -> _Table:
    """The rows of wearing.toml, checked."""
    text = files("pipeline.portrait").joinpath("wearing.toml").read_text(encoding="utf-8")
    return _Table.model_validate(tomllib.loads(text))


@cache
def rows() -> dict[str, AccessoryRow]:
    """Everything there is to wear, by id."""
    found = {row.id: row for row in table().accessory}
    for row in table().accessory:
        base = found[row.like] if row.like else row
        parts = {"behind": base.behind, "front": base.front + row.badge, "box": base.box, "sink": base.sink}
        found[row.id] = row.model_copy(update=parts if row.like else {"front": row.front + row.badge})
    return found
