"""Draws a face with skia. Everything is drawn in face units under one transform; paints and gradients are made once
per rig, soft shadows are gradients, so a frame costs paths and fills only."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Protocol

import skia

from pipeline.face import geometry, worn
from pipeline.face.geometry import Brow, Eye, Mouth, Upper
from pipeline.face.manners import GRID, pixels
from pipeline.face.mouth import draw_mouth
from pipeline.face.paints import Paints, paints_of
from pipeline.face.pose import FacePose
from pipeline.face.rig import FaceRig, Manner, Nose
from pipeline.face.shapes import arc, band, disc, draw_at, through

Drawer = Callable[..., None]
"""Draws a part around its own middle, in face units: canvas, rig, and what shapes the part, all of it hashable."""


class Layer(Protocol):
    """What lays parts on a canvas."""

    def __call__(
        self, canvas: skia.Canvas, rig: FaceRig, x: float, y: float, reach: float, part: Drawer, *shape: Any
    ) -> None:
        """``part`` with its middle at (``x``, ``y``). ``reach``: how far from there it goes at most."""


def laid(canvas: skia.Canvas, rig: FaceRig, x: float, y: float, reach: float, part: Drawer, *shape: Any) -> None:
    """Draws it there."""
    canvas.save()
    canvas.translate(x, y)
    part(canvas, rig, *shape)
    canvas.restore()


def draw_face(canvas: skia.Canvas, rig: FaceRig, pose: FacePose, side: float) -> None:
    """Draw the face on a square picture of ``side`` pixels that shows the body without a face."""
    draw_still(canvas, rig, pose, side)
    draw_moving(canvas, rig, pose, side)


def draw_still(canvas: skia.Canvas, rig: FaceRig, pose: FacePose, side: float) -> None:
    """What lies on the body itself and stays while the face moves: soft shadows, blush, freckles."""
    paints = paints_of(rig)
    with _face_units(canvas, rig, side) as canvas:
        _skin_marks(canvas, rig, pose, paints)
        for which in (-1, 1):
            eye = geometry.eye(rig, pose, which)
            disc(canvas, eye.x, eye.y + 0.05 * eye.height, 1.36 * eye.width, 1.34 * eye.height, paints.contact)
        if rig.nose is not Nose.CURVE:
            y = geometry.NOSE_Y + 0.34 * rig.nose_width
            disc(canvas, 0.0, y, 1.55 * rig.nose_width, 1.25 * rig.nose_width, paints.nose_shade)


def draw_moving(canvas: skia.Canvas, rig: FaceRig, pose: FacePose, side: float) -> None:
    """The rest."""
    paints = paints_of(rig)
    draw_upper(canvas, rig, pose, geometry.upper(rig, pose), side, paints)
    draw_lower(canvas, rig, pose, geometry.mouth(rig, pose), side, paints)


def draw_upper(
    canvas: skia.Canvas,
    rig: FaceRig,
    pose: FacePose,
    face: Upper,
    side: float,
    paints: Paints,
    lay: Layer = laid,
) -> None:
    """Lines of age, nose, eyes, brows: all that `FacePose.upper` decides. ``face``: its lines in this pose; ``lay`` may
    lay down parts that it kept."""
    if rig.manner is Manner.PIXELS:
        lay = laid
    with _face_units(canvas, rig, side) as canvas:
        if rig.wrinkles > 0 or rig.bags > 0:
            _age(canvas, rig, pose, paints)
        lay(canvas, rig, *face.nose, 1.6 * rig.nose_width, draw_nose)
        for which, eye, brow in zip((-1, 1), face.eyes, face.brows, strict=True):
            lay_eye(canvas, rig, eye, which, lay)
            _draw_brow(canvas, rig, brow, which, paints)
        worn.draw_upper(canvas, rig, pose, lay)


def draw_lower(
    canvas: skia.Canvas,
    rig: FaceRig,
    pose: FacePose,
    mouth: Mouth,
    side: float,
    paints: Paints,
    lay: Layer = laid,
) -> None:
    """The mouth; all as in `draw_upper`."""
    if rig.manner is Manner.PIXELS:
        lay = laid
    with _face_units(canvas, rig, side) as canvas:
        worn.draw_around_mouth(canvas, rig, pose)
        draw_mouth(canvas, rig, pose, mouth, paints, lay)
        worn.draw_above_mouth(canvas, rig, mouth)


def face_matrix(rig: FaceRig, side: float) -> skia.Matrix:
    """From face units to a picture of ``side`` pixels."""
    matrix = skia.Matrix.Translate(rig.centre[0] * side, rig.centre[1] * side)
    return matrix.preRotate(rig.tilt).preScale(rig.radius * side, rig.radius * side)


@contextmanager
def _face_units(canvas: skia.Canvas, rig: FaceRig, side: float) -> Iterator[skia.Canvas]:
    if rig.manner is Manner.PIXELS:
        with pixels(canvas, side) as small:
            small.concat(face_matrix(rig, GRID))
            yield small
        return
    canvas.save()
    canvas.concat(face_matrix(rig, side))
    yield canvas
    canvas.restore()


# --- skin -------------------------------------------------------------------------------------------------------


def _skin_marks(canvas: skia.Canvas, rig: FaceRig, pose: FacePose, paints: Paints) -> None:
    """Blush and freckles."""
    paints.cheek.setAlphaf(min(1.0, rig.blush * (0.30 + 0.55 * pose.cheek)))
    for which in (-1, 1):
        x, y = which * (rig.eye_spacing + 0.16), 0.29 - 0.04 * max(pose.smile, 0.0)
        disc(canvas, x, y, 0.23, 0.16, paints.cheek)
        if rig.freckles:
            for fx, fy in ((-0.08, 0.0), (0.0, -0.035), (0.08, 0.005), (0.0, 0.04)):
                canvas.drawCircle(x + fx, y + fy, 0.016, paints.freckle)


def _age(canvas: skia.Canvas, rig: FaceRig, pose: FacePose, paints: Paints) -> None:
    """Bags under the eyes, crow's feet, lines on the forehead that rise with the brows."""
    dx, dy = geometry.shift("cheeks", pose)
    for which in (-1, 1):
        paints.fine_crease.setAlphaf(0.6 * rig.bags)
        below = geometry.EYE_Y + 1.16 * rig.eye_height + dy
        arc(canvas, which * rig.eye_spacing + dx, below, 0.62 * rig.eye_width, 0.07, paints.fine_crease)
        paints.fine_crease.setAlphaf(0.55 * rig.wrinkles)
        x = which * (rig.eye_spacing + 1.18 * rig.eye_width) + dx
        for tilt in (-0.06, 0.0, 0.06):
            y = geometry.EYE_Y + tilt + dy
            canvas.drawLine(x, y, x + which * 0.085, y + 1.1 * tilt, paints.fine_crease)
    lift = 0.05 * (pose.brow_left + pose.brow_right)
    for y, half in ((-0.88, 0.36), (-0.97, 0.26)):
        arc(canvas, dx, y - rig.eye_height + 0.24 - lift + dy, half, -0.03, paints.fine_crease)


def draw_nose(canvas: skia.Canvas, rig: FaceRig) -> None:
    """Around its middle."""
    paints, w = paints_of(rig), rig.nose_width
    if rig.nose is Nose.CURVE:
        arc(canvas, 0.0, 0.05 * w, 0.80 * w, 0.62 * w, paints.nose_line)
        return
    canvas.save()
    canvas.scale(w, w)
    if rig.nose is Nose.BRIDGE:
        canvas.scale(0.86, 1.45)
        canvas.translate(0, -0.28)
    canvas.drawOval(skia.Rect.MakeLTRB(-1.0, -0.78, 1.0, 0.78), paints.nose_body)
    if rig.nose is Nose.NOSTRILS:
        for which in (-1, 1):
            canvas.drawOval(skia.Rect.MakeXYWH(which * 0.46 - 0.17, 0.26, 0.34, 0.24), paints.nose_hole)
    canvas.restore()
    disc(canvas, -0.22 * w, -0.34 * w, 0.42 * w, 0.28 * w, paints.nose_shine)


# --- eyes -------------------------------------------------------------------------------------------------------


def lay_eye(canvas: skia.Canvas, rig: FaceRig, eye: Eye, which: int, lay: Layer = laid) -> None:
    """Eyeball, iris, lids. Lids are shapes of their own: a clip would cost twice as much."""
    size = max(eye.width, eye.height)
    lay(canvas, rig, eye.x, eye.y, 1.1 * size, draw_ball, eye.width, eye.height, eye.shut)
    if eye.shut < 0.97:
        x, y = eye.iris
        lay(canvas, rig, eye.x + x, eye.y + y, eye.iris_radius, draw_iris, eye.iris_radius)
    reach = (1.65 if rig.lashes > 0 else 1.15) * size
    shape = eye.width, eye.height, eye.upper, eye.lower, eye.shut
    lay(canvas, rig, eye.x, eye.y, reach, draw_lids, which, *shape)


def draw_ball(canvas: skia.Canvas, rig: FaceRig, width: float, height: float, shut: float) -> None:
    """Rim and white."""
    paints = paints_of(rig)
    canvas.save()
    canvas.scale(width, height)
    # A shut lid lies in the face; a full ring around it would look like goggles.
    paints.eye_rim.setAlphaf(1 - 0.7 * shut)
    canvas.drawCircle(0, 0, 1.06, paints.eye_rim)
    canvas.drawCircle(0, 0, 0.99, paints.sclera)
    canvas.restore()


def draw_iris(canvas: skia.Canvas, rig: FaceRig, radius: float) -> None:
    """Iris, pupil and what shines on them."""
    paints = paints_of(rig)
    canvas.save()
    canvas.scale(radius, radius)
    canvas.drawCircle(0, 0, 1.0, paints.iris)
    canvas.drawCircle(0, 0, 0.50, paints.pupil)
    canvas.drawOval(skia.Rect.MakeLTRB(-0.62, -0.72, -0.08, -0.18), paints.shine)
    canvas.drawCircle(0.36, 0.40, 0.15, paints.faint_shine)
    canvas.restore()


def draw_lids(
    canvas: skia.Canvas,
    rig: FaceRig,
    which: int,
    width: float,
    height: float,
    upper: geometry.Parabola,
    lower: geometry.Parabola,
    shut: float,
) -> None:
    """Both lids, the shadow of the upper one on the eye, and lashes."""
    paints, lids = paints_of(rig), geometry.lids(upper, lower, shut)
    canvas.save()
    canvas.scale(width, height)
    if shut < 0.97:
        shadow = [min(up + 0.30, low) for up, low in zip(lids.upper, lids.lower, strict=True)]
        canvas.drawPath(band(lids.us, lids.upper, shadow), paints.lid_shadow)
    if lower[0] < 1.10:
        # Lids reach into the rim: at a common edge the white of the eye would shine through.
        floor = [end + min(0.05, end - low) for end, low in zip(lids.floor, lids.lower, strict=True)]
        canvas.drawPath(band(lids.us, lids.lower, floor), paints.lower_lid)
        if lower[0] < 0.9:
            canvas.drawPath(through(lids.us[4:-4], [v + 0.09 for v in lids.lower[4:-4]]), paints.lid_shine)
    if upper[0] > -1.0:
        roof = [end - min(0.05, up - end) for end, up in zip(lids.roof, lids.upper, strict=True)]
        canvas.drawPath(band(lids.us, roof, lids.upper), paints.lid)
        fold = [end + 0.42 * (up - end) for end, up in zip(lids.roof, lids.upper, strict=True)]
        paints.lid_fold.setAlphaf(0.65 * min(1.0, 2.5 * shut))
        canvas.drawPath(through(lids.us[2:-2], fold[2:-2]), paints.lid_fold)
    if lower[0] < 0.95:
        canvas.drawPath(through(lids.us[1:-1], lids.lower[1:-1]), paints.lower_edge)
    canvas.drawPath(through(lids.us[1:-1], lids.upper[1:-1]), paints.lash)
    if rig.lashes > 0:
        _lashes(canvas, rig, which, upper, shut)
    canvas.restore()


def _lashes(canvas: skia.Canvas, rig: FaceRig, which: int, upper: geometry.Parabola, shut: float) -> None:
    """Three hairs at the outer corner; they ride on the upper lid."""
    a, b, c = upper
    path = skia.PathBuilder()
    for index, u in enumerate((0.62, 0.80, 0.95)):
        oval = (1 - u * u) ** 0.5
        y = min(max(a + b * which * u + c * u * u, -oval), oval)
        length = rig.lashes * (0.44 + 0.06 * index)
        flip = -0.75 + 1.25 * shut
        x = which * u
        path.moveTo(x, y)
        path.quadTo(x + which * 0.55 * length, y + flip * 0.25 * length, x + which * 0.95 * length, y + flip * length)
    canvas.drawPath(path.detach(), paints_of(rig).lash_hair)


def _draw_brow(canvas: skia.Canvas, rig: FaceRig, brow: Brow, which: int, paints: Paints) -> None:
    """A tapering stroke: thick at the nose, thin at the temple."""
    inner, peak, outer = brow
    thick = 0.062 * rig.brow_thickness
    path = skia.PathBuilder()
    path.moveTo(inner[0], inner[1] - thick)
    path.quadTo(peak[0], peak[1] - 1.25 * thick, outer[0], outer[1] - 0.08 * thick)
    path.quadTo(outer[0] + which * 0.02, outer[1] + 0.1 * thick, outer[0] - which * 0.01, outer[1] + 0.22 * thick)
    path.quadTo(peak[0], peak[1] + 0.72 * thick, inner[0] + which * 0.01, inner[1] + 0.92 * thick)
    path.quadTo(inner[0] - which * 0.75 * thick, inner[1] + 0.1 * thick, inner[0], inner[1] - thick)
    path.close()
    shape = path.detach()
    canvas.save()
    canvas.translate(0, 0.035)
    canvas.drawPath(shape, paints.brow_shadow)
    canvas.restore()
    middle = (inner[1] + peak[1]) / 2
    draw_at(canvas, shape, middle, paints.brow)
