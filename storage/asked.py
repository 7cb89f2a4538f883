"""A request as a value, and what it takes to make one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Row

from storage.tables import RequestRow
from storage.values import Json


class State(StrEnum):
    """Where a request stands. All but ``open`` are the end of it."""

    OPEN = "open"
    DELIVERED = "delivered"
    APOLOGISED = "apologised"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody asks for. Keys are the platform's own, with its name in front: ``discord:123``."""

    kind: str
    update_key: str
    """The same for each delivery of one update, so that it is taken once."""
    platform: str
    place: str
    """What quotas and fairness count: a server, a group, a private chat."""
    conversation: str
    """Where it is answered."""
    person: str
    payload: Json
    name: str | None = None
    persona_id: str | None = None
    language: str | None = None
    """In which the bot itself speaks of it, a tag of BCP 47."""


@dataclass(frozen=True, slots=True)
class Request:
    """A request that was accepted; times are UTC. ``message``: the platform's key of the message that shows it."""

    id: str
    kind: str
    update_key: str
    platform: str
    place: str
    conversation: str
    person: str
    name: str | None
    persona_id: str | None
    payload: Json
    state: State
    message: str | None
    error: str | None
    created_at: datetime
    begun_at: datetime | None
    ended_at: datetime | None
    language: str | None = None


def as_request(row: RequestRow | Row[Any]) -> Request:
    """The value of a stored request."""
    return Request(
        id=row.id,
        kind=row.kind,
        update_key=row.update_key,
        platform=row.platform,
        place=row.place,
        conversation=row.conversation,
        person=row.person,
        name=row.name,
        persona_id=row.persona_id,
        payload=row.payload,
        state=State(row.state),
        message=row.message,
        error=row.error,
        created_at=row.created_at,
        begun_at=row.begun_at,
        ended_at=row.ended_at,
        language=row.language,
    )
