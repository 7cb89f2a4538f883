"""Where the parts of a template face lie: proportions by age, and the 68 points that follow from them.

Face units: origin between the eyes, x right, y down, 1 = half of the face's width at the ears. The same points are
drawn and handed out as landmarks, so that they agree by construction. Proportions are our own, set by what face
finders see in drawings made with them.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import numpy.typing as npt

from pipeline.types import Age

Array = npt.NDArray[np.float64]


class Expression(StrEnum):
    """Of a mouth that is closed in any case: animation starts from there."""

    NEUTRAL = "neutral"
    SMILE = "soft smile"
    STERN = "stern brows"


@dataclass(frozen=True, slots=True)
class Proportions:
    """Of one age; see the table below."""

    crown: float
    hairline: float
    brow: float
    eye_x: float
    eye_half: float
    eye_open: float
    nose: float
    nose_half: float
    mouth: float
    mouth_half: float
    jaw: float
    chin: float
    neck: float
    iris: float
    lips: float
    brows: float
    lid: float
    wrinkles: float
    relief: float


_BY_AGE: Mapping[str, tuple[float, float, float, float]] = {
    #            child, young, adult, old
    "crown":      (-1.42, -1.30, -1.27, -1.25),  # y of the top of the skull
    "hairline":   (-0.84, -0.86, -0.86, -0.94),  # y
    "brow":       (-0.36, -0.32, -0.30, -0.28),  # y
    "eye_x":      (0.475, 0.465, 0.460, 0.455),  # from the middle of the face to that of an eye
    "eye_half":   (0.250, 0.225, 0.214, 0.207),  # half the width of an eye: children's are large
    "eye_open":   (0.122, 0.096, 0.084, 0.072),  # from lid to lid, 1.74 times that
    "nose":       (0.470, 0.630, 0.670, 0.730),  # y of its base: noses grow all life long
    "nose_half":  (0.205, 0.240, 0.260, 0.280),  # half the width at the wings
    "mouth":      (0.775, 0.940, 0.980, 1.060),  # y
    "mouth_half": (0.320, 0.400, 0.420, 0.430),  # half the width
    "jaw":        (0.790, 0.790, 0.820, 0.840),  # half the width at the corners of the jaw, about
    "chin":       (1.270, 1.500, 1.570, 1.680),  # y
    "neck":       (0.400, 0.490, 0.530, 0.520),  # half the width
    "iris":       (0.540, 0.490, 0.475, 0.470),  # radius, as a share of half an eye
    "lips":       (0.950, 1.100, 1.000, 0.760),  # how full; 1 is an adult's
    "brows":      (0.700, 0.850, 1.000, 0.900),  # how thick; 1 is an adult's
    "lid":        (0.000, 0.000, 0.100, 0.600),  # how far the upper lid hangs over its outer corner
    "wrinkles":   (0.000, 0.000, 0.120, 1.000),  # how deep
    "relief":     (0.620, 0.860, 1.000, 1.100),  # how strongly bones show
}  # fmt: skip
PROPORTIONS = {age: Proportions(**{name: row[i] for name, row in _BY_AGE.items()}) for i, age in enumerate(Age)}


@dataclass(frozen=True, slots=True)
class Bend:
    """Makes a face wider, and a little uneven as faces are. Smooth, so that neighbours move together."""

    width: float
    lean: float
    lift: float
    bow: float
    full: float

    def __call__(self, points: Array | Sequence[tuple[float, float]]) -> Array:
        """Points (n, 2) of the even face, where they belong."""
        x, y = np.asarray(points, float).T
        moved = x * (1 + self.full * x) + self.lean * y + self.bow * np.sin(2 * y)
        # A wide face is mostly a wide outline: eyes and mouth follow by half.
        inside = np.clip(np.abs(x), 0, 1) ** 2
        return np.column_stack([moved * (1 + (self.width - 1) * (0.5 + 0.5 * inside)), y + self.lift * x])


@dataclass(frozen=True, slots=True)
class Shape:
    """A face in face units. ``points``: (68, 2) in iBUG order; ``skull``: (n, 2) from the right ear over the crown to
    the left one, which with the jaw closes the outline of the head; ``bend`` puts other things where they belong."""

    proportions: Proportions
    points: Array
    skull: Array
    bend: Bend


def shape_of(age: Age, width: float, expression: Expression, seed: int) -> Shape:
    """The face of an age, ``width`` times as wide; ``seed`` makes it slightly uneven, as faces are."""
    p = PROPORTIONS[age]
    half = np.concatenate([_jaw(p), _brow(p, expression), _nose(p), _eye(p, expression), _mouth(p, expression)])
    uneven = np.random.default_rng((seed, 68)).uniform(-1, 1, 4) * (0.018, 0.014, 0.020, 0.012)
    bend = Bend(width, *uneven.tolist())
    return Shape(p, bend(_whole(half)), bend(_skull(p)), bend)


# --- one half of the face: x >= 0, the right one in the picture ---------------------------------------------------


def _jaw(p: Proportions) -> Array:
    """Nine points evenly along the outline, from the ear to the chin: 16 down to 8."""
    drop = p.chin - 0.05
    fine = smooth(
        [
            (1.0, 0.02), (0.995, 0.05 + 0.22 * drop), (0.965, 0.05 + 0.43 * drop), (p.jaw + 0.06, 0.05 + 0.58 * drop),
            (p.jaw - 0.13, 0.05 + 0.77 * drop), (0.5 * p.jaw, 0.05 + 0.92 * drop), (0.19, 0.05 + 0.99 * drop),
            (0.0, 0.05 + drop),
        ]
    )  # fmt: skip
    return evenly(fine, 9)


def _brow(p: Proportions, expression: Expression) -> Array:
    """Five points from the nose outwards: 22-26."""
    inner, peak = {
        Expression.NEUTRAL: (0.0, 0.0),
        Expression.SMILE: (-0.015, -0.02),
        Expression.STERN: (0.085, 0.02),
    }[expression]
    xs = (0.215, 0.40, 0.575, 0.73, 0.85)
    ys = (-0.02 + inner, -0.055 + 0.5 * inner, -0.065 + peak, -0.02 + peak, 0.075)
    close = 0.03 if expression is Expression.STERN else 0.0
    return np.array([(x - close * (1 - x), p.brow + y) for x, y in zip(xs, ys, strict=True)])


def _nose(p: Proportions) -> Array:
    """Bridge (27-30), and from its base outwards (33-35)."""
    bridge = [(0.0, -0.05 + (p.nose - 0.10) * share) for share in (0.0, 0.36, 0.72, 1.0)]
    base = [(0.0, p.nose + 0.01), (0.45 * p.nose_half, p.nose - 0.01), (p.nose_half, p.nose - 0.045)]
    return np.array(bridge + base)


def _eye(p: Proportions, expression: Expression) -> Array:
    """Six points clockwise from the inner corner: 42-47."""
    x, w, o = p.eye_x, p.eye_half, p.eye_open
    squeeze = {Expression.NEUTRAL: 1.0, Expression.SMILE: 0.92, Expression.STERN: 0.88}[expression]
    top, low = -1.12 * o * squeeze * (1 - 0.25 * p.lid), 0.62 * o * squeeze
    return np.array([
        (x - w, 0.025), (x - 0.40 * w, top + 0.01), (x + 0.36 * w, top + 0.012),
        (x + w, -0.005), (x + 0.42 * w, low), (x - 0.36 * w, low + 0.006),
    ])  # fmt: skip


def _mouth(p: Proportions, expression: Expression) -> Array:
    """Outer lips from the middle of the upper one over the corner to the middle of the lower one (51-57), then inner
    lips (62, 63, 64, 65, 66)."""
    w, y = p.mouth_half, p.mouth
    corner = {Expression.NEUTRAL: -0.02, Expression.SMILE: -0.07, Expression.STERN: 0.015}[expression]
    w *= {Expression.NEUTRAL: 1.0, Expression.SMILE: 1.08, Expression.STERN: 0.98}[expression]
    up, low = 0.096 * p.lips, 0.132 * p.lips
    outer = [
        (0.0, y - 0.80 * up), (0.30 * w, y - up), (0.70 * w, y - 0.52 * up + 0.45 * corner), (w, y + corner),
        (0.68 * w, y + 0.54 * low + 0.40 * corner), (0.32 * w, y + 0.96 * low), (0.0, y + low),
    ]  # fmt: skip
    inner = [(0.0, y + 0.006), (0.45 * w, y - 0.008 + 0.30 * corner), (0.92 * w, y + 0.9 * corner)]
    gap = 0.006  # closed lips still have two edges
    return np.array([*outer, *inner, (0.45 * w, y - 0.008 + 0.30 * corner + gap), (0.0, y + 0.006 + gap)])


def _skull(p: Proportions) -> Array:
    """From the right ear over the crown to the left ear."""
    half = np.array(
        [(1.0, -0.04), (1.005, -0.40), (0.94, 0.56 * p.crown), (0.70, 0.84 * p.crown), (0.36, 0.96 * p.crown)]
    )
    return smooth(np.concatenate([half, [(0.0, p.crown)], _mirrored(half)[::-1]]))


def _whole(half: Array) -> Array:
    """All 68 points from one half; see the functions above for what is where in it."""
    jaw, brow, bridge, base = half[0:9], half[9:14], half[14:18], half[18:21]
    eye, outer, inner = half[21:27], half[27:34], half[34:39]
    left = _mirrored
    return np.concatenate([
        left(jaw), jaw[-2::-1],
        left(brow)[::-1], brow,
        bridge, left(base)[:0:-1], base,
        left(eye)[[3, 2, 1, 0, 5, 4]], eye,
        left(outer)[3:0:-1], outer, left(outer)[-2:3:-1],
        left(inner)[[2, 1]], inner[[0, 1, 2, 3, 4]], left(inner)[[3]],
    ])  # fmt: skip


def _mirrored(points: Array) -> Array:
    return points * (-1.0, 1.0)


# --- curves -------------------------------------------------------------------------------------------------------


def smooth(knots: Sequence[tuple[float, float]] | Array, each: int = 12) -> Array:
    """A uniform Catmull-Rom curve through the knots (n, 2), ``each`` points a piece."""
    k = np.asarray(knots, float)
    k = np.concatenate([2 * k[:1] - k[1:2], k, 2 * k[-1:] - k[-2:-1]])
    t = np.linspace(0, 1, each, endpoint=False)[:, None]
    pieces = [
        0.5 * (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t**2 + (3 * b - a - 3 * c + d) * t**3)
        for a, b, c, d in zip(k, k[1:], k[2:], k[3:], strict=False)
    ]
    return np.concatenate([*pieces, k[-2:-1]])


def evenly(line: Array, count: int) -> Array:
    """``count`` points at equal distances along a line."""
    along = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(line, axis=0).T))])
    at = np.linspace(0, along[-1], count)
    return np.column_stack([np.interp(at, along, line[:, 0]), np.interp(at, along, line[:, 1])])


def turned(points: Array, degrees: float) -> Array:
    """Points turned clockwise (as seen in a picture) around the origin."""
    a = math.radians(degrees)
    return np.asarray(points @ np.array([[math.cos(a), math.sin(a)], [-math.sin(a), math.cos(a)]]))


def shifted(points: Array, x: float, y: float) -> Array:
    """Points, or one, moved."""
    return np.asarray(points + np.array([x, y]))
