"""A scene becomes a film: the clips of its characters, and cards with what was said without one. Two characters stand
side by side."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from bot.jobs.outcome import Keeping, Outcome, file
from bot.jobs.plan import FilmAsk
from pipeline.animation.manner import direction_of
from pipeline.errors import BadRequest, StorageFailed
from pipeline.speak import Studio
from storage.lines import LineKind, SceneLine
from storage.pictures import to_png
from storage.repository import Personas
from storage.results import result_key
from storage.scenes import SceneStore
from storage.steps import Lease

if TYPE_CHECKING:
    from pipeline.clips.dialogue import Player, Said
    from pipeline.clips.film import Card, Shot

LONGEST = 150
"""Lines of a film; of a longer scene, the last ones."""

NOTHING = "Nothing was said in that scene."


async def screen(lease: Lease, scenes: SceneStore, personas: Personas, keeping: Keeping, studio: Studio) -> Outcome:
    """The work of the step. Raises the errors of its engines and of storage."""
    from pipeline.clips import dialogue, film  # bring what draws letters, which only this needs

    lines = [line for line in await scenes.lines(FilmAsk.model_validate(lease.request.payload).scene) if line.text]
    lines = lines[-LONGEST:]
    if not lines:
        raise BadRequest(NOTHING)
    said = [[line.id, line.name, line.text, line.clip.hash if line.clip else None] for line in lines]
    frames = (studio.config.side, studio.config.badge)
    key = result_key("film", said, *frames)
    made = await keeping.found(key)
    if made is None:
        parts = await _parts(lines, personas, keeping)
        pair = await _pair(lines, parts, personas)
        if pair is not None:
            size = (dialogue.WIDTH, dialogue.HEIGHT)
            screened = await studio.workers.run("pictures", dialogue.duet, *pair, studio.config, studio.animation)
        else:
            size = (film.SIDE, film.SIDE)
            screened = await studio.workers.run("pictures", film.join, parts, studio.config.assets)
        blob = await keeping.put(screened, "video/mp4")
        made = await keeping.keep(key, {}, files=[file(blob, "scene.mp4", width=size[0], height=size[1])])
    return Outcome(made)


async def _pair(
    lines: Sequence[SceneLine], parts: Sequence[Shot | Card], personas: Personas
) -> tuple[tuple[Player, Player], Sequence[Said]] | None:
    """Who stands side by side, and what is said, where two play in the scene and it is not long."""
    from pipeline.clips import dialogue

    cast = list(dict.fromkeys(line.persona for line in lines if line.persona))
    said = [
        dialogue.Said(part, cast.index(line.persona) if line.persona else None)
        for line, part in zip(lines, parts, strict=True)
    ]
    if len(cast) != 2 or dialogue.seconds(said) > dialogue.LONGEST:
        return None
    try:
        left, right = [await _player(one, personas) for one in cast]
    except StorageFailed:  # a portrait is lost: words and clips are not
        return None
    return (left, right), said


async def _player(id_: str, personas: Personas) -> Player:
    from pipeline.clips.dialogue import Player

    persona = (await personas.get(id_)).persona
    return Player(persona.name, await personas.portrait(id_), direction_of(persona, persona.mood, persona.seed))


async def _parts(lines: Sequence[SceneLine], personas: Personas, keeping: Keeping) -> Sequence[Shot | Card]:
    from pipeline.clips.film import Card, Shot

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
