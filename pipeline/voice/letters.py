"""What words in any script sound like, roughly: enough to move lips to what a service says and nothing here can
pronounce.

Unicode's names of letters say how they sound: HIRAGANA LETTER KA, HANGUL SYLLABLE GAG, CYRILLIC SMALL LETTER EM. Where
the name does not tell, as of Chinese characters, a character is a syllable.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from itertools import groupby

from hibari.g2p import G2P

from pipeline.voice import delivery
from pipeline.voice.pronunciation import alphabet, symbols

SOMETHING = "tɑ"
"""A character whose name does not tell."""
_SYLLABLES = re.compile(r"HIRAGANA|KATAKANA|HANGUL|DEVANAGARI|BENGALI|TAMIL|TELUGU|GUJARATI|KANNADA|MALAYALAM|ETHIOPIC")
_SPELLED = re.compile(r"(?:LETTER|SYLLABLE|VOWEL SIGN|CHARACTER)(?: SMALL| FINAL| SHORT)? ([A-Z]+)")
_MUTE = re.compile(r"(SOFT|HARD|BREATHING|VIRAMA|NUKTA) ?SIGN|VIRAMA|NUKTA|LETTER SMALL TU$")
_SOUND = re.compile(r"shch|sh|ch|zh|ts|kh|th|ph|ng|[a-z]")
_SOUNDS = {
    "shch": "ʃ", "sh": "ʃ", "ch": "ʧ", "zh": "ʒ", "ts": "ts", "kh": "h", "th": "t", "ph": "f", "ng": "ŋ",
    "a": "ɑ", "e": "ɛ", "i": "i", "o": "O", "u": "u", "c": "s", "g": "ɡ", "j": "ʤ", "q": "k", "r": "ɹ", "x": "ks",
    "y": "j",
}  # fmt: skip
_VOWELS = "aeiou"
_NAMED = {"ie": "e", "ghe": "g"}
"""Letters of Cyrillic whose names mislead."""


def expected(pronounce: G2P, words: str) -> str:
    """The symbols of ``text.marked`` words: what is in Latin letters as English, the rest by its letters. At least one
    symbol, so that something moves."""
    runs = ("".join(run) for _, run in groupby(words, _is_foreign))
    said = "".join(
        spelled(run) if _is_foreign(run[0]) else _padded(run, delivery.known(symbols(pronounce, run), alphabet()))
        for run in runs
    )
    return said if any(symbol.isalpha() and symbol not in delivery.MODIFIERS for symbol in said) else "ə"


def spelled(letters: str) -> str:
    """The symbols of letters of other scripts."""
    return "".join(map(_sounds, unicodedata.normalize("NFC", letters)))


@cache
def _sounds(letter: str) -> str:
    name = unicodedata.name(letter, "")
    if _MUTE.search(name):
        return ""
    if "PROLONGED SOUND" in name:
        return "ː"
    found = _SPELLED.search(name)
    if not found:
        return SOMETHING if letter.isalpha() else ""
    said = found[1].lower()
    if not _SYLLABLES.search(name):
        said = _of_its_name(said)
    return "".join(_SOUNDS.get(sound, sound) for sound in _SOUND.findall(said))


def _of_its_name(name: str) -> str:
    """What a letter of an alphabet is: "em" m, "zhe" zh, "alpha" a, "sha" sh."""
    if name in _NAMED:
        return _NAMED[name]
    if name[0] in _VOWELS:
        return name[1] if len(name) == 2 and name[1] not in _VOWELS else name[0]
    consonants = re.match(r"[^aeiou]+", name)
    return name if not consonants or (name[0] == "y" and len(name) == 2) else consonants[0]


def _is_foreign(character: str) -> bool:
    letter = unicodedata.category(character)[0] in "LM"
    return letter and not unicodedata.name(character, "LATIN").startswith(("LATIN", "COMBINING"))


def _padded(run: str, said: str) -> str:
    """With the spaces at its ends, which the pronunciation takes away; a mark alone is a pause."""
    return f"{' ' * run[0].isspace()}{said}{' ' * run[-1].isspace()}" if said else " "
