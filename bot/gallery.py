"""The pictures of the README: concepts that the project summoned by itself, frames of their clips, and some of them
talking."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from pathlib import Path

import av
import numpy as np
from PIL import Image

from bot import engines
from bot.settings import Settings
from pipeline import registry
from pipeline.mark import XMP
from pipeline.receipt import Receipt
from pipeline.speak import Studio
from pipeline.summon import Summoned, summon
from pipeline.types import Clip, Picture, Speech
from pipeline.workers import Workers

CONCEPTS = (
    ("an angry apple", 3),
    ("a wise old oak tree", 1),
    ("a detective lemon", 1),
    ("a sleepy dragon", 1),
    ("a shy cactus", 2),
    ("a cheerful baker", 1),
    ("a melancholy moon", 1),
    ("a proud cat", 1),
    ("an anxious toaster", 1),
    ("a boastful pirate", 2),
    ("a pirate penguin", 1),
    ("a golden teapot", 1),
    ("a posh umbrella", 1),
    ("a nervous snowman", 1),
    ("a happy sun", 3),
    ("a wizard frog", 1),
    ("a haunted piano", 1),
    ("a lonely lighthouse", 1),
    ("a stern judge", 1),
    ("a romantic rose", 2),
    ("a clever octopus", 1),
    ("a furious volcano", 2),
    ("a dreamy cloud", 1),
    ("a lucky leprechaun", 1),
    ("a jolly pizza", 1),
    ("a snappy stapler", 1),
    ("a bossy alarm clock", 1),
    ("a kind bear", 1),
    ("a checked waistcoat", 1),
    ("a scared ghost", 1),
    ("a rich toad with a monocle", 1),
    ("a rough thistle", 1),
    ("a curious owl", 1),
    ("a hungry shark", 1),
    ("a lonely black hole", 1),
    ("a noble samurai", 1),
    ("a knitted sheep", 1),
    ("a rusty robot", 1),
    ("a grandmother who raps", 1),
    ("a nervous traffic cone", 1),
    ("a wooden fish", 1),
    ("a mad scientist", 1),
    ("a plump plum", 1),
    ("an old book wearing glasses", 1),
    ("a spotted leopard", 1),
    ("a fearless pilot", 1),
    ("a broken heart", 1),
    ("an ice cube", 1),
)
TALKING = ("an angry apple", "a sleepy dragon", "a happy sun")
TALKING_SIDE, TALKING_EVERY = 272, 2
"""Pixels of each who talks, and every which frame is shown."""
COLUMNS = 8
PORTRAIT_SIDE = 240
FRAME_SIDE = 168


async def make(folder: Path) -> None:
    """Write ``portraits.webp``, ``clips.webp`` with three telling frames of each greeting, and ``talking.webp``, which
    moves, into a folder."""
    settings = Settings()
    names = engines.engines(await engines.choose(settings, "hibari"))
    config = settings.engine_config()
    mind = registry.create("mind", "scripted", config)
    portraits, frames, talking = [], [], {}
    async with Workers() as workers:
        studio = Studio(config, workers, names.animation)
        for concept, seed in CONCEPTS:
            summoned = await summon(concept, mind=mind, studio=studio, engines=names, seed=seed, receipt=Receipt())
            portraits.append(_scaled(summoned.portrait.picture, PORTRAIT_SIDE))
            frames.append(np.hstack([_scaled(frame, FRAME_SIDE) for frame in telling_frames(summoned)]))
            if concept in TALKING:
                talking[concept] = summoned.greeting.clip
    _save(portraits, COLUMNS, folder / "portraits.webp")
    _save(frames, 4, folder / "clips.webp")
    (folder / "talking.webp").write_bytes(side_by_side([talking[concept] for concept in TALKING]))


def side_by_side(clips: Sequence[Clip]) -> bytes:
    """The clips as one animated WebP without sound. They begin and end in rest, so a short one waits for the others."""
    rows = [_moving(clip) for clip in clips]
    pictures = [Image.fromarray(np.hstack(shown)) for shown in _together(rows)]
    sink, milliseconds = io.BytesIO(), round(1000 * TALKING_EVERY / clips[0].fps)
    pictures[0].save(
        sink, "WEBP", save_all=True, append_images=pictures[1:], duration=milliseconds, quality=72, method=4, xmp=XMP
    )
    return sink.getvalue()


def _moving(clip: Clip) -> list[Picture]:
    with av.open(io.BytesIO(clip.mp4)) as container:
        shown = [frame for index, frame in enumerate(container.decode(video=0)) if index % TALKING_EVERY == 0]
    return [_scaled(frame.to_ndarray(format="rgb24"), TALKING_SIDE) for frame in shown]


def _together(rows: Sequence[Sequence[Picture]]) -> Iterator[list[Picture]]:
    for index in range(max(map(len, rows))):
        yield [row[min(index, len(row) - 1)] for row in rows]


def telling_frames(summoned: Summoned) -> list[Picture]:
    """Three frames of the finished clip: at an open vowel, at closed lips, and at a rounded vowel where there are."""
    speech, clip = summoned.greeting.speech, summoned.greeting.clip
    moments = [_moment(speech, symbols) for symbols in ("aæɑʌ", "pbm", "uoʊɔ")]
    with av.open(io.BytesIO(clip.mp4)) as container:
        wanted = {min(round(moment * clip.fps), round(clip.seconds * clip.fps) - 1) for moment in moments}
        pictures = [f.to_ndarray(format="rgb24") for n, f in enumerate(container.decode(video=0)) if n in wanted]
    return (pictures * 3)[:3]


def _moment(speech: Speech, symbols: str) -> float:
    fits = [p for p in speech.phonemes if p.symbol[:1] in symbols] or list(speech.phonemes)
    longest = max(fits, key=lambda p: p.end - p.start)
    return (longest.start + longest.end) / 2


def _scaled(picture: Picture, side: int) -> Picture:
    return np.asarray(Image.fromarray(picture).resize((side, side), Image.Resampling.LANCZOS))


def _save(pictures: list[Picture], columns: int, path: Path) -> None:
    rows = [np.hstack(pictures[start : start + columns]) for start in range(0, len(pictures), columns)]
    Image.fromarray(np.vstack(rows)).save(path, quality=82, method=6)
