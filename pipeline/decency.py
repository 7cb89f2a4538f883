"""Whether words ask for something sexual, as far as a list of words in six languages can tell (``decency.toml``).

It knows no spelling that means to get past it, no pictures and no innuendo: what a character says is also up to the
language model behind it. It is there so that nobody meets such things in a public place unasked.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterable
from functools import cache
from importlib.resources import files
from typing import TypeAlias

from pydantic import TypeAdapter

_Lists: TypeAlias = dict[str, dict[str, tuple[str, ...]]]

_NUMBERS = "four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen"
_MINOR = re.compile(
    rf"(?<![\d.,])(?:\d|1[0-7]|{_NUMBERS})[ -]?"
    r"(?:(?:years?|yrs?)[ -]olds?\b|y/?o\b|jährig|jahre alt\b|ans\b|años\b|[歳才岁歲])"
)
"""An age below eighteen."""


def sexual(text: str, *, concept: bool = False) -> bool:
    """Whether a text asks for something sexual; of a ``concept``, who somebody is to be, more words count as that."""
    plain = _plain(text)
    return _holds("sexual", plain) or (concept and _holds("suggestive", plain))


def about_children(text: str) -> bool:
    """Whether it does so, and names a child or an age below eighteen as well."""
    plain = _plain(text)
    if not (_holds("sexual", plain) or _holds("suggestive", plain)):
        return False
    return _holds("children", plain) or _MINOR.search(plain) is not None


def _plain(text: str) -> str:
    """As the lists are written, without what they spare."""
    low = unicodedata.normalize("NFKC", text).casefold()
    return _pattern("spared").sub(" ", low)


def _holds(name: str, plain: str) -> bool:
    return _pattern(name).search(plain) is not None


@cache
def _pattern(name: str) -> re.Pattern[str]:
    """Any word of a list."""
    raw = files("pipeline").joinpath("decency.toml").read_text(encoding="utf-8")
    lists = TypeAdapter(_Lists).validate_python(tomllib.loads(raw))[name]
    spaced = [word for language, words in lists.items() if language not in ("ja", "zh") for word in words]
    unspaced = [word for language in ("ja", "zh") for word in lists[language]]
    return re.compile(rf"\b(?:{_any(spaced)})\b|{_any(unspaced)}")


def _any(words: Iterable[str]) -> str:
    return "|".join(re.escape(unicodedata.normalize("NFKC", word).casefold()) for word in words)
