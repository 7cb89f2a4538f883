"""Personas and what they said, in every kind of database."""

import asyncio
import gc
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import cast

import numpy as np
import pytest
from sqlalchemy import insert, text, update
from sqlalchemy.exc import IntegrityError

from pipeline.errors import BadRequest, StorageFailed
from pipeline.types import Age, Gender, Mood, Persona, Portrait, Size, Speaking, Turn, VoicePart, VoiceRecipe
from storage.blobs import Blobs
from storage.company import joined
from storage.database import Database
from storage.repository import Personas
from storage.rows import voice_row
from storage.tables import PersonaRow

HOSTILE = [
    "'; drop table personas; --",
    'Robert"); DELETE FROM turns WHERE ("1"="1',
    "%s {} {0} %(x)s :name ?",
    "🍎👩‍👩‍👧‍👦",
    "line\r\nline\x1b[2J\x07",
    "../../etc/passwd",
    "@everyone",
    "אבג Ёлка 木",
    "x" * 5000,
]


def persona(name: str = "Russet", seed: int = 0) -> Persona:
    return Persona(
        concept="an angry apple",
        thing="apple",
        traits=("angry",),
        name=name,
        tagline="Bites first.",
        personality=f"You are {name}, an angry apple.",
        temper="grumpy",
        mood=Mood.ANGER,
        age=Age.ADULT,
        gender=Gender.NEUTRAL,
        size=Size.SMALL,
        energy=0.7,
        warmth=0.1,
        accent="british",
        likes=("frost",),
        dislikes=("pies",),
        catchphrase="Core off!",
        greeting="What now?",
        samples=("One.", "Two.", "Three."),
        appearance="a red apple",
        voice_wish="a gravelly voice",
        seed=seed,
    )


def recipe() -> VoiceRecipe:
    parts = (VoicePart(voice="a", weight=1 / 3), VoicePart(voice="b", weight=2 / 3))
    return VoiceRecipe(engine="kokoro", parts=parts, pitch=0.9, reason="gravelly")


def portrait(*, drawn: bool = True, seed: int = 0) -> Portrait:
    random = np.random.default_rng(seed)
    picture = random.integers(0, 256, (96, 96, 3), np.uint8)
    landmarks = random.uniform(0, 96, (68, 2)).astype(np.float32)
    plate = random.integers(0, 256, (96, 96, 3), np.uint8) if drawn else None
    return Portrait(
        picture, landmarks, "flat", "red-apple", "it is one", plate, '{"b": 1.10, "a": 2}' if drawn else None
    )


@pytest.fixture
def personas(database: Database, tmp_path: Path) -> Personas:
    return Personas(database, Blobs((tmp_path / "home" / "blobs").as_uri()))


@pytest.mark.parametrize("drawn", [True, False])
async def test_everything_comes_back_as_it_was(personas: Personas, drawn: bool) -> None:
    painted = portrait(drawn=drawn)
    stored = await personas.add(persona(), recipe(), painted)
    found = await personas.find("russet")
    assert found == stored
    assert found.persona == persona()
    assert found.created_at.tzinfo == UTC
    assert abs(datetime.now(UTC) - found.created_at) < timedelta(minutes=1)
    assert await personas.voice(found.id) == recipe()
    again = await personas.portrait(found.id)
    assert np.array_equal(again.picture, painted.picture)
    assert np.array_equal(again.landmarks, painted.landmarks)
    assert again.landmarks.dtype == np.float32
    assert (again.style, again.art, again.reason, again.rig) == ("flat", "red-apple", "it is one", painted.rig)
    if painted.plate is None:
        assert again.plate is None
    else:
        assert again.plate is not None
        assert np.array_equal(again.plate, painted.plate)


async def test_the_voices_of_a_place(personas: Personas, database: Database) -> None:
    first, second, away = [await personas.add(persona(name), recipe(), portrait()) for name in ("A", "B", "C")]
    async with database.session() as session:
        await joined(session, "hall", first.id)
        await session.execute(update(PersonaRow).where(PersonaRow.id == second.id).values(place="cafe"))
        await session.execute(update(PersonaRow).where(PersonaRow.id == away.id).values(place="club"))
        session.add(voice_row(first.id, recipe().model_copy(update={"pitch": 1.2})))
    assert sorted(one.pitch for one in await personas.voices_near("cafe", "hall")) == [0.9, 1.2]
    assert [one.pitch for one in await personas.voices_near("cafe", "hall", besides=second.id)] == [1.2]
    assert [one.pitch for one in await personas.voices_near("cafe", "hall", limit=1)] == [0.9]
    assert await personas.voices_near("nowhere", "nowhere") == []
    assert await personas.voices([away.id, "nobody"]) == {away.id: recipe()}


async def test_persona_outlives_the_process(
    personas: Personas, database: Database, address: str, tmp_path: Path
) -> None:
    stored = await personas.add(persona(), recipe(), portrait())
    await personas.add_turn(stored.id, "dm", Turn(speaking=Speaking.PERSON, text="hello"))
    await database.close()
    async with Database(address) as reopened:
        later = Personas(reopened, Blobs((tmp_path / "home" / "blobs").as_uri()))
        assert await later.find(stored.id) == stored
        assert [turn.text for turn in await later.turns(stored.id, "dm")] == ["hello"]


async def test_namesakes_newest_first(personas: Personas) -> None:
    older = await personas.add(persona("Old Oak", 1), recipe(), portrait())
    newer = await personas.add(persona("old oak", 2), recipe(), portrait())
    await personas.add(persona("Old Oak Tree"), recipe(), portrait())
    assert await personas.find(" OLD-OAK ") == newer
    assert await personas.namesakes("old oak") == [newer, older]
    assert await personas.find(older.id.upper()) == older


async def test_the_one_that_is_meant_among_thousands(personas: Personas, database: Database) -> None:
    from bot.conversation import find  # heavy, and other tests start processes that import this file

    with pytest.raises(BadRequest, match="Nobody has been summoned"):
        await find(personas, "russet")
    first = await personas.add(persona("Old Oak"), recipe(), portrait(drawn=False))
    pear = persona("Williams").model_copy(update={"concept": "the old café pear"})
    second = await personas.add(pear, recipe(), portrait(drawn=False))
    gone = await personas.add(persona("Old Ash"), recipe(), portrait(drawn=False))
    await personas.dismiss(gone.id)
    many = [{"slug": f"p{n}", "name": f"P{n}", "tagline": "", "concept": f"a pip {n}"} for n in range(1500)]
    async with database.session() as session:
        document = persona().model_dump(mode="json")
        await session.execute(insert(PersonaRow), [row | {"document": document} for row in many])
    for words in ("old oak", "OLD o", "old_oa", "old"):
        assert await find(personas, words) == first
    for words in ("an old café pear", "Old Cafe\u0301 Pear!", "willi"):
        assert await find(personas, words) == second
    for words in ("old ash", "p", "%", "_", " ", "nobody", "café pear"):
        with pytest.raises(BadRequest, match="Who do you mean"):
            await find(personas, words)
    assert await personas.meant("p", lambda concept: False, 8) == await personas.list(8)


async def test_nobody_of_that_name(personas: Personas) -> None:
    await personas.add(persona(), recipe(), portrait())
    for name in ("", " ", "russ", "%", "_", "'; drop table personas; --", "\0", "\ud83c"):
        assert await personas.find(name) is None


async def test_pages_newest_first(personas: Personas) -> None:
    added = [await personas.add(persona(f"P{n}"), recipe(), portrait()) for n in range(5)]
    assert await personas.list() == added[::-1]
    assert await personas.list(limit=2, offset=1) == [added[3], added[2]]
    assert await personas.list(offset=5) == []


async def test_dismissed_is_gone_until_summoned_again(personas: Personas) -> None:
    first = await personas.add(persona(), recipe(), portrait())
    assert await personas.dismiss(first.id)
    assert not await personas.dismiss(first.id)
    assert not await personas.dismiss("nobody")
    assert await personas.find("russet") is None
    assert await personas.find(first.id) is None
    assert await personas.list() == []
    second = await personas.add(persona(), recipe(), portrait())
    assert await personas.list() == [second]
    assert await personas.find("russet") == second


async def test_turns_are_the_last_ones_oldest_first_and_apart(personas: Personas) -> None:
    one = await personas.add(persona("One"), recipe(), portrait())
    two = await personas.add(persona("Two"), recipe(), portrait())
    for n in range(6):
        await personas.add_turn(one.id, "dm:1", Turn(speaking=Speaking.PERSON, text=f"line {n}"))
    answer = Turn(speaking=Speaking.PERSONA, text="Hmph.", mood=Mood.ANGER)
    await personas.add_turn(one.id, "dm:1", answer)
    await personas.add_turn(one.id, "dm:2", Turn(speaking=Speaking.PERSON, text="elsewhere"))
    await personas.add_turn(two.id, "dm:1", Turn(speaking=Speaking.PERSON, text="to another"))
    turns = await personas.turns(one.id, "dm:1", limit=3)
    assert [turn.text for turn in turns] == ["line 4", "line 5", "Hmph."]
    assert turns[-1] == answer
    assert len(await personas.turns(one.id, "dm:1")) == 7
    assert await personas.turns(two.id, "dm:2") == []


async def test_clip_of_a_turn_is_named(personas: Personas, database: Database, tmp_path: Path) -> None:
    stored = await personas.add(persona(), recipe(), portrait())
    clip = await Blobs((tmp_path / "home" / "blobs").as_uri()).put(b"mp4", "video/mp4")
    for _ in range(2):  # the same clip said twice is one file
        await personas.add_turn(stored.id, "dm", Turn(speaking=Speaking.PERSONA, text="Hi."), clip)
    async with database.reading() as session:
        rows = (await session.execute(text("SELECT mime, size FROM blobs WHERE hash = :h"), {"h": clip.hash})).all()
    assert [tuple(row) for row in rows] == [("video/mp4", 3)]


@pytest.mark.parametrize("words", HOSTILE)
async def test_hostile_words_are_only_words(personas: Personas, words: str) -> None:
    hostile = persona(words).model_copy(update={"concept": words, "tagline": words, "likes": (words,)})
    stored = await personas.add(hostile, recipe(), portrait(), owner=words)
    assert await personas.namesakes(words) == [stored]
    said = Turn(speaking=Speaking.PERSON, text=words)
    await personas.add_turn(stored.id, words, said)
    assert await personas.turns(stored.id, words) == [said]
    assert await personas.list() == [stored]


async def test_text_no_database_holds_is_cleaned(personas: Personas) -> None:
    stored = await personas.add(persona("Nul\0 \ud83c"), recipe(), portrait())
    found = await personas.find(stored.id)
    assert found is not None
    assert found.persona.name == "Nul ?"


async def test_an_error_undoes_everything(personas: Personas, database: Database) -> None:
    unfit = replace(portrait(), style=cast(str, None))  # refused by the last row of the transaction
    with pytest.raises(IntegrityError, match="style"):
        await personas.add(persona(), recipe(), unfit)
    assert await _counts(database) == {"personas": 0, "voices": 0, "portraits": 0, "blobs": 0}


@pytest.mark.parametrize("steps", [0, 1, 2, 3, 5, 8, 13, 21, 34])
@pytest.mark.usefixtures("grown")
async def test_cancelled_anywhere_is_all_or_nothing(personas: Personas, database: Database, steps: int) -> None:
    adding = asyncio.create_task(personas.add(persona(), recipe(), portrait()))
    for _ in range(steps):
        await asyncio.sleep(0.001)
    adding.cancel()
    await asyncio.gather(adding, return_exceptions=True)
    del adding
    gc.collect()  # psycopg leaves a connection that was cancelled while it was made to the collector
    counts = await _counts(database)
    assert counts in (
        {"personas": 0, "voices": 0, "portraits": 0, "blobs": 0},
        {"personas": 1, "voices": 1, "portraits": 1, "blobs": 2},
    )
    again = await personas.add(persona(), recipe(), portrait())
    assert await personas.find("russet") == again


async def test_two_writers_on_one_file(personas: Personas, address: str, tmp_path: Path) -> None:
    stored = await personas.add(persona(), recipe(), portrait())
    async with Database(address) as other_database:
        other = Personas(other_database, Blobs((tmp_path / "home" / "blobs").as_uri()))

        async def write(who: Personas, key: str) -> None:
            for n in range(25):
                await who.add_turn(stored.id, key, Turn(speaking=Speaking.PERSON, text=str(n)))

        await asyncio.gather(write(personas, "a"), write(other, "b"), write(personas, "c"), write(other, "d"))
        for key in "abcd":
            turns = await other.turns(stored.id, key, limit=100)
            assert [turn.text for turn in turns] == [str(n) for n in range(25)]
        both = await asyncio.gather(*(who.add(persona("Twin"), recipe(), portrait()) for who in (personas, other)))
    assert {one.id for one in await personas.namesakes("twin")} == {one.id for one in both}


async def test_missing_and_damaged_portrait_files(personas: Personas, tmp_path: Path) -> None:
    stored = await personas.add(persona(), recipe(), portrait(drawn=False))
    (file,) = [path for path in (tmp_path / "home" / "blobs").rglob("*") if path.is_file()]
    file.write_bytes(file.read_bytes()[:-7])
    with pytest.raises(StorageFailed, match="damaged"):
        await personas.portrait(stored.id)
    file.unlink()
    with pytest.raises(StorageFailed, match="missing"):
        await personas.portrait(stored.id)
    assert await personas.find("russet") == stored


async def test_parts_of_nobody(personas: Personas) -> None:
    with pytest.raises(StorageFailed, match="portrait"):
        await personas.portrait("nobody")
    with pytest.raises(StorageFailed, match="voice"):
        await personas.voice("nobody")


async def test_document_of_another_version_is_a_sentence(personas: Personas, database: Database) -> None:
    await personas.add(persona(), recipe(), portrait())
    async with database.session() as session:
        await session.execute(text("""UPDATE personas SET document = '{"name": "Russet", "wings": 2}'"""))
    with pytest.raises(StorageFailed, match="Russet was stored by another version"):
        await personas.find("russet")


async def _counts(database: Database) -> dict[str, int]:
    async with database.reading() as session:
        return {
            table: (await session.execute(text(f"SELECT count(*) FROM {table}"))).scalar_one()
            for table in ("personas", "voices", "portraits", "blobs")
        }
