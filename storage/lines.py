"""The lines of a scene, and who hears them.

The functions work inside a transaction of the caller; what changes a scene holds it first.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import Select, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from pipeline.types import Mood, Speaking, Turn
from storage.bell import Bell, News, Topic
from storage.blobs import BlobRef
from storage.rows import name_blobs, turn_row
from storage.tables import BlobRow, LineRow, MemberRow, PersonaRow, SceneRow
from storage.values import now

BREATH = timedelta(seconds=1)
"""After what the narrator says, until somebody answers: it is shown first, by whoever asked for it."""


class LineKind(StrEnum):
    """Who says a line."""

    PERSON = "person"
    PERSONA = "persona"
    NARRATOR = "narrator"


@dataclass(frozen=True, slots=True)
class NewLine:
    """What is said. ``update_key``: the platform's key of the saying, so that it is heard once. ``name``: of who
    speaks. ``person``: who wrote it, also for the narrator. ``addressed``: the persona it replies to."""

    kind: LineKind
    name: str
    text: str
    update_key: str
    person: str | None = None
    persona: str | None = None
    mood: Mood | None = None
    addressed: str | None = None


@dataclass(frozen=True, slots=True)
class SceneLine:
    """A line that was said; ``at`` is UTC. ``clip``: the file of it, where one was made."""

    id: int
    kind: LineKind
    name: str
    text: str
    person: str | None
    persona: str | None
    addressed: str | None
    at: datetime
    clip: BlobRef | None = None


async def hold(session: AsyncSession, scene_id: str) -> SceneRow | None:
    """The scene, which nobody else changes until the transaction ends."""
    held = select(SceneRow).where(SceneRow.id == scene_id).with_for_update()
    return await session.scalar(held.execution_options(populate_existing=True))


async def add_line(session: AsyncSession, bell: Bell, scene: SceneRow, line: NewLine) -> bool:
    """Says a line to all personas that are there. The transaction holds the scene. False when it was said already."""
    if await session.scalar(select(LineRow.id).where(LineRow.update_key == line.update_key)) is not None:
        return False
    row = LineRow(
        scene_id=scene.id,
        kind=line.kind.value,
        persona_id=line.persona,
        person=line.person,
        name=line.name,
        text=line.text,
        mood=line.mood.value if line.mood else None,
        addressed=line.addressed,
        update_key=line.update_key,
    )
    session.add(row)
    await session.flush()
    for persona in await cast_of(session, scene.id):
        own = persona == line.persona
        speaking, speaker = (Speaking.PERSONA, None) if own else (Speaking.PERSON, line.name)
        turn = Turn(speaking=speaking, text=line.text, mood=line.mood if own else None, speaker=speaker)
        session.add(turn_row(persona, scene.conversation, turn, person=line.person))
    if scene.speaking == line.update_key:
        scene.speaking = None
    if scene.paused_at is None and scene.ended_at is None:
        scene.due = row.id
        scene.not_before = now() + BREATH if line.kind is LineKind.NARRATOR else None
    await session.flush()
    await bell.ring(session, News(Topic.SCENE, scene.id))
    return True


async def add_clip(session: AsyncSession, update_key: str, clip: BlobRef) -> None:
    """The line that came of a request was filmed."""
    await name_blobs(session, [clip])
    await session.execute(update(LineRow).where(LineRow.update_key == update_key).values(clip_blob=clip.hash))


async def cast_of(session: AsyncSession, scene_id: str) -> Sequence[str]:
    """Ids of the personas that are in a scene, in the order of their coming."""
    there = MemberRow.scene_id == scene_id, MemberRow.until.is_(None), PersonaRow.dismissed_at.is_(None)
    query = select(MemberRow.persona_id).join(PersonaRow, PersonaRow.id == MemberRow.persona_id).where(*there)
    return list(await session.scalars(query.order_by(MemberRow.id)))


async def newest(session: AsyncSession, scene_id: str) -> int:
    """Id of the last line; 0 where there is none."""
    return await session.scalar(select(func.max(LineRow.id)).where(LineRow.scene_id == scene_id)) or 0


async def said(session: AsyncSession, scene_id: str) -> tuple[int, int]:
    """Lines of personas, in all and in the last hour."""
    lines = select(func.count()).where(LineRow.scene_id == scene_id, LineRow.kind == LineKind.PERSONA.value)
    lately = lines.where(LineRow.created_at > now() - timedelta(hours=1))
    return await session.scalar(lines) or 0, await session.scalar(lately) or 0


def lines_of(scene_id: str) -> Select[LineRow, BlobRow]:
    """The lines of a scene with their clips."""
    filmed = select(LineRow, BlobRow).outerjoin(BlobRow, BlobRow.hash == LineRow.clip_blob)
    return filmed.where(LineRow.scene_id == scene_id)


def as_line(row: LineRow, blob: BlobRow | None) -> SceneLine:
    """The value of a stored line."""
    return SceneLine(
        id=row.id,
        kind=LineKind(row.kind),
        name=row.name,
        text=row.text,
        person=row.person,
        persona=row.persona_id,
        addressed=row.addressed,
        at=row.created_at,
        clip=BlobRef(blob.hash, blob.mime, blob.size) if blob else None,
    )
