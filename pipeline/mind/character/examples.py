"""Worked examples for the writer, and which of them suit a concept: near in meaning, unlike each other, and one in the
language of the concept where we have it."""

from __future__ import annotations

import asyncio
import tomllib
from collections.abc import Sequence
from functools import cache, cached_property
from importlib.resources import files

import numpy as np

from pipeline.embedding import Embedder, Vectors
from pipeline.mind import languages
from pipeline.mind.character.briefing import request
from pipeline.mind.character.drafts import Draft
from pipeline.mind.chat.endpoint import Message
from pipeline.types import Value

_OWN_CONCEPT = 0.5
"""Weight of an example's concept beside its category: of 24 concepts, all found the right category first with both,
22 by the category alone, 11 by the concept alone."""


class Example(Value):
    """A concept, a spark, and the draft we wrote for them."""

    category: str
    concept: str
    spark: str
    draft: Draft

    def messages(self) -> tuple[Message, Message]:
        """Question and answer, as in the call that they teach."""
        hints = (f"a name with {self.draft.name[0]}", self.spark) if self.draft.name[0].isascii() else (self.spark,)
        asked = request(self.concept, self.draft.language, hints)
        return {"role": "user", "content": asked}, {"role": "assistant", "content": self.draft.model_dump_json()}


class Book(Value):
    """The rows of ``data/examples.toml``."""

    categories: dict[str, str]
    """What each category stands for, in words to compare with."""
    example: tuple[Example, ...]


@cache
def book() -> Book:
    """Examples and categories, read once."""
    return Book.model_validate(tomllib.loads((files("pipeline.mind") / "data" / "examples.toml").read_text("utf-8")))


class Examples:
    """Finds the worked examples that suit a concept. Their vectors are computed at the first choice."""

    def __init__(self, embedder: Embedder | None = None) -> None:
        self._embedder = embedder or Embedder()

    @cached_property
    def _vectors(self) -> Vectors:
        """(examples, 384): what a concept is compared with."""
        rows = book().example
        categories = self._embedder.encode([book().categories[row.category] for row in rows])
        return categories + _OWN_CONCEPT * self._embedder.encode([row.concept for row in rows])

    async def choose(self, concept: str, count: int, language: str | None, thing: str = "") -> list[Example]:
        """At most ``count`` examples, the most fitting first, each of another category.

        The first is in the language of the concept where we have it, and else in some other one than English, so that
        it can be seen which fields stay English. None: a language that only the model can tell. Examples of the same
        ``thing`` are left out: a weak model would hand them back.
        """
        return await asyncio.to_thread(self._choose, concept, count, language, thing)

    def _choose(self, concept: str, count: int, language: str | None, thing: str) -> list[Example]:
        near = self._vectors @ self._embedder.encode([concept])[0]
        ranked = [row for i in np.argsort(-near) if (row := book().example[i]).draft.thing != thing]
        chosen: list[Example] = []
        while len(chosen) < count and (pool := _pool(ranked, chosen, language)):
            chosen.append(pool[0])
        return chosen


def _pool(ranked: Sequence[Example], chosen: Sequence[Example], language: str | None) -> list[Example]:
    """Which may come next, in their order."""
    used = {example.category for example in chosen}
    free = [example for example in ranked if example.category not in used]
    ours: set[str | None] = {example.draft.language for example in ranked}
    if chosen or language == languages.ENGLISH:
        wanted = {languages.ENGLISH, language}
    else:
        wanted = {language} if language in ours else ours - {languages.ENGLISH}
    return [example for example in free if example.draft.language in wanted] or free
