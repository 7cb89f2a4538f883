"""What the demo writer makes of a scene: who comes and goes, whose line is answered, whom to draw into it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

from pipeline.mind.scripted import listening
from pipeline.types import Line, Memory, Persona, Speaking

_DIRECTIONS = (
    ("opening", re.compile(r"The scene begins\b()")),
    ("arrival", re.compile(r"^(.+) comes in\.$")),
    ("departure", re.compile(r"^(.+) leaves\.$")),
)
_OVERHEARD = 4
"""Lines of others whose wording is not taken up."""


@dataclass(frozen=True, slots=True)
class Stage:
    """What happens around a line of a scene. ``happens``: "opening", "arrival" of another, "entrance" of the persona
    itself, "departure", "opinion" that is asked for; ``whose``: of whom. ``others``: whom the persona may turn to.
    ``names``: of all. ``overheard``: what others said last."""

    happens: str | None = None
    whose: str | None = None
    others: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    overheard: Sequence[str] = ()

    @classmethod
    def of(cls, persona: Persona, memory: Memory, line: Line) -> Self:
        """Nothing of all that outside a scene."""
        if not memory.present:
            return cls()
        if line.speaker in memory.present:
            happens, whose = _asked_about(line.text, [name for name in memory.present if name != line.speaker])
        else:
            happens, whose = _direction(line.text)
        if whose == persona.name:
            happens = "entrance" if happens == "arrival" else None
        heard = [turn.text for turn in memory.turns if turn.speaking is Speaking.PERSON]
        return cls(
            happens=happens,
            whose=listening.called(whose) if whose else None,
            others=tuple(listening.called(name) for name in memory.present if name != line.speaker),
            names=(*memory.present, persona.name, *([whose] if whose else [])),
            overheard=(*heard, line.text)[-_OVERHEARD:],
        )

    def matter(self, text: str) -> str:
        """What a line is about: a text without the names in it."""
        for name in self.names:
            for word in (name, listening.called(name)):
                text = re.sub(rf"(?<!\w){re.escape(word)}(?!\w)", "", text, flags=re.IGNORECASE)
        return text


def _asked_about(text: str, names: Sequence[str]) -> tuple[str | None, str | None]:
    for name in names:
        about = rf"\b(?:of|about|like|trust|know) (?:{re.escape(name)}|{re.escape(listening.called(name))})\s*[?!.]*$"
        if re.search(about, text, re.IGNORECASE):
            return "opinion", name
    return None, None


def _direction(text: str) -> tuple[str | None, str | None]:
    for happens, pattern in _DIRECTIONS:
        if found := pattern.search(text):
            return happens, found[1] or None
    return None, None


NO_STAGE = Stage()
"""Where there is no scene."""
