"""Films twelve portraits that say ten sentences, decodes the clips, and reads in their frames what the faces do.

Nothing is taken from the animator: openings, lids and brows are seen again in the pixels (`lips`, `eyes`). The
landmarks of the portrait say where to look, the phonemes of the speech what should be seen.
"""

from __future__ import annotations

import asyncio
import io
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import av
import cv2
import numpy as np
import numpy.typing as npt

from pipeline import registry
from pipeline.animation.animator import animator_of
from pipeline.clips.padding import silence, whole_frames
from pipeline.errors import ChatAnythingError
from pipeline.evaluation import synchrony
from pipeline.evaluation.eyes import BROW, HEAD, SHUT, Patch, eyes
from pipeline.evaluation.lips import Lips
from pipeline.evaluation.sitters import SEED, Row, portrait_of, script
from pipeline.evaluation.synchrony import Measured, Trace
from pipeline.face import ibug
from pipeline.receipt import Receipt
from pipeline.sentence import say
from pipeline.speak import Studio
from pipeline.stages import EngineConfig
from pipeline.types import (
    Direction,
    Landmarks,
    Mood,
    Persona,
    Picture,
    Portrait,
    Speech,
    Utterance,
    Value,
    VoicePart,
    VoiceRecipe,
)

STILL = 9.0
"""Seconds of the clip in which nothing is said: two blinks or more."""
TILE, TILES, BLINKING = 256, 18, 6
"""Pixels of a tile of a contact sheet, tiles of speech, and of a blink."""


class Skipped(Value):
    """A portrait that could not be shown, and why."""

    id: str
    why: str


@dataclass(frozen=True, slots=True)
class Report:
    """A whole evaluation. ``sheets``: a contact sheet per portrait, PNG."""

    sentences: int
    voices: tuple[str, ...]
    rows: tuple[Measured, ...]
    skipped: tuple[Skipped, ...]
    sheets: dict[str, bytes]


async def evaluate(
    studio: Studio,
    voices: Sequence[str],
    tell: Callable[[str], None],
    limit: int | None = None,
    only: Sequence[str] = (),
) -> Report:
    """All portraits through the first ``limit`` sentences, as many at a time as the studio draws.

    ``voices``: the voice engines that are here; ``only``: ids of portraits; ``tell`` hears what is being done.
    """
    speeches = await _speeches(studio, voices, tell, limit)
    spoken = [speech for _, speech in speeches]
    slots = asyncio.Semaphore(studio.workers.size("pictures"))

    async def one(row: Row) -> tuple[Measured, bytes] | Skipped:
        try:
            async with slots:
                found = await _row(studio, row, spoken)
        except ChatAnythingError as error:
            tell(f"{row.id}: {error}")
            return Skipped(id=row.id, why=str(error))
        tell(f"{row.id}: measured")
        return found

    found = await asyncio.gather(*(one(row) for row in script().portrait if not only or row.id in only))
    good = [each for each in found if not isinstance(each, Skipped)]
    return Report(
        sentences=len(speeches),
        voices=tuple(dict.fromkeys(voice for voice, _ in speeches)),
        rows=tuple(row for row, _ in good),
        skipped=tuple(each for each in found if isinstance(each, Skipped)),
        sheets={row.id: sheet for row, sheet in good},
    )


async def _speeches(
    studio: Studio, engines: Sequence[str], tell: Callable[[str], None], limit: int | None
) -> list[tuple[str, Speech]]:
    """The sentences, spoken by the voices in turn."""
    voices = [voice for voice in script().voice if voice.engine in engines]
    found = []
    for number, sentence in enumerate(script().sentences[:limit]):
        voice = voices[number % len(voices)]
        tell(f"{voice.engine} {voice.id} says: {sentence}")
        recipe = VoiceRecipe(engine=voice.engine, parts=(VoicePart(voice=voice.id, weight=1.0),))
        voiced = await studio.workers.run("voice", say, studio.config, sentence, recipe, Mood.CALM)
        found.append((f"{voice.engine} {voice.id}", whole_frames(script().spelt(voiced.speech), studio.fps, tail=0.0)))
    return found


async def _row(studio: Studio, row: Row, speeches: Sequence[Speech]) -> tuple[Measured, bytes]:
    """One portrait through all sentences and a silence."""
    persona = await _persona(studio.config, row)
    portrait = await studio.workers.run("pictures", portrait_of, studio.config, row, persona)
    mood, everything = persona.mood if persona else Mood.CALM, [silence(STILL), *speeches]
    clips = [
        await studio.film(Utterance((speech,)), portrait, Direction(mood, SEED + number))
        for number, speech in enumerate(everything)
    ]
    engine = animator_of(studio.animation, portrait)
    return await studio.workers.run(
        "pictures", measured, row, engine, portrait, everything, [clip.mp4 for clip in clips], studio.fps
    )


async def _persona(config: EngineConfig, row: Row) -> Persona | None:
    if row.concept is None:
        return None
    persona: Persona = await registry.create("mind", "scripted", config).write(row.concept, SEED, Receipt())
    return persona


def measured(
    row: Row, engine: str, portrait: Portrait, speeches: Sequence[Speech], clips: Sequence[bytes], fps: int
) -> tuple[Measured, bytes]:
    """What is seen in the clips of a portrait, of which the first is silent, and a contact sheet. Runs in the pictures
    lane."""
    cv2.setNumThreads(1)
    rest = next(decoded(clips[0]))
    points = portrait.landmarks * np.float32(rest.shape[0] / portrait.picture.shape[0])
    ruler = Ruler(rest, points, eyes_like=row.eyes, teeth=row.teeth)
    own = cv2.resize(portrait.picture, rest.shape[:2], interpolation=cv2.INTER_AREA)
    beyond = _beyond_head(points, rest.shape[0])
    watched = [
        _watched(ruler, tuple(decoded(mp4)), own, beyond, speech, fps)
        for speech, mp4 in zip(speeches, clips, strict=True)
    ]
    still, *spoken = [each.trace for each in watched]
    shut = float(np.median(still.opening))
    full = max(float(np.percentile(np.concatenate([trace.opening for trace in spoken]), 99)), 1.0)
    heights = script().heights()
    wanted = [synchrony.openness(trace.phonemes, trace.times, heights, max(shut / full, 0.0)) for trace in spoken]
    fits = [synchrony.best_fit(trace.opening, each) for trace, each in zip(spoken, wanted, strict=True)]
    found = Measured(
        id=row.id,
        kind=row.kind,
        animation=engine,
        full=full,
        correlations=tuple(fit for fit, _ in fits),
        lags=tuple(lag for _, lag in fits),
        closures=tuple(gap for trace in spoken for gap in synchrony.closures(trace, full)),
        silence=synchrony.unrest([still, *spoken], shut, full),
        first=watched[0].first,
        last=watched[-1].last,
        background=None if engine == "rig" else _mean([each.background for each in watched]),
        blinks=tuple(synchrony.blinks(still)),
        shut=SHUT[row.eyes],
    )
    return found, _sheet(watched[-1], watched[0], points)


@dataclass(frozen=True, slots=True)
class _Watched:
    """One clip. ``first``, ``last``: how far these frames are from the portrait; ``background``: how far the frames are
    from the first one beyond the head; mean grey levels."""

    trace: Trace
    first: float
    last: float
    background: float | None
    frames: tuple[Picture, ...]


def _watched(
    ruler: Ruler,
    frames: tuple[Picture, ...],
    own: Picture,
    beyond: npt.NDArray[np.bool_],
    speech: Speech,
    fps: int,
) -> _Watched:
    changes = [cv2.absdiff(frame, frames[0])[beyond].mean() for frame in frames[:: fps // 5] if beyond.any()]
    first, last = (float(cv2.absdiff(frame, own).mean()) for frame in (frames[0], frames[-1]))
    background = float(np.mean(changes)) if changes else None
    return _Watched(ruler.read(frames, speech, fps), first, last, background, frames)


class Ruler:
    """Reads one portrait's face."""

    def __init__(self, rest: Picture, landmarks: Landmarks, *, eyes_like: str, teeth: bool) -> None:
        """``rest``: a frame in which the face is at rest; ``landmarks``: its points, in its pixels; ``eyes_like``:
        "drawn" or "lifelike"; ``teeth``: see `Lips`."""
        width = float(np.linalg.norm(landmarks[45] - landmarks[36]))
        sides = (ibug.LEFT_BROW, ibug.LEFT_EYE), (ibug.RIGHT_BROW, ibug.RIGHT_EYE)
        self._head = Patch(rest, landmarks[ibug.NOSE], 0.08 * width, HEAD)
        self._brows = [Patch(rest, landmarks[brow], 0.07 * width, BROW, landmarks[eye]) for brow, eye in sides]
        self._lips, self._eyes = Lips(rest, landmarks, teeth=teeth), eyes(rest, landmarks, eyes_like)

    def read(self, frames: Sequence[Picture], speech: Speech, fps: int) -> Trace:
        """What the face does in the frames of a clip."""
        opening, lids, lowered = [], [], []
        for frame in frames:
            across, down = self._head.moved(frame)
            near = round(across), round(down)
            opening.append(self._lips.opening(frame, near))
            lids.append([eye.open(frame, near) for eye in self._eyes])
            lowered.append([brow.moved(frame, near)[1] - down for brow in self._brows])
        return Trace(np.array(opening), np.array(lids), np.array(lowered), speech.phonemes, fps)


def _mean(values: Sequence[float | None]) -> float | None:
    found = [value for value in values if value is not None]
    return float(np.mean(found)) if found else None


def decoded(mp4: bytes) -> Iterator[Picture]:
    """The frames of a clip, as a player shows them."""
    with av.open(io.BytesIO(mp4)) as container:
        for frame in container.decode(video=0):
            yield frame.to_ndarray(format="rgb24")


def _beyond_head(landmarks: Landmarks, side: int) -> npt.NDArray[np.bool_]:
    """(side, side) what lies further from the face than hair and neck do: a face's width to the sides, and one and a
    half of its height up and down, from the middle of the head."""
    low, high = landmarks.min(axis=0), landmarks.max(axis=0)
    width, height = high - low
    middle = (low[0] + high[0]) / 2, high[1] - 0.875 * height
    rows, columns = np.indices((side, side))
    return np.asarray(np.hypot((columns - middle[0]) / width, (rows - middle[1]) / (1.5 * height)) > 1)


def _sheet(spoken: _Watched, still: _Watched, landmarks: Landmarks) -> bytes:
    """The head through a sentence, from its beginning to its end, and through a blink, as a PNG."""
    picked = np.linspace(0, len(spoken.frames) - 1, TILES).round().astype(int)
    shut = int(np.argmin(still.trace.lids.max(axis=1)))
    around = np.clip(np.arange(BLINKING) - BLINKING // 2 + shut, 0, len(still.frames) - 1)
    tiles = [_head(spoken.frames[i], landmarks) for i in picked] + [_head(still.frames[i], landmarks) for i in around]
    rows = [np.hstack(tiles[i : i + BLINKING]) for i in range(0, len(tiles), BLINKING)]
    return bytes(cv2.imencode(".png", cv2.cvtColor(np.vstack(rows), cv2.COLOR_RGB2BGR))[1])


def _head(frame: Picture, landmarks: Landmarks) -> Picture:
    """A square of `TILE` pixels around the face."""
    low, high = landmarks.min(axis=0), landmarks.max(axis=0)
    side = min(int(1.7 * float((high - low).max())), frame.shape[0])
    left, top = (min(max(int(at - side / 2), 0), frame.shape[0] - side) for at in (low + high) / 2)
    cut = frame[top : top + side, left : left + side]
    return np.asarray(cv2.resize(cut, (TILE, TILE), interpolation=cv2.INTER_AREA if side > TILE else cv2.INTER_CUBIC))
