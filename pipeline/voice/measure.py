"""How a voice sounds, measured: pitch, pace, tilt, dynamics and harmonicity of what it says.

The pitch is YIN's (de Cheveigné and Kawahara 2002, "YIN, a fundamental frequency estimator for speech and music"), the
harmonicity the share of what repeats from period to period (Boersma 1993), both from the same difference function.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from pipeline.stages import Speaker
from pipeline.types import Mood, Speech, VoicePart, VoiceRecipe
from pipeline.voice.catalogue import Measured

SENTENCES = (
    "We were away a year ago, and nobody here remembers why.",
    "Hello! Did you really carry seven old lamps up the hill?",
)
"""What every voice says: mostly voiced sounds; a statement, a cry and a question."""

_FRAME, _HOP = 0.05, 0.01  # seconds; two periods of the lowest voice fit in a frame
_LOWEST, _HIGHEST = 55.0, 500.0  # Hz
_APERIODIC = 0.2  # of the normalised difference: a frame that nowhere falls below has no pitch
_AS_DEEP = 0.01  # valleys this close to the deepest are as deep: a strong overtone makes one at half the period
_JUMP = 1.6  # times the median: above, a frame was heard an octave too high
_VOICED = 0.1  # share of loud frames with a pitch; a voice with less whispers
_LOUD = -22.0  # decibels below the loudest frame: what is softer is not listened to
_SPLIT = 1000.0  # Hz, between the halves that the tilt compares

Curve = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Track:
    """Per frame of 10 ms: fundamental in Hz (0 where there is none), harmonicity and level in dB."""

    pitch: Curve
    harmonicity: Curve
    level: Curve


def measure(speaker: Speaker, engine: str, voice: str) -> Measured:
    """One voice of a speaker, alone and as it is. Raises what the speaker does."""
    recipe = VoiceRecipe(engine=engine, parts=(VoicePart(voice=voice, weight=1.0),))
    return measured([speaker.speak(sentence, recipe, Mood.CALM) for sentence in SENTENCES])


def measured(speeches: Sequence[Speech]) -> Measured:
    """The figures over some sentences of one voice."""
    tracks = [track(speech.samples, speech.rate) for speech in speeches]
    pitch, harmonicity, levels = (
        np.concatenate([getattr(one, name) for one in tracks]) for name in ("pitch", "harmonicity", "level")
    )
    loud = levels > levels.max() + _LOUD
    voiced = pitch > 0
    # A vowel that is nearly all second harmonic is heard an octave up; no voice here speaks that far above its middle.
    pitch = np.where(pitch > _JUMP * np.median(pitch[voiced]), pitch / 2, pitch) if voiced.any() else pitch
    sung = np.percentile(pitch[voiced], (10, 50, 90)) if voiced[loud].mean() > _VOICED else None
    softest, loudest = np.percentile(levels[loud], (10, 90))
    phonemes = [phoneme for speech in speeches for phoneme in speech.phonemes]
    bounds = (
        {name: round(float(hertz), 1) for name, hertz in zip(("low", "pitch", "high"), sung, strict=True)}
        if sung is not None
        else {}
    )
    return Measured(
        **bounds,
        rate=round(len(phonemes) / sum(one.end - one.start for one in phonemes), 2),
        tilt=round(_tilt(speeches), 1),
        dynamics=round(float(loudest - softest), 1),
        harmonicity=round(float(np.median(harmonicity[loud])), 1),
    )


def track(samples: npt.NDArray[np.float32], rate: int) -> Track:
    """YIN over (n,) samples; frames that are too quiet or not periodic have no pitch."""
    size, hop, longest, shortest = round(_FRAME * rate), round(_HOP * rate), int(rate / _LOWEST), int(rate / _HIGHEST)
    if len(samples) < size + longest:
        return Track(np.zeros(0), np.zeros(0), np.zeros(0))
    frames = np.lib.stride_tricks.sliding_window_view(samples.astype(np.float64), size + longest)[::hop]
    energy = np.concatenate([np.zeros((len(frames), 1)), np.cumsum(frames**2, axis=1)], axis=1)
    powers = energy[:, size:] - energy[:, :-size]  # of the window that begins at each lag
    width = 2 ** int(np.ceil(np.log2(2 * size + longest)))
    shifted = np.fft.rfft(frames, width) * np.fft.rfft(frames[:, :size], width).conj()
    difference = np.maximum(powers[:, :1] + powers - 2 * np.fft.irfft(shifted, width)[:, : longest + 1], 0.0)
    mean = np.cumsum(difference[:, 1:], axis=1) / np.arange(1, longest + 1)
    normal = np.concatenate([np.ones((len(frames), 1)), difference[:, 1:] / np.maximum(mean, 1e-12)], axis=1)
    lags = np.array([_period(curve, shortest) for curve in normal])
    rows = np.arange(len(frames))
    likeness = 1 - difference[rows, lags] / np.maximum(powers[:, 0] + powers[rows, lags], 1e-12)
    level = 10 * np.log10(powers[:, 0] / size + 1e-12)
    heard = (normal[rows, lags] < _APERIODIC) & (level > level.max() + _LOUD)
    likeness = np.clip(likeness, 1e-3, 1 - 1e-4)
    return Track(np.where(heard, rate / np.maximum(lags, 1), 0.0), 10 * np.log10(likeness / (1 - likeness)), level)


def _period(curve: Curve, shortest: int) -> int:
    """The first lag in a valley that is as deep as the deepest."""
    inside = curve[shortest:-1]
    valleys = (inside <= curve[shortest + 1 :]) & (inside <= curve[shortest - 1 : -2])
    return shortest + int(np.flatnonzero(valleys & (inside <= inside[valleys].min(initial=1.0) + _AS_DEEP))[:1].sum())


def _tilt(speeches: Sequence[Speech]) -> float:
    """Energy above against below the split, over everything that is said."""
    low = high = 1e-12
    for speech in speeches:
        power = np.abs(np.fft.rfft(speech.samples)) ** 2
        above = np.fft.rfftfreq(len(speech.samples), 1 / speech.rate) >= _SPLIT
        low, high = low + float(power[~above].sum()), high + float(power[above].sum())
    return float(10 * np.log10(high / low))
