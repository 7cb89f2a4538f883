"""Drawn portraits that move: what keeps still behind them, and what a process keeps of them."""

from dataclasses import replace

import cv2
import numpy as np
import pytest

from pipeline.animation.animator import lightened
from pipeline.animation.planes import views
from pipeline.animation.rig import RigAnimator
from pipeline.face.ground import pack, unpack
from pipeline.face.rig import FaceRig
from pipeline.stages import EngineConfig
from pipeline.types import Direction, Frame, Mood, Picture, Portrait, Speech
from tests.unit.faces import disc_portrait, speech_of

SIDE = 256
SPEECH = replace(speech_of("hɛloɑmɹʌsɪt" * 2), text="Hello! Hello!")
LIVELY = Direction(Mood.JOY, 3)


@pytest.fixture(scope="module")
def striped() -> Portrait:
    """A disc before stripes, that knows what stands behind it."""
    disc = disc_portrait(side=2 * SIDE)
    assert disc.plate is not None
    assert disc.rig is not None
    stripes = stripes_of(2 * SIDE)
    alpha = np.zeros(disc.plate.shape[:2], np.uint8)
    cv2.circle(alpha, (SIDE, SIDE), round(0.42 * 2 * SIDE), 255, -1, cv2.LINE_AA)
    share = alpha[..., None] / 255

    def before_stripes(picture: Picture) -> Picture:
        mixed: Picture = np.rint(share * picture + (1 - share) * stripes).astype(np.uint8)
        return mixed

    rig = FaceRig.model_validate_json(disc.rig).model_copy(
        update={"ground": pack(stripes, alpha), "outline": outline_of(alpha), "sway": 1.4}
    )
    plate = before_stripes(disc.plate)
    return replace(disc, picture=before_stripes(disc.picture), plate=plate, rig=rig.model_dump_json())


def stripes_of(side: int) -> Picture:
    rows = np.where(np.arange(side) // 16 % 2, 210, 60).astype(np.uint8)
    return np.ascontiguousarray(np.broadcast_to(rows[:, None, None], (side, side, 3)))


def outline_of(alpha: Picture) -> tuple[tuple[float, float], ...]:
    seen = [np.nonzero(band.any(axis=0))[0] / alpha.shape[1] for band in np.split(alpha, 32)]
    return tuple((float(band[0]), float(band[-1])) if len(band) else (1.0, 0.0) for band in seen)


def drawn(portrait: Portrait, speech: Speech = SPEECH, direction: Direction = LIVELY) -> list[Frame]:
    return list(RigAnimator(EngineConfig(None, side=SIDE)).frames(portrait, speech, direction))  # type: ignore[arg-type]


def test_a_ground_comes_back_as_it_was_behind_the_figure() -> None:
    stripes, alpha = stripes_of(64), np.zeros((64, 64), np.uint8)
    alpha[20:41, 10:51] = 255
    alpha[41, 10:51] = 6  # a soft edge
    backdrop, covered = unpack(pack(stripes, alpha), 32)
    assert np.array_equal(covered[10:21, 5:26] > 0, np.ones((11, 21), bool))
    assert np.count_nonzero(covered) == 11 * 21
    small = cv2.resize(stripes, (32, 32), interpolation=cv2.INTER_AREA)
    assert np.abs(backdrop.astype(int) - small)[12:19, 7:24].mean() < 12


def moved(frames: list[Frame]) -> tuple[int, int]:
    """How much pixels change at most: on the body and its edge, and around it."""
    lights = np.stack([views(frame)[0] for frame in frames]).astype(int)
    change = np.abs(lights - lights[0]).max(axis=0)
    y, x = np.mgrid[:SIDE, :SIDE] + 0.5 - SIDE / 2
    around = np.hypot(x, y) > (0.42 + 0.05) * SIDE  # further than the body ever goes
    return int(change[~around].max()), int(change[around].max())


def test_the_ground_keeps_still_while_the_body_moves(striped: Portrait) -> None:
    on, around = moved(drawn(striped))
    assert on > 60
    assert around == 0


def test_a_clip_begins_with_the_portrait(striped: Portrait) -> None:
    small = cv2.resize(striped.picture, (SIDE, SIDE), interpolation=cv2.INTER_AREA)
    wanted = cv2.cvtColor(small, cv2.COLOR_RGB2YUV_I420).astype(int)
    assert np.abs(drawn(striped)[0] - wanted).mean() < 1


def test_a_rig_of_old_that_knows_no_ground_moves_as_before(striped: Portrait) -> None:
    assert striped.rig is not None
    old = FaceRig.model_validate_json(striped.rig).model_dump_json(exclude={"ground"})
    on, around = moved(drawn(replace(striped, rig=old)))
    assert on > 60
    assert around > 20  # the stripes next to it bend along


def test_what_a_process_keeps_of_a_portrait_changes_no_picture(striped: Portrait) -> None:
    first = drawn(striped)
    drawn(disc_portrait(side=SIDE), SPEECH, Direction(Mood.ANGER, 5))
    begun = RigAnimator(EngineConfig(None, side=SIDE)).frames(striped, SPEECH, LIVELY)  # type: ignore[arg-type]
    for one in zip(first, drawn(striped), begun, strict=True):
        assert np.array_equal(one[0], one[1])
        assert np.array_equal(one[0], one[2])


def test_what_is_handed_over_to_draw_gives_the_same_pictures(striped: Portrait) -> None:
    light = lightened(striped, SIDE)
    assert light.picture.shape == (SIDE, SIDE, 3)
    assert all(np.array_equal(a, b) for a, b in zip(drawn(striped), drawn(light), strict=True))
    assert np.allclose(light.landmarks / SIDE, striped.landmarks / (2 * SIDE), atol=1e-5)
