"""What can be seen in a text without understanding it: assistant phrases, leaked prompts, sentences said again."""

from __future__ import annotations

import itertools
import re
import tomllib
from collections.abc import Iterable, Sequence
from functools import cache
from importlib.resources import files

from pipeline.mind.character.reading import sentences

_CJK = "\u3040-\u30ff\u3400-\u9fff"
_TOKEN = re.compile(rf"[{_CJK}]|[^\W{_CJK}]+")
_TEMPLATE = re.compile(r"<\|?/?(?:im_|end|start|system|assistant|user|think|s>)|\[/?INST\]|\{\{\w+\}\}", re.IGNORECASE)
_LABEL = re.compile(
    r"^\W*(?:tone|mood|personality|persona|system|assistant|instructions?|rules?|prompt|response|reply|answer"
    r"|context|summary|facts?)\W{0,3}:",
    re.IGNORECASE | re.MULTILINE,
)
_LEAK = 8
_QUOTE = 14
"""Words in a row that cannot be chance: of our prompts, and of a personality, whose phrases a character may well use
of itself."""
_SENTENCE = 4
"""Tokens of a sentence that is worth counting when it comes again: "Well, well." is not."""


def assistant_phrase(text: str) -> str | None:
    """The first phrase of an assistant in a text."""
    found = _assistant().search(_plain(text))
    return found[0] if found else None


def leaked(text: str, personality: str) -> bool:
    """Whether a reply shows what is behind it: template signs, labels, or runs of our prompts or its personality."""
    if _TEMPLATE.search(text) or _LABEL.search(text):
        return True
    words = _tokens(text)
    dense = 2 if re.search(f"[{_CJK}]", text) else 1
    own = _runs(_tokens(personality), _QUOTE * dense)
    return not own.isdisjoint(_runs(words, _QUOTE * dense)) or not _prompts().isdisjoint(_runs(words, _LEAK))


def speaks_for(text: str, names: Iterable[str]) -> bool:
    """Whether a line of the text is given to somebody else: "Mira: I see!", "User: ..."."""
    others = "|".join(map(re.escape, ("user", "human", "you", "person", *names)))
    return re.search(rf"^\W*(?:{others})\W{{0,3}}:", text, re.IGNORECASE | re.MULTILINE) is not None


def repeated(text: str, earlier: Iterable[str], *, allowed: str = "") -> str | None:
    """The first sentence of a text that stands in an earlier one, the allowed sentences aside."""
    said = {_key(sentence) for before in earlier for sentence in sentences(before)}
    said -= {_key(sentence) for sentence in (allowed, *sentences(allowed))}
    for sentence in sentences(text):
        if len(_tokens(sentence)) >= _SENTENCE and _key(sentence) in said:
            return sentence
    return None


def says(text: str, phrase: str) -> bool:
    """Whether a phrase is said, whatever its case and punctuation."""
    wanted = _tokens(phrase)
    return bool(wanted) and f" {' '.join(wanted)} " in f" {' '.join(_tokens(text))} "


def distinct_2(texts: Sequence[str]) -> float | None:
    """Different pairs of neighbouring words per pair (Li et al. 2016, "A Diversity-Promoting Objective Function for
    Neural Conversation Models"); None where there is no pair."""
    pairs = [pair for text in texts for pair in itertools.pairwise(_tokens(text))]
    return len(set(pairs)) / len(pairs) if pairs else None


def _plain(text: str) -> str:
    return " ".join(text.casefold().replace("’", "'").split())


def _tokens(text: str) -> list[str]:
    """Words; of scripts without spaces, characters."""
    return _TOKEN.findall(_plain(text).replace("'", ""))


def _key(sentence: str) -> str:
    return " ".join(_tokens(sentence))


def _runs(words: Sequence[str], length: int) -> frozenset[tuple[str, ...]]:
    return frozenset(tuple(words[i : i + length]) for i in range(len(words) - length + 1))


@cache
def _assistant() -> re.Pattern[str]:
    phrases = tomllib.loads((files("pipeline.evaluation") / "phrases.toml").read_text("utf-8"))["assistant"]
    # Between Japanese or Chinese words there is no boundary to find.
    return re.compile("|".join(p if re.search(f"[{_CJK}]", p) else rf"(?<!\w){re.escape(p)}(?!\w)" for p in phrases))


@cache
def _prompts() -> frozenset[tuple[str, ...]]:
    """Runs of words of every prompt text that our minds use."""
    texts = [
        file.read_text("utf-8") for file in (files("pipeline.mind") / "data").iterdir() if file.name.endswith(".md")
    ]
    return frozenset[tuple[str, ...]]().union(*(_runs(_tokens(text), _LEAK) for text in texts))
