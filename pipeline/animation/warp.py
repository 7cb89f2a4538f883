"""Animates any portrait of which the landmarks are known: the picture itself is bent, nothing is drawn but the inside
of the mouth."""

from __future__ import annotations

from collections.abc import Iterator

import cv2
import numpy as np

from pipeline.animation import lips
from pipeline.animation.acting import Moment, moments
from pipeline.animation.controls import Controls
from pipeline.animation.eyes import Eyes
from pipeline.animation.lips import Mouth
from pipeline.animation.planes import Pixels, Planes, Source
from pipeline.animation.warping import COARSE, FINE, Field, Head, Sheet
from pipeline.errors import EngineFailed
from pipeline.face.pose import FacePose
from pipeline.stages import EngineConfig
from pipeline.types import Direction, Frame, Mood, Portrait, Speech

FINER = 1.5
"""The portrait that is bent is so many times as large as the frame, if it was given so: what moves stays as sharp as
what does not."""
LARGE = 80.0
"""Unit of a face (see `controls`), in pixels, from which a coarse grid is fine enough for its mouth."""
OWN = FacePose()
"""A picture's own expression is what its zero pose looks like."""
MOODS = {
    Mood.CALM: OWN,
    Mood.JOY: FacePose(smile=0.45, brow_left=0.25, brow_right=0.25, lid_left=0.08, lid_right=0.08),
    Mood.ANGER: FacePose(smile=-0.25, frown=0.8, brow_left=-0.35, brow_right=-0.35, lid_left=0.10, lid_right=0.10),
    Mood.SADNESS: FacePose(smile=-0.40, frown=-0.7, brow_left=0.1, brow_right=0.1, lid_left=0.15, lid_right=0.15),
    Mood.FEAR: FacePose(smile=-0.20, frown=-0.5, brow_left=0.5, brow_right=0.5),
    Mood.SURPRISE: FacePose(brow_left=0.8, brow_right=0.8),
}
"""What a mood adds to it."""


class WarpAnimator:
    """A face in a picture that speaks, blinks, looks and turns a little."""

    fps = 25

    def __init__(self, config: EngineConfig) -> None:
        cv2.setNumThreads(1)
        self._side = config.side

    def frames(self, portrait: Portrait, speech: Speech, direction: Direction) -> Iterator[Frame]:
        """One sentence, frame by frame; see `pipeline.stages.Animator`.

        Raises ``EngineFailed`` for landmarks that are not those of a face inside the picture.
        """
        bent = Bent(portrait, self._side)
        return _drawn(bent, moments(OWN, MOODS[direction.mood], speech, direction, self.fps))


def _drawn(bent: Bent, acted: Iterator[Moment]) -> Iterator[Frame]:
    for moment in acted:
        yield bent.frame(moment)


class Bent:
    """The moving picture of one portrait. Keeps its buffers: one thread only."""

    def __init__(self, portrait: Portrait, side: int = 512) -> None:
        """``side``: of a frame, in pixels, a multiple of 8. Raises ``EngineFailed`` as ``WarpAnimator.frames``."""
        given = portrait.picture.shape[0]
        landmarks = (portrait.landmarks + np.float32(0.5)) * np.float32(side / given) - np.float32(0.5)
        if not np.isfinite(landmarks).all() or np.abs(landmarks - side / 2).max() > side:
            raise EngineFailed("The points of this picture's face are not known, so it cannot be moved.")
        large = min(max(given, side), round(FINER * side)) // 2 * 2
        scale = np.float32(large / side)
        there = (landmarks + np.float32(0.5)) * scale - np.float32(0.5)
        picture = cv2.cvtColor(portrait.picture, cv2.COLOR_RGB2BGR)
        still, fine = _resized(picture, side), _resized(picture, large)
        self._still: Frame = np.asarray(cv2.cvtColor(still, cv2.COLOR_BGR2YUV_I420))
        self._source = Source(fine)
        self._eyes = Eyes(fine, self._source, there)
        head = Head.of(landmarks, side)
        self._controls = controls = Controls(landmarks, head.ring(), parted=lips.parted(still, landmarks))
        step = COARSE if controls.unit >= LARGE else FINE
        field = Field(controls)
        self._head = Sheet(head.region(), head, field, 1.0, step, float(scale))
        lower = Sheet(lips.region(landmarks, controls.unit, head), head, field, -1.0, step, float(scale))
        self._mouth = Mouth(fine, there, self._head, lower, controls)

    def frame(self, moment: Moment) -> Frame:
        """The portrait in a pose."""
        self._eyes.show(moment.pose)
        shape = self._controls.shape(moment.pose, *moment.bend)
        frame = self._still.copy()
        planes = Planes.within(frame)
        solved = self._head.solve(shape)
        places = self._head.map(solved)
        planes.draw(self._source.planes, places, self._head.map(solved, shrink=2), self._head.region.slices)
        self._mouth.draw(planes, self._source, places, shape, moment.pose)
        return frame


def _resized(picture: Pixels, side: int) -> Pixels:
    if picture.shape[0] == side:
        return picture.copy()
    way = cv2.INTER_AREA if picture.shape[0] > side else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(picture, (side, side), interpolation=way))
