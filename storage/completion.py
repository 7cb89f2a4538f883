"""The end of a step, and what follows from it: the next steps, the final part of the request, or an apology.

All functions work inside a transaction of the caller that holds the row of the request.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

from sqlalchemy import Row, update
from sqlalchemy.ext.asyncio import AsyncSession

from pipeline.errors import StorageFailed
from pipeline.receipt import Usage
from storage import leases, outbox, queues, steps
from storage.asked import Request, State, as_request
from storage.bell import Bell
from storage.blobs import BlobRef
from storage.charges import Meter, charge, refund
from storage.outbox import Part, PartKind
from storage.queues import StepStanding
from storage.rows import name_blobs
from storage.statements import held
from storage.steps import Lease, StepState, Transport
from storage.tables import RequestRow, ResultRow, StepRow
from storage.upsert import insert_into
from storage.usage import insert_usages
from storage.values import Json


class Fenced(StorageFailed):
    """Somebody else has the step now, or the request was ended: what was made is not wanted."""

    def __init__(self) -> None:
        super().__init__("This was taken over by another worker or called off.")


@dataclass(frozen=True, slots=True)
class Made:
    """The result of a stage: its key, its document, and the files that the document names."""

    key: str
    document: Json
    blobs: Sequence[BlobRef] = ()


Closing: TypeAlias = Callable[[Request, Mapping[str, Json], Mapping[str, str]], Part]
"""The final part of a request from the documents of its stages and the sentences of those that failed."""


@dataclass(frozen=True, slots=True)
class Completing:
    """The open transaction of a step that ends."""

    session: AsyncSession
    request: RequestRow
    bell: Bell

    async def show(self, part: Part) -> None:
        """Puts a part into the outbox."""
        await outbox.add(self.session, self.bell, self.request, part)

    async def standing(self) -> Sequence[StepStanding]:
        """Where the steps of the request stand, the one that ends among those that are done."""
        return await queues.standing(self.session, self.request.id)

    async def weigh(self, turns: int) -> None:
        """Puts what follows in this request so many turns back."""
        following = update(StepRow).where(
            StepRow.request_id == self.request.id, StepRow.state == StepState.WAITING.value
        )
        await self.session.execute(following.values(rank=StepRow.rank + turns))

    async def spend(self, usages: Sequence[Usage]) -> None:
        """Notes what the step used of paid or counted services."""
        await spend(self.session, self.request, usages)

    async def charge(self, meter: Meter, amount: float, *, add: bool = False) -> None:
        """Counts against the quotas."""
        await charge(self.session, self.request, meter, amount, add=add)


@dataclass(frozen=True, slots=True)
class Workflow:
    """The rules by which a request goes on when one of its steps has ended."""

    transport: Transport
    bell: Bell
    closing: Closing

    async def advance(self, session: AsyncSession, request: RequestRow, ended: StepRow | Row[Any]) -> None:
        """Readies what waited for the step. Where nothing is left to do, the request gets its final part."""
        rows = await steps.of_request(session, request.id)
        going_on = await steps.advance(session, self.transport, rows)
        if ended.lock is not None:
            await steps.free(session, self.transport, ended.lock)
        if not going_on:
            failed = {row.stage: row.error or "" for row in rows if row.state == StepState.FAILED.value}
            made = await steps.results(session, request.id) if any(row.result_key for row in rows) else {}
            part = self.closing(as_request(request), made, failed)
            if part.kind is PartKind.APOLOGY:
                await refund(session, request.id)
            await outbox.add(session, self.bell, request, replace(part, final=True))

    async def give_up(self, session: AsyncSession, request: RequestRow, failed: StepRow | Row[Any]) -> None:
        """The step failed for good. The answer goes on without it, or the person gets an apology."""
        if failed.optional:
            await self.advance(session, request, failed)
            return
        request.error = failed.error
        await steps.stop(session, self.transport, request.id)
        await outbox.drop(session, request.id)
        await refund(session, request.id)
        apology = Part(PartKind.APOLOGY, {"sentence": failed.error, "error": failed.error_kind}, final=True)
        await outbox.add(session, self.bell, request, apology)
        if failed.lock is not None:
            await steps.free(session, self.transport, failed.lock)


async def hold_open(session: AsyncSession, request_id: str) -> RequestRow:
    """Holds a request that has not ended. Raises ``Fenced``."""
    request = await held(session, request_id)
    if request is None or request.state != State.OPEN.value:
        raise Fenced
    return request


async def end(session: AsyncSession, request: RequestRow, lease: Lease, **values: object) -> Row[Any]:
    """Gives the step of a lease these values. Raises ``Fenced`` when the lease is outdated."""
    row = await leases.end(session, lease, **values)
    if row is None:
        raise Fenced
    if request.begun_at is None:  # somebody held the request when the step was claimed
        request.begun_at = row.begun_at
    return row


async def keep(session: AsyncSession, stage: str, made: Made) -> None:
    """Keeps what a stage made under its key, unless it is there already."""
    await name_blobs(session, made.blobs)
    row = insert_into(session, ResultRow, key=made.key, stage=stage, document=made.document)
    await session.execute(row.on_conflict_do_nothing())


async def spend(session: AsyncSession, request: RequestRow, usages: Sequence[Usage]) -> None:
    """Notes what a request used of paid or counted services, and counts its cost against the quotas."""
    whose = {"persona_id": request.persona_id, "person": request.person, "conversation": request.conversation}
    insert_usages(session, usages, **whose)
    if cost := sum(usage.cost or 0.0 for usage in usages):
        await charge(session, request, Meter.COST, cost, add=True)
