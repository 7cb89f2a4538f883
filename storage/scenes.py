"""Scenes, who is in them, and their lines: plain values in, plain values out.

A line is written once for the scene, and once as a turn of each persona that hears it. So a persona remembers a scene
as it does any conversation, folds what grows too long, and goes on remembering when the scene is over; and of what was
said in its absence there is nothing that it could recall.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from sqlalchemy import Select, exists, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from pipeline.errors import StorageFailed
from storage.asked import Asked
from storage.bell import Bell, News, Topic
from storage.database import Database
from storage.lines import LineKind, NewLine, SceneLine, add_line, as_line, cast_of, hold, lines_of, newest, said
from storage.requests import Admit
from storage.steps import UNFINISHED
from storage.tables import LineRow, MemberRow, PersonaRow, RequestRow, SceneRow, StepRow
from storage.upsert import insert_into
from storage.values import Json, new_id, now

DECIDING = timedelta(seconds=90)
"""For so long nobody else decides who answers a line; then whoever began to is taken for dead."""

LATEST = 60
"""Lines that are looked at to decide who speaks."""


PEOPLE = 12
"""People that a persona is told of."""


@dataclass(frozen=True, slots=True)
class Scene:
    """A scene. ``document``: its rules, as its starter chose them."""

    id: str
    platform: str
    place: str
    conversation: str
    owner: str
    title: str
    mode: str
    document: Json
    paused_at: datetime | None
    ended_at: datetime | None
    created_at: datetime


@dataclass(frozen=True, slots=True)
class NewScene:
    """A scene that somebody, the ``owner``, starts in a conversation of a place."""

    platform: str
    place: str
    conversation: str
    owner: str
    title: str
    mode: str
    document: Json


@dataclass(frozen=True, slots=True)
class Due:
    """A scene in which somebody may have to answer the line ``line``. ``cast``: ids of the personas that are there, in
    the order of their coming. ``said``: lines of personas in all, and in the last hour."""

    scene: Scene
    line: int
    cast: Sequence[str]
    lines: Sequence[SceneLine]
    said: tuple[int, int]


class Moved(StorageFailed):
    """Somebody spoke, paused or ended the scene meanwhile: what was decided is not wanted."""

    def __init__(self) -> None:
        super().__init__("The scene has moved on.")


class SceneStore:
    """All scenes. Methods raise ``StorageFailed`` when disk or database refuse."""

    def __init__(self, database: Database, bell: Bell) -> None:
        self._database = database
        self._bell = bell

    async def start(self, new: NewScene, cast: Sequence[str], opening: NewLine) -> Scene | None:
        """A new scene with these personas, who hear its opening. None where one is played already."""
        async with self._database.session() as session:
            row = insert_into(session, SceneRow, id=new_id(), created_at=now(), **asdict(new))
            id_ = await session.scalar(row.on_conflict_do_nothing().returning(SceneRow.id))
            scene = await hold(session, id_) if id_ else None
            if scene is None:
                return None
            for persona in cast:
                session.add(MemberRow(scene_id=scene.id, persona_id=persona, since=0))
                await session.flush()  # one by one: the order of ids is that of their coming
            await add_line(session, self._bell, scene, opening)
            return _scene(scene)

    async def of(self, conversation: str) -> Scene | None:
        """The scene that is played in a conversation, paused or not."""
        async with self._database.reading() as session:
            row = await session.scalar(_running(conversation))
            return _scene(row) if row else None

    async def last(self, conversation: str) -> Scene | None:
        """The scene of a conversation that began last."""
        query = select(SceneRow).where(SceneRow.conversation == conversation).order_by(SceneRow.id.desc()).limit(1)
        async with self._database.reading() as session:
            row = await session.scalar(query)
            return _scene(row) if row else None

    async def cast(self, scene_id: str) -> Sequence[str]:
        """Ids of the personas that are there, in the order of their coming."""
        async with self._database.reading() as session:
            return await cast_of(session, scene_id)

    async def lines(self, scene_id: str) -> Sequence[SceneLine]:
        """All lines, oldest first."""
        async with self._database.reading() as session:
            rows = await session.execute(lines_of(scene_id).order_by(LineRow.id))
            return [as_line(row, blob) for row, blob in rows]

    async def said(self, scene_id: str) -> tuple[int, int]:
        """Lines of personas, in all and in the last hour."""
        async with self._database.reading() as session:
            return await said(session, scene_id)

    async def say(self, scene_id: str, line: NewLine) -> bool:
        """Somebody says something. False when it was heard already or the scene is over."""
        async with self._database.session() as session:
            row = await hold(session, scene_id)
            return row is not None and row.ended_at is None and await add_line(session, self._bell, row, line)

    async def enter(self, scene_id: str, persona: str, line: NewLine) -> bool:
        """A persona comes in, hearing the line that says so and what follows. False when it is there, or as ``say``."""
        async with self._database.session() as session:
            row = await hold(session, scene_id)
            if row is None or row.ended_at is not None or persona in await cast_of(session, scene_id):
                return False
            session.add(MemberRow(scene_id=scene_id, persona_id=persona, since=await newest(session, scene_id)))
            return await add_line(session, self._bell, row, line)

    async def leave(self, scene_id: str, persona: str, line: NewLine) -> bool:
        """A persona leaves; the line that says so is the last that it hears. False when it is not there."""
        async with self._database.session() as session:
            row = await hold(session, scene_id)
            if row is None or row.ended_at is not None or persona not in await cast_of(session, scene_id):
                return False
            heard = await add_line(session, self._bell, row, line)
            stay = update(MemberRow).where(MemberRow.scene_id == scene_id, MemberRow.persona_id == persona)
            await session.execute(stay.where(MemberRow.until.is_(None)).values(until=await newest(session, scene_id)))
            return heard

    async def pause(self, scene_id: str, *, paused: bool) -> bool:
        """Nobody answers any more, or somebody may have to answer the last line. False when it was so already."""
        async with self._database.session() as session:
            row = await hold(session, scene_id)
            if row is None or row.ended_at is not None or (row.paused_at is not None) is paused:
                return False
            row.paused_at = now() if paused else None
            row.due = None if paused else await newest(session, scene_id) or None
            row.not_before = None
            await self._bell.ring(session, News(Topic.SCENE, scene_id))
        return True

    async def end(self, scene_id: str) -> bool:
        """The scene is over. False when it was already."""
        async with self._database.session() as session:
            row = await hold(session, scene_id)
            if row is None or row.ended_at is not None:
                return False
            row.ended_at, row.due = now(), None
            stays = update(MemberRow).where(MemberRow.scene_id == scene_id, MemberRow.until.is_(None))
            await session.execute(stays.values(until=await newest(session, scene_id)))
        return True

    async def claim(self) -> Due | None:
        """The right to decide who speaks next in a scene; it is given up by ``settle``, or by ``begin``."""
        present = now()
        async with self._database.session() as session:
            first = _waiting(present).order_by(SceneRow.due).limit(1).with_for_update(skip_locked=True)
            row = await session.scalar(first)
            if row is None or row.due is None:
                return None
            row.not_before, row.speaking = present + DECIDING, None
            latest = (await session.execute(lines_of(row.id).order_by(LineRow.id.desc()).limit(LATEST))).all()
            lines = [as_line(one, blob) for one, blob in reversed(latest)]
            return Due(_scene(row), row.due, await cast_of(session, row.id), lines, await said(session, row.id))

    async def settle(self, due: Due, *, again: timedelta | None = None) -> None:
        """Nobody answers that line, or it is decided later; lines that came meanwhile are still to be answered."""
        async with self._database.session() as session:
            row = await hold(session, due.scene.id)
            if row is None:
                return
            row.not_before = None if again is None else now() + again
            if again is None and row.due == due.line:
                row.due = None
            await self._bell.ring(session, News(Topic.SCENE, row.id))

    async def others(self, scene_id: str, persona: str) -> Sequence[str]:
        """Names of who else is there: personas, then people who said something since this one came, the last first."""
        stay = select(func.max(MemberRow.since)).where(MemberRow.scene_id == scene_id, MemberRow.persona_id == persona)
        async with self._database.reading() as session:
            cast = [one for one in await cast_of(session, scene_id) if one != persona]
            names = await session.scalars(
                select(PersonaRow.name).where(PersonaRow.id.in_(cast)).order_by(PersonaRow.name)
            )
            since = await session.scalar(stay) or 0
            spoke = (
                LineRow.kind == LineKind.PERSON.value,
                LineRow.name != "",
                LineRow.scene_id == scene_id,
                LineRow.id > since,
            )
            people = select(LineRow.name).where(*spoke).group_by(LineRow.name).order_by(func.max(LineRow.id).desc())
            return list(dict.fromkeys([*names, *await session.scalars(people.limit(PEOPLE))]))

    async def allowed(self, admit: Admit, asked: Asked) -> None:
        """Raises what ``admit`` would if that were asked now."""
        async with self._database.reading() as session:
            await admit(session, asked)


async def begin(session: AsyncSession, due: Due, update_key: str) -> None:
    """In the transaction in which the request of that key is taken: a persona answers the line. Raises ``Moved``."""
    row = await hold(session, due.scene.id)
    if row is None or row.ended_at is not None or row.paused_at is not None or row.due != due.line:
        raise Moved
    row.due, row.speaking, row.not_before = None, update_key, None


def _running(conversation: str) -> Select[SceneRow]:
    return select(SceneRow).where(SceneRow.conversation == conversation, SceneRow.ended_at.is_(None))


def _waiting(present: datetime) -> Select[SceneRow]:
    """Scenes in which nobody is about to speak, and nobody decides about it."""
    answering = exists().where(
        RequestRow.update_key == SceneRow.speaking,
        StepRow.request_id == RequestRow.id,
        StepRow.lock.is_not(None),
        StepRow.state.in_(UNFINISHED),
    )
    # A time further ahead than anybody sets was set by a clock that has been put back since.
    free = or_(
        SceneRow.not_before.is_(None), SceneRow.not_before <= present, SceneRow.not_before > present + 2 * DECIDING
    )
    alive = SceneRow.due.is_not(None), SceneRow.paused_at.is_(None), SceneRow.ended_at.is_(None)
    return select(SceneRow).where(*alive, free, or_(SceneRow.speaking.is_(None), ~answering))


def _scene(row: SceneRow) -> Scene:
    return Scene(
        id=row.id,
        platform=row.platform,
        place=row.place,
        conversation=row.conversation,
        owner=row.owner,
        title=row.title,
        mode=row.mode,
        document=row.document,
        paused_at=row.paused_at,
        ended_at=row.ended_at,
        created_at=row.created_at,
    )
