"""What a mind is asked for: concepts, and five questions in each of their languages. Data in `concepts.toml`."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from typing import Self

from pydantic import model_validator

from pipeline.types import Value


class Concept(Value):
    """One row: what somebody typed, and what a good character of it keeps."""

    text: str
    category: str
    language: str = "en"
    """ISO 639-1, of what the character should speak."""
    name: str | None = None
    """The name that the words wish for."""


class Questions(Value):
    """The conversation, in the order it is held."""

    greeting: str
    opinion: str
    provocation: str
    feeling: str
    memory: str

    def asked(self) -> tuple[tuple[str, str], ...]:
        """Kind and text of each question."""
        return tuple((kind, str(text)) for kind, text in self)


class ConceptSet(Value):
    """The whole of `concepts.toml`."""

    told_name: str
    """The name that ``greeting`` tells and ``memory`` asks for."""
    questions: dict[str, Questions]
    concepts: tuple[Concept, ...]

    @model_validator(mode="after")
    def _can_be_asked(self) -> Self:
        missing = {concept.language for concept in self.concepts} - self.questions.keys()
        if missing:
            raise ValueError(f"no questions in {', '.join(sorted(missing))}")
        return self


@cache
def concept_set() -> ConceptSet:
    """The rows, validated."""
    rows = tomllib.loads((files("pipeline.evaluation") / "concepts.toml").read_text("utf-8"))
    return ConceptSet.model_validate(rows)


def some(count: int | None = None) -> Sequence[Concept]:
    """``count`` concepts spread evenly over categories and languages; all of them when None or more than there are."""
    rows = concept_set().concepts
    if count is None or count >= len(rows):
        return rows
    return [rows[i * len(rows) // count] for i in range(count)]
