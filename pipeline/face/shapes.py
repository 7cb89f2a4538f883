"""Shapes a face is drawn with. Each is a path or an oval of its own: clipping would cost twice as much."""

from __future__ import annotations

from collections.abc import Sequence

import skia

from pipeline.face.geometry import Point


def disc(canvas: skia.Canvas, x: float, y: float, rx: float, ry: float, paint: skia.Paint) -> None:
    """An oval, drawn as the unit circle so that radial paints fit it."""
    canvas.save()
    canvas.translate(x, y)
    canvas.scale(rx, ry)
    canvas.drawCircle(0, 0, 1.0, paint)
    canvas.restore()


def draw_at(canvas: skia.Canvas, shape: skia.Path, y: float, paint: skia.Paint) -> None:
    """Fill ``shape`` with a vertical gradient whose zero lies at ``y``."""
    shape.offset(0, -y)
    canvas.save()
    canvas.translate(0, y)
    canvas.drawPath(shape, paint)
    canvas.restore()


def arc(canvas: skia.Canvas, x: float, y: float, half: float, sag: float, paint: skia.Paint) -> None:
    """A bow that sags by ``sag`` in its middle."""
    canvas.drawPath(curve([(x - half, y), (x, y + 2 * sag), (x + half, y)]), paint)


def curve(points: Sequence[Point]) -> skia.Path:
    """A quadratic Bezier curve."""
    path = skia.PathBuilder()
    path.moveTo(*points[0])
    path.quadTo(*points[1], *points[2])
    return path.detach()


def through(xs: Sequence[float], ys: Sequence[float]) -> skia.Path:
    """A smooth line through neighbouring points."""
    path = skia.PathBuilder()
    path.moveTo(xs[0], ys[0])
    _smooth_to(path, xs, ys)
    return path.detach()


def band(xs: Sequence[float], tops: Sequence[float], bottoms: Sequence[float]) -> skia.Path:
    """The region between two smooth lines."""
    path = skia.PathBuilder()
    path.moveTo(xs[0], tops[0])
    _smooth_to(path, xs, tops)
    path.lineTo(xs[-1], bottoms[-1])
    _smooth_to(path, xs[::-1], bottoms[::-1])
    path.close()
    return path.detach()


def _smooth_to(path: skia.PathBuilder, xs: Sequence[float], ys: Sequence[float]) -> None:
    """Quadratic curves between the middles of neighbouring points."""
    for i in range(1, len(xs) - 1):
        path.quadTo(xs[i], ys[i], (xs[i] + xs[i + 1]) / 2, (ys[i] + ys[i + 1]) / 2)
    path.lineTo(xs[-1], ys[-1])


def moved(shape: skia.Path, y: float) -> skia.Path:
    """The same shape, shifted in place."""
    shape.offset(0, y)
    return shape


def cubics(points: Sequence[Point]) -> skia.Path:
    """Cubic Bezier curves that follow each other."""
    path = skia.PathBuilder()
    path.moveTo(*points[0])
    for i in range(1, len(points), 3):
        path.cubicTo(*points[i], *points[i + 1], *points[i + 2])
    return path.detach()
