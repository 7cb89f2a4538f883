"""Services that speak, for tests: ElevenLabs and OpenAI over real HTTP, in one server, and what can go wrong.

    with VoiceServer() as server:
        server.fail(Fault.SERVER_ERROR)
        ...  # ask server.url as ElevenLabs, server.url + "/v1" as OpenAI

What it says is hibari's voice, whose times are known.
"""

from __future__ import annotations

import asyncio
import base64
import json
from collections import deque
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from aiohttp import web

from pipeline import registry
from pipeline.stages import EngineConfig, Speaker
from pipeline.types import Mood, Speech, VoicePart, VoiceRecipe
from pipeline.voice.text import speakable
from tests.servers.faults import Break, Fault
from tests.servers.threaded import Threaded

VOICES: Sequence[dict[str, Any]] = (
    {
        "voice_id": "JBFqnCBsd6RMkjVDRZzb", "name": "George", "category": "premade",
        "labels": {"gender": "male", "age": "middle_aged", "accent": "british", "descriptive": "mature"},
    },
    {
        "voice_id": "EXAVITQu4vr4xnSDxMaL", "name": "Sarah", "category": "premade",
        "labels": {"gender": "female", "age": "young", "accent": "american", "descriptive": "professional"},
    },
    {
        "voice_id": "oldwizard00000000001", "name": "Alaric", "category": "professional",
        "description": "A deep, gravelly voice of a very old wizard, slow and calm.",
        "labels": {"gender": "male", "age": "old", "accent": "scottish"},
    },
    {"voice_id": "odd/one", "name": None, "labels": None},
)  # fmt: skip


def refused(status: int, code: str, message: str = "No.", headers: dict[str, str] | None = None) -> Fault:
    """A refusal as ElevenLabs words it."""
    return Fault(status, {"detail": {"status": code, "message": message}}, headers or {})


@cache
def spoken(text: str, tone: str = "lady", pace: float = 1.0) -> Speech:
    """A text in a tone of hibari's; what it cannot read is hummed."""
    text = text if speakable(text) else "la " * len(text)
    recipe = VoiceRecipe(engine="hibari", parts=(VoicePart(voice=tone, weight=1.0),), pace=min(pace, 1.6))
    speaker: Speaker = registry.create("voice", "hibari", EngineConfig(Path()))
    return speaker.speak(text, recipe, Mood.CALM)


class VoiceServer(Threaded):
    """``asked``: path and body of each request for speech or a design; ``headers``: of the last request."""

    def __init__(self) -> None:
        super().__init__("voice server")
        self._runner: web.AppRunner | None = None
        self.url = ""
        self.reset()

    def reset(self) -> None:
        """As new."""
        self.voices: list[dict[str, Any]] = list(VOICES)
        self.asked: list[tuple[str, dict[str, Any]]] = []
        self.searched: list[dict[str, str]] = []
        self.headers: dict[str, str] = {}
        self.says: Any = None
        """Instead of the answer to a request for speech: JSON, text, or bytes."""
        self.times = True
        """Whether ElevenLabs says when it says what."""
        self.page = 100
        """Voices on one page."""
        self._faults: deque[Fault] = deque()

    def fail(self, *faults: Fault) -> None:
        """Let the next requests fail, one fault each."""
        self._faults.extend(faults)

    async def _start(self) -> None:
        app = web.Application(client_max_size=1 << 20, middlewares=[self._trouble])
        app.router.add_get("/v2/voices", self._search)
        app.router.add_post("/v1/text-to-speech/{voice}/with-timestamps", self._speak)
        app.router.add_post("/v1/text-to-voice/design", self._design)
        app.router.add_post("/v1/text-to-voice", self._keep)
        app.router.add_get("/v1/user/subscription", self._subscription)
        app.router.add_post("/v1/audio/speech", self._say)
        app.router.add_get("/v1/models", self._models)
        self._runner = web.AppRunner(app, handler_cancellation=True, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}"

    async def _stop(self) -> None:
        if self._runner is not None:
            await self._runner.cleanup()

    @web.middleware
    async def _trouble(self, request: web.Request, handler: Any) -> web.StreamResponse:
        self.headers = dict(request.headers)
        if request.method == "POST":
            self.asked.append((request.path, await request.json()))
        fault = self._faults.popleft() if self._faults else Fault()
        if fault.breaks is Break.SILENCE:
            await asyncio.sleep(60)
        if fault.breaks is Break.HALF and request.transport is not None:
            request.transport.abort()
        if fault.breaks is Break.HTML:
            return web.Response(text="<!doctype html><title>Welcome</title>", content_type="text/html")
        if fault.body is not None:
            key = self.headers.get("xi-api-key") or self.headers.get("Authorization", "").removeprefix("Bearer ")
            text = json.dumps(fault.body).replace("{key}", key)
            return web.Response(text=text, status=fault.status, headers=fault.headers, content_type="application/json")
        answer: web.StreamResponse = await handler(request)
        return answer

    async def _search(self, request: web.Request) -> web.Response:
        self.searched.append(dict(request.query))
        words = request.query.get("search", "").lower()
        found = [voice for voice in self.voices if words in str(voice["name"]).lower()]
        start = int(request.query.get("next_page_token", 0))
        more = start + self.page < len(found)
        answer = {"voices": found[start : start + self.page], "has_more": more, "total_count": len(found)}
        return web.json_response({**answer, "next_page_token": str(start + self.page) if more else None})

    async def _speak(self, request: web.Request) -> web.Response:
        body = self.asked[-1][1]
        if request.match_info["voice"] not in {voice["voice_id"] for voice in self.voices}:
            return web.json_response({"detail": {"status": "voice_not_found", "message": "A voice"}}, status=404)
        if (instead := self._instead()) is not None:
            return instead
        sound = pcm(body["text"], request.match_info["voice"], body["voice_settings"]["speed"])
        alignment = characters(body["text"]) if self.times else None
        answer = {"audio_base64": base64.b64encode(sound).decode(), "alignment": alignment}
        return web.json_response(answer, headers={"character-cost": str(len(body["text"]) // 2)})

    async def _design(self, request: web.Request) -> web.Response:
        previews = [
            {"generated_voice_id": f"preview{i}", "audio_base_64": "", "media_type": "audio/mpeg", "duration_secs": 1.0}
            for i in range(3)
        ]
        return web.json_response({"previews": previews, "text": "Well, hello there. " * 6})

    async def _keep(self, request: web.Request) -> web.Response:
        body = self.asked[-1][1]
        voice = {"voice_id": f"designed{len(self.voices)}", "name": body["voice_name"], "labels": {}}
        self.voices.append(voice)
        return web.json_response(voice)

    async def _subscription(self, request: web.Request) -> web.Response:
        return web.json_response({"tier": "free", "character_count": 9_000, "character_limit": 10_000})

    async def _models(self, request: web.Request) -> web.Response:
        return web.json_response({"object": "list", "data": [{"id": "gpt-4o-mini-tts"}, {"id": "tts-1"}]})

    async def _say(self, request: web.Request) -> web.Response:
        body = self.asked[-1][1]
        if (instead := self._instead()) is not None:
            return instead
        sound = pcm(body["input"], body["voice"], body.get("speed", 1.0))
        return web.Response(body=sound, content_type="audio/pcm")

    def _instead(self) -> web.Response | None:
        if isinstance(self.says, bytes):
            return web.Response(body=self.says, content_type="audio/pcm")
        if isinstance(self.says, str):
            return web.Response(text=self.says, content_type="text/html")
        return None if self.says is None else web.json_response(self.says)


MEN = {"JBFqnCBsd6RMkjVDRZzb", "oldwizard00000000001", "onyx", "ash", "echo", "verse", "cedar", "fable", "ballad"}


def pcm(text: str, voice: str, pace: float = 1.0) -> bytes:
    """16 bits a sample."""
    samples = spoken(text, "baritone" if voice in MEN else "lady", pace).samples
    return (np.clip(samples, -1, 1) * 32767).astype("<i2").tobytes()


def characters(text: str) -> dict[str, Any]:
    """When each character is said, roughly: evenly over the text."""
    speech = spoken(text)
    times = np.linspace(speech.phonemes[0].start, speech.phonemes[-1].end, len(text) + 1)
    return {
        "characters": list(text),
        "character_start_times_seconds": times[:-1].round(3).tolist(),
        "character_end_times_seconds": times[1:].round(3).tolist(),
    }
