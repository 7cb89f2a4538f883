"""Requests without the work: a database, a closing that says what it was given, and a clock that tests set."""

from __future__ import annotations

import itertools
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from storage import charges, outbox, requests, steps
from storage.asked import Asked, Request
from storage.bell import LocalBell
from storage.charges import Meter
from storage.completion import Made
from storage.database import Database
from storage.outbox import Outbox, Part, PartKind
from storage.requests import Requests
from storage.steps import Lease, Step, StepPlan
from storage.values import Json

SUMMON = (
    StepPlan("mind", "mind"),
    StepPlan("voice", "voice", ("mind",), optional=True, offset=1),
    StepPlan("portrait", "portrait", ("mind",), offset=1),
    StepPlan("clip", "clip", ("voice", "portrait"), optional=True, offset=4),
)
SHORT = (StepPlan("mind", "mind"),)
QUEUES = ("mind", "voice", "portrait", "clip")


def reply(lock: str) -> tuple[StepPlan, ...]:
    """The steps of a reply, of which those with one lock are thought of one after the other."""
    return (
        StepPlan("mind", "mind", lock=lock),
        StepPlan("voice", "voice", ("mind",), optional=True, offset=1),
    )


@dataclass
class Transport:
    """Keeps in mind what was deferred, as (stage, delay)."""

    deferred: list[tuple[str, float]] = field(default_factory=list)

    async def defer(self, session: AsyncSession, step: Step, delay: float = 0.0) -> None:
        self.deferred.append((step.stage, delay))


@dataclass
class Clock:
    """What `storage` takes for the present."""

    present: datetime = datetime(2026, 11, 22, 12, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.present

    def move(self, **amount: float) -> None:
        self.present += timedelta(**amount)

    def install(self, patch: pytest.MonkeyPatch) -> None:
        for module in (charges, outbox, requests, steps):
            patch.setattr(module, "now", self)


def close(request: Request, results: Mapping[str, Json], failed: Mapping[str, str]) -> Part:
    """A final part that tells what it was made of."""
    return Part(PartKind.PLAIN, {"results": sorted(results), "failed": dict(failed)}, final=True)


class World:
    """One bot's requests."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.transport = Transport()
        self.bell = LocalBell()
        self.requests = Requests(database, self.transport, self.bell, close)
        self.outbox = Outbox(database, self.transport, self.bell)
        self._numbers = itertools.count()

    async def ask(
        self,
        person: str = "ann",
        place: str | None = None,
        *,
        plan: Sequence[StepPlan] = SUMMON,
        key: str | None = None,
        conversation: str = "here",
        language: str | None = None,
        **chosen: Any,
    ) -> Request:
        """An accepted request; everybody has a private place unless it is said."""
        asked = Asked(
            kind="summon",
            update_key=key or f"test:{next(self._numbers)}",
            platform="test",
            place=place or f"home of {person}",
            conversation=conversation,
            person=person,
            payload={},
            language=language,
        )
        more: dict[str, Any] = {"placeholder": Part(PartKind.PLACEHOLDER, {}), "charges": {Meter.SUMMONS: 1.0}} | chosen
        return (await self.requests.accept(asked, plan, **more)).request

    async def claim(self, *queues: str, worker: str = "worker") -> Lease:
        """The next step of these queues, or of all."""
        lease = await self.requests.claim(worker, queues=queues or QUEUES)
        assert lease is not None
        return lease

    async def complete(self, lease: Lease, part: Part | None = None) -> None:
        """Ends a step with a document that names its stage."""
        async with self.requests.completing(lease, made(lease)) as completing:
            if part is not None:
                await completing.show(part)

    async def run(self, *queues: str) -> list[str]:
        """Completes steps until nothing is left to claim; ``stage of person`` in the order they were taken."""
        order = []
        while (lease := await self.requests.claim("worker", queues=queues or QUEUES)) is not None:
            order.append(f"{lease.step.stage} of {lease.request.person}")
            await self.complete(lease)
        return order

    async def deliver(self, message: str = "message") -> list[tuple[PartKind, Json]]:
        """Sends all that waits."""
        seen = []
        while (sending := await self.outbox.claim("test", "deliverer")) is not None:
            seen.append((sending.part.kind, sending.part.document))
            assert await self.outbox.sent(sending, message)
        return seen

    async def state(self, request: Request) -> str:
        """Where a request stands."""
        found = await self.requests.find(request.id)
        assert found is not None
        return found.state.value

    async def step(self, request: Request, stage: str) -> Step:
        """One step of a request."""
        return next(step for step in await self.requests.steps(request.id) if step.stage == stage)


def made(lease: Lease) -> Made:
    """What a step makes: its key is its request's and its own."""
    return Made(f"{lease.request.id}{lease.step.stage}", {"stage": lease.step.stage})


def looking(database: Database) -> sqlite3.Connection:
    """A connection to look at the tables of a SQLite file from outside."""
    connection = sqlite3.connect(str(database.file), isolation_level=None)
    connection.row_factory = sqlite3.Row
    return connection
