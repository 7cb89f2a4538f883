"""A step of the mind: a persona answers a line, or takes its turn in a scene."""

from __future__ import annotations

import time
from contextlib import aclosing
from functools import partial

from bot.jobs import closing
from bot.jobs.outcome import Outcome
from bot.jobs.plan import SayAsk, Shown, size
from bot.jobs.tools import Tools
from bot.memory import Person
from pipeline.errors import Empty
from pipeline.receipt import Receipt
from pipeline.types import Line, Memory, Persona, Reply, Speaking, Turn
from storage import lines, rows
from storage.bell import News, Topic
from storage.completion import Completing
from storage.lines import LineKind, NewLine
from storage.outbox import Part, PartKind
from storage.repository import StoredPersona
from storage.results import result_key
from storage.steps import Lease

PROGRESS = 0.5
"""Seconds between two looks at an answer that is being written."""


async def answer(tools: Tools, lease: Lease, receipt: Receipt) -> Outcome:
    """A line is answered; the text so far is told while it comes."""
    request, ask = lease.request, SayAsk.model_validate(lease.request.payload)
    if ask.scene is not None:
        return await _play(tools, lease, receipt, ask.scene, ask.seed)
    stored, person = await tools.stored(lease), Person(request.person, request.name)
    key = result_key("reply", request.id, ask.text, ask.seed, tools.engines.mind)
    made = await tools.keeping.found(key)
    heard = made.document.get("heard") if made else await _heard(tools, ask.spoken)
    line = await _line(tools, ask, heard, request.name)
    memory = await tools.remembering.recall(stored, request.conversation, person, line.text)
    if made is None:
        reply = await _reply(tools, lease, stored.persona, memory, line, ask.seed, receipt)
        name, notices = stored.persona.name, receipt.notices
        made = await tools.keeping.keep(key, {"reply": reply}, notices=notices, name=name, heard=heard)

    async def finish(completing: Completing) -> None:
        reply = Reply.model_validate(made.document["values"]["reply"]["value"])
        said = Turn(speaking=Speaking.PERSON, text=line.text, speaker=request.name)
        answered = Turn(speaking=Speaking.PERSONA, text=reply.text, mood=reply.mood)
        for turn in (said, answered):
            row = rows.turn_row(stored.id, request.conversation, turn, person=request.person)
            completing.session.add(row)
            await completing.session.flush()  # one by one: the order of ids is the order of the conversation
        await completing.weigh(size(reply.text))
        await completing.show(Part(PartKind.TEXT, closing.text_of(made.document)))

    return Outcome(made, finish, partial(_remember, tools, lease, stored, person, line, memory))


async def _play(tools: Tools, lease: Lease, receipt: Receipt, scene: str, seed: int) -> Outcome:
    """A persona answers what was said last in a scene; all who are there hear it."""
    request, stored = lease.request, await tools.stored(lease)
    person, name = Person(request.person, request.name), stored.persona.name
    present = await tools.scenes.others(scene, stored.id)
    memory, line = await tools.remembering.cue(stored, request.conversation, person, present)
    key = result_key("reply", request.id, seed, tools.engines.mind)
    made = await tools.keeping.found(key)
    if made is None:
        reply = await _reply(tools, lease, stored.persona, memory, line, seed, receipt)
        made = await tools.keeping.keep(key, {"reply": reply}, notices=receipt.notices, name=name)

    async def finish(completing: Completing) -> None:
        reply = Reply.model_validate(made.document["values"]["reply"]["value"])
        update = request.update_key
        said = NewLine(LineKind.PERSONA, name, reply.text, update, persona=stored.id, mood=reply.mood)
        row = await lines.hold(completing.session, scene)
        if row is not None:
            await lines.add_line(completing.session, tools.bell, row, said)
        await completing.weigh(size(reply.text))
        await completing.show(Part(PartKind.TEXT, closing.text_of(made.document)))

    learning = person if line.speaker == request.name else None
    return Outcome(made, finish, partial(_remember, tools, lease, stored, learning, line, memory))


async def _reply(
    tools: Tools, lease: Lease, persona: Persona, memory: Memory, line: Line, seed: int, receipt: Receipt
) -> Reply:
    """What the mind says, told to everybody who listens while it comes."""
    mood, text, told = persona.mood, "", time.monotonic()
    async with aclosing(tools.mind.reply(persona, memory, line, seed, receipt)) as deltas:
        async for delta in deltas:
            mood, text = delta.mood or mood, text + delta.text
            if time.monotonic() - told > PROGRESS:
                told = time.monotonic()
                await tools.bell.tell(News(Topic.PROGRESS, lease.request.id, text))
    if not text.strip():
        raise Empty(f"{persona.name} found no words. Please say it again.")
    return Reply(text=text, mood=mood)


async def _line(tools: Tools, ask: SayAsk, heard: str | None, name: str | None) -> Line:
    """What is answered: what was typed, what was said aloud, and a picture."""
    picture = await tools.shown(ask.picture)
    return Line(text="\n".join(filter(None, (ask.text, heard))), speaker=name, picture=picture)


async def _heard(tools: Tools, spoken: Shown | None) -> str | None:
    """What a voice message says. Raises ``Inaudible`` and what else an ear does."""
    return (await tools.ear.hear(await tools.keeping.get(spoken.hash))).text if spoken else None


async def _remember(
    tools: Tools, lease: Lease, stored: StoredPersona, person: Person | None, line: Line, memory: Memory
) -> None:
    """Keeps what is worth it of the turn, and notes what that cost."""
    receipt, conversation = Receipt(), lease.request.conversation
    try:
        await tools.remembering.keep(stored, conversation, person, line, memory, receipt)
    finally:
        await tools.keeping.requests.spend(lease.request, receipt.usages)
