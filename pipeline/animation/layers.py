"""Frames of a drawn face, built in layers: body, upper face, mouth. A layer is drawn anew only when it, or one below
it, has changed; between the steps of the body that leaves the mouth, which covers a twentieth of the picture."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import cv2
import numpy as np
import numpy.typing as npt
import skia

from pipeline.animation.acting import Bend, Moment
from pipeline.animation.body import Body
from pipeline.animation.planes import views
from pipeline.animation.region import Region
from pipeline.face import geometry
from pipeline.face.drawing import draw_lower, draw_still, draw_upper, face_matrix
from pipeline.face.paints import paints_of
from pipeline.face.pose import FacePose
from pipeline.face.rig import FaceRig, rest_pose
from pipeline.face.sprites import sprites_of
from pipeline.types import Frame

Pixels = npt.NDArray[np.uint8]

STEPS = 48
"""Bends of the body that are told apart, per unit: a fifth of a pixel where most of it moves. A body that rests is not
bent anew."""


class Layers:
    """The moving picture of one rig. Keeps its buffers: one thread only."""

    def __init__(self, plate: Pixels, rig: FaceRig) -> None:
        """``plate``: (side, side, 4) uint8 BGRA, the body without its face; it is drawn on.

        BGRA is skia's native order here, which it draws on and copies to several times as fast.
        """
        self.rig, self.side = rig, plate.shape[0]
        info = skia.ImageInfo.Make(self.side, self.side, skia.kBGRA_8888_ColorType, skia.kOpaque_AlphaType)
        self._picture = plate
        self._surface = skia.Surface.MakeRasterDirect(info, plate, self.side * 4)
        draw_still(self._surface.getCanvas(), rig, rest_pose(rig), self.side)
        self._still = plate.copy()
        self._body = Body(self._still, rig)
        self._face = self._moved = self._body.window
        self._draw_upper = partial(draw_upper, lay=sprites_of(rig, self.side), paints=paints_of(rig))
        self._draw_lower = partial(draw_lower, paints=paints_of(rig))
        self._bends: tuple[Bend, Bend] | None = None
        self._pose: FacePose | None = None
        self._upper: tuple[float, ...] = ()
        self._frame: Frame = cv2.cvtColor(plate, cv2.COLOR_BGRA2YUV_I420)

    def frame(self, moment: Moment) -> Frame:
        """The picture at this moment."""
        pose, bends = moment.pose, (_rounded((*moment.bend, moment.hop)), _rounded(moment.late))
        if (pose, bends) == (self._pose, self._bends):
            return self._frame
        stepped = bends != self._bends
        looked = stepped or pose.upper != self._upper
        if stepped:
            self._step(*bends)
        if looked:
            self._picture[self._face.slices] = self._skin
            self._draw(self._draw_upper, pose, self._face)
            self._chin = self._picture[self._mouth.slices].copy()
            self._upper = pose.upper
        else:
            self._picture[self._mouth.slices] = self._chin
        self._draw(self._draw_lower, pose, self._mouth)
        self._pose = pose
        self._frame = self._converted(self._moved if stepped else self._face if looked else self._mouth)
        return self._frame

    def _step(self, now: Bend, late: Bend) -> None:
        """Bend the body, and note where on it the face lies and how the skin below looks."""
        self._bends = now, late
        if self._moved != self._body.window:
            # The face reaches beyond what the body moves, and would leave its trace there.
            self._picture[self._face.slices] = self._still[self._face.slices]
        self._body.bend(self._picture, now, late)
        self._matrix = self._body.matrix(now)
        place = skia.Matrix.Concat(self._matrix, face_matrix(self.rig, self.side))
        self._mouth = Region.around(place, geometry.lower_box(self.rig), self.side)
        self._face = self._mouth.joined(Region.around(place, geometry.upper_box(self.rig), self.side))
        self._moved = self._moved.joined(self._face)
        self._skin = self._picture[self._face.slices].copy()

    def _draw(
        self, draw: Callable[[skia.Canvas, FaceRig, FacePose, float], None], pose: FacePose, region: Region
    ) -> None:
        """Draw a layer on the bent body, and nowhere else: pixels outside its region would never be wiped."""
        canvas = self._surface.getCanvas()
        canvas.save()
        canvas.clipRect(skia.Rect.MakeLTRB(region.left, region.top, region.right, region.bottom))
        canvas.concat(self._matrix)
        draw(canvas, self.rig, pose, self.side)
        canvas.restore()

    def _converted(self, region: Region) -> Frame:
        """A new frame: the last one with ``region`` converted anew."""
        frame = self._frame.copy()
        part = cv2.cvtColor(self._picture[region.slices], cv2.COLOR_BGRA2YUV_I420)
        for plane, piece in zip(views(frame), views(part), strict=True):
            shrink = self.side // plane.shape[0]
            top, left = region.top // shrink, region.left // shrink
            plane[top : top + piece.shape[0], left : left + piece.shape[1]] = piece
        return frame


def _rounded(bend: Bend) -> Bend:
    sway, stretch, hop = (round(part * STEPS) / STEPS for part in bend)
    return sway, stretch, hop
