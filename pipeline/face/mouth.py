"""Draws the mouth: lips, and inside them cavity, tongue and teeth."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import skia

from pipeline.face import geometry
from pipeline.face.geometry import Mouth, Point
from pipeline.face.paints import Paints, paints_of
from pipeline.face.pose import FacePose
from pipeline.face.rig import FaceRig
from pipeline.face.shapes import band, cubics, curve, disc, draw_at, moved

if TYPE_CHECKING:
    from pipeline.face.drawing import Layer


def draw_mouth(canvas: skia.Canvas, rig: FaceRig, pose: FacePose, m: Mouth, paints: Paints, lay: Layer) -> None:
    """Lips, what an open mouth shows, and the corners. In face units."""
    upper, lower = geometry.outer_lip(m)
    top, bottom = m.middles
    half = (m.right[0] - m.left[0]) / 2
    width = round(0.72 * half, 2)  # few sizes, as `lay` may keep each
    lay(canvas, rig, m.middle, bottom + m.lower_lip + 0.05, max(width, 0.09), draw_shadow, width)
    _lips(canvas, m, upper, lower, (top, bottom), paints)
    if m.gap > 0.004:
        _inside(canvas, m, pose, (top, bottom), paints)
    _corners(canvas, m, pose, paints)


def draw_shadow(canvas: skia.Canvas, rig: FaceRig, width: float) -> None:
    """Of the lower lip."""
    disc(canvas, 0.0, 0.0, width, 0.09, paints_of(rig).lip_shadow)


def _lips(
    canvas: skia.Canvas, m: Mouth, upper: Sequence[Point], lower: Sequence[Point], middles: Point, paints: Paints
) -> None:
    top, bottom = middles
    for outer, inner, y, paint in (
        (lower, m.lower, bottom, paints.lip_lower),
        (upper, m.upper, top, paints.lip_upper),
    ):
        path = skia.PathBuilder()
        path.moveTo(*outer[0])
        for i in range(1, len(outer), 3):
            path.cubicTo(*outer[i], *outer[i + 1], *outer[i + 2])
        path.lineTo(*m.right)
        path.cubicTo(*inner[1], *inner[0], *m.left)
        path.close()
        draw_at(canvas, path.detach(), y, paint)
    edge = skia.PathBuilder()
    for outer in (upper, lower):
        edge.moveTo(*outer[0])
        for i in range(1, len(outer), 3):
            edge.cubicTo(*outer[i], *outer[i + 1], *outer[i + 2])
    canvas.drawPath(edge.detach(), paints.lip_edge)
    third = (m.right[0] - m.left[0]) / 7
    y = bottom + 0.52 * m.lower_lip
    canvas.drawPath(curve([(m.middle - third, y), (m.middle, y + 0.018), (m.middle + third, y)]), paints.lip_shine)


def _inside(canvas: skia.Canvas, m: Mouth, pose: FacePose, middles: Point, paints: Paints) -> None:
    """What an open mouth shows: cavity, tongue, lower and upper teeth, each cut to the opening."""
    top, bottom = middles
    gap = bottom - top
    path = skia.PathBuilder()
    path.moveTo(*m.left)
    path.cubicTo(*m.upper[0], *m.upper[1], *m.right)
    path.cubicTo(*m.lower[1], *m.lower[0], *m.left)
    path.close()
    hole = path.detach()
    xs, roof, floor = geometry.mouth_hole(m)
    half = (m.right[0] - m.left[0]) / 2
    us = [(x - m.middle) / half for x in xs]
    canvas.save()
    canvas.translate(0, top)
    canvas.drawPath(moved(hole, -top), paints.cavity)
    roof, floor = ([y - top for y in line] for line in (roof, floor))
    _tongue(canvas, (xs, us, roof, floor), gap, pose.tongue, paints)
    gaps = skia.PathBuilder()
    if pose.lower_teeth > 0.02:
        height = min(0.10, 0.02 + 0.5 * gap) * pose.lower_teeth
        crowns = [low - height * (1 - 0.5 * u * u) for u, low in zip(us, floor, strict=True)]
        _row(canvas, xs, [max(y, up) for y, up in zip(crowns, roof, strict=True)], floor, paints.low_teeth, gaps)
    if pose.upper_teeth > 0.02:
        depth = min(0.15, 0.03 + 0.60 * gap) * (0.35 + 0.65 * pose.upper_teeth)
        crowns = [up + depth * (1 - 0.35 * u**4) for u, up in zip(us, roof, strict=True)]
        _row(canvas, xs, roof, [min(y, low) for y, low in zip(crowns, floor, strict=True)], paints.teeth, gaps)
    canvas.drawPath(gaps.detach(), paints.teeth_line)
    canvas.translate(0, -top)
    canvas.drawPath(moved(hole, top), paints.thin_line)
    canvas.restore()


def _tongue(
    canvas: skia.Canvas,
    hole: tuple[list[float], list[float], list[float], list[float]],
    gap: float,
    tip: float,
    paints: Paints,
) -> None:
    """A mound on the floor of the mouth; its tip rises to the teeth."""
    xs, us, roof, floor = hole
    width, height = 0.74 - 0.20 * tip, 0.42 * gap + 0.46 * gap * tip
    mound = [
        max(up, low - height * max(0.0, 1 - (u / width) ** 2) ** 0.5)
        for u, up, low in zip(us, roof, floor, strict=True)
    ]
    canvas.save()
    canvas.translate(0, gap)
    canvas.drawPath(band(xs, [y - gap for y in mound], [y - gap for y in floor]), paints.tongue)
    middle = len(xs) // 2
    if gap > 0.12:
        crest = mound[middle] - gap
        canvas.drawLine(xs[middle], 0.7 * crest, xs[middle], 0.25 * crest, paints.tongue_line)
    canvas.restore()


def _row(
    canvas: skia.Canvas,
    xs: list[float],
    tops: Sequence[float],
    bottoms: Sequence[float],
    paint: skia.Paint,
    gaps: skia.PathBuilder,
) -> None:
    """A row of teeth; the gaps between them are added to ``gaps``."""
    canvas.drawPath(band(xs[1:-1], tops[1:-1], bottoms[1:-1]), paint)
    for index in (3, 4, 5, 6, 7, 8, 9):
        gaps.moveTo(xs[index], tops[index])
        gaps.lineTo(xs[index], bottoms[index])


def _corners(canvas: skia.Canvas, m: Mouth, pose: FacePose, paints: Paints) -> None:
    """The line between the lips when they are shut, and the small creases at the corners."""
    if m.gap <= 0.004:
        canvas.drawPath(_closed_line(m), paints.line_body)
        canvas.drawPath(cubics((m.left, *m.lower, m.right)), paints.line)
    tuck = 0.062 * pose.smile * (1 - pose.pucker)
    if tuck < 0.012:
        return
    for which, (x, y) in ((-1, m.outer_left), (1, m.outer_right)):
        bend = x + which * 0.055
        crease = [(x + which * 0.012, y - 1.1 * tuck), (bend, y - 0.2 * tuck), (x + which * 0.012, y + 0.8 * tuck)]
        canvas.drawPath(curve(crease), paints.crease)


def _closed_line(m: Mouth) -> skia.Path:
    """A line that swells towards its middle, as a brush draws it."""
    swell = 0.030
    path = skia.PathBuilder()
    path.moveTo(*m.left)
    path.cubicTo(*_lower(m.lower[0], -swell), *_lower(m.lower[1], -swell), *m.right)
    path.cubicTo(*_lower(m.lower[1], swell), *_lower(m.lower[0], swell), *m.left)
    path.close()
    return path.detach()


def _lower(point: Point, by: float) -> Point:
    return point[0], point[1] + by
