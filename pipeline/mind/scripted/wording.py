"""Small grammar and repeatable choice. Text with slots is filled in one pass, so braces in what a person wrote, or
in what stands in a slot, stay plain characters."""

from __future__ import annotations

import random
import re
from collections.abc import Mapping, Sequence
from typing import TypeVar

Choice = TypeVar("Choice")

_SLOT = re.compile(r"\{([A-Za-z_]+)\}")
_VOWEL_SOUND = re.compile(r"^(?:[aeiou]|hour|honest|heir|honou?r)", re.IGNORECASE)
_CONSONANT_SOUND = re.compile(r"^(?:uni(?!n|m)|use|usu|uten|uk[ue]|eu|one\b|once|ufo)", re.IGNORECASE)


class Dice:
    """Choices that depend on a key alone: not on the process, its hash seed, or the order of other choices."""

    def __init__(self, *key: object) -> None:
        self._key = "\x1f".join(map(str, key))

    def order(self, purpose: str, options: Sequence[Choice]) -> list[Choice]:
        """The options, shuffled for this purpose."""
        return random.Random(f"{self._key}\x1f{purpose}").sample(options, len(options))

    def pick(self, purpose: str, options: Sequence[Choice]) -> Choice:
        """One of the options."""
        return self.order(purpose, options)[0]

    def between(self, purpose: str, low: float, high: float) -> float:
        """A number from the interval."""
        return random.Random(f"{self._key}\x1f{purpose}").uniform(low, high)


def slots(line: str) -> set[str]:
    """The names of a line's slots."""
    return set(_SLOT.findall(line))


def fill(line: str, values: Mapping[str, str]) -> str:
    """The line with known slots replaced, once."""
    return _SLOT.sub(lambda match: values.get(match[1], match[0]), line)


def is_said_in(line: str, text: str) -> bool:
    """Whether a text says this line, whatever stood in its slots; a line that is all slot says nothing itself."""
    pieces = [re.escape(piece) for piece in _SLOT.split(line)[::2]]
    return any(len(piece) > 1 for piece in pieces) and re.search(".+".join(pieces), text) is not None


def with_article(noun: str) -> str:
    """ "apple" -> "an apple"."""
    vowel = _VOWEL_SOUND.match(noun) and not _CONSONANT_SOUND.match(noun)
    return f"{'an' if vowel else 'a'} {noun}"


def capital(text: str) -> str:
    """First letter upper case, the rest untouched."""
    return text[:1].upper() + text[1:]


def sentence_list(items: Sequence[str]) -> str:
    """ "a, b and c"."""
    return items[0] if len(items) == 1 else f"{', '.join(items[:-1])} and {items[-1]}"


def opened(opener: str, stop: str, person: str | None = None) -> str:
    """An opener as a sentence: "Hmph.", "What now?", and with the person's name "Oh, Ada.", "What now, Ada?"."""
    bare = opener.removesuffix("?")
    if person:
        # The name takes the place of "hello", "dear", "sweet one" ...
        bare = f"{bare} {person}" if bare.endswith("My dear") else f"{bare.split(',')[0]}, {person}"
    return f"{bare}{'?' if opener.endswith('?') else stop}"


def word_count(text: str) -> int:
    """Words as spoken."""
    return len(text.split())
