"""Where the lines of a face run, in face units: origin between eyes and mouth, x right, y down, 1 = `FaceRig.radius`.

Painter and landmarks both read these curves, so the landmarks lie exactly on what is drawn.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipeline.face.pose import FacePose

if TYPE_CHECKING:
    from pipeline.face.rig import FaceRig

Point = tuple[float, float]
Parabola = tuple[float, float, float]
"""a, b and c of v = a + b u + c u^2."""
Brow = tuple[Point, Point, Point]
"""Centre line from its inner to its outer end, as a quadratic Bezier curve."""
Box = tuple[float, float, float, float]
"""Left, top, right, bottom."""

EYE_Y, BROW_Y, NOSE_Y, MOUTH_Y = -0.17, -0.67, 0.20, 0.56
DEPTH = {"eyes": 0.62, "brows": 0.66, "nose": 1.0, "mouth": 0.78, "cheeks": 0.45, "jaw": 0.25}
"""How near each part is to the looker: near parts move further when the face turns."""
TURN_X, TURN_Y = 0.13, 0.09


@dataclass(frozen=True, slots=True)
class Eye:
    """One eye: an oval, and two lid edges in units of the oval."""

    x: float
    y: float
    width: float
    height: float
    upper: Parabola
    lower: Parabola
    shut: float
    iris: Point
    iris_radius: float


@dataclass(frozen=True, slots=True)
class Mouth:
    """Four cubics that share the two corners; each is given by its two inner control points."""

    left: Point
    right: Point
    upper: tuple[Point, Point]
    lower: tuple[Point, Point]
    gap: float
    """Opening of the inner lips in the middle."""
    upper_lip: float
    lower_lip: float
    """Thickness of the lips in the middle."""
    outer_left: Point
    outer_right: Point

    @property
    def middle(self) -> float:
        """x of the middle of the mouth."""
        return (self.left[0] + self.right[0]) / 2

    @property
    def middles(self) -> Point:
        """y of the upper and the lower inner lip in the middle."""
        return _middle_y(self, self.upper), _middle_y(self, self.lower)


@dataclass(frozen=True, slots=True)
class Upper:
    """What is above the mouth: pairs are left and right in the picture."""

    eyes: tuple[Eye, Eye]
    brows: tuple[Brow, Brow]
    nose: Point


def upper_box(rig: FaceRig) -> Box:
    """Room for everything above the mouth, in every pose."""
    x = rig.eye_spacing + 1.6 * rig.eye_width + 0.15
    top = EYE_Y - rig.eye_height - rig.brow_gap - rig.brow_arch - 0.50
    return -x, top, x, max(NOSE_Y + 1.6 * rig.nose_width, EYE_Y + 1.3 * rig.eye_height) + 0.15


def lower_box(rig: FaceRig) -> Box:
    """Room for the mouth, in every pose."""
    x = 1.5 * rig.mouth_width + 0.22
    return -x, MOUTH_Y - 0.30 - 0.25 * rig.lip_fullness, x, MOUTH_Y + 0.85 + 0.20 * rig.lip_fullness


def upper_part(rig: FaceRig, face: Upper) -> Box:
    """Room for everything above the mouth in this pose. Of faces with lines of age or something on, it is that of every
    pose."""
    if rig.wrinkles > 0 or rig.bags > 0 or rig.worn:
        return upper_box(rig)
    left, right = face.eyes
    reach = (1.70 if rig.lashes > 0 else 1.20) * max(left.width, left.height) + 0.03
    brows = face.brows[0] + face.brows[1]
    thick = 0.08 * rig.brow_thickness + 0.04
    x, y = face.nose
    nose = 1.7 * rig.nose_width
    return (
        min(left.x - reach, *(place[0] - thick for place in brows), x - nose),
        min(left.y - reach, *(place[1] - thick for place in brows)),
        max(right.x + reach, *(place[0] + thick for place in brows), x + nose),
        max(right.y + reach, y + nose),
    )


def lower_part(rig: FaceRig, m: Mouth) -> Box:
    """Room for the mouth in this pose; with something on, that of every pose."""
    if rig.worn:
        return lower_box(rig)
    top, bottom = m.middles
    corners = m.left[1], m.right[1]
    return (
        m.outer_left[0] - 0.09,
        min(*corners, top) - 1.5 * m.upper_lip - 0.09,
        m.outer_right[0] + 0.09,
        max(max(corners) + 0.09, bottom + 0.15) + m.lower_lip,
    )


def upper(rig: FaceRig, pose: FacePose) -> Upper:
    """Eyes, brows and nose."""
    x, y = shift("nose", pose)
    return Upper((eye(rig, pose, -1), eye(rig, pose, 1)), (brow(rig, pose, -1), brow(rig, pose, 1)), (x, y + NOSE_Y))


def shift(part: str, pose: FacePose) -> Point:
    """How far a part moves when the face turns or nods."""
    return TURN_X * DEPTH[part] * pose.turn, TURN_Y * DEPTH[part] * pose.nod


def eye(rig: FaceRig, pose: FacePose, side: int) -> Eye:
    """The eye on the left (-1) or right (1) of the picture."""
    lid = min(max(pose.lid_left if side < 0 else pose.lid_right, 0.0), 1.0)
    squint = min(max(pose.squint, 0.0), 1.0)
    inward = -side
    slant = 0.40 * max(pose.frown, 0.0) + 0.26 * min(pose.frown, 0.0) + rig.eye_slant
    meet = (0.40 - 0.40 * squint, 0.0, -0.36 + 0.80 * squint)
    droop = (1 - lid) * min(1.0, 0.25 + 2.2 * lid)
    upper = (
        _mix(-1.14, meet[0], lid),
        slant * inward * droop,
        _mix(0.34, meet[2], lid),
    )
    rise = 0.55 * squint
    rise += (1 - rise) * lid**3
    lower = (_mix(1.14, meet[0], rise), upper[1] * rise, _mix(-0.30, meet[2], rise))
    grown = 1 + 0.10 * pose.wide - 0.02 * squint
    dx, dy = shift("eyes", pose)
    width, height = rig.eye_width * grown, rig.eye_height * grown
    reach = (0.28 * width, 0.26 * height)
    # Eyes that look straight ahead converge a little on the looker; parallel ones stare into the distance.
    iris = (pose.gaze_x * reach[0] + 0.07 * inward * width, pose.gaze_y * reach[1] + 0.03 * height)
    return Eye(
        x=side * rig.eye_spacing + dx,
        y=EYE_Y + dy,
        width=width,
        height=height,
        upper=upper,
        lower=lower,
        shut=lid,
        iris=iris,
        iris_radius=rig.iris_size * min(rig.eye_width, rig.eye_height) * (1 - 0.08 * pose.wide),
    )


@dataclass(frozen=True, slots=True)
class Lids:
    """The lines of an eye at 13 places ``us``, in units of the oval: its roof, both lid edges, its floor."""

    us: tuple[float, ...]
    roof: tuple[float, ...]
    upper: tuple[float, ...]
    lower: tuple[float, ...]
    floor: tuple[float, ...]


PLACES = tuple(-math.cos(math.pi * i / 12) for i in range(13))
OVAL = tuple(math.sqrt(max(1 - u * u, 0.0)) for u in PLACES)


def lids(upper_edge: Parabola, lower_edge: Parabola, shut: float) -> Lids:
    """Lid edges inside the oval; where a lid leaves the oval free, its edge is the oval's."""
    (a, b, c), (d, e, f) = upper_edge, lower_edge
    # Lids have no corners, but where they meet they follow each other exactly.
    round_ = 0.22 * (1 - shut) + 1e-3
    lower = [max(-o, _soft_min(o, d + e * u + f * u * u, round_)) for u, o in zip(PLACES, OVAL, strict=True)]
    upper = [min(low, max(-o, a + b * u + c * u * u)) for u, o, low in zip(PLACES, OVAL, lower, strict=True)]
    return Lids(PLACES, tuple(-o for o in OVAL), tuple(upper), tuple(lower), OVAL)


def eye_points(eye_: Eye) -> list[Point]:
    """Six points around the opening, clockwise from its left corner: iBUG 36-41."""
    lines = lids(eye_.upper, eye_.lower, eye_.shut)
    opened = [u for u, top, low in zip(lines.us, lines.upper, lines.lower, strict=True) if low - top > 1e-3]
    left, right = (opened[0], opened[-1]) if len(opened) > 2 else (-0.87, 0.87)

    def at(u: float, edge: tuple[float, ...]) -> Point:
        place = math.acos(-u) / math.pi * 12
        index = min(int(place), 11)
        return u, _mix(edge[index], edge[index + 1], place - index)

    inner = [_mix(left, right, share) for share in (0.33, 0.67)]
    ring = [at(left, lines.upper), *(at(u, lines.upper) for u in inner), at(right, lines.upper)]
    ring += [at(u, lines.lower) for u in reversed(inner)]
    return [(eye_.x + u * eye_.width, eye_.y + v * eye_.height) for u, v in ring]


def brow(rig: FaceRig, pose: FacePose, side: int) -> Brow:
    """The brow on the left (-1) or right (1) of the picture. Lids do not move it."""
    lift = pose.brow_left if side < 0 else pose.brow_right
    down, up = max(pose.frown, 0.0), max(-pose.frown, 0.0)
    dx, dy = shift("brows", pose)
    top = EYE_Y - rig.eye_height - rig.brow_gap + dy
    inner = (rig.eye_spacing - 0.78 * rig.eye_width - 0.03 * down, top - 0.13 * lift + 0.10 * down - 0.13 * up)
    peak = (
        rig.eye_spacing + 0.10 * rig.eye_width,
        top - rig.brow_arch * (1 - 0.7 * down) - 0.20 * lift - 0.02 * down - 0.06 * up,
    )
    outer = (rig.eye_spacing + 1.12 * rig.eye_width, top + 0.07 - 0.13 * lift - 0.12 * down + 0.07 * up)
    first, second, third = ((side * x + dx, y) for x, y in (inner, peak, outer))
    return first, second, third


def mouth(rig: FaceRig, pose: FacePose) -> Mouth:
    """The lips. With ``press`` 1 or ``jaw`` 0 the inner lips coincide exactly."""
    press, pucker = min(max(pose.press, 0.0), 1.0), min(max(pose.pucker, 0.0), 1.0)
    jaw = min(max(pose.jaw, 0.0), 1.0) * (1 - press)
    dx, dy = shift("mouth", pose)
    half = rig.mouth_width * (1 + 0.20 * pose.spread - 0.10 * jaw) * (1 - 0.46 * pucker) * (1 - 0.06 * press)
    half *= 1 + 0.12 * max(pose.smile, 0.0)
    gap = 0.52 * jaw * (1 - 0.16 * pucker)
    curve = 0.13 * pose.smile * (1 - 0.80 * pucker)
    y = MOUTH_Y + dy
    left = (dx - half, y - curve * (1 - pose.skew) + 0.18 * gap)
    right = (dx + half, y - curve * (1 + pose.skew) + 0.18 * gap)
    top, bottom = y + 0.50 * curve - 0.16 * gap - 0.02 * pose.tuck, y + 0.50 * curve + 0.84 * gap
    # Share of the half width at which the control points stand: a lens at rest, nearly an ellipse when rounded.
    open_share = min(1.0, 1.9 * jaw)
    upper, lower = (
        _controls(left, right, dx, half * min(1.0, 0.44 + 0.54 * pucker + opened * open_share), middle)
        for opened, middle in ((0.20, top), (0.50, bottom))
    )
    fullness = rig.lip_fullness * (1 - 0.45 * press) * (1 + 0.45 * pucker)
    corner = 0.022 + 0.02 * pucker
    return Mouth(
        left=left,
        right=right,
        upper=upper,
        lower=lower,
        gap=gap,
        upper_lip=0.085 * fullness,
        lower_lip=0.115 * fullness * (1 - 0.55 * pose.tuck),
        outer_left=(left[0] - corner, left[1]),
        outer_right=(right[0] + corner, right[1]),
    )


def cubic(p0: Point, p1: Point, p2: Point, p3: Point, t: float) -> Point:
    """A point of a cubic Bezier curve."""
    a, b, c, d = (1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t * t * (1 - t), t**3
    return a * p0[0] + b * p1[0] + c * p2[0] + d * p3[0], a * p0[1] + b * p1[1] + c * p2[1] + d * p3[1]


_SHARES = tuple(i / 12 for i in range(13))
_WEIGHTS = tuple(((1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t * t * (1 - t), t**3) for t in _SHARES)


def mouth_hole(m: Mouth) -> tuple[list[float], list[float], list[float]]:
    """x, upper edge and lower edge of the opening at 13 places from corner to corner."""
    (xs, roof), (unders, low) = (_along(m.left, *edge, m.right) for edge in (m.upper, m.lower))
    floor, at = [], 0
    for x in xs:
        while at < len(unders) - 2 and unders[at + 1] < x:
            at += 1
        share = (x - unders[at]) / (unders[at + 1] - unders[at])
        floor.append(low[at] + min(max(share, 0.0), 1.0) * (low[at + 1] - low[at]))
    return xs, roof, floor


def _along(p0: Point, p1: Point, p2: Point, p3: Point) -> tuple[list[float], list[float]]:
    """x and y at 13 places of a cubic Bezier curve."""
    xs, ys = (
        [a * v0 + b * v1 + c * v2 + d * v3 for a, b, c, d in _WEIGHTS]
        for v0, v1, v2, v3 in zip(p0, p1, p2, p3, strict=True)
    )
    return xs, ys


def outer_lip(m: Mouth) -> tuple[tuple[Point, ...], tuple[Point, ...]]:
    """Outer edges: the upper as two cubics with a dip between (7 points, left to right), the lower as one (4)."""
    x, top = m.middle, m.middles[0]
    (ax, ay), (bx, by) = m.upper
    lift = m.upper_lip
    dip = (x, top - 0.80 * lift)
    peak = 0.30 * (m.right[0] - m.left[0])
    upper = (
        m.outer_left,
        (_mix(m.left[0], ax, 0.75), _mix(m.left[1], ay, 0.85) - 0.9 * lift),
        (x - 0.62 * peak, top - 1.42 * lift),
        dip,
        (x + 0.62 * peak, top - 1.42 * lift),
        (_mix(m.right[0], bx, 0.75), _mix(m.right[1], by, 0.85) - 0.9 * lift),
        m.outer_right,
    )
    drop = 4 / 3 * m.lower_lip
    (cx, cy), (ex, ey) = m.lower
    lower = (m.outer_left, (cx, cy + drop), (ex, ey + drop), m.outer_right)
    return upper, lower


def _soft_min(a: float, b: float, width: float) -> float:
    """The smaller one, rounded where they differ by less than ``width``."""
    near = max(width - abs(a - b), 0.0) / width
    return min(a, b) - near * near * width / 4


def _middle_y(m: Mouth, controls: tuple[Point, Point]) -> float:
    return cubic(m.left, *controls, m.right, 0.5)[1]


def _controls(left: Point, right: Point, x: float, reach: float, middle: float) -> tuple[Point, Point]:
    """Control points of the cubic from ``left`` to ``right`` that passes ``middle`` half way."""
    first, second = (
        (4 * middle - (left[1] + right[1]) / 2) / 3,
        0.15 * (right[1] - left[1]),
    )
    return (x - reach, first - second), (x + reach, first + second)


def _mix(a: float, b: float, share: float) -> float:
    return a + (b - a) * share
