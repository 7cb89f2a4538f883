"""Bodies of our own for what has no art: a recipe for some things, a silhouette family for everything else.

A body is an SVG like any art, so placement, colour and style treat both alike.
"""

from __future__ import annotations

import re
import tomllib
import zlib
from functools import cache
from importlib.resources import files

from pydantic import Field

from pipeline.face.colours import from_oklch
from pipeline.portrait.svg import NAMESPACE
from pipeline.types import Fraction, Mood, Persona, Value

_MOOD_HUES = {
    Mood.JOY: 90.0, Mood.ANGER: 28.0, Mood.SADNESS: 255.0, Mood.FEAR: 300.0, Mood.SURPRISE: 200.0, Mood.CALM: 150.0,
}  # fmt: skip


class BodyRow(Value):
    """A silhouette with its details, in a square of 100 x 100."""

    id: str
    words: tuple[str, ...] = ()
    hints: tuple[str, ...] = ()
    colour: tuple[float, float, float] | None = Field(default=None, description="OKLCH; None: from the words")
    tints: dict[str, tuple[float, float, float]] = Field(default_factory=dict, description="word -> its own colour")
    outline: str
    face: tuple[Fraction, Fraction, Fraction]
    behind: str = ""
    front: str = ""


class _Table(Value):
    body: tuple[BodyRow, ...] = Field(min_length=1)


@cache
def bodies() -> tuple[BodyRow, ...]:
    """The rows of bodies.toml, checked."""
    text = files("pipeline.portrait").joinpath("bodies.toml").read_text(encoding="utf-8")
    return _Table.model_validate(tomllib.loads(text)).body


def recipe(thing: str) -> BodyRow | None:
    """The recipe of a thing by its whole name, or by its last words."""
    words = re.findall(r"[a-z0-9'-]+", thing.lower())
    tails = {" ".join(words[start:]) for start in range(len(words))}
    tails |= {tail.removesuffix("s") for tail in tails}
    return next((row for row in bodies() if tails.intersection(row.words)), None)


def known(thing: str) -> bool:
    """Whether a recipe has exactly this name."""
    return any(thing in row.words for row in bodies())


def family(persona: Persona) -> tuple[BodyRow, str]:
    """The silhouette family that the words hint at, else one by chance that stays with the thing; and why."""
    families = [row for row in bodies() if row.hints]
    said = re.findall(r"[a-z]+", f"{persona.thing} {persona.concept}".lower())
    for word in said:
        for row in families:
            if word in row.hints or word.removesuffix("s") in row.hints:
                return row, f"no picture fits {persona.thing!r}, so a {row.id} body was drawn, as {word!r} suggests"
    plain = [row for row in families if row.id in ("blob", "sphere", "cushion", "crystal", "cloud")]
    row = plain[zlib.crc32(persona.thing.encode()) % len(plain)]
    return row, f"no picture fits {persona.thing!r}, so a {row.id} body was drawn"


def svg(row: BodyRow, persona: Persona) -> str:
    """The body as SVG, in its recipe's colour or one that thing and mood agree on."""
    said = re.findall(r"[a-z]+", persona.thing.lower())
    own = next((row.tints[key] for word in said for key in (word, word.removesuffix("s")) if key in row.tints), None)
    lightness, chroma, hue = own or row.colour or _colour(persona)
    shades = {
        "light": from_oklch(min(0.97, lightness + 0.13), chroma * 0.75, hue),
        "base": from_oklch(lightness, chroma, hue),
        "dark": from_oklch(lightness - 0.17, chroma * 1.05, (hue - 8) % 360),
        "deep": from_oklch(max(0.12, lightness - 0.34), chroma * 0.9, (hue - 16) % 360),
        "accent": from_oklch(0.78, 0.15, (hue + 165) % 360),
    }
    behind, front = row.behind, row.front
    for key, colour in shades.items():
        behind, front = behind.replace(f"{{{key}}}", colour), front.replace(f"{{{key}}}", colour)
    return (
        f'<svg xmlns="{NAMESPACE}" viewBox="0 0 100 100">{_gradients(shades)}{behind}'
        f'<path d="{row.outline}" fill="url(#clay)"/><g clip-path="url(#inside)">'
        f'<ellipse cx="50" cy="104" rx="70" ry="34" fill="url(#under)"/>'
        f'<ellipse cx="33" cy="20" rx="34" ry="20" fill="url(#gloss)" transform="rotate(-24 33 20)"/></g>{front}'
        f'<clipPath id="inside"><path d="{row.outline}"/></clipPath></svg>'
    )


def _gradients(shades: dict[str, str]) -> str:
    light, base, dark, deep = (shades[key] for key in ("light", "base", "dark", "deep"))
    return (
        f'<defs><radialGradient id="clay" cx=".36" cy=".28" r=".95"><stop offset="0" stop-color="{light}"/>'
        f'<stop offset=".5" stop-color="{base}"/><stop offset="1" stop-color="{dark}"/></radialGradient>'
        f'<radialGradient id="under"><stop offset="0" stop-color="{deep}" stop-opacity=".55"/>'
        f'<stop offset="1" stop-color="{deep}" stop-opacity="0"/></radialGradient>'
        '<radialGradient id="gloss"><stop offset="0" stop-color="#fff" stop-opacity=".55"/>'
        '<stop offset="1" stop-color="#fff" stop-opacity="0"/></radialGradient></defs>'
    )


def _colour(persona: Persona) -> tuple[float, float, float]:
    """A hue near the mood's, moved by the thing's own name: two sad things differ."""
    chance = zlib.crc32(persona.thing.encode())
    return 0.70 + (chance >> 8) % 9 / 100, 0.12, (_MOOD_HUES[persona.mood] + chance % 160 - 80) % 360
