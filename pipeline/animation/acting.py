"""What a face does while it speaks, moment by moment: speech, life and accents put together. Animators draw it."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import pairwise

import numpy as np

from pipeline.animation import motion
from pipeline.animation.accents import LAG, accents
from pipeline.animation.blinking import blinks
from pipeline.animation.visemes import MOVES, mouth_track, phrases, sounds
from pipeline.face.pose import FacePose
from pipeline.types import Direction, Speech

SETTLING = 0.44
"""Seconds in which a clip comes to rest at its end (``Direction.end``)."""
THOUGHT = 0.30
"""A pause so long (s) within a sentence is one to think in: the eyes go aside, the mouth smiles a little."""

SLOW = 0.75
"""Speed of a body below which it is enough to move it on every third frame."""

Bend = tuple[float, float, float]
"""Sway to the right, stretch upwards, and hop, of the body: about -1..1, and 0..1."""


@dataclass(frozen=True, slots=True)
class Moment:
    """One frame: the face; sway and stretch of the body (-1..1); its hop (0..1); and how it was bent and hopped a
    moment ago, which is how its leaves, ears and antennae are now."""

    pose: FacePose
    bend: tuple[float, float]
    hop: float = 0.0
    late: Bend = (0.0, 0.0, 0.0)

    def calmed(self, own: FacePose, share: float) -> Moment:
        """The same with ``share`` of its life, 0..1; with none the face is in ``own`` and the body rests."""
        if share == 1:
            return self
        sway, stretch, hop = (share * value for value in (*self.bend, self.hop))
        was = self.late
        return Moment(
            own.blend(self.pose, share), (sway, stretch), hop, (share * was[0], share * was[1], share * was[2])
        )


@dataclass(frozen=True, slots=True)
class _Stand:
    """How head and body stand."""

    bend: Bend
    turn: float
    nod: float
    brow: float


def moments(own: FacePose, wanted: FacePose, speech: Speech, direction: Direction, fps: int) -> Iterator[Moment]:
    """Every frame of a sentence. At the start of the clip the face is in ``own``,
    the pose in which the portrait shows it, and soon in ``wanted``, that of the mood; at its end in ``own`` again."""
    mood, seed, manner, start = direction.mood, direction.seed, direction.manner, direction.start
    temper, end = motion.TEMPERS[mood], direction.end
    hold = 3 if temper.speed * manner.speed < SLOW else 2
    times = np.arange(math.ceil(round(speech.seconds * fps, 6))) / fps
    track = mouth_track(speech.phonemes, times)
    said = phrases(sounds(speech.phonemes))
    stress = accents(speech.text, speech.phonemes, speech.seconds, seed, manner.speed)
    awake = speech.seconds if end is None else min(speech.seconds, max(0.0, end - SETTLING - start))
    lids = blinks(start, awake, [start + over for _, over in said], seed, temper.blink * manner.blinks)

    @lru_cache(maxsize=8)
    def stand(at: float) -> _Stand:
        idle = motion.stance(at, seed, mood, manner)
        brow, nod = (temper.accent * manner.reach * value for value in stress.at(at - start))
        hop, stretch = (temper.hop * manner.reach * value for value in stress.hop(at - start))
        bend = (idle.sway, _clamp(idle.breath + 0.9 * nod + stretch, 2.2), min(hop, 1.5))
        return _Stand(bend, _clamp(idle.turn), _clamp(idle.nod + nod), _clamp(brow))

    for time, row in zip(times.tolist(), track.tolist(), strict=True):
        now = round(start + time, 6)
        # Body and head move on every second frame or, when slow, every third ("on twos", as animators say):
        # their steps are small, and all but lips and blinks stands still in between. Hops are too quick for that.
        then = now if any(stress.hop(time)) and temper.hop else round(round(now * fps) // hold * hold / fps, 6)
        head, before = stand(then), stand(round(then - LAG, 6))
        rest = wanted if wanted == own else own.blend(wanted, motion.smooth(now / 0.6))
        look, thought = motion.look(now, seed, mood, manner), _thought(time, said)
        mouth = dict(zip(MOVES, row, strict=True))
        pose = _compose(rest, mouth, lids.lid(now), _aside(look, thought, seed), head, temper.mouth, thought)
        life = 1.0 if end is None else motion.smooth((end - now) / SETTLING)
        yield Moment(pose, head.bend[:2], head.bend[2], before.bend).calmed(own, life)


def _thought(time: float, said: Sequence[tuple[float, float]]) -> float:
    """How deep in thought one is at ``time`` of the sentence, 0..1: in its longer pauses."""
    for (_, over), (again, _) in pairwise(said):
        if again - over >= THOUGHT and over < time < again:
            return motion.smooth((time - over) / 0.12) * motion.smooth((again - time) / 0.12)
    return 0.0


def _aside(look: tuple[float, float], thought: float, seed: int) -> tuple[float, float]:
    """Where eyes look: in thought up and to one side."""
    side = 0.55 if seed % 2 else -0.55
    return look[0] + thought * (side - look[0]), look[1] + thought * (-0.4 - look[1])


def _compose(
    rest: FacePose,
    mouth: dict[str, float],
    blink: float,
    look: tuple[float, float],
    head: _Stand,
    opening: float,
    thought: float,
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
        quiet=mouth["quiet"],
        smile=rest.smile * (1 - 0.38 * busy) + 0.12 * thought,
        lid_left=rest.lid_left + (1 - rest.lid_left) * blink,
        lid_right=rest.lid_right + (1 - rest.lid_right) * blink,
        gaze_x=_clamp(rest.gaze_x + look[0]),
        gaze_y=_clamp(rest.gaze_y + look[1]),
        brow_left=rest.brow_left + head.brow + 0.2 * thought,
        brow_right=rest.brow_right + head.brow + 0.2 * thought,
        turn=head.turn,
        nod=head.nod,
    )


def _clamp(value: float, limit: float = 1.0) -> float:
    return min(max(value, -limit), limit)
