"""Moustaches and beards, in face units; `worn` lays them down. A moustache keeps its shape, as wide as the mouth at
rest; a beard goes with the jaw."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import skia

from pipeline.face import geometry
from pipeline.face.colours import argb
from pipeline.face.pose import FacePose
from pipeline.face.rig import FaceRig
from pipeline.face.worn_paints import fill, stroke, tone


def _hair(canvas: skia.Canvas, shape: skia.Path, colour: str) -> None:
    """A tuft: its shadow, and its body lit from above."""
    box = shape.computeTightBounds()
    canvas.save()
    canvas.translate(0, 0.030)
    canvas.drawPath(shape, fill("#000000", 0.20))
    canvas.restore()
    ends = [skia.Point(0, box.top()), skia.Point(0, box.bottom())]
    shades = [argb(tone(colour, step)) for step in (0.13, 0.02, -0.07)]
    lit = skia.GradientShader.MakeLinear(ends, shades, [0.0, 0.5, 1.0])
    canvas.drawPath(shape, skia.Paint(AntiAlias=True, Shader=lit))


def _strands(canvas: skia.Canvas, lines: Sequence[tuple[geometry.Point, ...]], colour: str) -> None:
    """Fine lines on a tuft, light and dark by turns."""
    for start, step in ((0, -0.10), (1, 0.16)):
        path = skia.PathBuilder()
        for first, bend, last in lines[start::2]:
            path.moveTo(*first)
            path.quadTo(*bend, *last)
        canvas.drawPath(path.detach(), stroke(tone(colour, step), 0.014, 0.55))


def _mirrored(half: list[geometry.Point]) -> skia.Path:
    """A closed shape: cubics from the middle above to the middle below on the right, and the same on the left."""
    path = skia.PathBuilder()
    path.moveTo(*half[0])
    for i in range(1, len(half), 3):
        path.cubicTo(*half[i], *half[i + 1], *half[i + 2])
    back = [(-x, y) for x, y in reversed(half)]
    for i in range(1, len(back), 3):
        path.cubicTo(*back[i], *back[i + 1], *back[i + 2])
    path.close()
    return path.detach()


def moustache(canvas: skia.Canvas, width: float, colour: str) -> None:
    """Bushy: it hides most of the upper lip and hangs down at the corners."""
    w = max(width, 0.30) / 0.34
    outer = [(0.0, -0.13), (0.06, -0.19), (0.18, -0.17), (0.28, -0.08), (0.38, 0.0), (0.42, 0.06), (0.44, 0.15)]
    inner = [(0.36, 0.16), (0.30, 0.12), (0.24, 0.075), (0.16, 0.045), (0.06, 0.04), (0.0, 0.015)]
    _hair(canvas, _mirrored([(x * w, y) for x, y in outer + inner]), colour)
    ways = ((0.05, 0.12, 0.02), (0.10, 0.20, 0.03), (0.16, 0.28, 0.06), (0.22, 0.35, 0.10))
    _strands(
        canvas,
        [((s * x * w, -0.11 + x * 0.3), (s * (x + 0.05) * w, -0.04 + x * 0.2), (s * end * w, y))
         for s in (-1, 1) for x, end, y in ways],
        colour,
    )  # fmt: skip


def handlebar(canvas: skia.Canvas, width: float, colour: str) -> None:
    """Thin towards the ends, which curl up."""
    w = max(width, 0.30) / 0.34
    above = [(0.0, -0.10), (0.08, -0.17), (0.20, -0.13), (0.30, -0.03), (0.38, 0.04), (0.46, 0.0), (0.42, -0.13)]
    below = [(0.58, -0.10), (0.57, 0.10), (0.40, 0.095), (0.28, 0.09), (0.14, 0.025), (0.0, 0.01)]
    _hair(canvas, _mirrored([(x * w, y) for x, y in above + below]), colour)


def pencil(canvas: skia.Canvas, width: float, colour: str) -> None:
    """A thin line above each half of the upper lip."""
    w = max(width, 0.30) / 0.34
    outer = [(0.012, -0.075), (0.10, -0.105), (0.20, -0.075), (0.31, 0.035)]
    inner = [(0.20, -0.025), (0.10, -0.045), (0.012, -0.025)]
    half = [(x * w, y) for x, y in outer + inner]
    path = skia.PathBuilder()
    for which in (-1, 1):
        path.moveTo(which * half[0][0], half[0][1])
        for i in range(1, len(half), 3):
            (ax, ay), (bx, by), (cx, cy) = half[i : i + 3]
            path.cubicTo(which * ax, ay, which * bx, by, which * cx, cy)
        path.close()
    canvas.drawPath(path.detach(), fill(colour))


def _jaw(rig: FaceRig, pose: FacePose) -> tuple[geometry.Mouth, float]:
    """The mouth, and the lower edge of its lower lip."""
    mouth = geometry.mouth(rig, pose)
    return mouth, mouth.middles[1] + mouth.lower_lip


def goatee(canvas: skia.Canvas, rig: FaceRig, pose: FacePose, colour: str) -> None:
    """A tuft below the lower lip, which goes with the jaw."""
    mouth, low = _jaw(rig, pose)
    low = min(low, geometry.lower_box(rig)[3] - 0.47)
    half = [(0.0, 0.045), (0.09, 0.03), (0.16, 0.06), (0.17, 0.14), (0.16, 0.26), (0.06, 0.34), (0.0, 0.42)]
    canvas.save()
    canvas.translate(mouth.middle, low)
    _hair(canvas, _mirrored(half), colour)
    lines = [((x, 0.10), (x * 0.9, 0.20), (x * 0.4, 0.33)) for x in (-0.10, -0.05, 0.0, 0.05, 0.10)]
    _strands(canvas, lines, colour)
    canvas.restore()


def bearded(length: float) -> Callable[[skia.Canvas, FaceRig, FacePose, str], None]:
    """From cheek to cheek below the mouth, which it leaves free; ``length`` below the lip."""

    def draw(canvas: skia.Canvas, rig: FaceRig, pose: FacePose, colour: str) -> None:
        mouth, low = _jaw(rig, pose)
        wide = mouth.outer_right[0] - mouth.middle
        side, top = min(max(wide + 0.20, 0.56), 0.60), geometry.MOUTH_Y - 0.18
        end = min(low + length, geometry.lower_box(rig)[3] - 0.04)
        middle = low + 0.05
        half = [
            (0.0, middle), (0.6 * wide, middle), (wide + 0.06, 0.5 * (middle + geometry.MOUTH_Y)),
            (wide + 0.08, top + 0.10), (wide + 0.10, top), (side, top - 0.04), (side + 0.05, top + 0.04),
            (side + 0.08, top + 0.45 * (end - top)), (0.55 * side, top + 0.80 * (end - top)), (0.42 * side, end - 0.06),
            (0.30 * side, end - 0.02), (0.10 * side, end - 0.04), (0.0, end),
        ]  # fmt: skip
        canvas.save()
        canvas.translate(mouth.middle, 0)
        _hair(canvas, _mirrored(half), colour)
        _strands(canvas, [
            ((x * side, middle + 0.05 - 0.2 * abs(x)), (x * side, 0.5 * (middle + end)),
             (0.45 * x * side, end - 0.10 - 0.1 * abs(x)))
            for x in (-0.85, -0.6, -0.35, -0.1, 0.15, 0.4, 0.65, 0.9)
        ], colour)  # fmt: skip
        canvas.restore()

    return draw
