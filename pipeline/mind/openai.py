"""The mind behind any OpenAI-compatible endpoint: what to ask is in the modules beside, here is when."""

from __future__ import annotations

import secrets
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing

from pipeline.embedding import Embedder
from pipeline.errors import ContextOverflow, Declined, EngineBusy, EngineUnavailable
from pipeline.mind import prompts
from pipeline.mind.character import choosing
from pipeline.mind.character.examples import Examples
from pipeline.mind.character.writing import write_persona
from pipeline.mind.chat.endpoint import Endpoint
from pipeline.mind.dialogue import context, remembering
from pipeline.mind.dialogue.guard import Guard
from pipeline.receipt import Receipt
from pipeline.stages import EngineConfig, Task
from pipeline.types import Attachment, Fact, Line, Memory, Persona, ReplyDelta, Turn

_TRIES = 2
_STOP = ("\nUser:", "\nHuman:")
"""Where weak models begin to speak for the person; the guard knows more of these, but here the server stops too."""


class OpenAIMind:
    """`stages.Mind` by a language model. Holds connections and what it learnt of the server; nothing of any person."""

    def __init__(self, config: EngineConfig) -> None:
        if config.chat is None:
            raise EngineUnavailable("MIND=openai needs a language model: set OPENAI_API_KEY or OPENAI_BASE_URL.")
        self._chat = config.chat
        self._endpoint = Endpoint(config.chat)
        self._examples = Examples(Embedder())
        # One for all replies: servers keep the beginning of a prompt that they have read before.
        self._canary = f"#{secrets.token_hex(4)}"

    async def write(self, concept: str, seed: int, receipt: Receipt, picture: Attachment | None = None) -> Persona:
        """A character for a cleaned concept; see ``writing.write_persona``."""
        same = self._chat.model_for(Task.PERSONA) == self._chat.model_for(Task.REPLY)
        seen = picture if self._chat.sees and same else None  # what is known of the reply model's eyes
        return await write_persona(self._endpoint, concept, seed, receipt, self._examples, seen)

    async def reply(
        self, persona: Persona, memory: Memory, line: Line, seed: int, receipt: Receipt
    ) -> AsyncGenerator[ReplyDelta, None]:
        """The answer in pieces. One that falls out of character before it is shown is asked for again, once.

        Raises ``Declined`` when the second one cannot be used either, and what the endpoint raises.
        """
        correction = None
        for attempt in range(_TRIES):
            rules, last = prompts.text("reply"), attempt == _TRIES - 1
            rules += f"\n{prompts.text('scene')}" if memory.present else ""
            guard = Guard(persona, memory, line, self._chat.words, self._canary, rules, last=last)
            begun = False
            texts = self._guarded(guard, persona, memory, line, correction, seed + attempt, receipt)
            async with aclosing(texts):
                async for text in texts:
                    yield ReplyDelta(text=text, mood=None if begun else guard.mood or persona.mood)
                    begun = True
            if guard.broken is None:
                return
            receipt.reasks += 1
            correction = context.correct(guard.broken)
        raise Declined(f"{persona.name} is lost for words. Please say it another way.")

    async def learn(self, persona: Persona, memory: Memory, line: Line, receipt: Receipt) -> Sequence[Fact]:
        """What the line newly tells about its speaker; see ``remembering.learn``."""
        return await remembering.learn(self._endpoint, persona, memory, line, receipt)

    async def fold(self, persona: Persona, summary: str, turns: Sequence[Turn], receipt: Receipt) -> str:
        """A new summary; see ``remembering.fold``."""
        return await remembering.fold(self._endpoint, persona, summary, turns, receipt)

    async def choose(self, persona: Persona, what: str, options: Sequence[str], receipt: Receipt) -> int | None:
        """An option by letter, where the model is good enough for that; see ``choosing.choose``."""
        return await choosing.choose(self._endpoint, persona, what, options, receipt)

    async def pick(self, lines: Sequence[Turn], options: Sequence[str], receipt: Receipt) -> int | None:
        """Who speaks next, by letter; see ``choosing.pick``."""
        return await choosing.pick(self._endpoint, lines, options, receipt)

    async def close(self) -> None:
        """Let go of the connections."""
        await self._endpoint.close()

    async def _guarded(
        self,
        guard: Guard,
        persona: Persona,
        memory: Memory,
        line: Line,
        correction: str | None,
        seed: int,
        receipt: Receipt,
    ) -> AsyncGenerator[str, None]:
        """What the guard lets through of one answer. A prompt that is too long is shortened rung by rung."""
        begun = False
        for shrink in range(context.LAST_SHRINK + 1):
            messages = context.messages(persona, memory, line, self._chat, self._canary, correction, shrink)
            pieces = self._endpoint.stream(
                Task.REPLY,
                messages,
                receipt,
                max_tokens=context.answer_tokens(self._chat.words),
                seed=seed,
                stop=_STOP,
            )
            try:
                async with aclosing(pieces):
                    async for piece in pieces:
                        if text := guard.feed(piece):
                            begun = True
                            yield text
                        if guard.done:
                            break
                if text := guard.end():
                    yield text
                return
            except ContextOverflow:
                if shrink == context.LAST_SHRINK:
                    raise
            except EngineBusy:
                if begun and (text := guard.end()):
                    yield text  # what was held back is as good as what was shown
                raise
