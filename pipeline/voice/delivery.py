"""From what a model says to a finished `Speech`: symbols with durations become timed phonemes, the sound is bent by
the recipe and the mood, trimmed and levelled, and the times follow every step.

Both models share the alphabet of Kokoro's pronunciation (misaki: IPA, single letters for diphthongs and affricates)
and give one duration per symbol.
"""

from __future__ import annotations

import re
from collections.abc import Container, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from pipeline.types import Mood, Phoneme, Speech, VoiceRecipe
from pipeline.voice import directions, effects, emphasis, sound
from pipeline.voice.pronunciation import CLOSE, OPEN

UNIT = 600
"""Samples per unit of duration: 25 ms at 24 kHz."""

STRESS = "ˈˌ"
MODIFIERS = "ːʰʲ\u0303"
SILENT = frozenset(' ;:,.!?—…"()“”→↓↗↘')
_UNSAID = SILENT | {*STRESS, OPEN, CLOSE}
_LEAD, _TAIL = 0.05, 0.1
_PAUSE = 0.035  # a gap shorter than this is no pause, only the seam of two words
EARLY = 0.05  # both models say a sound this long before its durations do: measured at closures and vowels
NOTHING = 0.25
"""Seconds of silence for text without anything to say."""


@dataclass(frozen=True, slots=True)
class Manner:
    """What a mood does to a voice: ratios, and decibels on top of the usual loudness and of the highs.

    Energy is mostly heard in the highs: vocal cords that close hard sound bright (Scherer 2003, "Vocal communication of
    emotion", table 2). So all moods stay near one loudness, and nobody reaches for the volume.
    """

    pace: float
    pitch: float
    intonation: float
    gain: float
    brightness: float


MANNERS = {
    Mood.CALM: Manner(1.0, 1.0, 1.0, 0.0, 0.0),
    Mood.JOY: Manner(1.06, 1.07, 1.25, 0.0, 1.5),
    Mood.ANGER: Manner(1.08, 1.03, 1.15, 0.8, 3.5),
    Mood.SADNESS: Manner(0.88, 0.94, 0.7, -1.5, -4.0),
    Mood.FEAR: Manner(1.12, 1.09, 1.1, -0.8, 1.0),
    Mood.SURPRISE: Manner(1.04, 1.11, 1.4, 0.3, 2.0),
}


@dataclass(frozen=True, slots=True)
class Utterance:
    """What a model gave for one chunk of text: sound and timed phonemes."""

    samples: sound.Samples
    phonemes: tuple[Phoneme, ...]


def silence(text: str) -> Speech:
    """The speech of a text that says nothing."""
    return Speech(directions.plain(text), np.zeros(round(NOTHING * sound.RATE), np.float32), sound.RATE, ())


def time_phonemes(symbols: str, durations: npt.ArrayLike) -> tuple[Phoneme, ...]:
    """Phonemes of ``symbols``; ``durations``: units per symbol, with one pad before and one after.

    A stress mark belongs to the sound after it, a length mark to the one before.
    """
    ends = np.maximum(np.cumsum(np.asarray(durations, np.float64)) * (UNIT / sound.RATE) - EARLY, 0.0)
    if len(ends) != len(symbols) + 2:
        raise ValueError(f"{len(symbols)} symbols need {len(symbols) + 2} durations, not {len(ends)}")
    phonemes: list[Phoneme] = []
    stressed_from: float | None = None
    for i, symbol in enumerate(symbols):
        start, end = float(ends[i]), float(ends[i + 1])
        if symbol in STRESS:
            stressed_from = start if stressed_from is None else stressed_from
        elif symbol in MODIFIERS and phonemes and phonemes[-1].end == start:
            phonemes[-1] = replace(phonemes[-1], symbol=phonemes[-1].symbol + symbol, end=end)
        elif symbol in SILENT or symbol in MODIFIERS:
            stressed_from = None
        else:
            stressed = stressed_from is not None
            phonemes.append(Phoneme(symbol, start if stressed_from is None else stressed_from, end, stressed))
            stressed_from = None
    return tuple(p for p in phonemes if p.end > p.start)


def utterance(samples: sound.Samples, chunk: str, durations: npt.ArrayLike, pitch: float = 1.0) -> Utterance:
    """What a model said for a chunk of ``split``, its stressed words stressed.

    ``pitch``: ratio by which the sound was resampled after the model had spoken, and is shorter than the durations.
    """
    symbols, spans = unmarked(chunk)
    phonemes = [replace(p, start=p.start / pitch, end=p.end / pitch) for p in time_phonemes(symbols, durations)]
    if not spans:
        return Utterance(samples, tuple(phonemes))
    ends = np.maximum(np.cumsum(np.asarray(durations, np.float64)) * (UNIT / sound.RATE) - EARLY, 0.0) / pitch
    samples, (before, after) = emphasis.stress(samples, [(float(ends[a]), float(ends[b])) for a, b in spans])

    def moved(seconds: float) -> float:
        return float(np.interp(seconds, before, after))

    return Utterance(samples, tuple(replace(p, start=moved(p.start), end=moved(p.end)) for p in phonemes))


def known(symbols: str, vocabulary: Container[str]) -> str:
    """The symbols that a model knows, and the marks of stressed words, which are for us."""
    return "".join(c for c in symbols if c in vocabulary or c in (OPEN, CLOSE))


def unmarked(chunk: str) -> tuple[str, list[tuple[int, int]]]:
    """Symbols without the marks of stressed words, and from which symbol to which each is. A mark whose other half
    went into another chunk counts from the beginning or to the end."""
    symbols = ""
    spans: list[tuple[int, int]] = []
    opened: int | None = None
    for c in chunk:
        if c == OPEN:
            opened = len(symbols)
        elif c == CLOSE:
            spans.append((opened or 0, len(symbols)))
            opened = None
        else:
            symbols += c
    return symbols, spans if opened is None else [*spans, (opened, len(symbols))]


def split(symbols: str, limit: int) -> list[str]:
    """Symbols in chunks of at most ``limit``, cut after a sentence, else after a clause, else between words."""
    chunks = []
    symbols = symbols.strip()
    while len(symbols) > limit:
        head = symbols[:limit]
        for pattern in (r"[.!?…][”\")]*\s", r"[,;:—][”\")]*\s", r"\s"):
            cuts = [match.end() for match in re.finditer(pattern, head)]
            if cuts and cuts[-1] > limit // 4:
                break
        cut = cuts[-1] if cuts else limit
        chunks.append(symbols[:cut].strip())
        symbols = symbols[cut:].strip()
    return [chunk for chunk in [*chunks, symbols] if any(c not in _UNSAID for c in chunk)]


def finish(text: str, utterances: Sequence[Utterance], recipe: VoiceRecipe, mood: Mood) -> Speech:
    """One `Speech` of the utterances: effect, silence trimmed, joined, levelled, faded."""
    parts = [_trim(replace(u, samples=effects.apply(recipe.effect, u.samples))) for u in utterances]
    parts = [part for part in parts if part.phonemes]
    if not parts:
        return silence(text)
    phonemes: list[Phoneme] = []
    start = 0.0
    for part in parts:
        phonemes += [replace(p, start=p.start + start, end=p.end + start) for p in part.phonemes]
        start += len(part.samples) / sound.RATE
    samples = np.concatenate([sound.fade(part.samples) for part in parts])
    samples = sound.shelf(samples, MANNERS[mood].brightness)
    samples = sound.normalise(samples, sound.LOUDNESS + MANNERS[mood].gain - _calm(len(samples)))
    return Speech(directions.plain(text), sound.fade(samples), sound.RATE, tuple(phonemes))


def _calm(n: int) -> float:
    """Decibels that a short sentence is said softer: "Oh." is all peak, and as loud as a sentence it would bark."""
    return 1.5 * min(1.0, max(0.0, 1.7 - n / sound.RATE))


def _trim(utterance: Utterance) -> Utterance:
    """Cut to 50 ms before and 100 ms after the speech, and close seams between words that are no pauses."""
    # Padded, so that there is room for the fades where a model speaks from its first sample to its last.
    samples = np.pad(utterance.samples, (round(_LEAD * sound.RATE), round(_TAIL * sound.RATE)))
    is_loud = sound.loud(samples)
    heard = np.flatnonzero(is_loud)
    if not utterance.phonemes or not len(heard):
        return Utterance(np.zeros(0, np.float32), ())
    step = sound.STEP / sound.RATE
    onset, offset = heard[0] * step, (heard[-1] + 1) * step
    later = [replace(p, start=p.start + _LEAD, end=p.end + _LEAD) for p in utterance.phonemes]
    phonemes = _close_seams(later, is_loud, step)
    # The first sound may begin with its silent closure: keep at most 100 ms of that. The last ends when it is silent.
    begin = min(max(phonemes[0].start, onset - 0.1), onset)
    stop = offset
    length = len(samples) / sound.RATE
    cut_from, cut_to = max(0.0, begin - _LEAD), min(length, stop + _TAIL)
    a, b = round(cut_from * sound.RATE), round(cut_to * sound.RATE)
    shift, longest = a / sound.RATE, (b - a) / sound.RATE
    phonemes = [replace(phonemes[0], start=begin), *phonemes[1:]]
    phonemes[-1] = replace(phonemes[-1], end=max(stop, phonemes[-1].start + 0.01))
    moved = (replace(p, start=max(0.0, p.start - shift), end=min(longest, p.end - shift)) for p in phonemes)
    return Utterance(samples[a:b], tuple(p for p in moved if p.end > p.start))


def _close_seams(phonemes: Sequence[Phoneme], is_loud: npt.NDArray[np.bool_], step: float) -> list[Phoneme]:
    """Gaps reduced to what is silent in them. The model gives time to every space, but says words in one breath."""
    out = list(phonemes)
    for i in range(len(out) - 1):
        start, end = out[i].end, out[i + 1].start
        if end - start < 1e-9:
            continue
        quiet = _longest_quiet(is_loud, int(start / step), int(np.ceil(end / step)))
        if quiet is None or (quiet[1] - quiet[0]) * step < _PAUSE:
            middle = (start + end) / 2
            start, end = middle, middle
        else:
            start, end = max(start, quiet[0] * step), min(end, quiet[1] * step)
        out[i], out[i + 1] = replace(out[i], end=start), replace(out[i + 1], start=end)
    return out


def _longest_quiet(is_loud: npt.NDArray[np.bool_], start: int, end: int) -> tuple[int, int] | None:
    best: tuple[int, int] | None = None
    run = start
    for k in range(start, min(end, len(is_loud)) + 1):
        if k == min(end, len(is_loud)) or is_loud[k]:
            if k > run and (best is None or k - run > best[1] - best[0]):
                best = (run, k)
            run = k + 1
    return best
