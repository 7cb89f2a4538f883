"""What people must see, written in the transaction that made it, and taken from here to the platforms.

A part shows the whole message as it then is, so a later one replaces an earlier one that nobody has begun to send.
One that was begun may be on the platform already: whatever happens to its holder, it is brought to its end, under the
same name, before anything that follows it. An edit can be repeated, and a new message that is posted again carries
the same nonce; on a platform that does not know nonces it may then be there twice (see `bot.delivery`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import Select, bindparam, delete, exists, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.sql.dml import ReturningUpdate

from storage import steps
from storage.asked import Request, State, as_request
from storage.bell import Bell, News, Topic
from storage.charges import refund
from storage.database import Database
from storage.statements import PARTS, REQUESTS, due, held, hold_request, request_of, times
from storage.steps import Transport
from storage.tables import PartRow, RequestRow
from storage.values import Json, now

LONGEST_WAIT = timedelta(hours=6)
"""A time to wait until that lies further ahead was set by a clock that has been put back since."""


class PartKind(StrEnum):
    """Parts of an answer. The last one of a request is final: afterwards nothing of it changes any more."""

    PLACEHOLDER = "placeholder"
    TEXT = "text"
    PORTRAIT = "portrait"
    VOICE = "voice"
    CLIP = "clip"
    PLAIN = "plain"  # the text stays the answer
    APOLOGY = "apology"
    CANCELLED = "cancelled"


ENDS = {PartKind.APOLOGY: State.APOLOGISED, PartKind.CANCELLED: State.CANCELLED}
"""State of a request whose final part is shown; any other part delivers it."""

SOON_REPLACED = (PartKind.PLACEHOLDER.value, PartKind.TEXT.value)
"""Parts of which every later one shows more. The rest is replaced by the final part only."""


class PartState(StrEnum):
    """Where a part is on its way."""

    WAITING = "waiting"
    SENDING = "sending"
    SENT = "sent"
    DROPPED = "dropped"


@dataclass(frozen=True, slots=True)
class Part:
    """Something to show. The document is plain JSON; files in it are names of blobs."""

    kind: PartKind
    document: Json
    final: bool = False


@dataclass(frozen=True, slots=True)
class Sending:
    """A part that its holder, and nobody else, brings to the platform now, for the ``attempt``-th time (from 1)."""

    id: int
    token: int
    request: Request
    part: Part
    attempt: int


@dataclass(frozen=True, slots=True)
class Underway:
    """A part that somebody claimed: what a rescuer looks at."""

    id: int
    token: int
    worker: str


def _take(first: Select[tuple[int]], state: PartState, attempts: int) -> ReturningUpdate[Any]:
    taken = PARTS.c.id == first.with_for_update(skip_locked=True).scalar_subquery()
    change = update(PARTS).where(taken, PARTS.c.state == state.value)
    change = change.values(
        state=PartState.SENDING.value,
        token=PARTS.c.token + 1,
        attempts=PARTS.c.attempts + attempts,
        worker=bindparam("who"),
    )
    return change.returning(*PARTS.c)


_earlier = PARTS.alias()
_blocked = exists().where(
    _earlier.c.request_id == PARTS.c.request_id,
    _earlier.c.id < PARTS.c.id,
    _earlier.c.state.not_in((PartState.SENT.value, PartState.DROPPED.value)),  # as in `turns`: for Postgres
)
_due = select(PARTS.c.id).where(
    PARTS.c.state == PartState.WAITING.value,
    PARTS.c.platform == bindparam("for_platform"),
    due(PARTS.c.not_before),
    ~_blocked,
)
_TAKE_DUE = _take(_due.order_by(PARTS.c.id).limit(1), PartState.WAITING, attempts=1)

_last = select(func.max(PARTS.c.id)).where(PARTS.c.request_id == bindparam("request"))
_shown = select(PARTS.c.id).where(
    PARTS.c.id == _last.scalar_subquery(),
    PARTS.c.state == PartState.SENT.value,
    ~PARTS.c.final,
)
_TAKE_SHOWN = _take(_shown, PartState.SENT, attempts=0)

_CHANGE = (
    update(PARTS)
    .where(
        PARTS.c.id == bindparam("sending"),
        PARTS.c.token == bindparam("fence"),
        PARTS.c.state == PartState.SENDING.value,
    )
    .returning(PARTS.c.id)
)

_ADD = insert(PARTS)
_DROP_WAITING = (
    update(PARTS)
    .where(PARTS.c.request_id == bindparam("request"), PARTS.c.state == PartState.WAITING.value)
    .values(state=PartState.DROPPED.value)
)
_DROP = _DROP_WAITING.where(PARTS.c.attempts == 0, ~PARTS.c.final)
_DROP_SOON_REPLACED = _DROP.where(PARTS.c.part.in_(SOON_REPLACED))
_SHOW = update(REQUESTS).where(REQUESTS.c.id == bindparam("request"))


class Outbox:
    """All parts of all requests. Methods raise ``StorageFailed`` when disk or database refuse."""

    def __init__(self, database: Database, transport: Transport, bell: Bell) -> None:
        self._database = database
        self._transport = transport
        self._bell = bell

    async def claim(self, platform: str, worker: str) -> Sending | None:
        """The oldest part that may be sent now. The parts of a request are claimed one at a time, in their order."""
        values = {"for_platform": platform, **times(now(), LONGEST_WAIT)}
        return await self._taken(_TAKE_DUE, worker, values)

    async def claim_shown(self, request_id: str, worker: str) -> Sending | None:
        """The newest part of a request that has not ended once more, to show progress with it: only while nothing else
        of it is to be shown. What comes meanwhile waits until it is marked ``sent`` again."""
        return await self._taken(_TAKE_SHOWN, worker, {"request": request_id})

    async def sent(self, sending: Sending, message: str) -> bool:
        """The part is shown, by the message of that key. False when somebody else had taken it over."""
        async with self._database.session() as session:
            request = sending.request.id
            if not await hold_request(session, request) or not await _change(
                session, sending, state=PartState.SENT.value, sent_at=now(), error=None
            ):
                return False
            shown: dict[str, object] = {"message": message}
            if sending.part.final:
                shown |= {"state": ENDS.get(sending.part.kind, State.DELIVERED).value, "ended_at": now()}
            await session.execute(_SHOW, {"request": request, **shown})
        return True

    async def posted(self, sending: Sending, message: str) -> bool:
        """The message of that key is there for the part to be shown in, at once. False when somebody else had taken
        it over."""
        async with self._database.session() as session:
            request = sending.request.id
            if not await hold_request(session, request) or not await _change(
                session, sending, state=PartState.WAITING.value, worker=None
            ):
                return False
            await session.execute(_SHOW, {"request": request, "message": message})
        return True

    async def later(self, sending: Sending, seconds: float, why: str) -> bool:
        """The part waits so long, as the platform wishes. False when somebody else had taken it over."""
        wait = min(timedelta(seconds=seconds), LONGEST_WAIT)
        async with self._database.session() as session:
            return await _change(
                session, sending, state=PartState.WAITING.value, not_before=now() + wait, error=why, worker=None
            )

    async def unreachable(self, sending: Sending, why: str) -> bool:
        """Nobody can see it any more (blocked, kicked, deleted): nothing more of the request is run or shown.

        False when somebody else had taken it over.
        """
        async with self._database.session() as session:
            request = await held(session, sending.request.id)
            if request is None or not await _change(session, sending, state=PartState.DROPPED.value, error=why):
                return False
            if request.state == State.OPEN.value:
                begun = await steps.begun(session, request.id)
                request.state, request.ended_at, request.error = State.CANCELLED.value, now(), why
                await steps.stop(session, self._transport, request.id)
                if not begun:
                    await refund(session, request.id)
            await session.execute(_DROP_WAITING, {"request": request.id})
            await self._bell.ring(session, News(Topic.CANCELLED, request.id))
        return True

    async def underway(self) -> Sequence[Underway]:
        """Parts that somebody claimed."""
        query = select(PartRow.id, PartRow.token, PartRow.worker).where(PartRow.state == PartState.SENDING.value)
        async with self._database.reading() as session:
            return [Underway(id_, token, worker or "") for id_, token, worker in await session.execute(query)]

    async def rescue(self, part: Underway) -> bool:
        """Gives back a part whose holder is gone. False when it moved on meanwhile."""
        async with self._database.session() as session:
            return await _change(session, part, state=PartState.WAITING.value, worker=None, not_before=None)

    async def show_again(self, request_id: str) -> bool:
        """Brings the newest part once more, because somebody who was taken for dead may have painted over it. False
        when it is still to be shown anyway."""
        newest = select(PartRow).where(PartRow.request_id == request_id, PartRow.state != PartState.DROPPED.value)
        async with self._database.session() as session:
            request = await held(session, request_id)
            part = await session.scalar(newest.order_by(PartRow.id.desc()).limit(1))
            if request is None or part is None or part.state != PartState.SENT.value:
                return False
            part.state, part.worker, part.not_before = PartState.WAITING.value, None, None
            await self._bell.ring(session, News(Topic.PART, request_id, request.platform))
        return True

    async def _taken(self, take: ReturningUpdate[Any], worker: str, values: dict[str, object]) -> Sending | None:
        async with self._database.session() as session:
            row = (await session.execute(take, {"who": worker, **values})).one_or_none()
            if row is None:
                return None
            request = await request_of(session, row.request_id)
            shown = Part(PartKind(row.part), row.document, row.final)
            return Sending(row.id, row.token, as_request(request), shown, row.attempts)


async def add(session: AsyncSession, bell: Bell, request: RequestRow, part: Part) -> None:
    """Puts a part into the outbox in place of those that it replaces. The caller's transaction holds the request."""
    if part.final:
        await drop(session, request.id)
    elif part.kind is not PartKind.PLACEHOLDER:  # the first of all
        await session.execute(_DROP_SOON_REPLACED, {"request": request.id})
    added = {
        "request_id": request.id,
        "platform": request.platform,
        "part": part.kind.value,
        "final": part.final,
        "document": part.document,
        "state": PartState.WAITING.value,
    }
    await session.execute(_ADD, added)
    await bell.ring(session, News(Topic.PART, request.id, request.platform))


async def reopen(session: AsyncSession, bell: Bell, request: RequestRow) -> None:
    """Takes back the end of a request: what came before it is shown once more in its place."""
    parts = select(PartRow).where(PartRow.request_id == request.id).order_by(PartRow.id)
    before = [part for part in await session.scalars(parts) if not part.final]
    await session.execute(delete(PartRow).where(PartRow.request_id == request.id, PartRow.final))
    if before:
        last = before[-1]
        last.state, last.attempts, last.not_before, last.error = PartState.WAITING.value, 0, None, None
        await bell.ring(session, News(Topic.PART, request.id, request.platform))


async def drop(session: AsyncSession, request_id: str) -> None:
    """Takes back what nobody has begun to send, but never a final part."""
    await session.execute(_DROP, {"request": request_id})


async def _change(session: AsyncSession, taken: Sending | Underway, **values: object) -> bool:
    mine = {"sending": taken.id, "fence": taken.token}
    return await session.scalar(_CHANGE, mine | values) is not None
