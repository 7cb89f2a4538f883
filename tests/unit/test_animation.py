"""Mouth and body over time."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from pipeline.animation import motion
from pipeline.animation.accents import accents
from pipeline.animation.acting import moments
from pipeline.animation.blinking import blinks, proposal
from pipeline.animation.body import Body
from pipeline.animation.planes import views
from pipeline.animation.visemes import MOVES, mouth_track, sounds
from pipeline.face.pose import FacePose
from pipeline.face.rig import FaceRig
from pipeline.types import Direction, Manner, Mood, Phoneme, Speech
from tests.unit.faces import speech_of

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
    assert [s.viseme.name for s in sounds([Phoneme("aɪ", 0, 0.2)])] == ["ah", "ih"]
    assert [s.viseme.name for s in sounds([Phoneme("ʤ", 0, 0.2)])] == ["tongue behind teeth", "hush"]
    assert [s.viseme.name for s in sounds([Phoneme("uː", 0, 0.2)])] == ["oo"]
    assert sounds([Phoneme(",", 0, 0.2)]) == []


def test_the_track_is_smooth() -> None:
    said = spell("hɛloaɪæmɹʌsɪtfɹʌmðiɑktɹi", step=0.07)
    times = np.arange(0, 2.4, 0.005)
    track = mouth_track(said, times)
    track = track[:, : MOVES.index("quiet")]  # which counts for nothing while nobody speaks
    assert np.abs(np.diff(track, axis=0)).max() < 0.2


def shown_blinks(seed: int, sentence: float = 3.2, count: int = 50, slowness: float = 1.0) -> list[float]:
    """Moments of the blinks of a clip of sentences, each with a pause in its middle."""
    starts = [i * sentence for i in range(count)]
    return [m for at in starts for m in blinks(at, sentence, [at + sentence / 2], seed, slowness).moments]


@pytest.mark.parametrize("seed", range(4))
def test_blinks_come_every_two_to_six_seconds(seed: int) -> None:
    gaps = [b - a for a, b in pairwise(shown_blinks(seed))]
    singles = [g for g in gaps if g > 1]
    assert min(singles) > 1.6
    assert max(singles) < 6.1
    assert len(singles) < len(gaps), "some blinks are double"


@pytest.mark.parametrize("slowness", [0.5, 1.0, 2.0])
def test_every_blink_shuts_the_eye_in_some_frame_and_ends_with_its_sentence(slowness: float) -> None:
    for at in np.arange(0, 60, 2.9).tolist():
        shown = blinks(at, 2.9, [], 3, slowness)
        assert shown.lid(at) == 0.0
        assert shown.lid(at + 2.9) == pytest.approx(0.0, abs=1e-9)
        for moment in shown.moments:
            times = np.arange(np.ceil(moment * FPS), np.ceil((moment + 0.3) * FPS)) / FPS
            assert max(shown.lid(float(t)) for t in times) == 1.0


def test_a_pause_draws_a_blink_to_itself() -> None:
    moment, _ = proposal(1, 5)
    drawn, free = (blinks(2.0, 8.0, pauses, 5).moments for pauses in ([moment + 0.3], [moment + 1.0]))
    assert moment + 0.3 in drawn
    assert moment in free


def test_idle_life_depends_on_time_and_seed_only() -> None:
    for mood in Mood:
        assert motion.stance(7.31, 5, mood) == motion.stance(7.31, 5, mood)
    assert motion.stance(7.31, 5, Mood.JOY) != motion.stance(7.31, 6, Mood.JOY)


@pytest.mark.parametrize("mood", Mood)
def test_a_clip_begins_with_the_portrait(mood: Mood) -> None:
    assert motion.stance(0.0, 9, mood) == motion.Stance(0, 0, 0, 0)
    said = speech_of("hɛloɑmɹʌsɪt")
    own = FacePose(smile=0.3)
    first = next(moments(own, FacePose(smile=1.0), said, Direction(mood, 9), FPS))
    assert (first.pose, first.bend, first.hop, first.late) == (own, (0, 0), 0, (0, 0, 0))


@pytest.mark.parametrize("mood", Mood)
@pytest.mark.parametrize("speed", [0.4, 1.0, 2.2])
def test_the_body_never_jumps(mood: Mood, speed: float) -> None:
    manner = Manner(speed=speed)
    states = [motion.stance(i / 200, 2, mood, manner) for i in range(200 * 12)]
    for name, limit in (("sway", 0.14), ("breath", 0.06), ("nod", 0.06)):
        values = np.array([getattr(s, name) for s in states])
        assert np.abs(np.diff(values)).max() < limit


def test_accents_are_zero_at_both_ends_and_alive_between() -> None:
    said = spell("hɛloðɛɹmaɪfɹɛnd", stressed="oɛ")
    beats = accents("Hello there, my friend?", said, 1.6, 1)
    assert beats.at(0.0) == (0.0, 0.0)
    assert beats.at(1.6) == (0.0, 0.0)
    values = [beats.at(t / 100) for t in range(160)]
    assert max(b for b, _ in values) > 0.3
    assert beats.asks
    assert not accents("Hello.", said, 1.6, 1).asks


def test_moods_that_hop_do_on_the_strongest_sound_and_land_in_time() -> None:
    said = (*spell("hɛlo", start=0.3), Phoneme("ɑ", 1.0, 1.3, True), *spell("mɪtu", start=1.3))
    speech = Speech("Hello a me too!", np.zeros(16_000 * 2, np.float32), 16_000, said)
    hopped = {mood: [m.hop for m in moments(FacePose(), FacePose(), speech, Direction(mood, 1), FPS)] for mood in Mood}
    assert max(hopped[Mood.SADNESS]) == max(hopped[Mood.CALM]) == 0
    assert int(np.argmax(hopped[Mood.JOY])) == pytest.approx(1.0 * FPS, abs=1)
    assert hopped[Mood.JOY][-1] == hopped[Mood.JOY][0] == 0


def test_leaves_and_ears_lag_behind_the_body() -> None:
    speech = speech_of("hɛloɑmɹʌsɪt" * 4)
    acted = list(moments(FacePose(), FacePose(), speech, Direction(Mood.FEAR, 1), FPS))
    now, late = np.array([m.bend for m in acted]), np.array([m.late[:2] for m in acted])
    assert np.allclose(late[4:], now[:-4], atol=1e-6)


def travel(mood: Mood, manner: Manner = motion.ORDINARY) -> float:
    return float(np.abs(np.diff([motion.stance(i / 25, 4, mood, manner).sway for i in range(500)])).sum())


def test_mood_sets_size_and_speed() -> None:
    assert travel(Mood.JOY) > 1.5 * travel(Mood.SADNESS)


def test_an_oak_moves_slowly_and_a_squirrel_darts() -> None:
    assert travel(Mood.CALM, Manner(speed=1.8)) > 2 * travel(Mood.CALM, Manner(speed=0.45))


def test_sentences_join_without_a_jump() -> None:
    one = speech_of("hɛloɑmɹʌsɪt")
    whole = replace(one, samples=np.tile(one.samples, 2))
    for mood in Mood:
        first = list(moments(FacePose(), FacePose(), one, Direction(mood, 3, start=4.0), FPS))
        second = list(moments(FacePose(), FacePose(), one, Direction(mood, 3, start=4.0 + one.seconds), FPS))
        among = list(moments(FacePose(), FacePose(), whole, Direction(mood, 3, start=4.0), FPS))
        joined = np.array([(*m.bend, m.hop, *m.late) for m in first[-1:] + second[:1]])
        usual = np.abs(np.diff([(*m.bend, m.hop, *m.late) for m in among], axis=0)).max(axis=0)
        assert (np.abs(joined[1] - joined[0]) <= 1.5 * usual + 0.15).all()


def test_eyes_go_aside_in_a_long_pause() -> None:
    said = (*spell("hɛlo", start=0.1), *spell("mun", start=1.2))
    speech = Speech("Hello ... moon", np.zeros(16_000 * 2, np.float32), 16_000, said)
    acted = [m.pose for m in moments(FacePose(), FacePose(), speech, Direction(Mood.CALM, 1), FPS)]
    assert acted[20].gaze_x > 0.4
    assert acted[20].gaze_y < -0.3
    assert acted[20].smile > acted[8].smile
    assert acted[20].jaw == 0


def test_a_clip_ends_at_rest() -> None:
    speech = speech_of("hɛloɑmɹʌsɪt")
    own = FacePose(smile=0.3)
    direction = Direction(Mood.JOY, 3, start=2.0, end=2.0 + speech.seconds - 1 / FPS)
    last = list(moments(own, FacePose(smile=1.0), speech, direction, FPS))[-1]
    assert (last.pose, last.bend, last.hop, last.late) == (own, (0, 0), 0, (0, 0, 0))


@pytest.mark.parametrize("outline", [(), ((1.0, 0.0),) * 2 + ((0.2, 0.8),) * 6])
def test_a_body_at_rest_is_the_plate_and_nothing_moves_outside_its_window(
    outline: tuple[tuple[float, float], ...],
) -> None:
    rig = FaceRig(centre=(0.5, 0.5), radius=0.25, outline=outline)
    still = np.random.default_rng(1).integers(16, 236, (384, 256), np.uint8)
    body = Body(still, rig)
    shown = still.copy()
    body.bend(shown, (0, 0, 0), (0, 0, 0))
    assert np.array_equal(shown, still)
    body.bend(shown, (1, 1, 1), (1, 1, 1))
    assert not np.array_equal(shown, still)
    for plane, own, shrink in zip(views(shown), views(still), (1, 2, 2), strict=True):
        window = body.window.shrunk(shrink).slices
        plane[window] = own[window]
    assert np.array_equal(shown, still)
    assert np.allclose(body.matrix((0, 0, 0)).get9(), np.eye(3).ravel())
