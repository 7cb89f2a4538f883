"""Wishes in the bot's other languages, word by word in English: "etwas tiefer" is "a bit deeper"."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from functools import cache
from importlib.resources import files

from pydantic import TypeAdapter

_SPACED = r"[a-zà-ÿœ]"
"""Letters of languages that put spaces between words."""


def in_english(wish: str) -> str:
    """The wish as far as it is understood, in small letters; one that is English, or in words unknown here, as it is.

    All words of a wish are taken from one language, the one that knows most of it; it has to know more than half.
    """
    written = unicodedata.normalize("NFKC", wish).lower()
    found = [(count, english) for english, count in (_replaced(written, words) for words in _languages()) if count]
    best, english = max(found, key=lambda pair: pair[0], default=(0, wish))
    letters = sum(c.isalpha() for c in written)
    return " ".join(english.split()) if 2 * best > letters else wish


def _replaced(written: str, words: dict[str, str]) -> tuple[str, int]:
    """The wish with what is known put into English, and how many letters of it that was."""
    count = 0

    def put(match: re.Match[str]) -> str:
        nonlocal count
        count += sum(c.isalpha() for c in match[0])
        return f" {words[match[0]]} "

    return _pattern(tuple(words)).sub(put, written), count


@cache
def _pattern(words: tuple[str, ...]) -> re.Pattern[str]:
    longest = sorted(words, key=len, reverse=True)
    whole = [rf"(?<!{_SPACED}){re.escape(word)}(?!{_SPACED})" if word[0] < "\u3000" else word for word in longest]
    return re.compile("|".join(whole))


@cache
def _languages() -> tuple[dict[str, str], ...]:
    tables = tomllib.loads((files("pipeline.voice") / "wish_words.toml").read_text(encoding="utf-8"))
    return tuple(TypeAdapter(dict[str, dict[str, str]]).validate_python(tables).values())
