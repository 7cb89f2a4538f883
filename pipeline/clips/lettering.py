"""Words in pictures: shaped, broken into lines, and in every script that there are letters for.

Noto Sans comes with the assets (Latin, Greek, Cyrillic, Devanagari), so films look alike everywhere. What it lacks,
such as Chinese and Japanese, is taken from the fonts of the system; without one there it is drawn as boxes.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

import skia

from pipeline import assets
from pipeline.errors import CorruptAsset

_FAMILY = "Noto Sans"
_FILE = "400Regular/NotoSans_400Regular.ttf"


def paragraph(text: str, size: float, colour: int, width: float, home: Path) -> skia.textlayout.Paragraph:
    """Centred lines of at most ``width`` pixels in letters of ``size``; ``colour`` is ARGB. Line breaks are blanks.

    ``home``: the folder of assets. Raises ``MissingAsset`` or ``CorruptAsset`` for the font.
    """
    words = " ".join(text.split())
    fonts, families = _fonts(frozenset(words), home)
    letters = skia.textlayout.TextStyle()
    letters.setFontFamilies(families)
    letters.setFontSize(size)
    letters.setColor(colour)
    style = skia.textlayout.ParagraphStyle()
    style.setTextStyle(letters)
    style.setTextAlign(skia.textlayout.TextAlign.kCenter)
    builder = skia.textlayout.ParagraphBuilder.make(style, fonts, _unicode())
    builder.addText(words)
    lines = builder.Build()
    lines.layout(width)
    return lines


def _fonts(letters: frozenset[str], home: Path) -> tuple[skia.textlayout.FontCollection, list[str]]:
    """Fonts that have these letters, and their names, the first to look into first."""
    ours = _typeface(assets.locate(home, "noto-sans") / _FILE)
    shelf = skia.textlayout.TypefaceFontProvider()
    shelf.registerTypeface(ours)
    families = [_FAMILY]
    for letter in sorted(letters):
        if not ours.unicharToGlyph(ord(letter)):
            theirs = _system().matchFamilyStyleCharacter("", skia.FontStyle.Normal(), [], ord(letter))
            if theirs and theirs.getFamilyName() not in families:
                shelf.registerTypeface(theirs)
                families.append(theirs.getFamilyName())
    fonts = skia.textlayout.FontCollection()
    fonts.setDefaultFontManager(shelf)
    return fonts, families


@cache
def _typeface(path: Path) -> skia.Typeface:
    typeface = skia.Typeface.MakeFromFile(str(path))
    if typeface is None:
        raise CorruptAsset(f"The font {path.name} cannot be read.", remedy="chatanything assets --fetch")
    return typeface


@cache
def _system() -> skia.FontMgr:
    return skia.FontMgr()


@cache
def _unicode() -> skia.Unicode:
    return skia.Unicodes.ICU.Make()
