"""Scenes on Discord: the commands, and one whole evening with three characters."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from bot.app import a_director
from bot.jobs.closing import close
from bot.jobs.worker import Worker
from bot.scenes.director import Director
from bot.settings import Settings
from storage.repository import StoredPersona
from tests.integration import platform_world
from tests.integration.discord_world import World, a_world
from tests.integration.platform_world import PATIENCE
from tests.integration.scene_world import Actors, a_worker, hurry
from tests.servers.sqlite import SqliteFiles


@dataclass
class Evening:
    """A channel with characters in it, and somebody who works."""

    world: World
    director: Director
    worker: Worker
    mind: Actors
    cast: dict[str, StoredPersona]

    async def scene(self, command: str, who: Any = None, **options: Any) -> Any:
        """A command, and all that comes of it; the answer to it."""
        slash = (who or self.world.ann).slash
        done = await slash(self.world.channel, f"scene {command}", **options)
        await self.play()
        return done.response

    async def say(self, text: str, who: Any = None, **more: Any) -> list[str]:
        """A message, and who answers it with what."""
        before = len(self.world.messages)
        await (who or self.world.ann).send(self.world.channel, text, **more)
        await self.play()
        return [f"{one.author.name}: {one.content}" for one in self.world.messages[before + 1 :]]

    async def play(self) -> None:
        """Lets everything happen that is to happen, and be shown."""
        while await self.director.direct() or await self.worker.take("mind"):
            for request in await self.world.desk.requests.list(limit=1):
                await self.world.shown(request)
        async with asyncio.timeout(PATIENCE):
            while any(one.ended_at is None for one in await self.world.desk.requests.list(limit=8)):  # noqa: ASYNC110
                await asyncio.sleep(0.01)
        await self.world.env.settle()


@pytest.fixture
async def evening(sqlite: SqliteFiles, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Evening]:
    hurry(monkeypatch)
    monkeypatch.setattr(platform_world, "close", close)
    async with a_world(sqlite.fresh(), tmp_path, LIMIT_OPEN_PERSON=1000) as world:
        worker, mind = a_worker(world.desk, 2000)
        cast = {name: (await world.summoned(name))[1] for name in ("Pip", "Bob", "Ida")}
        for _ in cast:
            assert not await worker.take("mind")  # of summonings that are done
        mind.says = {"Pip": "Hmph.", "Bob": "Oh.", "Ida": "Arr.\nAnn: I agree!"}
        yield Evening(world, a_director(Settings(), world.desk, mind), worker, mind, cast)


async def test_a_whole_evening(evening: Evening) -> None:
    cast, world = evening.cast, evening.world
    opened = await evening.scene(
        "start",
        first="Pip",
        second=cast["Bob"].id,
        mode="round",
        title="A *stormy* night",
        setting="It rains.",
        answer="text",
    )
    assert opened.content.startswith(
        "## A \\*stormy\\* night\n*It rains. The scene begins. Here are Pip and Bob.*\n-# "
    )
    assert [one.author.name for one in world.messages[-2:]] == ["Pip", "Bob"]
    assert all(one.webhook_id for one in world.messages[-2:])
    assert await evening.say("Good evening") == ["Pip: Hmph.", "Bob: Oh."]
    assert await evening.say("// I fetch some tea") == []

    left = await evening.scene("remove", persona="Bob")
    assert left.content == "*Bob leaves.*"
    evening.mind.says["Pip"] = "I hide it below the stairs."
    assert await evening.say("Where is the treasure, Pip?") == ["Pip: I hide it below the stairs."]
    evening.mind.says["Pip"] = "Hmph."
    assert (await evening.scene("add", persona="Ida")).content == "*Ida comes in.*"
    assert (await evening.scene("add", persona="Bob")).content == "*Bob comes in.*"
    await evening.say("Bob, where is it?")
    bobs = [cue for cue in evening.mind.cues if cue.name == "Bob"][-1]
    assert "Good evening" in bobs.heard
    assert "treasure" not in bobs.heard
    assert "stairs" not in bobs.heard

    assert (await evening.scene("pause")).content.startswith("The scene is paused")
    assert await evening.say("Hello?") == []
    await evening.scene("resume")
    assert (await evening.scene("narrate", text="Thunder @everyone *x*")).content.startswith("*Thunder @\u200beveryone")

    over = await evening.scene("end")
    (file,) = over.attachments
    assert file.filename == "a-stormy-night.md"
    text = (await file.read()).decode()
    assert text.startswith("# A \\*stormy\\* night")
    assert "*Bob leaves.*" in text
    assert "I fetch some tea" not in text
    assert world.pinged() == []
    again = await evening.scene("transcript")
    assert again.ephemeral
    assert again.attachments[0].filename == "a-stormy-night.md"
    assert await evening.say("Is anybody here?") == []


async def test_what_cannot_be_done_is_said_to_the_person_alone(evening: Evening) -> None:
    world, ben = evening.world, evening.world.guild.add_member(evening.world.env.create_user("Ben"))
    for command in ("end", "pause", "transcript"):
        answer = await evening.scene(command)
        assert answer.ephemeral
        assert "scene has been played" in answer.content or "No scene" in answer.content
    await evening.scene("start", first="Pip", mode="mentioned", answer="text")
    before = len(world.messages)
    assert "moderator" in (await evening.scene("end", who=ben)).content
    assert "already" in (await evening.scene("start", who=ben, first="Bob")).content
    assert "know nobody" in (await evening.scene("add", persona="Nobody at all")).content
    assert len(world.messages) == before


async def test_a_film_is_a_request_like_others(evening: Evening) -> None:
    await evening.scene("start", first="Pip", mode="round", answer="text")
    await evening.world.ann.slash(evening.world.channel, "scene transcript", form="film")
    request = await evening.world.request()
    assert request.kind == "film"
    await evening.world.shown(request)
    assert evening.world.messages[-1].content == "The film is being made …"


async def test_who_is_replied_to_answers_and_who_is_not_in_it_does_so_outside(evening: Evening) -> None:
    world = evening.world
    await evening.scene("start", first="Pip", second="Ida", mode="mentioned", answer="text")
    lines = await evening.say("Pip, Ida?")
    assert [line.split(":")[0] for line in lines] == ["Pip", "Ida"]
    assert (await evening.say("And you?", reply_to=world.messages[-2]))[0].startswith("Pip")
    bobs = next(one for one in world.messages if one.embeds and one.embeds[0].title == "Bob")
    await world.ann.send(world.channel, "Hello Bob", reply_to=bobs)
    request = await world.request()
    assert (request.kind, request.persona_id) == ("reply", evening.cast["Bob"].id)


async def test_a_private_chat_can_be_a_scene(evening: Evening) -> None:
    ann, world = evening.world.ann, evening.world
    await ann.send_dm("Hello?")
    chat = ann.user.dm_channel
    done = await ann.user.slash("scene start", first="Pip", second="Bob", mode="round", answer="text")
    assert done.response.content.startswith("## A scene")
    await evening.play()
    await ann.send_dm("Good evening")
    await evening.play()
    assert [one.content for one in chat.history()[-2:]] == ["**Pip:** Hmph.", "**Bob:** Oh."]
    assert world.pinged() == []
