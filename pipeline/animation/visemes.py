"""Phonemes to mouth movement.

Co-articulation by dominance functions (Cohen & Massaro, "Modeling coarticulation in synthetic visual speech", 1993):
each sound pulls the mouth towards its target with a force that falls off around its middle, and the mouth takes the
weighted mean. Closures (P, B, M) and lip-to-teeth contacts (F, V) do not blend: they are laid over the result, so
that they are complete at the middle of the sound.
"""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import numpy.typing as npt

from pipeline.types import Phoneme, Value

Track = npt.NDArray[np.float64]

BLENDED = ("jaw", "spread", "pucker", "upper_teeth", "lower_teeth", "tongue")
LAID_OVER = ("press", "tuck")
MOVES = (*BLENDED, *LAID_OVER, "quiet")
"""Columns of a mouth track: names of `FacePose` fields."""

PAUSE = 0.12
"""A gap this long (s) is silence: the mouth goes to rest."""
ATTACK, RELEASE = 0.04, 0.05
"""The mouth leaves rest this long (s) before the first sound and is back this long after the last."""
REACH = 0.045
"""Decay (s) of dominance around a sound."""
PLATEAU = 0.021
"""A contact lasts at least this long (s) on both sides of the middle: at 25 fps one frame always shows it."""
APPROACH = 0.05
"""Lips take this long (s) to meet and to part."""


class Viseme(Value):
    """A row of ``visemes.toml``."""

    name: str
    symbols: str
    jaw: float = 0.0
    spread: float = 0.0
    pucker: float = 0.0
    upper_teeth: float = 0.0
    lower_teeth: float = 0.0
    tongue: float = 0.0
    press: float = 0.0
    tuck: float = 0.0
    lead_jaw: float
    lead_lips: float


class _Table(Value):
    letters: dict[str, str]
    viseme: tuple[Viseme, ...]


@dataclass(frozen=True, slots=True)
class Sound:
    """A viseme with its place in time (s)."""

    viseme: Viseme
    start: float
    end: float
    stressed: bool

    @property
    def middle(self) -> float:
        """Where the target is reached."""
        return (self.start + self.end) / 2


def sounds(phonemes: Sequence[Phoneme]) -> list[Sound]:
    """Visemes in time: diphthongs and affricates split, marks and unknown letters passed over."""
    letters, by_symbol = _table()
    found = []
    for phoneme in phonemes:
        spelt = "".join(letters.get(letter, letter) for letter in phoneme.symbol)
        shapes = [by_symbol[letter] for letter in spelt if letter in by_symbol]
        if not shapes and any(letter.isalpha() for letter in spelt):
            shapes = [by_symbol["ə"]]
        step = (phoneme.end - phoneme.start) / max(len(shapes), 1)
        for index, viseme in enumerate(shapes):
            start = phoneme.start + index * step
            found.append(Sound(viseme, start, start + step, phoneme.stressed))
    return found


def mouth_track(phonemes: Sequence[Phoneme], times: Track) -> Track:
    """(n, 9) values of `MOVES` at ``times`` (n,) in seconds from the start of the speech; all zero is rest."""
    track = np.zeros((len(times), len(MOVES)))
    spoken = sounds(phonemes)
    if not spoken:
        return track
    speaking = _speaking(spoken, times)
    track[:, : len(BLENDED)] = _blended(spoken, times) * speaking[:, None]
    track[:, -1] = np.where(speaking > 0, 1 - speaking, 0.0)
    for column, name in enumerate(LAID_OVER, start=len(BLENDED)):
        for sound in spoken:
            if getattr(sound.viseme, name) > 0:
                np.maximum(track[:, column], _contact(sound, times), out=track[:, column])
    return track


def _blended(spoken: list[Sound], times: Track) -> Track:
    """The weighted mean of all targets, per move."""
    targets = np.array([[getattr(s.viseme, name) for name in BLENDED] for s in spoken])
    emphasis = np.array([1.0 if s.stressed else 0.84 for s in spoken])
    targets[:, 0] *= emphasis
    lead = np.array([[s.viseme.lead_jaw] + [s.viseme.lead_lips] * (len(BLENDED) - 1) for s in spoken])
    middles = np.array([s.middle for s in spoken])
    holds = np.array([0.28 * (s.end - s.start) for s in spoken])
    away = np.maximum(np.abs(times[:, None] - middles) - holds, 0.0) / REACH
    force = np.exp(-(away[:, :, None] ** 1.4)) * lead + 1e-12
    mean: Track = (force * targets).sum(axis=1) / force.sum(axis=1)
    return mean


def phrases(spoken: Sequence[Sound]) -> list[tuple[float, float]]:
    """Start and end (s) of what is said without a pause."""
    runs: list[tuple[float, float]] = []
    for sound in spoken:
        if runs and sound.start - runs[-1][1] < PAUSE:
            runs[-1] = (runs[-1][0], max(runs[-1][1], sound.end))
        else:
            runs.append((sound.start, sound.end))
    return runs


def _speaking(spoken: list[Sound], times: Track) -> Track:
    """1 while speaking, 0 in pauses and at both ends, with short ramps."""
    envelope = np.zeros(len(times))
    for start, end in phrases(spoken):
        rise = _smooth((times - start + ATTACK) / (2 * ATTACK))
        fall = _smooth((end + RELEASE - times) / (2 * RELEASE))
        np.maximum(envelope, rise * fall, out=envelope)
    return envelope


def _contact(sound: Sound, times: Track) -> Track:
    """How far lips (or lip and teeth) have met: exactly 1 around the middle of the sound."""
    away = np.abs(times - sound.middle)
    hold = max(PLATEAU, 0.30 * (sound.end - sound.start))
    return _smooth(1 - (away - hold) / APPROACH)


def _smooth(x: Track) -> Track:
    x = np.clip(x, 0.0, 1.0)
    return x * x * (3 - 2 * x)


@cache
def _table() -> tuple[dict[str, str], dict[str, Viseme]]:
    source = Path(__file__).with_name("visemes.toml").read_text(encoding="utf-8")
    table = _Table.model_validate(tomllib.loads(source))
    return table.letters, {symbol: viseme for viseme in table.viseme for symbol in viseme.symbols}
