"""Landmarks in every mood and at every viseme: all of them plausible, and all of them on the lines that are drawn."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from importlib.resources import files

import cv2
import numpy as np
import numpy.typing as npt
import pytest
import skia

from pipeline.animation.visemes import MOVES
from pipeline.face.drawing import draw_face
from pipeline.face.landmarks import landmarks
from pipeline.face.manners import GRID
from pipeline.face.paints import paints_of
from pipeline.face.pose import FacePose
from pipeline.face.rig import FaceRig, Manner, rest_pose
from pipeline.types import Mood

SIDE = 512
VISEMES = tomllib.loads(files("pipeline.animation").joinpath("visemes.toml").read_text(encoding="utf-8"))["viseme"]
LIDS, BROWS, LIPS = range(36, 48), range(17, 27), range(48, 68)


def rig_of(mood: Mood, manner: Manner = Manner.INK) -> FaceRig:
    """A face whose every contour is a line of ink, on a light skin."""
    return FaceRig(
        centre=(0.5, 0.5),
        radius=0.27,
        mood=mood,
        manner=manner,
        skin="#e0e0e0",
        lip="#d89090",
        lid="#e0e0e0",
        blush=0.0,
    )


def speaking(mood: Mood) -> list[FacePose]:
    """The rest pose, and it at each viseme."""
    rest = rest_pose(rig_of(mood))
    return [rest, *(replace(rest, **{move: row.get(move, 0.0) for move in MOVES}) for row in VISEMES)]


def drawn(rig: FaceRig, pose: FacePose) -> npt.NDArray[np.uint8]:
    surface = skia.Surface(SIDE, SIDE)
    surface.getCanvas().clear(skia.ColorSetRGB(224, 224, 224))
    draw_face(surface.getCanvas(), rig, pose, SIDE)
    return np.asarray(surface.toarray(colorType=skia.kRGBA_8888_ColorType)[..., :3], np.uint8)


@pytest.mark.parametrize("mood", Mood)
def test_points_are_inside_in_order_and_plausible(mood: Mood) -> None:
    rig = rig_of(mood)
    assert len(speaking(mood)) > 15
    for pose in speaking(mood):
        points = landmarks(rig, pose, SIDE)
        assert points.shape == (68, 2)
        assert np.isfinite(points).all()
        assert ((points >= 0) & (points < SIDE)).all()
        left, right, nose, mouth = points[36:42], points[42:48], points[27:36], points[48:68]
        assert left[:, 0].max() < nose[:, 0].mean() < right[:, 0].min()
        assert points[17:27, 1].mean() < left[:, 1].mean() < nose[:, 1].mean() < mouth[:, 1].mean() < points[8, 1]
        for part in (points[0:17], points[17:22], points[22:27], points[48:55], points[60:65]):
            assert (np.diff(part[:, 0]) > 0).all()
        assert (points[65:68, 1] >= points[61:64, 1][::-1] - 1e-3).all()  # the lower lip is not above the upper
        assert mouth[:12, 0].min() <= mouth[12:, 0].min() + 1e-3
        assert mouth[12:, 0].max() <= mouth[:12, 0].max() + 1e-3
        assert mouth[:, 1].max() < points[8, 1]  # the chin is below the lips


@pytest.mark.parametrize("mood", Mood)
def test_contours_lie_on_what_is_drawn(mood: Mood) -> None:
    """Within 1.5 pixels at 512; the lines are made thin for it, so that they say where they run."""
    rig = rig_of(mood)
    paints = paints_of(rig)
    for line, width in (("lash", 0.05), ("lower_edge", 0.05), ("lip_edge", 0.01), ("thin_line", 0.01), ("line", 0.01)):
        getattr(paints, line).setStrokeWidth(width)
    for pose in speaking(mood):
        ink = cv2.threshold(drawn(rig, pose)[..., 1], 110, 1, cv2.THRESH_BINARY_INV)[1]
        near = cv2.dilate(ink, np.ones((3, 3), np.uint8))
        points = landmarks(rig, pose, SIDE)
        for part in (LIDS, BROWS, LIPS):
            for x, y in points[list(part)]:
                assert near[int(y), int(x)], (mood, pose, (x, y))


def test_a_face_in_pixels_is_the_same_face() -> None:
    """Its squares lie on the grid of the picture, and it is where the smooth one is."""
    smooth, squares = (
        drawn(rig_of(Mood.JOY, manner), rest_pose(rig_of(Mood.JOY))) for manner in (Manner.FLAT, Manner.PIXELS)
    )
    cell = SIDE // GRID
    blocks = squares.reshape(GRID, cell, GRID, cell, 3)
    assert (blocks == blocks[:, :1, :, :1]).all()
    coarse = cv2.resize(smooth, (GRID, GRID), interpolation=cv2.INTER_AREA).astype(int)
    assert np.abs(coarse - blocks[:, 0, :, 0].astype(int)).mean() < 4
