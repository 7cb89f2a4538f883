"""What a persona keeps of a talk: facts about the person, and a summary of the turns that no longer fit."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from pydantic import ValidationError

from pipeline.errors import Empty, Malformed
from pipeline.mind import prompts
from pipeline.mind.character import reading
from pipeline.mind.chat.endpoint import Endpoint, Message
from pipeline.mind.dialogue.context import called, inert
from pipeline.mind.dialogue.tidying import bare, tidy, up_to
from pipeline.receipt import Receipt
from pipeline.stages import Task
from pipeline.types import Fact, FactKind, Line, Memory, Persona, Speaking, Turn

MOST_FACTS = 3
SUMMARY_WORDS = 120
LONGEST_FACT = 200
_SHOWN_FACTS = 20
_LONGEST_TURN = 1000

SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {
        "facts": {
            "type": "array",
            "maxItems": MOST_FACTS,
            "items": {
                "type": "object",
                "properties": {
                    "kind": {"type": "string", "enum": [kind.value for kind in FactKind]},
                    "text": {"type": "string"},
                },
                "required": ["kind", "text"],
                "additionalProperties": False,
            },
        }
    },
    "required": ["facts"],
    "additionalProperties": False,
}

_SECRET = re.compile(
    r"\d(?:[ .-]?\d){6,}"  # telephone, card and account numbers
    r"|[\w.+-]+@[\w-]+\.\w+"
    r"|\b(?:password|passphrase|passcode|pin code|api[ -]?key|secret key|credit card|card number|iban|cvv"
    r"|social security|contraseña|mot de passe|passwort|kennwort|senha|parola d'ordine)\b"
    r"|パスワード|暗証番号|密码|비밀번호|пароль"
    r"|\b(?:sk|pk|ghp|xox[bp])[-_]\w{8,}"
    r"|\b\d{1,5} (?:\w+ ){1,3}(?:street|st|avenue|ave|road|rd|lane|ln|drive|boulevard|blvd)\b",
    re.IGNORECASE,
)
_FIRST_PERSON = re.compile(r"(?:I|I['’](?:m|ve|ll|d)|My)\b")
_OF_ONESELF = re.compile(
    r"\b(?:i|i'm|im|me|my|mine|we|our|us|yo|mi|mis|soy|me|je|j'|moi|mon|ma|mes|ich|mir|mich|mein\w*|eu|meu|minha|io|mio"
    r"|mia|sono|ik|mij|mijn|jag|mig|min|mitt)\b|[私僕俺我]|うち|저|나는|내",
    re.IGNORECASE,
)
_HARDLY_TELLING = re.compile(
    r"(?:dis)?likes?|loves?|enjoys|hates?|promise[ds]|called|named?|lives|works|has|have|had|the|with|and|for|not|your?|they|person"
    r"|is|are|was|a|an|in|at|of|to|as|i"
)
_STEM = 4
"""Letters by which two forms of a word are the same word: "trains", "training"."""
_UNSPACED = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")


async def learn(endpoint: Endpoint, persona: Persona, memory: Memory, line: Line, receipt: Receipt) -> Sequence[Fact]:
    """What the line newly tells about the person who said it: at most three facts, mostly none.

    An answer that cannot be read is no facts; what the endpoint raises goes on to the caller.
    """
    if not telling(line.text):
        return ()
    person = called(line.speaker) or "the person"
    asked = prompts.fill(prompts.text("remember"), {"name": called(persona.name) or "the character", "person": person})
    known = [f"- {inert(fact.text)}" for fact in memory.facts[:_SHOWN_FACTS]] or ["- nothing"]
    before = [_told(persona, turn) for turn in memory.turns[-2:]]
    notes = "\n".join([f"Known of {person}:", *known, "", *before, f"Last line, by {person}: {inert(line.text)}"])
    messages: list[Message] = [{"role": "system", "content": asked}, {"role": "user", "content": notes}]
    try:
        answer = await endpoint.json(
            Task.MEMORY, messages, receipt, schema=SCHEMA, name="facts", max_tokens=300, temperature=0.0
        )
    except (Empty, Malformed):
        return ()
    heard = " ".join([*(turn.text for turn in memory.turns[-2:]), line.text])
    return _new([fact for fact in read(answer) if _was_said(fact, heard, persona)], memory.facts)


async def fold(endpoint: Endpoint, persona: Persona, summary: str, turns: Sequence[Turn], receipt: Receipt) -> str:
    """The summary of an earlier summary and the turns after it, at most ``SUMMARY_WORDS`` words.

    The earlier summary stays when the endpoint has nothing to say; what else it raises goes on to the caller.
    """
    if not turns:
        return summary
    values = {"name": called(persona.name) or "the character", "words": str(SUMMARY_WORDS)}
    said = "\n".join(_told(persona, turn) for turn in turns)
    notes = f"Summary so far: {inert(summary) or 'none'}\n\nSaid after it:\n{said}"
    messages: list[Message] = [
        {"role": "system", "content": prompts.fill(prompts.text("fold"), values)},
        {"role": "user", "content": notes},
    ]
    try:
        answer = await endpoint.text(Task.MEMORY, messages, receipt, max_tokens=4 * SUMMARY_WORDS, temperature=0.0)
    except Empty:
        return summary
    folded = " ".join(tidy(re.sub(r"^\W*(?:new )?summary\W*:\s*", "", answer, flags=re.IGNORECASE)).split())
    return folded[: up_to(folded, SUMMARY_WORDS)].strip() or summary


def telling(text: str) -> bool:
    """Whether a line is worth asking a model about: three words, or a name or number among fewer, and not a mere
    question in which nobody speaks of themself."""
    words = text.split()
    if re.fullmatch(r"[^.!?]*[?？]+\s*", text) and not _OF_ONESELF.search(text):
        return False
    if len(words) >= 3 or len(_UNSPACED.findall(text)) >= 4:
        return True
    inner = [word for word in words if word[0].isupper() or any(c.isdigit() for c in word)]
    return len(words) == 2 and bool(inner)


def _was_said(fact: Fact, heard: str, persona: Persona) -> bool:
    """Whether a fact has anything to do with what was said. Weak models make facts up, or tell of the persona."""
    if fact.kind is FactKind.NAME and any(name in fact.text for name in persona.name.split()):
        return False
    if _UNSPACED.search(fact.text):
        return any(pair in heard for pair in map("".join, pairwise(fact.text)))
    told = [word for word in bare(fact.text) if not _HARDLY_TELLING.fullmatch(word)]
    return any(_akin(word, other) for word in told for other in bare(heard))


def _akin(one: str, other: str) -> bool:
    """Forms of one word, as far as their beginnings tell."""
    letters = min(_STEM, len(one), len(other))
    return one == other or (letters >= 3 and one[:letters] == other[:letters])


def read(answer: str) -> list[Fact]:
    """The facts in a model's answer, whatever stands around them; those that cannot be read or kept are left out."""
    found = reading.first_object(answer) or {}
    rows = found.get("facts", [found])
    facts = [_fact(row) for row in rows] if isinstance(rows, list) else []
    return [fact for fact in facts if fact]


def _fact(row: object) -> Fact | None:
    if not isinstance(row, dict) or not isinstance(row.get("text"), str):
        return None
    text = " ".join(inert(row["text"]).split())
    if not text or len(text) > LONGEST_FACT or _SECRET.search(text):
        return None
    if _FIRST_PERSON.match(text):
        # Weak models copy the line; among the notes of a persona "I" would be the persona.
        text = f"Said: “{text}”"
    try:
        return Fact(kind=row.get("kind", FactKind.LIFE), text=text)
    except ValidationError:
        return Fact(kind=FactKind.LIFE, text=text)


def _new(facts: Sequence[Fact], known: Sequence[Fact]) -> tuple[Fact, ...]:
    """The first few that are not known, each once."""
    seen = {_key(fact) for fact in known}
    kept: list[Fact] = []
    for fact in facts:
        if _key(fact) not in seen:
            seen.add(_key(fact))
            kept.append(fact)
    return tuple(kept[:MOST_FACTS])


def _key(fact: Fact) -> str:
    return " ".join(re.findall(r"\w+", fact.text.casefold()))


def _told(persona: Persona, turn: Turn) -> str:
    who = turn.speaker if turn.speaking is Speaking.PERSON else persona.name
    return f"{called(who) or 'the person'}: {inert(turn.text)[:_LONGEST_TURN]}"
