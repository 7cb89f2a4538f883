"""Animates any portrait of which the landmarks are known: the picture itself is bent, nothing is drawn but the inside
of the mouth."""

from __future__ import annotations

from collections.abc import Iterator

import cv2
import numpy as np

from pipeline.animation import warping
from pipeline.animation.acting import Moment, moments
from pipeline.animation.controls import Controls
from pipeline.animation.eyes import Eyes
from pipeline.animation.lips import Mouth, parted
from pipeline.animation.warping import COARSE, Head, Pixels, Sheet, sampled
from pipeline.errors import EngineFailed
from pipeline.face.pose import FacePose
from pipeline.stages import EngineConfig
from pipeline.types import Direction, Frame, Mood, Portrait, Speech

SIDE = 512
SOURCE = 768
"""Side of the portrait that is bent, in pixels: taken from a larger picture, what moves stays as sharp as what does
not."""
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

    def frames(self, portrait: Portrait, speech: Speech, direction: Direction) -> Iterator[Frame]:
        """One sentence, frame by frame; see `pipeline.stages.Animator`.

        Raises ``EngineFailed`` for landmarks that are not those of a face inside the picture.
        """
        bent = Bent(portrait)
        return _drawn(bent, moments(OWN, MOODS[direction.mood], speech, direction, self.fps))


def _drawn(bent: Bent, acted: Iterator[Moment]) -> Iterator[Frame]:
    for moment in acted:
        yield bent.frame(moment)


class Bent:
    """The moving picture of one portrait. Keeps its buffers: one thread only."""

    def __init__(self, portrait: Portrait) -> None:
        """Raises ``EngineFailed`` as ``WarpAnimator.frames``."""
        scale = SIDE / portrait.picture.shape[0]
        landmarks = portrait.landmarks * np.float32(scale)
        if not np.isfinite(landmarks).all() or np.abs(landmarks - SIDE / 2).max() > SIDE:
            raise EngineFailed("The points of this picture's face are not known, so it cannot be moved.")
        picture = cv2.cvtColor(portrait.picture, cv2.COLOR_RGB2BGR)
        self._still = _resized(picture, SIDE)
        self._source = _resized(picture, SOURCE)
        up = np.float32(SOURCE / SIDE)
        self._eyes = Eyes(self._source, landmarks * up)
        head = Head.of(landmarks, SIDE)
        apart = parted(self._still, landmarks)
        self._controls = Controls(landmarks, head.ring(), parted=apart)
        self._whole = Sheet(head.region(), head, SOURCE / SIDE, COARSE)
        self._mouth = Mouth(self._source, landmarks, head, self._controls, parted=apart)

    def frame(self, moment: Moment) -> Frame:
        """The portrait in a pose."""
        self._eyes.show(moment.pose)
        shape = self._controls.shape(moment.pose, *moment.bend)
        weights = warping.weights(shape, self._controls.rest)
        picture = self._still.copy()
        picture[self._whole.region.slices] = sampled(self._source, self._whole.map(shape, weights, 1.0))
        self._mouth.draw(picture, shape, weights, moment.pose)
        frame: Frame = cv2.cvtColor(picture, cv2.COLOR_BGR2YUV_I420)
        return frame


def _resized(picture: Pixels, side: int) -> Pixels:
    if picture.shape[0] == side:
        return picture.copy()
    way = cv2.INTER_AREA if picture.shape[0] > side else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(picture, (side, side), interpolation=way))
