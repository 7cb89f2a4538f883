"""The last part of a request."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from bot.jobs.closing import close
from storage.asked import Request, State
from storage.outbox import PartKind
from storage.values import Json

REQUEST = Request(
    id="1",
    kind="summon",
    update_key="test:1",
    platform="test",
    place="test:here",
    conversation="test:here",
    person="test:ann",
    name=None,
    persona_id=None,
    payload={"words": "an angry apple", "seed": 1},
    state=State.OPEN,
    message=None,
    error=None,
    created_at=datetime(2026, 11, 22, tzinfo=UTC),
    begun_at=None,
    ended_at=None,
)


@pytest.mark.parametrize(
    "document",
    [
        {"values": {"persona": {"value": {"name": "Pip", "since": "another version"}}}, "files": [], "notices": []},
        {"values": {"persona": {}}, "files": [], "notices": []},
        {"values": 7, "files": [], "notices": []},
        {},
    ],
)
def test_what_cannot_be_read_ends_in_an_apology(document: Json) -> None:
    """Else the worker that ends the request would die of it, and so would the next one."""
    part = close(REQUEST, {"mind": document}, {"clip": "It failed."})
    assert part.kind is PartKind.APOLOGY
    assert part.final
