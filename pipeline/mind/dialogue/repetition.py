"""Saying things again: the loops of weak models, the last reply once more, the instructions recited."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence, Set
from functools import lru_cache

from pipeline.mind.dialogue.tidying import Shown, Word, bare

LEAKED = 8
"""Words in a row that nobody says by chance."""
_HINT = 3
"""Words in a row after which a leak may be on its way."""


def loop(shown: Shown) -> int | None:
    """Where the second copy of something begins that is said over and over."""
    found = [at for at in (_same_sentence(shown), _same_words(shown.words)) if at is not None]
    return min(found, default=None)


def _same_sentence(shown: Shown) -> int | None:
    """Start of a sentence that was said before. Short ones may come twice in a row, interjections three times."""
    said: list[list[str]] = []
    for start, words in shown.sentences if shown.whole else shown.sentences[:-1]:
        allowed = 3 if len(words) < 3 else 2
        if (len(words) >= 5 and words in said) or (words and said[-allowed:] == [words] * allowed):
            return start
        said.append(words)
    return None


def _same_words(words: Sequence[Word]) -> int | None:
    """Where the words begin again that the text now ends with over and over. Laughing is not a loop: "ha ha ha"."""
    said = [word.text for word in words]
    for n in range(1, len(said) // 2 + 1):
        size = n / 2 if len(said[-1]) == 1 and not said[-1].isascii() else n
        copies = 2 if size >= 6 else 3 if size >= 3 else 8
        if len(said) < n * copies or said[-n * (copies - 1) :] != said[-n * copies : -n]:
            continue
        start = len(said) - n * copies
        while start and said[start - 1] == said[start - 1 + n]:
            start -= 1
        return words[start + (n if size >= 3 else 3 * n)].start
    return None


def alike(one: Sequence[str], other: Sequence[str]) -> int:
    """With how many words both begin."""
    return next((i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))


def sentences_of(texts: Iterable[str], least: int) -> frozenset[tuple[str, ...]]:
    """The words of every sentence of ``least`` words or more."""
    spoken = (words for text in texts for _, words in Shown(text).sentences)
    return frozenset(tuple(words) for words in spoken if len(words) >= least)


def echo(shown: Shown, earlier: Set[tuple[str, ...]]) -> int | None:
    """Start of the first complete sentence that was said before, word for word."""
    complete = shown.sentences if shown.whole else shown.sentences[:-1]
    return next((start for start, words in complete if tuple(words) in earlier), None)


def leading_echo(shown: Shown, earlier: Set[tuple[str, ...]]) -> int:
    """Where something new begins after sentences that were said before; 0 where nothing does."""
    starts = [start for start, words in shown.sentences if words]
    for (start, words), following in zip(shown.sentences, [*starts[1:], None], strict=False):
        if tuple(words) not in earlier:
            return start
        if following is None:
            break
    return 0


def echoing(shown: Shown, earlier: Set[tuple[str, ...]]) -> int | None:
    """Start of a last, unfinished sentence that so far is the beginning of one of the earlier ones."""
    start, words = shown.sentences[-1]
    return start if words and any(said[: len(words)] == tuple(words) for said in earlier) else None


def begun_again(shown: Shown) -> int | None:
    """Start of a last, unfinished sentence that so far is the beginning of an earlier one."""
    *before, (start, words) = shown.sentences
    return start if words and any(said[: len(words)] == words for _, said in before) else None


@lru_cache(maxsize=8)
def _grams(prompt: str) -> frozenset[tuple[str, ...]]:
    """Every few words that stand in a row in a prompt, across no slot."""
    grams = set()
    for segment in re.split(r"\{\{\w+\}\}", prompt):
        words = bare(segment)
        grams |= {tuple(words[i : i + n]) for n in range(_HINT, LEAKED + 1) for i in range(len(words) - n + 1)}
    return frozenset(grams)


def recited(words: Sequence[Word], prompt: str) -> int | None:
    """Where words begin that stand in the prompt, ``LEAKED`` or more in a row."""
    said = [word.text for word in words]
    starts = range(len(said) - LEAKED + 1)
    return next((words[i].start for i in starts if tuple(said[i : i + LEAKED]) in _grams(prompt)), None)


def reciting(words: Sequence[Word], prompt: str) -> int | None:
    """Where the last words begin, if they stand in the prompt too: the next ones may make a leak of them."""
    for n in range(min(LEAKED - 1, len(words)), _HINT - 1, -1):
        if tuple(word.text for word in words[-n:]) in _grams(prompt):
            return words[-n].start
    return None
