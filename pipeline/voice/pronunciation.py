"""Words to symbols (IPA as Kokoro was trained with) by ``hibari.g2p``, which also reads numbers, money, dates, times
and units; here is what it would read otherwise than people do, and the way of emphasis through it."""

from __future__ import annotations

import json
import re
import tomllib
from collections import Counter
from functools import cache
from importlib.resources import files

from hibari.g2p import G2P
from hibari.g2p.lexicon import apply_stress
from hibari.g2p.normalize import normalize
from pydantic import TypeAdapter

from pipeline.voice import directions

OPEN, CLOSE = "‹", "›"
"""Around the symbols of a stressed word. No vocabulary has them."""

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
_MARKED_WORD = re.compile(r"\*\*([^*]+)\*\*|([^\W_]+(?:['’][^\W_]+)*)")
_STRONGEST = 2.0  # `apply_stress`: a primary stress, whatever there was

_READINGS = tuple(
    (re.compile(pattern, re.I), spoken)
    for pattern, spoken in (
        (r"\be\.g\.,?(?=\s)", "for example,"),
        (r"\bi\.e\.,?(?=\s)", "that is,"),
        (r"%\s?[-–—]\s?(?=\d)", "% to "),
        (r"\b(no|fig)\.(?!\s?\d)", r"\1 ."),  # "I said no." is no number; the G2P takes the space away again
        (r"\b24/7\b", "twenty-four seven"),
        (r"\by/o\b", "years old"),
        (r"\bh2o\b", "H two O"),
        (r"\b(how|there|what|where|who|why)['’]re\b", r"\1 are"),  # else "what-r-ay"
        (r"\b(there|\w+['’]d)['’]ve\b", r"\1 have"),
        (r"(?<=\d)x(?=\s|$)", " times"),
        (r"(?<![$€£\d.,])(\d[\d,.]*)\s?m\b(?!['’.])", r"\1 meters"),
        (r"(\d)'\s?(\d{1,2})\"", r"\1 foot \2"),
        # Marks: "4.5/5", "10/10", "7/10 points". Other fractions and dates are told apart by the G2P.
        (
            r"(?<![\d/.])(\d+\.\d+|(?<!\d)(?P<n>\d+)(?=/(?P=n)\b)|\d+(?=/\d+ (?:stars?|points?)\b))/(\d+)(?![\d/])",
            r"\1 out of \3",
        ),
        (r"(?<![\d.,])(\d{1,3}) (?=000\b)", r"\1"),
        (r"(?<![\d.,])\d{1,3}(?:\.\d{3}){2,}(?![\d.])", lambda match: match[0].replace(".", "")),
        (r"(?<![\w:./,$€£-])0\d+(?![\w:./-])", lambda match: " ".join(match[0])),
        (r"(?<=\w)@(?=\w[\w-]*\.\w)", " at "),
        (r"(?<=[a-z\d])\.(?=(?:com|org|net|io|dev|co|edu|gov|uk|de|fr)\b)", " dot "),
    )
)


@cache
def english(*, british: bool = False) -> G2P:
    """The one of this process: its lexicon takes a second to read."""
    return G2P(british=british)


def symbols(pronounce: G2P, marked: str) -> str:
    """The symbols of a ``text.marked`` text; those of a stressed word between ``OPEN`` and ``CLOSE``."""
    wanted = _stressed(marked)
    tokens = pronounce.phonemize_tokens(pronounce.tokenize(normalize(respelled(directions.plain(marked)))))
    seen: Counter[str] = Counter()
    out = []
    for token in tokens:
        word, spoken = token.text.lower(), token.phonemes or pronounce.unk
        seen[word] += 1
        if spoken and (word, seen[word]) in wanted:
            spoken = f"{OPEN}{apply_stress(spoken, _STRONGEST)}{CLOSE}"
        out.append(spoken + (" " if token.whitespace else ""))
    return "".join(out).strip()


def _stressed(marked: str) -> set[tuple[str, int]]:
    """Each stressed word and which of its occurrences is meant. What is read otherwise than it is written, as "5km",
    is not found again and stays as it is."""
    seen: Counter[str] = Counter()
    found = set()
    for match in _MARKED_WORD.finditer(marked):
        for word in _WORD.findall(match[0].lower()):
            seen[word] += 1
            if match[1]:
                found.add((word, seen[word]))
    return found


def respelled(words: str) -> str:
    """Speakable words with symbols for those that the G2P gets wrong, in its notation:
    "Hmph!" -> "[Hmph](/hˈʌmf/)!", which it would else spell out letter by letter."""
    for pattern, spoken in _READINGS:
        words = pattern.sub(spoken, words)
    return re.sub(r"[^\W\d_]+", lambda match: _respell(match[0]), words)


def _respell(word: str) -> str:
    found = respellings().get(word.lower())
    return f"[{word}](/{found}/)" if found else word


@cache
def alphabet() -> frozenset[str]:
    """Every symbol that a pronunciation may have: those that Kokoro was trained with."""
    return frozenset(json.loads((files("pipeline.voice") / "kokoro_symbols.json").read_text(encoding="utf-8")))


@cache
def respellings() -> dict[str, str]:
    """Lower-case word -> symbols."""
    tables = tomllib.loads((files("pipeline.voice") / "respelled.toml").read_text(encoding="utf-8"))
    return TypeAdapter(dict[str, str]).validate_python(tables["sounds"] | tables["names"])
