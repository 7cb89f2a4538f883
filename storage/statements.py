"""What statements are made of that are made once, with names in place of values.

SQLAlchemy takes longer to build a statement than to run it. So whatever is run for every step and part is a constant
of its module, and written on the plain tables here wherever no row is changed as an object. A statement on a plain
table does not flush what the session has changed.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, cast

import sqlalchemy
from sqlalchemy import Column, ColumnElement, Row, bindparam, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from storage.tables import Moment, PartRow, RequestRow, ResultRow, StepRow, Table


def plain(mapped: type[Table]) -> sqlalchemy.Table:
    """The table of a mapped class."""
    return cast(sqlalchemy.Table, mapped.__table__)


REQUESTS, STEPS, RESULTS, PARTS = plain(RequestRow), plain(StepRow), plain(ResultRow), plain(PartRow)

PRESENT, HORIZON = bindparam("present", type_=Moment()), bindparam("horizon", type_=Moment())

_HELD = select(RequestRow).where(RequestRow.id == bindparam("request")).with_for_update()
_HELD = _HELD.execution_options(populate_existing=True)


_REQUEST = select(REQUESTS).where(REQUESTS.c.id == bindparam("request"))
_HOLD = select(REQUESTS.c.id).where(REQUESTS.c.id == bindparam("request")).with_for_update()


async def request_of(session: AsyncSession, request_id: str) -> Row[Any]:
    """The request as it is, for reading."""
    return (await session.execute(_REQUEST, {"request": request_id})).one()


async def hold_request(session: AsyncSession, request_id: str) -> bool:
    """Lets nobody else change the request until the transaction ends. False when it is gone."""
    return await session.scalar(_HOLD, {"request": request_id}) is not None


async def held(session: AsyncSession, request_id: str) -> RequestRow | None:
    """The request, which nobody else changes until the transaction ends."""
    return await session.scalar(_HELD, {"request": request_id})


def due(moment: Column[Any]) -> ColumnElement[bool]:
    """Whether a time to wait until has come, or can only be the work of a clock that was put back since."""
    return or_(moment.is_(None), moment <= PRESENT, moment > HORIZON)


def times(present: datetime, longest: timedelta) -> dict[str, object]:
    """The values for ``due``, where nothing waits for longer."""
    return {"present": present, "horizon": present + longest}
