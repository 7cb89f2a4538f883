"""All that is kept about one person: handed out, and taken away.

A conversation is *private* where the platform gives it the key of its place and nobody but the person ever spoke in it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, delete, exists, or_, select, union, update
from sqlalchemy.ext.asyncio import AsyncSession

from storage.asked import State
from storage.charges import trace
from storage.database import Database
from storage.steps import UNFINISHED
from storage.tables import (
    ChargeRow,
    CompanyRow,
    FactRow,
    LineRow,
    MessageRow,
    PartRow,
    PersonaRow,
    PersonRow,
    PlaceRow,
    PortraitRow,
    RequestRow,
    ResidentRow,
    ResultRow,
    SceneRow,
    StepRow,
    SummaryRow,
    Table,
    TurnRow,
    UsageRow,
    VoiceRow,
)
from storage.values import Json, now

BATCH = 500
"""Keys in one statement."""

SKIPPED = frozenset({"vector", "landmarks", "rig", "slug", "turn", "update_key"})
"""Columns that say nothing about anybody."""


@dataclass(frozen=True, slots=True)
class Kept:
    """What there is about a person: rows by the name of their kind, and the newest picture of each of their
    personas."""

    rows: Mapping[str, Sequence[Json]]
    portraits: Mapping[str, str]
    """Hash of a stored picture by id of its persona."""


@dataclass(frozen=True, slots=True)
class Deleted:
    """How much went. ``requests``: also those that were called off for it."""

    personas: int = 0
    turns: int = 0
    facts: int = 0
    requests: int = 0
    lines: int = 0


class Personal:
    """Methods raise ``StorageFailed``; ``person`` is the platform's key."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def collect(self, person: str) -> Kept:
        """Everything about a person, as of one moment."""
        async with self._database.reading() as session:
            private = await _private(session, person)
            own = select(PersonaRow.id).where(PersonaRow.owner == person)
            wanted: dict[str, tuple[type[Table], ColumnElement[bool]]] = {
                "personas": (PersonaRow, PersonaRow.owner == person),
                "voices": (VoiceRow, VoiceRow.persona_id.in_(own)),
                "turns": (TurnRow, _said(person, private)),
                "summaries": (SummaryRow, _only_theirs(person)),
                "facts": (FactRow, FactRow.person == person),
                "requests": (RequestRow, RequestRow.person == person),
                "charges": (ChargeRow, ChargeRow.person == person),
                "usages": (UsageRow, UsageRow.person == person),
                "scenes": (SceneRow, SceneRow.owner == person),
                "scene_lines": (LineRow, LineRow.person == person),
                "residents": (ResidentRow, ResidentRow.settled_by == person),
                "preferences": (PersonRow, PersonRow.key == person),
                "private_places": (PlaceRow, PlaceRow.key.in_(private)),
            }
            rows = {name: await _rows(session, table, whose) for name, (table, whose) in wanted.items()}
            pictures = select(PortraitRow.persona_id, PortraitRow.picture_blob).where(PortraitRow.persona_id.in_(own))
            rows_of_pictures = await session.execute(pictures.order_by(PortraitRow.id))
            portraits = {row.persona_id: row.picture_blob for row in rows_of_pictures}  # the last one counts
        return Kept(rows, portraits)

    async def open_requests(self, person: str) -> Sequence[str]:
        """Ids of what a person waits for."""
        waiting = select(RequestRow.id).where(RequestRow.person == person, RequestRow.state == State.OPEN.value)
        async with self._database.reading() as session:
            return (await session.scalars(waiting)).all()

    async def erase(self, person: str, *, counting: datetime) -> Deleted:
        """Deletes everything about a person, all at once or not at all; their personas go with all that these remember.
        Only requests that somebody still works on stay, so call them off before.

        What was used since ``counting`` still counts against quotas, under another name, until the request that it
        belongs to is swept: else whoever deletes their data could begin anew each time.
        """
        async with self._database.session() as session:
            private = await _private(session, person)
            requests = await _erase_requests(session, person, private, counting)
            facts = await _delete(session, FactRow, FactRow.person == person)
            await session.execute(delete(SummaryRow).where(_theirs(person, private)))
            turns = await _delete(session, TurnRow, _said(person, private))
            lines = await _erase_scenes(session, person, private)
            await session.execute(
                update(UsageRow).where(UsageRow.person == person).values(person=None, conversation=None)
            )
            await session.execute(update(ResidentRow).where(ResidentRow.settled_by == person).values(settled_by=""))
            personas = await _delete(session, PersonaRow, PersonaRow.owner == person)
            await session.execute(update(PersonaRow).where(PersonaRow.place.in_(private)).values(place=None))
            for table in (CompanyRow, MessageRow, ResidentRow):
                await session.execute(delete(table).where(table.conversation.in_(private)))
            await session.execute(delete(PlaceRow).where(PlaceRow.key.in_(private)))
            await session.execute(delete(PersonRow).where(PersonRow.key == person))
        return Deleted(personas, turns, facts, requests, lines)


async def _private(session: AsyncSession, person: str) -> set[str]:
    """Keys of the person's private conversations, and of the person."""
    asked = select(RequestRow.place).where(RequestRow.person == person, RequestRow.place == RequestRow.conversation)
    spoken = exists().where(CompanyRow.conversation == PersonaRow.place)  # a server is no conversation itself
    summoned = select(PersonaRow.place).where(PersonaRow.owner == person, spoken)
    places = [place for place in await session.scalars(union(asked, summoned)) if place is not None]
    return {place for place in places if not await _shared(session, place, person)} | {person}


async def _shared(session: AsyncSession, place: str, person: str) -> bool:
    """Whether somebody else speaks there, or it has other conversations."""
    others = (
        exists().where(TurnRow.conversation == place, TurnRow.person != person),
        exists().where(RequestRow.place == place, or_(RequestRow.person != person, RequestRow.conversation != place)),
        exists().where(PersonaRow.place == place, or_(PersonaRow.owner.is_(None), PersonaRow.owner != person)),
        exists().where(ResidentRow.place == place, ResidentRow.conversation != place),
        exists().where(SceneRow.place == place, or_(SceneRow.owner != person, SceneRow.conversation != place)),
    )
    return bool(await session.scalar(select(or_(*others))))


def _said(person: str, private: set[str]) -> ColumnElement[bool]:
    """Turns of the person, and answers to them."""
    return or_(TurnRow.person == person, TurnRow.conversation.in_(private))


def _theirs(person: str, private: set[str]) -> ColumnElement[bool]:
    """Summaries that have words of the person in them; nobody can tell them from those of others."""
    spoke = exists().where(
        TurnRow.persona_id == SummaryRow.persona_id,
        TurnRow.conversation == SummaryRow.conversation,
        TurnRow.person == person,
    )
    return or_(spoke, SummaryRow.conversation.in_(private))


def _only_theirs(person: str) -> ColumnElement[bool]:
    """Summaries of what nobody else took part in."""
    together = (TurnRow.persona_id == SummaryRow.persona_id) & (TurnRow.conversation == SummaryRow.conversation)
    others = exists().where(together, or_(TurnRow.person.is_(None), TurnRow.person != person))
    return exists().where(together, TurnRow.person == person) & ~others


def _over(person: str) -> ColumnElement[bool]:
    """Requests of a person on which nobody works or will: others may wait in line behind those."""
    unfinished = exists().where(StepRow.request_id == RequestRow.id, StepRow.state.in_(UNFINISHED))
    return and_(RequestRow.person == person, ~unfinished)


async def _erase_requests(session: AsyncSession, person: str, private: set[str], counting: datetime) -> int:
    """Requests with their steps and parts, and what was made for them alone."""
    over = _over(person)
    own = select(RequestRow.id).where(over)
    ids = (await session.scalars(own.order_by(RequestRow.id).with_for_update())).all()  # as `requests` locks them
    made = select(StepRow.result_key).where(StepRow.request_id.in_(own), StepRow.result_key.is_not(None)).distinct()
    keys = [*await session.scalars(made)]
    for table in (StepRow, PartRow):
        await session.execute(delete(table).where(table.request_id.in_(own)))
    used = exists().where(StepRow.result_key == ResultRow.key)
    for start in range(0, len(keys), BATCH):
        some = ResultRow.key.in_(keys[start : start + BATCH])
        await session.execute(delete(ResultRow).where(some, ~used))
    counts = exists().where(ChargeRow.request_id == RequestRow.id, ChargeRow.created_at > counting)
    await session.execute(delete(RequestRow).where(over, ~counts))
    await _strip(session, person, private)
    return len(ids)


async def _strip(session: AsyncSession, person: str, private: set[str]) -> None:
    """Leaves nothing of the requests that still count but that they were made, and where unless that is private."""
    over, nobody = _over(person), trace(person)
    charges = update(ChargeRow).where(ChargeRow.request_id.in_(select(RequestRow.id).where(over)))
    requests = update(RequestRow).where(over)
    await session.execute(charges.where(ChargeRow.place.in_(private)).values(place=nobody))
    await session.execute(charges.values(person=nobody))
    await session.execute(requests.where(RequestRow.place.in_(private)).values(place=nobody))
    open_still = requests.where(RequestRow.state == State.OPEN.value)  # its end was not shown in time
    await session.execute(open_still.values(state=State.CANCELLED.value, ended_at=now()))
    empty = dict.fromkeys(("name", "language", "persona_id", "message", "error"))
    bare = {"kind": "deleted", "payload": {}, "update_key": RequestRow.id, "conversation": nobody, "person": nobody}
    await session.execute(requests.values(**empty, **bare))


async def _erase_scenes(session: AsyncSession, person: str, private: set[str]) -> int:
    """What the person and their personas said in scenes; the lines of others stay where they are."""
    await session.execute(delete(SceneRow).where(SceneRow.conversation.in_(private)))
    own = select(PersonaRow.id).where(PersonaRow.owner == person)
    blank = {"text": "", "name": ""}
    await session.execute(update(LineRow).where(LineRow.persona_id.in_(own)).values(**blank, clip_blob=None))
    said = update(LineRow).where(LineRow.person == person).values(**blank, person=None)
    lines = (await session.scalars(said.returning(LineRow.id))).all()
    await session.execute(update(SceneRow).where(SceneRow.owner == person).values(owner="", title=""))
    return len(lines)


async def _delete(session: AsyncSession, table: type[Table], whose: ColumnElement[bool]) -> int:
    gone = delete(table).where(whose).returning(*table.__table__.primary_key)
    return len((await session.execute(gone)).all())


async def _rows(session: AsyncSession, table: type[Table], whose: ColumnElement[bool]) -> Sequence[Json]:
    columns = [column for column in table.__table__.columns if column.name not in SKIPPED]
    found = await session.execute(select(*columns).where(whose).order_by(*table.__table__.primary_key))
    return [{name: _plain(value) for name, value in row.items()} for row in found.mappings()]


def _plain(value: Any) -> Json:
    return value.isoformat() if isinstance(value, datetime) else value
