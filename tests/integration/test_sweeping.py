"""What nobody needs goes, and nothing that anybody needs."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select, update

from pipeline.errors import StorageFailed
from storage.asked import Request
from storage.blobs import BlobRef, Blobs
from storage.completion import Made
from storage.database import Database
from storage.rows import name_blobs, portrait_row_of
from storage.sweeping import BATCH, Sweeper, Swept
from storage.tables import BlobRow, PartRow, PersonaRow, RequestRow, ResultRow, StepRow
from storage.values import Json, now
from tests.integration.requests_world import SHORT, World

LONG_AGO = timedelta(days=8)
WEEK = timedelta(days=7)


@pytest.fixture
def blobs() -> Blobs:
    """Any store does: `tests/contract/test_blobs.py` has them all."""
    return Blobs("memory:///")


async def age(database: Database) -> None:
    """Everything happened eight days ago."""
    past = now() - LONG_AGO
    async with database.session() as session:
        await session.execute(update(RequestRow).values(created_at=past))
        await session.execute(update(RequestRow).where(RequestRow.ended_at.is_not(None)).values(ended_at=past))
        for table in (ResultRow, BlobRow):
            await session.execute(update(table).values(created_at=past))


async def counts(database: Database) -> list[int]:
    tables = (RequestRow, StepRow, PartRow, ResultRow, BlobRow)
    async with database.reading() as session:
        return [await session.scalar(select(func.count()).select_from(table)) or 0 for table in tables]


async def ended(world: World, blobs: Blobs, data: bytes) -> tuple[Request, BlobRef]:
    """A request that was delivered, of which the result names a file."""
    request = await world.ask(plan=SHORT)
    blob = await working(world, blobs, data)
    await world.deliver()
    return request, blob


async def working(world: World, blobs: Blobs, data: bytes) -> BlobRef:
    """Ends the next step with a result that names a file."""
    lease = await world.claim()
    blob = await blobs.put(data, "text/plain")
    document = {"values": {}, "files": [{"hash": blob.hash, "mime": blob.mime, "size": blob.size}]}
    async with world.requests.completing(lease, Made(blob.hash, document, [blob])):
        pass
    return blob


async def test_what_ended_long_ago_goes_with_its_files_in_two_passes(database: Database, blobs: Blobs) -> None:
    world, sweeper = World(database), Sweeper(database, blobs, WEEK)
    _, blob = await ended(world, blobs, b"old")
    assert await sweeper.sweep() == Swept(0, 0, 0)
    await age(database)
    assert await sweeper.sweep() == Swept(1, 1, 0)
    assert await counts(database) == [0] * 5
    assert await blobs.get(blob.hash) == b"old"  # somebody may have read the rows just before
    assert await sweeper.sweep() == Swept(0, 0, 1)
    with pytest.raises(StorageFailed):
        await blobs.get(blob.hash)
    assert await sweeper.sweep() == Swept(0, 0, 0)


async def test_a_file_that_is_named_again_stays(database: Database, blobs: Blobs) -> None:
    world, sweeper = World(database), Sweeper(database, blobs, WEEK)
    _, blob = await ended(world, blobs, b"said twice")
    await age(database)
    await sweeper.sweep()
    async with database.session() as session:
        await name_blobs(session, [blob])
    assert (await sweeper.sweep()).files == 0
    assert await blobs.get(blob.hash) == b"said twice"


async def test_naming_a_file_makes_it_young(database: Database, blobs: Blobs) -> None:
    world, sweeper = World(database), Sweeper(database, blobs, WEEK)
    _, blob = await ended(world, blobs, b"twice")
    await age(database)
    async with database.session() as session:
        await name_blobs(session, [blob])
    await sweeper.sweep()
    await sweeper.sweep()
    assert await blobs.get(blob.hash) == b"twice"


async def test_nothing_of_an_open_request_goes(database: Database, blobs: Blobs) -> None:
    world, sweeper = World(database), Sweeper(database, blobs, WEEK)
    await world.ask()
    blob = await working(world, blobs, b"half made")
    await age(database)
    before = await counts(database)
    for _ in range(2):
        assert await sweeper.sweep() == Swept(0, 0, 0)
    assert await counts(database) == before
    assert await blobs.get(blob.hash) == b"half made"


async def test_portraits_outlive_the_request_that_made_them(database: Database, blobs: Blobs) -> None:
    world, sweeper = World(database), Sweeper(database, blobs, WEEK)
    _, blob = await ended(world, blobs, b"a face")
    persona = PersonaRow(slug="a", name="A", tagline="", concept="a", document={})
    async with database.session() as session:
        session.add(persona)
        await session.flush()
        portrait: dict[str, Json] = {"style": "", "art": "", "reason": "", "rig": None, "landmarks": []}
        session.add(portrait_row_of(persona.id, portrait, [blob]))
    await age(database)
    for _ in range(2):
        await sweeper.sweep()
    assert await blobs.get(blob.hash) == b"a face"


async def test_more_than_fits_into_one_transaction(database: Database, blobs: Blobs) -> None:
    sweeper = Sweeper(database, blobs, WEEK)
    async with database.session() as session:
        session.add_all(
            BlobRow(hash=f"{number:064x}", mime="text/plain", size=1, created_at=now() - LONG_AGO)
            for number in range(2 * BATCH + 1)
        )
    await sweeper.sweep()
    assert (await sweeper.sweep()).files == 2 * BATCH + 1
