"""``/scene``: several characters and people play together in a group, a topic or a private chat."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import TypeAlias

from telegram.error import TelegramError

from bot.app import Desk
from bot.localisation.refusals import Refusal
from bot.localisation.texts import Texts, texts
from bot.scenes.modes import Mode
from bot.scenes.playing import Told, Wish
from bot.telegram.calls import Call
from bot.telegram.keys import spot_of
from bot.telegram.rich import italic
from storage.repository import StoredPersona
from storage.scenes import Scene
from storage.values import slug

Play: TypeAlias = Callable[[Call, str], Awaitable[None]]


class SceneCommands:
    """What follows ``/scene``."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._scenes = desk.scenes

    async def command(self, call: Call) -> None:
        """The first word says what is to be done."""
        name, _, rest = call.words.partition(" ")
        play = self._table().get(name.lower())
        if play is None:
            raise Refusal("telegram-scene-words")
        await play(call, rest.strip())

    def _table(self) -> Mapping[str, Play]:
        return {
            "start": self._start, "add": self._add, "remove": self._remove, "narrate": self._narrate,
            "pause": self._pause, "resume": self._resume, "end": self._end, "transcript": self._transcript,
            "film": self._film,
        }  # fmt: skip

    async def _start(self, call: Call, words: str) -> None:
        """Names with commas between them, then after a colon where it plays; a mode may stand before all that."""
        mode, _, rest = words.partition(" ")
        wanted = Mode(mode.lower()) if mode.lower() in [*Mode] else Mode.FREE
        names, _, setting = (rest if mode.lower() in [*Mode] else words).partition(":")
        cast = [await self._persona(call, name) for name in names.split(",") if name.strip()]
        told = await self._scenes.start(call.incoming, cast, Wish(mode=wanted, setting=setting.strip()))
        await _narrated(call, told)
        await call.say(_tongue(told.scene)("scenes-manual"))

    async def _add(self, call: Call, words: str) -> None:
        await _narrated(call, await self._scenes.add(call.incoming, await self._persona(call, words)))

    async def _remove(self, call: Call, words: str) -> None:
        await _narrated(call, await self._scenes.remove(call.incoming, await self._persona(call, words)))

    async def _narrate(self, call: Call, words: str) -> None:
        if not words:
            raise Refusal("telegram-scene-words")
        await _narrated(call, await self._scenes.narrate(call.incoming, words))

    async def _pause(self, call: Call, words: str) -> None:
        await call.say(_tongue(await self._scenes.pause(call.incoming))("scenes-paused"))

    async def _resume(self, call: Call, words: str) -> None:
        await call.say(_tongue(await self._scenes.resume(call.incoming))("scenes-resumed"))

    async def _end(self, call: Call, words: str) -> None:
        scene = await self._scenes.end(call.incoming)
        await self._send(call, scene, "scenes-over", _tongue(scene))

    async def _transcript(self, call: Call, words: str) -> None:
        scene = await self._scenes.last(call.incoming.conversation)
        await self._send(call, scene, "scenes-transcript", _tongue(scene))

    async def _film(self, call: Call, words: str) -> None:
        await self._scenes.film(call.incoming)

    async def _send(self, call: Call, scene: Scene, id_: str, said: Texts) -> None:
        text, spot = await self._scenes.transcript(scene, said), spot_of(call.message)
        name = f"{slug(scene.title)[:60] or 'scene'}.md" if scene.title else "scene.md"
        try:
            await call.bot.send_document(
                spot.chat, text.encode(), filename=name, caption=said(id_), message_thread_id=spot.topic
            )
        except TelegramError as error:
            raise Refusal("telegram-scene-file") from error

    async def _persona(self, call: Call, name: str) -> StoredPersona:
        return await self._desk.characters.meant(call.actor, name.strip())


def _tongue(scene: Scene) -> Texts:
    """In which the bot speaks to all in a scene."""
    return texts(scene.document.get("language"))


async def _narrated(call: Call, told: Told) -> None:
    await call.say(italic(told.text))
