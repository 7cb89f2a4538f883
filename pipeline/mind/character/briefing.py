"""What a writer is told about a concept: the person's words as they are, their language, what they wish for, and a few
seeded sparks for what they leave open, so that no two characters of one concept are alike."""

from __future__ import annotations

import json
import random
import tomllib
from functools import cache
from importlib.resources import files

from pipeline import concept as concepts
from pipeline.concept import Concept
from pipeline.mind import languages
from pipeline.mind.scripted import lore
from pipeline.types import Value

_OTHER_SCRIPTS = frozenset(("ja", "ko", "zh", "uk", "ru", "el", "he", "fa", "ar", "hi", "th"))
_TELLING = 10
"""Words of a concept that needs few sparks: it says most itself."""


_LONGEST_NAME = 40
"""Characters."""


class Sparks(Value):
    """Directions that a character may be pushed into."""

    initials: str
    angles: tuple[str, ...]
    secrets: tuple[str, ...]
    trades: tuple[str, ...]
    manners: tuple[str, ...]


@cache
def sparks() -> Sparks:
    """The rows of ``data/sparks.toml``."""
    return Sparks.model_validate(tomllib.loads((files("pipeline.mind") / "data" / "sparks.toml").read_text("utf-8")))


class Brief(Value):
    """A concept and what is read from it. ``language`` is None where only a language model can tell."""

    concept: str
    parsed: Concept
    name: str | None = None
    language: str | None = None

    def hints(self, seed: int) -> tuple[str, ...]:
        """Two or three sparks; the same seed gives the same ones."""
        chance = random.Random(f"{seed}|{self.concept}")
        rows = sparks()
        told = []
        if self.name is None and self.language not in _OTHER_SCRIPTS:
            told.append(f"a name with {chance.choice(rows.initials)}")
        pools = chance.sample([rows.angles, rows.secrets, rows.trades, rows.manners], 2)
        pools = pools[:1] if len(self.concept.split()) >= _TELLING else pools
        return (*told, *(chance.choice(pool) for pool in pools))


def brief(concept: str) -> Brief:
    """What a cleaned concept asks for, as far as words alone tell."""
    parsed = concepts.parse(concept)
    name = parsed.name
    return Brief(
        concept=concept,
        parsed=parsed,
        name=name if name and len(name) <= _LONGEST_NAME else None,
        language=languages.asked(concept) or languages.detect(concept) or _english(parsed),
    )


def request(concept: str, language: str | None, hints: tuple[str, ...]) -> str:
    """The user message. The concept stands in it as a JSON string: data, whatever it says."""
    spoken = languages.name(language) if language else "the language of the description"
    return f"Description: {json.dumps(concept, ensure_ascii=False)}\nLanguage: {spoken}\nHints: {'; '.join(hints)}"


def _english(parsed: Concept) -> str | None:
    """English where the thing or a trait is a word that the demo writer knows: "grumpy toaster"."""
    known = parsed.thing in lore.known_nouns() or lore.adjectives().keys() & set(parsed.traits)
    return languages.ENGLISH if known and parsed.text.isascii() else None
