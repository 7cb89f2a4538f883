"""Life beside speech: blinks, gaze, breath, sway, and the accents that brows and head give to words.

Everything idle is a function of absolute time in the clip and a seed, never of the sentence: chance is drawn anew for
each cell of time, so any moment can be computed alone, and sentences drawn apart join without a jump. All of it is
zero at time 0, so a clip begins with the portrait.
"""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from pipeline.types import Mood, Phoneme, Value

BLINK_CELL, BLINK_SPREAD = 4.0, 2.0
"""One blink per cell, placed in its first half: blinks lie 2-6 s apart, as people's do (Bentivoglio et al. 1997)."""
CLOSING, SHUT, OPENING = 0.09, 0.045, 0.15
DOUBLE_AFTER = 0.32
GAZE_CELL = 1.5
SACCADE = 0.06


class Temper(Value):
    """How a mood moves: multiples of the calm body."""

    sway: float
    speed: float
    gaze: float
    accent: float
    mouth: float
    blink: float


TEMPERS = {
    Mood.CALM: Temper(sway=0.8, speed=0.8, gaze=0.7, accent=0.8, mouth=0.92, blink=1.0),
    Mood.JOY: Temper(sway=1.3, speed=1.25, gaze=1.0, accent=1.2, mouth=1.08, blink=0.9),
    Mood.ANGER: Temper(sway=0.9, speed=1.3, gaze=0.35, accent=1.4, mouth=1.1, blink=0.8),
    Mood.SADNESS: Temper(sway=0.7, speed=0.55, gaze=0.9, accent=0.55, mouth=0.78, blink=1.5),
    Mood.FEAR: Temper(sway=0.7, speed=1.9, gaze=1.6, accent=0.9, mouth=0.95, blink=0.75),
    Mood.SURPRISE: Temper(sway=1.0, speed=1.1, gaze=0.6, accent=1.3, mouth=1.05, blink=0.85),
}


@dataclass(frozen=True, slots=True)
class Idle:
    """What the body does by itself. Ranges as in `FacePose`; ``sway`` and ``breath`` -1..1."""

    blink: float
    gaze_x: float
    gaze_y: float
    sway: float
    breath: float
    turn: float
    nod: float


def idle(time: float, seed: int, mood: Mood) -> Idle:
    """The body at ``time`` seconds of the clip."""
    temper = TEMPERS[mood]
    begun = smooth(time / 0.9)
    pace = temper.speed * time
    gaze_x, gaze_y = gaze(time, seed)
    return Idle(
        blink=blink(time, seed, temper.blink),
        gaze_x=begun * temper.gaze * gaze_x,
        gaze_y=begun * temper.gaze * gaze_y,
        sway=begun * temper.sway * _drift(pace, seed, "sway", 3.7),
        breath=begun * _breath(time * (0.7 + 0.3 * temper.speed), seed),
        turn=begun * temper.sway * _drift(pace, seed, "turn", 4.9) * 0.75 + begun * 0.22 * temper.gaze * gaze_x,
        nod=begun * temper.sway * _drift(pace, seed, "nod", 4.1) * 0.40,
    )


def blink(time: float, seed: int, slowness: float = 1.0) -> float:
    """How far the lids are shut by a blink, 0..1."""
    here = math.floor(time / BLINK_CELL)
    return max(_lid(time - moment, slowness) for cell in (here - 1, here) for moment in blink_moments(cell, seed))


@lru_cache(maxsize=4096)
def blink_moments(cell: int, seed: int) -> tuple[float, ...]:
    """When blinks begin in a cell of time (s): one, now and then two in a row. The clip does not begin with one."""
    if cell < 0:
        return (-1e9,)
    rng = random.Random(f"blink:{seed}:{cell}")
    first = cell * BLINK_CELL + 0.7 + rng.uniform(0, BLINK_SPREAD)
    return (first, first + DOUBLE_AFTER) if rng.random() < 0.16 else (first,)


def gaze(time: float, seed: int) -> tuple[float, float]:
    """Where the eyes look: fixations with quick jumps between them, mostly at the looker."""
    here = math.floor(time / GAZE_CELL)
    moment, _ = _fixation(here, seed)
    cell = here if time >= moment else here - 1
    moment, target = _fixation(cell, seed)
    _, before = _fixation(cell - 1, seed)
    share = smooth((time - moment) / SACCADE)
    return before[0] + share * (target[0] - before[0]), before[1] + share * (target[1] - before[1])


@lru_cache(maxsize=4096)
def _fixation(cell: int, seed: int) -> tuple[float, tuple[float, float]]:
    rng = random.Random(f"gaze:{seed}:{cell}")
    moment = cell * GAZE_CELL + rng.uniform(0.1, 1.0)
    if cell <= 0 or rng.random() < 0.55:
        return moment, (0.0, 0.0)
    angle, far = rng.uniform(0, 2 * math.pi), rng.uniform(0.25, 0.75)
    return moment, (far * math.cos(angle), 0.6 * far * math.sin(angle))


@dataclass(frozen=True, slots=True)
class Accents:
    """Beats of one sentence: (moment, strength) of stressed sounds, and whether it asks something."""

    beats: tuple[tuple[float, float], ...]
    length: float
    asks: bool

    def at(self, time: float) -> tuple[float, float]:
        """Brow raise and nod at ``time`` s of the sentence; both are zero at its ends."""
        fade = smooth(time / 0.15) * smooth((self.length - time) / 0.15)
        beat = sum(strength * _bump((time - moment) / 0.26) for moment, strength in self.beats)
        question = 0.0
        if self.asks:
            begin = max(0.0, self.length - 1.0)
            question = smooth((time - begin) / 0.35)
        return fade * (0.30 * beat + 0.6 * question), fade * (0.75 * beat - 0.35 * question)


def accents(text: str, phonemes: Sequence[Phoneme], length: float, seed: int) -> Accents:
    """Beats on stressed sounds at least 0.45 s apart; where no stress is marked, on every few sounds."""
    rng = random.Random(f"accent:{seed}:{text}")
    moments = [p.start for p in phonemes if p.stressed] or [p.start for p in phonemes[2::7]]
    beats: list[tuple[float, float]] = []
    for moment in moments:
        if not beats or moment - beats[-1][0] > 0.45:
            beats.append((moment, rng.uniform(0.45, 1.0)))
    return Accents(tuple(beats), length, text.rstrip("\"'” ").endswith("?"))


def smooth(x: float) -> float:
    """0 below 0, 1 above 1, smooth between."""
    x = min(max(x, 0.0), 1.0)
    return x * x * (3 - 2 * x)


def _lid(since: float, slowness: float) -> float:
    """A blink: quick down, a moment shut, slower up."""
    closing, opening = CLOSING * slowness, OPENING * slowness
    if since < 0:
        return 0.0
    if since < closing:
        return smooth(since / closing)
    return 1.0 if since < closing + SHUT else 1 - smooth((since - closing - SHUT) / opening)


def _bump(x: float) -> float:
    return 0.5 + 0.5 * math.cos(math.pi * x) if abs(x) < 1 else 0.0


def _drift(time: float, seed: int, name: str, period: float) -> float:
    """Slow aimless movement, about -1..1: sines whose periods share no multiple."""
    phases = _phases(seed, name)
    ratios, sizes = (1.0, 0.618, 0.277), (0.62, 0.30, 0.16)
    return sum(
        size * math.sin(2 * math.pi * time / (period * ratio) + phase)
        for ratio, size, phase in zip(ratios, sizes, phases, strict=True)
    )


def _breath(time: float, seed: int) -> float:
    """In faster than out, once in about 3.6 s."""
    turn = 2 * math.pi * time / 3.6 + _phases(seed, "breath")[0]
    return math.sin(turn + 0.35 * math.sin(turn))


@lru_cache(maxsize=1024)
def _phases(seed: int, name: str) -> tuple[float, float, float]:
    rng = random.Random(f"{name}:{seed}")
    return rng.uniform(0, 2 * math.pi), rng.uniform(0, 2 * math.pi), rng.uniform(0, 2 * math.pi)
