"""Bodies of our own for what has no art: a recipe for some things, a silhouette family for everything else.

A body is an SVG like any art, so placement, colour and style treat both alike. The rows lie in bodies/*.toml.
"""

from __future__ import annotations

import re
import tomllib
import zlib
from collections.abc import Iterator, Sequence
from functools import cache
from importlib.resources import files

from pydantic import Field

from pipeline.portrait import clay, patterns
from pipeline.types import Fraction, Mood, Persona, Value

_MOOD_HUES = {
    Mood.JOY: 90.0, Mood.ANGER: 28.0, Mood.SADNESS: 255.0, Mood.FEAR: 300.0, Mood.SURPRISE: 200.0, Mood.CALM: 150.0,
}  # fmt: skip
_NAMED = {
    "red": (0.60, 0.20, 27.0), "scarlet": (0.60, 0.21, 29.0), "crimson": (0.52, 0.19, 20.0),
    "orange": (0.74, 0.17, 58.0), "yellow": (0.87, 0.16, 95.0), "golden": (0.80, 0.14, 85.0),
    "green": (0.68, 0.16, 143.0), "turquoise": (0.76, 0.11, 190.0), "teal": (0.62, 0.10, 195.0),
    "blue": (0.60, 0.15, 255.0), "navy": (0.38, 0.10, 262.0), "purple": (0.55, 0.17, 308.0),
    "violet": (0.60, 0.16, 298.0), "lilac": (0.78, 0.09, 308.0), "pink": (0.78, 0.13, 355.0),
    "brown": (0.52, 0.08, 55.0), "beige": (0.86, 0.04, 80.0), "cream": (0.93, 0.04, 90.0), "white": (0.95, 0.01, 90.0),
    "grey": (0.66, 0.01, 260.0), "gray": (0.66, 0.01, 260.0), "black": (0.33, 0.015, 280.0),
}  # fmt: skip
"""Colour words as OKLCH: what somebody names outright beats what we know of the thing."""
_TONES = {"dark": -0.14, "deep": -0.10, "pale": 0.12, "light": 0.10, "bright": 0.05}
"""Words that move the lightness of whatever colour it is."""


_ABOUT = re.compile(
    r"[,:]| (?:that|which|who|whose|for|used|with|to|from|in|on|by|of|where|when|as|having|made|or|and)\b"
)
"""Where the noun phrase of a definition ends."""
_ADJECTIVES = ("al", "ar", "ic")


class BodyRow(Value):
    """A silhouette with its details, in a square of 100 x 100."""

    id: str
    words: tuple[str, ...] = ()
    hints: tuple[str, ...] = ()
    kinds: tuple[str, ...] = Field(default=(), description="hypernym lemmas of WordNet that it stands for")
    looks: tuple[str, ...] = Field(
        default=(), description='words of definitions that it stands for: "a long rod of wood"'
    )
    chance: bool = Field(default=False, description="may stand for what nobody knows anything about")
    colour: clay.Colour | None = Field(default=None, description="OKLCH; None: from thing, palette or mood")
    palette: tuple[clay.Colour, ...] = Field(default=(), description="colours that suit, one taken by chance")
    tints: dict[str, clay.Colour] = Field(default_factory=dict, description="word -> its own colour")
    pattern: str = Field(default="", description="id of the pattern that it wears unless words name another")
    plain: bool = Field(default=False, description="no word brings it a pattern: a fluffy pancake has no fur")
    gloss: Fraction = Field(default=0.5, description="strength of the highlight: 0.1 cloth .. 0.8 glass")
    outline: str
    margin: Fraction = Field(default=0.0, description="how far it reaches beyond the square, in shares of its side")
    face: tuple[Fraction, Fraction, Fraction] = Field(description="centre x, y and radius")
    head: tuple[Fraction, Fraction, Fraction] | None = Field(
        default=None, description="x, y, half width of a hat's brim; None: above the face, by the silhouette"
    )
    behind: str = ""
    front: str = ""

    @property
    def neutral(self) -> bool:
        """Whether it shows no particular thing: a shape, a use, or nothing but a character."""
        return self.chance or bool(self.looks)


class _Table(Value):
    body: tuple[BodyRow, ...] = ()
    colours: dict[str, clay.Colour] = Field(default_factory=dict, description="thing -> the colour it has")


@cache
def _tables() -> tuple[_Table, ...]:
    folder = files("pipeline.portrait").joinpath("bodies")
    texts = sorted((path.name, path.read_text(encoding="utf-8")) for path in folder.iterdir())
    return tuple(_Table.model_validate(tomllib.loads(text)) for name, text in texts if name.endswith(".toml"))


@cache
def bodies() -> tuple[BodyRow, ...]:
    """The rows of bodies/*.toml, checked."""
    return tuple(_within_margin(row) for table in _tables() for row in table.body)


def _within_margin(row: BodyRow) -> BodyRow:
    """Face and head in shares of the whole picture, as those of art are."""
    places = {key: getattr(row, key) for key in ("face", "head")}
    wide = 1 + 2 * row.margin
    moved = {
        key: ((place[0] + row.margin) / wide, (place[1] + row.margin) / wide, place[2] / wide)
        for key, place in places.items()
        if place
    }
    return row.model_copy(update=moved)


@cache
def colours() -> dict[str, clay.Colour]:
    """The colours that the world knows: plums are purple, ravens black."""
    return {thing: colour for table in _tables() for thing, colour in table.colours.items()}


@cache
def _rows(field: str) -> dict[str, BodyRow]:
    return {word: row for row in bodies() for word in getattr(row, field)}


def named(word: str) -> BodyRow | None:
    """The recipe with exactly this name."""
    return _rows("words").get(word)


def row_of(id: str) -> BodyRow:
    """The row of an id. Raises ``StopIteration`` for one that is not in the tables."""
    return next(row for row in bodies() if row.id == id)


def family(persona: Persona, kinds: Sequence[str] = (), gloss: str = "") -> tuple[BodyRow, str]:
    """The silhouette family for what WordNet calls the thing (``kinds``, nearest first) or says in its definition
    (``gloss``), else for its words, else one by chance that stays with the thing; and why."""
    missing = f"no picture fits {persona.thing!r}, so a"
    nearest = next(((row, kind) for kind in kinds if (row := _rows("kinds").get(kind))), None)
    said = next(((row, word) for word in genus(gloss) if (row := _rows("looks").get(word))), None)
    if nearest and not (said and nearest[0].chance):
        return nearest[0], f"{missing} {nearest[0].id} body was drawn, as it is a kind of {nearest[1]}"
    if said:
        return said[0], f"{missing} {said[0].id} body was drawn, as it is said to be a {said[1]}"
    for word in _phrase(persona):
        names = (word, word.removesuffix("s"))
        hints = (_rows(field).get(name) for field in ("hints", "words") for name in names)
        if row := next(filter(None, hints), None):
            return row, f"{missing} {row.id} body was drawn, as {word!r} suggests"
    plain = [row for row in bodies() if row.chance]
    row = plain[zlib.crc32(persona.thing.encode()) % len(plain)]
    return row, f"{missing} {row.id} body was drawn"


def genus(gloss: str) -> Iterator[str]:
    """What a definition says that a thing is, and what it is like: "rod" and then "cylindrical" of "a long cylindrical
    rod of wood", "pipe" of "a flexible pipe for conveying a liquid"; but "mine", not "land", of "a land mine"."""
    said = re.sub(r"\([^)]*\)", " ", gloss.lower())
    said = re.sub(r"\b(kind|type|piece|pair|set|series|any|one|form|part|number)s? of\b", " ", said)
    head = _ABOUT.split(said)[0]
    *before, last = re.findall(r"[a-z]+", head) or [""]
    yield from (last, last.removesuffix("s"))
    yield from (word for word in reversed(before) if word.endswith(_ADJECTIVES))


def svg(row: BodyRow, persona: Persona, behind: str = "") -> str:
    """The body as SVG, in the colour and pattern that the words ask for, else in those that suit the thing.

    ``behind``: further parts behind it, such as the letter that stands on a block.
    """
    colour = _colour(row, persona)
    said = () if row.plain else _phrase(persona)
    worn = next((found for word in said if (found := patterns.named(word))), row.pattern)
    x, y, radius = (value * (1 + 2 * row.margin) for value in row.face)
    face = (x - row.margin, y - row.margin, radius)
    surface = patterns.surface(worn, clay.shades(colour), face) if worn else ""
    return clay.model(row.outline, row.behind + behind, row.front, colour, row.gloss, surface, row.margin)


def colour_word(persona: Persona) -> str | None:
    """The word that names the body's colour outright."""
    thing = persona.thing.lower().split()
    said = (word for word in (*persona.traits, *_phrase(persona)) if word not in thing)
    return next((word for word in said if word in _NAMED), None)


def _phrase(persona: Persona) -> list[str]:
    """The words of the thing, the head noun first, then those before it; nothing of 'who befriends crows'."""
    thing = persona.thing.lower()
    before, found, _ = persona.concept.lower().partition(thing or "\n")
    return [word for part in (thing, before if found else "") for word in reversed(re.findall(r"[a-z]+", part))]


def _colour(row: BodyRow, persona: Persona) -> clay.Colour:
    """Named outright, known of the thing, the row's, or by chance: another for every seed, always the same for one."""
    words = _phrase(persona)
    chance = zlib.crc32(f"{persona.thing}{persona.seed}".encode())
    lightness, chroma, hue = _NAMED.get(
        colour_word(persona) or (persona.thing.lower() if row.chance else "")
    ) or _usual(row, persona, chance)
    tone = next((_TONES[word] for word in words if word in _TONES), 0.0)
    return min(0.97, max(0.28, lightness + tone)), chroma * (0.75 if tone > 0.1 else 1.0), hue


def _usual(row: BodyRow, persona: Persona, chance: int) -> clay.Colour:
    words = _phrase(persona)
    for known in (row.tints, colours()):
        for word in (persona.thing.lower(), *words):
            for key in (word, word.removesuffix("s")):
                if key in known:
                    return _varied(known[key], chance)
    if row.colour:
        return _varied(row.colour, chance)
    if row.palette:
        return _varied(row.palette[chance % len(row.palette)], chance)
    return 0.70 + (chance >> 8) % 9 / 100, 0.12, (_MOOD_HUES[persona.mood] + chance % 160 - 80) % 360


def _varied(colour: clay.Colour, chance: int) -> clay.Colour:
    """No two plums are quite alike."""
    lightness, chroma, hue = colour
    return lightness + ((chance >> 4) % 5 - 2) / 100, chroma, (hue + (chance >> 12) % 9 - 4) % 360
