"""Words in pictures: shaped, broken into lines, and in every script that there are letters for.

Noto Sans comes with the assets (Latin, Greek, Cyrillic, Devanagari), and so do its Arabic and, as a package, its
Chinese, Japanese and Korean, so films look alike everywhere. Other scripts are taken from the fonts of the system;
what those lack, too, is left out instead of being drawn as boxes, and the log says so once.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from pathlib import Path

import skia
import structlog

from pipeline import assets
from pipeline.errors import CorruptAsset, MissingAsset

log = structlog.get_logger(__name__)

_ARABIC = re.compile("[\u0600-\u06ff\u0750-\u077f\u08a0-\u08ff\ufb50-\ufdff\ufe70-\ufefc]")
_EAST_ASIAN = re.compile(
    "[\u1100-\u11ff\u2e80-\ua4cf\ua960-\ua97f\uac00-\ud7ff\uf900-\ufaff\ufe30-\ufe4f\uff00-\uffef]"
)
_RARE_HAN = range(0x20000, 0x32400)
_KANA, _HANGUL = re.compile("[\u3040-\u30ff]"), re.compile("[\u1100-\u11ff\u3130-\u318f\uac00-\ud7ff]")
_FROM_RIGHT = "\u202b"
"""Says that what follows is written from right to left, also its full stop (Unicode annex 9, RLE)."""


def paragraph(
    text: str, size: float, colour: int, width: float, home: Path, locale: str | None = None
) -> skia.textlayout.Paragraph:
    """Centred lines of at most ``width`` pixels in letters of ``size``; ``colour`` is ARGB. Line breaks are blanks.

    ``home``: the folder of assets; ``locale``: of a longer text that this is a part of, see `locale_of`. Letters that
    no font has are left out, see `legible`. Raises ``MissingAsset`` or ``CorruptAsset`` for the font.
    """
    words = " ".join(legible(text, home).split())
    letters = skia.textlayout.TextStyle()
    fonts, families = _fonts(frozenset(words), home)
    letters.setFontFamilies(families)
    letters.setFontSize(size)
    letters.setColor(colour)
    letters.setLocale(locale or locale_of(words))
    style = skia.textlayout.ParagraphStyle()
    style.setTextStyle(letters)
    style.setTextAlign(skia.textlayout.TextAlign.kCenter)
    builder = skia.textlayout.ParagraphBuilder.make(style, fonts, _unicode())
    builder.addText(_FROM_RIGHT + words if _reads_from_right(words) else words)
    lines = builder.Build()
    lines.layout(width)
    return lines


def locale_of(text: str) -> str:
    """Whose forms its Chinese characters have: Japanese beside kana, Korean beside hangul, else Chinese."""
    return "ja" if _KANA.search(text) else "ko" if _HANGUL.search(text) else "zh-Hans"


def legible(text: str, home: Path) -> str:
    """The text without the letters that no font has, neither ours nor one of the system."""
    lacking = {letter for letter in set(text) if _needs_glyph(letter) and _face(letter, home) is None}
    for script in sorted({_script(letter) for letter in lacking}):
        _left_out(script)
    return "".join(letter for letter in text if letter not in lacking)


def _fonts(letters: frozenset[str], home: Path) -> tuple[skia.textlayout.FontCollection, list[str]]:
    """Fonts that have these letters, and their names, the first to look into first."""
    faces = [_latin(home)]
    faces += [face for letter in sorted(letters) if _needs_glyph(letter) and (face := _face(letter, home))]
    shelf, families = skia.textlayout.TypefaceFontProvider(), list[str]()
    for face in faces:
        if face.getFamilyName() not in families:
            shelf.registerTypeface(face)
            families.append(face.getFamilyName())
    fonts = skia.textlayout.FontCollection()
    fonts.setDefaultFontManager(shelf)
    return fonts, families


@cache
def _face(letter: str, home: Path) -> skia.Typeface | None:
    """The first font that has a letter."""
    faces = [_latin(home)]
    if _ARABIC.match(letter):
        faces.append(_arabic(home))
    if _EAST_ASIAN.match(letter):
        faces.append(_east_asian())
    found = next((face for face in faces if face and face.unicharToGlyph(ord(letter))), None)
    return found or _system().matchFamilyStyleCharacter("", skia.FontStyle.Normal(), [], ord(letter))


@cache
def _latin(home: Path) -> skia.Typeface:
    return _loaded((assets.locate(home, "noto-sans") / "400Regular/NotoSans_400Regular.ttf").read_bytes())


@cache
def _arabic(home: Path) -> skia.Typeface | None:
    try:
        folder = assets.locate(home, "noto-sans-arabic")
    except MissingAsset:  # by an older version: what the system has will do
        return None
    return _loaded((folder / "400Regular/NotoSansArabic_400Regular.ttf").read_bytes())


@cache
def _east_asian() -> skia.Typeface | None:
    try:
        return _loaded(assets.read_package("noto-sans-cjk"))
    except MissingAsset:
        return None


def _loaded(font: bytes) -> skia.Typeface:
    typeface = skia.Typeface.MakeFromData(skia.Data.MakeWithCopy(font))
    if typeface is None:
        raise CorruptAsset("A font of the assets cannot be read.", remedy=assets.REMEDY)
    return typeface


def _needs_glyph(letter: str) -> bool:
    """Not blanks, and not what tells other letters how to look."""
    return unicodedata.category(letter)[0] not in "ZC" and not "\ufe00" <= letter <= "\ufe0f"


def _reads_from_right(words: str) -> bool:
    strong = (unicodedata.bidirectional(letter) for letter in words)
    return next((side for side in strong if side in ("L", "R", "AL")), "L") != "L"


def _script(letter: str) -> str:
    """For the operator: "thai", "hebrew"; names of symbols would tell what somebody wrote."""
    if unicodedata.category(letter)[0] not in "LM":
        return "symbols"
    return unicodedata.name(letter, "unknown").split()[0].lower()


@cache
def _left_out(script: str) -> None:
    log.warning("lettering.no_font", script=script, remedy="install a font that has it, such as Noto's")


@cache
def _system() -> skia.FontMgr:
    return skia.FontMgr()


@cache
def _unicode() -> skia.Unicode:
    return skia.Unicodes.ICU.Make()
