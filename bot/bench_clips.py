"""How quickly clips are drawn and encoded, and in how much memory, of faces that were drawn and of pictures."""

from __future__ import annotations

import asyncio
import io
import statistics
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction

import av
import psutil

from pipeline import registry
from pipeline.clips import clip
from pipeline.receipt import Receipt
from pipeline.speak import Studio
from pipeline.stages import Animator, EngineConfig
from pipeline.summon import Engines
from pipeline.types import Direction, Frame, Mood, Portrait, Speech, Utterance, VoicePart, VoiceRecipe
from pipeline.workers import Workers

CONCEPT = "an angry apple"
TEXT = (
    "Well, look who is here! I have been waiting on this shelf since Monday, and nobody brought me a single letter. "
    "Please sit down, and mind the basket. Now, what would you like to talk about, my friend?"
)
"""Ten seconds, more or less; figures are taken per second of it."""
DIRECTION = Direction(Mood.ANGER, 1)
WARM = 5
"""Seconds of a clip after which memory should not grow any more."""
Figure = tuple[str, float, str]
"""Name, value, unit."""


@dataclass(frozen=True, slots=True)
class _Scene:
    """What is drawn: an animator, a portrait for it, and ten seconds that are spoken already."""

    config: EngineConfig
    animation: str
    portrait: Portrait
    utterance: Utterance

    @property
    def speech(self) -> Speech:
        return self.utterance.speech


async def measure(config: EngineConfig, names: Engines, rounds: int) -> list[Figure]:
    """All figures of drawn faces, then those of pictures."""
    figures: list[Figure] = []
    async with Workers({"voice": 1, "pictures": 2}) as workers:
        drawn = await _scene(config, names, workers)
        picture = replace(drawn.portrait, plate=None, rig=None)  # as if somebody had given it
        for scene in (drawn, replace(drawn, animation="warp", portrait=picture)):
            found = await _of(scene, workers, rounds)
            figures += [(f"{scene.animation}: {name}", value, unit) for name, value, unit in found]
    return figures


async def _scene(config: EngineConfig, names: Engines, workers: Workers) -> _Scene:
    persona = await registry.create("mind", "scripted", config).write(CONCEPT, 0, Receipt())
    portrait = registry.create("portrait", "illustrator", config).paint(persona, None, 0)
    recipe = VoiceRecipe(engine="hibari", parts=(VoicePart(voice="elder", weight=1.0),))
    utterance = await Studio(config, workers, names.animation).utter(TEXT, recipe, DIRECTION.mood)
    return _Scene(config, names.animation, portrait, utterance)


async def _of(scene: _Scene, workers: Workers, rounds: int) -> list[Figure]:
    work = scene.config, scene.animation, scene.portrait, scene.speech
    seconds = scene.speech.seconds
    both, rates, firsts, clips = [], [], [], []
    for _ in range(rounds + 1):
        rates.append(await workers.run("pictures", frames_per_second, *work))
        began = time.perf_counter()
        await asyncio.gather(*(workers.run("pictures", frames_per_second, *work) for _ in range(2)))
        both.append(2 * seconds * 25 / (time.perf_counter() - began))
        firsts.append(await workers.run("pictures", first_bytes, *work))
        began = time.perf_counter()
        await Studio(scene.config, workers, scene.animation).film(scene.utterance, scene.portrait, DIRECTION)
        clips.append((time.perf_counter() - began) * 10 / seconds)
    async with Workers({"voice": 1, "pictures": 1}) as fresh:  # a process that has drawn nothing yet
        peak, growth = await fresh.run("pictures", memory_of_a_minute, *work)
    return [  # the first round warms up
        ("frames drawn and encoded, 512 px, one core", statistics.median(rates[1:]), "frames/s"),
        ("frames drawn and encoded, two processes", statistics.median(both[1:]), "frames/s"),
        ("10 s clip from ready speech, two processes", statistics.median(clips[1:]), "s"),
        ("first encoded bytes from ready speech", statistics.median(firsts[1:]), "s"),
        ("peak memory of a process, 60 s clip", peak / 1e6, "MB"),
        (f"of it after the first {WARM} s", growth / 1e6, "MB"),
    ]


def frames_per_second(config: EngineConfig, animation: str, portrait: Portrait, speech: Speech) -> float:
    """Frames per second of processor time; alone, as what another core does at the same time costs time, too. Runs in
    the pictures lane."""
    animator: Animator = registry.create("animation", animation, config)
    began = time.process_time()
    clip.draw_segment(animator, portrait, speech, DIRECTION, config.side)
    return speech.seconds * animator.fps / (time.process_time() - began)


def first_bytes(config: EngineConfig, animation: str, portrait: Portrait, speech: Speech) -> float:
    """Seconds until the encoder gives the first picture. Runs in the pictures lane."""
    animator: Animator = registry.create("animation", animation, config)
    began = time.perf_counter()
    with av.open(io.BytesIO(), "w", format="mp4") as container:
        track = clip.picture_track(container, config.side, animator.fps)
        for index, pixels in enumerate(animator.frames(portrait, speech, DIRECTION)):
            frame = av.VideoFrame.from_ndarray(pixels, format="yuv420p")
            frame.pts, frame.time_base = index, Fraction(1, animator.fps)
            if track.encode(frame):
                break
    return time.perf_counter() - began


def memory_of_a_minute(config: EngineConfig, animation: str, portrait: Portrait, speech: Speech) -> tuple[int, int]:
    """Resident bytes of the process while it draws a minute: the most, and by how much they grow when it is warm."""
    animator: Animator = registry.create("animation", animation, config)
    minute = Utterance((speech,) * round(60 / speech.seconds)).speech
    process, seen = psutil.Process(), []

    def watched() -> Iterator[Frame]:
        for index, frame in enumerate(animator.frames(portrait, minute, DIRECTION)):
            if index % animator.fps == 0:
                seen.append(process.memory_info().rss)
            yield frame

    clip.encode_segment(watched(), config.side, animator.fps)
    return max(seen), max(seen[WARM:]) - seen[WARM]
