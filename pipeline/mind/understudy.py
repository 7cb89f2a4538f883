"""A mind that steps in when another one fails, where the operator allows it. The person is told."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing

from pipeline.errors import EngineFailed, EngineUnavailable
from pipeline.receipt import Receipt
from pipeline.stages import Mind
from pipeline.types import Attachment, Fact, Line, Memory, Persona, ReplyDelta, Turn


class WithUnderstudy:
    """`stages.Mind` that asks ``mind``, and ``understudy`` when that cannot answer.

    A reply that has begun is not begun anew by another mind: its error passes through.
    """

    def __init__(self, mind: Mind, understudy: Mind) -> None:
        self._mind = mind
        self._understudy = understudy

    async def write(self, concept: str, seed: int, receipt: Receipt, picture: Attachment | None = None) -> Persona:
        """By the mind, else by the understudy."""
        try:
            return await self._mind.write(concept, seed, receipt, picture)
        except (EngineFailed, EngineUnavailable) as error:
            receipt.notices.append(_notice(error))
            return await self._understudy.write(concept, seed, receipt, picture)

    async def reply(
        self, persona: Persona, memory: Memory, line: Line, seed: int, receipt: Receipt
    ) -> AsyncGenerator[ReplyDelta, None]:
        """By the mind, else by the understudy."""
        begun = False
        try:
            async with aclosing(self._mind.reply(persona, memory, line, seed, receipt)) as deltas:
                async for delta in deltas:
                    begun = True
                    yield delta
        except (EngineFailed, EngineUnavailable) as error:
            if begun:
                raise
            receipt.notices.append(_notice(error))
            async for delta in self._understudy.reply(persona, memory, line, seed, receipt):
                yield delta

    async def learn(self, persona: Persona, memory: Memory, line: Line, receipt: Receipt) -> Sequence[Fact]:
        """By the mind, else by the understudy, which hears only what is said in so many words."""
        try:
            return await self._mind.learn(persona, memory, line, receipt)
        except (EngineFailed, EngineUnavailable):
            return await self._understudy.learn(persona, memory, line, receipt)

    async def fold(self, persona: Persona, summary: str, turns: Sequence[Turn], receipt: Receipt) -> str:
        """By the mind alone: a summary can wait."""
        return await self._mind.fold(persona, summary, turns, receipt)

    async def choose(self, persona: Persona, what: str, options: Sequence[str], receipt: Receipt) -> int | None:
        """By the mind alone: without it the matchers choose."""
        return await self._mind.choose(persona, what, options, receipt)

    async def pick(self, lines: Sequence[Turn], options: Sequence[str], receipt: Receipt) -> int | None:
        """By the mind alone, too."""
        return await self._mind.pick(lines, options, receipt)

    async def close(self) -> None:
        """Both."""
        await self._mind.close()
        await self._understudy.close()


def _notice(error: Exception) -> str:
    return f"{error} The demo writer stands in meanwhile."
