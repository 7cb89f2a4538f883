"""How well a mouth keeps time with speech, counted from what was read in the decoded frames of clips."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from pipeline.evaluation.figures import Figure
from pipeline.types import Phoneme, Value

Reals = npt.NDArray[np.floating[Any]]

CLOSED = 0.12
"""Share of the full opening that still looks shut."""
CLOSURES = frozenset("pbm")
SYLLABLE = 0.16
"""Seconds over which the openness of single sounds is blurred, as mouths cannot jump: a Hann window of a syllable."""
CONTACT = 0.08
"""The same of lips that meet: they do so quickly and wholly, whatever comes before and after (A. Löfqvist and
V. Gracco, "Lip and jaw kinematics in bilabial stop consonant production", 1997)."""
LAGS = 5
"""Frames by which mouth and sound are moved against each other."""
QUIET = 0.15
"""Seconds from every sound at which the mouth has nothing to do with speech any more."""
BLINK = 0.7
"""Share of an open eye below which it blinks."""
LONGEST_BLINK = 0.8
"""Seconds; what lasts longer is a look, not a blink."""


@dataclass(frozen=True, slots=True)
class Trace:
    """What was read in the n frames of one clip. ``opening``: (n,) pixels; ``lids``: (n, 2) how much of each eye is
    seen, 1 as at rest; ``brows``: (n, 2) pixels by which each brow is lower than at rest, head movement taken off."""

    opening: Reals
    lids: Reals
    brows: Reals
    phonemes: tuple[Phoneme, ...]
    fps: int

    @property
    def times(self) -> Reals:
        """(n,) seconds."""
        return np.arange(len(self.opening)) / self.fps

    @property
    def quiet(self) -> npt.NDArray[np.bool_]:
        """(n,) whether a frame lies in silence."""
        silent: npt.NDArray[np.bool_] = np.ones(len(self.opening), bool)
        for sound in self.phonemes:
            silent &= (self.times < sound.start - QUIET) | (self.times > sound.end + QUIET)
        return silent


class Blink(Value):
    """One blink: the most that was still seen of an eye when it was shut furthest, and how far a brow went down with
    it, in pixels."""

    seen: float
    brow: float


def openness(phonemes: Sequence[Phoneme], times: Reals, heights: dict[str, float], rest: float = 0.0) -> Reals:
    """(n,) how far a mouth should be open at ``times``; ``heights``: per letter of the alphabet, 0..1; ``rest``: how
    far it is open when it says nothing."""
    step = 0.005
    fine = np.full(int(np.ceil((float(times[-1]) + 1.0) / step)), rest, float)
    contact = np.zeros(len(fine))
    for sound in phonemes:
        known = [heights[letter] for letter in sound.symbol if letter in heights]
        length = (sound.end - sound.start) / max(len(known), 1)
        for index, height in enumerate(known):
            begin = sound.start + index * length
            fine[round(begin / step) : round((begin + length) / step)] = height
        if CLOSURES & set(sound.symbol):
            contact[round(sound.start / step) : round(sound.end / step)] = 1.0
    wanted = _blurred(fine, SYLLABLE / step) * (1 - _blurred(contact, CONTACT / step))
    return np.interp(times, np.arange(len(fine)) * step, wanted)


def _blurred(values: Reals, width: float) -> Reals:
    """Smoothed by a Hann window of so many samples; at both ends they go on as they are."""
    window = np.hanning(2 * round(width / 2) + 3)
    return np.convolve(np.pad(values, len(window) // 2, mode="edge"), window / window.sum(), mode="valid")


def best_fit(opening: Reals, wanted: Reals) -> tuple[float, int]:
    """The highest correlation of both, and by how many frames the mouth is late in it."""
    lags = sorted(range(-LAGS, LAGS + 1), key=abs)
    best = max(lags, key=lambda lag: _correlation(opening, wanted, lag))
    return _correlation(opening, wanted, best), best


def _correlation(opening: Reals, wanted: Reals, lag: int) -> float:
    late, early = opening[max(lag, 0) : len(opening) + min(lag, 0)], wanted[max(-lag, 0) : len(wanted) - max(lag, 0)]
    if len(late) < 3 or late.std() < 1e-9 or early.std() < 1e-9:
        return 0.0
    return float(np.corrcoef(late, early)[0, 1])


def closures(trace: Trace, full: float) -> list[float]:
    """Of every P, B and M: the smallest opening in a frame within the sound, or one frame off, as a share of
    ``full``."""
    near = 1.0 / trace.fps + 1e-6
    found = []
    for sound in trace.phonemes:
        if CLOSURES & set(sound.symbol):
            frames = (trace.times >= sound.start - near) & (trace.times <= sound.end + near)
            found.append(float(trace.opening[frames].min(initial=np.inf)) / full)
    return found


def unrest(traces: Sequence[Trace], rest: float, full: float) -> float | None:
    """How far the mouth is from rest in silence, as a share of ``full``: 95 % of the frames are nearer."""
    quiet = np.concatenate([trace.opening[trace.quiet] for trace in traces])
    return float(np.percentile(np.abs(quiet - rest), 95)) / full if len(quiet) else None


def blinks(trace: Trace) -> list[Blink]:
    """Every blink that is over before the clip is. Of both eyes the one that shuts less counts, of both brows the one
    that falls further."""
    usual = np.maximum(np.median(trace.lids, axis=0), 1e-6)
    low = np.asarray((trace.lids < BLINK * usual).any(axis=1))
    edges = np.flatnonzero(np.diff(np.concatenate([[0], low.astype(int), [0]])))
    found = []
    for begin, end in zip(edges[::2], edges[1::2], strict=True):
        if begin == 0 or end == len(low) or (end - begin) / trace.fps > LONGEST_BLINK:
            continue
        before = trace.brows[max(begin - 2, 0)]
        fallen = float((trace.brows[begin:end] - before).max())
        found.append(Blink(seen=float(trace.lids[begin:end].min(axis=0).max()), brow=fallen))
    return found


class Measured(Value):
    """The figures of one portrait; lengths as shares of its full opening, levels of 256 grey ones."""

    id: str
    kind: str
    animation: str
    full: float
    """Pixels of the widest opening."""
    correlations: tuple[float, ...]
    lags: tuple[int, ...]
    closures: tuple[float, ...]
    """Smallest opening of every P, B and M."""
    silence: float | None
    first: float
    last: float
    """Mean difference of first and last frame from the portrait."""
    background: float | None
    """Mean difference beyond the head to the first frame; None where the body is meant to move."""
    blinks: tuple[Blink, ...]
    shut: float
    """What may be left of an eye whose lids have met."""


def figures(rows: Sequence[Measured]) -> tuple[Figure, ...]:
    """Of one portrait or several."""
    correlations = [value for row in rows for value in row.correlations]
    lags = [lag for row in rows for lag in row.lags]
    closed = [gap <= CLOSED for row in rows for gap in row.closures]
    backgrounds = [row.background for row in rows if row.background is not None]
    met = [blink.seen <= row.shut for row in rows for blink in row.blinks]
    brows = [blink.brow for row in rows for blink in row.blinks]
    return (
        _figure("correlation", "mouth and speech, correlation at the best lag", _median(correlations), "", 3),
        _figure("lag", "that lag, mouth late", _median(lags), "frames", 0),
        _figure("lag_most", "the largest lag of a clip, either way", max(map(abs, lags), default=None), "frames", 0),
        _figure("closed", f"P, B and M with lips shut (gap <= {100 * CLOSED:.0f} %)", _share(closed), "%", 1),
        _figure("silence", "mouth in silence, from rest", _percent([row.silence for row in rows]), "% of full", 1),
        _figure("first", "first frame and portrait differ by", _median([row.first for row in rows]), "grey levels", 2),
        _figure("last", "last frame and portrait differ by", _median([row.last for row in rows]), "grey levels", 2),
        _figure("background", "beyond the head, pictures", _median(backgrounds), "grey levels", 2),
        _figure("blinks", "blinks seen", float(len(met)), "", 0),
        _figure("lids", "blinks in which the lids meet", _share(met), "%", 0),
        _figure("brows", "brows fall in a blink, most", max(brows, default=None), "px", 1),
    )


def _figure(key: str, title: str, value: float | None, unit: str, digits: int) -> Figure:
    return Figure(key=key, title=title, value=value, unit=unit, digits=digits)


def _median(values: Sequence[float]) -> float | None:
    return float(statistics.median(values)) if values else None


def _percent(values: Sequence[float | None]) -> float | None:
    found = _median([value for value in values if value is not None])
    return None if found is None else 100 * found


def _share(answers: Sequence[bool]) -> float | None:
    return 100 * sum(answers) / len(answers) if answers else None
