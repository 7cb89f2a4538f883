"""A step of the mind: a phrase becomes a persona."""

from __future__ import annotations

from dataclasses import asdict

from bot.jobs import closing
from bot.jobs.outcome import Outcome
from bot.jobs.plan import SummonAsk, size
from bot.jobs.tools import Tools
from bot.progress import progress_of
from pipeline import concept
from pipeline.receipt import Receipt
from pipeline.types import Persona
from storage import company, rows
from storage.completion import Completing
from storage.outbox import Part, PartKind
from storage.results import result_key
from storage.steps import Lease


async def write(tools: Tools, lease: Lease, receipt: Receipt) -> Outcome:
    """A phrase becomes a persona."""
    request, ask = lease.request, SummonAsk.model_validate(lease.request.payload)
    words = concept.clean(ask.words, adult=ask.adult)
    key = result_key("persona", words, ask.seed, tools.engines.mind, request.id)
    made = await tools.keeping.found(key)
    if made is None:
        persona = await tools.mind.write(words, ask.seed, receipt, await tools.shown(ask.picture))
        persona = persona.model_copy(update={"voice_wish": ask.voice or persona.voice_wish})
        made = await tools.keeping.keep(key, {"persona": persona}, notices=receipt.notices)

    async def finish(completing: Completing) -> None:
        persona = Persona.model_validate(made.document["values"]["persona"]["value"])
        row = rows.persona_row(persona, request.person, place=request.place)
        completing.session.add(row)
        await completing.session.flush()
        completing.request.persona_id = row.id
        await company.joined(completing.session, request.conversation, row.id)
        await completing.weigh(size(persona.greeting))
        progress = progress_of(await completing.standing())
        await completing.show(Part(PartKind.TEXT, {**closing.text_of(made.document), "progress": asdict(progress)}))

    return Outcome(made, finish)
