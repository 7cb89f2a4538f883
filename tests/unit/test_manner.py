"""How characters move, from what people typed to the frames: who is old, small, sleepy or quick shows it."""

from __future__ import annotations

import numpy as np
import pytest

from pipeline.animation import motion
from pipeline.animation.accents import accents
from pipeline.animation.acting import moments
from pipeline.animation.blinking import blinks
from pipeline.animation.manner import direction_of, manner_of
from pipeline.concept import clean
from pipeline.face.pose import FacePose
from pipeline.mind.scripted.writing import write
from pipeline.types import Direction, Manner, Mood, Phoneme
from tests.unit.faces import speech_of

FPS = 25
OAK, SQUIRREL, SLEEPY, LIVELY = "a wise old oak", "a frantic squirrel", "a sleepy dragon", "a hyperactive dragon"


def manner(concept: str) -> Manner:
    return manner_of(write(clean(concept), 3))


def swaying(manner: Manner, seconds: int = 40) -> np.ndarray:
    """How far the body sways from frame to frame."""
    states = [motion.stance(i / FPS, 4, Mood.CALM, manner).sway for i in range(seconds * FPS)]
    return np.abs(np.diff(states))


def test_an_old_oak_moves_slowly_and_a_squirrel_quickly() -> None:
    oak, squirrel = manner(OAK), manner(SQUIRREL)
    assert oak.speed < 0.6
    assert squirrel.speed > 1.5
    assert swaying(squirrel).sum() > 2 * swaying(oak).sum()


def test_a_squirrel_darts_and_rests_where_an_oak_flows() -> None:
    """In bursts with rests between, or evenly."""
    oak, squirrel = (swaying(manner(concept)) for concept in (OAK, SQUIRREL))
    resting = [float((steps < 0.02 * steps.max()).mean()) for steps in (oak, squirrel)]
    assert resting[0] < 0.05
    assert resting[1] > 0.18


def closed(concept: str) -> list[int]:
    """Frames that each blink of a long speech takes."""
    speech = speech_of("hɛloɑmɹʌsɪt" * 20)
    acted = direction_of(write(clean(concept), 3), Mood.CALM, 5)
    lids = np.array([m.pose.lid_left for m in moments(FacePose(), FacePose(), speech, acted, FPS)])
    edges = np.flatnonzero(np.diff((np.concatenate([[0], lids, [0]]) > 0.01).astype(int)))
    return [int(end - begin) for begin, end in edges.reshape(-1, 2)]


def test_who_is_sleepy_blinks_slowly() -> None:
    assert np.median(closed(SLEEPY)) >= 1.4 * np.median(closed(LIVELY))
    assert min(closed(LIVELY)) >= 2


@pytest.mark.parametrize("slowness", [0.7, 1.0, 1.6])
def test_people_blink_every_two_to_six_seconds_and_now_and_then_twice(slowness: float) -> None:
    """Over a long talk of sentences of any length, each of which ends in a pause."""
    dice, gaps = np.random.default_rng(7), []
    for seed in range(6):
        at, shown = 0.0, list[float]()
        while at < 600:
            length = round(float(dice.uniform(1.2, 4.5)) * FPS) / FPS
            shown += blinks(at, length, [at + length - 0.24], seed, slowness).moments
            at += length
        gaps += np.diff(shown).tolist()
    single = np.array([gap for gap in gaps if gap > 1])
    assert ((single >= 2) & (single <= 6)).mean() > 0.99
    assert 3 < np.median(single) < 5
    assert 0.04 < 1 - len(single) / len(gaps) < 0.25


def test_eyes_jump_and_then_rest_mostly_on_the_looker() -> None:
    """Saccades: never slower than a tenth of a second, with fixations between."""
    step = 0.01
    places = np.array([motion.gaze(i * step, 5) for i in range(6000)])
    moving = np.hypot(*np.diff(places, axis=0).T) > 1e-9
    edges = np.flatnonzero(np.diff(np.concatenate([[False], moving, [False]]).astype(int))).reshape(-1, 2)
    assert len(edges) > 10
    assert max(end - begin for begin, end in edges) * step <= 0.1
    assert moving.mean() < 0.1
    assert 0.4 < (np.hypot(*places.T) < 1e-9).mean() < 0.95


def test_stressed_words_raise_the_brows_and_nod_and_questions_raise_them_at_the_end() -> None:
    said = [Phoneme("ə", i / 10, (i + 1) / 10, stressed=i in (8, 20)) for i in range(3, 30)]
    told, asked = (accents(text, said, 3.6, 1) for text in ("No stress.", "No stress?"))
    for moment in (0.8, 2.0):
        brow, nod = told.at(moment)
        beside, less = told.at(moment + 0.5)
        assert brow > 4 * beside
        assert nod > 4 * less
    assert asked.at(3.3)[0] > told.at(3.3)[0] + 0.4


@pytest.mark.parametrize("mood", Mood)
def test_the_same_seed_acts_alike_and_another_does_not(mood: Mood) -> None:
    speech = speech_of("hɛloɑmɹʌsɪt" * 4)
    once, again, other = (
        [m.pose for m in moments(FacePose(), FacePose(), speech, Direction(mood, seed), FPS)] for seed in (1, 1, 2)
    )
    assert once == again
    assert once != other
