"""How fast a full database answers: ``python -m tests.bench.storage [--json] [--database ADDRESS]``.

10,000 personas and 1,000,000 turns; one conversation has 50,000 of them, and one persona has 100,000 in 5,000 others.
Without an address in a SQLite file that is deleted afterwards; any other database has to be empty, and is filled.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import tempfile
from collections.abc import Awaitable, Callable
from pathlib import Path

from rich.console import Console
from sqlalchemy import bindparam, insert, text

from bot.bench import Row, table
from bot.conversation import find
from pipeline.mind.scripted.engine import ScriptedMind
from pipeline.receipt import Receipt
from pipeline.stages import EngineConfig
from pipeline.types import Persona, Speaking, Turn
from storage import migrate
from storage.blobs import Blobs
from storage.database import Database
from storage.memory import Memories
from storage.repository import Personas
from storage.tables import Moment, PersonaRow
from storage.values import new_id, now, slug
from tests.bench.memory import median

PERSONAS = 10_000
TURNS = 1_000_000
LINE = "These are about as many words as a line of a conversation has, now and then a few more."

# Read by SQLite and Postgres alike. Lines of all conversations come in turn, as they do in life.
TALK = """
INSERT INTO turns (persona_id, conversation, speaking, text, speaker, person, created_at)
WITH RECURSIVE
    counted(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM counted WHERE n + 1 < :turns),
    placed AS (
        SELECT n,
            CASE WHEN n % 20 = 0 THEN 0 WHEN n % 10 = 1 THEN 1 ELSE 2 + n % (:personas - 2) END AS number,
            CASE WHEN n % 20 = 0 THEN 'long' WHEN n % 10 = 1 THEN 'busy:' || (n / 10 % 5000)
                ELSE 'channel:' || (n / :personas % 5) END AS conversation
        FROM counted
    ),
    numbered AS (SELECT id, row_number() OVER (ORDER BY id) - 1 AS number FROM personas)
SELECT id, conversation, CASE WHEN n % 3 = 0 THEN 'persona' ELSE 'person' END, n || :line, 'Ann',
    'discord:' || (n % 997), :moment
FROM placed JOIN numbered ON numbered.number = placed.number
ORDER BY n
"""


async def measure(address: str, folder: Path) -> list[Row]:
    """All figures, milliseconds."""
    await migrate.upgrade(address)
    async with Database(address) as database:
        mind = ScriptedMind(EngineConfig(assets=folder))
        await _fill(database, await mind.write("an old garden", 1, Receipt()))
        personas, memories = Personas(database, Blobs((folder / "blobs").as_uri())), Memories(database)
        long, busy = [stored.id for stored in reversed(await personas.list(2, PERSONAS - 2))]
        line = Turn(speaking=Speaking.PERSON, text=LINE, speaker="Ann")
        works: dict[str, Callable[[], Awaitable[object]]] = {
            "gallery page, first": lambda: personas.list(20),
            "gallery page, offset 5,000": lambda: personas.list(20, 5000),
            "persona by its name": lambda: personas.find("garden 4321 of ann"),
            "persona by the start of its name": lambda: find(personas, "Garden 9321"),
            "persona by its concept": lambda: find(personas, "old garden in 9321"),
            "last 20 turns of 50,000 of a conversation": lambda: personas.turns(long, "long"),
            "last 20 turns of a persona in 5,000 conversations": lambda: personas.turns(busy, "busy:77"),
            "last 200 turns with summary, as for a reply": lambda: memories.recent(long, "long", 200),
            "one turn stored": lambda: personas.add_turn(long, "long", line, person="discord:7"),
        }
        return [Row(name, await median(work), "ms") for name, work in works.items()]


async def _fill(database: Database, persona: Persona) -> None:
    rows = []
    for number in range(PERSONAS):
        name, concept = f"Garden {number:04} of Ann", f"an old garden in {number:04}"
        document = persona.model_copy(update={"name": name, "concept": concept}).model_dump(mode="json")
        row = {"id": new_id(), "slug": slug(name), "name": name, "tagline": persona.tagline, "concept": concept}
        rows.append(row | {"document": document, "created_at": now()})
    async with database.session() as session:
        await session.execute(insert(PersonaRow), rows)
        values = {"turns": TURNS, "personas": PERSONAS, "line": " " + LINE, "moment": now()}
        await session.execute(text(TALK).bindparams(bindparam("moment", type_=Moment)), values)
    if database.file is None:  # a server does so by itself, a minute later
        async with database.session() as session:
            await session.execute(text("ANALYZE"))


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.add_argument("--database", help="address of an empty database, to be filled")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="chatanything-bench-") as folder:
        address = options.database or f"sqlite:///{folder}/bench.db"
        if asyncio.run(migrate.current(address)) is not None:
            parser.error("that database is in use: this fills it with a million lines of nonsense")
        rows = asyncio.run(measure(address, Path(folder)))
    if options.json:
        print(json.dumps([row.document() for row in rows], indent=2))
    else:
        Console().print(table(rows))


if __name__ == "__main__":
    main()
