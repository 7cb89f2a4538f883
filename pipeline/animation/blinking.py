"""When eyes blink, and how lids move then.

People blink every 2-6 s (Bentivoglio et al. 1997), and mostly where a phrase ends (Cummins 2012): chance proposes a
moment for each cell of the clip's time, and a pause nearby draws it to itself. A sentence shows the blinks proposed
within it, and shows them whole, so sentences drawn apart join without a jump.
"""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from pipeline.animation.motion import smooth

CELL, FIRST, SPREAD = 4.0, 0.7, 1.2
"""One blink is proposed per cell (s), so long after its begin, spread over so much: 2.8-5.2 s apart."""
NEAR = 0.4
"""A pause this near (s) draws a blink to itself: they stay 2-6 s apart."""
CLOSING, SHUT, OPENING = 0.09, 0.045, 0.15
"""Seconds; shut for longer than a frame at 25 fps lasts, so that one frame shows it."""
BREATHER = 0.05
DOUBLES = 0.16
"""Share of blinks that come twice in a row."""


@dataclass(frozen=True, slots=True)
class Blinks:
    """The blinks of one sentence. ``moments``: when lids begin to close (s of the clip)."""

    moments: tuple[float, ...]
    slowness: float

    def lid(self, time: float) -> float:
        """How far the lids are shut at ``time`` of the clip, 0..1: quick down, a moment shut, slower up."""
        closing, shut, opening = (self.slowness * part for part in (CLOSING, SHUT, OPENING))
        shut = max(shut, SHUT)
        lid = 0.0
        for moment in self.moments:
            since = time - moment
            if 0 < since < closing + shut + opening:
                rising = 1 - smooth((since - closing - shut) / opening)
                lid = max(lid, smooth(since / closing) if since < closing else rising)
        return lid


def blinks(start: float, length: float, pauses: Sequence[float], seed: int, slowness: float = 1.0) -> Blinks:
    """The blinks of a sentence that begins at ``start`` (s of the clip) and lasts ``length``.

    ``pauses``: when pauses begin (s of the clip). ``slowness``: > 1 is sleepy.
    """
    one = slowness * (CLOSING + OPENING) + max(1.0, slowness) * SHUT
    found: list[float] = []
    for cell in range(math.floor(start / CELL), math.floor((start + length) / CELL) + 1):
        proposed, double = proposal(cell, seed)
        if not start <= proposed < start + length or one > length:
            continue
        near = min(pauses, key=lambda pause: abs(pause - proposed), default=proposed)
        moment = near if abs(near - proposed) <= NEAR else proposed
        moment = max(start, min(moment, start + length - one))
        found.append(moment)
        if double and moment + 2 * one + BREATHER <= start + length:
            found.append(moment + one + BREATHER)
    return Blinks(tuple(found), slowness)


@lru_cache(maxsize=4096)
def proposal(cell: int, seed: int) -> tuple[float, bool]:
    """When chance would have a blink in a cell of time (s of the clip), and whether it is a double one."""
    rng = random.Random(f"blink:{seed}:{cell}")
    return cell * CELL + FIRST + rng.uniform(0, SPREAD), rng.random() < DOUBLES
