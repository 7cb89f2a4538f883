"""Recalling before an answer, learning and folding after it: a small mind, the real embedder, real SQLite files."""

import asyncio
import shutil
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import cast

import pytest
from structlog.testing import capture_logs

from bot.memory import Person, Remembering
from pipeline.embedding import Embedder, Vectors
from pipeline.errors import ChatAnythingError, EngineFailed, Malformed, RateLimited, StorageFailed, Unreachable
from pipeline.mind.tokens import tokens
from pipeline.receipt import Receipt
from pipeline.stages import Mind
from pipeline.types import Fact, FactKind, Line, Memory, Mood, Persona, Speaking, Turn
from storage import migrate
from storage.blobs import Blobs
from storage.database import Database
from storage.memory import Memories
from storage.repository import Personas, StoredPersona
from tests.integration.test_storage import persona, portrait, recipe

ANN, BOB = Person("discord:1", "Ann"), Person("discord:2", "Bob")
HOSTILE = ["a\0b", "\ud83c", "{0} {name} {{x}} %s ${z}", "'; DROP TABLE facts; -- \"`", "🍎 木 אבג", "x" * 10_000]
NOTHING = Memory()


class FakeMind:
    """Learns every line that begins with "I" as it stands, and folds into the list of what was said."""

    def __init__(self) -> None:
        self.error: ChatAnythingError | None = None
        self.folds: list[list[str]] = []
        self.wait: asyncio.Barrier | None = None

    async def learn(self, persona: Persona, memory: Memory, line: Line, receipt: Receipt) -> Sequence[Fact]:
        if self.error:
            raise self.error
        if line.text.startswith("My name is "):
            return [Fact(kind=FactKind.NAME, text=line.text.removeprefix("My name is "))]
        return [Fact(kind=FactKind.LIKE, text=line.text[:300])] if line.text.startswith("I ") else []

    async def fold(self, persona: Persona, summary: str, turns: Sequence[Turn], receipt: Receipt) -> str:
        if self.error:
            raise self.error
        self.folds.append([turn.text for turn in turns])
        if self.wait:
            await self.wait.wait()
        return " ".join([*summary.split(), *(turn.text.split()[0] for turn in turns)])


class Watched(Embedder):
    """Counts what was embedded."""

    def __init__(self) -> None:
        super().__init__()
        self.asked = 0

    def encode(self, texts: Sequence[str]) -> Vectors:
        self.asked += len(texts)
        return super().encode(texts)


@pytest.fixture(scope="module")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("migrated") / "empty.db"
    asyncio.run(migrate.upgrade(f"sqlite:///{file}"))
    return file


@pytest.fixture
async def database(tmp_path: Path, migrated: Path) -> AsyncIterator[Database]:
    async with Database(f"sqlite:///{shutil.copy(migrated, tmp_path)}") as database:
        yield database


@pytest.fixture
def personas(database: Database, tmp_path: Path) -> Personas:
    return Personas(database, Blobs((tmp_path / "blobs").as_uri()))


@pytest.fixture
async def russet(personas: Personas) -> StoredPersona:
    return await personas.add(persona(), recipe(), portrait(drawn=False))


@pytest.fixture
def mind() -> FakeMind:
    return FakeMind()


@pytest.fixture(scope="module")
def embedder() -> Watched:
    return Watched()


@pytest.fixture
def remembering(database: Database, mind: FakeMind, embedder: Watched) -> Remembering:
    embedder.asked = 0
    return Remembering(Memories(database), cast(Mind, mind), embedder, budget=60)


class Talk:
    """What the conversation does around each answer."""

    def __init__(self, remembering: Remembering, personas: Personas, stored: StoredPersona) -> None:
        self.remembering, self.personas, self.stored = remembering, personas, stored

    async def say(self, person: Person, text: str, reply: str = "Hm.", place: str = "channel") -> Memory:
        memory = await self.remembering.recall(self.stored, place, person, text)
        line = Turn(speaking=Speaking.PERSON, text=text, speaker=person.name)
        await self.personas.add_turn(self.stored.id, place, line, person=person.key)
        answer = Turn(speaking=Speaking.PERSONA, text=reply, mood=Mood.CALM)
        await self.personas.add_turn(self.stored.id, place, answer, person=person.key)
        said = Line(text=text, speaker=person.name)
        await self.remembering.keep(self.stored, place, person, said, memory, Receipt())
        return memory


@pytest.fixture
def talk(remembering: Remembering, personas: Personas, russet: StoredPersona) -> Talk:
    return Talk(remembering, personas, russet)


async def test_nothing_is_known_at_first_and_nothing_embedded(talk: Talk, embedder: Watched) -> None:
    assert await talk.say(ANN, "Hello.") == NOTHING
    assert embedder.asked == 0


async def test_people_of_a_channel_are_told_apart(talk: Talk) -> None:
    await talk.say(ANN, "My name is Ann")
    await talk.say(BOB, "I collect stamps.")
    memory = await talk.say(ANN, "I like trains.")
    assert [(turn.speaker, turn.text) for turn in memory.turns] == [
        ("Ann", "My name is Ann"), (None, "Hm."), ("Bob", "I collect stamps."), (None, "Hm."),
    ]  # fmt: skip
    assert memory.facts == (Fact(kind=FactKind.NAME, text="Ann"),)
    assert [fact.text for fact in (await talk.say(BOB, "And?")).facts] == ["I collect stamps."]
    assert [fact.text for fact in (await talk.say(ANN, "And?")).facts] == ["Ann", "I like trains."]
    elsewhere = await talk.say(ANN, "And here?", place="dm")
    assert (elsewhere.turns, len(elsewhere.facts)) == ((), 2)  # facts go along, conversations do not


async def test_the_name_fitting_facts_and_the_newest_in_the_order_they_were_learnt(
    talk: Talk, embedder: Watched
) -> None:
    await talk.say(ANN, "My name is Ann")
    lines = ["cheese", "steam locomotives", "sailing boats", "chess", "tax law", "cats", "roses", "opera", "knitting"]
    for line in lines:
        await talk.say(ANN, f"I like {line}.")
    memory = await talk.remembering.recall(talk.stored, "channel", ANN, "Which railway engine shall we ride?")
    facts = [fact.text for fact in memory.facts]
    assert facts[0] == "Ann"
    assert {"I like steam locomotives.", "I like opera.", "I like knitting."} <= set(facts)
    assert 7 <= len(facts) == len(set(facts)) <= 9
    assert facts[1:] == [f"I like {line}." for line in lines if f"I like {line}." in facts]


async def test_turns_fit_the_budget_and_the_rest_is_in_the_summary(talk: Talk, mind: FakeMind) -> None:
    lines = [f"L{number} and some words around it" for number in range(30)]
    for line in lines:
        memory = await talk.say(ANN, line)
        assert sum(tokens(turn.speaker or "") + tokens(turn.text) for turn in memory.turns) <= 60
    folded = [text for fold in mind.folds for text in fold]
    memory = await talk.remembering.recall(talk.stored, "channel", ANN, "")
    everything = [text for line in lines for text in (line, "Hm.")]
    assert folded + [turn.text for turn in memory.turns] == everything  # nothing lost, nothing twice
    assert memory.summary.split() == [text.split()[0] for text in folded]
    assert len(mind.folds) > 3
    assert all(len(fold) > 1 for fold in mind.folds)


async def test_two_folds_at_once_count_once(talk: Talk, mind: FakeMind, database: Database) -> None:
    mind.error = EngineFailed("not now")
    for number in range(12):
        await talk.say(ANN, f"L{number} and some words around it")
    mind.error, mind.wait = None, asyncio.Barrier(2)
    both = (
        talk.remembering.keep(talk.stored, "channel", who, Line(text="x"), NOTHING, Receipt()) for who in (ANN, BOB)
    )
    await asyncio.gather(*both)
    assert len(mind.folds) == 2
    after = await Memories(database).recent(talk.stored.id, "channel", 200)
    assert after.summary.split() == [text.split()[0] for text in mind.folds[0]]
    everything = [text for number in range(12) for text in (f"L{number} and some words around it", "Hm.")]
    assert mind.folds[0] + [turn.text for _, turn in after.turns] == everything


async def test_a_long_pause_of_the_mind_is_made_up_for_in_pieces(
    talk: Talk, mind: FakeMind, database: Database
) -> None:
    mind.error = Unreachable("away")
    for number in range(40):
        await talk.say(ANN, f"L{number} and some words around it")
    mind.error = None
    await talk.say(ANN, "Back?")
    assert len(mind.folds) == 1
    assert 50 <= sum(map(tokens, mind.folds[0])) <= 60
    assert len((await Memories(database).recent(talk.stored.id, "channel", 200)).turns) < 82


async def test_one_endless_turn_is_folded_too(talk: Talk, mind: FakeMind) -> None:
    await talk.say(ANN, "word " * 200)
    memory = await talk.say(ANN, "Hello?")
    assert memory.summary == "word"
    assert [turn.text for turn in memory.turns] == ["Hm."]


@pytest.mark.parametrize("error", [EngineFailed("I LIKE SECRETS"), RateLimited("later"), Unreachable("nobody there")])
async def test_a_mind_that_fails_costs_no_answer_and_logs_no_words(
    talk: Talk, mind: FakeMind, error: ChatAnythingError
) -> None:
    mind.error = error
    with capture_logs() as logs:
        await talk.say(ANN, "I like secrets.")
    assert [entry["error"] for entry in logs] == [type(error).__name__]
    assert "secrets" not in str(logs).lower()
    assert await talk.remembering.known(talk.stored, ANN) == []


async def test_a_mind_that_cannot_learn_can_still_fold(
    talk: Talk, mind: FakeMind, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def learn(*_: object) -> Sequence[Fact]:
        raise Malformed("no JSON")

    monkeypatch.setattr(mind, "learn", learn)
    for number in range(12):
        await talk.say(ANN, f"L{number} and some words around it")
    assert mind.folds


async def test_a_database_that_fails_is_told(talk: Talk, database: Database) -> None:
    await talk.say(ANN, "Hello.")
    async with database.session() as session:
        await (await session.connection()).exec_driver_sql("DROP TABLE facts")
    with pytest.raises(StorageFailed):
        await talk.remembering.recall(talk.stored, "channel", ANN, "Hello.")
    with pytest.raises(StorageFailed):
        await talk.remembering.keep(talk.stored, "channel", ANN, Line(text="I like tea."), NOTHING, Receipt())


async def test_known_and_forgotten_on_request(talk: Talk) -> None:
    for line in ("My name is Ann", "I like tea.", "I collect stamps."):
        await talk.say(ANN, line)
    await talk.say(BOB, "I like tea.")
    stamps, tea, name = await talk.remembering.known(talk.stored, ANN)
    assert [stamps.fact.text, tea.fact.text, name.fact.text] == ["I collect stamps.", "I like tea.", "Ann"]
    assert await talk.remembering.forget(talk.stored, BOB, tea.id) == 0
    assert await talk.remembering.forget(talk.stored, ANN, tea.id) == 1
    assert await talk.remembering.forget(talk.stored, ANN) == 2
    assert await talk.remembering.known(talk.stored, ANN) == []
    assert (await talk.say(ANN, "Who am I?")).facts == ()
    assert len(await talk.remembering.known(talk.stored, BOB)) == 1


@pytest.mark.parametrize("hostile", HOSTILE)
async def test_hostile_words_are_only_words(talk: Talk, hostile: str) -> None:
    person = Person(hostile, hostile)
    await talk.say(person, "I like tea.", place=hostile)
    memory = await talk.say(person, hostile, reply=hostile, place=hostile)
    assert [fact.text for fact in memory.facts] == ["I like tea."]
    assert len(await talk.remembering.known(talk.stored, person)) == 1
    assert await talk.remembering.forget(talk.stored, person) == 1
