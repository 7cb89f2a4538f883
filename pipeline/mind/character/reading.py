"""Reads what a language model meant: JSON with slips, numbers as words, lists as sentences, any case, any fence.

Every function takes whatever a model may have put into a field and gives a clean value, or nothing.
"""

from __future__ import annotations

import json
import math
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import json_repair

_LONGEST_ANSWER = 20_000
_LARGEST = 1e6
_JOINERS = "\u200c\u200d"
"""Part of how Persian, Hindi and family emoji are written, although Unicode counts them as format characters."""
_DECODER = json.JSONDecoder(strict=False)
_CJK = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]|[\u0e00-\u0e7f]{2}")
_CHARACTERS_PER_WORD = 2
"""Of scripts that put no spaces between words."""
_SENTENCE_END = re.compile(r"[.!?…。！？]+[\"'”’»)]*(?=\s|$)|[。！？]+[」』]?")
_DEGREES = {"none": 0.0, "very low": 0.1, "low": 0.25, "medium": 0.5, "moderate": 0.5, "high": 0.8, "very high": 0.95}


def first_object(answer: str) -> dict[str, Any] | None:
    """The first JSON object of an answer, out of prose and fences, its slips mended; None where there is none."""
    answer = answer[:_LONGEST_ANSWER]
    starts = [match.start() for match in re.finditer(r"\{", answer)][:20]
    for start in starts:
        try:
            found, _ = _DECODER.raw_decode(answer, start)
        except (ValueError, RecursionError):
            continue
        if found:
            return _unwrapped(found)
    opening = re.search(r"\{\s*[\"'“]?\w", answer)
    if opening is None:
        return None
    try:
        mended = json_repair.loads(answer[opening.start() :])
    except (ValueError, RecursionError):
        return None
    if isinstance(mended, list):
        mended = next((item for item in mended if isinstance(item, dict)), None)
    return _unwrapped(mended) if isinstance(mended, dict) and mended else None


def _unwrapped(found: dict[str, Any]) -> dict[str, Any]:
    """{"character": {...}} is the character."""
    inner = next(iter(found.values()))
    return inner if len(found) == 1 and isinstance(inner, dict) and inner else found


def by_field(found: Mapping[str, Any], fields: Iterable[str]) -> dict[str, Any]:
    """The values of known fields; "Catch-phrase", "catchPhrase" and "catch_phrase" are one field."""
    plain = {re.sub(r"[\W_]", "", field).casefold(): field for field in fields}
    values: dict[str, Any] = {}
    for key, value in found.items():
        field = plain.get(re.sub(r"[\W_]", "", str(key)).casefold())
        if field and value is not None:
            values.setdefault(field, value)
    return values


def line(value: object) -> str:
    """One line without control characters, lone surrogates, Markdown stars or quotes around it; "" for no text."""
    if isinstance(value, list | tuple):
        value = " ".join(line(item) for item in value)
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return ""
    kept = "".join(
        " " if unicodedata.category(ch) in ("Cc", "Zl", "Zp") else ch
        for ch in unicodedata.normalize("NFC", str(value))
        if unicodedata.category(ch) in ("Cc", "Zl", "Zp") or unicodedata.category(ch)[0] != "C" or ch in _JOINERS
    )
    text = " ".join(kept.replace("**", "").split())
    if len(text) > 1 and (text[0], text[-1]) in (('"', '"'), ("“", "”"), ("«", "»"), ("「", "」"), ("'", "'")):
        text = text[1:-1].strip()
    return text


def lines(value: object) -> tuple[str, ...]:
    """A list of lines; a string is split at line ends or bullets, else at semicolons or commas. Repeats are dropped."""
    if isinstance(value, Mapping):
        value = list(value.values())
    if isinstance(value, str):
        rows = re.split(r"\s*(?:\n|;|•|；)\s*", value.strip())
        value = rows if len(rows) > 1 else re.split(r"\s*[,，、]\s*", value.strip())
    if not isinstance(value, list | tuple):
        return ()
    found = (re.sub(r"^(?:[-*•]|\d+[.)])\s+", "", line(item)) for item in value)
    return tuple(dict.fromkeys(item for item in found if item))


def fraction(value: object) -> float | None:
    """0..1 from 0.7, "0.7", 70, "70 %", "7/10" or "high"."""
    if isinstance(value, str):
        if value.strip().casefold() in _DEGREES:
            return _DEGREES[value.strip().casefold()]
        digits = re.search(r"-?\d+(?:[.,]\d+)?", value)
        if digits is None:
            return None
        number = float(digits[0].replace(",", "."))
        number = number / 100 if "%" in value else number
    elif isinstance(value, int | float) and not isinstance(value, bool) and abs(value) <= _LARGEST:
        number = float(value)
    else:
        return None
    if number > 1:
        number /= 10 if number <= 10 else 100
    return round(min(1.0, max(0.0, number)), 2)


def choice(value: object, options: Sequence[str], aliases: Mapping[str, str]) -> str | None:
    """The option that is meant: any case, an alias, or the first word that is either ("old, very old" -> "old")."""
    low = line(value).casefold()
    for said in (low, *re.findall(r"[\w-]+", low)):
        meant = aliases.get(said, said)
        if meant in options:
            return str(meant)
    return None


def words(text: str) -> int:
    """Words of a text; in scripts without spaces, two characters count as one."""
    dense = len(_CJK.findall(text))
    return len(_CJK.sub(" ", text).split()) + math.ceil(dense / _CHARACTERS_PER_WORD) if dense else len(text.split())


def sentences(text: str) -> list[str]:
    """The sentences of a text, each with its stop."""
    ends = [match.end() for match in _SENTENCE_END.finditer(text)]
    pieces = [text[start:end].strip() for start, end in zip([0, *ends], [*ends, len(text)], strict=True)]
    return [piece for piece in pieces if piece]


def cut(text: str, longest: int, *, characters: int) -> str:
    """At most so many words and characters, ended at a sentence where one ends, else at a word."""
    kept = ""
    for sentence in sentences(text):
        longer = f"{kept} {sentence}".strip() if text.isascii() or " " in text else kept + sentence
        if words(longer) > longest or len(longer) > characters:
            break
        kept = longer
    if kept or (words(text) <= longest and len(text) <= characters):
        return kept or text
    short = " ".join(text.split()[:longest])
    return short if len(short) <= characters else short[:characters].rsplit(" ", 1)[0]
