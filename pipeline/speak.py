"""Text to talking-head clip, sentence by sentence: while one sentence is drawn, the next is spoken."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterable, AsyncIterator, Awaitable, Iterable, Sequence
from dataclasses import dataclass, replace

import structlog

from pipeline.animation.animator import OURS, animator_of, lightened
from pipeline.clips import clip
from pipeline.clips.padding import silence, whole_frames
from pipeline.receipt import Receipt
from pipeline.sentence import Drawn, draw, say, timed
from pipeline.stages import EngineConfig
from pipeline.tasks import together
from pipeline.types import Clip, Direction, Mood, Portrait, Speech, Utterance, VoiceRecipe
from pipeline.voice.text import cleared_for
from pipeline.workers import Workers
from pipeline.writing import pieces_of

log = structlog.get_logger(__name__)

PAUSE = 0.24
"""Seconds between sentences: a breath."""
ENDING = 12
"""Frames after the last sentence, in which face and body come to rest, so that clips can follow each other."""


@dataclass(frozen=True, slots=True)
class Spoken:
    """A clip, the speech in it, and the seconds of work that each stage took. ``parts``: the speech by sentences."""

    clip: Clip
    speech: Speech
    timings: dict[str, float]
    parts: tuple[Speech, ...] = ()


@dataclass(frozen=True, slots=True)
class Studio:
    """What speaking needs: where engines live, which to use, and the processes to run them in."""

    config: EngineConfig
    workers: Workers
    animation: str
    fps: int = 25

    async def speak(
        self,
        text: str | AsyncIterable[str],
        recipe: VoiceRecipe,
        direction: Direction,
        portrait: Awaitable[Portrait],
        receipt: Receipt | None = None,
    ) -> Spoken:
        """The clip of ``text``, or of a text that is still being written, given as sentences (``Writing.sentences``).

        ``portrait`` is awaited only when the first sentence is ready to be drawn. ``timings``: seconds of work on
        ``speech`` and ``clip``, and ``heard``: seconds of waiting until the first sentence is there as sound.
        ``receipt`` takes what was used, and what the person should be told.
        """
        timings, receipt = {"speech": 0.0, "clip": 0.0}, receipt or Receipt()
        parts = self._say(pieces_of(text, cleared_for(recipe)), recipe, direction.mood, timings, receipt)
        utterance, finished = await self._film(parts, portrait, direction, timings, receipt)
        return Spoken(finished, utterance.speech, timings, utterance.parts)

    async def utter(self, text: str, recipe: VoiceRecipe, mood: Mood, receipt: Receipt | None = None) -> Utterance:
        """``text`` as sound: the first half of ``speak``."""
        pieces = pieces_of(text, cleared_for(recipe))
        parts = self._say(pieces, recipe, mood, {"speech": 0.0}, receipt or Receipt())
        return Utterance(tuple([part async for part in parts]))

    async def film(
        self, utterance: Utterance, portrait: Portrait, direction: Direction, receipt: Receipt | None = None
    ) -> Clip:
        """The clip of a text that is spoken already: the second half of ``speak``."""
        parts, timings = _each(utterance.parts), {"clip": 0.0}
        _, finished = await self._film(parts, _given(portrait), direction, timings, receipt or Receipt())
        return finished

    async def sound(self, utterance: Utterance) -> bytes:
        """The ``ogg`` of the utterance's clip, for when the clip itself cannot be made."""
        speech = utterance.speech
        # Not the pictures lane: it may be what failed.
        return await self.workers.run("voice", clip.encode_ogg, speech.samples, speech.rate)

    async def _say(
        self,
        pieces: AsyncIterator[str],
        recipe: VoiceRecipe,
        mood: Mood,
        timings: dict[str, float],
        receipt: Receipt,
    ) -> AsyncIterator[Speech]:
        """Pieces of text as sound, one after the other, each with a breath after it. Once another voice stands in, it
        says the rest as well."""
        called = time.perf_counter()
        async for piece in pieces:
            voiced, seconds = await self.workers.run("voice", timed, say, self.config, piece, recipe, mood)
            timings["speech"] += seconds
            timings.setdefault("heard", time.perf_counter() - called)
            receipt.usages += voiced.spent
            if voiced.instead is not None:
                error = voiced.instead
                log.warning("voice.stood_in", engine=recipe.engine, error=type(error).__name__, why=str(error))
                receipt.notices.append(f"{error} A voice of my own speaks meanwhile.")
            recipe = voiced.by
            yield whole_frames(voiced.speech, self.fps, tail=PAUSE)

    async def _film(
        self,
        parts: AsyncIterator[Speech],
        portrait: Awaitable[Portrait],
        direction: Direction,
        timings: dict[str, float],
        receipt: Receipt,
    ) -> tuple[Utterance, Clip]:
        """Draws each part as soon as it is there, side by side with those before it."""
        spoken: list[Speech] = []
        shots: list[tuple[Speech, Direction]] = []
        segments: list[asyncio.Task[Drawn]] = []
        start = direction.start
        async with together() as tasks:
            face = tasks.create_task(self._face(portrait))
            async for part in parts:
                shots.append((part, replace(direction, start=start)))
                segments.append(tasks.create_task(self._draw(face, *shots[-1], timings)))
                spoken.append(part)
                start += part.seconds
            last = replace(direction, start=start, end=start + (ENDING - 1) / self.fps)
            shots.append((silence(ENDING / self.fps), last))
            segments.append(tasks.create_task(self._draw(face, *shots[-1], timings)))
            whole = Utterance(tuple(spoken)).speech
            frames = round(whole.seconds * self.fps) + ENDING
            # The voice is silent by now; its process encodes the sound while others draw.
            heard = tasks.create_task(self.workers.run("voice", clip.soundtrack, whole, frames, self.fps))
        began = time.perf_counter()
        drawn = await self._of_one_piece(face, shots, [segment.result() for segment in segments], timings, receipt)
        finished = await self.workers.run("pictures", clip.mux, drawn, whole, self.fps, heard.result())
        timings["clip"] += time.perf_counter() - began
        return Utterance(tuple(spoken)), finished

    async def _face(self, portrait: Awaitable[Portrait]) -> Portrait:
        """What is handed over for each sentence."""
        given = await portrait
        if animator_of(self.animation, given) != OURS:
            return given
        return await asyncio.to_thread(lightened, given, self.config.side)

    async def _draw(
        self,
        face: asyncio.Task[Portrait],
        speech: Speech,
        direction: Direction,
        timings: dict[str, float],
        engine: str | None = None,
    ) -> Drawn:
        drawn, seconds = await self.workers.run(
            "pictures", timed, draw, self.config, engine or self.animation, await face, speech, direction
        )
        timings["clip"] += seconds
        return drawn

    async def _of_one_piece(
        self,
        face: asyncio.Task[Portrait],
        shots: Sequence[tuple[Speech, Direction]],
        drawn: Sequence[Drawn],
        timings: dict[str, float],
        receipt: Receipt,
    ) -> list[bytes]:
        """The segments. Where ours stood in for some, it draws the others, too, as only what is by one animator joins;
        and it is said why."""
        error = next((one.instead for one in drawn if one.instead), None)
        if error is None:
            return [one.segment for one in drawn]
        log.warning("animation.stood_in", engine=self.animation, error=type(error).__name__, why=str(error))
        receipt.notices.append(f"{error} A simpler animator moves the face meanwhile.")
        ours = [
            one if one.instead else await self._draw(face, *shot, timings, OURS)
            for shot, one in zip(shots, drawn, strict=True)
        ]
        return [one.segment for one in ours]


async def _each(parts: Iterable[Speech]) -> AsyncIterator[Speech]:
    for part in parts:
        yield part


async def _given(portrait: Portrait) -> Portrait:
    return portrait
