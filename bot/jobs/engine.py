"""What a job engine is: it brings ready steps to the workers of this process, and that is all it is trusted with.

The tables of `storage.requests` say what is to be done. A step that an engine brings twice is claimed once; one that
it loses is brought again by the rescuer.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Protocol

from sqlalchemy.ext.asyncio import AsyncSession

from storage.steps import Step


class Take(Protocol):
    """Claims a step and runs it to its end: that step, or the first of the queue."""

    async def __call__(self, queue: str, step: int | None = None) -> bool:
        """False when there was nothing to take. Never raises for what goes wrong inside a step."""


class JobEngine(Protocol):
    """The transport of `storage.steps`, and the loop that receives what it carries."""

    async def defer(self, session: AsyncSession, step: Step, delay: float = 0.0) -> None:
        """The step is ready, ``delay`` seconds from now. Takes effect with the transaction."""

    async def redeliver(self, step: Step) -> None:
        """Brings a step that is ready, in case it was lost. Harmless when it was not."""

    async def serve(self, queues: Mapping[str, int], take: Take, stopping: asyncio.Event) -> None:
        """Takes steps of these queues, so many at a time of each, until ``stopping`` is set; what was begun is ended
        first. Cancelled, it leaves at once."""
