"""Animates any portrait of which the landmarks are known: the picture itself is bent, nothing is drawn but the inside
of the mouth."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterator, Sequence

import cv2
import numpy as np

from pipeline.animation import lips
from pipeline.animation.acting import Moment, moments
from pipeline.animation.controls import Controls
from pipeline.animation.eyes import Eyes
from pipeline.animation.lips import Mouth
from pipeline.animation.planes import Pixels, Planes, Single, Source
from pipeline.animation.warping import COARSE, FINE, Field, Head, Place, Sheet, shifted
from pipeline.errors import EngineFailed
from pipeline.face.pose import FacePose
from pipeline.stages import EngineConfig
from pipeline.types import Direction, Frame, Mood, Portrait, Speech

FINER = 1.5
"""The portrait that is bent is so many times as large as the frame, if it was given so: what moves stays as sharp as
what does not."""
LARGE = 80.0
"""Unit of a face (see `controls`), in pixels, from which a coarse grid is fine enough for its mouth."""
SEEN, STRIP = 0.12, 64
"""Pixels of movement from which a part of the frame is drawn again, and the height of such a part."""
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
        bent = _bent(portrait, self._side)
        return _drawn(bent, moments(OWN, MOODS[direction.mood], speech, direction, self.fps))


def _drawn(bent: Bent, acted: Iterator[Moment]) -> Iterator[Frame]:
    """The first and the last frame are drawn whole, so that the next sentence begins with just what was seen last."""
    bent.begin()
    upcoming = next(acted, None)
    while upcoming:
        moment, upcoming = upcoming, next(acted, None)
        if upcoming is None:
            bent.begin()
        yield bent.frame(moment)


_kept = threading.local()


def _bent(portrait: Portrait, side: int) -> Bent:
    """That of the last sentence, if it had the same portrait: making one takes as long as a dozen frames."""
    key = hashlib.blake2b(portrait.picture.tobytes()).digest(), portrait.landmarks.tobytes(), side
    if getattr(_kept, "key", None) != key:
        _kept.bent = Bent(portrait, side)
        _kept.key = key
    bent: Bent = _kept.bent
    return bent


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
        still_frame: Frame = np.asarray(cv2.cvtColor(still, cv2.COLOR_BGR2YUV_I420))
        self._source = Source(fine)
        self._eyes = Eyes(fine, self._source, there)
        head = Head.of(landmarks, side)
        self._controls = controls = Controls(landmarks, head.ring(), parted=lips.parted(still, landmarks))
        step = COARSE if controls.unit >= LARGE else FINE
        field = Field(controls)
        self._head = Sheet(head.region(), head, field, 1.0, step, float(scale))
        lower = Sheet(lips.region(landmarks, controls.unit, head), head, field, -1.0, step, float(scale))
        self._mouth = Mouth(fine, there, self._head, lower, controls)
        self._shown = Shown(still_frame, self._source, self._head)

    def begin(self) -> None:
        """Forget what was drawn before: a sentence looks the same whatever came before it."""
        self._shown.forget()

    def frame(self, moment: Moment) -> Frame:
        """The portrait in a pose."""
        changed = self._eyes.show(moment.pose)
        shape = self._controls.shape(moment.pose, *moment.bend)
        solved = self._head.solve(shape)
        frame = self._shown.drawn(solved, changed).copy()
        self._mouth.draw(Planes.within(frame), self._source, solved, shape, moment.pose)
        return frame


class Shown:
    """A picture that is bent, as it was last seen: only what has moved since is drawn again."""

    def __init__(self, still: Frame, source: Source, sheet: Sheet) -> None:
        """``still``: what does not move."""
        self._frame, self._source, self._sheet = still, source, sheet
        self._planes = Planes.within(still)
        self.forget()

    def forget(self) -> None:
        """Draw all of it the next time."""
        self._solved = np.empty((0, 0, 2), np.float32)

    def drawn(self, solved: Single, changed: Sequence[Place]) -> Frame:
        """The frame; it will change. ``solved``: the map of the sheet; ``changed``: places of the portrait that look
        different now."""
        if self._solved.size:
            far = np.abs(solved - self._solved) > SEEN
            moved = far[..., 0] | far[..., 1]
        else:
            moved, self._solved = np.ones(solved.shape[:2], bool), solved.copy()
        for place in changed:
            moved |= self._sheet.shows(solved, place)
        moved[[0, -1]] = moved[:, [0, -1]] = False  # lie beyond the region, for its border's sake
        # Pixels take after the places around them.
        cells = cv2.dilate(moved.astype(np.uint8), np.ones((3, 3), np.uint8))[1:-1, 1:-1]
        step, region = self._sheet.step, self._sheet.region
        strip = STRIP // step
        for top in range(0, len(cells), strip):
            columns = np.flatnonzero(cells[top : top + strip].any(axis=0))
            if len(columns):
                left, right, bottom = int(columns[0]), int(columns[-1]) + 1, min(top + strip, len(cells))
                here = slice(top + 1, bottom + 1), slice(left + 1, right + 1)
                self._solved[here] = solved[here]
                place = slice(step * top, step * bottom), slice(step * left, step * right)
                light, colour = self._sheet.map(solved, place), self._sheet.map(solved, place, shrink=2)
                self._planes.draw(self._source.planes, light, colour, shifted(place, region.left, region.top))
        return self._frame


def _resized(picture: Pixels, side: int) -> Pixels:
    if picture.shape[0] == side:
        return picture.copy()
    way = cv2.INTER_AREA if picture.shape[0] > side else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(picture, (side, side), interpolation=way))
