"""A place that goes on under another key, as a Telegram group does that becomes a supergroup."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import product
from typing import Any

from sqlalchemy import ColumnElement, delete, exists, update
from sqlalchemy.orm import InstrumentedAttribute, aliased

from storage.database import Database
from storage.tables import (
    ChargeRow,
    CompanyRow,
    MessageRow,
    PersonaRow,
    PlaceRow,
    RequestRow,
    ResidentRow,
    SceneRow,
    SummaryRow,
    TurnRow,
    UsageRow,
)
from storage.values import now

PLACES = (PersonaRow.place, RequestRow.place, ChargeRow.place, ResidentRow.place, SceneRow.place)
CONVERSATIONS = (
    CompanyRow.conversation,
    MessageRow.conversation,
    RequestRow.conversation,
    ResidentRow.conversation,
    SceneRow.conversation,
    SummaryRow.conversation,
    TurnRow.conversation,
    UsageRow.conversation,
)
UNIQUE = (CompanyRow.conversation, MessageRow.conversation, ResidentRow.conversation, SummaryRow.conversation)
"""What may be there once for a key: what the new one gathered in the meantime makes room."""


class Moving:
    """Methods raise ``StorageFailed``."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def move(self, places: tuple[str, str], conversations: Mapping[str, str]) -> bool:
        """All that is kept under old keys is kept under new ones. False when nothing is, or it was moved already.

        ``places``: the old key and the new one; ``conversations``: new keys by old ones.
        """
        old, new = places
        moved = 0
        async with self._database.session() as session:
            await session.execute(delete(PlaceRow).where(PlaceRow.key == new, _there(PlaceRow.key, old)))
            for column, (before, after) in product(UNIQUE, conversations.items()):
                await session.execute(delete(column.class_).where(column == after, _there(column, before)))
            for before, after in conversations.items():
                younger = update(SceneRow).where(SceneRow.conversation == after, SceneRow.ended_at.is_(None))
                await session.execute(younger.where(_there(SceneRow.conversation, before)).values(ended_at=now()))
            renamed: list[tuple[InstrumentedAttribute[Any], str, str]]
            renamed = [(column, old, new) for column in (*PLACES, PlaceRow.key)]
            renamed += [(column, *pair) for column, pair in product(CONVERSATIONS, conversations.items())]
            for column, before, after in renamed:
                change = update(column.class_).where(column == before).values({column.key: after})
                moved += len((await session.scalars(change.returning(column))).all())
        return moved > 0


def _there(column: InstrumentedAttribute[Any], key: str) -> ColumnElement[bool]:
    """Whether a table has a row with that key. Under another name: it is asked while rows of it are deleted."""
    other = aliased(column.class_)
    return exists().where(getattr(other, column.key) == key)
