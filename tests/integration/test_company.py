"""Who speaks in a conversation, and who said what is there."""

from __future__ import annotations

from pathlib import Path

import pytest

from storage import repository
from storage.blobs import Blobs
from storage.database import Database
from storage.repository import Personas
from storage.tables import RequestRow
from tests.integration.discord_world import a_persona
from tests.integration.requests_world import SHORT, World


@pytest.fixture
def personas(database: Database, tmp_path: Path) -> Personas:
    return Personas(database, Blobs(tmp_path.as_uri()))


async def asked(world: World, persona: str, conversation: str, message: str) -> None:
    request = await world.ask(plan=SHORT)
    async with world.database.session() as session:
        row = await session.get_one(RequestRow, request.id)
        row.persona_id, row.conversation, row.message = persona, conversation, message


async def summoned(database: Database, name: str, owner: str | None = None) -> str:
    async with database.session() as session:
        row = repository.persona_row(a_persona(name), owner)
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


async def test_a_list_can_be_that_of_one_person(database: Database, personas: Personas) -> None:
    await summoned(database, "Pip", "discord:1")
    bob = await summoned(database, "Bob", "discord:2")
    (found,) = await personas.list(owner="discord:2")
    assert (found.id, found.owner) == (bob, "discord:2")
    assert len(await personas.list()) == 2
