"""Letters, numbers and marks as themselves: "the letter Q", "a grumpy 8", "the number seven", "a semicolon"."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import skia

from pipeline import assets
from pipeline.errors import CorruptAsset
from pipeline.types import Persona

BODY = "letter-tile"
"""The body that a sign stands on."""
_TENS = {"twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90}
_SMALL = (
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
    "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
)  # fmt: skip
_MARKS = {
    "semicolon": ";", "comma": ",", "question mark": "?", "exclamation mark": "!", "exclamation point": "!",
    "interrobang": "?!", "ampersand": "&", "hashtag": "#", "hash sign": "#", "at sign": "@", "percent sign": "%",
    "asterisk": "*", "plus sign": "+", "equals sign": "=", "dollar sign": "$", "euro sign": "€", "pound sign": "£",
    "quotation mark": "“", "section sign": "§", "pi": "π", "number": "123", "digit": "123", "alphabet": "ABC",
    "letter of the alphabet": "ABC", "font": "Aa",
}  # fmt: skip
_HEIGHT, _WIDTH, _FOOT = 64.0, 96.0, 51.0
"""Room for a sign above its block, and the line it stands on, in the units of a body."""
_FAT, _RIM = 7.0, 5.0
"""What is added to the thin strokes of the font, and what shines out around them."""
_HANGING = ";,“?!"
"""Marks whose tails and dots would be lost if they were as fat and stood on the block."""


def sign_of(persona: Persona) -> str:
    """What the words name, in one to four letters; empty for anything else.

    A letter is shown as a capital unless they say otherwise. "The chosen one" is no number.
    """
    thing, said = persona.thing.lower(), persona.concept.lower()
    if re.fullmatch(r"[a-z]|[0-9]{1,4}", thing):
        return thing if re.search(r"\b(lower[- ]?case|small letter)\b", said) else thing.upper()
    if thing == "one" and not re.search(r"\b(number|digit|figure)\b", said):
        return ""
    number = _numbers().get(thing.replace("-", " "))
    if number is not None:
        return str(number)
    whole = next((mark for mark in _MARKS if mark.endswith(f" {thing}") and mark in said), thing)
    return _MARKS.get(whole, "")


@cache
def _numbers() -> dict[str, int]:
    found = {word: value for value, word in enumerate(_SMALL)} | dict(_TENS)
    found |= {f"{ten} {_SMALL[one]}": value + one for ten, value in _TENS.items() for one in range(1, 10)}
    return found


def drawn(sign: str, home: Path, colour: str = "accent") -> str:
    """The sign as parts of a body (see `clay.model`): fat letters with a pale rim, ready to stand on a block.

    ``colour``: a name of `clay.shades`; ``home``: the folder of assets, whose font is taken.
    Raises ``MissingAsset`` or ``CorruptAsset`` for it.
    """
    line = _line(sign, _font(home))
    bounds = line.computeTightBounds()
    fat, lift = (_FAT / 2, 5.0) if sign in _HANGING else (_FAT, 0.0)
    scale = min((_HEIGHT - lift - fat) / max(bounds.height(), 36.0), (_WIDTH - fat) / bounds.width())
    x, y = 50 - scale * bounds.centerX(), _FOOT - lift - fat / 2 - scale * bounds.bottom()
    line.transform(skia.Matrix().setScale(scale, scale).postTranslate(x, y))
    return "".join(
        f'<path class="clay" d="{_data(_fattened(line, fat + more))}" fill="{fill}" fill-rule="evenodd"/>'
        for more, fill in ((_RIM, "{pale}"), (0.0, f"{{{colour}}}"))
    )


@cache
def _font(home: Path) -> skia.Font:
    file = assets.locate(home, "noto-sans") / "400Regular/NotoSans_400Regular.ttf"
    typeface = skia.Typeface.MakeFromData(skia.Data.MakeWithCopy(file.read_bytes()))
    if typeface is None:
        raise CorruptAsset("A font of the assets cannot be read.", remedy=assets.REMEDY)
    return skia.Font(typeface, 72)


def _line(text: str, font: skia.Font) -> skia.Path:
    """The letters side by side."""
    line, x = skia.Path(), 0.0
    glyphs = font.textToGlyphs(text)
    for glyph, width in zip(glyphs, font.getWidths(glyphs), strict=True):
        line.addPath(font.getPath(glyph), x, 0)
        x += width + 3
    return line


def _fattened(path: skia.Path, width: float) -> skia.Path:
    pen = skia.Paint(Style=skia.Paint.kStrokeAndFill_Style, StrokeWidth=width, StrokeJoin=skia.Paint.kRound_Join)
    fat = skia.Path()
    pen.getFillPath(path, fat)
    return skia.Simplify(fat)


def _data(path: skia.Path) -> str:
    """As SVG path data."""
    parts = []
    for verb, points in path:
        xy = [f"{point.x():.2f} {point.y():.2f}" for point in points]
        if verb == skia.Path.kMove_Verb:
            parts.append(f"M{xy[0]}")
        elif verb == skia.Path.kLine_Verb:
            parts.append(f"L{xy[1]}")
        elif verb == skia.Path.kCubic_Verb:
            parts.append(f"C{' '.join(xy[1:])}")
        elif verb in (skia.Path.kQuad_Verb, skia.Path.kConic_Verb):  # round joins: as good as a quadratic curve
            parts.append(f"Q{xy[1]} {xy[2]}")
        elif verb == skia.Path.kClose_Verb:
            parts.append("Z")
    return " ".join(parts)
