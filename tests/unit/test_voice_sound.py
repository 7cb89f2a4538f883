from __future__ import annotations

import numpy as np
import pytest

from pipeline.types import Mood, Phoneme, VoicePart, VoiceRecipe
from pipeline.voice import delivery, effects, sound
from pipeline.voice.delivery import Utterance, finish, split, time_phonemes
from pipeline.voice.sound import CEILING, RATE


def tone(hertz: float, seconds: float = 1.0, level: float = 0.3) -> sound.Samples:
    time = np.arange(int(seconds * RATE)) / RATE
    return (level * np.sin(2 * np.pi * hertz * time)).astype(np.float32)


def buzz(hertz: float, formant: float, seconds: float = 1.0) -> sound.Samples:
    """Harmonics of a pitch under one resonance."""
    harmonics = np.arange(hertz, 8000, hertz)
    gains = np.exp(-0.5 * ((harmonics - formant) / 250) ** 2) + 0.01
    return np.asarray(
        np.sum([tone(h, seconds, 0.1 * g) for h, g in zip(harmonics, gains, strict=True)], axis=0), np.float32
    )


def strongest(samples: sound.Samples) -> float:
    return float(np.fft.rfftfreq(len(samples), 1 / RATE)[np.abs(np.fft.rfft(samples)).argmax()])


def test_loudness_of_the_standard_tone() -> None:
    # BS.1770: a full-scale 997 Hz sine in one channel reads -3.01 LUFS.
    assert sound.measure_loudness(tone(997, 3, 1.0)) == pytest.approx(-3.01, abs=0.1)


@pytest.mark.parametrize("level", [0.001, 0.05, 0.9])
def test_normalised_to_one_loudness(level: float) -> None:
    assert sound.measure_loudness(sound.normalise(tone(500, 2, level))) == pytest.approx(-16, abs=0.2)


def test_peaks_are_limited_and_broken_samples_mended() -> None:
    clicks = tone(300, 2, 0.05)
    clicks[::4800] = 1.0
    clicks[7] = np.nan
    clicks[9] = np.inf
    out = sound.normalise(clicks)
    assert np.isfinite(out).all()
    assert np.abs(out).max() <= CEILING + 1e-6


def test_resampling_moves_the_pitch_and_the_length() -> None:
    out = sound.resample(tone(200), 1.25)
    assert len(out) == round(RATE / 1.25)
    assert strongest(out) == pytest.approx(250, abs=2)


def test_formants_move_and_pitch_stays() -> None:
    before = buzz(150, 1200)
    after = sound.shift_formants(before, 1.25)
    assert len(after) == len(before)
    assert strongest(after) == pytest.approx(1500, abs=160)
    assert strongest(after) % 150 == pytest.approx(0, abs=4) or strongest(after) % 150 == pytest.approx(150, abs=4)


@pytest.mark.parametrize("effect", list(effects.EFFECTS))
def test_effects_keep_length_and_repeat(effect: str) -> None:
    before = buzz(120, 900)
    after = effects.apply(effect, before)
    assert after.shape == before.shape
    assert after.dtype == np.float32
    assert np.isfinite(after).all()
    assert np.abs(after).max() > 0.01
    np.testing.assert_array_equal(after, effects.apply(effect, before))
    assert (effect == "none") == np.array_equal(after, before)


def test_times_count_pads_and_marks() -> None:
    phonemes = time_phonemes("bˈʌmp, fˈiːt.", [2, 1, 1, 3, 2, 2, 4, 1, 1, 1, 2, 1, 1, 3, 5])
    assert [p.symbol for p in phonemes] == ["b", "ʌ", "m", "p", "f", "iː", "t"]
    assert [p.stressed for p in phonemes] == [False, True, False, False, False, True, False]
    # 50 ms before what the durations say.
    assert phonemes[0].start == pytest.approx(0.0)
    assert [phonemes[1].start, phonemes[1].end] == pytest.approx([0.025, 0.125])
    assert phonemes[4].start - phonemes[3].end == pytest.approx(5 * 0.025)


def test_durations_must_fit() -> None:
    with pytest.raises(ValueError, match="durations"):
        time_phonemes("ab", [1, 1])


def test_split_prefers_sentences_and_never_loses_a_symbol() -> None:
    text = "wˈʌn. " * 20 + "tˈu, " * 30 + "θɹˈi " * 50
    chunks = split(text, 60)
    assert all(len(chunk) <= 60 for chunk in chunks)
    assert "".join(chunks).replace(" ", "") == text.replace(" ", "")
    assert chunks[0].endswith(".")
    assert split(" . , ", 60) == []


def test_finish_trims_and_keeps_times_true() -> None:
    quiet = np.zeros(RATE, np.float32)
    samples = np.concatenate([quiet, tone(200, 0.5), quiet])
    said = Utterance(samples, (Phoneme("ɑ", 0.98, 1.25), Phoneme("m", 1.25, 1.55)))
    recipe = VoiceRecipe(engine="kokoro", parts=(VoicePart(voice="af_heart", weight=1),))
    speech = finish("am", [said], recipe, Mood.CALM)
    assert speech.seconds == pytest.approx(0.05 + 0.52 + 0.1, abs=0.02)
    assert speech.phonemes[0].start == pytest.approx(0.05, abs=0.01)
    assert speech.phonemes[0].end - speech.phonemes[0].start == pytest.approx(0.27, abs=0.01)
    assert abs(speech.samples[0]) < 1e-3
    assert abs(speech.samples[-1]) < 1e-3


def test_a_seam_is_closed_and_a_pause_is_kept() -> None:
    samples = np.concatenate([tone(200, 0.5), np.zeros(RATE // 5, np.float32), tone(200, 0.5)])
    said = Utterance(samples, (Phoneme("a", 0, 0.2), Phoneme("b", 0.25, 0.45), Phoneme("c", 0.75, 1.2)))
    recipe = VoiceRecipe(engine="kokoro", parts=(VoicePart(voice="af_heart", weight=1),))
    a, b, c = finish("x", [said], recipe, Mood.CALM).phonemes
    assert a.end == b.start == pytest.approx(0.275)  # 50 ms of silence before it
    assert [b.end, c.start] == pytest.approx([0.55, 0.75], abs=0.006)


def test_a_cry_is_softer_than_a_sentence() -> None:
    recipe = VoiceRecipe(engine="kokoro", parts=(VoicePart(voice="af_heart", weight=1),))
    cry, sentence = (
        finish("x", [Utterance(tone(300, seconds), (Phoneme("a", 0, seconds),))], recipe, Mood.CALM).samples
        for seconds in (0.4, 2.0)
    )
    assert -2.0 < sound.measure_loudness(cry) - sound.measure_loudness(sentence) < -0.8


def test_the_last_sound_ends_when_it_is_silent() -> None:
    samples = np.concatenate([tone(200, 0.5), np.zeros(RATE, np.float32)])
    recipe = VoiceRecipe(engine="kokoro", parts=(VoicePart(voice="af_heart", weight=1),))
    speech = finish("x", [Utterance(samples, (Phoneme("a", 0, 0.8),))], recipe, Mood.CALM)
    assert speech.phonemes[-1].end == pytest.approx(0.05 + 0.5, abs=0.01)


def test_nothing_said_is_a_short_silence() -> None:
    recipe = VoiceRecipe(engine="kokoro", parts=(VoicePart(voice="af_heart", weight=1),))
    speech = finish("…", [], recipe, Mood.JOY)
    assert speech.phonemes == ()
    assert speech.seconds == pytest.approx(delivery.NOTHING)
    assert not speech.samples.any()
