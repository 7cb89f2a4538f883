"""Arithmetic on speech: pitch and formants, loudness and peaks, silence, fades. All on (n,) float32 mono."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import soxr

Samples = npt.NDArray[np.float32]

RATE = 24_000
LOUDNESS = -16.0
"""LUFS (ITU-R BS.1770), the level of podcasts and voice notes."""
CEILING = 10 ** (-1.2 / 20)
"""Of true peaks (BS.1770, annex 2), measured between the samples, too: 0.2 dB below what is promised."""

_FFT, _HOP = 1024, 256
_LIFTER = 36  # quefrency, in samples: keeps the vocal tract, drops the pitch (24 kHz: pitches below 660 Hz)
STEP = 120
"""Samples of one stretch of `loud`: 5 ms."""


def resample(samples: Samples, ratio: float) -> Samples:
    """Pitch, formants and rate times ``ratio``; the length is ``round(n / ratio)``."""
    if ratio == 1.0 or not len(samples):
        return samples
    wanted = round(len(samples) / ratio)
    out = np.zeros(wanted, np.float32)
    changed = soxr.resample(samples, RATE * ratio, RATE)[:wanted]
    out[: len(changed)] = changed
    return out


def shift_formants(samples: Samples, ratio: float) -> Samples:
    """Move the spectral envelope by ``ratio`` and leave the pitch: > 1 sounds like a smaller body.

    Each short-time spectrum is filtered by the quotient of its cepstrally smoothed envelope, read at ``f / ratio``,
    and itself.
    """
    if abs(ratio - 1.0) < 0.01 or len(samples) < _FFT:
        return samples
    window = np.hanning(_FFT + 1)[:-1].astype(np.float32)
    padded = np.pad(samples, (_FFT, _FFT + -len(samples) % _HOP))
    frames = np.lib.stride_tricks.sliding_window_view(padded, _FFT)[::_HOP] * window
    spectrum = np.fft.rfft(frames, axis=1)
    level = np.log(np.abs(spectrum) + 1e-5)
    cepstrum = np.fft.irfft(level, axis=1)
    cepstrum[:, _LIFTER : _FFT - _LIFTER + 1] = 0.0
    envelope = np.fft.rfft(cepstrum, axis=1).real
    source = np.clip(np.arange(_FFT // 2 + 1) / ratio, 0, _FFT // 2 - 1e-3)
    low = source.astype(int)
    share = source - low
    moved = envelope[:, low] * (1 - share) + envelope[:, low + 1] * share
    spectrum *= np.exp(np.clip(moved - envelope, -4.0, 2.5))
    return _overlap_add(np.fft.irfft(spectrum, axis=1) * window, len(padded))[_FFT : _FFT + len(samples)]


def _overlap_add(frames: npt.NDArray[np.floating], length: int) -> Samples:
    """Frames windowed twice by Hann at a quarter's hop: the squares sum to 1.5."""
    out = np.zeros(length, np.float32)
    parts = frames.reshape(len(frames), _FFT // _HOP, _HOP)
    blocks = out[: (len(frames) + _FFT // _HOP - 1) * _HOP].reshape(-1, _HOP)
    for k in range(_FFT // _HOP):
        blocks[k : k + len(frames)] += parts[:, k].astype(np.float32)
    out /= 1.5
    return out


def loud(samples: Samples) -> npt.NDArray[np.bool_]:
    """(ceil(n / 120),): which stretches of 5 ms are more than 38 dB below the loudest, that is: not silent."""
    blocks = np.pad(samples, (0, -len(samples) % STEP)).reshape(-1, STEP)
    level = np.sqrt(np.mean(blocks * blocks, axis=1))
    return np.asarray(level > max(1e-4, float(level.max(initial=0.0)) * 10 ** (-38 / 20)))


def normalise(samples: Samples, loudness: float = LOUDNESS) -> Samples:
    """At the wanted integrated loudness, peaks limited, DC removed; silence and broken samples stay silent."""
    samples = np.nan_to_num(samples, nan=0.0, posinf=0.0, neginf=0.0).astype(np.float32)
    if not len(samples):
        return samples
    samples = samples - samples.mean(dtype=np.float32)
    for _ in range(5):  # the limiter takes a little loudness away: once more
        measured = measure_loudness(samples)
        if measured <= -70.0 or abs(measured - loudness) < 0.1:
            break
        samples = _limit(samples * np.float32(10 ** ((loudness - measured) / 20)))
    return samples


def measure_loudness(samples: Samples) -> float:
    """Integrated loudness in LUFS by ITU-R BS.1770-4 (K-weighting as a magnitude response; both gates)."""
    if not np.any(samples):
        return -120.0
    weighted = np.fft.irfft(np.fft.rfft(samples) * _k_weighting(len(samples)), len(samples))
    block, hop = min(len(samples), RATE * 4 // 10), RATE // 10
    total = np.concatenate([[0.0], np.cumsum(weighted.astype(np.float64) ** 2)])
    starts = np.arange(0, len(samples) - block + 1, hop)
    power = (total[starts + block] - total[starts]) / block
    power = power[power > 10 ** ((-70 + 0.691) / 10)]
    if not len(power):
        return -120.0
    power = power[power >= power.mean() / 10]
    return float(-0.691 + 10 * np.log10(power.mean()))


def _k_weighting(n: int) -> npt.NDArray[np.float64]:
    """Gain per rfft bin: the standard's head shelf (+4 dB above 1.7 kHz) and 38 Hz high-pass, as analogue filters."""
    s = 2j * np.pi * np.fft.rfftfreq(n, 1 / RATE)
    shelf_w, shelf_q, gain = 2 * np.pi * 1681.97, 0.7072, 10 ** (3.99984 / 20)
    shelf = (gain * s**2 + gain**0.4996 * shelf_w / shelf_q * s + shelf_w**2) / (
        s**2 + shelf_w / shelf_q * s + shelf_w**2
    )
    pass_w, pass_q = 2 * np.pi * 38.135, 0.5003
    high = s**2 / (s**2 + pass_w / pass_q * s + pass_w**2)
    return np.asarray(np.abs(shelf * high), np.float64)


def oversampled(samples: Samples) -> Samples:
    """Four samples for one, where true peaks are found; exact up to the highest frequency."""
    spectrum = np.zeros(2 * len(samples) + 1, np.complex64)
    part = np.fft.rfft(samples)
    spectrum[: len(part)] = 4 * part
    return np.fft.irfft(spectrum, 4 * len(samples)).astype(np.float32)


def shelf(samples: Samples, decibels: float) -> Samples:
    """What is far above 1.5 kHz louder by so many decibels, what is far below as it is; no phase is moved."""
    if not decibels or not len(samples):
        return samples
    above = (np.fft.rfftfreq(len(samples), 1 / RATE) / 1500.0) ** 2
    gain = (1.0 + 10 ** (decibels / 20) * above) / (1.0 + above)
    return np.fft.irfft(np.fft.rfft(samples) * gain, len(samples)).astype(np.float32)


def _limit(samples: Samples) -> Samples:
    """True peaks at most ``CEILING``: a gain curve that starts to fall 5 ms ahead of a peak."""
    if np.abs(samples).max(initial=0.0) <= CEILING / 2:
        return samples
    fine = np.abs(oversampled(samples))
    if fine.max() <= CEILING:
        return samples
    step, reach = 24, 5
    blocks = np.pad(fine, (0, -len(fine) % (4 * step))).reshape(-1, 4 * step)
    gain = np.minimum(1.0, CEILING / np.maximum(blocks.max(axis=1), 1e-9))
    padded = np.pad(gain, reach, mode="edge")
    lowest = np.lib.stride_tricks.sliding_window_view(padded, 2 * reach + 1).min(axis=1)
    kernel = np.hanning(2 * reach + 1)[1:-1]
    smooth = np.convolve(np.pad(lowest, reach - 1, mode="edge"), kernel / kernel.sum(), mode="valid")
    centres = np.arange(len(gain)) * step + step / 2
    curve = np.interp(np.arange(len(samples)), centres, smooth)
    return np.clip(samples * curve, -CEILING, CEILING).astype(np.float32)


def fade(samples: Samples, seconds_in: float = 0.05, seconds_out: float = 0.05) -> Samples:
    """Raised-cosine ends, so that nothing clicks."""
    out = samples.copy()
    rising, falling = min(len(out), int(seconds_in * RATE)), min(len(out), int(seconds_out * RATE))
    if rising:
        out[:rising] *= _ramp(rising)
    if falling:
        out[-falling:] *= _ramp(falling)[::-1]
    return out


def _ramp(n: int) -> Samples:
    return (0.5 - 0.5 * np.cos(np.pi * (np.arange(n) + 0.5) / n)).astype(np.float32)
