"""Who speaks in a conversation, and whose words a message shows.

The functions work inside a transaction of the caller.
"""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from storage.tables import CompanyRow, MessageRow, RequestRow
from storage.upsert import insert_into
from storage.values import now


async def joined(session: AsyncSession, conversation: str, persona_id: str) -> None:
    """A persona was summoned, recalled or spoken to in a conversation: it is the last one there now."""
    row = insert_into(session, CompanyRow, conversation=conversation, persona_id=persona_id, last_at=now())
    key = ["conversation", "persona_id"]
    await session.execute(row.on_conflict_do_update(index_elements=key, set_={"last_at": row.excluded.last_at}))


async def speaker(session: AsyncSession, conversation: str, message: str) -> str | None:
    """Id of the persona whose words a message shows; ``message``: the platform's id of that one message."""
    kept = await session.get(MessageRow, (conversation, message))
    if kept is not None:
        return kept.persona_id
    # Requests that are kept still have their messages themselves: nothing is written for each answer.
    requests = select(RequestRow.message, RequestRow.persona_id).where(
        RequestRow.conversation == conversation,
        RequestRow.persona_id.is_not(None),
        RequestRow.message.contains(message, autoescape=True),
    )
    rows = await session.execute(requests.order_by(RequestRow.id.desc()))
    return next((persona for key, persona in rows if message in parts(key or "")), None)


async def keep_messages(session: AsyncSession, shown: Iterable[tuple[str, str, str]]) -> None:
    """Notes whose words messages show, before the requests that know it go. ``shown``: conversation, the platform's key
    of the messages, and id of the persona."""
    for conversation, key, persona in shown:
        for message in parts(key):
            row = insert_into(session, MessageRow, conversation=conversation, message=message, persona_id=persona)
            await session.execute(row.on_conflict_do_nothing())


def parts(key: str) -> list[str]:
    """Ids of the single messages in a platform's key of an answer: ``channel/message.message/webhook``, or one id."""
    _, slash, rest = key.partition("/")
    return rest.split("/")[0].split(".") if slash else [key]
