"""What lies on a body's surface: stripes, knitting, pores, bark (patterns.toml)."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files

from pydantic import Field

from pipeline.types import Value


class Pattern(Value):
    """One tile, repeated over the body."""

    id: str
    words: tuple[str, ...] = ()
    size: tuple[float, float] = Field(description="width and height of the tile, in hundredths of the body's square")
    angle: float = 0.0
    tile: str = Field(description="SVG; {light} {dark} ... are the body's shades")
    calm: float = Field(default=0.85, description="how much of it is taken back below the face, 0..1")


class _Table(Value):
    pattern: tuple[Pattern, ...]


@cache
def patterns() -> dict[str, Pattern]:
    """The rows of patterns.toml by id, checked."""
    text = files("pipeline.portrait").joinpath("patterns.toml").read_text(encoding="utf-8")
    return {row.id: row for row in _Table.model_validate(tomllib.loads(text)).pattern}


@cache
def _by_word() -> dict[str, str]:
    return {word: row.id for row in patterns().values() for word in row.words}


def named(word: str) -> str | None:
    """The pattern that a word asks for: 'checked'."""
    return _by_word().get(word)


def surface(pattern: str, shades: dict[str, str], face: tuple[float, float, float]) -> str:
    """SVG that covers the square with ``pattern``, faded out where the face will be."""
    row = patterns()[pattern]
    tile = row.tile
    for key, colour in shades.items():
        tile = tile.replace(f"{{{key}}}", colour)
    x, y, radius = (100 * value for value in face)
    width, height = row.size
    base = shades["base"]
    # As style, not as attribute: svg.flatten takes shading away, and this is none.
    return (
        f'<pattern id="tile" width="{width:g}" height="{height:g}" patternUnits="userSpaceOnUse" '
        f'patternTransform="rotate({row.angle:g} 50 50)">{tile}</pattern>'
        f'<rect x="-20" y="-20" width="140" height="140" style="fill:url(#tile)"/>'
        f'<radialGradient id="calm"><stop offset=".5" stop-color="{base}" stop-opacity="{row.calm:g}"/>'
        f'<stop offset="1" stop-color="{base}" stop-opacity="0"/></radialGradient>'
        f'<circle cx="{x:g}" cy="{y:g}" r="{radius * 1.25:g}" style="fill:url(#calm)"/>'
    )
