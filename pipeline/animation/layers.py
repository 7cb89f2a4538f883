"""Frames of a drawn face, built in layers: body, upper face, mouth. A layer is drawn anew only when it, or one below
it, has changed; between the steps of the body that leaves the mouth, which covers a fortieth of the picture. Layers are
frames as the encoder takes them; only where skia draws are there pixels of red, green and blue, for that moment."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import cv2
import numpy as np
import skia

from pipeline.animation.acting import Bend, Moment
from pipeline.animation.body import Body
from pipeline.animation.ground import Ground
from pipeline.animation.planes import Pixels, views
from pipeline.animation.region import Region
from pipeline.face import geometry
from pipeline.face.drawing import draw_lower, draw_still, draw_upper, face_matrix
from pipeline.face.geometry import Box
from pipeline.face.ground import unpack
from pipeline.face.paints import paints_of
from pipeline.face.pose import FacePose
from pipeline.face.rig import FaceRig, rest_pose
from pipeline.face.sprites import sprites_of
from pipeline.types import Frame, Picture

Part = tuple[Frame, Frame, Frame]
"""Light and both colours of a part of a frame."""
STEPS = 48
"""Bends of the body that are told apart, per unit: a fifth of a pixel where most of it moves. A body that rests is not
bent anew."""


class Figure:
    """What lasts of a drawn portrait, for all clips of it."""

    def __init__(self, plate: Picture, rig: FaceRig) -> None:
        """``plate``: (side, side, 3), the body without its face."""
        self.rig, self.side = rig, plate.shape[0]
        picture = cv2.cvtColor(plate, cv2.COLOR_RGB2BGRA)
        draw_still(surface_on(picture).getCanvas(), rig, rest_pose(rig), self.side)
        self.still: Frame = cv2.cvtColor(picture, cv2.COLOR_BGRA2YUV_I420)
        ground = Ground.behind(self.still, *unpack(rig.ground, self.side)) if rig.ground else None
        self.body = Body(self.still, rig, ground)
        own = {"rig": rig, "side": self.side, "paints": paints_of(rig), "lay": sprites_of(rig, self.side)}
        self.draw_upper, self.draw_lower = partial(draw_upper, **own), partial(draw_lower, **own)


class Layers:
    """The moving picture of one figure. Keeps its buffers: one clip only."""

    def __init__(self, figure: Figure) -> None:
        self._figure = figure
        # What skia draws on. BGRA is its native order here, in which it is several times as fast.
        self._picture = np.empty((figure.side, figure.side, 4), np.uint8)
        self._surface = surface_on(self._picture)
        self._looking, self._frame = figure.still.copy(), figure.still
        self._bare: tuple[Part, Frame] | None = None
        self._bends: tuple[Bend, Bend] | None = None
        self._pose: FacePose | None = None
        self._upper: tuple[float, ...] = ()

    def frame(self, moment: Moment) -> Frame:
        """The picture at this moment. It is not written to again."""
        figure, pose = self._figure, moment.pose
        bends = _rounded((*moment.bend, moment.hop)), _rounded(moment.late)
        if (pose, bends) == (self._pose, self._bends):
            return self._frame
        if bends != self._bends or pose.upper != self._upper:
            if self._bare:
                _put(*self._bare)
            if bends != self._bends:
                figure.body.bend(self._looking, *bends)
                self._matrix = figure.body.matrix(bends[0])
                self._place = skia.Matrix.Concat(self._matrix, face_matrix(figure.rig, figure.side))
            upper = geometry.upper(figure.rig, pose)
            drawn = partial(figure.draw_upper, pose=pose, face=upper)
            self._bare = self._draw(drawn, self._looking, geometry.upper_part(figure.rig, upper))
        self._frame = self._looking.copy()
        mouth = geometry.mouth(figure.rig, pose)
        drawn = partial(figure.draw_lower, pose=pose, mouth=mouth)
        self._draw(drawn, self._frame, geometry.lower_part(figure.rig, mouth))
        self._bends, self._pose, self._upper = bends, pose, pose.upper
        return self._frame

    def _draw(self, draw: Callable[[skia.Canvas], None], frame: Frame, box: Box) -> tuple[Part, Frame]:
        """Draw a part of the face on ``frame``, within ``box``. Gives where that is, and what was there."""
        region = _touched(self._place, box, self._figure.side)
        planes = _cut(frame, region)
        bare = np.concatenate([plane.ravel() for plane in planes]).reshape(-1, region.right - region.left)
        picture = self._picture[region.slices]
        cv2.cvtColor(bare, cv2.COLOR_YUV2BGRA_I420, dst=picture)
        canvas = self._surface.getCanvas()
        canvas.save()
        canvas.clipRect(skia.Rect.MakeLTRB(region.left, region.top, region.right, region.bottom))
        canvas.concat(self._matrix)
        draw(canvas)
        canvas.restore()
        _put(planes, cv2.cvtColor(picture, cv2.COLOR_BGRA2YUV_I420))
        return planes, bare


def surface_on(picture: Pixels) -> skia.Surface:
    """For drawing on (side, side, 4) BGRA."""
    side = picture.shape[0]
    info = skia.ImageInfo.Make(side, side, skia.kBGRA_8888_ColorType, skia.kOpaque_AlphaType)
    return skia.Surface.MakeRasterDirect(info, picture, side * 4)


def _touched(place: skia.Matrix, box: Box, side: int) -> Region:
    """The pixels that ``box``, brought into the picture by ``place``, may touch; in pairs, as chroma comes."""
    rect = place.mapRect(skia.Rect.MakeLTRB(*box))
    return Region.around((rect.left(), rect.top()), (rect.right(), rect.bottom()), side, 2)


def _cut(frame: Frame, region: Region) -> Part:
    """A region of a frame, not copied."""
    y, u, v = views(frame)
    half = region.shrunk(2).slices
    return y[region.slices], u[half], v[half]


def _put(planes: Part, piece: Frame) -> None:
    """Lay a frame of their size into planes."""
    for plane, part in zip(planes, views(piece), strict=True):
        plane[:] = part


def _rounded(bend: Bend) -> Bend:
    sway, stretch, hop = (round(part * STEPS) / STEPS for part in bend)
    return sway, stretch, hop
