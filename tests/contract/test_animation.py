"""What every animator keeps, run over each of them."""

import math
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest

from pipeline import registry
from pipeline.errors import EngineFailed
from pipeline.stages import Animator, EngineConfig, RemoteConfig
from pipeline.types import Direction, Frame, Mood, Portrait, Speech
from tests.servers.animator import Animator as RunningAnimator
from tests.unit.faces import disc_portrait, speech_of


@pytest.fixture(params=registry.names("animation"))
def animator(request: pytest.FixtureRequest, tmp_path: Path) -> Animator:
    remote = request.getfixturevalue("elsewhere") if request.param == "remote" else None
    made: Animator = registry.create("animation", request.param, EngineConfig(assets=tmp_path, remote=remote))
    return made


@pytest.fixture(scope="module")
def elsewhere() -> Iterator[RemoteConfig]:
    """The reference server of docs/animators.md, in a process of its own."""
    with RunningAnimator() as server:
        yield RemoteConfig(server.url)


@pytest.fixture(scope="module")
def portrait() -> Portrait:
    return disc_portrait()


@pytest.fixture(scope="module")
def speech() -> Speech:
    return speech_of("hɛloɑmɹʌsɪt", start=0.1, step=0.05)


def rgb(frame: Frame) -> np.ndarray:
    picture: np.ndarray = cv2.cvtColor(frame, cv2.COLOR_YUV2RGB_I420).astype(int)
    return picture


def test_as_many_frames_as_the_speech_is_long(animator: Animator, portrait: Portrait, speech: Speech) -> None:
    for said in (speech, replace(speech, samples=speech.samples[:-100]), replace(speech, samples=speech.samples[:1])):
        frames = list(animator.frames(portrait, said, Direction(Mood.CALM, 1)))
        assert len(frames) == math.ceil(round(said.seconds * animator.fps, 6))
        assert all(f.shape == (768, 512) and f.dtype == np.uint8 for f in frames)


def test_frames_are_drawn_one_by_one(animator: Animator, portrait: Portrait, speech: Speech) -> None:
    frames = animator.frames(portrait, speech, Direction(Mood.CALM, 1))
    assert isinstance(frames, Iterator)
    first = next(frames).copy()
    kept = next(frames)
    before = kept.copy()
    next(frames)
    assert np.array_equal(kept, before), "a frame in hand must not change"
    assert first.shape == kept.shape


def test_the_same_seed_draws_the_same_frames(animator: Animator, portrait: Portrait, speech: Speech) -> None:
    acted = [Direction(Mood.JOY, seed, start=3.0) for seed in (1, 1, 2)]
    once, again, other = (list(animator.frames(portrait, speech, direction)) for direction in acted)
    assert all(np.array_equal(a, b) for a, b in zip(once, again, strict=True))
    assert any(not np.array_equal(a, b) for a, b in zip(once, other, strict=True))


def test_the_first_frame_is_the_portrait(animator: Animator, portrait: Portrait, speech: Speech) -> None:
    first = rgb(next(iter(animator.frames(portrait, speech, Direction(Mood.CALM, 1)))))
    small = cv2.resize(portrait.picture, (512, 512), interpolation=cv2.INTER_AREA).astype(int)
    assert np.abs(first - small).mean() < 1.5


def test_sentences_join_without_a_jump(animator: Animator, portrait: Portrait, speech: Speech) -> None:
    first = list(animator.frames(portrait, speech, Direction(Mood.JOY, 1)))
    second = list(animator.frames(portrait, speech, Direction(Mood.JOY, 1, start=speech.seconds)))
    within = [np.abs(rgb(a) - rgb(b)).mean() for a, b in zip(first[-5:-1], first[-4:], strict=True)]
    across = np.abs(rgb(first[-1]) - rgb(second[0])).mean()
    assert across < 3 * max(within) + 0.5


def test_the_mouth_moves_with_speech_and_rests_in_silence(
    animator: Animator, portrait: Portrait, speech: Speech
) -> None:
    silent = replace(speech, phonemes=())
    centre = (portrait.landmarks[48:68].mean(0) * 512 / portrait.picture.shape[0]).astype(int)
    box = np.s_[centre[1] - 10 : centre[1] + 30, centre[0] - 30 : centre[0] + 30]

    def movement(said: Speech) -> float:
        shown = [rgb(f)[box] for f in animator.frames(portrait, said, Direction(Mood.CALM, 1))]
        return float(max(np.abs(s - shown[0]).mean() for s in shown))

    assert movement(speech) > 3 * movement(silent)


def test_the_rim_of_the_picture_keeps_still(animator: Animator, portrait: Portrait, speech: Speech) -> None:
    frames = [rgb(f) for f in animator.frames(portrait, speech, Direction(Mood.JOY, 1, start=5.0))]
    for frame in frames[1:]:
        assert np.abs(frame[:8] - frames[0][:8]).max() <= 3
        assert np.abs(frame[:, :8] - frames[0][:, :8]).max() <= 3


def test_a_picture_that_it_cannot_move_is_refused(animator: Animator, portrait: Portrait, speech: Speech) -> None:
    lost = np.full((68, 2), np.nan, np.float32)
    with pytest.raises(EngineFailed):
        next(
            iter(
                animator.frames(
                    replace(portrait, plate=None, rig=None, landmarks=lost), speech, Direction(Mood.CALM, 1)
                )
            )
        )
