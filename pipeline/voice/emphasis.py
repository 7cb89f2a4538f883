"""Emphasis that is heard: a stressed word is said slower, higher and louder than the model says it.

Neither model takes an order for a single word, so the sound is bent afterwards: WSOLA (Verhelst and Roelands 1993) for
the length, resampling for the pitch. Away from stressed words the samples stay as they are.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import numpy.typing as npt
import soxr

from pipeline.voice.sound import RATE, Samples

LONGER = 1.25
HIGHER = 1.1
LOUDER = 10 ** (3.5 / 20)

_FRAME, _HOP = 960, 480  # 40 ms: two periods of the lowest voice
_SEARCH = 240
_SLACK = 96  # samples that a copy may drift from its place before it is taken from elsewhere
_EDGE = 0.03

Spans = Sequence[tuple[float, float]]
Knots = tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]
"""Seconds before and seconds after, for ``np.interp``."""


def stress(samples: Samples, spans: Spans) -> tuple[Samples, Knots]:
    """The samples with the words at ``spans`` (seconds, in order, apart) stressed, and where each moment went."""
    length = len(samples) / RATE
    spans = [(max(0.0, a), min(length, b)) for a, b in spans]
    spans = [(a, b) for a, b in spans if b - a > 2 * _EDGE]
    moments = [0.0, *(moment for span in spans for moment in span), length]
    factors = [LONGER if i % 2 else 1.0 for i in range(len(moments) - 1)]
    lengths = [(b - a) * factor for (a, b), factor in zip(pairwise(moments), factors, strict=True)]
    knots = np.array(moments), np.concatenate([[0.0], np.cumsum(lengths)])
    if not spans:
        return samples, knots
    # What is lifted by resampling gets shorter again.
    drawn = [size * (HIGHER if i % 2 else 1.0) for i, size in enumerate(lengths)]
    longer = stretched(samples, np.array(moments), np.concatenate([[0.0], np.cumsum(drawn)]))
    edges = np.round(np.cumsum([0.0, *drawn]) * RATE).astype(int)
    wanted = np.diff(np.round(knots[1] * RATE).astype(int))
    parts = [longer[a:b] for a, b in pairwise(edges)]
    parts = [_lift(part, int(n)) if i % 2 else part for i, (part, n) in enumerate(zip(parts, wanted, strict=True))]
    return np.concatenate(parts), knots


def stretched(samples: Samples, before: npt.NDArray[np.float64], after: npt.NDArray[np.float64]) -> Samples:
    """The samples with the moments ``before`` moved to ``after``, the pitch kept: frames overlapped where they fit."""
    n = round(after[-1] * RATE)
    source = np.pad(samples, (_SEARCH + _HOP, _SEARCH + 2 * _FRAME))
    window = np.hanning(_FRAME + 1)[:-1].astype(np.float32)
    out = np.zeros(n + 2 * _FRAME, np.float32)
    at = 0
    for start in range(0, n + _HOP, _HOP):
        # The middle of the frame is what must be in place.
        ideal = int(np.interp(start / RATE, after, before) * RATE)
        following = at + _HOP if start else ideal
        at = following if abs(following - ideal) <= _SLACK else _best(source, following, ideal)
        out[start : start + _FRAME] += window * source[at + _SEARCH : at + _SEARCH + _FRAME]
    return out[_HOP : _HOP + n]


def _best(source: Samples, following: int, ideal: int) -> int:
    """The place near ``ideal`` where the sound goes on most like it does at ``following``."""
    wanted = source[following + _SEARCH : following + _SEARCH + _FRAME]
    choices = source[ideal : ideal + 2 * _SEARCH + _FRAME]
    likeness = np.correlate(choices, wanted[: len(choices)], "valid").astype(np.float64)
    energy = np.concatenate([[0.0], np.cumsum(choices.astype(np.float64) ** 2)])
    return ideal - _SEARCH + int(np.argmax(likeness / np.sqrt(energy[_FRAME:] - energy[:-_FRAME] + 1e-6)))


def _lift(part: Samples, n: int) -> Samples:
    """A word on ``n`` samples: louder, and higher by as much as it gets shorter; both begin and end gently."""
    fine = soxr.resample(part, RATE, 4 * RATE)
    edge = min(n // 3, round(_EDGE * RATE))
    shape = np.ones(n)
    shape[:edge] = 0.5 - 0.5 * np.cos(np.pi * (np.arange(edge) + 0.5) / edge)
    shape[n - edge :] = shape[:edge][::-1]
    speed = 1.0 + shape * ((len(part) - n) / shape.sum())
    places = 4.0 * (np.cumsum(speed) - speed)
    lifted = np.interp(places, np.arange(len(fine)), fine)
    return np.asarray(lifted * (1.0 + (LOUDER - 1.0) * shape), np.float32)
