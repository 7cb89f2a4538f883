"""What requests used of paid or counted services, and what that came to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from pipeline.receipt import Usage
from storage.database import Database
from storage.tables import UsageRow


@dataclass(frozen=True, slots=True)
class Total:
    """What one model used for one task. ``seconds`` is the mean of a call; ``cost`` USD, of the calls with a price."""

    task: str
    model: str
    calls: int
    prompt_tokens: int
    completion_tokens: int
    seconds: float
    cost: float | None


class Usages:
    """The account book. All methods raise ``StorageFailed`` when disk or database refuse."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def record(
        self,
        usages: Sequence[Usage],
        *,
        persona_id: str | None = None,
        person: str | None = None,
        conversation: str | None = None,
    ) -> None:
        """Notes the calls of one request, and whose they were where that is known."""
        if not usages:
            return
        async with self._database.session() as session:
            insert_usages(session, usages, persona_id=persona_id, person=person, conversation=conversation)

    async def totals(self, since: datetime | None = None) -> Sequence[Total]:
        """Totals of every task and model, of calls noted at or after ``since``."""
        query = select(
            UsageRow.task,
            UsageRow.model,
            func.count(),
            func.sum(UsageRow.prompt_tokens),
            func.sum(UsageRow.completion_tokens),
            func.avg(UsageRow.seconds),
            func.sum(UsageRow.cost),
        )
        if since is not None:
            query = query.where(UsageRow.created_at >= since)
        async with self._database.reading() as session:
            rows = await session.execute(
                query.group_by(UsageRow.task, UsageRow.model).order_by(UsageRow.task, UsageRow.model)
            )
            return [Total(*row) for row in rows]


def insert_usages(session: AsyncSession, usages: Sequence[Usage], **whose: str | None) -> None:
    """Notes calls in a transaction of the caller; ``whose``: persona_id, person, conversation."""
    session.add_all(UsageRow(**usage.model_dump(), **whose) for usage in usages)
