"""A desk without workers or platforms, and characters that nobody had to make."""

from __future__ import annotations

from itertools import count
from typing import Any

from bot.app import Desk
from bot.asking import Incoming
from bot.places import Actor
from pipeline.types import Persona
from storage import company, rows
from storage.blobs import Blobs
from storage.database import Database
from storage.repository import StoredPersona
from tests.integration import platform_world

NUMBERS = count(1)

ANN, BEN, EVE = "discord:ann", "discord:ben", "discord:eve"
CAFE, HALL, ATTIC = "discord:cafe", "discord:cafe/hall", "discord:cafe/attic"
CLUB, BAR = "discord:club", "discord:club/bar"


def a_desk(database: Database, **settings: Any) -> Desk:
    """Requests that no worker takes."""
    return platform_world.a_desk(database, Blobs("memory:///"), **{"_env_file": None} | settings)


def a_persona(name: str = "Pip") -> Persona:
    """A character that often says its name."""
    said = {"tagline": "Pip is cross", "personality": "You are Pip, not Pippa.", "greeting": "I am Pip!"}
    return platform_world.a_persona(name, samples=["a", "Pip!", "c"], **said)


async def summoned(
    desk: Desk, name: str = "Pip", owner: str | None = ANN, place: str = CAFE, conversation: str = HALL
) -> StoredPersona:
    """A character that was made in a conversation."""
    async with desk.database.session() as session:
        row = rows.persona_row(a_persona(name), owner, place=place)
        session.add(row)
        await session.flush()
        await company.joined(session, conversation, row.id)
    return await desk.stored.personas.get(row.id)


def incoming(person: str = ANN, place: str = CAFE, conversation: str = HALL, **more: Any) -> Incoming:
    """Something new that a person does."""
    return Incoming("discord", f"discord:update/{next(NUMBERS)}", place, conversation, person, **more)


def actor(
    person: str = ANN, place: str = CAFE, conversation: str = HALL, *, moderator: bool = False, **more: Any
) -> Actor:
    """Somebody in a place."""
    return Actor(person, place, conversation, moderator, place == conversation, **more)
