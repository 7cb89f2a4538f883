"""Forced alignment: when each symbol of a text is said in a recording of it, for voices that do not tell.

One hidden semi-Markov model per utterance (Rabiner 1989, "A tutorial on hidden Markov models", section V; Levinson 1986
on durations): each symbol is three thirds of mel-cepstra (Davis and Mermelstein 1980) with normally distributed values,
and lasts a log-normal time; between words there may be silence. Viterbi finds the likeliest times. Means and durations
stand in ``alignment.json``, learned by ``python -m tests.bench.aligning --fit`` from Kokoro and hibari, whose own times
are known; how far off it is on voices that it did not learn from, the same program measures.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np
import numpy.typing as npt

from pipeline.voice import delivery, sound

Curve = npt.NDArray[np.float64]

HOP = 120
"""Samples between two frames: 5 ms."""
THIRDS = 3
SILENCE = "_"
"""Its name in the table."""

_WINDOW, _FFT, _BANDS, _CEPSTRA, _REACH = 600, 1024, 24, 13, 4
_LOWEST, _HIGHEST = 80.0, 7600.0  # Hz
_FLOOR = 1e-7  # of the strongest band: quieter is silence, however quiet
_HEARD = 10**-3.2  # of the loudest frame: what counts for the mean, which takes voice and microphone out
_SHORTEST, _LONGEST = 2, 80  # frames of a symbol
SOFTENED = 0.005  # seconds added before the logarithm of a duration
_BELIEF = 0.15  # frames are alike, so each says less than an independent one would
_TEMPO = 3.0  # how much more a duration counts than one frame
_BETWEEN_WORDS, _AT_A_MARK = 8.0, 4.0
"""What silence costs there, in logarithms of likelihood."""
_NEARBY = 0.03
"""Seconds that a word may begin off the moment it is said to (one standard deviation)."""
_ASTRAY = 25.0
"""What a word costs at most that begins elsewhere: the moment may be wrong."""
_NEVER = -1e18
_LIKE = {
    "a": "ɑ", "e": "A", "o": "O", "y": "u", "ø": "ɜ", "œ": "ɜ", "ɐ": "ʌ", "ɯ": "u", "ɨ": "ɪ", "ᵻ": "ɪ", "ɚ": "ɜ",
    "c": "k", "q": "k", "x": "h", "χ": "h", "ç": "ʃ", "ɕ": "ʃ", "ʂ": "ʃ", "ʑ": "ʒ", "ʐ": "ʒ", "ʁ": "ɹ", "r": "ɹ",
    "ɾ": "T", "ɲ": "n", "ɳ": "n", "ɴ": "ŋ", "ʎ": "l", "ɥ": "w", "ʋ": "v", "β": "v", "ɣ": "ɡ", "ɟ": "ɡ", "ɸ": "f",
    "ʦ": "ʧ", "ʨ": "ʧ", "ʣ": "ʤ", "ʥ": "ʤ", "ɖ": "d", "ʈ": "t",
}  # fmt: skip
"""Sounds of other languages -> the nearest one of English."""


@dataclass(frozen=True)
class Table:
    """What symbols sound like. ``spectra``: symbol -> (3, 26) means of its thirds, silence (1, 26); ``spread``: (26,)
    their common variance; ``seconds``: symbol -> mean and deviation of the logarithm of its duration."""

    spectra: Mapping[str, Curve]
    spread: Curve
    seconds: Mapping[str, tuple[float, float]]

    def near(self, symbol: str) -> str:
        """The symbol, or the one in the table that sounds most like it."""
        like = symbol if symbol in self.seconds else _LIKE.get(symbol, "ə")
        return like if like in self.seconds else "ə"


class _Likelihoods:
    """Of everything that may be said in a recording, summed over time: the difference of two entries is the logarithm
    of the likelihood of the frames between them."""

    def __init__(self, frames: Curve, table: Table) -> None:
        self._frames, self._table = frames, table
        self._found: dict[tuple[str, int], Curve] = {}

    def of(self, symbol: str, third: int = 0) -> Curve:
        """(n + 1,)."""
        key = (symbol, third)
        if key not in self._found:
            off = (self._frames - self._table.spectra[symbol][third]) ** 2 / self._table.spread
            self._found[key] = np.concatenate([[0.0], np.cumsum(-0.5 * _BELIEF * off.sum(axis=1))])
        return self._found[key]


@dataclass(frozen=True)
class _Sound:
    """A symbol that is heard, and its ``place``. ``rest``: place of what stands for the silence that may be before it,
    -1 for the pad; ``cost``: how unlikely that silence is."""

    symbol: str
    place: int
    rest: int | None
    cost: float


def durations(
    samples: sound.Samples, symbols: str, moments: Mapping[int, float] | None = None, table: Table | None = None
) -> Curve:
    """(len(symbols) + 2,) units of 25 ms as Kokoro gives them: per symbol, with a pad before and after.

    ``samples``: at 24 kHz. ``symbols``: as of ``pronunciation.symbols``, without marks of stressed words. ``moments``:
    place of a symbol -> second at which it begins, where a service says so.
    """
    table = table or learned()
    sounds = _sounds(symbols)
    frames = features(samples)
    if not sounds:
        return np.zeros(len(symbols) + 2)
    if len(frames) < 2 * _SHORTEST * len(sounds):  # nobody speaks so quickly: the text is another one
        spans = [(i * len(frames) / len(sounds), (i + 1) * len(frames) / len(sounds)) for i in range(len(sounds))]
    else:
        spans = _viterbi(_Likelihoods(frames, table), len(frames), sounds, moments or {}, table)
    return _per_symbol(spans, sounds, len(symbols), len(frames)) * (HOP / delivery.UNIT)


def features(samples: sound.Samples) -> Curve:
    """(n, 26): 13 mel-cepstra and their slopes every 5 ms, the mean of what is heard taken away."""
    padded = np.pad(samples.astype(np.float64), (_WINDOW // 2, _WINDOW // 2))
    frames = np.lib.stride_tricks.sliding_window_view(padded, _WINDOW)[::HOP] * np.hamming(_WINDOW)
    bands = np.abs(np.fft.rfft(frames, _FFT, axis=1)) ** 2 @ _filters().T
    power = bands.sum(axis=1)
    levels = np.log(bands + _FLOOR * bands.max() + 1e-12)
    cosines = np.cos(np.pi * np.outer(np.arange(_CEPSTRA), np.arange(_BANDS) + 0.5) / _BANDS) * np.sqrt(2 / _BANDS)
    cepstra = levels @ cosines.T
    cepstra -= cepstra[power >= power.max() * _HEARD].mean(axis=0)
    around = np.pad(cepstra, ((_REACH, _REACH), (0, 0)), mode="edge")
    return np.concatenate([cepstra, (around[2 * _REACH :] - around[: -2 * _REACH]) / 2], axis=1)


@cache
def learned() -> Table:
    """What ``alignment.json`` says."""
    stored = json.loads((files("pipeline.voice") / "alignment.json").read_text(encoding="utf-8"))
    return Table(
        {symbol: np.array(rows) for symbol, rows in stored["spectra"].items()},
        np.array(stored["spread"]),
        {symbol: (mean, deviation) for symbol, (mean, deviation) in stored["seconds"].items()},
    )


@cache
def _filters() -> Curve:
    """(24, 513) triangles, equally wide on the mel scale."""
    low, high = (2595 * np.log10(1 + hertz / 700) for hertz in (_LOWEST, _HIGHEST))
    edges = 700 * (10 ** (np.linspace(low, high, _BANDS + 2) / 2595) - 1)
    hertz = np.fft.rfftfreq(_FFT, 1 / sound.RATE)
    rising = (hertz - edges[:-2, None]) / np.diff(edges)[:-1, None]
    falling = (edges[2:, None] - hertz) / np.diff(edges)[1:, None]
    return np.maximum(0.0, np.minimum(rising, falling))


def _sounds(symbols: str) -> list[_Sound]:
    found: list[_Sound] = []
    rest: int | None = -1
    cost = 0.0
    for place, symbol in enumerate(symbols):
        if symbol in delivery.SILENT:
            rest, cost = (place, _BETWEEN_WORDS) if rest is None else (rest, cost)
            cost = cost if symbol == " " else min(cost, _AT_A_MARK)
        elif symbol not in delivery.STRESS and symbol not in delivery.MODIFIERS:
            found.append(_Sound(symbol, place, rest, cost))
            rest = None
    return found


def _viterbi(
    likely: _Likelihoods, length: int, sounds: Sequence[_Sound], moments: Mapping[int, float], table: Table
) -> list[tuple[float, float]]:
    """The likeliest first and last frame of each sound. ``best[t]``: of all that was said until frame t."""
    time = np.arange(length + 1)
    lasting = np.arange(_SHORTEST, _LONGEST + 1)
    starts = np.maximum(time[:, None] - lasting, 0)
    possible = time[:, None] >= lasting
    cuts = [np.minimum(starts + np.round(lasting * k / THIRDS).astype(int), length) for k in range(THIRDS + 1)]
    silence = likely.of(SILENCE)
    best = np.where(time == 0, 0.0, _NEVER)
    back = []
    for one in sounds:
        best, since = _paused(best, silence, one)
        if one.place in moments:
            off = (time * (HOP / sound.RATE) - moments[one.place]) / _NEARBY
            best = best - np.minimum(0.5 * off**2, _ASTRAY)
        symbol = table.near(one.symbol)
        mean, deviation = table.seconds[symbol]
        surprise = (np.log(lasting * (HOP / sound.RATE) + SOFTENED) - mean) / deviation
        score = np.where(possible, best[starts], _NEVER) - 0.5 * _TEMPO * surprise**2
        for third in range(THIRDS):
            said = likely.of(symbol, third)
            score += said[cuts[third + 1]] - said[cuts[third]]
        chosen = score.argmax(axis=1)
        best = np.maximum(score[time, chosen], _NEVER)
        back.append((since, np.maximum(time - lasting[chosen], 0)))
    end = int(np.argmax(best + silence[-1] - silence))
    spans = []
    for since, begun in reversed(back):
        start = int(begun[end])
        spans.append((float(start), float(end)))
        end = int(since[start])
    return spans[::-1]


def _paused(best: Curve, silence: Curve, one: _Sound) -> tuple[Curve, npt.NDArray[np.int_]]:
    """``best`` with the silence that may stand before a sound, and the frame in which that began."""
    time = np.arange(len(best))
    if one.rest is None:
        return best, time
    before = best - silence
    highest = np.maximum.accumulate(before)
    begun = np.maximum.accumulate(np.where(before >= highest, time, 0))
    silent = highest + silence - one.cost
    return np.maximum(best, silent), np.where(silent > best, begun, time)


def _per_symbol(spans: Sequence[tuple[float, float]], sounds: Sequence[_Sound], number: int, length: int) -> Curve:
    """Frames per symbol with both pads; marks take none. ``delivery`` takes off the lag of Kokoro's durations, so that
    is added here."""
    found = np.zeros(number + 2)
    end = -delivery.EARLY * sound.RATE / HOP
    for one, (start, stop) in zip(sounds, spans, strict=True):
        if one.rest is not None:
            found[one.rest + 1] = start - end
        found[one.place + 1] = stop - start
        end = stop
    found[-1] = max(0.0, length - end)
    return found
