"""What brows, head and body give to words: beats on stressed sounds, the face of a question, hops of joy.

Accents belong to a sentence and are zero at both of its ends, so that sentences join without a jump.
"""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.animation.motion import smooth
from pipeline.types import Phoneme

BEAT, HOP = 0.45, 1.6
"""Least distance of two beats, and of two hops, in seconds."""
WIDTH = 0.26
"""A beat rises and falls in this many seconds each."""
STRONG = 0.72
"""A beat so strong is a hop in moods that hop."""
CROUCH, FLIGHT = 0.12, 0.16
"""Seconds: half of a crouch before and after a hop, half of the flight between."""
LAG = 0.16
"""Leaves, ears and antennae follow the body so many seconds late."""


@dataclass(frozen=True, slots=True)
class Accents:
    """Of one sentence. ``beats``: (moment, strength 0..1) of stressed sounds; ``hops``: moments of the highest point;
    ``width``: of a beat; times in seconds of the sentence."""

    beats: tuple[tuple[float, float], ...]
    hops: tuple[float, ...]
    width: float
    length: float
    asks: bool

    def at(self, time: float) -> tuple[float, float]:
        """Raise of the brows and nod, about 0..1, at ``time`` of the sentence."""
        beat = sum(strength * _bump((time - moment) / self.width) for moment, strength in self.beats)
        question = smooth((time - max(0.0, self.length - 1.0)) / 0.35) if self.asks else 0.0
        begun = smooth(time / 0.15)
        brow = begun * smooth((self.length - time) / 0.15) * (0.30 * beat + 0.6 * question)
        # What lags behind the nod has to be at rest at the end, too.
        nod = begun * smooth((self.length - LAG - time) / 0.15) * (0.75 * beat - 0.35 * question)
        return brow, nod

    def hop(self, time: float) -> tuple[float, float]:
        """Height of the hop, 0..1, and stretch of the body, -1 crouching .. 1: squash, flight, squash."""
        height = stretch = 0.0
        for moment in self.hops:
            since = time - moment
            height += max(0.0, 1 - (since / FLIGHT) ** 2)
            crouched = _bump((since + FLIGHT + 0.6 * CROUCH) / CROUCH) + 1.2 * _bump((since - FLIGHT - CROUCH) / CROUCH)
            stretch += 0.8 * _bump(since / FLIGHT) - crouched
        return height, stretch


def accents(text: str, phonemes: Sequence[Phoneme], length: float, seed: int, speed: float = 1.0) -> Accents:
    """Beats on stressed sounds; where no stress is marked, on every few sounds. The longer a sound, the stronger its
    beat; the strongest may hop. ``speed``: of the body, 1 is ordinary."""
    rng = random.Random(f"accent:{seed}:{text}")
    stressed = [p for p in phonemes if p.stressed] or list(phonemes[2::7])
    longest = max((p.end - p.start for p in stressed), default=1.0)
    beats: list[tuple[float, float]] = []
    for sound in stressed:
        if not beats or sound.start - beats[-1][0] > BEAT:
            strength = 0.45 + 0.45 * (sound.end - sound.start) / max(longest, 1e-6) + rng.uniform(0.0, 0.1)
            beats.append((sound.start, strength))
    room = FLIGHT + 2 * CROUCH
    hops: list[float] = []
    for moment, strength in sorted(beats, key=lambda beat: -beat[1]):
        fits = room <= moment <= length - room - LAG
        if strength >= STRONG and fits and all(abs(moment - hop) > HOP for hop in hops):
            hops.append(moment)
    asks = text.rstrip("\"'”» ").endswith(("?", "？"))
    return Accents(tuple(beats), tuple(hops), WIDTH / min(max(speed, 0.5), 1.6) ** 0.5, length, asks)


def _bump(x: float) -> float:
    return 0.5 + 0.5 * math.cos(math.pi * x) if abs(x) < 1 else 0.0
