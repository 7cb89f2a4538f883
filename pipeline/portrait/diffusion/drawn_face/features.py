"""What is painted on the skin of a template face, in face units: eyes, brows, nostrils, closed lips, lines of age.

Everything is drawn from the face's 68 points, so they lie exactly on it.
"""

from __future__ import annotations

import numpy as np
import skia

from pipeline.face.colours import Rgb
from pipeline.face.ibug import LEFT_BROW, LEFT_EYE, RIGHT_BROW, RIGHT_EYE
from pipeline.portrait.diffusion.drawn_face.brushes import (
    DARK,
    Colours,
    closed,
    ink,
    line,
    mixed,
    shaded,
    soft,
    stroke,
    times,
    tones,
)
from pipeline.portrait.diffusion.drawn_face.shape import Array, Proportions, Shape, evenly, shifted, smooth

LIGHT_SKIN: Rgb = (255, 232, 220)
LASH = times(DARK, 0.7)


def draw(canvas: skia.Canvas, shape: Shape, colours: Colours) -> None:
    """All of them."""
    if shape.proportions.wrinkles:
        _wrinkles(canvas, shape)
    _nose(canvas, shape)
    _lips(canvas, shape, colours)
    for eye, brow, which in ((LEFT_EYE, LEFT_BROW, -1), (RIGHT_EYE, RIGHT_BROW, 1)):
        _eye(canvas, shape.proportions, shape.points[eye], which, colours)
        _brow(canvas, shape.proportions, shape.points[brow][::which], colours)


# --- eyes and brows -----------------------------------------------------------------------------------------------


def _eye(canvas: skia.Canvas, p: Proportions, eye: Array, which: int, colours: Colours) -> None:
    """``eye``: its six points, clockwise from the left corner; ``which``: -1 left, 1 right."""
    upper, lower = smooth(eye[[0, 1, 2, 3]]), smooth(eye[[3, 4, 5, 0]])
    opening = closed(np.concatenate([upper, lower]))
    canvas.drawPath(opening, soft(DARK, 0.34, 0.035))
    canvas.save()
    canvas.clipPath(opening, doAntiAlias=True)
    _eyeball(canvas, p, eye, (float(upper[:, 1].min()), float(lower[:, 1].max())), colours.iris)
    canvas.drawPath(line(shifted(upper, 0, 0.012)), stroke(DARK, 0.55, 0.055, 0.018))  # the lid's shadow
    canvas.restore()
    bow = np.sin(np.linspace(0.35, 2.9, len(upper)))[:, None]
    canvas.drawPath(closed(np.concatenate([upper - (0, 0.020) * bow, upper[::-1]])), soft(LASH, 0.95, 0.004))
    canvas.drawPath(line(upper), stroke(LASH, 0.80, 0.016, 0.004))
    canvas.drawPath(line(lower), stroke(DARK, 0.42, 0.013, 0.006))
    canvas.drawPath(line(shifted(lower[4:-4], 0, 0.030)), stroke(LIGHT_SKIN, 0.20, 0.022, 0.010))
    _lid(canvas, p, upper, which)


def _eyeball(canvas: skia.Canvas, p: Proportions, eye: Array, ends: tuple[float, float], iris: Rgb) -> None:
    top, low = ends
    whites = [ink(rgb) for rgb in ((140, 124, 120), (216, 207, 202), (200, 186, 181))]
    canvas.drawPaint(skia.Paint(Shader=skia.GradientShader.MakeLinear([(0, top), (0, low)], whites, [0.0, 0.5, 1.0])))
    for corner in (0, 3):
        canvas.drawCircle(*eye[corner], 0.33 * p.eye_half, soft((176, 110, 100), 0.55, 0.03))
    x, y = eye.mean(axis=0) - (0, 0.10 * p.eye_open)
    radius = p.iris * p.eye_half
    ring = skia.GradientShader.MakeRadial(
        (x + 0.25 * radius, y + 0.35 * radius),
        1.25 * radius,
        tones(iris, 1.35, 1.15, 0.9, 0.38),
        [0.0, 0.45, 0.72, 1.0],
    )
    canvas.drawCircle(x, y, radius, shaded(ring))
    canvas.drawCircle(x, y, radius, stroke(times(iris, 0.3), 0.7, 0.18 * radius, 0.06 * radius))
    canvas.drawCircle(x, y, 0.44 * radius, soft((14, 10, 10), 1.0, 0.04 * radius))
    canvas.drawCircle(x - 0.32 * radius, y - 0.30 * radius, 0.19 * radius, soft((255, 255, 255), 0.95, 0.03 * radius))
    canvas.drawCircle(x + 0.36 * radius, y + 0.42 * radius, 0.16 * radius, soft((255, 255, 255), 0.22, 0.08 * radius))


def _lid(canvas: skia.Canvas, p: Proportions, upper: Array, which: int) -> None:
    """The fold of the upper lid, which hangs over the outer corner when it is old."""
    share = np.linspace(0, 1, len(upper))[:, None]
    outwards = share if which > 0 else 1 - share
    rise = 0.052 + 0.030 * np.sin(np.pi * share) - 0.018 * p.lid
    fold = upper - (0, 1) * rise + np.array([0.01 * which, 0.06 * p.lid]) * outwards
    canvas.drawPath(line(fold[3:-3]), stroke(DARK, 0.44, 0.018, 0.008))
    canvas.drawPath(line(fold[3:-3] - (0, 0.03)), stroke(LIGHT_SKIN, 0.14, 0.030, 0.014))


def _brow(canvas: skia.Canvas, p: Proportions, brow: Array, colours: Colours) -> None:
    """Hairs along the five points, from the nose outwards, on a soft ground."""
    random = np.random.default_rng(5)
    bow, colour = shifted(evenly(smooth(brow), 48), 0, 0.012), times(colours.hair, 0.8)
    thick = np.interp(np.linspace(0, 1, len(bow)), (0.0, 0.10, 0.55, 1.0), (0.024, 0.042, 0.036, 0.006)) * p.brows
    half = thick[:, None] * (0.0, 1.0)
    canvas.drawPath(closed(np.concatenate([bow - half, (bow + half)[::-1]])), soft(colour, 0.52, 0.016))
    for index in np.tile(np.arange(len(bow) - 6), 3):
        along, root = bow[index + 5] - bow[index], bow[index] + random.uniform(-0.9, 0.9) * half[index]
        up = np.array([0.0, -0.040 * (1 - index / len(bow)) * random.uniform(0.4, 1.0)])
        hair = np.array([root, root + 0.5 * along + 0.7 * up, root + random.uniform(0.7, 1.0) * along + up])
        canvas.drawPath(line(hair), stroke(colour, 0.38, 0.011))


# --- nose and lips ------------------------------------------------------------------------------------------------


def _nose(canvas: skia.Canvas, shape: Shape) -> None:
    p, points = shape.proportions, shape.points
    base = points[33]
    for which, wing in ((-1, points[31]), (1, points[35])):
        canvas.save()
        canvas.translate(*shifted(base, 0.48 * (wing[0] - base[0]), -0.022))
        canvas.rotate(-14 * which)
        hole = skia.Rect.MakeXYWH(-0.27 * p.nose_half, -0.022, 0.54 * p.nose_half, 0.044)
        canvas.drawOval(hole, soft(DARK, 0.80, 0.013))
        canvas.restore()
        crease = wing + np.array([(-0.02, -0.13), (0.012, -0.08), (0.004, -0.01), (-0.05, 0.02)]) * (which, 1)
        canvas.drawPath(line(smooth(crease)), stroke(DARK, 0.26, 0.026, 0.015))
    under = base + np.array([(-0.09, 0.006), (0.0, 0.022), (0.09, 0.006)])
    canvas.drawPath(line(smooth(under)), stroke(DARK, 0.30, 0.035, 0.020))
    # Light comes from the left: the nose throws a shadow to its right.
    canvas.drawOval(skia.Rect.MakeXYWH(base[0] + 0.06, base[1] - 0.04, 0.30, 0.13), soft(DARK, 0.20, 0.05))


def _lips(canvas: skia.Canvas, shape: Shape, colours: Colours) -> None:
    p, points = shape.proportions, shape.points
    upper = np.concatenate([smooth(points[48:55]), smooth(points[[54, 64, 63, 62, 61, 60, 48]])])
    lower = np.concatenate([smooth(points[[54, 55, 56, 57, 58, 59, 48]]), smooth(points[[48, 60, 67, 66, 65, 64, 54]])])
    red = 0.85 - 0.25 * p.wrinkles
    canvas.drawPath(closed(upper), soft(mixed(colours.skin, (150, 62, 60), 0.72), 0.66 * red, 0.010))
    canvas.drawPath(closed(lower), soft(mixed(colours.skin, (186, 88, 84), 0.72), 0.56 * red, 0.012))
    shut = smooth(points[[48, 60, 61, 62, 63, 64, 54]] + (0, 0.003))
    canvas.drawPath(line(shut), stroke(DARK, 0.36, 0.030, 0.014))
    canvas.drawPath(line(shut[4:-4]), stroke((62, 22, 22), 0.66, 0.012, 0.004))
    for corner in (48, 54):
        canvas.drawCircle(*points[corner], 0.022, soft(DARK, 0.36, 0.018))
    shine = evenly(smooth(points[[58, 57, 56]]), 12) - (0.03, 0.055 * p.lips)
    canvas.drawPath(line(shine), stroke(LIGHT_SKIN, 0.26, 0.030, 0.016))


# --- age ----------------------------------------------------------------------------------------------------------


def _wrinkles(canvas: skia.Canvas, shape: Shape) -> None:
    """Each is a dark line with light below it."""
    for knots, depth in _age_lines(shape):
        fine, deep = smooth(knots), shape.proportions.wrinkles * depth
        canvas.drawPath(line(fine), stroke(DARK, 0.24 * deep, 0.020, 0.011))
        canvas.drawPath(line(shifted(fine, 0.008, 0.022)), stroke(LIGHT_SKIN, 0.15 * deep, 0.020, 0.012))


def _age_lines(shape: Shape) -> list[tuple[Array, float]]:
    """Lines on the forehead, crow's feet, bags under the eyes, lines past the mouth; each with how deep it is."""
    p, points = shape.proportions, shape.points
    lines = []
    for share, half, lean in ((0.30, 0.50, 0.02), (0.52, 0.58, -0.03), (0.74, 0.44, 0.01)):
        y = p.brow - 0.06 + share * (p.hairline - p.brow)
        xs = np.array([-half, -0.5 * half, 0.0, 0.5 * half, half]) + lean
        lines.append((np.column_stack([xs, y + np.array([0.03, -0.008, 0.010, -0.012, 0.02])]), 0.7))
    for which, eye in ((-1, points[LEFT_EYE]), (1, points[RIGHT_EYE])):
        mirror, corner = np.array([which, 1.0]), eye[3 if which > 0 else 0]
        wing, mouth = points[35 if which > 0 else 31], points[54 if which > 0 else 48]
        for rise in (-0.10, 0.0, 0.11):
            lines.append(
                (corner + np.array([(0.05, 0.4 * rise), (0.13, rise), (0.21, 1.5 * rise + 0.03)]) * mirror, 0.6)
            )
        bag = np.array([(-0.20, 0.10), (-0.07, 0.185), (0.08, 0.19), (0.20, 0.13)])
        lines.append((eye.mean(axis=0) + bag * mirror, 1.0))
        past = np.array([(0.05, -0.08), (0.13, -0.03), (0.11, 0.02)])
        lines.append((np.array([wing, (wing + mouth) / 2, mouth]) + past * mirror, 1.3))
        lines.append((mouth + np.array([(0.04, 0.06), (0.07, 0.17), (0.06, 0.27)]) * mirror, 0.8))
    return lines
