"""Who speaks in a conversation, and who said what is there."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import delete, update

from storage import company, rows
from storage.asked import Asked
from storage.blobs import Blobs
from storage.database import Database
from storage.repository import Personas
from storage.sweeping import Sweeper
from storage.tables import PersonaRow, RequestRow
from storage.values import now
from tests.integration.cast_world import a_persona
from tests.integration.requests_world import SHORT, World


@pytest.fixture
def personas(database: Database, tmp_path: Path) -> Personas:
    return Personas(database, Blobs(tmp_path.as_uri()))


async def asked(world: World, persona: str, conversation: str, message: str) -> None:
    request = await world.ask(plan=SHORT)
    async with world.database.session() as session:
        row = await session.get_one(RequestRow, request.id)
        row.persona_id, row.conversation, row.message = persona, conversation, message
        await company.joined(session, conversation, persona)


async def summoned(database: Database, name: str, owner: str | None = None) -> str:
    async with database.session() as session:
        row = rows.persona_row(a_persona(name), owner)
        session.add(row)
    return row.id


async def test_who_spoke_last_comes_first(database: Database, personas: Personas) -> None:
    world = World(database)
    pip, bob, eve = [await summoned(database, name) for name in ("Pip", "Bob", "Eve")]
    for persona, where in ((pip, "here"), (bob, "here"), (pip, "here"), (eve, "there")):
        await asked(world, persona, where, "1/2")
    assert [one.id for one in await personas.company("here")] == [pip, bob]
    assert [one.id for one in await personas.company("here", limit=1)] == [pip]
    await personas.dismiss(pip)
    assert [one.id for one in await personas.company("here")] == [bob]
    assert await personas.company("nowhere") == []


async def test_a_message_leads_to_who_says_it(database: Database, personas: Personas) -> None:
    world = World(database)
    pip, bob = [await summoned(database, name) for name in ("Pip", "Bob")]
    await asked(world, pip, "here", "1/20.21")
    await asked(world, bob, "here", "1/30/9")
    assert (await personas.behind("here", "21")) == await personas.get(pip)
    assert (await personas.behind("here", "30")) == await personas.get(bob)
    assert await personas.behind("there", "30") is None
    assert await personas.behind("here", "%") is None


async def test_messages_are_known_by_their_whole_ids(database: Database, personas: Personas) -> None:
    world, pip = World(database), await summoned(database, "Pip")
    await asked(world, pip, "discord:7", "77/2001.2002/9")
    await asked(world, pip, "telegram:7", "42")
    assert [await personas.behind("discord:7", message) for message in ("77", "200", "9", "")] == [None] * 4
    assert await personas.behind("telegram:7", "42") is not None


async def test_messages_outlive_their_requests(database: Database, personas: Personas) -> None:
    world, sweeper = World(database), Sweeper(database, Blobs("memory:///"), timedelta(days=1))
    pip, gone = [await summoned(database, name) for name in ("Pip", "Gone")]
    await asked(world, pip, "here", "1/20.21/9")
    await asked(world, gone, "here", "1/30")
    await world.ask(plan=SHORT)
    long_ago = {"state": "delivered", "ended_at": now() - timedelta(days=2)}
    async with database.session() as session:
        await session.execute(update(RequestRow).values(**long_ago))
        await session.execute(delete(PersonaRow).where(PersonaRow.id == gone))
    assert (await sweeper.sweep()).requests == 3
    for message in ("20", "21"):
        assert (await personas.behind("here", message)) == await personas.get(pip)
    assert [await personas.behind("here", message) for message in ("9", "30", "1")] == [None] * 3
    assert [one.id for one in await personas.company("here")] == [pip]


async def test_whom_somebody_speaks_to_is_the_last_at_once(database: Database, personas: Personas) -> None:
    world = World(database)
    pip, bob = [await summoned(database, name) for name in ("Pip", "Bob")]
    for number, persona in enumerate((bob, pip, bob)):
        asked_for = Asked("reply", f"test:say {number}", "test", "place", "here", "ann", {}, persona_id=persona)
        await world.requests.accept(asked_for, SHORT)
    assert [one.id for one in await personas.company("here")] == [bob, pip]


async def test_a_list_can_be_that_of_one_person(database: Database, personas: Personas) -> None:
    await summoned(database, "Pip", "discord:1")
    bob = await summoned(database, "Bob", "discord:2")
    (found,) = await personas.list(owner="discord:2")
    assert (found.id, found.owner) == (bob, "discord:2")
    assert len(await personas.list()) == 2
