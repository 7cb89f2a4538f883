"""A scene becomes a film: the clips of its characters, and cards with what was said without one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from bot.jobs.outcome import Keeping, Outcome, file
from bot.jobs.plan import FilmAsk
from pipeline.errors import BadRequest, StorageFailed
from pipeline.speak import Studio
from storage.lines import LineKind, SceneLine
from storage.pictures import to_png
from storage.repository import Personas
from storage.results import result_key
from storage.scenes import SceneStore
from storage.steps import Lease

if TYPE_CHECKING:
    from pipeline.film import Card, Shot

LONGEST = 150
"""Lines of a film; of a longer scene, the last ones."""

NOTHING = "Nothing was said in that scene."


async def screen(lease: Lease, scenes: SceneStore, personas: Personas, keeping: Keeping, studio: Studio) -> Outcome:
    """The work of the step. Raises the errors of its engines and of storage."""
    from pipeline import film  # brings what draws letters, which only this needs

    lines = [line for line in await scenes.lines(FilmAsk.model_validate(lease.request.payload).scene) if line.text]
    lines = lines[-LONGEST:]
    if not lines:
        raise BadRequest(NOTHING)
    key = result_key("film", [[line.id, line.name, line.text, line.clip.hash if line.clip else None] for line in lines])
    made = await keeping.found(key)
    if made is None:
        parts = await _parts(lines, personas, keeping)
        joined = await studio.workers.run("pictures", film.join, parts, studio.config.assets)
        blob = await keeping.put(joined, "video/mp4")
        made = await keeping.keep(key, {}, files=[file(blob, "scene.mp4", width=film.SIDE, height=film.SIDE)])
    return Outcome(made)


async def _parts(lines: Sequence[SceneLine], personas: Personas, keeping: Keeping) -> Sequence[Shot | Card]:
    from pipeline.film import Card, Shot

    faces = {line.persona: await _face(line.persona, personas) for line in lines if line.persona}
    parts: list[Shot | Card] = []
    for line in lines:
        if line.clip is not None:
            parts.append(Shot(line.name, await keeping.get(line.clip.hash)))
        else:
            name = "" if line.kind is LineKind.NARRATOR else line.name
            parts.append(Card(name, line.text, faces.get(line.persona or "")))
    return parts


async def _face(persona: str, personas: Personas) -> bytes | None:
    try:
        return to_png((await personas.portrait(persona)).picture)
    except StorageFailed:
        return None
