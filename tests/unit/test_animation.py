"""Mouth and body over time."""

from itertools import pairwise

import numpy as np
import pytest

from pipeline.animation import motion
from pipeline.animation.visemes import MOVES, mouth_track, sounds
from pipeline.types import Mood, Phoneme

FPS = 25


def spell(symbols: str, start: float = 0.2, step: float = 0.08, stressed: str = "") -> tuple[Phoneme, ...]:
    return tuple(Phoneme(s, start + i * step, start + (i + 1) * step, s in stressed) for i, s in enumerate(symbols))


def column(track: np.ndarray, name: str) -> np.ndarray:
    values: np.ndarray = track[:, MOVES.index(name)]
    return values


def frames(seconds: float) -> np.ndarray:
    return np.arange(round(seconds * FPS)) / FPS


@pytest.mark.parametrize("closure", "pbm")
@pytest.mark.parametrize("phase", np.linspace(0, 0.039, 5))
def test_lips_are_shut_in_the_middle_of_every_closure(closure: str, phase: float) -> None:
    said = spell(f"ɑ{closure}ɑ", start=0.2 + phase, step=0.06)
    middle = (said[1].start + said[1].end) / 2
    exact = mouth_track(said, np.array([middle]))
    assert column(exact, "press")[0] == 1.0
    sampled = mouth_track(said, frames(1.0))
    near = np.abs(frames(1.0) - middle) < 0.021
    assert column(sampled, "press")[near].max() == 1.0


def test_closures_are_anticipated() -> None:
    said = spell("ɑmɑ")
    before = np.array([said[1].start - 0.005])
    assert 0 < column(mouth_track(said, before), "press")[0] <= 1


def test_the_mouth_rests_in_silence() -> None:
    said = (*spell("hɑlo", start=0.4), *spell("mun", start=1.2))
    times = np.arange(0, 2.0, 0.005)
    track = mouth_track(said, times)
    quiet = (times < 0.35) | ((times > 0.72 + 0.055) & (times < 1.2 - 0.055)) | (times > 1.44 + 0.055)
    assert np.abs(track[quiet]).max() == 0.0
    assert column(track, "jaw")[~quiet].max() > 0.3


def test_short_gaps_do_not_shut_the_mouth() -> None:
    said = (*spell("ɑ", start=0.2, step=0.2), *spell("ɑ", start=0.45, step=0.2))
    assert column(mouth_track(said, np.array([0.425])), "jaw")[0] > 0.5


def test_no_phonemes_no_movement() -> None:
    assert np.abs(mouth_track((), frames(1.0))).max() == 0.0


def test_vowels_open_by_their_height() -> None:
    jaw = {v: column(mouth_track(spell(v, step=0.2), np.array([0.3])), "jaw")[0] for v in "ɑɛiu"}
    assert jaw["ɑ"] > jaw["ɛ"] > jaw["i"] > 0.1
    round_ = mouth_track(spell("u", step=0.2), np.array([0.3]))
    assert column(round_, "pucker")[0] > 0.9


def test_neighbours_colour_a_sound() -> None:
    alone, among = (mouth_track(said, np.array([t])) for said, t in ((spell("s"), 0.24), (spell("usu"), 0.32)))
    assert column(among, "pucker")[0] > column(alone, "pucker")[0] + 0.1


def test_diphthongs_and_affricates_have_two_parts() -> None:
    assert [s.viseme.name for s in sounds([Phoneme("aɪ", 0, 0.2)])] == ["ah", "ee"]
    assert [s.viseme.name for s in sounds([Phoneme("ʤ", 0, 0.2)])] == ["tongue behind teeth", "hush"]
    assert [s.viseme.name for s in sounds([Phoneme("uː", 0, 0.2)])] == ["oo"]
    assert sounds([Phoneme(",", 0, 0.2)]) == []


def test_the_track_is_smooth() -> None:
    said = spell("hɛloaɪæmɹʌsɪtfɹʌmðiɑktɹi", step=0.07)
    times = np.arange(0, 2.4, 0.005)
    assert np.abs(np.diff(mouth_track(said, times), axis=0)).max() < 0.2


@pytest.mark.parametrize("seed", range(4))
def test_blinks_come_every_two_to_six_seconds(seed: int) -> None:
    moments = [m for cell in range(40) for m in motion.blink_moments(cell, seed)]
    gaps = [b - a for a, b in pairwise(moments)]
    singles = [g for g in gaps if g > 1]
    assert min(singles) > 1.6
    assert max(singles) < 6.1
    assert len(singles) < len(gaps), "some blinks are double"


def test_every_blink_shuts_the_eye_in_some_frame() -> None:
    for cell in range(20):
        for moment in motion.blink_moments(cell, 3):
            times = np.arange(np.ceil(moment * FPS), np.ceil((moment + 0.4) * FPS)) / FPS
            assert max(motion.blink(float(t), 3) for t in times) == 1.0


def test_idle_life_depends_on_time_and_seed_only() -> None:
    for mood in Mood:
        assert motion.idle(7.31, 5, mood) == motion.idle(7.31, 5, mood)
    assert motion.idle(7.31, 5, Mood.JOY) != motion.idle(7.31, 6, Mood.JOY)


@pytest.mark.parametrize("mood", Mood)
def test_a_clip_begins_with_the_portrait(mood: Mood) -> None:
    still = motion.idle(0.0, 9, mood)
    assert still == motion.Idle(0, 0, 0, 0, 0, 0, 0)


@pytest.mark.parametrize("mood", Mood)
def test_the_body_never_jumps(mood: Mood) -> None:
    states = [motion.idle(i / 200, 2, mood) for i in range(200 * 12)]
    for name, limit in (("sway", 0.06), ("breath", 0.06), ("nod", 0.06), ("blink", 0.12)):
        values = np.array([getattr(s, name) for s in states])
        assert np.abs(np.diff(values)).max() < limit


def test_accents_are_zero_at_both_ends_and_alive_between() -> None:
    said = spell("hɛloðɛɹmaɪfɹɛnd", stressed="oɛ")
    beats = motion.accents("Hello there, my friend?", said, 1.6, 1)
    assert beats.at(0.0) == (0.0, 0.0)
    assert beats.at(1.6) == (0.0, 0.0)
    values = [beats.at(t / 100) for t in range(160)]
    assert max(b for b, _ in values) > 0.3
    assert beats.asks
    assert not motion.accents("Hello.", said, 1.6, 1).asks


def test_mood_sets_size_and_speed() -> None:
    def travel(mood: Mood) -> float:
        return float(np.abs(np.diff([motion.idle(i / 25, 4, mood).sway for i in range(500)])).sum())

    assert travel(Mood.JOY) > 1.5 * travel(Mood.SADNESS)
