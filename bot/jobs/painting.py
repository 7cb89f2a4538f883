"""A step of the painter: a persona gets a portrait."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict

from bot.jobs import closing
from bot.jobs.likeness import likeness
from bot.jobs.outcome import Outcome
from bot.jobs.plan import Kind, RestyleAsk, Stage, SummonAsk
from bot.jobs.telling import steps_told
from bot.jobs.tools import Tools, persona_id
from bot.progress import progress_of
from pipeline.receipt import Receipt
from pipeline.summon import Casting
from pipeline.types import Portrait
from storage import rows
from storage.completion import Completing, Made
from storage.outbox import Part, PartKind
from storage.results import refs, result_key
from storage.steps import Lease


async def paint(tools: Tools, lease: Lease, receipt: Receipt) -> Outcome:
    """A persona gets a portrait."""
    request, persona = lease.request, await tools.persona(lease)
    ask = (RestyleAsk if request.kind == Kind.RESTYLE else SummonAsk).model_validate(request.payload)
    given = ask.picture if isinstance(ask, SummonAsk) else None
    key = result_key("portrait", tools.engines.portrait, persona, ask.style, ask.seed, *([given] if given else []))
    made = await tools.keeping.found(key)
    if made is None:
        portrait: Portrait | None = None
        notices: Sequence[str] = ()
        if given:
            portrait, notices = await likeness(given, tools.keeping, tools.studio, request.language)
        if portrait is None:
            casting = Casting(tools.mind, tools.studio, tools.engines, receipt)
            async with steps_told(tools.bell, request.id) as watch:
                portrait = await casting.portrait_of(persona, ask.style, ask.seed, watch)
        made = await _painted(tools, key, portrait, notices)

    async def finish(completing: Completing) -> None:
        portrait = made.document["values"]["portrait"]
        completing.session.add(rows.portrait_row_of(persona_id(completing), portrait["value"], refs(portrait)))
        if request.kind != Kind.RESTYLE:  # there it is the final part
            text = closing.text_of(lease.results.get(Stage.MIND))
            progress = asdict(progress_of(await completing.standing()))
            document = {**text, "files": made.document["files"], "progress": progress}
            await completing.show(Part(PartKind.PORTRAIT, document))

    return Outcome(made, finish)


async def _painted(tools: Tools, key: str, portrait: Portrait, notices: Sequence[str] = ()) -> Made:
    height, width = portrait.picture.shape[:2]
    about = {"name": "portrait.png", "width": width, "height": height}
    return await tools.keeping.keep(key, {"portrait": portrait}, shown={"portrait": about}, notices=notices)
