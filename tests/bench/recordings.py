"""Recordings of people with what is said in them when: WAV files with Praat TextGrids."""

from __future__ import annotations

import re
import wave
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soxr

from pipeline.voice import sound

_VALUE = re.compile(r'"(?:[^"]|"")*"|(?<!\S)-?\d[\d.e+-]*(?!\S)')
_UNSAID = ("", "sp", "sil")
_REST = 0.05
"""Seconds that are kept after the last label: what is said after it is not labelled."""


@dataclass(frozen=True, slots=True)
class Span:
    """What is said from one second to another."""

    label: str
    start: float
    end: float


@dataclass(frozen=True, slots=True)
class Recording:
    """``samples``: at 24 kHz, until the last label ends."""

    name: str
    samples: sound.Samples
    words: tuple[Span, ...]
    phones: tuple[Span, ...]

    def within(self, word: Span) -> list[Span]:
        """The phones of a word."""
        return [phone for phone in self.phones if word.start <= (phone.start + phone.end) / 2 < word.end]


def recordings(folder: Path) -> Iterator[Recording]:
    """Every WAV file (16 bits) that has tiers of words and of phones, in ``NAME.TextGrid`` or, one each, in
    ``NAME_words.TextGrid`` and ``NAME_phones.TextGrid``."""
    for path in sorted(folder.glob("*.wav")):
        tiers: dict[str, tuple[Span, ...]] = {}
        for ending in ("", "_words", "_phones"):
            grid = path.with_name(f"{path.stem}{ending}.TextGrid")
            tiers |= read_grid(grid.read_bytes()) if grid.exists() else {}
        words, phones = (
            next((tier for name, tier in tiers.items() if name.lower().startswith(kind)), ())
            for kind in ("word", "phon")
        )
        if words and phones:
            until = round((max(words[-1].end, phones[-1].end) + _REST) * sound.RATE)
            yield Recording(path.stem, _samples(path)[:until], words, phones)


def read_grid(data: bytes) -> dict[str, tuple[Span, ...]]:
    """Tier -> what is said in it, of tiers of intervals.

    In both forms of the file only numbers and strings that stand free count, the rest is for the reader (Praat manual,
    "TextGrid file formats"): a kind, a name, two times and a number of rows for each tier.
    """
    text = data.decode("utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8")
    values = iter(match[0].strip('"').strip() for match in _VALUE.finditer(text))
    for _ in ("file type", "object class", "from", "to"):
        next(values)
    tiers = {}
    for _ in range(int(next(values))):
        kind, name, _, _, rows = (next(values) for _ in range(5))
        if kind == "IntervalTier":
            spans = [
                Span(end=float(end), start=float(start), label=label) for start, end, label in _rows(values, rows, 3)
            ]
            tiers[name] = tuple(span for span in spans if span.label.lower() not in _UNSAID)
        else:
            _rows(values, rows, 2)
    return tiers


def _rows(values: Iterator[str], number: str, width: int) -> list[list[str]]:
    return [[next(values) for _ in range(width)] for _ in range(int(number))]


def _samples(path: Path) -> sound.Samples:
    with wave.open(str(path)) as file:
        frames = np.frombuffer(file.readframes(file.getnframes()), np.int16).reshape(-1, file.getnchannels())
        return np.asarray(soxr.resample(frames.mean(axis=1) / 32768, file.getframerate(), sound.RATE), np.float32)
