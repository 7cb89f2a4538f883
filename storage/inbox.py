"""What a platform told us, until somebody has looked at it: a platform that waits for our word before it forgets an
update is given that word once the update stands here. What a process had not looked at when it died, the next one does.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from sqlalchemy import bindparam, delete, select, update

from storage.database import Database
from storage.tables import InboxRow
from storage.upsert import insert_for
from storage.values import Json, now

TRIES = 3
"""Times that an update is begun. One that took its process with it as often is left out."""

_OF_PLATFORM = InboxRow.platform == bindparam("of_platform")
_BEGIN = update(InboxRow).where(_OF_PLATFORM).values(tries=InboxRow.tries + 1)
_LEFT = select(InboxRow.number, InboxRow.document).where(_OF_PLATFORM).order_by(InboxRow.number)
_HOPELESS = delete(InboxRow).where(_OF_PLATFORM, InboxRow.tries > TRIES)
_DONE = delete(InboxRow).where(_OF_PLATFORM, InboxRow.number.in_(bindparam("done", expanding=True)))


class Inbox:
    """The updates of one platform, by their numbers. Methods raise ``StorageFailed``."""

    def __init__(self, database: Database, platform: str) -> None:
        self._database = database
        self._platform = platform

    async def put(self, updates: Mapping[int, Json]) -> None:
        """Writes down updates that are looked at from now on; one that stands here already stays as it is."""
        rows = [
            {"platform": self._platform, "number": number, "document": document, "tries": 1, "created_at": now()}
            for number, document in updates.items()
        ]
        async with self._database.session() as session:
            insert = insert_for(session.get_bind().dialect.name, InboxRow)
            await session.execute(insert.on_conflict_do_nothing(), rows)

    async def left(self) -> Mapping[int, Json]:
        """What was not done with, oldest first: to be looked at once more."""
        async with self._database.session() as session:
            ours = {"of_platform": self._platform}
            await session.execute(_BEGIN, ours)
            await session.execute(_HOPELESS, ours)
            rows = await session.execute(_LEFT, ours)
            return {number: document for number, document in rows}  # noqa: C416 - rows are no pairs to mypy

    async def done(self, updates: Collection[int]) -> None:
        """Forgets updates."""
        async with self._database.session() as session:
            await session.execute(_DONE, {"of_platform": self._platform, "done": list(updates)})
