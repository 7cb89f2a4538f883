"""What personas remember: conversations word for word and in summary, and facts about each person.

A fact is found by its meaning: a sentence vector stands beside each text, as plain bytes in SQLite and Postgres alike.
A look-up compares all vectors of one persona and person at once; with ``MAXIMUM_FACTS`` of them that needs no index
(`tests/bench/memory.py` has the figures).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
from sqlalchemy import ColumnElement, LargeBinary, String, and_, cast, delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from pipeline.errors import StorageFailed
from pipeline.types import Fact, FactKind, Turn
from storage.database import Database
from storage.repository import as_turn
from storage.tables import FactRow, PersonaRow, SummaryRow, TurnRow
from storage.upsert import insert_into
from storage.values import storable

Vector: TypeAlias = npt.NDArray[np.float32]
"""(384,) float32 of length 1."""

Ids: TypeAlias = npt.NDArray[np.int64]
"""(n,) ids of facts."""

WIDTH = 384
PACKED = np.dtype([("scale", "<f4"), ("steps", "i1", (WIDTH,))])
"""A stored vector: ``scale * steps``, 388 bytes. Cosines come out right to 0.002: as good as float16 for finding the
nearest, in half the space, and 10,000 of them become float32 in 4 ms instead of 16."""

Packed: TypeAlias = npt.NDArray[np.void]
"""(n,) of ``PACKED``."""

SAME = 0.92
"""Cosine from which two facts of a kind say the same."""

MAXIMUM_FACTS = 500
"""Facts of one persona about one person."""


@dataclass(frozen=True, slots=True)
class Remembered:
    """A conversation: the summary of its turns up to the id ``through`` (0: of none), and turns after it by id."""

    summary: str
    through: int
    turns: tuple[tuple[int, Turn], ...]


@dataclass(frozen=True, slots=True)
class KeptFact:
    """A stored fact; ``created_at`` is UTC."""

    id: int
    fact: Fact
    created_at: datetime


class Memories:
    """The memory of every persona. All methods raise ``StorageFailed`` when disk or database refuse."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def recent(self, persona_id: str, conversation: str, limit: int) -> Remembered:
        """The summary of a conversation and its last ``limit`` turns that are not in it, oldest first."""
        return await self._remembered(persona_id, conversation, limit, newest=True)

    async def unfolded(self, persona_id: str, conversation: str, limit: int) -> Remembered:
        """The summary of a conversation and the first ``limit`` turns that are not in it, oldest first."""
        return await self._remembered(persona_id, conversation, limit, newest=False)

    async def fold_into(self, persona_id: str, conversation: str, text: str, through: int, *, since: int) -> bool:
        """A new summary, of the turns up to the id ``through``, made from the one up to ``since``.

        False, and nothing changes, when somebody else folded meanwhile or the turns were deleted.
        """
        last = select(TurnRow.id).where(_turns_of(persona_id, conversation), TurnRow.id == through)
        async with self._database.session() as session:
            if await session.scalar(last.with_for_update()) is None:
                return False
            if since:
                old = _summary_of(persona_id, conversation) & (SummaryRow.through == since)
                change = update(SummaryRow).where(old).values(text=text, through=through)
                return await session.scalar(change.returning(SummaryRow.id)) is not None
            whose = {"persona_id": persona_id, "conversation": conversation}
            row = insert_into(session, SummaryRow, **whose, text=text, through=through)
            return await session.scalar(row.on_conflict_do_nothing().returning(SummaryRow.id)) is not None

    async def forget_conversation(self, persona_id: str, conversation: str) -> int:
        """Deletes the turns and the summary of a conversation; the number of turns that there were."""
        turns = delete(TurnRow).where(_turns_of(persona_id, conversation))
        async with self._database.session() as session:
            gone = (await session.scalars(turns.returning(TurnRow.id))).all()
            await session.execute(delete(SummaryRow).where(_summary_of(persona_id, conversation)))
        return len(gone)

    async def add(self, persona_id: str, person: str, facts: Sequence[tuple[Fact, Vector]]) -> None:
        """Keeps facts with the vectors of their texts.

        A fact that says the same as an older one of its kind replaces it, and a name any older name. The oldest
        facts beyond ``MAXIMUM_FACTS`` go, but not the name.
        """
        async with self._database.session() as session:
            # One at a time per persona, or two processes might both keep a name. SQLite never lets in two.
            lock = select(PersonaRow.id).where(PersonaRow.id == persona_id).with_for_update(key_share=True)
            if await session.scalar(lock) is None:
                raise StorageFailed(f"There is no persona {persona_id}.")
            for fact, vector in facts:
                await _add(session, persona_id, person, fact, vector)
            await _trim(session, _facts_of(persona_id, person))

    async def heard(self, persona_id: str, person: str) -> bool:
        """Whether a persona remembers any words of a person, or to them."""
        query = select(TurnRow.id).where(TurnRow.person == person, TurnRow.persona_id == persona_id).limit(1)
        async with self._database.reading() as session:
            return await session.scalar(query) is not None

    async def knows(self, persona_id: str, person: str) -> bool:
        """Whether there is any fact about a person."""
        query = select(FactRow.id).where(_facts_of(persona_id, person)).limit(1)
        async with self._database.reading() as session:
            return await session.scalar(query) is not None

    async def facts(self, persona_id: str, person: str) -> Sequence[KeptFact]:
        """What a persona knows about a person, newest first."""
        query = select(FactRow).where(_facts_of(persona_id, person)).order_by(FactRow.id.desc())
        async with self._database.reading() as session:
            return [_kept(row) for row in await session.scalars(query)]

    async def search(
        self, persona_id: str, person: str, vector: Vector, k: int, *, newest: int = 0
    ) -> Sequence[KeptFact]:
        """The name of a person, the ``k`` facts nearest to a meaning, nearest first, and the ``newest`` last ones."""
        facts = _facts_of(persona_id, person)
        async with self._database.reading() as session:
            ids, vectors = await _vectors(session, facts)
            nearest = ids[np.argsort(-_cosines(vectors, vector), kind="stable")[:k]]
            wanted = [*nearest.tolist(), *np.sort(ids)[::-1][:newest].tolist()]
            name = facts & (FactRow.kind == FactKind.NAME.value)
            rows = {row.id: row for row in await session.scalars(select(FactRow).where(name | FactRow.id.in_(wanted)))}
        names = [row.id for row in rows.values() if row.kind == FactKind.NAME.value]
        return [_kept(rows[one]) for one in dict.fromkeys((*names, *wanted)) if one in rows]

    async def forget(self, persona_id: str, person: str, fact_id: int | None = None) -> int:
        """Deletes one fact about a person, or all; the number of facts deleted."""
        facts = delete(FactRow).where(_facts_of(persona_id, person))
        if fact_id is not None:
            facts = facts.where(FactRow.id == fact_id)
        async with self._database.session() as session:
            return len((await session.scalars(facts.returning(FactRow.id))).all())

    async def _remembered(self, persona_id: str, conversation: str, limit: int, *, newest: bool) -> Remembered:
        summary = select(SummaryRow).where(_summary_of(persona_id, conversation))
        order = TurnRow.id.desc() if newest else TurnRow.id
        turns = select(TurnRow).where(_turns_of(persona_id, conversation)).order_by(order).limit(limit)
        async with self._database.reading() as session:
            row = await session.scalar(summary)
            through = row.through if row else 0
            found = (await session.scalars(turns.where(TurnRow.id > through))).all()
        lines = tuple((line.id, as_turn(line)) for line in sorted(found, key=lambda line: line.id))
        return Remembered(row.text if row else "", through, lines)


def _turns_of(persona_id: str, conversation: str) -> ColumnElement[bool]:
    return and_(TurnRow.persona_id == persona_id, TurnRow.conversation == conversation)


def _summary_of(persona_id: str, conversation: str) -> ColumnElement[bool]:
    return and_(SummaryRow.persona_id == persona_id, SummaryRow.conversation == conversation)


def _facts_of(persona_id: str, person: str) -> ColumnElement[bool]:
    return and_(FactRow.persona_id == persona_id, FactRow.person == person)


async def _add(session: AsyncSession, persona_id: str, person: str, fact: Fact, vector: Vector) -> None:
    text = storable(fact.text)
    if not text:
        return
    kin = _facts_of(persona_id, person) & (FactRow.kind == fact.kind.value)
    older, vectors = await _vectors(session, kin)
    if fact.kind is not FactKind.NAME:
        older = older[_cosines(vectors, vector) >= SAME]
    if older.size:
        await session.execute(delete(FactRow).where(FactRow.id.in_(older.tolist())))
    row = FactRow(persona_id=persona_id, person=person, kind=fact.kind.value, text=text, vector=packed(vector))
    session.add(row)
    await session.flush()


async def _trim(session: AsyncSession, facts: ColumnElement[bool]) -> None:
    number = await session.scalar(select(func.count()).select_from(FactRow).where(facts)) or 0
    if number > MAXIMUM_FACTS:
        others = select(FactRow.id).where(facts, FactRow.kind != FactKind.NAME.value)
        oldest = others.order_by(FactRow.id).limit(number - MAXIMUM_FACTS)
        await session.execute(delete(FactRow).where(FactRow.id.in_(oldest)))


def _kept(row: FactRow) -> KeptFact:
    try:
        return KeptFact(row.id, Fact(kind=FactKind(row.kind), text=row.text), row.created_at)
    except ValueError as error:  # pydantic's ValidationError is one
        raise StorageFailed(f"The fact {row.id} was stored by another version of ChatAnything.") from error


def packed(vector: Vector) -> bytes:
    """The vector as one item of ``PACKED``."""
    if vector.shape != (WIDTH,):
        raise ValueError(f"a vector of {WIDTH} numbers is wanted, not {vector.shape}")
    scale = max(float(np.abs(vector).max()) / 127, 1e-12)
    return np.array((scale, np.rint(vector / scale)), PACKED).tobytes()


async def _vectors(session: AsyncSession, facts: ColumnElement[bool]) -> tuple[Ids, Packed]:
    """Ids and vectors of facts, in one order. The database joins them: as rows they take Python twice as long."""
    if session.get_bind().dialect.name == "postgresql":
        joined: ColumnElement[bytes] = func.string_agg(FactRow.vector, b"")
    else:  # SQLite joins bytes as if they were text, unchanged, and has to be told what they are
        joined = cast(func.group_concat(FactRow.vector, ""), LargeBinary)
    ids = func.aggregate_strings(cast(FactRow.id, String), ",")
    row = (await session.execute(select(ids, joined).where(facts))).one()
    return np.fromstring(row[0] or "", np.int64, sep=","), np.frombuffer(row[1] or b"", PACKED)


def _cosines(vectors: Packed, vector: Vector) -> Vector:
    """(n,) cosines of n packed vectors with one."""
    cosines: Vector = vectors["steps"].astype(np.float32) @ vector * vectors["scale"]
    return cosines
