"""The paints of a face: colours and gradients, made once per rig."""

from __future__ import annotations

from functools import lru_cache

import skia

from pipeline.face.colours import argb, parse, shade, to_oklch
from pipeline.face.manners import styled
from pipeline.face.rig import FaceRig


class Paints:
    """Every paint of one rig."""

    def __init__(self, rig: FaceRig) -> None:
        light = to_oklch(parse(rig.skin))[0] > 0.5
        glow = shade(rig.skin, 0.10)
        self.contact = _radial(shade(rig.skin, -0.22, 1.1), [0.62, 0.50, 0.0], [0.0, 0.70, 1.0])
        self.cheek = _radial(rig.cheek, [1.0, 0.75, 0.0], [0.0, 0.35, 1.0])
        self.crease = _stroke(rig.rim, 0.024, 0.70)
        self.fine_crease = _stroke(rig.rim, 0.020, 0.60)
        self.freckle = _fill(rig.rim, 0.55)
        self.sclera = _sclera()
        self.eye_rim = _fill(rig.rim)
        self.lash = _stroke(rig.ink, 0.150)
        self.lower_edge = _stroke(rig.rim, 0.075, 0.9)
        self.lash_hair = _stroke(rig.ink, 0.075)
        self.lid_shadow = _fill("#1a1026", 0.22)
        self.lid = _vertical([shade(rig.lid, 0.07), rig.lid, shade(rig.lid, -0.05)], [-1.2, -0.2, 1.0])
        self.lower_lid = _vertical([shade(rig.lid, 0.05), rig.lid], [0.2, 1.1])
        self.lid_fold = _stroke(shade(rig.lid, -0.10), 0.07, 0.8)
        self.lid_shine = _stroke(shade(rig.lid, 0.12), 0.10, 0.5)
        self.iris = _iris(rig.iris)
        self.pupil = _fill("#0b0710")
        self.shine = _fill("#ffffff", 0.96)
        self.faint_shine = _fill("#ffffff", 0.62)
        self.brow = _vertical([shade(rig.brow_colour, 0.09), rig.brow_colour], [-0.10, 0.06])
        self.brow_shadow = _fill(shade(rig.skin, -0.20 if light else -0.12), 0.30)
        self.nose_body = _nose_body(rig)
        self.nose_shade = _radial(shade(rig.skin, -0.20, 1.1), [0.60, 0.35, 0.0], [0.0, 0.5, 1.0])
        self.nose_line = _stroke(rig.rim, 0.046)
        self.nose_hole = _fill(rig.ink, 0.75)
        self.nose_shine = _radial("#ffffff" if light else glow, [0.75, 0.0], [0.0, 1.0])
        self.lip_upper = _vertical([shade(rig.lip, 0.03), shade(rig.lip, -0.08)], [-0.12, 0.0])
        self.lip_lower = _vertical([rig.lip, shade(rig.lip, 0.05), shade(rig.lip, -0.07)], [0.0, 0.06, 0.14])
        self.lip_edge = _stroke(rig.rim, 0.020, 0.65)
        self.lip_shine = _stroke(shade(rig.lip, 0.20), 0.026, 0.55)
        self.lip_shadow = _radial(shade(rig.skin, -0.22), [0.45, 0.0], [0.0, 1.0])
        self.line = _stroke(rig.ink, 0.018)
        self.line_body = _fill(rig.ink)
        self.thin_line = _stroke(rig.ink, 0.030)
        self.cavity = _vertical(["#1d050d", "#4a0f1c", "#6e1a28"], [-0.05, 0.22, 0.5])
        # Lines hide their edges, which may be rough, then, and cost a third less.
        for hidden in (self.cavity, self.lip_upper, self.lip_lower):
            hidden.setAntiAlias(False)
        self.tongue = _vertical(["#f0848c", "#d9596a", "#a83547"], [-0.16, 0.0, 0.22])
        self.tongue_line = _stroke("#9c3043", 0.022, 0.7)
        self.teeth = _vertical(["#d9d2d0", "#fffdfa", "#f3ece8"], [-0.04, 0.05, 0.16])
        self.low_teeth = _vertical(["#efe8e4", "#cfc6c6"], [-0.08, 0.06])
        self.teeth_line = _stroke("#8d7f86", 0.0, 0.45)  # a pixel wide, for a tenth of the work


@lru_cache(maxsize=64)
def paints_of(rig: FaceRig) -> Paints:
    """The paints of a rig, kept while the rig is in use."""
    return styled(Paints(rig), rig)


def _fill(colour: str, alpha: float = 1.0) -> skia.Paint:
    return skia.Paint(AntiAlias=True, Color=argb(colour, alpha))


def _stroke(colour: str, width: float, alpha: float = 1.0) -> skia.Paint:
    paint = skia.Paint(AntiAlias=True, Color=argb(colour, alpha), StrokeWidth=width)
    paint.setStyle(skia.Paint.kStroke_Style)
    paint.setStrokeCap(skia.Paint.kRound_Cap)
    paint.setStrokeJoin(skia.Paint.kRound_Join)
    return paint


def _radial(colour: str, alphas: list[float], stops: list[float]) -> skia.Paint:
    """A soft disc of radius 1 around the origin."""
    shader = skia.GradientShader.MakeRadial(skia.Point(0, 0), 1.0, [argb(colour, a) for a in alphas], stops)
    return skia.Paint(AntiAlias=True, Dither=True, Shader=shader)


def _vertical(shades: list[str], at: list[float]) -> skia.Paint:
    """A gradient from top to bottom; ``at`` are y of the shades."""
    ends = [skia.Point(0, at[0]), skia.Point(0, at[-1])]
    stops = [(y - at[0]) / (at[-1] - at[0]) for y in at]
    shader = skia.GradientShader.MakeLinear(ends, [argb(c) for c in shades], stops)
    return skia.Paint(AntiAlias=True, Dither=True, Shader=shader)


def _sclera() -> skia.Paint:
    """A ball lit from above left, shaded where the upper lid and the socket hide the light."""
    shader = skia.GradientShader.MakeRadial(
        skia.Point(-0.05, 0.0), 1.10,
        [argb("#ffffff"), argb("#fdfbfb"), argb("#e3dee6"), argb("#b5aabd")],
        [0.0, 0.52, 0.82, 1.0],
    )  # fmt: skip
    return skia.Paint(AntiAlias=True, Dither=True, Shader=shader)


def _iris(colour: str) -> skia.Paint:
    """Dark at its edge and around the pupil; a lighter ring between."""
    ring = shade(colour, -0.34, 0.8)
    shader = skia.GradientShader.MakeRadial(
        skia.Point(0.0, 0.10), 1.06,
        [argb(shade(colour, -0.16)), argb(shade(colour, 0.02)), argb(shade(colour, 0.17)), argb(ring), argb(ring)],
        [0.0, 0.50, 0.74, 0.86, 1.0],
    )  # fmt: skip
    return skia.Paint(AntiAlias=True, Dither=True, Shader=shader)


def _nose_body(rig: FaceRig) -> skia.Paint:
    dark = to_oklch(parse(rig.skin))[0] < 0.42
    up, down = (0.22, 0.03) if dark else (0.10, -0.14)
    shader = skia.GradientShader.MakeRadial(
        skia.Point(-0.25, -0.38), 1.45,
        [argb(shade(rig.skin, up)), argb(shade(rig.skin, up / 3)), argb(shade(rig.skin, down, 1.1))],
        [0.0, 0.5, 1.0],
    )  # fmt: skip
    return skia.Paint(AntiAlias=True, Dither=True, Shader=shader)
