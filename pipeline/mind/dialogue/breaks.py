"""Which phrases of ``data/breaks.toml`` break the character of one persona in answer to what it was told."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from functools import cache, lru_cache
from importlib.resources import files

from pydantic import TypeAdapter

from pipeline.types import Persona, Value

_CRISIS = re.compile(
    r"\b(?:kill(?:ing)? (?:my|him|her|your)self|suicid\w*|want to die|wanna die|end (?:my life|it all)|self[- ]?harm\w*"
    r"|(?:hurt|cut|cutting|hurting) myself|overdos\w*|don't want to live|suicidarme|matarme|quiero morir|me tuer"
    r"|envie de mourir|umbringen|sterben will|will sterben|me matar|quero morrer|uccidermi|voglio morire)\b"
    r"|死にたい|自殺|自杀|想死|不想活",
    re.IGNORECASE,
)
"""Lines after which plain help matters more than the role."""


class Kind(Value):
    """One way of falling out of character."""

    reason: str
    patterns: tuple[str, ...]
    role: str = ""
    asked: str = ""


@cache
def kinds() -> tuple[Kind, ...]:
    """The rows, validated."""
    rows = tomllib.loads((files("pipeline.mind") / "data" / "breaks.toml").read_text("utf-8"))
    return tuple(TypeAdapter(dict[str, Kind]).validate_python(rows).values())


def forbidden(persona: Persona, heard: Sequence[str]) -> tuple[tuple[str, re.Pattern[str]], ...]:
    """Reasons with the phrases that this persona must not say now; none when a life may be in danger.

    ``heard``: what was said to it lately; a question is not over with its first answer.
    """
    lately = straight("\n".join(heard))
    if _CRISIS.search(lately):
        return ()
    return tuple(
        (kind.reason, pattern)
        for kind, pattern in zip(kinds(), _unless_own(persona), strict=True)
        if pattern and not (kind.asked and compiled(kind.asked).search(lately))
    )


def straight(text: str) -> str:
    """The text with plain apostrophes; no character more or less."""
    return text.replace("’", "'").replace("‘", "'")


@lru_cache(maxsize=256)
def _unless_own(persona: Persona) -> tuple[re.Pattern[str] | None, ...]:
    """For each kind the phrases that are not the persona's own way of talking."""
    said = [persona.personality, persona.habits, persona.catchphrase, persona.greeting, *persona.samples]
    own = straight("\n".join([persona.concept, persona.tagline, persona.thing, *persona.traits, *said]))
    found: list[re.Pattern[str] | None] = []
    for kind in kinds():
        theirs = bool(kind.role) and compiled(kind.role).search(own)
        kept = () if theirs else tuple(p for p in kind.patterns if not compiled(p).search(own))
        found.append(compiled("|".join(f"(?:{p})" for p in kept)) if kept else None)
    return tuple(found)


@lru_cache(maxsize=1024)
def compiled(pattern: str) -> re.Pattern[str]:
    """A pattern of the rows; its spaces match whatever may stand between two words."""
    return re.compile(pattern.replace("\n", "").replace(" ", r"(?:[\s*_]{1,2})"), re.IGNORECASE)
