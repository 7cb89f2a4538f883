"""Scenes from beginning to end, without a platform."""

from __future__ import annotations

import asyncio
import io
from collections.abc import AsyncIterator
from pathlib import Path

import av
import pytest
from sqlalchemy import select, update

from bot.localisation.refusals import Refusal
from bot.localisation.texts import texts
from bot.scenes.modes import Mode
from pipeline.clips import film
from pipeline.errors import BadRequest, LimitReached
from pipeline.speak import Studio
from pipeline.stages import EngineConfig
from storage.charges import Meter
from storage.lines import LineKind, NewLine
from storage.rows import name_blobs
from storage.scenes import NewScene
from storage.tables import ChargeRow, LineRow, RequestRow, SceneRow, TurnRow
from storage.values import Json
from tests.integration.scene_world import HERE, Inline, Theatre, a_theatre, hurry
from tests.servers.sqlite import SqliteFiles


@pytest.fixture
async def theatre(sqlite: SqliteFiles, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Theatre]:
    hurry(monkeypatch)
    async with a_theatre(sqlite.fresh(), tmp_path) as theatre:
        yield theatre


async def test_a_round_and_the_loop_that_it_does_not_become(theatre: Theatre) -> None:
    cast = [await theatre.persona("an apple", name) for name in ("Pip", "Bob", "Ida")]
    theatre.mind.says = {"Pip": "Bob! Ida!", "Bob": "Ida! Pip!", "Ida": "Pip! Bob!"}
    await theatre.start(*cast, mode=Mode.ROUND)
    assert await theatre.say("Good evening") == ["Pip", "Bob", "Ida"]
    assert await theatre.say("And you?", who="Ben") == ["Pip", "Bob", "Ida"]


async def test_names_call_each_other_as_often_as_allowed(theatre: Theatre) -> None:
    pip, bob = await theatre.persona("an apple", "Pip"), await theatre.persona("an apple", "Bob")
    theatre.mind.says = {"Pip": "And Bob?", "Bob": "And Pip?"}
    await theatre.start(pip, bob, mode=Mode.MENTIONED, hops=3)
    assert await theatre.say("Is anybody here?") == []
    assert await theatre.say("Bob, are you here?") == ["Bob", "Pip", "Bob"]
    assert await theatre.say("Well?", to=pip) == ["Pip", "Bob", "Pip"]


async def test_who_is_away_does_not_know_what_was_said(theatre: Theatre) -> None:
    pip, bob = await theatre.persona("an apple", "Pip"), await theatre.persona("a lighthouse", "Bob")
    await theatre.start(pip, bob, mode=Mode.MENTIONED)
    await theatre.say("Bob, the key is under the mat.")
    await theatre.desk.scenes.remove(theatre.by(), bob)
    await theatre.say("Pip, the treasure is below the lighthouse.")
    await theatre.desk.scenes.add(theatre.by(), bob)
    await theatre.play()
    await theatre.say("Bob, what do you know?")
    bobs = [cue for cue in theatre.mind.cues if cue.name == "Bob"][-1]
    assert "mat" in bobs.heard
    assert "treasure" not in bobs.heard
    assert bobs.memory.present == ("Pip", "Ann")
    await theatre.say("Pip, what do you know?")
    pips = [cue for cue in theatre.mind.cues if cue.name == "Pip"][-1]
    assert "treasure" in pips.heard
    assert {turn.speaker for turn in pips.memory.turns} >= {"Ann", "Bob", "Narrator", None}


async def test_a_scene_is_remembered_when_it_is_over(theatre: Theatre) -> None:
    pip, bob = await theatre.persona("an apple", "Pip"), await theatre.persona("a lighthouse", "Bob")
    await theatre.start(pip, mode=Mode.MENTIONED)
    await theatre.say("Pip, the treasure is below the lighthouse.")
    await theatre.desk.scenes.end(theatre.by())
    for persona in (pip, bob):
        await theatre.desk.asking.say(theatre.by(), persona, "What do you know?")
        await theatre.play()
    knows = {cue.name: "treasure" in cue.heard for cue in theatre.mind.cues}
    assert knows == {"Pip": True, "Bob": False}


async def test_what_is_not_said_in_it(theatre: Theatre) -> None:
    pip, bob = await theatre.persona("an apple", "Pip"), await theatre.persona("a lighthouse", "Bob")
    assert not await theatre.desk.scenes.hear(theatre.by(), "Hello", pip)
    await theatre.start(pip)
    hear = theatre.desk.scenes.hear
    before = await theatre.lines()
    assert await hear(theatre.by(), "// back in a minute", None)
    assert await hear(theatre.by(), "((who has cake?))", None)
    assert not await hear(theatre.by(), "Bob?", bob)
    assert not await hear(theatre.by(), " ", None)
    assert not await hear(theatre.by(conversation="test:elsewhere"), "Hello", None)
    with pytest.raises(BadRequest):
        await hear(theatre.by(), "x" * 5000, None)
    assert await theatre.lines() == before


async def test_a_line_that_comes_twice_is_heard_once(theatre: Theatre) -> None:
    pip = await theatre.persona("an apple", "Pip")
    await theatre.start(pip)
    by, before = theatre.by(), len(await theatre.lines())
    assert await theatre.desk.scenes.hear(by, "Hello", None)
    assert await theatre.desk.scenes.hear(by, "Hello", None)
    await theatre.play()
    assert len(await theatre.lines()) == before + 2


async def test_only_the_starter_and_moderators_change_it(theatre: Theatre) -> None:
    pip, bob = await theatre.persona("an apple", "Pip"), await theatre.persona("a lighthouse", "Bob")
    scenes = theatre.desk.scenes
    with pytest.raises(Refusal, match="No scene"):
        await scenes.narrate(theatre.by(), "It rains.")
    await theatre.start(pip)
    with pytest.raises(Refusal, match="already"):
        await theatre.start(pip)
    for act in (scenes.pause, scenes.resume, scenes.end):
        with pytest.raises(Refusal, match="moderator"):
            await act(theatre.by("Ben"))
    for change in (scenes.add, scenes.remove):
        with pytest.raises(Refusal, match="moderator"):
            await change(theatre.by("Ben"), bob)
    assert (await scenes.add(theatre.by("Ben", moderator=True), bob)).text == "Bob comes in."
    with pytest.raises(Refusal, match="already"):
        await scenes.add(theatre.by(), bob)
    await scenes.remove(theatre.by(), bob)
    with pytest.raises(Refusal, match="not in the scene"):
        await scenes.remove(theatre.by(), bob)


async def test_a_pause_keeps_what_is_said(theatre: Theatre) -> None:
    pip = await theatre.persona("an apple", "Pip")
    await theatre.start(pip, mode=Mode.ROUND)
    await theatre.desk.scenes.pause(theatre.by())
    assert await theatre.say("Are you asleep, Pip?") == []
    await theatre.desk.scenes.resume(theatre.by())
    await theatre.play()
    assert (await theatre.lines())[-1].name == "Pip"
    assert theatre.mind.cues[-1].line.text == "Are you asleep, Pip?"


async def test_a_scene_comes_to_an_end(theatre: Theatre) -> None:
    pip = await theatre.persona("an apple", "Pip")
    scene = (await theatre.start(pip, mode=Mode.ROUND)).scene
    await set_rules(theatre, scene.id, lines=2)
    assert await theatre.say("One") == ["Pip"]
    with pytest.raises(Refusal, match="all of their 2 lines"):
        await theatre.say("Two")
    assert await theatre.say("Three") == []
    with pytest.raises(Refusal, match="2 lines"):
        await theatre.desk.scenes.resume(theatre.by())
    await set_rules(theatre, scene.id, hourly=2)
    with pytest.raises(Refusal, match="within an hour"):
        await theatre.desk.scenes.resume(theatre.by())


async def set_rules(theatre: Theatre, scene: str, **rules: int) -> None:
    async with theatre.desk.database.session() as session:
        await session.execute(update(SceneRow).where(SceneRow.id == scene).values(document={"answer": "text"} | rules))


async def test_quotas_pause_it_and_say_why(
    sqlite: SqliteFiles, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hurry(monkeypatch)
    async with a_theatre(sqlite.fresh(), tmp_path, LIMIT_COST_PERSON=1) as theatre:
        pip = await theatre.persona("an apple", "Pip")
        await theatre.start(pip, mode=Mode.MENTIONED)
        request, *_ = await theatre.desk.requests.list()
        async with theatre.desk.database.session() as session:
            whose = {"person": "test:ann", "place": "test:place"}
            session.add(ChargeRow(request_id=request.id, meter=Meter.COST.value, amount=2.0, **whose))
        theatre.mind.cues.clear()
        with pytest.raises(LimitReached):
            await theatre.say("Hello, Pip")
        assert await theatre.say("Pip?") == []
        assert theatre.mind.cues == []


async def test_an_answer_that_fails_does_not_stop_it(theatre: Theatre) -> None:
    pip, bob = await theatre.persona("an apple", "Pip"), await theatre.persona("a lighthouse", "Bob")
    theatre.mind.fails = True
    await theatre.start(pip, bob, mode=Mode.ROUND)
    assert await theatre.say("Hello") == []
    theatre.mind.fails = False
    assert await theatre.say("Hello again") == ["Pip", "Bob"]


async def test_a_character_that_is_sent_away_says_nothing(theatre: Theatre) -> None:
    pip, bob = await theatre.persona("an apple", "Pip"), await theatre.persona("a lighthouse", "Bob")
    await theatre.start(pip, bob, mode=Mode.ROUND)
    await theatre.desk.stored.personas.dismiss(pip.id)
    assert await theatre.say("Hello") == ["Bob"]


async def test_the_mind_picks(theatre: Theatre) -> None:
    pip, bob = await theatre.persona("an apple", "Pip"), await theatre.persona("a lighthouse", "Bob")
    theatre.mind.picks = [2]
    await theatre.start(pip, bob, mode=Mode.PICKED)
    assert theatre.mind.cues == []
    theatre.mind.picks = [1, 0, 1]
    theatre.mind.says = {"Pip": "Hm.", "Bob": "Oh."}
    said = await theatre.say("Hello")
    assert sorted(said) == ["Bob", "Pip"]
    assert [len(options) for options in theatre.mind.offered] == [3, 3, 2, 2]
    assert theatre.mind.offered[-1][-1].startswith("Nobody")
    assert await theatre.say("Bob?") == ["Bob"]  # the mind leaves it to the rules


async def test_two_directors_ask_once(theatre: Theatre) -> None:
    pip, bob = await theatre.persona("an apple", "Pip"), await theatre.persona("a lighthouse", "Bob")
    await theatre.start(pip, bob, mode=Mode.ROUND)
    for number in range(5):
        await theatre.desk.scenes.hear(theatre.by(), f"Hello {number}", None)
        await asyncio.gather(*(theatre.director.direct() for _ in range(3)))
    await theatre.play()
    keys = [request.update_key for request in await theatre.desk.requests.list()]
    assert len(keys) == len(set(keys)) == len([line for line in await theatre.lines() if line.persona])


async def test_a_director_that_dies_leaves_it_to_another(theatre: Theatre, monkeypatch: pytest.MonkeyPatch) -> None:
    pip = await theatre.persona("an apple", "Pip")
    await theatre.start(pip, mode=Mode.ROUND)
    await theatre.desk.scenes.hear(theatre.by(), "Hello", None)
    assert await theatre.store.claim() is not None  # and nothing comes of it
    assert await theatre.director.direct() == 0
    async with theatre.desk.database.session() as session:
        await session.execute(update(SceneRow).values(not_before=SceneRow.created_at))
    await theatre.play()
    assert (await theatre.lines())[-1].name == "Pip"


async def test_what_is_said_meanwhile_is_answered_too(theatre: Theatre) -> None:
    pip, bob = await theatre.persona("an apple", "Pip"), await theatre.persona("a lighthouse", "Bob")
    theatre.mind.says = {"Pip": "Yes, Bob.", "Bob": "Yes, Pip."}
    await theatre.start(pip, bob, mode=Mode.MENTIONED)
    await theatre.desk.scenes.hear(theatre.by(), "Pip?", None)
    await theatre.director.direct()  # Pip begins to think
    await theatre.desk.scenes.hear(theatre.by("Ben"), "Bob?", None)
    assert await theatre.director.direct() == 0
    await theatre.play()
    assert [line.name for line in await theatre.lines()][-4:] == ["Ann", "Ben", "Pip", "Bob"]


async def test_a_transcript_shows_everything_and_runs_nothing(theatre: Theatre) -> None:
    pip = await theatre.persona("an apple", "Pip_*[x](http://y)*")
    theatre.mind.says = {pip.persona.name: "# Me\n1. <b>no</b> `x` @everyone"}
    told = await theatre.start(pip, title="A *night*", setting="It rains.\n> and rains")
    await theatre.say("**bold** & https://example.org", who="A|n|n")
    text = await theatre.desk.scenes.transcript(told.scene, texts())
    assert text.startswith("# A \\*night\\*\n\n> A scene that people and AI characters")
    assert "**Pip\\_\\*\\[x\\](http\\://y)\\*** " in text
    assert "\\# Me\\\n1\\. \\<b\\>no\\</b\\> \\`x\\` @everyone" in text
    assert "**A\\|n\\|n** " in text
    assert "\\*\\*bold\\*\\* \\& https\\://example.org" in text
    assert "*It rains." in text


async def test_a_scene_becomes_a_film(
    sqlite: SqliteFiles, tmp_path: Path, assets_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hurry(monkeypatch)
    studio = Studio(EngineConfig(assets=assets_home), Inline(), "rig")
    async with a_theatre(sqlite.fresh(), tmp_path, studio) as theatre:
        pip = await theatre.persona("an apple", "Pip")
        with pytest.raises(Refusal, match="No scene"):
            await theatre.desk.scenes.film(theatre.by())
        await theatre.start(pip, mode=Mode.ROUND)
        await theatre.say("Hi!")
        async with theatre.desk.database.session() as session:
            clip = await theatre.desk.blobs.put(film.join([film.Card("", "")], assets_home), "video/mp4")
            await name_blobs(session, [clip])
            last = (await theatre.lines())[-1]
            await session.execute(update(LineRow).where(LineRow.id == last.id).values(clip_blob=clip.hash))
        accepted = await theatre.desk.scenes.film(theatre.by())
        assert await theatre.worker.take("clip")
        shown: list[Json] = []
        while (sending := await theatre.desk.outbox.claim("test", "me")) is not None:
            shown += [sending.part.document] if sending.request.id == accepted.request.id else []
            await theatre.desk.outbox.sent(sending, "shown")
        (file,) = shown[-1]["files"]
        with av.open(io.BytesIO(await theatre.desk.blobs.get(file["hash"]))) as made:
            assert 6 < (made.duration or 0) / 1e6 < 30  # two lines and a greeting to read, two seconds each
            assert made.streams.video[0].width == film.SIDE


async def test_people_are_forgotten_with_their_turns(theatre: Theatre) -> None:
    pip = await theatre.persona("an apple", "Pip")
    await theatre.start(pip)
    await theatre.say("I am here", who="Ben")
    async with theatre.desk.database.reading() as session:
        bens = await session.scalars(select(TurnRow.text).where(TurnRow.person == "test:ben"))
        requests = await session.scalars(select(RequestRow.person).order_by(RequestRow.id.desc()))
        assert list(bens) == ["I am here"]
        assert requests.first() == "test:ben"  # whose quota it is


async def test_both_databases_keep_scenes(address: str, tmp_path: Path) -> None:
    async with a_theatre(address, tmp_path) as theatre:
        pip, store = await theatre.persona("an apple", "Pip"), theatre.store
        new = NewScene("test", "test:place", HERE, "test:ann", "T", "round", {})
        one, two = await asyncio.gather(*(store.start(new, [pip.id], narrated(f"n{n}")) for n in range(2)))
        scene = one or two
        assert scene is not None
        assert (one is None) != (two is None)
        lines = [NewLine(LineKind.PERSON, "Ann", str(n), f"k{n % 8}", person="test:ann") for n in range(12)]
        assert sum(await asyncio.gather(*(store.say(scene.id, line) for line in lines))) == 8
        assert len(await store.lines(scene.id)) == 9
        first, second = await asyncio.gather(store.claim(), store.claim())
        due = first or second
        assert due is not None
        assert (first is None) != (second is None)
        assert (due.cast, len(due.lines), due.said) == ([pip.id], 9, (0, 0))
        await store.settle(due)
        assert await store.claim() is None
        assert await store.end(scene.id)
        assert not await store.say(scene.id, narrated("late"))


def narrated(key: str) -> NewLine:
    return NewLine(LineKind.NARRATOR, "Narrator", "It rains.", key)
