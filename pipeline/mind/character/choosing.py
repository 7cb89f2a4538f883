"""Lettered choice: the model reads descriptions and names one letter. What is not clearly a letter is no answer."""

from __future__ import annotations

import re
import string
from collections.abc import Sequence

from pipeline.errors import EngineFailed, EngineUnavailable
from pipeline.mind import prompts
from pipeline.mind.chat.endpoint import Endpoint, Message
from pipeline.mind.dialogue.context import called, inert
from pipeline.receipt import Receipt
from pipeline.stages import Task
from pipeline.types import Persona, Turn

_ANSWER_TOKENS = 8
_ASKS = 2
_LETTER = re.compile(
    r"\W*(?:(?:the )?(?:answer|option|choice|letter)(?: is)?\W*)?([a-z])(?:[.):\]]\W*)?\W*", re.IGNORECASE | re.ASCII
)


async def choose(
    endpoint: Endpoint, persona: Persona, what: str, options: Sequence[str], receipt: Receipt
) -> int | None:
    """Index of the described option that suits the persona; None where the model may not choose, gives no clear
    letter twice, or cannot be reached. Only the first 26 options are offered."""
    offered = _offered(options)
    if len(offered) == 1 and endpoint.config.chooses:
        return 0
    return await _asked(endpoint, _question(persona, what, offered), len(offered), persona.seed, receipt)


async def pick(endpoint: Endpoint, lines: Sequence[Turn], options: Sequence[str], receipt: Receipt) -> int | None:
    """Index of who speaks next in a scene; None as with ``choose``."""
    offered, said = _offered(options), [f"{called(turn.speaker) or '?'}: {_one_line(turn.text)}" for turn in lines]
    values = {"lines": "\n".join(said), "options": "\n".join(_lettered(offered))}
    question: Message = {"role": "user", "content": prompts.fill(prompts.text("pick"), values)}
    return await _asked(endpoint, question, len(offered), 0, receipt)


async def _asked(endpoint: Endpoint, question: Message, count: int, seed: int, receipt: Receipt) -> int | None:
    if not endpoint.config.chooses or not count:
        return None
    messages = [question]
    for _ in range(_ASKS):
        try:
            answer = await endpoint.text(
                Task.CHOICE, messages, receipt, max_tokens=_ANSWER_TOKENS, temperature=0.0, seed=seed
            )
        except (EngineFailed, EngineUnavailable):
            return None
        if (index := letter(answer, count)) is not None:
            return index
        last = string.ascii_uppercase[count - 1]
        again = f"Answer with one letter from A to {last} and nothing else."
        messages += [{"role": "assistant", "content": answer}, {"role": "user", "content": again}]
    return None


def letter(answer: str, count: int) -> int | None:
    """Index behind "B", "B.", "(b)", "**B**", "Answer: B"; None for anything else, and for letters not offered."""
    found = _LETTER.fullmatch(answer)
    index = string.ascii_uppercase.index(found[1].upper()) if found else count
    return index if index < count else None


def _question(persona: Persona, what: str, options: Sequence[str]) -> Message:
    lines = [
        f"{persona.name}, {' '.join((*persona.traits, persona.thing))}: {persona.tagline}",
        f"{persona.temper}, {persona.age}, gender {persona.gender}, size {persona.size}, energy {persona.energy:.1f}, "
        f"warmth {persona.warmth:.1f}, accent {persona.accent}, language {persona.language}",
        f"Looks: {persona.appearance}",
        f"Voice: {persona.voice_wish}",
    ]
    values = {"what": what, "persona": "\n".join(lines), "options": "\n".join(_lettered(options))}
    return {"role": "user", "content": prompts.fill(prompts.text("choose"), values)}


def _offered(options: Sequence[str]) -> list[str]:
    return [" ".join(option.split()) for option in options[: len(string.ascii_uppercase)]]


def _lettered(options: Sequence[str]) -> list[str]:
    return [f"{name}. {option}" for name, option in zip(string.ascii_uppercase, options, strict=False)]


def _one_line(text: str) -> str:
    return " ".join(inert(text).split())
