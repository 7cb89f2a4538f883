"""Life beside speech: gaze, breath and sway, and how a mood moves.

Everything here is a function of absolute time in the clip and a seed, never of the sentence: chance is drawn anew for
each cell of time, so any moment can be computed alone, and sentences drawn apart join without a jump. All of it is
zero at time 0, so a clip begins with the portrait.
"""

from __future__ import annotations

import math
import random
from dataclasses import dataclass
from functools import lru_cache

from pipeline.types import Manner, Mood, Value

GAZE_CELL = 1.5
SACCADE = 0.06
FASTEST = 2.2
"""Largest speed of a body, mood and manner together; beyond it a sway turns into a shiver."""
DARTING = 1.3, 1.8
"""From the first speed of a manner on a body begins to move in bursts, with rests between; at the second it does."""
BURST = 0.55
"""Share of the time that a burst takes."""


class Temper(Value):
    """How a mood moves: multiples of the calm body."""

    sway: float
    speed: float
    gaze: float
    accent: float
    mouth: float
    blink: float
    hop: float = 0.0


TEMPERS = {
    Mood.CALM: Temper(sway=0.8, speed=0.8, gaze=0.7, accent=0.8, mouth=0.92, blink=1.0),
    Mood.JOY: Temper(sway=1.3, speed=1.25, gaze=1.0, accent=1.2, mouth=1.08, blink=0.9, hop=1.0),
    Mood.ANGER: Temper(sway=0.9, speed=1.3, gaze=0.35, accent=1.4, mouth=1.1, blink=0.8, hop=0.7),
    Mood.SADNESS: Temper(sway=0.7, speed=0.55, gaze=0.9, accent=0.55, mouth=0.78, blink=1.5),
    Mood.FEAR: Temper(sway=0.7, speed=1.9, gaze=1.6, accent=0.9, mouth=0.95, blink=0.75),
    Mood.SURPRISE: Temper(sway=1.0, speed=1.1, gaze=0.6, accent=1.3, mouth=1.05, blink=0.85, hop=0.9),
}
ORDINARY = Manner()


@dataclass(frozen=True, slots=True)
class Stance:
    """What the body does by itself. ``turn`` and ``nod`` as in `FacePose`; ``sway`` and ``breath`` about -1..1."""

    sway: float
    breath: float
    turn: float
    nod: float


def stance(time: float, seed: int, mood: Mood, manner: Manner = ORDINARY) -> Stance:
    """The body at ``time`` seconds of the clip."""
    temper = TEMPERS[mood]
    begun = smooth(time / 0.9)
    speed = min(temper.speed * manner.speed**0.8, FASTEST)
    pace = _paced(speed * time, manner.speed)
    # What is quick does not swing as wide.
    size = begun * temper.sway * manner.reach / max(1.0, manner.speed) ** 0.5
    glance = gaze(time, seed, manner.speed)[0]
    return Stance(
        sway=size * _drift(pace, seed, "sway", 3.7),
        breath=begun * _breath(time * (0.7 + 0.3 * speed), seed),
        turn=size * 0.75 * _drift(pace, seed, "turn", 4.9) + begun * 0.22 * temper.gaze * glance,
        nod=size * 0.40 * _drift(pace, seed, "nod", 4.1),
    )


def look(time: float, seed: int, mood: Mood, manner: Manner = ORDINARY) -> tuple[float, float]:
    """Where the eyes look at ``time``, as ``gaze_x`` and ``gaze_y`` of `FacePose`."""
    x, y = gaze(time, seed, manner.speed)
    size = smooth(time / 0.9) * TEMPERS[mood].gaze
    return size * x, size * y


def gaze(time: float, seed: int, speed: float = 1.0) -> tuple[float, float]:
    """Where eyes look: fixations with quick jumps between them, mostly at the looker. Who is quick looks about more
    often; the jump itself is as fast in everybody (Bahill et al. 1975)."""
    length = GAZE_CELL / speed**0.5
    here = math.floor(time / length)
    share, _ = _fixation(here, seed)
    cell = here if time >= (here + share) * length else here - 1
    share, target = _fixation(cell, seed)
    _, before = _fixation(cell - 1, seed)
    done = smooth((time - (cell + share) * length) / SACCADE)
    return before[0] + done * (target[0] - before[0]), before[1] + done * (target[1] - before[1])


@lru_cache(maxsize=4096)
def _fixation(cell: int, seed: int) -> tuple[float, tuple[float, float]]:
    """When in its cell (a share) the eyes jump, and where to."""
    rng = random.Random(f"gaze:{seed}:{cell}")
    share = rng.uniform(0.07, 0.67)
    if cell <= 0 or rng.random() < 0.55:
        return share, (0.0, 0.0)
    angle, far = rng.uniform(0, 2 * math.pi), rng.uniform(0.25, 0.75)
    return share, (far * math.cos(angle), 0.6 * far * math.sin(angle))


def smooth(x: float) -> float:
    """0 below 0, 1 above 1, smooth between."""
    x = min(max(x, 0.0), 1.0)
    return x * x * (3 - 2 * x)


def _paced(time: float, speed: float) -> float:
    """Time as a body of this speed lives it: evenly, or, when quick, in bursts."""
    darting = smooth((speed - DARTING[0]) / (DARTING[1] - DARTING[0]))
    whole = math.floor(time)
    return (1 - darting) * time + darting * (whole + smooth((time - whole) / BURST))


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
