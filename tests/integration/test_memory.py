"""What personas remember, in every kind of database."""

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import text

from pipeline.errors import NotMigrated, StorageFailed
from pipeline.receipt import Usage
from pipeline.types import Fact, FactKind, Speaking, Turn
from storage import memory
from storage.blobs import Blobs
from storage.database import Database
from storage.memory import WIDTH, Memories, Vector
from storage.repository import Personas
from storage.usage import Total, Usages
from tests.integration.test_storage import persona, portrait, recipe

HOSTILE = ["a\0b", "\ud83c", "{0} {name} {{x}} %s %(y)s ${z}", "'; DROP TABLE facts; -- \"`", "🍎 木 אבג", "x" * 10_000]
LIKE, NAME, PROMISE = FactKind.LIKE, FactKind.NAME, FactKind.PROMISE


@pytest.fixture
def personas(database: Database, tmp_path: Path) -> Personas:
    return Personas(database, Blobs((tmp_path / "blobs").as_uri()))


@pytest.fixture
def memories(database: Database) -> Memories:
    return Memories(database)


@pytest.fixture
async def russet(personas: Personas) -> str:
    return (await personas.add(persona(), recipe(), portrait(drawn=False))).id


@pytest.fixture
async def oak(personas: Personas) -> str:
    return (await personas.add(persona("Old Oak"), recipe(), portrait(drawn=False))).id


def towards(*parts: float) -> Vector:
    """A direction in the plane of the first few axes, length 1."""
    vector = np.zeros(WIDTH, np.float32)
    vector[: len(parts)] = parts
    return np.asarray(vector / np.linalg.norm(vector), np.float32)


def about(angle: float) -> Vector:
    """A direction whose cosine with ``about(0)`` is that of the angle, in degrees."""
    return towards(float(np.cos(np.radians(angle))), float(np.sin(np.radians(angle))))


def fact(words: str, kind: FactKind = LIKE) -> Fact:
    return Fact(kind=kind, text=words)


async def talk(personas: Personas, persona_id: str, place: str, *lines: str) -> None:
    for line in lines:
        await personas.add_turn(persona_id, place, Turn(speaking=Speaking.PERSON, text=line))


async def words(memories: Memories, persona_id: str, person: str) -> list[str]:
    return [kept.fact.text for kept in await memories.facts(persona_id, person)]


async def test_several_people_of_a_channel_are_told_apart(
    personas: Personas, memories: Memories, database: Database, russet: str
) -> None:
    said = [
        (Turn(speaking=Speaking.PERSON, text="I like trains.", speaker="Ann"), "discord:1"),
        (Turn(speaking=Speaking.PERSONA, text="Pah!"), "discord:1"),
        (Turn(speaking=Speaking.PERSON, text="I do not.", speaker="Ann"), "discord:2"),  # a namesake
        (Turn(speaking=Speaking.PERSON, text="Nor I."), None),
    ]
    for turn, person in said:
        await personas.add_turn(russet, "channel", turn, person=person)
    assert await personas.turns(russet, "channel") == [turn for turn, _ in said]
    remembered = await memories.recent(russet, "channel", 10)
    assert [turn for _, turn in remembered.turns] == [turn for turn, _ in said]
    async with database.reading() as session:
        keys = await session.scalars(text("SELECT person FROM turns ORDER BY id"))
        assert keys.all() == [person for _, person in said]
    await memories.add(russet, "discord:1", [(fact("Ann", NAME), about(0)), (fact("Likes trains."), about(0))])
    await memories.add(russet, "discord:2", [(fact("Ann", NAME), about(0)), (fact("Hates trains."), about(0))])
    assert await words(memories, russet, "discord:1") == ["Likes trains.", "Ann"]
    assert await words(memories, russet, "discord:2") == ["Hates trains.", "Ann"]
    assert await words(memories, russet, "discord:3") == []


async def test_recent_are_the_last_and_unfolded_the_first_after_the_summary(
    personas: Personas, memories: Memories, russet: str
) -> None:
    assert await memories.recent(russet, "dm", 10) == memory.Remembered("", 0, ())
    await talk(personas, russet, "dm", *"abcdef")
    await talk(personas, russet, "elsewhere", "z")
    before = await memories.recent(russet, "dm", 10)
    third = before.turns[2][0]
    assert await memories.fold_into(russet, "dm", "a, b and c.", third, since=0)
    recent = await memories.recent(russet, "dm", 2)
    assert (recent.summary, recent.through) == ("a, b and c.", third)
    assert [turn.text for _, turn in recent.turns] == ["e", "f"]
    assert [turn.text for _, turn in (await memories.unfolded(russet, "dm", 2)).turns] == ["d", "e"]
    assert (await memories.recent(russet, "elsewhere", 9)).summary == ""
    assert await memories.fold_into(russet, "dm", "all.", before.turns[-1][0], since=third)
    assert await memories.recent(russet, "dm", 9) == memory.Remembered("all.", before.turns[-1][0], ())
    assert len(await personas.turns(russet, "dm")) == 6  # what is folded is not deleted


@pytest.mark.parametrize("folded", [False, True])
async def test_of_two_folds_at_once_one_counts(
    personas: Personas, memories: Memories, address: str, russet: str, folded: bool
) -> None:
    await talk(personas, russet, "dm", *"abcdef")
    ids = [number for number, _ in (await memories.recent(russet, "dm", 9)).turns]
    if folded:
        await memories.fold_into(russet, "dm", "a", ids[0], since=0)
    since = ids[0] if folded else 0
    async with Database(address) as other:
        done = await asyncio.gather(
            memories.fold_into(russet, "dm", "one", ids[2], since=since),
            Memories(other).fold_into(russet, "dm", "two", ids[3], since=since),
        )
    assert sorted(done) == [False, True]
    after = await memories.recent(russet, "dm", 9)
    assert (after.summary, after.through) == (("one", ids[2]) if done[0] else ("two", ids[3]))
    assert [number for number, _ in after.turns] == [number for number in ids if number > after.through]


async def test_forgotten_conversation_is_gone_and_does_not_come_back(
    personas: Personas, memories: Memories, database: Database, russet: str
) -> None:
    await talk(personas, russet, "dm", *"abc")
    await talk(personas, russet, "elsewhere", "kept")
    before = await memories.recent(russet, "dm", 9)
    await memories.fold_into(russet, "dm", "a", before.turns[0][0], since=0)
    assert await memories.forget_conversation(russet, "dm") == 3
    assert await _count(database, "turns") == 1
    assert await _count(database, "summaries") == 0
    # A fold that was under way when the person asked to forget
    for since in (0, before.turns[0][0]):
        assert not await memories.fold_into(russet, "dm", "ghost", before.turns[1][0], since=since)
    assert await memories.forget_conversation(russet, "dm") == 0
    await talk(personas, russet, "dm", "anew")
    after = await memories.recent(russet, "dm", 9)
    assert (after.summary, [turn.text for _, turn in after.turns]) == ("", ["anew"])


async def test_ids_of_deleted_turns_and_facts_are_not_given_again(
    personas: Personas, memories: Memories, russet: str
) -> None:
    await talk(personas, russet, "dm", *"ab")
    old = (await memories.recent(russet, "dm", 9)).turns[-1][0]
    await memories.forget_conversation(russet, "dm")
    await talk(personas, russet, "dm", "c")
    assert (await memories.recent(russet, "dm", 9)).turns[0][0] > old
    await memories.add(russet, "me", [(fact("Likes tea."), about(0))])
    (kept,) = await memories.facts(russet, "me")
    await memories.forget(russet, "me")
    await memories.add(russet, "me", [(fact("Likes coffee."), about(0))])
    assert await memories.forget(russet, "me", kept.id) == 0
    assert await words(memories, russet, "me") == ["Likes coffee."]


async def test_facts_of_one_meaning_and_kind_are_one(memories: Memories, russet: str) -> None:
    await memories.add(russet, "me", [(fact("Likes trains."), about(0)), (fact("Likes planes."), about(30))])
    await memories.add(russet, "me", [(fact("Loves trains."), about(15)), (fact("Will come.", PROMISE), about(0))])
    # 15 degrees are a cosine of 0.966, both to the trains and to the planes; 30 are 0.866.
    assert await words(memories, russet, "me") == ["Will come.", "Loves trains."]
    await memories.add(russet, "me", [(fact("Likes cars."), about(45)), (fact("Likes cars!"), about(45))])
    assert await words(memories, russet, "me") == ["Likes cars!", "Will come.", "Loves trains."]


async def test_a_person_has_one_name(memories: Memories, russet: str, oak: str) -> None:
    await memories.add(russet, "me", [(fact("Ann", NAME), about(0))])
    await memories.add(oak, "me", [(fact("Anna", NAME), about(0))])
    await memories.add(russet, "me", [(fact("Bob", NAME), about(90)), (fact("Robert", NAME), about(180))])
    assert await words(memories, russet, "me") == ["Robert"]
    assert await words(memories, oak, "me") == ["Anna"]


async def test_two_processes_that_learn_at_once_lose_nothing(memories: Memories, address: str, russet: str) -> None:
    async with Database(address) as other_database:
        other = Memories(other_database)
        await asyncio.gather(
            *(
                who.add(
                    russet, "me", [(fact(f"{name} {n}"), towards(*np.eye(40)[n + shift])), (fact(name, NAME), about(0))]
                )
                for n in range(10)
                for who, name, shift in ((memories, "a", 0), (other, "b", 20))
            )
        )
    kept = await memories.facts(russet, "me")
    assert len(kept) == 21
    assert [one.fact.kind for one in kept].count(NAME) == 1


async def test_the_oldest_facts_go_but_not_the_name(
    memories: Memories, russet: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(memory, "MAXIMUM_FACTS", 5)
    await memories.add(russet, "me", [(fact("Ann", NAME), about(0))])
    axes = np.eye(20)
    for number in range(8):
        await memories.add(russet, "me", [(fact(str(number)), towards(*axes[number]))])
    await memories.add(russet, "other", [(fact("kept"), about(0))])
    assert await words(memories, russet, "me") == ["7", "6", "5", "4", "Ann"]
    assert await words(memories, russet, "other") == ["kept"]


async def test_search_gives_name_then_nearest_then_newest(memories: Memories, russet: str) -> None:
    assert not await memories.knows(russet, "me")
    assert await memories.search(russet, "me", about(0), 3, newest=1) == []
    angles = [80, 20, 50, 110]
    await memories.add(russet, "me", [(fact(str(angle)), about(angle)) for angle in angles])
    await memories.add(russet, "you", [(fact("not mine"), about(0))])
    assert await memories.knows(russet, "me")
    await memories.add(russet, "me", [(fact("170"), about(170)), (fact("Ann", NAME), about(170))])
    await memories.add(russet, "me", [(fact("140"), about(140))])
    found = await memories.search(russet, "me", about(0), 3)
    assert [kept.fact.text for kept in found] == ["Ann", "20", "50", "80"]
    found = await memories.search(russet, "me", about(0), 1, newest=3)
    assert [kept.fact.text for kept in found] == ["Ann", "20", "140", "170"]
    assert all(abs(datetime.now(UTC) - kept.created_at) < timedelta(minutes=1) for kept in found)


async def test_nearest_by_stored_vectors_is_nearest_by_real_ones(memories: Memories, russet: str) -> None:
    random = np.random.default_rng(3)
    vectors = random.standard_normal((400, WIDTH)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    await memories.add(russet, "me", [(fact(str(number)), vector) for number, vector in enumerate(vectors)])
    for wanted in vectors[:20]:
        query = wanted + 0.05 * random.standard_normal(WIDTH).astype(np.float32)
        query /= np.linalg.norm(query)
        found = await memories.search(russet, "me", query, 5)
        real = np.sort(vectors @ query)[::-1]
        got = [float(vectors[int(kept.fact.text)] @ query) for kept in found]
        np.testing.assert_allclose(got, real[:5], atol=0.002)


async def test_a_vector_of_another_model_is_refused(memories: Memories, russet: str) -> None:
    with pytest.raises(ValueError, match="384"):
        await memories.add(russet, "me", [(fact("x"), np.ones(3, np.float32))])


async def test_forgetting_deletes_rows(memories: Memories, database: Database, russet: str, oak: str) -> None:
    both = [(fact("Likes tea."), about(0)), (fact("Likes rain."), about(90))]
    for persona_id, person in ((russet, "me"), (russet, "you"), (oak, "me")):
        await memories.add(persona_id, person, both)
    rain, tea = await memories.facts(russet, "me")
    assert await memories.forget(russet, "you", tea.id) == 0  # somebody else's
    assert await memories.forget(russet, "me", tea.id) == 1
    assert await memories.facts(russet, "me") == [rain]
    assert await memories.forget(russet, "me") == 1
    assert await memories.forget(russet, "me") == 0
    assert await _count(database, "facts") == 4


async def test_a_deleted_persona_takes_its_memory_along_but_not_its_costs(
    personas: Personas, memories: Memories, database: Database, russet: str, oak: str
) -> None:
    for one in (russet, oak):
        await talk(personas, one, "dm", "hello")
        ((turn, _),) = (await memories.recent(one, "dm", 1)).turns
        await memories.fold_into(one, "dm", "hello", turn, since=0)
        await memories.add(one, "me", [(fact("Likes tea."), about(0))])
        await Usages(database).record([usage()], persona_id=one, person="me", conversation="dm")
    async with database.session() as session:
        await session.execute(text("DELETE FROM personas WHERE id = :id"), {"id": russet})
    tables = ("turns", "summaries", "facts", "usages")
    assert [await _count(database, table) for table in tables] == [1, 1, 1, 2]
    async with database.reading() as session:
        found = (await session.scalars(text("SELECT persona_id FROM usages ORDER BY id"))).all()
    assert found == [None, oak]
    with pytest.raises(StorageFailed, match="no persona"):
        await memories.add(russet, "me", [(fact("Likes tea."), about(0))])


@pytest.mark.parametrize("hostile", HOSTILE)
async def test_hostile_words_are_only_words(
    personas: Personas, memories: Memories, database: Database, russet: str, hostile: str
) -> None:
    clean = hostile.replace("\0", "").replace("\ud83c", "?")
    turn = Turn(speaking=Speaking.PERSON, text=hostile, speaker=hostile)
    await personas.add_turn(russet, hostile, turn, person=hostile)
    ((number, found),) = (await memories.recent(russet, hostile, 5)).turns
    assert found == Turn(speaking=Speaking.PERSON, text=clean, speaker=clean)
    assert await memories.fold_into(russet, hostile, hostile, number, since=0)
    assert (await memories.recent(russet, hostile, 5)).summary == clean
    unpaired = hostile.replace("\ud83c", "?")  # pydantic refuses half a surrogate pair where a length is limited
    await memories.add(russet, hostile, [(fact(unpaired[:300]), about(0))])
    assert await words(memories, russet, hostile) == [clean[:300]]
    assert len(await memories.search(russet, hostile, about(0), 1)) == 1
    await Usages(database).record([usage(model=hostile)], person=hostile, conversation=hostile)
    assert [total.model for total in await Usages(database).totals()] == [clean]
    assert await memories.forget(russet, hostile) == 1
    assert await memories.forget_conversation(russet, hostile) == 1


async def test_a_fact_of_nothing_visible_to_a_database_is_not_kept(memories: Memories, russet: str) -> None:
    await memories.add(russet, "me", [(fact("\0"), about(0))])
    assert await memories.facts(russet, "me") == []


async def test_a_fact_of_another_version_is_a_sentence(memories: Memories, database: Database, russet: str) -> None:
    await memories.add(russet, "me", [(fact("Likes tea."), about(0))])
    async with database.session() as session:
        await session.execute(text("UPDATE facts SET kind = 'dream'"))
    with pytest.raises(StorageFailed, match="another version"):
        await memories.facts(russet, "me")


async def test_database_without_tables_names_the_remedy(empty_address: str) -> None:
    async with Database(empty_address) as database:
        with pytest.raises(NotMigrated):
            await Memories(database).recent("p", "dm", 1)
        with pytest.raises(NotMigrated):
            await Memories(database).search("p", "me", about(0), 1)
        with pytest.raises(NotMigrated):
            await Usages(database).totals()


def usage(task: str = "reply", model: str = "small", cost: float | None = None, seconds: float = 1.0) -> Usage:
    return Usage(task=task, model=model, prompt_tokens=100, completion_tokens=10, seconds=seconds, cost=cost)


async def test_totals_of_usage(database: Database, russet: str) -> None:
    usages = Usages(database)
    assert await usages.totals() == []
    await usages.record([])
    await usages.record([usage(cost=0.25), usage(seconds=3.0)], persona_id=russet, person="me", conversation="dm")
    await usages.record([usage("memory"), usage("memory", "large", 1.5)])
    assert await usages.totals() == [
        Total("memory", "large", 1, 100, 10, 1.0, 1.5),
        Total("memory", "small", 1, 100, 10, 1.0, None),
        Total("reply", "small", 2, 200, 20, 2.0, 0.25),
    ]
    assert len(await usages.totals(datetime.now(UTC) - timedelta(minutes=1))) == 3
    assert await usages.totals(datetime.now(UTC) + timedelta(minutes=1)) == []


async def _count(database: Database, table: str) -> int:
    async with database.reading() as session:
        return int((await session.execute(text(f"SELECT count(*) FROM {table}"))).scalar_one())
