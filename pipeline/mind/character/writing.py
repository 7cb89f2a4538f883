"""Writes a persona with a language model: one structured call, and one more where its answer left problems."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.errors import ContextOverflow, Declined, EngineFailed, EngineUnavailable, Malformed
from pipeline.mind import prompts
from pipeline.mind.character.briefing import Brief, brief, request
from pipeline.mind.character.drafts import Reading, read, schema
from pipeline.mind.character.examples import Example, Examples
from pipeline.mind.chat.endpoint import Endpoint, Message
from pipeline.mind.dialogue.context import with_picture
from pipeline.mind.scripted import writing as scripted
from pipeline.mind.tokens import tokens
from pipeline.receipt import Receipt
from pipeline.stages import Task
from pipeline.types import Attachment, Persona

_TEMPERATURE = 0.9
_REPAIR_TEMPERATURE = 0.6
_ANSWER_TOKENS = 1200
_TOKENS_OF_TEMPLATE = 8
"""What a chat template puts around a message."""
_EXAMPLES = 3
_SHOWN_ANSWER = 4000
"""Characters of a wrong answer that are shown to the model again."""


async def write_persona(
    endpoint: Endpoint,
    concept: str,
    seed: int,
    receipt: Receipt,
    examples: Examples,
    picture: Attachment | None = None,
) -> Persona:
    """A character for a cleaned concept: one structured call, and one more where the first left problems. ``picture``:
    what it looks like, for models that take one.

    Raises ``Malformed`` or ``Declined`` when the second answer cannot be used either, and what the endpoint raises.
    """
    given = brief(concept)
    shown = await examples.choose(concept, _EXAMPLES, given.language, given.parsed.thing)
    writer = _Writer(endpoint, given, seed, receipt, shown, picture)
    best, answer = await writer.first()
    if best.problems:
        receipt.repairs += 1
        best = await writer.repaired(best, answer)
    # What a weak model leaves out twice, the demo writer fills in: it knows the concept too.
    if draft := best.draft or best.completed(scripted.write(concept, seed)):
        return draft.persona(concept, seed, endpoint.config.model_for(Task.PERSONA))
    if best.rude:
        raise Declined("The language model found only rude words for that. Please describe another character.")
    raise Malformed("The language model wrote no character that can be read, also when it was asked again.")


@dataclass(frozen=True, slots=True)
class _Writer:
    """The calls for one concept."""

    endpoint: Endpoint
    given: Brief
    seed: int
    receipt: Receipt
    examples: Sequence[Example]
    picture: Attachment | None = None

    async def first(self) -> tuple[Reading, str]:
        """The first answer, read and raw."""
        answer = await self._ask((), _TEMPERATURE)
        return self._read(answer), answer

    async def repaired(self, first: Reading, answer: str) -> Reading:
        """The better one of the first answer and the second, which was asked for with the problems of the first."""
        problems = "\n".join(f"- {problem}" for problem in first.problems)
        after = (
            {"role": "assistant", "content": answer[:_SHOWN_ANSWER]},
            {"role": "user", "content": prompts.fill(prompts.text("repair"), {"problems": problems})},
        )
        try:
            second = self._read(await self._ask(after, _REPAIR_TEMPERATURE))
        except (EngineFailed, EngineUnavailable):
            if first.draft is None:
                raise
            return first
        if first.draft is None or (second.draft is not None and len(second.problems) <= len(first.problems)):
            return second
        return first

    def _read(self, answer: str) -> Reading:
        return read(answer, self.given, [example.draft.name for example in self.examples])

    async def _ask(self, after: Sequence[Message], temperature: float) -> str:
        try:
            return await self._call(self.examples, after, temperature)
        except ContextOverflow:  # its context is smaller than the settings say
            if not self.examples:
                raise
            return await self._call((), after, temperature)

    async def _call(self, examples: Sequence[Example], after: Sequence[Message], temperature: float) -> str:
        longest = min(_ANSWER_TOKENS, self.endpoint.config.context * 2 // 5)
        return await self.endpoint.json(
            Task.PERSONA,
            self._messages(examples, after, self.endpoint.config.context - longest),
            self.receipt,
            schema=schema(),
            name="character",
            max_tokens=longest,
            temperature=temperature,
            seed=self.seed,
        )

    def _messages(self, examples: Sequence[Example], after: Sequence[Message], room: int) -> list[Message]:
        """System, as many examples as fit into ``room`` tokens, the best one next to the question, question."""
        system: Message = {"role": "system", "content": prompts.text("write")}
        question: Message = {
            "role": "user",
            "content": request(self.given.concept, self.given.language, self.given.hints(self.seed)),
        }
        room -= sum(_tokens(message) for message in (system, question, *after))
        if self.picture is not None:
            question["content"] = with_picture(f"{question['content']}\n{prompts.text('pictured')}", self.picture)
        turns: list[Message] = []
        for example in examples:
            told = example.messages()
            room -= sum(map(_tokens, told))
            if room < 0:
                break
            turns = [*told, *turns]
        return [system, *turns, question, *after]


def _tokens(message: Message) -> int:
    return tokens(message["content"]) + _TOKENS_OF_TEMPLATE
