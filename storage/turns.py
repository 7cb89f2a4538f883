"""Whose turn it is: the order in which requests are served, fair to persons and places.

This is start-time fair queueing (Goyal, Vin, Cheng 1996). The present is the smallest turn with work left to do. A
newcomer comes right after it, a further request of a person ``PERSON_SHARE`` after that person's last one, and the
persons of one place come ``PLACE_SHARE`` apart. Fifty requests of one person thus queue behind each other and before
nobody else; and as the present moves on with all that is served, no stream of newcomers keeps anybody waiting for
ever.
"""

from __future__ import annotations

from sqlalchemy import case, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from storage.asked import State
from storage.steps import UNFINISHED
from storage.tables import RequestRow, StepRow

PERSON_SHARE, PLACE_SHARE = 8, 2
"""Turns between two requests of a person, and between two persons of a place: a place moves on as quickly as four
persons alone."""

BACKGROUND = 1 << 40
"""The first turn of what nobody waits for: behind all that somebody waits for, and fair in itself."""


async def fair_turn(session: AsyncSession, person: str, place: str, *, background: bool = False) -> int:
    """The turn of a new request."""
    first = BACKGROUND if background else 0
    unfinished = select(StepRow.id).where(StepRow.request_id == RequestRow.id, StepRow.state.in_(UNFINISHED))
    query = select(
        func.min(RequestRow.turn),
        func.max(case((RequestRow.person == person, RequestRow.turn))),
        func.count(case((RequestRow.place == place, RequestRow.person)).distinct()),
    ).where(
        RequestRow.state == State.OPEN.value,
        RequestRow.turn >= first,
        RequestRow.turn < first + BACKGROUND,
        unfinished.exists(),
    )
    present, own, persons = (await session.execute(query)).one()
    if present is None:
        return first
    after_own = own + PERSON_SHARE if own is not None else 0
    return int(max(present + 1, after_own, present + PLACE_SHARE * persons))
