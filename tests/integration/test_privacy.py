"""After a deletion nothing of the person is left anywhere, and everything of the others is."""

from __future__ import annotations

import asyncio
import io
import json
import random
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any
from zipfile import ZipFile

import numpy as np
import pytest
from sqlalchemy import select

from bot import privacy
from bot.app import Desk
from bot.asking import Incoming
from bot.jobs.plan import AnswerMode
from bot.limits import TooMuch
from bot.localisation.refusals import Refusal
from bot.places import Actor
from pipeline.receipt import Usage
from pipeline.types import Speaking, Turn
from storage import company, rows
from storage.charges import Meter
from storage.completion import Fenced, Made
from storage.database import Database
from storage.memory import WIDTH, packed
from storage.outbox import PartKind
from storage.personal import Deleted
from storage.pictures import from_png, to_png
from storage.repository import StoredPersona
from storage.sweeping import Sweeper
from storage.tables import FactRow, LineRow, MemberRow, RequestRow, SceneRow, SummaryRow, Table, VoiceRow
from storage.usage import insert_usages
from storage.values import Json, now
from tests.integration.cast_world import CAFE, HALL, NUMBERS, a_desk, a_persona, actor, incoming, summoned

TELLY, DIANA, TOM = "telegram:4711", "discord:4712", "discord:4713"
HOMES = {TELLY: TELLY, DIANA: "discord:77", TOM: "discord:78"}
"""A private chat has the key of the person on one platform, and one of its own on another."""

TABLES = (
    "charges", "facts", "personas", "preferences", "private_places", "requests", "residents", "scene_lines", "scenes",
    "summaries", "turns", "usages", "voices",
)  # fmt: skip
"""Files of an export."""

VECTOR = packed(np.ones(WIDTH, np.float32))


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is shown here."""
    monkeypatch.setattr(privacy, "LOOKS", 1)


def words(person: str) -> str:
    """What nobody else says."""
    return f"secret-of-{person}"


class Life:
    """Fills every table with what a person does, at home and among others."""

    def __init__(self, desk: Desk, everybodys: StoredPersona, scene: str) -> None:
        self.desk = desk
        self.everybodys = everybodys
        self.scene = scene
        self.own: dict[str, StoredPersona] = {}

    async def live(self, person: str) -> None:
        for place, conversation in ((CAFE, HALL), (HOMES[person], HOMES[person])):
            own = self.own[person] = await self._summon(incoming(person, place, conversation, name=words(person)))
            for persona in (own, self.everybodys):
                await self._talk(incoming(person, place, conversation, name=words(person)), persona)
            await self._waits(incoming(person, place, conversation), own)
        await self.desk.places.prefer(person, answer=AnswerMode.TEXT)
        at_home = Actor(person, HOMES[person], HOMES[person], moderator=False, private=True)
        await self.desk.places.change(at_home, language="de")
        await self.desk.places.settle(at_home, self.everybodys, HOMES[person])
        await self._play(person)

    async def _summon(self, incoming: Incoming) -> StoredPersona:
        """A character is made, and shown, and its request ends."""
        accepted = await self.desk.asking.summon(incoming, words(incoming.person))
        mind, *_ = await self.desk.requests.steps(accepted.request.id)
        lease = await self.desk.requests.claim("worker", step=mind.id)
        assert lease is not None
        blob = await self.desk.blobs.put(words(incoming.person).encode(), "image/png")
        made = Made(f"{lease.request.id}", {"values": words(incoming.person)}, [blob])
        async with self.desk.requests.completing(lease, made) as completing:
            row = rows.persona_row(a_persona(words(incoming.person)), incoming.person, place=incoming.place)
            completing.session.add(row)
            await completing.session.flush()
            completing.request.persona_id = row.id
            await company.joined(completing.session, incoming.conversation, row.id)
            completing.session.add(VoiceRow(persona_id=row.id, recipe={"wish": words(incoming.person)}))
            portrait: dict[str, Json] = {"style": "", "art": "", "reason": "", "rig": None, "landmarks": []}
            completing.session.add(rows.portrait_row_of(row.id, portrait, [blob]))
            await completing.charge(Meter.COST, 0.01, add=True)
            insert_usages(completing.session, [a_usage()], person=incoming.person, conversation=incoming.conversation)
        await self._deliver()
        await self.desk.asking.cancel(accepted.request.id)
        await self._deliver()
        return await self.desk.stored.personas.get(row.id)

    async def _talk(self, incoming: Incoming, persona: StoredPersona) -> None:
        said = Turn(speaking=Speaking.PERSON, text=words(incoming.person), speaker=words(incoming.person))
        answered = Turn(speaking=Speaking.PERSONA, text=f"You told me {words(incoming.person)}")
        async with self.desk.database.session() as session:
            for turn in (said, answered):
                where = persona.id, incoming.conversation
                session.add(rows.turn_row(*where, turn, person=incoming.person))
            fact = {"kind": "about", "text": words(incoming.person), "vector": VECTOR}
            session.add(FactRow(persona_id=persona.id, person=incoming.person, **fact))
            await company.keep_messages(session, [(incoming.conversation, f"1/{incoming.update_key}", persona.id)])
            known = select(SummaryRow).where(SummaryRow.persona_id == persona.id)
            summary = await session.scalar(known.where(SummaryRow.conversation == incoming.conversation))
            if summary is None:
                summary = SummaryRow(persona_id=persona.id, conversation=incoming.conversation, text="", through=1)
                session.add(summary)
            summary.text += words(incoming.person)

    async def _waits(self, incoming: Incoming, persona: StoredPersona) -> None:
        await self.desk.asking.say(incoming, persona, words(incoming.person))

    async def _play(self, person: str) -> None:
        async with self.desk.database.session() as session:
            home = SceneRow(
                platform="discord", place=HOMES[person], conversation=HOMES[person], owner=person, title=words(person),
                mode="round", document={}, ended_at=now(),
            )  # fmt: skip
            session.add(home)
            await session.flush()
            for scene in (self.scene, home.id):
                session.add(MemberRow(scene_id=scene, persona_id=self.own[person].id, since=0))
                for speaker in (None, self.own[person].id):
                    line = {"kind": "x", "name": words(person), "text": words(person), "persona_id": speaker}
                    who, key = None if speaker else person, f"update/{next(NUMBERS)}"
                    session.add(LineRow(scene_id=scene, person=who, update_key=key, **line))

    async def _deliver(self) -> None:
        while (sending := await self.desk.outbox.claim("discord", "deliverer")) is not None:
            await self.desk.outbox.sent(sending, f"1/{sending.id}")


def a_usage() -> Usage:
    return Usage(task="persona", model="m", prompt_tokens=1, completion_tokens=1, seconds=1.0, cost=0.01)


async def everything(database: Database) -> Mapping[str, Sequence[str]]:
    """All rows of all tables as text."""
    rows: dict[str, Sequence[str]] = {}
    async with database.reading() as session:
        for name, table in Table.metadata.tables.items():
            rows[name] = [repr(tuple(row)) for row in await session.execute(select(table))]
    return rows


def told(archive: bytes) -> dict[str, Any]:
    """The documents of an export."""
    with ZipFile(io.BytesIO(archive)) as opened:
        return {name: json.loads(opened.read(name)) for name in opened.namelist() if name.endswith(".json")}


async def lives(database: Database) -> Life:
    """Three people among others."""
    desk = a_desk(database, LIMIT_OPEN_PERSON=99)
    everybodys = await summoned(desk, "Everybody", None)
    async with database.session() as session:
        scene = SceneRow(
            platform="discord", place=CAFE, conversation=HALL, owner=TOM, title="A tale", mode="round", document={}
        )
        session.add(scene)
    life = Life(desk, everybodys, scene.id)
    people = [*HOMES]
    random.Random(5).shuffle(people)
    for person in people:
        await life.live(person)
    return life


async def test_nothing_of_the_person_is_left_and_everything_of_the_others(database: Database) -> None:
    life = await lives(database)
    desk, left = life.desk, [*HOMES]
    for person in HOMES:
        before = {one: told(await desk.privacy.export(one)) for one in left}
        assert [name for name, rows in before[person].items() if not rows] == []  # it was everywhere
        gone = {row["id"] for row in before[person]["personas.json"]}
        deleted = await desk.privacy.delete(person)
        assert deleted.personas == len(gone)
        assert deleted.facts == len(before[person]["facts.json"])
        assert deleted.turns == len(before[person]["turns.json"])
        assert deleted.requests == len(before[person]["requests.json"])
        assert deleted.lines == len(before[person]["scene_lines.json"]) / 2  # those at home go with the scene
        for name, found in (await everything(database)).items():
            assert [row for row in found if person in row or HOMES[person] in row or words(person) in row] == [], name
        assert await desk.privacy.delete(person) == Deleted()
        left.remove(person)
        for one in left:
            assert told(await desk.privacy.export(one)) == before[one]
    assert [one.id for one in await desk.stored.personas.list()] == [life.everybodys.id]
    assert len((await everything(database))["scenes"]) == 1


async def test_whoever_deletes_all_does_not_begin_anew(database: Database) -> None:
    desk = a_desk(database, LIMIT_SUMMONS_PERSON=1)
    accepted = await desk.asking.summon(incoming(TOM), "an apple")
    lease = await desk.requests.claim("worker", queues=["mind"])
    assert lease is not None
    await desk.privacy.delete(TOM)
    with pytest.raises(TooMuch):
        await desk.asking.summon(incoming(TOM), "an apple")
    await desk.asking.summon(incoming(DIANA), "an apple")
    with pytest.raises(Fenced):  # who was at work on it
        async with desk.requests.completing(lease):
            pass
    with pytest.raises(Refusal) as caught:  # a button that is still there
        await desk.asking.another(incoming(DIANA), accepted.request.id)
    assert caught.value.id == "asking-forgotten"
    async with database.session() as session:
        row = await session.get_one(RequestRow, accepted.request.id)
        row.ended_at = now() - timedelta(days=8)
    assert (await Sweeper(database, desk.blobs, timedelta(days=7)).sweep()).requests == 1


async def test_what_was_called_off_is_shown_before_it_goes(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(privacy, "LOOKS", 100)
    desk = a_desk(database, LIMIT_SUMMONS_PERSON=1)
    await desk.asking.summon(incoming(TOM), "an apple")
    deleting = asyncio.create_task(desk.privacy.delete(TOM))
    shown: list[PartKind] = []
    async with asyncio.timeout(10):
        while not deleting.done():
            if (sending := await desk.outbox.claim("discord", "deliverer")) is not None:
                shown.append(sending.part.kind)
                await desk.outbox.sent(sending, "1/2")
            await asyncio.sleep(0.01)
    assert (await deleting).requests == 1
    assert shown[-1] is PartKind.CANCELLED
    await desk.asking.summon(incoming(TOM), "an apple")  # nothing had come of it, so nothing counts


async def test_what_was_decided_for_a_server_is_not_the_only_member_s(database: Database) -> None:
    desk = a_desk(database)
    await desk.places.change(actor(moderator=True), summons_place=5)
    await summoned(desk, owner=TOM, place=CAFE, conversation=HALL)
    await desk.privacy.delete(TOM)
    assert (await desk.places.settings(CAFE)).summons_place == 5


async def test_who_waited_behind_the_person_comes_next(database: Database) -> None:
    desk = a_desk(database)
    pip = await summoned(desk, owner=None)
    for person in (TOM, DIANA):
        await desk.asking.say(incoming(person), pip, "Hello!", answer=AnswerMode.TEXT)
    await desk.privacy.delete(TOM)
    lease = await desk.requests.claim("worker", queues=["mind"])
    assert lease is not None
    assert lease.request.person == DIANA


async def test_an_export_can_be_opened_and_read(database: Database) -> None:
    desk = a_desk(database)
    await desk.places.prefer(TOM, language="en")
    pip = await summoned(desk, owner=TOM)
    picture = np.zeros((4, 4, 3), np.uint8)
    blob = await desk.blobs.put(to_png(picture), "image/png")
    portrait: dict[str, Json] = {"style": "", "art": "", "reason": "", "rig": None, "landmarks": []}
    async with database.session() as session:
        await rows.name_blobs(session, [blob])
        session.add(rows.portrait_row_of(pip.id, portrait, [blob]))
    with ZipFile(io.BytesIO(await desk.privacy.export(TOM))) as archive:
        assert archive.testzip() is None
        names = {name.removesuffix(".json") for name in archive.namelist()}
        readme = archive.read("README.txt").decode()
        assert names - {"README.txt"} == {f"portraits/{pip.id}.png", *TABLES}
        assert [name for name in TABLES if name not in readme] == []
        (row,) = json.loads(archive.read("personas.json"))
        assert row["document"]["greeting"] == "I am Pip!"
        assert from_png(archive.read(f"portraits/{pip.id}.png")).shape == (4, 4, 3)
    with ZipFile(io.BytesIO(await desk.privacy.export(TOM, most=1000))) as archive:
        assert not any(name.endswith(".png") for name in archive.namelist())
    assert told(await desk.privacy.export("discord:nobody")) == {f"{name}.json": [] for name in TABLES}


async def test_what_is_learnt_later_is_not_kept(database: Database) -> None:
    desk = a_desk(database)
    pip = await summoned(desk, owner=None)
    said = Turn(speaking=Speaking.PERSON, text="I like tea.")
    await desk.stored.personas.add_turn(pip.id, HALL, said, person=TOM)
    assert await desk.stored.memories.heard(pip.id, TOM)
    await desk.privacy.delete(TOM)
    assert not await desk.stored.memories.heard(pip.id, TOM)
