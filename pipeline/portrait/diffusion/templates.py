"""Human-like face templates, drawn by us: what `pixel` guidance starts from, and whose 68 points `landmark` guidance
draws. No photograph of a person is needed for either."""

from __future__ import annotations

from typing import Annotated, Literal

import numpy as np
import skia
from pydantic import Field

from pipeline.face.colours import Rgb
from pipeline.face.ibug import INNER_LIPS, JAW, LEFT_BROW, LEFT_EYE, OUTER_LIPS, RIGHT_BROW, RIGHT_EYE
from pipeline.portrait.diffusion.drawn_face.brushes import Colours
from pipeline.portrait.diffusion.drawn_face.picture import paint
from pipeline.portrait.diffusion.drawn_face.shape import Expression, Shape, shape_of, turned
from pipeline.types import Age, Landmarks, Mood, Persona, Picture, Value

CENTRE = (0.5, 0.475)
"""Where the middle between the eyes lies, in shares of the picture: room for hair above, for a neck below."""
FACE = 0.44
"""Width of a face of width 1, from ear to ear, as a share of the picture."""
DOT = 2.5 / 512
"""Radius of a landmark in a control map, as the face-landmark ControlNets were trained with."""


class Template(Value):
    """One face. Equal templates give equal pictures."""

    age: Age = Age.ADULT
    width: Annotated[float, Field(ge=0.85, le=1.15)] = 1.0
    tilt: Annotated[float, Field(ge=-12, le=12, description="degrees, clockwise in the picture")] = 0.0
    expression: Expression = Expression.NEUTRAL
    seed: int = Field(default=0, ge=0, description="unevenness and colours")


def template_for(persona: Persona, seed: int, turn: int = 0) -> Template:
    """The face that suits a persona; ``turn`` > 0: others, for when a picture that began with this one had no face.

    Later ones are plainer, since plain faces survive more noise: upright, neutral, grown up.
    """
    random = np.random.default_rng((seed % 2**64, turn))
    smiling = persona.mood is Mood.JOY or (persona.mood is Mood.CALM and persona.warmth >= 0.7)
    expression = Expression.STERN if persona.mood is Mood.ANGER else Expression.SMILE if smiling else Expression.NEUTRAL
    lean = 2.0 + 4.0 * persona.energy
    return Template(
        age=persona.age if turn < 2 else Age.ADULT,
        width=round(float(random.uniform(0.90, 1.10)), 3),
        tilt=round(float(random.uniform(-lean, lean)), 2) if turn == 0 else 0.0,
        expression=expression if turn == 0 else Expression.NEUTRAL,
        seed=int(random.integers(2**31)),
    )


def picture(template: Template, side: int = 512) -> Picture:
    """The template's face, (side, side, 3): softly lit from the upper left, mouth closed, on a plain ground."""
    unit = FACE / 2 * side
    return paint(_shape(template), _colours(template), side, _centre(side), unit, template.tilt)


def landmarks(template: Template, side: int = 512) -> Landmarks:
    """The 68 points of `picture`, exactly as drawn."""
    points = turned(_shape(template).points, template.tilt) * (FACE / 2 * side) + _centre(side)
    return (points - 0.5).astype(np.float32)  # skia counts from corners of pixels, landmarks from their middles


def control_map(points: Landmarks, side: int, what: Literal["landmarks", "lines"]) -> Picture:
    """What a ControlNet is shown, (side, side, 3), white on black: 68 dots, or the lines of the face for nets that
    know edges. ``points`` in pixels of a picture of that side."""
    surface = skia.Surface(side, side)
    canvas = surface.getCanvas()
    canvas.clear(skia.ColorBLACK)
    white = skia.Paint(AntiAlias=True, Color=skia.ColorWHITE, StrokeWidth=1.2 * DOT * side)
    places = [skia.Point(float(x) + 0.5, float(y) + 0.5) for x, y in points]
    if what == "landmarks":
        for place in places:
            canvas.drawCircle(place, DOT * side, white)
    else:
        white.setStyle(skia.Paint.kStroke_Style)
        for part, closed in _LINES:
            canvas.drawPath(skia.Path.Polygon(places[part], closed), white)
    pixels: Picture = surface.toarray(colorType=skia.kRGBA_8888_ColorType)[..., :3].copy()
    return pixels


_LINES = (
    (JAW, False), (LEFT_BROW, False), (RIGHT_BROW, False), (slice(27, 31), False), (slice(31, 36), False),
    (LEFT_EYE, True), (RIGHT_EYE, True), (OUTER_LIPS, True), (INNER_LIPS, True),
)  # fmt: skip

_SKINS: tuple[Rgb, ...] = ((232, 192, 168), (216, 168, 138), (190, 140, 108), (150, 104, 78))
_HAIRS: tuple[Rgb, ...] = ((70, 48, 36), (48, 36, 32), (104, 72, 48), (36, 32, 34))
_GREYS: tuple[Rgb, ...] = ((168, 164, 160), (142, 138, 136))
_IRISES: tuple[Rgb, ...] = ((96, 64, 42), (84, 96, 70), (84, 104, 124))
_GROUNDS: tuple[Rgb, ...] = ((178, 178, 176), (166, 176, 184), (186, 176, 164))
_SHIRTS: tuple[Rgb, ...] = ((92, 102, 112), (112, 104, 96), (96, 108, 96))


def _colours(template: Template) -> Colours:
    random = np.random.default_rng((template.seed, 3))
    hairs = _GREYS if template.age is Age.OLD else _HAIRS
    rows = (_SKINS, hairs, _IRISES, _GROUNDS, _SHIRTS)
    return Colours(*(row[random.integers(len(row))] for row in rows))


def _shape(template: Template) -> Shape:
    return shape_of(template.age, template.width, template.expression, template.seed)


def _centre(side: int) -> tuple[float, float]:
    return CENTRE[0] * side, CENTRE[1] * side
