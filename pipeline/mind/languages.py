"""Which language words are in, and which one they ask for: script, accents and the commonest small words.

Enough for a few words of a concept and for checking a draft, where a statistical identifier has too little to go on.
What cannot be told is None, and then the language model decides.
"""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from functools import cache
from importlib.resources import files

from pydantic import TypeAdapter

from pipeline.types import Value

ENGLISH = "en"

# In this order: kana tells Japanese from Chinese, four letters tell Ukrainian from Russian.
_SCRIPTS = (
    ("ja", "[\u3040-\u30ff]"),
    ("ko", "[\uac00-\ud7af]"),
    ("zh", "[\u3400-\u9fff]"),
    ("uk", "[іїєґ]"),
    ("ru", "[а-яё]"),
    ("el", "[\u0370-\u03ff]"),
    ("he", "[\u0590-\u05ff]"),
    ("fa", "[پچژگ]"),
    ("ar", "[\u0600-\u06ff]"),
    ("hi", "[\u0900-\u097f]"),
    ("th", "[\u0e00-\u0e7f]"),
)
_SPEAKS = (
    "speaks?|speaking|talks?|talking|answers? in|habla|hable|hablando|parle|parlant|spricht|sprich|sprechende[rs]?|"
    "fala|fale|falando|parla|parlando|spreekt"
)
_IN = "in|en|auf|em|op"
_NOT = re.compile(r"(\b(not|never|no|nicht|kein|pas|non|não)|n['’]t)\b[\w\s]{0,12}$")


class Language(Value):
    """One language."""

    name: str
    own: tuple[str, ...] = ()
    """Its names in itself, lower case."""
    asks: tuple[str, ...] = ()
    """Phrases that ask for it, where a name beside a verb is not how one asks."""
    named: tuple[str, ...] = ()
    """What stands before a wished name: "named"."""
    common: frozenset[str] = frozenset()
    """Frequent small words, and some that people describe characters with."""
    letters: str = ""
    """Letters that few other languages have."""


@cache
def languages() -> dict[str, Language]:
    """The rows by ISO 639-1 code."""
    rows = tomllib.loads((files("pipeline.mind") / "data" / "languages.toml").read_text("utf-8"))
    return TypeAdapter(dict[str, Language]).validate_python(
        {code: row | {"common": row.get("common", "").split()} for code, row in rows.items()}
    )


def name(code: str) -> str:
    """ "Spanish" for "es"; a code without a row is its own name."""
    row = languages().get(code)
    return row.name if row else code


def code(said: str) -> str | None:
    """ISO 639-1 code of "Spanish", "español", "ES", "es-MX", "Mexican Spanish"; None where nothing is recognised."""
    low = said.strip().casefold()
    if re.fullmatch(r"[a-z]{2}([-_].*)?", low):
        return low[:2]
    return next((code for code, row in languages().items() if re.search(rf"\b(?:{_names(row)})\b", low)), None)


def detect(text: str) -> str | None:
    """The language of a text, or None when no language leads clearly."""
    low = text.casefold()
    letters = sum(ch.isalpha() for ch in low)
    for language, pattern in _SCRIPTS:
        # "りんごのApple" is Japanese; an English line about 東京 is not.
        if found := re.findall(pattern, low):
            script = re.findall("[\u3040-\u30ff\u3400-\u9fff]", low) if language in ("ja", "zh") else found
            if language in ("uk", "fa") or 3 * len(script) > letters:
                return language
    votes = Counter[str]()
    for word in re.findall(r"[\w'’]+", low):
        votes.update(code for code, row in languages().items() if word in row.common)
    for language, row in languages().items():
        if any(letter in low for letter in row.letters):
            votes[language] += 1
    leaders = [language for language, count in votes.items() if count == max(votes.values())]
    if ENGLISH in leaders:  # "a" is a word of many languages
        return ENGLISH
    return leaders[0] if len(leaders) == 1 else None


def asked(concept: str) -> str | None:
    """The language that a description asks for: "speaks Spanish", "auf Deutsch", "日本語で"."""
    low = concept.casefold()
    for language, row in languages().items():
        if any(phrase in low for phrase in row.asks):
            return language
        # "in English" counts at the end only: "in English tweed" is about the tweed.
        pattern = rf"\b(?:(?:{_SPEAKS})(?:\s+\w+){{0,2}}?|(?:{_IN})(?=\s+\w+\s*(?:$|[.,!?;])))\s+(?:{_names(row)})\b"
        found = re.search(pattern, low)
        if found and not _NOT.search(low[: found.start()]):
            return language
    return None


def wished_name(concept: str) -> str | None:
    """The name after "llamada", "namens", "nommé": in the languages of the table."""
    phrases = "|".join(phrase for row in languages().values() for phrase in row.named)
    found = re.search(rf"\b(?:{phrases})\s+(\w[\w'’-]*(?:\s+\w[\w'’-]*){{0,2}})", concept, re.IGNORECASE)
    if not found:
        return None
    proper: list[str] = []
    for word in found[1].split():
        if not word[0].isupper():
            break
        proper.append(word)
    return " ".join(proper) or None


def _names(row: Language) -> str:
    return "|".join(map(re.escape, (row.name.casefold(), *row.own)))
