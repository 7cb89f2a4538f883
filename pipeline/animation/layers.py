"""Frames of a drawn face, built in layers: body, upper face, mouth. A layer is drawn anew only when it, or one below
it, has changed; between the steps of the body that leaves the mouth, which covers a twentieth of the picture."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Self

import cv2
import numpy as np
import numpy.typing as npt
import skia

from pipeline.animation.body import Body
from pipeline.face import geometry
from pipeline.face.drawing import draw_lower, draw_still, draw_upper, face_matrix
from pipeline.face.pose import FacePose
from pipeline.face.rig import FaceRig, rest_pose
from pipeline.face.sprites import eye_sprites
from pipeline.types import Frame

Pixels = npt.NDArray[np.uint8]


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
        self._body = Body(plate.copy(), rig.pivot, rig.sway)
        self._draw_upper = partial(draw_upper, eye=eye_sprites(rig, self.side))
        self._bend: tuple[float, float] | None = None
        self._upper: tuple[float, ...] = ()
        self._frame: Frame = np.empty((0, 0), np.uint8)

    def frame(self, pose: FacePose, bend: tuple[float, float]) -> Frame:
        """The picture with the face in ``pose`` on the body bent by ``bend`` (see `Body.bend`)."""
        stepped = bend != self._bend
        looked = stepped or pose.upper != self._upper
        if stepped:
            self._step(bend)
        if looked:
            self._picture[self._face.slices] = self._skin
            self._draw(self._draw_upper, pose, self._face)
            self._chin = self._picture[self._mouth.slices].copy()
            self._upper = pose.upper
        else:
            self._picture[self._mouth.slices] = self._chin
        self._draw(draw_lower, pose, self._mouth)
        self._frame = self._converted(self._face if looked else self._mouth, everything=stepped)
        return self._frame

    def _step(self, bend: tuple[float, float]) -> None:
        """Bend the body, and note where on it the face lies and how the skin below looks."""
        self._bend = bend
        self._body.bend(self._picture, *bend)
        self._matrix = self._body.matrix(self.rig.centre, *bend)
        place = skia.Matrix.Concat(self._matrix, face_matrix(self.rig, self.side))
        self._mouth = Region.around(place, geometry.lower_box(self.rig), self.side)
        self._face = self._mouth.joined(Region.around(place, geometry.upper_box(self.rig), self.side))
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

    def _converted(self, region: Region, everything: bool) -> Frame:
        """A new frame; where the body has not stepped, the last one with only ``region`` converted anew."""
        if everything:
            whole: Frame = cv2.cvtColor(self._picture, cv2.COLOR_BGRA2YUV_I420)
            return whole
        frame = self._frame.copy()
        part = cv2.cvtColor(self._picture[region.slices], cv2.COLOR_BGRA2YUV_I420)
        for plane, piece in zip(_planes(frame), _planes(part), strict=True):
            shrink = self.side // plane.shape[0]
            top, left = region.top // shrink, region.left // shrink
            plane[top : top + piece.shape[0], left : left + piece.shape[1]] = piece
        return frame


@dataclass(frozen=True, slots=True)
class Region:
    """A part of a picture, in pixels; all four even, because chroma comes in pairs of pixels."""

    left: int
    top: int
    right: int
    bottom: int

    @classmethod
    def around(cls, place: skia.Matrix, box: geometry.Box, side: int) -> Self:
        """The pixels that ``box``, brought into the picture by ``place``, may touch."""
        rect = place.mapRect(skia.Rect.MakeLTRB(*box))
        left, top = (min(max(0, math.floor(edge) // 2 * 2), side - 2) for edge in (rect.left(), rect.top()))
        right, bottom = (min(math.ceil(edge / 2) * 2, side) for edge in (rect.right(), rect.bottom()))
        return cls(left, top, max(right, left + 2), max(bottom, top + 2))

    def joined(self, other: Region) -> Region:
        """The smallest region that holds both."""
        return Region(
            min(self.left, other.left),
            min(self.top, other.top),
            max(self.right, other.right),
            max(self.bottom, other.bottom),
        )

    @property
    def slices(self) -> tuple[slice, slice]:
        """Index of a picture."""
        return slice(self.top, self.bottom), slice(self.left, self.right)


def _planes(frame: Frame) -> tuple[Pixels, Pixels, Pixels]:
    """Views of the Y, U and V planes of an I420 frame."""
    height, width = frame.shape[0] * 2 // 3, frame.shape[1]
    chroma = frame[height:].reshape(2, height // 2, width // 2)
    return frame[:height], chroma[0], chroma[1]
