"""Requests through the real stages: real engines, database and files; only the platform is a list of messages."""

from __future__ import annotations

import asyncio
import io
import itertools
from collections import Counter
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

import av
import pytest
import pytest_asyncio
from PIL import Image
from sqlalchemy import delete, select

from bot import asking
from bot.app import Desk, furnish
from bot.asking import Asking, Incoming
from bot.jobs import worker as working
from bot.jobs.closing import NOTICES, close
from bot.jobs.embedded import EmbeddedEngine
from bot.jobs.outcome import Keeping
from bot.jobs.plan import AnswerMode, Stage
from bot.jobs.stages import Stages
from bot.jobs.worker import Watched, Worker
from bot.localisation.texts import texts
from bot.memory import Remembering
from bot.messages import Message, Place
from bot.observe.metrics import Metrics
from bot.observe.tracing import Silent
from bot.settings import Settings
from bot.showing import Showing
from pipeline.embedding import Embedder
from pipeline.errors import BadRequest, EngineFailed, Inaudible, Interrupted
from pipeline.listen import Ear
from pipeline.mark import MARK, SOURCE_TYPE
from pipeline.mind.scripted.engine import ScriptedMind
from pipeline.receipt import Receipt
from pipeline.sentence import timed
from pipeline.speak import Studio
from pipeline.summon import Engines
from pipeline.types import Attachment, Heard, Line, Memory, Mood, Persona, ReplyDelta, Speaking
from pipeline.voice.moves import NO_FURTHER
from pipeline.workers import Lane, Workers
from storage.asked import Request, State
from storage.bell import LocalBell
from storage.blobs import Blobs
from storage.charges import Meter
from storage.database import Database
from storage.memory import Memories
from storage.outbox import Outbox, PartKind
from storage.repository import StoredPersona
from storage.requests import Accepted, Requests
from storage.scenes import SceneStore
from storage.steps import StepState
from storage.tables import ChargeRow, PersonaRow
from tests.servers.sqlite import SqliteFiles
from tests.unit.pictures import astronaut

P = ParamSpec("P")
T = TypeVar("T")
pytestmark = pytest.mark.asyncio(loop_scope="module")

QUEUES = [stage.value for stage in Stage]
NUMBERS = itertools.count(1)


class Listed(Workers):
    """Workers that count what they are asked for, and fail at what is broken."""

    def __init__(self) -> None:
        super().__init__({"voice": 1, "pictures": 1})
        self.calls: Counter[str] = Counter()
        self.broken: dict[str, Exception] = {}

    async def run(self, lane: Lane, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        named: Any = args[0] if function is timed else function
        self.calls[named.__name__] += 1
        if named.__name__ in self.broken:
            raise self.broken[named.__name__]
        return await super().run(lane, function, *args, **kwargs)


class Terse(ScriptedMind):
    """Greets and answers in few words, or in those that a test gives it, and keeps what it was shown."""

    says: str | None = "Well, hello."
    shown: Attachment | None = None
    pictured: Attachment | None = None
    fails: Exception | None = None

    async def write(self, concept: str, seed: int, receipt: Receipt, picture: Attachment | None = None) -> Persona:
        self.pictured = picture
        return (await super().write(concept, seed, receipt)).model_copy(update={"greeting": "Good day."})

    async def reply(
        self, persona: Persona, memory: Memory, line: Line, seed: int, receipt: Receipt
    ) -> AsyncGenerator[ReplyDelta, None]:
        self.shown = line.picture
        if self.fails is not None:
            raise self.fails
        if self.says is None:
            async for delta in super().reply(persona, memory, line, seed, receipt):
                yield delta
        elif self.says:
            yield ReplyDelta(text=self.says, mood=Mood.JOY)


class Listening:
    """Understands voice messages that are words already."""

    async def hear(self, voice: bytes, workers: Workers) -> Heard:
        if not voice.strip():
            raise Inaudible("I could not make out what you said.")
        return Heard(text=voice.decode(), language="en", confidence=None, seconds=1.0)

    async def close(self) -> None:
        """Nothing to let go of."""


@dataclass
class Wall:
    """The platform: what was shown, request by request."""

    platform: str = "test"
    nonces: bool = True
    shown: dict[str, list[Message]] = field(default_factory=dict)

    async def send(self, place: Place, message: Message, nonce: str) -> str:
        self.shown[message.request] = [message]
        return message.request

    async def edit(self, place: Place, key: str, message: Message, nonce: str) -> str:
        self.shown[key].append(message)
        return key


@dataclass
class Theatre:
    """A whole bot, whose steps are taken one after the other."""

    desk: Desk
    worker: Worker
    workers: Listed
    mind: Terse
    wall: Wall
    apple: StoredPersona

    @property
    def ask(self) -> Asking:
        return self.desk.asking

    def incoming(self, conversation: str = "here", person: str = "test:ada", name: str | None = "Ada") -> Incoming:
        number = next(NUMBERS)
        return Incoming("test", f"test:{number}", f"test:place {number}", conversation, f"{person}", name)

    async def play(self, accepted: Accepted) -> list[Message]:
        """Takes and shows all there is to take, and gives back what was seen of a request."""
        await self.deliver()
        while await self.step():
            await self.deliver()
        return self.wall.shown[accepted.request.id]

    async def step(self, *queues: str) -> bool:
        """Takes one step."""
        for queue in queues or QUEUES:
            if await self.worker.take(queue):
                return True
        return False

    async def deliver(self) -> None:
        showing = Showing(self.desk.blobs, self.wall)
        while (sending := await self.desk.outbox.claim("test", "deliverer")) is not None:
            assert await self.desk.outbox.sent(sending, await showing.show(sending))

    async def found(self, accepted: Accepted) -> Request:
        request = await self.desk.requests.find(accepted.request.id)
        assert request is not None
        return request

    async def states(self, accepted: Accepted) -> dict[str, str]:
        return {step.stage: step.state.value for step in await self.desk.requests.steps(accepted.request.id)}

    async def charges(self, accepted: Accepted) -> dict[str, float]:
        query = select(ChargeRow.meter, ChargeRow.amount).where(ChargeRow.request_id == accepted.request.id)
        async with self.desk.database.reading() as session:
            rows = await session.execute(query.where(ChargeRow.refunded_at.is_(None)))
            return {row.meter: row.amount for row in rows}

    async def forget(self, persona_id: str) -> None:
        async with self.desk.database.session() as session:
            await session.execute(delete(PersonaRow).where(PersonaRow.id == persona_id))


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def built(
    sqlite: SqliteFiles, assets_home: Path, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[tuple[Theatre, list[Message], Accepted]]:
    """The theatre, and what was seen when the apple was summoned."""
    home = tmp_path_factory.mktemp("theatre")
    (home / "assets").symlink_to(assets_home)
    settings = Settings(_env_file=None, CHATANYTHING_HOME=home, LIMIT_SUMMONS_PERSON=1000, LIMIT_OPEN_PERSON=100)
    async with Database(sqlite.fresh()) as database, Listed() as workers:
        bell, blobs = LocalBell(), Blobs(settings.blob_url)
        engine = EmbeddedEngine(bell)
        requests, outbox = Requests(database, engine, bell, close), Outbox(database, engine, bell)
        desk = furnish(settings, database, blobs, bell, engine, requests, outbox)
        ask, personas = desk.asking, desk.stored.personas
        mind, studio = Terse(settings.engine_config()), Studio(settings.engine_config(), workers, "rig")
        engines = Engines("scripted", "hibari", "illustrator", "rig")
        remembering = Remembering(Memories(database), mind, Embedder(), 2000)
        scenes = SceneStore(database, bell)
        ear = Ear(Listening(), workers)
        stages = Stages(mind, studio, engines, personas, remembering, Keeping(requests, blobs), bell, scenes, ear)
        worker = Worker("me", requests, stages.run, bell, Watched(Metrics(), Silent()))
        theatre = Theatre(desk, worker, workers, mind, Wall(), None)  # type: ignore[arg-type]
        accepted = await ask.summon(theatre.incoming(), "an angry apple", seed=3)
        seen = await theatre.play(accepted)
        theatre.apple = await personas.get((await theatre.found(accepted)).persona_id or "")
        yield theatre, seen, accepted


@pytest.fixture
def theatre(built: tuple[Theatre, list[Message], Accepted], monkeypatch: pytest.MonkeyPatch) -> Iterator[Theatre]:
    monkeypatch.setattr(working, "FIRST_WAIT", 0.0)
    theatre, _, _ = built
    theatre.workers.calls.clear()
    yield theatre
    theatre.workers.broken.clear()
    theatre.mind.says, theatre.mind.fails = Terse.says, None


def kinds(messages: list[Message]) -> list[PartKind]:
    return [message.kind for message in messages]


def files(message: Message) -> dict[str, bytes]:
    return {file.name: file.data for file in message.files}


def streams(data: bytes) -> tuple[dict[str, str], float]:
    """Codec by kind of stream, and seconds."""
    with av.open(io.BytesIO(data)) as container:
        for _ in container.decode():  # all of it
            pass
        return {s.type: s.codec_context.name for s in container.streams}, (container.duration or 0) / av.time_base


async def test_from_words_to_a_clip(built: tuple[Theatre, list[Message], Accepted]) -> None:
    theatre, seen, accepted = built
    assert kinds(seen) == [PartKind.PLACEHOLDER, PartKind.TEXT, PartKind.PORTRAIT, PartKind.CLIP]
    assert [message.final for message in seen] == [False, False, False, True]
    assert [sorted(files(message)) for message in seen] == [[], [], ["portrait.png"], ["clip.mp4", "portrait.png"]]
    persona = theatre.apple.persona
    for message in seen[1:]:
        assert (message.name, message.tagline, message.text) == (persona.name, persona.tagline, persona.greeting)
        assert message.persona in (None, theatre.apple.id)
    picture, clip = sorted(seen[-1].files, key=lambda file: file.name, reverse=True)
    assert Image.open(io.BytesIO(picture.data)).size == (picture.width, picture.height)
    assert SOURCE_TYPE.encode() in picture.data  # both say that it is AI, to people and machines
    assert SOURCE_TYPE.encode() in clip.data
    with av.open(io.BytesIO(clip.data)) as container:
        assert container.metadata["comment"] == MARK
    codecs, seconds = streams(clip.data)
    assert codecs == {"video": "h264", "audio": "aac"}
    assert seconds == pytest.approx(clip.seconds, abs=0.1)
    assert (await theatre.found(accepted)).state is State.DELIVERED
    assert set((await theatre.states(accepted)).values()) == {"done"}
    assert await theatre.charges(accepted) == {Meter.SUMMONS: 1.0, Meter.VIDEO: clip.seconds}
    portrait = await theatre.desk.stored.personas.portrait(theatre.apple.id)
    assert portrait.rig is not None
    assert portrait.picture.shape[:2] == (picture.height, picture.width)


async def test_a_repeated_update_is_the_same_request(theatre: Theatre) -> None:
    incoming = theatre.incoming()
    first = await theatre.ask.say(incoming, theatre.apple, "Hello!", answer=AnswerMode.TEXT)
    second = await theatre.ask.say(incoming, theatre.apple, "Hello!", answer=AnswerMode.TEXT)
    assert (first.repeated, second.repeated) == (False, True)
    assert first.request.id == second.request.id
    assert len(await theatre.play(first)) == 2


async def test_what_was_said_is_remembered(theatre: Theatre) -> None:
    theatre.mind.says = None
    bob = "test:bob"

    async def say(text: str) -> Message:
        incoming = theatre.incoming("with bob", bob, None)
        seen = await theatre.play(await theatre.ask.say(incoming, theatre.apple, text, answer=AnswerMode.TEXT))
        assert kinds(seen) == [PartKind.PLACEHOLDER, PartKind.PLAIN]
        assert not seen[-1].files
        return seen[-1]

    await say("My name is Bob and I love trains.")
    assert "Bob" in (await say("What is my name?")).text
    turns = await theatre.desk.stored.personas.turns(theatre.apple.id, "with bob")
    assert [turn.speaking for turn in turns] == [Speaking.PERSON, Speaking.PERSONA] * 2
    assert turns[2].text == "What is my name?"
    facts = await Memories(theatre.desk.database).facts(theatre.apple.id, bob)
    assert {kept.fact.text for kept in facts} == {"Is called Bob.", "Likes trains."}


async def test_an_answer_as_voice(theatre: Theatre) -> None:
    seen = await theatre.play(
        await theatre.ask.say(theatre.incoming(), theatre.apple, "Hello!", answer=AnswerMode.VOICE)
    )
    assert kinds(seen) == [PartKind.PLACEHOLDER, PartKind.TEXT, PartKind.VOICE]
    (sound,) = seen[-1].files
    codecs, seconds = streams(sound.data)
    assert codecs == {"audio": "opus"}
    assert seconds == pytest.approx(sound.seconds, abs=0.1)
    assert (seen[-1].name, seen[-1].text) == (theatre.apple.persona.name, "Well, hello.")


async def test_the_same_sentence_is_spoken_and_filmed_once(theatre: Theatre, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asking, "_seed", lambda seed=None: 7)
    theatre.mind.says = "Ho."
    first = await theatre.ask.say(theatre.incoming(), theatre.apple, "Hello!")
    seen = await theatre.play(first)
    assert kinds(seen) == [PartKind.PLACEHOLDER, PartKind.TEXT, PartKind.CLIP]
    assert sorted(files(seen[-1])) == ["clip.mp4"]
    assert theatre.workers.calls.keys() == {"say", "encode_ogg", "draw", "soundtrack", "mux"}
    theatre.workers.calls.clear()
    second = await theatre.ask.say(theatre.incoming("elsewhere", "test:zoe"), theatre.apple, "Good morning!")
    again = await theatre.play(second)
    assert not theatre.workers.calls
    assert files(again[-1]) == files(seen[-1])
    assert await theatre.charges(first) == await theatre.charges(second)  # seen twice, counted twice
    assert (await theatre.charges(second))[Meter.VIDEO] > 0


async def test_a_step_that_is_repeated_changes_nothing_twice(theatre: Theatre) -> None:
    """The process died between making and writing: the work is done again, its traces are there once."""
    accepted = await theatre.ask.say(theatre.incoming("twice"), theatre.apple, "Hello!", answer=AnswerMode.VOICE)
    assert await theatre.step("mind")
    lease = await theatre.desk.requests.claim("another", queues=("voice",))
    assert lease is not None
    (pulse,) = await theatre.desk.requests.pulses()
    assert await theatre.desk.requests.rescue(pulse)
    seen = await theatre.play(accepted)
    assert seen[-1].kind is PartKind.VOICE
    assert len(await theatre.desk.stored.personas.turns(theatre.apple.id, "twice")) == 2


async def test_a_new_portrait(theatre: Theatre) -> None:
    before = await theatre.desk.stored.personas.portrait(theatre.apple.id)
    seen = await theatre.play(await theatre.ask.restyle(theatre.incoming(), theatre.apple, "noir"))
    assert kinds(seen) == [PartKind.PLACEHOLDER, PartKind.PORTRAIT]
    assert seen[-1].final
    after = await theatre.desk.stored.personas.portrait(theatre.apple.id)
    assert (before.style, after.style) != ("noir", "noir")
    assert after.style == "noir"
    (shown,) = seen[-1].files
    assert Image.open(io.BytesIO(shown.data)).size == (shown.width, shown.height)


async def test_a_new_voice(theatre: Theatre) -> None:
    seen = await theatre.play(await theatre.ask.revoice(theatre.incoming(), theatre.apple))
    assert kinds(seen) == [PartKind.PLACEHOLDER, PartKind.VOICE]
    assert streams(seen[-1].files[0].data)[0] == {"audio": "opus"}
    assert seen[-1].text == "Good day."
    assert (await theatre.desk.stored.personas.voice(theatre.apple.id)).engine == "hibari"


async def test_another_of_the_same_words(theatre: Theatre) -> None:
    first = await theatre.ask.summon(theatre.incoming(), "a sleepy owl", answer=AnswerMode.VOICE)
    seen = await theatre.play(first)
    assert kinds(seen)[-1] is PartKind.VOICE
    assert sorted(files(seen[-1])) == ["portrait.png", "voice.ogg"]
    second = await theatre.ask.another(theatre.incoming(), first.request.id)
    assert (await theatre.play(second))[-1].final
    one, other = [(await theatre.found(accepted)).persona_id for accepted in (first, second)]
    assert one is not None
    assert other is not None
    assert one != other
    assert (await theatre.desk.stored.personas.get(other)).persona.concept == "a sleepy owl"
    reply = await theatre.ask.say(theatre.incoming(), theatre.apple, "Hello!", answer=AnswerMode.TEXT)
    with pytest.raises(BadRequest):
        await theatre.ask.another(theatre.incoming(), reply.request.id)
    await theatre.play(reply)


async def test_whoever_was_summoned_is_company_there(theatre: Theatre) -> None:
    accepted = await theatre.ask.summon(theatre.incoming("parlour"), "a polite moth", answer=AnswerMode.TEXT)
    await theatre.play(accepted)
    (moth,) = await theatre.desk.characters.company("parlour")
    request = await theatre.found(accepted)
    assert (moth.id, moth.place, moth.owner) == (request.persona_id, request.place, request.person)


async def test_a_summoning_in_writing(theatre: Theatre) -> None:
    accepted = await theatre.ask.summon(theatre.incoming(), "a wise old oak", answer=AnswerMode.TEXT)
    seen = await theatre.play(accepted)
    assert kinds(seen) == [PartKind.PLACEHOLDER, PartKind.TEXT, PartKind.PLAIN]
    assert sorted(files(seen[-1])) == ["portrait.png"]
    assert not seen[-1].notices


@pytest.mark.parametrize(
    ("broken", "kind", "notice"),
    [("say", PartKind.PLAIN, Stage.VOICE), ("draw", PartKind.VOICE, Stage.CLIP), ("mux", PartKind.VOICE, Stage.CLIP)],
)
async def test_an_answer_makes_do_with_less(theatre: Theatre, broken: str, kind: PartKind, notice: Stage) -> None:
    theatre.workers.broken[broken] = EngineFailed("It broke.")
    theatre.mind.says = f"I am without {broken}."
    accepted = await theatre.ask.say(theatre.incoming(), theatre.apple, "Hello!")
    seen = await theatre.play(accepted)
    assert seen[-1].kind is kind
    assert seen[-1].final
    assert seen[-1].text == f"I am without {broken}."
    assert seen[-1].notices == (texts()(NOTICES[notice]),)
    assert (await theatre.found(accepted)).state is State.DELIVERED
    assert await theatre.charges(accepted) == {}
    assert theatre.workers.calls[broken] == (2 if broken == "draw" else 1)  # the sentence, and coming to rest


async def test_an_engine_that_dies_is_tried_three_times(theatre: Theatre) -> None:
    theatre.workers.broken["say"] = Interrupted("The voice process was stopped.")
    theatre.mind.says = "Three times."
    seen = await theatre.play(await theatre.ask.say(theatre.incoming(), theatre.apple, "Hello!"))
    assert seen[-1].kind is PartKind.PLAIN
    assert theatre.workers.calls["say"] == 3


async def test_a_character_without_a_face_still_speaks(theatre: Theatre) -> None:
    theatre.workers.broken["paint"] = EngineFailed("It broke.")
    accepted = await theatre.ask.summon(theatre.incoming(), "a shy ghost")
    seen = await theatre.play(accepted)
    assert kinds(seen) == [PartKind.PLACEHOLDER, PartKind.TEXT, PartKind.VOICE]
    assert seen[-1].notices == (texts()(NOTICES[Stage.PORTRAIT]),)
    assert (await theatre.states(accepted))[Stage.CLIP] == StepState.SKIPPED
    theatre.workers.broken.clear()
    ghost = await theatre.desk.stored.personas.get((await theatre.found(accepted)).persona_id or "")
    seen = await theatre.play(await theatre.ask.say(theatre.incoming(), ghost, "Hello!"))
    assert (seen[-1].kind, seen[-1].notices) == (PartKind.VOICE, (texts()(NOTICES[Stage.CLIP]),))


async def test_a_character_without_a_voice_still_writes(theatre: Theatre) -> None:
    theatre.workers.broken["shortlist"] = EngineFailed("It broke.")
    accepted = await theatre.ask.summon(theatre.incoming(), "a mute swan")
    seen = await theatre.play(accepted)
    assert kinds(seen) == [PartKind.PLACEHOLDER, PartKind.TEXT, PartKind.PLAIN]
    assert sorted(files(seen[-1])) == ["portrait.png"]
    theatre.workers.broken.clear()
    swan = await theatre.desk.stored.personas.get((await theatre.found(accepted)).persona_id or "")
    seen = await theatre.play(await theatre.ask.say(theatre.incoming(), swan, "Hello!"))
    assert (seen[-1].kind, seen[-1].notices) == (PartKind.PLAIN, (texts()(NOTICES[Stage.VOICE]),))


async def test_a_mind_that_says_nothing_ends_in_an_apology_and_no_turn(theatre: Theatre) -> None:
    theatre.mind.says = ""
    accepted = await theatre.ask.say(theatre.incoming("silence"), theatre.apple, "Hello!")
    seen = await theatre.play(accepted)
    assert kinds(seen) == [PartKind.PLACEHOLDER, PartKind.APOLOGY]
    assert (await theatre.found(accepted)).state is State.APOLOGISED
    assert not await theatre.desk.stored.personas.turns(theatre.apple.id, "silence")
    theatre.mind.says = "Here I am."
    await theatre.ask.retry(accepted.request.id)
    seen = await theatre.play(accepted)
    assert seen[-1].text == "Here I am."
    assert (await theatre.found(accepted)).state is State.DELIVERED


async def test_a_picture_is_shown_to_the_mind(theatre: Theatre) -> None:
    data = io.BytesIO()
    Image.new("RGB", (8, 8), "red").save(data, "PNG")
    picture = Attachment(mime="image/png", data=data.getvalue())
    accepted = await theatre.ask.say(
        theatre.incoming(), theatre.apple, "What is this?", picture=picture, answer=AnswerMode.TEXT
    )
    await theatre.play(accepted)
    assert theatre.mind.shown == picture


async def test_a_voice_message_is_heard_shown_and_answered_in_kind(theatre: Theatre) -> None:
    spoken = Attachment(mime="audio/ogg", data=b"How are you?")
    accepted = await theatre.ask.say(
        theatre.incoming("aloud"), theatre.apple, "", spoken=spoken, answer=AnswerMode.TEXT
    )
    seen = await theatre.play(accepted)
    assert [message.heard for message in seen] == [None, "How are you?", "How are you?"]
    assert (seen[-1].kind, list(files(seen[-1]))) == (PartKind.VOICE, ["voice.ogg"])
    turns = await theatre.desk.stored.personas.turns(theatre.apple.id, "aloud")
    assert turns[0].text == "How are you?"


async def test_nobody_is_sorry_that_a_voice_message_was_mumbled(theatre: Theatre) -> None:
    spoken = Attachment(mime="audio/ogg", data=b" ")
    accepted = await theatre.ask.say(theatre.incoming(), theatre.apple, "", spoken=spoken)
    (_, last) = await theatre.play(accepted)
    assert (last.kind, last.text) == (PartKind.APOLOGY, "I could not make out what you said.")


async def test_the_voice_and_the_picture_that_were_wished_for(theatre: Theatre) -> None:
    """The picture shows nobody, so a portrait is drawn; what is seen of a real face is tested with its own parts."""
    data = io.BytesIO()
    Image.new("RGB", (256, 256), "red").save(data, "JPEG")
    picture = Attachment(mime="image/jpeg", data=data.getvalue())
    wish = "a very old woman, slow and kind"
    accepted = await theatre.ask.summon(
        theatre.incoming(), "a grumpy man", voice=wish, picture=picture, seed=4, answer=AnswerMode.VOICE
    )
    seen = await theatre.play(accepted)
    assert any("I drew a portrait" in notice for notice in seen[-1].notices)
    stored = await theatre.desk.stored.personas.get((await theatre.found(accepted)).persona_id or "")
    assert stored.persona.voice_wish == wish
    assert "old, female" in (await theatre.desk.stored.personas.voice(stored.id)).reason
    again = await theatre.ask.revoice(theatre.incoming(), stored, wish="a robot")
    await theatre.play(again)
    robot = await theatre.desk.stored.personas.voice(stored.id)
    assert "robot" in robot.reason
    # A relative wish moves the voice that is there, and says so where there is no way to go.
    await theatre.play(await theatre.ask.revoice(theatre.incoming(), stored, wish="deeper, please"))
    deeper = await theatre.desk.stored.personas.voice(stored.id)
    assert (deeper.parts, deeper.effect) == (robot.parts, robot.effect)
    assert deeper.pitch < 0.92 * robot.pitch
    told = await theatre.play(await theatre.ask.revoice(theatre.incoming(), stored, wish="more british"))
    assert NO_FURTHER in told[-1].notices


async def test_a_face_that_was_given_comes_to_life(theatre: Theatre) -> None:
    data = io.BytesIO()
    Image.fromarray(astronaut()).save(data, "JPEG")
    picture = Attachment(mime="image/jpeg", data=data.getvalue())
    accepted = await theatre.ask.summon(theatre.incoming(), "a space traveller", picture=picture, seed=6)
    seen = await theatre.play(accepted)
    assert (seen[-1].kind, seen[-1].notices) == (PartKind.CLIP, ())
    assert theatre.mind.pictured == picture
    portrait = await theatre.desk.stored.personas.portrait((await theatre.found(accepted)).persona_id or "")
    assert (portrait.art, portrait.rig) == ("upload", None)


async def test_a_summoning_tells_how_far_it_is(theatre: Theatre) -> None:
    accepted = await theatre.ask.summon(theatre.incoming(), "a quick fox", seed=5, answer=AnswerMode.VIDEO)
    seen = await theatre.play(accepted)
    marks = ["".join(mark for _, mark in one.progress.stages) if one.progress else "" for one in seen]
    assert marks == ["⏳○○○", "✓⏳⏳○", "✓✓✓⏳", ""]


async def test_a_character_that_was_sent_away_still_gives_its_answer(theatre: Theatre) -> None:
    owl = await theatre.ask.summon(theatre.incoming(), "a late owl", answer=AnswerMode.TEXT)
    await theatre.play(owl)
    persona = await theatre.desk.stored.personas.get((await theatre.found(owl)).persona_id or "")
    accepted = await theatre.ask.say(theatre.incoming(), persona, "Hello!", answer=AnswerMode.TEXT)
    assert await theatre.desk.stored.personas.dismiss(persona.id)
    assert (await theatre.play(accepted))[-1].text == "Well, hello."


async def test_a_character_that_is_gone_for_good(theatre: Theatre) -> None:
    """Its rows are deleted: before the first step, and between two."""
    owl = await theatre.ask.summon(theatre.incoming(), "a rare owl", answer=AnswerMode.TEXT)
    assert await theatre.step("mind")
    persona = await theatre.desk.stored.personas.get((await theatre.found(owl)).persona_id or "")
    early = await theatre.ask.say(theatre.incoming(), persona, "Hello!", answer=AnswerMode.TEXT)
    await theatre.forget(persona.id)
    seen = await theatre.play(early)
    assert seen[-1].kind is PartKind.APOLOGY
    assert "not here any more" in seen[-1].text
    assert persona.id not in seen[-1].text
    assert (await theatre.found(owl)).state is not State.OPEN  # nobody waits for it for ever


async def test_what_a_summoning_had_brought_leaves_when_it_is_called_off(theatre: Theatre) -> None:
    accepted = await theatre.ask.summon(theatre.incoming(), "a brief candle")
    assert await theatre.step("mind")
    persona = (await theatre.found(accepted)).persona_id
    assert persona is not None
    assert await theatre.ask.cancel(accepted.request.id)
    assert not await theatre.ask.cancel(accepted.request.id)
    seen = await theatre.play(accepted)
    assert seen[-1].kind is PartKind.CANCELLED
    assert persona not in {stored.id for stored in await theatre.desk.stored.personas.list(1000)}
    assert not theatre.workers.calls


async def test_two_lines_are_answered_in_their_order(theatre: Theatre) -> None:
    theatre.mind.says = None
    lines = ["First of all, hello.", "And now, goodbye."]
    asked = [
        await theatre.ask.say(theatre.incoming("in order"), theatre.apple, text, answer=AnswerMode.TEXT)
        for text in lines
    ]
    first, second = [await theatre.states(one) for one in asked]
    assert (first["mind"], second["mind"]) == ("ready", "waiting")
    await asyncio.gather(*(theatre.worker.take("mind") for _ in range(2)))
    await theatre.play(asked[-1])
    turns = await theatre.desk.stored.personas.turns(theatre.apple.id, "in order")
    assert [turn.text for turn in turns if turn.speaking is Speaking.PERSON] == lines
    for one in asked:
        assert (await theatre.found(one)).state is State.DELIVERED


async def test_words_that_cannot_be_used_are_refused_before_they_are_kept(theatre: Theatre) -> None:
    with pytest.raises(BadRequest):
        await theatre.ask.summon(theatre.incoming(), "   ")
    with pytest.raises(BadRequest, match="1,000"):
        await theatre.ask.say(theatre.incoming(), theatre.apple, "x" * 1001)
    assert not await theatre.step()
