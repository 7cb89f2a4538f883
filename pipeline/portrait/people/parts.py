"""The drawn parts of people, read from hair.toml, beards.toml, clothes.toml and props.toml.

All are drawn for one figure in a square of 100 x 100, face at (50, 45), shoulders from y 76: `figure` fits them to
every head and every build.
"""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import TypeVar

from pydantic import Field

from pipeline.types import Age, Gender, Value

Puff = tuple[float, float, float]
"""A curl: x, y, radius."""
BUST = "M4 101 C4.5 91 9 84.5 18 82 L40 76 C44 80.5 56 80.5 60 76 L82 82 C91 84.5 95.5 91 96 101 Z"


HATS = frozenset(
    {
        "flat-cap",
        "pillbox",
        "bearskin",
        "mitre",
        "riding-cap",
        "swim-cap",
        "surgeon-cap",
        "sweatband",
        "goggles",
        "laurel",
    }
)
"""Props that are worn on the head."""


class Hair(Value):
    """A style: masses as SVG path data, strands as lines, curls as discs."""

    id: str
    who: tuple[Gender, ...] = ()
    ages: tuple[Age, ...] = ()
    words: tuple[str, ...] = ()
    hat: bool = Field(default=False, description="lies flat enough for a hat")
    dark: bool = Field(default=False, description="grown from dark hair, unless a colour is said")
    stubble: bool = Field(default=False, description="the skull shows short-cut hair")
    back: str = ""
    mid: str = ""
    mid_puffs: tuple[Puff, ...] = ()
    mid_lines: str = ""
    puffs: tuple[Puff, ...] = ()
    front: str = ""
    front_puffs: tuple[Puff, ...] = ()
    lines: str = ""


class Beard(Value):
    """A beard around the mouth; `front` is even-odd, so that a hole stays free for the mouth."""

    id: str
    words: tuple[str, ...] = ()
    soft: bool = Field(default=False, description="stubble: a shadow on the skin")
    back: str = ""
    front: str
    lines: str = ""


class Clothes(Value):
    """What is worn on the bust. SVG with {cloth}, {accent}, {skin}, {hair} and their _light, _dark, _deep shades."""

    id: str
    colours: tuple[str, ...] = ("#4a6fa5", "#a5484a", "#4a8f6a", "#8a5aa0", "#c07a3a")
    accents: tuple[str, ...] = ("#c8453c", "#e0a72e", "#2f7d84", "#5b4a9c", "#3c7a46")
    outline: str = BUST
    bare: bool = Field(default=False, description="the outline is skin, the cloth is in the details")
    behind: str = Field(default="", description="behind the head and shoulders: capes, high collars")
    detail: str = Field(default="", description="on the bust, cut off at its outline")
    both: str = Field(default="", description="as detail, and once more mirrored at x 50")
    over: str = Field(default="", description="on top, free of the outline")
    over_both: str = ""
    hood: str = Field(default="", description="around the face, above the hair: hoods, veils, turbans; even-odd")
    hood_colour: str = Field(default="cloth", description="or accent")
    fringe: bool = Field(default=False, description="the hair over the forehead shows under the hood")
    hood_behind: str = ""
    hood_front: str = Field(default="", description="on the hood: folds, pins")
    creases: bool = True


class Prop(Value):
    """A small thing that tells the trade: behind the shoulder, on the breast, or at the ear."""

    id: str
    behind: str = ""
    breast: str = ""
    head: str = Field(default="", description="above the hair: a pencil behind the ear, a cap")
    top: float = Field(default=0.0, description="how high it reaches, in shares of the square; negative: above it")

    @property
    def hat(self) -> bool:
        """Whether no hat goes over it."""
        return self.id in HATS


_Part = TypeVar("_Part", Hair, Beard, Clothes, Prop)


@cache
def hairs() -> dict[str, Hair]:
    """Styles by id."""
    return _read("hair", Hair)


@cache
def beards() -> dict[str, Beard]:
    """Beards by id."""
    return _read("beards", Beard)


@cache
def clothes() -> dict[str, Clothes]:
    """Clothes by id."""
    return _read("clothes", Clothes)


@cache
def props() -> dict[str, Prop]:
    """Props by id."""
    return _read("props", Prop)


def _read(name: str, kind: type[_Part]) -> dict[str, _Part]:
    """Rows of ``name``.toml; its [snippets] stand for themselves in every row: {snippet}."""
    table = tomllib.loads(files(__package__).joinpath(f"{name}.toml").read_text(encoding="utf-8"))
    snippets: dict[str, str] = table.pop("snippets", {})
    (rows,) = table.values()
    parts = [kind.model_validate({key: _spelled(value, snippets) for key, value in row.items()}) for row in rows]
    return {part.id: part for part in parts}


def _spelled(value: object, snippets: dict[str, str]) -> object:
    if isinstance(value, str):
        for key, text in snippets.items():
            value = value.replace(f"{{{key}}}", text)
    return value
