"""What a face does while it speaks, moment by moment: speech, life and accents put together. Animators draw it."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from pipeline.animation import motion
from pipeline.animation.visemes import MOVES, mouth_track
from pipeline.face.pose import FacePose
from pipeline.types import Direction, Speech


@dataclass(frozen=True, slots=True)
class Moment:
    """One frame: the face, and sway and stretch of the body (-1..1)."""

    pose: FacePose
    bend: tuple[float, float]


def moments(own: FacePose, wanted: FacePose, speech: Speech, direction: Direction, fps: int) -> Iterator[Moment]:
    """Every frame of a sentence. At the start of the clip the face is in ``own``,
    the pose in which the portrait shows it, and soon in ``wanted``, that of the mood."""
    mood, seed, start = direction.mood, direction.seed, direction.start
    times = np.arange(math.ceil(round(speech.seconds * fps, 6))) / fps
    track = mouth_track(speech.phonemes, times)
    accents = motion.accents(speech.text, speech.phonemes, speech.seconds, seed)
    temper = motion.TEMPERS[mood]
    for time, row in zip(times.tolist(), track.tolist(), strict=True):
        now = start + time
        # Body and head move on every second frame ("on twos", as animators say), counted from the clip's start:
        # their steps are small, and all but lips and blinks stands still for half of the frames.
        then = round(now * fps) // 2 * 2 / fps
        idle, head = motion.idle(now, seed, mood), motion.idle(then, seed, mood)
        brow, nod = (temper.accent * value for value in accents.at(then - start))
        rest = wanted if wanted == own else own.blend(wanted, motion.smooth(now / 0.6))
        mouth = dict(zip(MOVES, row, strict=True))
        yield Moment(_compose(rest, mouth, idle, head, brow, nod, temper.mouth), (head.sway, head.breath + 0.9 * nod))


def _compose(
    rest: FacePose,
    mouth: dict[str, float],
    idle: motion.Idle,
    head: motion.Idle,
    brow: float,
    nod: float,
    opening: float,
) -> FacePose:
    """Speech, life and accents over the resting face."""
    # A grin or a scowl gives way to the shapes of speech, but is not lost.
    busy = min(1.0, 2.0 * mouth["jaw"] + mouth["pucker"])
    return replace(
        rest,
        jaw=min(1.0, rest.jaw + opening * mouth["jaw"]),
        spread=rest.spread * (1 - 0.6 * busy) + mouth["spread"],
        pucker=rest.pucker * (1 - busy) + mouth["pucker"],
        press=mouth["press"],
        tuck=mouth["tuck"],
        upper_teeth=mouth["upper_teeth"] * (1 - 0.7 * mouth["pucker"]),
        lower_teeth=mouth["lower_teeth"],
        tongue=mouth["tongue"],
        smile=rest.smile * (1 - 0.38 * busy),
        lid_left=rest.lid_left + (1 - rest.lid_left) * idle.blink,
        lid_right=rest.lid_right + (1 - rest.lid_right) * idle.blink,
        gaze_x=_clamp(rest.gaze_x + idle.gaze_x),
        gaze_y=_clamp(rest.gaze_y + idle.gaze_y),
        brow_left=rest.brow_left + brow,
        brow_right=rest.brow_right + brow,
        turn=_clamp(head.turn),
        nod=_clamp(head.nod + nod),
    )


def _clamp(value: float) -> float:
    return min(max(value, -1.0), 1.0)
