"""How a face is painted so that it belongs to the look of its picture: modelled in soft light, cut from paper, inked,
pencilled, lit by neon tubes, or in pixels. Shapes and movements are the same in all of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import skia

from pipeline.face.colours import argb, parse, shade, to_oklch
from pipeline.face.rig import DARK, FaceRig, Manner

if TYPE_CHECKING:
    from pipeline.face.paints import Paints

GRID = 128
"""Pixels across a picture in the manner of pixels: divides the sides that pictures and clips have."""
_SHADOWS = ("contact", "nose_shade", "nose_shine", "lid_shine", "brow_shadow", "lip_shine", "lip_shadow")


def styled(paints: Paints, rig: FaceRig) -> Paints:
    """``paints`` changed to the rig's manner, in place."""
    if rig.manner in _MANNERS:
        _MANNERS[rig.manner](paints, rig)
    return paints


@contextmanager
def pixels(canvas: skia.Canvas, side: float) -> Iterator[skia.Canvas]:
    """A canvas of `GRID` pixels a side that is laid over ``canvas`` as squares at the end.

    The squares lie in the picture and move with it: a face that snapped to the screen instead would shiver.
    """
    surface = skia.Surface.MakeRasterN32Premul(GRID, GRID)
    yield surface.getCanvas()
    everything = skia.Rect.MakeWH(side, side)
    canvas.drawImageRect(surface.makeImageSnapshot(), everything, skia.SamplingOptions(skia.FilterMode.kNearest))


def _flat(paints: Paints, rig: FaceRig) -> None:
    """One colour a shape, no light and no shadow."""
    for name in _SHADOWS:
        setattr(paints, name, skia.Paint(Color=0))
    light = to_oklch(parse(rig.skin))[0] > 0.5
    flat = {
        "cheek": rig.cheek, "sclera": "#fffdf8", "iris": rig.iris, "lid": rig.lid, "lower_lid": rig.lid,
        "brow": rig.brow_colour, "nose_body": shade(rig.skin, -0.065 if light else 0.08),
        "lip_upper": shade(rig.lip, -0.05), "lip_lower": rig.lip, "cavity": "#4a0f1c", "tongue": "#d9596a",
        "teeth": "#fffdfa", "low_teeth": "#e4dcd8",
    }  # fmt: skip
    for name, colour in flat.items():
        setattr(paints, name, _fill(colour))
    paints.faint_shine = skia.Paint(Color=0)
    paints.lid_shadow = _fill("#1a1026", 0.14)


def _inked(paints: Paints, rig: FaceRig) -> None:
    """Flat, in bold outlines, as comics are printed."""
    _flat(paints, rig)
    ink = _ink(rig)
    paints.eye_rim = _fill(ink)
    paints.lash = _stroke(ink, 0.21)
    paints.lower_edge = _stroke(ink, 0.10)
    paints.lash_hair = _stroke(ink, 0.10)
    paints.lid_fold = _stroke(ink, 0.06, 0.8)
    paints.brow = _fill(ink if to_oklch(parse(rig.skin))[0] > 0.42 else rig.brow_colour)
    paints.nose_line = _stroke(ink, 0.055)
    paints.lip_edge = _stroke(ink, 0.034)
    paints.line, paints.thin_line, paints.line_body = _stroke(ink, 0.034), _stroke(ink, 0.040), _fill(ink)
    paints.crease, paints.fine_crease = _stroke(ink, 0.030), _stroke(ink, 0.026)


def _pencilled(paints: Paints, rig: FaceRig) -> None:
    """Matte: lines of a soft brown pencil, no highlight but the one in the eye."""
    for name in ("nose_shine", "lid_shine", "lip_shine", "faint_shine"):
        setattr(paints, name, skia.Paint(Color=0))
    paints.sclera = _fill("#fffaf0")
    paints.shine = _fill("#fffaf0", 0.92)
    paints.iris = _fill(shade(rig.iris, 0.04, 0.85))
    paints.pupil = _fill("#2c2026")
    paints.lip_upper, paints.lip_lower = _fill(shade(rig.lip, -0.03)), _fill(rig.lip)
    paints.cavity = _fill("#5c2630")
    paints.tongue = _fill("#d57f83")
    paints.teeth = _fill("#fffaf0")
    paints.line_body = _fill(rig.ink, 0.85)
    paints.brow = _fill(rig.brow_colour, 0.85)
    paints.lash = _stroke(rig.ink, 0.120, 0.85)


def _neon(paints: Paints, rig: FaceRig) -> None:
    """At night: every line is a tube, the eyes are lit from within."""
    tube = rig.rim
    for name in ("nose_shade", "nose_shine", "lip_shadow", "lid_shine", "lip_shine", "brow_shadow"):
        setattr(paints, name, skia.Paint(Color=0))
    paints.contact = _glow(tube, 0.50)
    paints.cheek = _glow(rig.cheek, 0.9)
    paints.sclera = _lamp("#f4fbff", shade(tube, 0.02))
    paints.iris = _lamp(shade(rig.iris, 0.12, 1.3), shade(rig.iris, -0.22, 1.2))
    paints.lower_edge = _stroke(tube, 0.075)
    paints.brow = _fill(rig.brow_colour)
    paints.nose_body = _fill(shade(rig.skin, 0.05))
    paints.nose_line = _stroke(tube, 0.05)
    paints.lip_edge = _stroke(shade(rig.lip, 0.22, 0.9), 0.032)
    paints.lip_upper, paints.lip_lower = _fill(shade(rig.lip, -0.16)), _fill(shade(rig.lip, -0.08))


def _in_pixels(paints: Paints, rig: FaceRig) -> None:
    """Flat, no line thinner than a pixel, no edge softer than one."""
    _flat(paints, rig)
    ink, pixel = rig.ink, 1.0 / (GRID * rig.radius)
    eye = pixel / min(rig.eye_width, rig.eye_height)
    paints.shine = _fill("#ffffff")
    # A few squares have to carry mouth and nose: both stand out more than they would in lines.
    light = to_oklch(parse(rig.skin))[0]
    step = -0.07 if light > DARK else 0.05
    paints.nose_body = _fill(shade(rig.skin, -0.16 if light > DARK else 0.16))
    paints.lip_upper, paints.lip_lower = _fill(shade(rig.lip, 1.6 * step)), _fill(shade(rig.lip, step))
    paints.lash = _stroke(ink, max(0.19, 1.3 * eye))
    paints.lower_edge = _stroke(rig.rim, max(0.08, eye))
    paints.lash_hair = _stroke(ink, max(0.09, eye))
    paints.nose_line = _stroke(rig.rim, 1.2 * pixel)
    paints.lip_edge = skia.Paint(Color=0)
    paints.line, paints.thin_line = _stroke(ink, 1.15 * pixel), _stroke(ink, 1.15 * pixel)
    paints.crease, paints.fine_crease = _stroke(rig.rim, pixel, 0.7), _stroke(rig.rim, pixel, 0.6)
    paints.teeth_line = skia.Paint(Color=0)
    for paint in vars(paints).values():
        paint.setAntiAlias(False)


def _ink(rig: FaceRig) -> str:
    """Nearly black, and never lost on a dark thing."""
    return "#17131c" if to_oklch(parse(rig.skin))[0] > 0.34 else "#000000"


def _fill(colour: str, alpha: float = 1.0) -> skia.Paint:
    return skia.Paint(AntiAlias=True, Color=argb(colour, alpha))


def _stroke(colour: str, width: float, alpha: float = 1.0) -> skia.Paint:
    paint = skia.Paint(AntiAlias=True, Color=argb(colour, alpha), StrokeWidth=width, Style=skia.Paint.kStroke_Style)
    paint.setStrokeCap(skia.Paint.kRound_Cap)
    paint.setStrokeJoin(skia.Paint.kRound_Join)
    return paint


def _glow(colour: str, alpha: float) -> skia.Paint:
    """Light around the origin that is gone at a distance of 1."""
    shades = [argb(colour, alpha), argb(colour, alpha * 0.35), argb(colour, 0.0)]
    return skia.Paint(
        AntiAlias=True, Shader=skia.GradientShader.MakeRadial(skia.Point(0, 0), 1.0, shades, [0.55, 0.78, 1.0])
    )


def _lamp(inside: str, edge: str) -> skia.Paint:
    shader = skia.GradientShader.MakeRadial(
        skia.Point(0, 0), 1.0, [argb(inside), argb(inside), argb(edge)], [0, 0.6, 1]
    )
    return skia.Paint(AntiAlias=True, Shader=shader)


_MANNERS: dict[Manner, Callable[[Paints, FaceRig], None]] = {
    Manner.FLAT: _flat, Manner.INK: _inked, Manner.PENCIL: _pencilled, Manner.NEON: _neon, Manner.PIXELS: _in_pixels,
}  # fmt: skip
