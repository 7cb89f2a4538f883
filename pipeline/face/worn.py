"""Draws what lies on a face and moves with it: spectacles with the eyes, a moustache with the upper lip, a beard with
the jaw. In face units, as everything in `drawing`.

What keeps its shape is laid down where the face has moved it, from a picture or a recording where there is one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import TYPE_CHECKING

import skia

from pipeline.face import beards, geometry
from pipeline.face.colours import argb
from pipeline.face.pose import FacePose
from pipeline.face.rig import FaceRig, Worn
from pipeline.face.worn_paints import fill, line, stroke, tone

if TYPE_CHECKING:
    from pipeline.face.drawing import Layer

USUAL = {
    Worn.ROUND_SPECTACLES: "#8a5a2b",
    Worn.SPECTACLES: "#26221f",
    Worn.MONOCLE: "#d9a72c",
    Worn.EYE_PATCH: "#1d1a1e",
    Worn.CLOWN_NOSE: "#e0212f",
    Worn.PLASTER: "#e8b98a",
    Worn.BEAUTY_SPOT: "#3a211c",
}
"""Colours of what is not hair; hair has the colour of the brows."""


def draw_upper(canvas: skia.Canvas, rig: FaceRig, pose: FacePose, lay: Layer) -> None:
    """What goes with eyes, nose and cheeks. ``lay``: lays a part down, see `drawing.Layer`."""
    for worn, colour in _worn(rig):
        if worn in _UPPER:
            goes_with, reach, part = _UPPER[worn]
            lay(canvas, rig, *geometry.shift(goes_with, pose), reach, part, colour)


def draw_around_mouth(canvas: skia.Canvas, rig: FaceRig, pose: FacePose) -> None:
    """What the mouth lies upon: beards, which the jaw moves."""
    for worn, colour in _worn(rig):
        if worn in _BEARDS:
            _BEARDS[worn](canvas, rig, pose, colour)


def draw_above_mouth(canvas: skia.Canvas, rig: FaceRig, mouth: geometry.Mouth) -> None:
    """What hangs over the upper lip."""
    for worn, colour in _worn(rig):
        if worn in _MOUSTACHES:
            canvas.save()
            canvas.translate(mouth.middle, mouth.middles[0] - 1.1 * mouth.upper_lip)
            canvas.drawPicture(_recorded(worn, rig.mouth_width, colour))
            canvas.restore()


def _worn(rig: FaceRig) -> Iterator[tuple[Worn, str]]:
    for index, worn in enumerate(rig.worn):
        own = rig.worn_colours[index] if index < len(rig.worn_colours) else USUAL.get(worn, rig.brow_colour)
        yield worn, own


@lru_cache(maxsize=32)
def _recorded(worn: Worn, width: float, colour: str) -> skia.Picture:
    """A moustache, which keeps its shape."""
    recorder = skia.PictureRecorder()
    canvas = recorder.beginRecording(skia.Rect(-2, -2, 2, 2))
    _MOUSTACHES[worn](canvas, width, colour)
    return recorder.finishRecordingAsPicture()


# --- on the eyes ------------------------------------------------------------------------------------------------------


def _lens(rig: FaceRig, which: int, roundness: float) -> skia.RRect:
    """The outline of a lens: ``roundness`` 1 is an oval, 0 a square."""
    half = min(1.27 * rig.eye_width, rig.eye_spacing - 0.055)
    tall = (1.16 if roundness == 1 else 1.04) * rig.eye_height
    x, y = which * (rig.eye_spacing + 0.012), geometry.EYE_Y + 0.02
    rect = skia.Rect.MakeLTRB(x - half, y - tall, x + half, y + tall)
    return skia.RRect.MakeRectXY(rect, roundness * half, roundness * tall)


def _glare(canvas: skia.Canvas, lens: skia.RRect, alpha: float) -> None:
    """Two slanted stripes of light on the glass."""
    box = lens.rect()
    canvas.save()
    canvas.clipRRect(lens, True)
    for start, width in ((0.56, 0.20), (0.84, 0.07)):
        x, tall = box.left() + start * box.width(), box.height()
        path = skia.PathBuilder()
        path.moveTo(x, box.top())
        path.lineTo(x + width * box.width(), box.top())
        path.lineTo(x + (width - 0.45) * box.width(), box.top() + tall)
        path.lineTo(x - 0.45 * box.width(), box.top() + tall)
        path.close()
        canvas.drawPath(path.detach(), fill("#ffffff", alpha))
    canvas.restore()


def _spectacles(roundness: float, width: float, glass: str = "#f2faff", depth: float = 0.06) -> _Part:
    def draw(canvas: skia.Canvas, rig: FaceRig, colour: str) -> None:
        lenses = [_lens(rig, which, roundness) for which in (-1, 1)]
        inner = rig.eye_spacing - (lenses[1].rect().width() / 2)
        y = geometry.EYE_Y - 0.03
        bridge = line((-inner - 0.01, y), (0.0, y - 0.10), (inner + 0.01, y))
        edge = lenses[1].rect().right()
        temples = [line((w * edge, y - 0.03), (w * (edge + 0.05), y - 0.06), (w * (edge + 0.10), y - 0.07))
                   for w in (-1, 1)]  # fmt: skip
        for lens in lenses:
            canvas.drawRRect(lens, fill(glass, depth))
            _glare(canvas, lens, 0.12)
        for shift, paint in (
            (0.030, stroke("#000000", width, 0.20)),
            (0.0, stroke(colour, width)),
            (-0.30 * width, stroke(tone(colour, 0.24), 0.26 * width, 0.75)),
        ):
            canvas.save()
            canvas.translate(0, shift)
            for lens in lenses:
                canvas.drawRRect(lens, paint)
            for path in (bridge, *temples):
                canvas.drawPath(path, paint)
            canvas.restore()

    return draw


def _monocle(canvas: skia.Canvas, rig: FaceRig, colour: str) -> None:
    lens = _lens(rig, 1, 1.0)
    box = lens.rect()
    chain = line(
        (box.right() - 0.05, box.centerY() + 0.16),
        (box.right() + 0.06, box.bottom() + 0.10),
        (box.right() - 0.01, box.bottom() + 0.34),
        (box.right() - 0.05, box.bottom() + 0.48),
        (box.right() - 0.01, box.bottom() + 0.58),
    )
    beads = skia.Paint(stroke(colour, 0.040))
    beads.setPathEffect(skia.DashPathEffect.Make([0.001, 0.052], 0.0))
    canvas.drawPath(chain, stroke("#000000", 0.022, 0.22))
    canvas.drawPath(chain, beads)
    canvas.drawRRect(lens, fill("#e6f4ff", 0.12))
    _glare(canvas, lens, 0.22)
    for shift, paint in (
        (0.028, stroke("#000000", 0.08, 0.24)),
        (0.0, stroke(tone(colour, -0.14), 0.090)),
        (-0.006, stroke(colour, 0.060)),
        (-0.016, stroke(tone(colour, 0.18), 0.020, 0.9)),
    ):
        canvas.save()
        canvas.translate(0, shift)
        canvas.drawRRect(lens, paint)
        canvas.restore()


def _eye_patch(canvas: skia.Canvas, rig: FaceRig, colour: str) -> None:
    """Over the eye on the right; its band runs up to the left."""
    x, y, w, h = rig.eye_spacing, geometry.EYE_Y, 1.14 * rig.eye_width, 1.12 * rig.eye_height
    band = line((x + 1.2 * w, y - 0.15), (0.2, y - 0.32), (-x - 1.4 * rig.eye_width, y - 0.72))
    patch = skia.PathBuilder()
    patch.moveTo(x - w, y - 0.72 * h)
    patch.quadTo(x, y - 1.18 * h, x + w, y - 0.72 * h)
    patch.cubicTo(x + 1.1 * w, y + 0.5 * h, x + 0.5 * w, y + h, x, y + 1.05 * h)
    patch.cubicTo(x - 0.5 * w, y + h, x - 1.1 * w, y + 0.5 * h, x - w, y - 0.72 * h)
    shape = patch.detach()
    canvas.drawPath(band, stroke(colour, 0.055))
    canvas.save()
    canvas.translate(0, 0.03)
    canvas.drawPath(shape, fill("#000000", 0.22))
    canvas.restore()
    canvas.drawPath(shape, fill(colour))
    canvas.drawPath(shape, stroke(tone(colour, 0.16), 0.022))
    _skull(canvas, x, y - 0.02, 0.5 * w, colour)


def _skull(canvas: skia.Canvas, x: float, y: float, size: float, colour: str) -> None:
    """A skull; its light also lets detectors see an eye there."""
    bone, hole = fill("#f4efe4"), fill(colour)
    canvas.drawCircle(x, y - 0.1 * size, 0.72 * size, bone)
    canvas.drawRoundRect(
        skia.Rect.MakeLTRB(x - 0.42 * size, y + 0.2 * size, x + 0.42 * size, y + 0.92 * size), 0.1, 0.1, bone
    )
    for which in (-1, 1):
        canvas.drawCircle(x + which * 0.30 * size, y - 0.02 * size, 0.21 * size, hole)
    canvas.drawRect(skia.Rect.MakeXYWH(x - 0.05 * size, y + 0.55 * size, 0.10 * size, 0.37 * size), hole)


# --- on nose and cheeks -----------------------------------------------------------------------------------------------


def _clown_nose(canvas: skia.Canvas, rig: FaceRig, colour: str) -> None:
    radius, y = max(0.20, 1.7 * rig.nose_width), geometry.NOSE_Y
    canvas.drawCircle(0, y + 0.035, radius, fill("#000000", 0.22))
    ball = skia.GradientShader.MakeRadial(
        skia.Point(-0.35 * radius, y - 0.40 * radius), 1.5 * radius,
        [argb(tone(colour, 0.12)), argb(colour), argb(tone(colour, -0.20))], [0.0, 0.45, 1.0],
    )  # fmt: skip
    canvas.drawCircle(0, y, radius, skia.Paint(AntiAlias=True, Shader=ball))
    shine = skia.Rect.MakeXYWH(-0.58 * radius, y - 0.66 * radius, 0.48 * radius, 0.34 * radius)
    canvas.drawOval(shine, fill("#ffffff", 0.75))


def _beauty_spot(canvas: skia.Canvas, rig: FaceRig, colour: str) -> None:
    canvas.drawCircle(0.80 * rig.mouth_width + 0.14, 0.40, 0.030, fill(colour, 0.9))


def _plaster(canvas: skia.Canvas, rig: FaceRig, colour: str) -> None:
    canvas.save()
    canvas.translate(-rig.eye_spacing - 0.10, 0.33)
    canvas.rotate(-24)
    strip = skia.Rect.MakeLTRB(-0.20, -0.072, 0.20, 0.072)
    canvas.drawRoundRect(strip.makeOffset(0, 0.018), 0.07, 0.07, fill("#000000", 0.18))
    canvas.drawRoundRect(strip, 0.07, 0.07, fill(colour))
    canvas.drawRect(skia.Rect.MakeLTRB(-0.075, -0.072, 0.075, 0.072), fill(tone(colour, 0.09)))
    for x, y in ((-0.14, -0.025), (-0.14, 0.025), (0.14, -0.025), (0.14, 0.025), (-0.11, 0.0), (0.11, 0.0)):
        canvas.drawCircle(x, y, 0.010, fill(tone(colour, -0.18), 0.8))
    canvas.restore()


def _whiskers(canvas: skia.Canvas, rig: FaceRig, colour: str) -> None:
    near, far = 0.30, 0.74
    for which in (-1, 1):
        for y, end in ((0.30, 0.20), (0.36, 0.36), (0.42, 0.52)):
            hair = line((which * near, y), (which * 0.5 * (near + far), 0.5 * (y + end) - 0.03), (which * far, end))
            canvas.drawPath(hair, stroke(colour, 0.026, 0.85))


_Part = Callable[[skia.Canvas, FaceRig, str], None]
_UPPER: dict[Worn, tuple[str, float, _Part]] = {
    Worn.ROUND_SPECTACLES: ("eyes", 1.05, _spectacles(1.0, 0.052)),
    Worn.SPECTACLES: ("eyes", 1.05, _spectacles(0.42, 0.056)),
    Worn.MONOCLE: ("eyes", 1.05, _monocle),
    Worn.EYE_PATCH: ("eyes", 1.10, _eye_patch),
    Worn.CLOWN_NOSE: ("nose", 0.55, _clown_nose),
    Worn.BEAUTY_SPOT: ("cheeks", 0.60, _beauty_spot),
    Worn.PLASTER: ("cheeks", 0.80, _plaster),
    Worn.WHISKERS: ("nose", 0.80, _whiskers),
}
"""With which part of the face it goes, how far it reaches from the middle of the face, and what draws it."""
_MOUSTACHES: dict[Worn, Callable[[skia.Canvas, float, str], None]] = {
    Worn.MOUSTACHE: beards.moustache,
    Worn.HANDLEBAR: beards.handlebar,
    Worn.PENCIL_MOUSTACHE: beards.pencil,
}
_BEARDS: dict[Worn, Callable[[skia.Canvas, FaceRig, FacePose, str], None]] = {
    Worn.GOATEE: beards.goatee,
    Worn.BEARD: beards.bearded(0.42),
    Worn.LONG_BEARD: beards.bearded(0.85),
}
