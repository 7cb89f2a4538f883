"""Holds the same conversation with a character of every concept, and keeps all that was said, used and measured."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence

from pipeline.concept import clean
from pipeline.errors import ChatAnythingError
from pipeline.evaluation.concepts import Concept, concept_set
from pipeline.receipt import Receipt, Usage
from pipeline.stages import Mind
from pipeline.types import Line, Memory, Mood, Persona, Speaking, Turn, Value


class Reply(Value):
    """One answer. Seconds count from the question; ``first`` to the first words."""

    kind: str
    question: str
    text: str = ""
    mood: Mood | None = None
    first: float | None = None
    seconds: float
    usages: tuple[Usage, ...] = ()
    reasks: int = 0
    notices: tuple[str, ...] = ()
    error: str | None = None


class Character(Value):
    """One concept: its persona and the conversation, or the error that there is no persona for."""

    concept: Concept
    persona: Persona | None = None
    seconds: float
    usages: tuple[Usage, ...] = ()
    repairs: int = 0
    notices: tuple[str, ...] = ()
    replies: tuple[Reply, ...] = ()
    error: str | None = None


class Report(Value):
    """A whole evaluation; `figures.figures` counts it."""

    mind: str
    words: int
    """The longest reply that was asked for."""
    concurrency: int
    seconds: float
    characters: tuple[Character, ...]


async def evaluate(
    mind: Mind,
    name: str,
    concepts: Sequence[Concept],
    say: Callable[[str], None],
    *,
    words: int = 50,
    concurrency: int = 1,
    seed: int = 0,
) -> Report:
    """A character per concept, five questions each, ``concurrency`` characters at a time.

    What goes wrong becomes part of the report. ``name``: the mind and its model, for people; ``words``: the limit it
    works under; ``say`` hears what is being done. Give the bare engine: where another mind stands in, its work counts.
    """
    slots = asyncio.Semaphore(concurrency)

    async def one(number: int, concept: Concept) -> Character:
        async with slots:
            say(f"{number + 1} of {len(concepts)}: {concept.text}")
            return await _character(mind, concept, seed + number)

    began = time.perf_counter()
    characters = await asyncio.gather(*(one(number, concept) for number, concept in enumerate(concepts)))
    return Report(
        mind=name,
        words=words,
        concurrency=concurrency,
        seconds=time.perf_counter() - began,
        characters=tuple(characters),
    )


async def _character(mind: Mind, concept: Concept, seed: int) -> Character:
    receipt = Receipt()
    persona, error = None, None
    began = time.perf_counter()
    try:
        persona = await mind.write(clean(concept.text), seed, receipt)
    except ChatAnythingError as failure:
        error = _described(failure)
    return Character(
        concept=concept,
        persona=persona,
        seconds=time.perf_counter() - began,
        usages=tuple(receipt.usages),
        repairs=receipt.repairs,
        notices=tuple(receipt.notices),
        replies=await _conversation(mind, persona, concept.language, seed) if persona else (),
        error=error,
    )


async def _conversation(mind: Mind, persona: Persona, language: str, seed: int) -> tuple[Reply, ...]:
    """Question by question; the character remembers what was said before. Nobody tells it who asks."""
    replies: list[Reply] = []
    turns: list[Turn] = []
    for number, (kind, question) in enumerate(concept_set().questions[language].asked()):
        reply = await _reply(mind, persona, tuple(turns), kind, question, seed + number)
        replies.append(reply)
        if reply.text:
            turns.append(Turn(speaking=Speaking.PERSON, text=question))
            turns.append(Turn(speaking=Speaking.PERSONA, text=reply.text, mood=reply.mood))
    return tuple(replies)


async def _reply(mind: Mind, persona: Persona, turns: tuple[Turn, ...], kind: str, question: str, seed: int) -> Reply:
    receipt = Receipt()
    pieces: list[str] = []
    mood, first, error = None, None, None
    began = time.perf_counter()
    try:
        async for delta in mind.reply(persona, Memory(turns=turns), Line(text=question), seed, receipt):
            mood = delta.mood or mood
            pieces.append(delta.text)
            if first is None and delta.text.strip():
                first = time.perf_counter() - began
    except ChatAnythingError as failure:
        error = _described(failure)
    return Reply(
        kind=kind,
        question=question,
        text="".join(pieces).strip(),
        mood=mood,
        first=first,
        seconds=time.perf_counter() - began,
        usages=tuple(receipt.usages),
        reasks=receipt.reasks,
        notices=tuple(receipt.notices),
        error=error,
    )


def _described(failure: ChatAnythingError) -> str:
    return f"{type(failure).__name__}: {failure}"
