"""The messages of a reply: who the persona is, what it remembers and what was just said, inside a token budget.

Everything that people wrote (lines, names, facts, summary) is data: it is placed where data belongs, and what looks
like the control marks of a chat template is spaced out, so that even a naive server cannot take it for one.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable, Sequence
from typing import Any

from pipeline.mind import languages, prompts
from pipeline.mind.chat.endpoint import Message
from pipeline.mind.dialogue.tidying import visible
from pipeline.mind.tokens import tokens
from pipeline.stages import ChatConfig
from pipeline.types import Attachment, Line, Memory, Persona, Speaking, Turn

LAST_SHRINK = 4
"""The last rung of shortening: persona and line alone."""
MOST_FACTS = 12
LONGEST_NAME = 32
_FEW_FACTS = 3
_SHORT_PERSONALITY = 600
_TOKENS_PER_MESSAGE = 6
_TOKENS_OF_PICTURE = 800
_SILENCE = "…"
"""What the person "says" before a sample line: the same in every language."""

_TAG = re.compile(r"<(?=[<|｜/!]*[A-Za-z_｜|])")
_BAR = re.compile(r"[|｜]>")
_INST = re.compile(r"\[(/?[A-Z_]{3,20})\]")
_ROLE = re.compile(r"^(\W*)(system|assistant|user|human|developer|tool)(\s*:)", re.IGNORECASE | re.MULTILINE)
_HEADING = re.compile(r"^[ \t]*#{1,6}[ \t]+", re.MULTILINE)


def messages(
    persona: Persona,
    memory: Memory,
    line: Line,
    config: ChatConfig,
    canary: str,
    correction: str | None = None,
    shrink: int = 0,
) -> list[Message]:
    """The messages that ask for the answer to a line; roles alternate after the system message.

    ``correction``: why an earlier answer was thrown away (``correct``). ``shrink``: 0 takes what fits into
    ``config.context``; each step up leaves more out, to ``LAST_SHRINK``. An estimate of tokens decides, so
    the endpoint may still find it too long: then ask again one rung higher.
    """
    room = config.context - answer_tokens(config.words)
    for rung in range(min(max(shrink, 0), LAST_SHRINK), LAST_SHRINK):
        built = _rung(persona, memory, line, config, canary, correction, room, rung)
        if _size(built) <= room:
            return built
    return _rung(persona, memory, line, config, canary, correction, room, LAST_SHRINK)


def answer_tokens(words: int) -> int:
    """Tokens to leave for an answer of so many words in any script, with its tag."""
    return 4 * words + 48


def correct(reason: str) -> str:
    """The correction for a reply that ``Guard.broken`` refused."""
    return prompts.fill(prompts.text("reask"), {"reason": reason})


def inert(text: str) -> str:
    """Text of a person or model without control characters, and without anything a chat template acts on."""
    text = visible(text)
    text = _BAR.sub("| >", _TAG.sub("< ", text))
    text = _INST.sub(r"[ \1 ]", text)
    text = _HEADING.sub("", text)
    return _ROLE.sub(r"\1(\2)\3", text)


def called(name: str | None) -> str | None:
    """A person's name as it may stand before a line: one short line, no brackets, colons or markup."""
    kept = re.sub(r"[\[\](){}<>:：|*_`#@\"\\]", " ", inert(name or ""))
    return " ".join(kept.split())[:LONGEST_NAME].strip() or None


def _rung(
    persona: Persona,
    memory: Memory,
    line: Line,
    config: ChatConfig,
    canary: str,
    correction: str | None,
    room: int,
    rung: int,
) -> list[Message]:
    facts = memory.facts[: MOST_FACTS if rung < 2 else _FEW_FACTS if rung < LAST_SHRINK else 0]
    named = len(_speakers(memory.turns, line)) > 1 or bool(memory.present)
    notes = _notes(memory.summary if rung < 3 else "", [fact.text for fact in facts], called(line.speaker), named)
    if memory.present:
        notes = f"- {_scene(memory.present)}\n{notes}"
    system = _system(persona, config, canary, notes, short=rung == LAST_SHRINK)
    # A correction comes last: what stands before it was read by the server once already, and is not read again.
    said = "\n\n".join(filter(None, (_said(line.text, line.speaker, named), correction)))
    last: Message = {"role": "user", "content": said}
    if line.picture:
        last["content"] = _shown(last["content"], line.picture, config.sees)
    samples = _samples(persona, memory) if rung < 2 else []
    left = room - _size([system, *samples, last])
    turns = _fitting([_turn(turn, named) for turn in memory.turns], left)
    if rung:
        turns = turns[len(turns) - (len(turns) >> rung) :] if rung < LAST_SHRINK else []
    return [system, *_alternating([*samples, *turns, last])]


def _system(persona: Persona, config: ChatConfig, canary: str, notes: str, *, short: bool) -> Message:
    personality = inert(persona.personality)
    values = {
        "name": called(persona.name) or "the character",
        "personality": personality[:_SHORT_PERSONALITY] if short else personality,
        "temper": inert(persona.temper),
        "habits": inert(persona.habits) or "as your temper has it",
        "likes": _listed(persona.likes),
        "dislikes": _listed(persona.dislikes),
        "catchphrase": inert(persona.catchphrase),
        "words": str(config.words),
        "language": languages.name(persona.language),
        "canary": canary,
        "notes": notes,
    }
    return {"role": "system", "content": prompts.fill(prompts.text("reply"), values)}


def _listed(things: Iterable[str]) -> str:
    return "; ".join(inert(thing) for thing in things) or "nothing in particular"


def _scene(present: Sequence[str]) -> str:
    company = [name for name in map(called, present) if name]
    return prompts.fill(prompts.text("scene"), {"company": ", ".join(company) or "somebody"})


def _notes(summary: str, facts: Sequence[str], speaker: str | None, named: bool) -> str:
    lines = [f"- You are talking with {speaker}."] if speaker else []
    if named:
        lines.append("- Several people are here. The name before a line says whose it is; yours has none.")
    lines += [f"- About {speaker or 'the person'}: {_one_line(fact)}" for fact in facts]
    if summary:
        lines.append(f"- Earlier: {_one_line(summary)}")
    return "\n".join(lines) or "- Nothing yet."


def _one_line(text: str) -> str:
    return " ".join(inert(text).split())


def _speakers(turns: Sequence[Turn], line: Line) -> set[str]:
    names = [turn.speaker for turn in turns if turn.speaking is Speaking.PERSON]
    return {name for name in map(called, [*names, line.speaker]) if name}


def _said(text: str, speaker: str | None, named: bool) -> str:
    name = called(speaker) if named else None
    return f"{name}: {inert(text)}" if name else inert(text)


def _turn(turn: Turn, named: bool) -> Message:
    if turn.speaking is Speaking.PERSON:
        return {"role": "user", "content": _said(turn.text, turn.speaker, named)}
    tag = f"[{turn.mood.value}] " if turn.mood else ""
    return {"role": "assistant", "content": tag + inert(turn.text)}


def _samples(persona: Persona, memory: Memory) -> list[Message]:
    """Lines in character as turns of their own, the greeting last: a model copies turns more than it obeys rules."""
    lines = list(persona.samples)
    if not memory.summary and all(turn.text != persona.greeting for turn in memory.turns):
        lines.append(persona.greeting)
    pairs: list[Message] = []
    for said in lines:
        pairs.append({"role": "user", "content": _SILENCE})
        pairs.append({"role": "assistant", "content": f"[{persona.mood.value}] {inert(said)}"})
    return pairs


def _shown(text: str, picture: Attachment, sees: bool) -> str | list[dict[str, Any]]:
    if not sees:
        return f"{text}\n{prompts.text('unseen')}".strip()
    return with_picture(text or _SILENCE, picture)


def with_picture(text: str, picture: Attachment) -> list[dict[str, Any]]:
    """The content of a message that shows something."""
    url = f"data:{picture.mime};base64,{base64.b64encode(picture.data).decode('ascii')}"
    return [{"type": "text", "text": text}, {"type": "image_url", "image_url": {"url": url}}]


def _fitting(turns: Sequence[Message], room: int) -> list[Message]:
    """The latest turns that fit, oldest first."""
    kept: list[Message] = []
    for turn in reversed(turns):
        room -= _size([turn])
        if room < 0:
            break
        kept.append(turn)
    return kept[::-1]


def _alternating(turns: Sequence[Message]) -> list[Message]:
    """User first, then assistant and user in turn, as strict chat templates want it; neighbours are joined."""
    joined: list[Message] = []
    for turn in turns:
        if joined and joined[-1]["role"] == turn["role"]:
            joined[-1] = {"role": turn["role"], "content": _joined(joined[-1]["content"], turn["content"])}
        elif not joined and turn["role"] == "assistant":
            joined += [{"role": "user", "content": _SILENCE}, turn]
        else:
            joined.append(turn)
    return joined


def _joined(first: str, second: str | list[dict[str, Any]]) -> str | list[dict[str, Any]]:
    if isinstance(second, str):
        return f"{first}\n{second}"
    return [{"type": "text", "text": first}, *second]


def _size(turns: Sequence[Message]) -> int:
    """Tokens of messages, by estimate."""
    total = 0
    for turn in turns:
        content = turn["content"]
        parts = [{"type": "text", "text": content}] if isinstance(content, str) else content
        total += _TOKENS_PER_MESSAGE
        total += sum(tokens(part["text"]) if part["type"] == "text" else _TOKENS_OF_PICTURE for part in parts)
    return total
