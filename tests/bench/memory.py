"""How long a memory look-up takes: ``python -m tests.bench.memory [--json]``.

All of ``Remembering.recall`` counts: summary and turns, embedding what was said, finding facts by it. The 10,000 facts
of one person are 20 times what `Memories.add` keeps, so they are written past it.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

import numpy as np
from rich.console import Console
from sqlalchemy import insert

from bot.bench import Row, table
from bot.memory import Person, Remembering
from pipeline.embedding import Embedder
from pipeline.mind.scripted.engine import ScriptedMind
from pipeline.receipt import Receipt
from pipeline.stages import EngineConfig
from pipeline.types import FactKind, Persona, Speaking, Turn
from storage import migrate
from storage.blobs import Blobs
from storage.database import Database
from storage.memory import MAXIMUM_FACTS, WIDTH, Memories, packed
from storage.repository import Personas, StoredPersona
from storage.tables import FactRow, PersonaRow
from storage.values import now

FACTS = 10_000
PAIRS = 200
ROUNDS = 50
TEXT = "Do you remember what I told you about the garden?"


async def measure() -> list[Row]:
    """All figures, in a database of their own."""
    with tempfile.TemporaryDirectory(prefix="chatanything-bench-") as folder:
        address = f"sqlite:///{folder}/bench.db"
        await migrate.upgrade(address)
        async with Database(address) as database:
            mind = ScriptedMind(EngineConfig(assets=Path(folder)))
            personas = Personas(database, Blobs((Path(folder) / "blobs").as_uri()))
            stored = await _fill(database, personas, await mind.write("an old garden", 1, Receipt()))
            memories, embedder = Memories(database), Embedder()
            remembering = Remembering(memories, mind, embedder, budget=1500)
            (vector,) = embedder.encode([TEXT])

            def recall(key: str) -> Callable[[], Awaitable[object]]:
                return lambda: remembering.recall(stored, "channel", Person(key), TEXT)

            return [
                Row("embedding what was said", await median(lambda: asyncio.to_thread(embedder.encode, [TEXT])), "ms"),
                Row("recall, nothing known", await median(recall("stranger")), "ms"),
                Row(f"recall, {FACTS:,} facts of {PAIRS} people", await median(recall("7")), "ms"),
                Row(f"recall, {MAXIMUM_FACTS} facts of one person", await median(recall("full")), "ms"),
                Row(f"recall, {FACTS:,} facts of one person", await median(recall("all")), "ms"),
                Row(
                    f"nearest of {FACTS:,} facts of one person, without embedding",
                    await median(lambda: memories.search(stored.id, "all", vector, 6)),
                    "ms",
                ),
            ]


async def _fill(database: Database, personas: Personas, persona: Persona) -> StoredPersona:
    random = np.random.default_rng(0)
    vectors = random.standard_normal((FACTS, WIDTH)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    blobs = [packed(vector) for vector in vectors]
    people = [*(str(number % PAIRS) for number in range(FACTS)), *["full"] * MAXIMUM_FACTS, *["all"] * FACTS]
    async with database.session() as session:
        row = PersonaRow(slug="", name="", tagline="", concept="", document={})
        session.add(row)
        await session.flush()
        shared = {"persona_id": row.id, "kind": FactKind.LIKE.value, "created_at": now()}
        facts = [
            {"person": person, "text": f"Likes walk {number}, past the old mill.", "vector": blobs[number % FACTS]}
            for number, person in enumerate(people)
        ]
        await session.execute(insert(FactRow), [shared | fact for fact in facts])
    for number in range(40):
        turn = Turn(speaking=Speaking.PERSON, text=f"This is line {number}, about as long as lines are.", speaker="Ann")
        await personas.add_turn(row.id, "channel", turn)
    return StoredPersona(row.id, persona, row.created_at)


async def median(work: Callable[[], Awaitable[object]]) -> float:
    """Milliseconds of the middle one of ``ROUNDS`` runs, after one that does not count."""
    await work()
    seconds = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        await work()
        seconds.append(time.perf_counter() - began)
    return statistics.median(seconds) * 1000


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="print JSON")
    options = parser.parse_args()
    rows = asyncio.run(measure())
    if options.json:
        print(json.dumps([row.document() for row in rows], indent=2))
    else:
        Console().print(table(rows))


if __name__ == "__main__":
    main()
