"""What people must see, written in the transaction that made it, and taken from here to the platforms.

A part shows the whole message as it then is, so a later one replaces an earlier one that nobody has begun to send.
One that was begun may be on the platform already: whatever happens to its holder, it is brought to its end, under the
same name, before anything that follows it. An edit can be repeated, and a new message that is posted again carries
the same nonce; on a platform that does not know nonces it may then be there twice (see `bot.delivery`).
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import ColumnElement, ScalarSelect, and_, delete, exists, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute, aliased

from storage import steps
from storage.asked import Request, State, as_request
from storage.bell import Bell, News, Topic
from storage.charges import refund
from storage.database import Database
from storage.steps import Transport
from storage.tables import Json, PartRow, RequestRow, StepRow, now

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


class Outbox:
    """All parts of all requests. Methods raise ``StorageFailed`` when disk or database refuse."""

    def __init__(self, database: Database, transport: Transport, bell: Bell) -> None:
        self._database = database
        self._transport = transport
        self._bell = bell

    async def claim(self, platform: str, worker: str) -> Sending | None:
        """The oldest part that may be sent now. The parts of a request are claimed one at a time, in their order."""
        earlier = aliased(PartRow)
        unsent = (PartState.WAITING.value, PartState.SENDING.value)
        blocked = exists().where(
            earlier.request_id == PartRow.request_id, earlier.id < PartRow.id, earlier.state.in_(unsent)
        )
        due = select(PartRow.id).where(
            PartRow.state == PartState.WAITING.value, PartRow.platform == platform, is_due(PartRow.not_before), ~blocked
        )
        first = due.order_by(PartRow.id).limit(1).with_for_update(skip_locked=True).scalar_subquery()
        return await self._take(first, PartState.WAITING, worker, attempts=PartRow.attempts + 1)

    async def claim_shown(self, request_id: str, worker: str) -> Sending | None:
        """The placeholder of a request once more, to show progress in its place: only while nothing else of it is to
        be shown. What comes meanwhile waits until it is marked ``sent`` again."""
        last = select(func.max(PartRow.id)).where(PartRow.request_id == request_id)
        shown = select(PartRow.id).where(
            PartRow.id == last.scalar_subquery(),
            PartRow.state == PartState.SENT.value,
            PartRow.part == PartKind.PLACEHOLDER.value,
        )
        taken = shown.with_for_update(skip_locked=True).scalar_subquery()
        return await self._take(taken, PartState.SENT, worker)

    async def sent(self, sending: Sending, message: str) -> bool:
        """The part is shown, by the message of that key. False when somebody else had taken it over."""
        async with self._database.session() as session:
            request = await _held(session, sending.request.id)
            if request is None or not await _change(
                session, sending, state=PartState.SENT.value, sent_at=now(), error=None
            ):
                return False
            request.message = message
            if sending.part.final:
                request.state = ENDS.get(sending.part.kind, State.DELIVERED).value
                request.ended_at = now()
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
            request = await _held(session, sending.request.id)
            if request is None or not await _change(session, sending, state=PartState.DROPPED.value, error=why):
                return False
            if request.state == State.OPEN.value:
                begun = await _begun(session, request.id)
                request.state, request.ended_at, request.error = State.CANCELLED.value, now(), why
                await steps.stop(session, self._transport, request.id)
                if not begun:
                    await refund(session, request.id)
            waiting = update(PartRow).where(_waits(request.id))
            await session.execute(waiting.values(state=PartState.DROPPED.value))
            await self._bell.ring(session, News(Topic.CANCELLED, request.id))
        return True

    async def underway(self) -> Sequence[Underway]:
        """Parts that somebody claimed."""
        query = select(PartRow.id, PartRow.token, PartRow.worker).where(PartRow.state == PartState.SENDING.value)
        async with self._database.reading() as session:
            return [Underway(id_, token, worker or "") for id_, token, worker in await session.execute(query)]

    async def rescue(self, part: Underway) -> bool:
        """Gives back a part whose holder is gone. False when it moved on meanwhile."""
        change = update(PartRow).where(
            PartRow.id == part.id, PartRow.token == part.token, PartRow.state == PartState.SENDING.value
        )
        async with self._database.session() as session:
            waiting = change.values(state=PartState.WAITING.value, worker=None, not_before=None)
            return await session.scalar(waiting.returning(PartRow.id)) is not None

    async def _take(
        self, part: ScalarSelect[int], state: PartState, worker: str, **values: ColumnElement[int]
    ) -> Sending | None:
        change = update(PartRow).where(PartRow.id == part, PartRow.state == state.value)
        change = change.values(state=PartState.SENDING.value, token=PartRow.token + 1, worker=worker, **values)
        change = change.returning(PartRow).execution_options(synchronize_session=False)
        async with self._database.session() as session:
            row = await session.scalar(change)
            if row is None:
                return None
            request = await session.get_one(RequestRow, row.request_id)
            shown = Part(PartKind(row.part), row.document, row.final)
            return Sending(row.id, row.token, as_request(request), shown, row.attempts)


async def add(session: AsyncSession, bell: Bell, request: RequestRow, part: Part) -> None:
    """Puts a part into the outbox in place of those that it replaces. The caller's transaction holds the request."""
    if part.kind is not PartKind.PLACEHOLDER:  # the first of all
        await drop(session, request.id, None if part.final else SOON_REPLACED)
    session.add(
        PartRow(
            request_id=request.id,
            platform=request.platform,
            part=part.kind.value,
            final=part.final,
            document=part.document,
            state=PartState.WAITING.value,
        )
    )
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


async def drop(session: AsyncSession, request_id: str, kinds: Collection[str] | None = None) -> None:
    """Takes back what nobody has begun to send, of these kinds or all, but never a final part."""
    unbegun = update(PartRow).where(_waits(request_id), PartRow.attempts == 0, ~PartRow.final)
    if kinds is not None:
        unbegun = unbegun.where(PartRow.part.in_(kinds))
    await session.execute(unbegun.values(state=PartState.DROPPED.value))


def is_due(moment: InstrumentedAttribute[datetime | None], longest: timedelta = LONGEST_WAIT) -> ColumnElement[bool]:
    """Whether a time to wait until has come, or can only be the work of a clock that was put back since."""
    present = now()
    return or_(moment.is_(None), moment <= present, moment > present + longest)


async def _held(session: AsyncSession, request_id: str) -> RequestRow | None:
    """The request, which nobody else changes until the transaction ends."""
    return await session.scalar(select(RequestRow).where(RequestRow.id == request_id).with_for_update())


async def _begun(session: AsyncSession, request_id: str) -> bool:
    begun = select(StepRow.id).where(StepRow.request_id == request_id, StepRow.begun_at.is_not(None))
    return await session.scalar(begun.limit(1)) is not None


def _waits(request_id: str) -> ColumnElement[bool]:
    return and_(PartRow.request_id == request_id, PartRow.state == PartState.WAITING.value)


async def _change(session: AsyncSession, sending: Sending, **values: object) -> bool:
    mine = and_(PartRow.id == sending.id, PartRow.token == sending.token, PartRow.state == PartState.SENDING.value)
    return await session.scalar(update(PartRow).where(mine).values(**values).returning(PartRow.id)) is not None
