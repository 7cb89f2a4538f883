"""Treatments of finished speech. Each is a function of the samples alone and keeps their number and their level, so
that phoneme times stay true and no effect is louder than another."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from pipeline.errors import EngineFailed
from pipeline.voice.sound import RATE, Samples, shift_formants


def apply(effect: str, samples: Samples) -> Samples:
    """The samples after the effect. Raises ``EngineFailed`` for an effect nobody knows."""
    if effect not in EFFECTS:
        raise EngineFailed(f"There is no voice effect named {effect!r}. Known: {', '.join(EFFECTS)}.")
    if not len(samples):
        return samples
    out = np.asarray(EFFECTS[effect](samples), np.float32)
    level = float(np.sqrt(np.mean(out**2)))
    return out if effect == "none" or not level else out * np.float32(np.sqrt(np.mean(samples**2)) / level)


def _robot(samples: Samples) -> Samples:
    """A buzz of 55 Hz under a metal tube: ring modulation and a comb."""
    buzz = 0.55 + 0.45 * np.sign(np.sin(2 * np.pi * 55 * np.arange(len(samples)) / RATE))
    carried = 0.45 * samples + 0.55 * samples * buzz
    return _echo(carried.astype(np.float32), ((0.0055, 0.45), (0.011, 0.25)))


def _whisper(samples: Samples) -> Samples:
    """The voice's phases replaced by noise: the vocal tract stays, the vocal cords go."""
    n, hop = 512, 128
    window = np.hanning(n + 1)[:-1]
    padded = np.pad(samples, (n, n + -len(samples) % hop))
    spectrum = np.abs(np.fft.rfft(np.lib.stride_tricks.sliding_window_view(padded, n)[::hop] * window, axis=1))
    # Smoothed over 5 bins, so that no harmonic is left to be heard as a pitch.
    kernel = np.ones(5) / 5
    spectrum = np.apply_along_axis(np.convolve, 1, spectrum, kernel, mode="same")
    tilt = np.clip(np.fft.rfftfreq(n, 1 / RATE) / 900.0, 0.12, 1.6)
    phases = np.exp(2j * np.pi * np.random.default_rng(len(samples)).random(spectrum.shape))
    frames = np.fft.irfft(spectrum * tilt * phases, axis=1) * window
    out = np.zeros(len(padded))
    for k, frame in enumerate(frames):
        out[k * hop : k * hop + n] += frame
    return np.asarray(0.9 * out[n : n + len(samples)] + 0.1 * samples, np.float32)


def _rasp(samples: Samples) -> Samples:
    """A pressed, rough voice: uneven amplitude at about 65 Hz and soft clipping, mixed under the clean one."""
    time = np.arange(len(samples)) / RATE
    wobble = np.sin(2 * np.pi * 65 * time + 1.3 * np.sin(2 * np.pi * 7.3 * time))
    peak = float(np.abs(samples).max()) or 1.0
    pressed = np.tanh(3.2 * samples / peak) * peak * (0.72 + 0.28 * wobble)
    return np.asarray(0.55 * samples + 0.42 * pressed, np.float32)


def _giant(samples: Samples) -> Samples:
    """A large body in a cave: a rough undertone, more bass, a short hall."""
    time = np.arange(len(samples)) / RATE
    body = samples * (0.86 + 0.14 * np.sin(2 * np.pi * 38 * time + 2 * np.sin(2 * np.pi * 3.1 * time)))
    bass = _low_pass(body, 220)
    return _echo(body + 0.7 * bass, ((0.031, 0.16), (0.053, 0.12), (0.083, 0.08)))


def _tiny(samples: Samples) -> Samples:
    """A body the size of a thimble: hardly any bass."""
    return np.asarray(samples - 0.7 * _low_pass(samples, 400), np.float32)


def _underwater(samples: Samples) -> Samples:
    """Heard through water: dull, wavering, with bubbles rising now and then."""
    dull = 0.93 * _low_pass(samples, 1300) + 0.07 * samples
    noise = np.random.default_rng(len(samples))
    wet = _waver(dull, 0.012, 0.0011, 1.7)
    loud = np.flatnonzero(np.abs(samples) > 0.05 * np.abs(samples).max()) / RATE
    begin, end = (loud[0], loud[-1]) if len(loud) else (0.0, 0.0)
    starts = begin + np.cumsum(noise.uniform(0.15, 0.6, size=1 + int(2 * len(samples) / RATE)))
    for start in starts[starts < end - 0.1]:
        time = np.arange(int(noise.uniform(0.03, 0.07) * RATE)) / RATE
        first, length = int(start * RATE), len(time)
        bubble = np.sin(2 * np.pi * time * noise.uniform(350, 700) * (1 + 6 * time)) * np.hanning(length)
        room = wet[first : first + length]
        room += np.float32(0.05 * np.abs(samples).max()) * bubble[: len(room)].astype(np.float32)
    return wet


def _radio(samples: Samples) -> Samples:
    """A small loudspeaker: a narrow band, driven hard, with static under it."""
    band = _low_pass(samples, 3200)
    band = band - _low_pass(band, 380)
    peak = float(np.abs(band).max()) or 1.0
    driven = np.tanh(2.5 * band / peak)
    static = np.random.default_rng(len(samples)).standard_normal(len(samples)).astype(np.float32)
    # The static opens with the voice, as a noise gate does: silence stays silent, and is cut like any other.
    gate = _low_pass(np.minimum(np.abs(driven), 0.3).astype(np.float32), 4)
    return np.asarray(driven + 0.05 * np.maximum(gate, 0.0) * (static - _low_pass(static, 1500)), np.float32)


def _ghost(samples: Samples) -> Samples:
    """From beyond: breathy, trembling slowly, in a large empty hall."""
    voice = _waver(0.8 * samples + 0.3 * _whisper(samples), 0.004, 0.0006, 3.1)
    length = int(1.1 * RATE)
    decay = np.exp(-np.arange(length) / (0.28 * RATE))
    hall = np.random.default_rng(7).standard_normal(length) * decay
    hall[: int(0.02 * RATE)] = 0.0
    size = len(voice) + length
    wet = np.fft.irfft(np.fft.rfft(voice, size) * np.fft.rfft(hall / np.sqrt((hall**2).sum()), size), size)
    return np.asarray(voice + 0.2 * wet[: len(voice)], np.float32)


def _choir(samples: Samples) -> Samples:
    """Several who say the same: bodies of other sizes, each a little late and out of tune."""
    out = samples.astype(np.float32)
    for formant, late, rate in ((0.9, 0.017, 0.61), (1.09, 0.026, 0.83), (0.96, 0.038, 0.47), (1.04, 0.011, 1.07)):
        out = out + 0.6 * _waver(shift_formants(samples, formant), late, 0.0016, rate)
    return out


def _waver(samples: Samples, late: float, depth: float, rate: float) -> Samples:
    """The samples ``late`` seconds later, ``depth`` seconds more or less, ``rate`` times a second: the pitch wavers by
    2 pi depth rate."""
    time = np.arange(len(samples))
    delay = RATE * (late + depth * np.sin(2 * np.pi * rate * time / RATE))
    return np.interp(time - delay, time, samples, left=0.0).astype(np.float32)


def _echo(samples: Samples, taps: tuple[tuple[float, float], ...]) -> Samples:
    """The samples and delayed copies of them: (seconds, gain). What comes after the end is cut."""
    out = samples.copy()
    for seconds, gain in taps:
        delay = int(seconds * RATE)
        if delay < len(out):
            out[delay:] += np.float32(gain) * samples[:-delay]
    return out


def _low_pass(samples: Samples, hertz: float) -> Samples:
    """Second-order roll-off without phase, in one transform."""
    frequencies = np.fft.rfftfreq(len(samples), 1 / RATE)
    spectrum = np.fft.rfft(samples) / (1 + (frequencies / hertz) ** 4)
    return np.fft.irfft(spectrum, len(samples)).astype(np.float32)


EFFECTS: Mapping[str, Callable[[Samples], Samples]] = {
    "none": lambda samples: samples,
    "robot": _robot,
    "whisper": _whisper,
    "rasp": _rasp,
    "giant": _giant,
    "tiny": _tiny,
    "underwater": _underwater,
    "radio": _radio,
    "ghost": _ghost,
    "choir": _choir,
}
"""Every effect by name."""
