"""Whose turn it is: the order in which requests are served, fair to persons and places.

This is start-time fair queueing (Goyal, Vin, Cheng 1996). The present is the smallest turn with work left to do. A
newcomer comes right after it, a further request of a person ``PERSON_SHARE`` after that person's last one, and the
persons of one place come ``PLACE_SHARE`` apart. Fifty requests of one person thus queue behind each other and before
nobody else; and as the present moves on with all that is served, no stream of newcomers keeps anybody waiting for
ever.
"""

from __future__ import annotations

from sqlalchemy import bindparam, case, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from storage.asked import State
from storage.steps import UNFINISHED, StepState
from storage.tables import RequestRow, StepRow

PERSON_SHARE, PLACE_SHARE = 8, 2
"""Turns between two requests of a person, and between two persons of a place: a place moves on as quickly as four
persons alone."""

BACKGROUND = 1 << 40
"""The first turn of what nobody waits for: behind all that somebody waits for, and fair in itself."""


# Not by the states that are meant: Postgres, as long as it has no statistics, would read the index of states anew for
# each request.
_ended = [state.value for state in StepState if state.value not in UNFINISHED]
_unfinished = select(StepRow.id).where(StepRow.request_id == RequestRow.id, StepRow.state.not_in(_ended))
_TURNS = select(
    func.min(RequestRow.turn),
    func.max(case((RequestRow.person == bindparam("person"), RequestRow.turn))),
    func.count(case((RequestRow.place == bindparam("place"), RequestRow.person)).distinct()),
).where(
    RequestRow.state == State.OPEN.value,
    RequestRow.turn >= bindparam("first"),
    RequestRow.turn < bindparam("end"),
    _unfinished.exists(),
)


async def fair_turn(session: AsyncSession, person: str, place: str, *, background: bool = False) -> int:
    """The turn of a new request."""
    first = BACKGROUND if background else 0
    values = {"person": person, "place": place, "first": first, "end": first + BACKGROUND}
    present, own, persons = (await session.execute(_TURNS, values)).one()
    if present is None:
        return first
    after_own = own + PERSON_SHARE if own is not None else 0
    return int(max(present + 1, after_own, present + PLACE_SHARE * persons))
