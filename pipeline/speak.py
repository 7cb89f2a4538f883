"""Text to talking-head clip, sentence by sentence: while one sentence is drawn, the next is spoken."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterable, AsyncIterator, Awaitable, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import Any, ParamSpec, TypeVar

import numpy as np
import structlog

from pipeline import registry
from pipeline.animation.planes import fitted
from pipeline.clips import clip
from pipeline.errors import ChatAnythingError, EngineFailed, EngineUnavailable
from pipeline.receipt import Receipt, Usage
from pipeline.stages import EngineConfig
from pipeline.types import Clip, Direction, Mood, Portrait, Speech, Utterance, VoiceRecipe
from pipeline.voice.text import cleared_for, finished, gathered, sentences
from pipeline.workers import Workers

log = structlog.get_logger(__name__)

P = ParamSpec("P")
T = TypeVar("T")

OURS = "rig"
"""Moves any portrait, with `warp` where no face was drawn: see `animator_of`."""
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
class Voiced:
    """A sentence as sound. ``by``: the recipe it was said with; ``spent``: what that took; ``instead``: why the voice
    that was asked for did not say it, where one of this machine did."""

    speech: Speech
    by: VoiceRecipe
    spent: tuple[Usage, ...] = ()
    instead: ChatAnythingError | None = None


@dataclass(frozen=True, slots=True)
class Drawn:
    """A sentence as an H.264 segment. ``instead``: why the animator of the settings did not draw it, where one that is
    always here did."""

    segment: bytes
    instead: ChatAnythingError | None = None


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
        parts = self._say(_spoken_pieces(text, cleared_for(recipe)), recipe, direction.mood, timings, receipt)
        utterance, finished = await self._film(parts, portrait, direction, timings, receipt)
        return Spoken(finished, utterance.speech, timings, utterance.parts)

    async def utter(self, text: str, recipe: VoiceRecipe, mood: Mood, receipt: Receipt | None = None) -> Utterance:
        """``text`` as sound: the first half of ``speak``."""
        pieces = _spoken_pieces(text, cleared_for(recipe))
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


@asynccontextmanager
async def together() -> AsyncIterator[asyncio.TaskGroup]:
    """A task group that raises its first error itself, not wrapped in a group: one request fails for one reason."""
    try:
        async with asyncio.TaskGroup() as tasks:
            yield tasks
    except BaseExceptionGroup as group:
        raise group.exceptions[0] from group


class Writing:
    """A text that one task writes while another speaks it. What is whole is taken when the voice is free, so a quick
    writer is spoken in the same pieces as a text that was there from the start."""

    def __init__(self) -> None:
        self._text = ""
        self._ended = False
        self._news = asyncio.Event()

    def add(self, piece: str) -> None:
        """More of the text."""
        self._text += piece
        self._news.set()

    def end(self) -> None:
        """No more will come."""
        self._ended = True
        self._news.set()

    async def sentences(self, language: str = "en") -> AsyncIterator[str]:
        """Pieces to speak one by one, each as soon as it cannot change any more. ``language``: of the voice."""
        waiting: list[str] = []
        first = True
        while not self._ended or self._text or waiting:
            whole = len(self._text) if self._ended else finished(self._text)
            if whole:
                waiting = gathered([*waiting, *sentences(self._text[:whole], first=first, language=language)])
                self._text = self._text[whole:]
            if waiting:
                first = False
                yield waiting.pop(0)
            elif not self._ended:
                self._news.clear()
                await self._news.wait()


async def _spoken_pieces(text: str | AsyncIterable[str], language: str) -> AsyncIterator[str]:
    """At least one piece: silence, where nothing can be said."""
    said = False
    if isinstance(text, str):
        for sentence in sentences(text, language=language):
            said = True
            yield sentence
    else:
        async for sentence in text:
            said = True
            yield sentence
    if not said:
        yield ""


async def _each(parts: Iterable[Speech]) -> AsyncIterator[Speech]:
    for part in parts:
        yield part


async def _given(portrait: Portrait) -> Portrait:
    return portrait


def timed(function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> tuple[T, float]:
    """Result and seconds, measured inside the worker, so that waiting in line does not count."""
    began = time.perf_counter()
    result = function(*args, **kwargs)
    return result, time.perf_counter() - began


def say(config: EngineConfig, sentence: str, recipe: VoiceRecipe, mood: Mood) -> Voiced:
    """One sentence by the recipe's engine. Runs in the voice lane.

    Where a service fails, the voice that the recipe names for that says it instead.
    """
    try:
        speaker = registry.create("voice", recipe.engine, config)
        return Voiced(speaker.speak(sentence, recipe, mood), recipe, spent_by(speaker))
    except (EngineFailed, EngineUnavailable) as error:
        if recipe.stand_in is None:
            raise
        speaker = registry.create("voice", recipe.stand_in.engine, config)
        return Voiced(speaker.speak(sentence, recipe.stand_in, mood), recipe.stand_in, (), error)


def spent_by(speaker: Any) -> tuple[Usage, ...]:
    """What a speaker used since it was last asked, if it asks a service."""
    return tuple(speaker.spent()) if hasattr(speaker, "spent") else ()


def draw(config: EngineConfig, engine: str, portrait: Portrait, speech: Speech, direction: Direction) -> Drawn:
    """One sentence as an H.264 segment. Runs in the pictures lane.

    Where an animator fails that is not ours, as it is on another machine, ours draws instead.
    """

    def drawn_by(name: str) -> bytes:
        animator = registry.create("animation", name, config)
        return clip.draw_segment(animator, portrait, speech, direction, config.side, badged=config.badge)

    chosen = animator_of(engine, portrait)
    try:
        return Drawn(drawn_by(chosen))
    except (EngineFailed, EngineUnavailable) as error:
        if chosen in (OURS, "warp"):
            raise
        return Drawn(drawn_by(animator_of(OURS, portrait)), error)


def animator_of(engine: str, portrait: Portrait) -> str:
    """The engine that moves this portrait: the rig moves faces that were drawn with one, pictures are warped."""
    return "warp" if engine == OURS and portrait.rig is None else engine


def lightened(portrait: Portrait, side: int) -> Portrait:
    """All that drawing a face of ours takes, in an eighth of the bytes."""
    if portrait.plate is None:
        return portrait
    plate = fitted(portrait.plate, side)
    landmarks = portrait.landmarks * np.float32(side / portrait.picture.shape[0])
    return replace(portrait, picture=plate, plate=plate, landmarks=landmarks)


def silence(seconds: float, rate: int = clip.SOUND_RATE) -> Speech:
    """Nothing said."""
    return Speech("", np.zeros(round(seconds * rate), np.float32), rate, ())


def whole_frames(speech: Speech, fps: int, tail: float) -> Speech:
    """The speech with ``tail`` seconds of silence, and then as much as fills the last frame.

    Segments are joined by counting frames, so a sentence must end where a frame ends.
    """
    frames = max(1, -(-round((speech.seconds + tail) * speech.rate) * fps // speech.rate))
    samples = np.zeros(round(frames * speech.rate / fps), np.float32)
    samples[: len(speech.samples)] = speech.samples
    return replace(speech, samples=samples)
