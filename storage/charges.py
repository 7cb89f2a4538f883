"""What requests count against quotas: written once per request and meter, given back when nothing came of it."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping
from datetime import datetime
from enum import StrEnum
from functools import cache

from sqlalchemy import bindparam, case, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from storage.asked import State
from storage.tables import ChargeRow, RequestRow
from storage.upsert import Insert, insert_for
from storage.values import now


class Meter(StrEnum):
    """What is counted."""

    SUMMONS = "summons"  # characters asked for
    VIDEO = "video"  # seconds of clips
    COST = "cost"  # USD of language models; spent is spent, so it is never given back


class Scope(StrEnum):
    """Whose use is counted together."""

    PERSON = "person"
    PLACE = "place"
    BOT = "bot"


TOLERANCE = 1e-6
"""Amounts are sums of floats: what lacks less than this to a limit has reached it."""


_amount = ChargeRow.amount
_own = ChargeRow.person.in_((bindparam("who"), bindparam("trace")))
_USED = (
    select(
        ChargeRow.meter,
        func.sum(case((_own, _amount), else_=0.0)),
        func.sum(case((ChargeRow.place == bindparam("where"), _amount), else_=0.0)),
        func.sum(_amount),
    )
    .where(
        ChargeRow.meter.in_(bindparam("meters", expanding=True)),
        ChargeRow.created_at > bindparam("since"),
        ChargeRow.refunded_at.is_(None),
    )
    .group_by(ChargeRow.meter)
)
_OPEN = select(func.count()).where(RequestRow.state == State.OPEN.value, RequestRow.person == bindparam("who"))


@cache
def _charge(dialect: str, add: bool) -> Insert:
    row = insert_for(dialect, ChargeRow)
    key, amount = ["request_id", "meter"], row.excluded.amount
    if add:
        return row.on_conflict_do_update(index_elements=key, set_={"amount": ChargeRow.amount + amount})
    # asked for again after a refund, it counts again
    return row.on_conflict_do_update(index_elements=key, set_={"refunded_at": None, "amount": amount})


def trace(person: str) -> str:
    """The name under which still counts what somebody used who is forgotten otherwise (`personal`)."""
    return f"deleted:{hashlib.blake2s(person.encode(), digest_size=16).hexdigest()}"


async def charge(session: AsyncSession, request: RequestRow, meter: Meter, amount: float, *, add: bool = False) -> None:
    """Counts an amount for a request, once: a second time changes nothing, or adds to the first with ``add``."""
    whose = {"request_id": request.id, "person": request.person, "place": request.place}
    values = {**whose, "meter": meter.value, "amount": amount}
    await session.execute(_charge(session.get_bind().dialect.name, add), values)


async def refund(session: AsyncSession, request_id: str) -> None:
    """Gives back what a request was charged, but not money that is gone."""
    charges = update(ChargeRow).where(ChargeRow.request_id == request_id, ChargeRow.meter != Meter.COST.value)
    await session.execute(charges.where(ChargeRow.refunded_at.is_(None)).values(refunded_at=now()))


async def charge_again(session: AsyncSession, request_id: str) -> None:
    """Takes back a refund: what was given back counts anew, as of now."""
    charges = update(ChargeRow).where(ChargeRow.request_id == request_id, ChargeRow.refunded_at.is_not(None))
    await session.execute(charges.values(refunded_at=None, created_at=now()))


async def used(
    session: AsyncSession, meters: Collection[Meter], since: datetime, *, person: str, place: str
) -> Mapping[tuple[Meter, Scope], float]:
    """What counts of charges later than ``since``, also those that a clock put back since has left in the future.

    Every pair of meter and scope has a value: characters, seconds or USD.
    """
    values = {
        "meters": [meter.value for meter in meters], "since": since, "who": person, "trace": trace(person),
        "where": place,
    }  # fmt: skip
    totals = dict.fromkeys(((meter, scope) for meter in meters for scope in Scope), 0.0)
    for meter, *sums in await session.execute(_USED, values):
        totals.update({(Meter(meter), scope): total for scope, total in zip(Scope, sums, strict=True)})
    return totals


async def last_to_leave(
    session: AsyncSession,
    meter: Meter,
    since: datetime,
    limit: float,
    *,
    person: str | None = None,
    place: str | None = None,
) -> datetime | None:
    """The time of the newest charge that, with all newer ones, reaches the limit: when it no longer counts, neither is
    the limit reached. None where it is not reached now."""
    newer = func.sum(ChargeRow.amount).over(order_by=ChargeRow.created_at.desc())
    query = select(ChargeRow.created_at, newer.label("newer")).where(
        ChargeRow.meter == meter.value, ChargeRow.created_at > since, ChargeRow.refunded_at.is_(None)
    )
    if person is not None:
        query = query.where(ChargeRow.person.in_((person, trace(person))))
    if place is not None:
        query = query.where(ChargeRow.place == place)
    counted = query.subquery()
    last: datetime | None = await session.scalar(
        select(func.max(counted.c.created_at)).where(counted.c.newer >= limit - TOLERANCE)
    )
    return last


async def open_requests(session: AsyncSession, person: str) -> int:
    """Requests of a person that have not ended."""
    return await session.scalar(_OPEN, {"who": person}) or 0
