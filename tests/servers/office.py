"""Requests as a platform makes them, for tests of what becomes of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import count

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from storage import outbox
from storage.asked import Asked, Request
from storage.bell import LocalBell
from storage.charges import Meter
from storage.database import Database
from storage.outbox import Outbox, Part, PartKind
from storage.requests import Requests
from storage.steps import Step, StepPlan
from storage.tables import PartRow, RequestRow
from storage.values import Json

NUMBERS = count(1)
STEPS = (StepPlan("mind", "mind"), StepPlan("voice", "voice", after=("mind",), optional=True))


class Nowhere:
    """A transport that notes what it was given."""

    def __init__(self) -> None:
        self.deferred: list[Step] = []

    async def defer(self, session: AsyncSession, step: Step, delay: float = 0.0) -> None:
        self.deferred.append(step)


def plain(request: Request, results: Mapping[str, Json], failed: Mapping[str, str]) -> Part:
    """The end of every request here."""
    return Part(PartKind.PLAIN, {"text": "The end."}, final=True)


@dataclass
class Office:
    """Takes requests and puts parts into the outbox."""

    database: Database
    platform: str = "board"
    bell: LocalBell = field(default_factory=LocalBell)
    transport: Nowhere = field(default_factory=Nowhere)

    def __post_init__(self) -> None:
        self.requests = Requests(self.database, self.transport, self.bell, plain)
        self.outbox = Outbox(self.database, self.transport, self.bell)

    async def ask(
        self, placeholder: bool = True, lock: str | None = None, charges: Mapping[Meter, float] | None = None
    ) -> str:
        """The id of a new request."""
        number = next(NUMBERS)
        asked = Asked(
            kind="summon",
            update_key=f"board:{number}",
            platform=self.platform,
            place="board:place",
            conversation=f"board:talk/{number}",
            person="board:ann",
            payload={"words": "an angry apple", "seed": 1},
        )
        first = Part(PartKind.PLACEHOLDER, {}) if placeholder else None
        steps = [StepPlan("mind", "mind", lock=lock), *STEPS[1:]]
        accepted = await self.requests.accept(asked, steps, placeholder=first, charges=charges)
        return accepted.request.id

    async def show(self, request: str, kind: PartKind, final: bool = False, **document: Json) -> None:
        """Puts a part into the outbox."""
        async with self.database.session() as session:
            row = await session.get_one(RequestRow, request, with_for_update=True)
            await outbox.add(session, self.bell, row, Part(kind, document, final))

    async def end(self, request: str, text: str = "The end.") -> None:
        """Puts the final part into the outbox."""
        await self.show(request, PartKind.PLAIN, final=True, text=text)

    async def found(self, request: str) -> Request:
        """A request as it is now."""
        found = await self.requests.find(request)
        assert found is not None
        return found

    async def parts(self, request: str) -> list[tuple[str, str]]:
        """Kind and state of its parts."""
        query = select(PartRow.part, PartRow.state).where(PartRow.request_id == request).order_by(PartRow.id)
        async with self.database.reading() as session:
            return [(part, state) for part, state in await session.execute(query)]
