"""Decides who answers in scenes, and asks for it: a duty of the processes that have a mind.

A line that somebody may have to answer is noted in the transaction that keeps it, and the answer is asked for in the
one that takes the note away. So a crash loses nothing and repeats nothing, and of several directors one decides.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from datetime import timedelta

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from bot.jobs.plan import Kind, plan
from bot.limits import Limits
from bot.places import Places
from bot.scenes.asked import answering, exhausted, turn_of
from bot.scenes.modes import Mode, Player, SceneRules, Spoken, concerned, player, speakers
from pipeline.errors import ChatAnythingError, LimitReached, StorageFailed
from pipeline.receipt import Receipt
from pipeline.stages import Mind
from pipeline.types import Speaking, Turn
from storage.asked import Asked
from storage.bell import Bell, Topic
from storage.lines import LineKind, SceneLine
from storage.outbox import Part, PartKind
from storage.repository import Personas, StoredPersona
from storage.requests import Requests
from storage.scenes import Due, Moved, SceneStore, begin
from storage.usage import Usages

log = structlog.get_logger(__name__)

EVERY = 1.0
"""Seconds between two looks while no bell rings."""

AT_ONCE = 8
"""Scenes that are decided about at the same time."""

THINKING = 30.0
"""Seconds for a mind to pick somebody."""

SHOWN = 12
"""Last lines that a mind sees to pick by."""

LATER = timedelta(seconds=20)
"""Until it is tried again, where somebody has too much in work at present."""


class Director:
    """Directs all scenes. Any number of them may."""

    def __init__(
        self,
        scenes: SceneStore,
        requests: Requests,
        personas: Personas,
        places: Places,
        limits: Limits,
        usages: Usages,
        mind: Mind,
        bell: Bell,
    ) -> None:
        self._scenes = scenes
        self._requests = requests
        self._personas = personas
        self._places = places
        self._limits = limits
        self._usages = usages
        self._mind = mind
        self._bell = bell

    async def serve(self, stopping: asyncio.Event) -> None:
        """Directs until ``stopping`` is set."""
        awake = asyncio.Event()
        ears = asyncio.create_task(self._listen(awake))
        try:
            while not stopping.is_set():
                awake.clear()
                try:
                    while await self.direct():
                        pass
                except StorageFailed as error:
                    log.warning("scene.storage", error=type(error).__name__)
                await _first(EVERY, awake, stopping)
        finally:
            ears.cancel()
            await asyncio.gather(ears, return_exceptions=True)

    async def direct(self) -> int:
        """Decides about the scenes that wait for it; how many there were."""
        claimed: list[Due] = []
        while len(claimed) < AT_ONCE and (due := await self._scenes.claim()) is not None:
            claimed.append(due)
        await asyncio.gather(*map(self._decide, claimed))
        return len(claimed)

    async def _listen(self, awake: asyncio.Event) -> None:
        async for news in self._bell.listen():
            if news.topic is Topic.SCENE:
                awake.set()

    async def _decide(self, due: Due) -> None:
        try:
            chosen = await self._chosen(due)
            if chosen is None:
                await self._scenes.settle(due)
            else:
                await self._ask(due, chosen)
        except Moved:
            await self._scenes.settle(due)  # the newer line is still to be answered
        except LimitReached as error:
            log.info("scene.limit", scene=due.scene.id)
            await self._scenes.settle(due, again=None if error.free_at else LATER)
        except StorageFailed as error:
            log.warning("scene.storage", error=type(error).__name__)  # tried again when nobody else may be at it
        except ValueError as error:  # a scene of another version
            log.error("scene.unreadable", scene=due.scene.id, error=type(error).__name__)
            await self._scenes.settle(due)

    async def _chosen(self, due: Due) -> StoredPersona | None:
        """Who speaks next."""
        rules = SceneRules.model_validate(due.scene.document)
        if exhausted(rules, due.said):
            return None
        members = [await self._personas.get(id_) for id_ in due.cast]
        cast = [player(one.id, one.persona) for one in members]
        lines, mode = [_spoken(line) for line in due.lines], Mode(due.scene.mode)
        able = speakers(cast, lines, mode, rules.hops)
        if mode is Mode.PICKED and able:
            choice = await self._picked(due, members, able)
            able = concerned(able, cast, lines) if choice is None else able[choice : choice + 1]
        return next((one for one in members if able and one.id == able[0].id), None)

    async def _picked(self, due: Due, members: Sequence[StoredPersona], able: Sequence[Player]) -> int | None:
        """Whom the mind picks, by number; one more than there are is nobody, None leaves it to the rules."""
        personas = {one.id: one.persona for one in members}
        options = [f"{personas[one.id].name}: {personas[one.id].tagline}" for one in able]
        nobody = "Nobody: the scene waits for what people say or do."
        turns = [Turn(speaking=Speaking.PERSON, text=line.text, speaker=line.name) for line in due.lines[-SHOWN:]]
        receipt, choice = Receipt(), None
        try:
            async with asyncio.timeout(THINKING):
                choice = await self._mind.pick(turns, [*options, nobody], receipt)
        except (ChatAnythingError, TimeoutError) as error:
            log.warning("scene.unpicked", error=type(error).__name__)
        finally:
            await self._usages.record(receipt.usages, conversation=due.scene.conversation)
        return choice

    async def _ask(self, due: Due, persona: StoredPersona) -> None:
        author = next((line for line in reversed(due.lines) if line.person), None)
        person = author.person if author and author.person else due.scene.owner
        answer = await answering(self._places, due.scene, person, persona)
        asked = turn_of(due.scene, due.line, person, answer, author, persona)

        async def admit(session: AsyncSession, asked: Asked) -> None:
            await self._limits.admit(session, asked)
            await begin(session, due, asked.update_key)

        accepted = await self._requests.accept(
            asked,
            plan(Kind.SCENE, answer, f"{persona.id}/{due.scene.conversation}"),
            placeholder=Part(PartKind.PLACEHOLDER, {"name": persona.persona.name}),
            admit=admit,
            background=True,
        )
        if accepted.repeated:  # it was answered, or came to nothing
            await self._scenes.settle(due)


def _spoken(line: SceneLine) -> Spoken:
    """A line of a persona that is forgotten is nobody's, but no cue either."""
    speaker = (line.persona or "somebody") if line.kind is LineKind.PERSONA else None
    return Spoken(speaker, line.text, line.addressed)


async def _first(seconds: float, *events: asyncio.Event) -> None:
    waiting = [asyncio.create_task(event.wait()) for event in events]
    try:
        with suppress(TimeoutError):
            await asyncio.wait(waiting, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in waiting:
            task.cancel()
