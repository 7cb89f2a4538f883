"""The points of a pictured face that are moved, and how far each goes in a pose. All other pixels follow them
(`warping`).

Distances are in units of the face: 1 = the mean of the distance between the eyes and that from eyes to mouth. "Right"
and "down" are the face's own: along and across the line of its eyes.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from pipeline.face import ibug
from pipeline.face.pose import FacePose
from pipeline.types import Landmarks

Points = npt.NDArray[np.float64]

LIP = 11
"""Points along each inner lip, corners included."""
MIDDLE = LIP // 2
UPPER, LOWER = slice(60, 60 + LIP), slice(60 + LIP, 58 + 2 * LIP)
"""Inner lips among the control points: the upper one with both corners, the lower one without."""
_ALONG = (1 - np.cos(np.linspace(0, np.pi, LIP))) / 2
OPENING = 0.46
"""Largest opening of the inner lips, as a share of the mouth's width."""
UPWARDS = 0.20
"""Share of an opening that the upper lip makes."""
ROUND = 0.30
"""Share of the mouth, on both its sides, in which rounded lips touch."""
GRIN, EASED = 0.1, 0.3
"""Height of a toothy smile's corners, in units, that cannot speak as it is; and how much of it any speech takes away,
while rounded lips take it all."""
YAW, PITCH, ROLL, BREATH = 0.085, 0.060, 0.014, 0.010
"""Largest turn, nod and sway of the head in radians, and its rise with a breath in units."""
AXIS, NECK = -0.75, 2.4
"""Where the head turns: so far behind the eyes, and so far below them."""
APART, REACH = 0.45, 0.45
"""How far the lips are kept apart, and how far around the mouth; see `Controls.lift`."""

_SIDE = (-0.90, -0.86, -0.76, -0.60, -0.42, -0.26, -0.12, -0.02)  # from ear to chin
_DEPTH = np.array([
    *_SIDE, 0.02, *reversed(_SIDE),
    -0.12, 0.02, 0.10, 0.14, 0.14, 0.14, 0.14, 0.10, 0.02, -0.12,  # brows
    0.12, 0.24, 0.36, 0.48, 0.16, 0.24, 0.28, 0.24, 0.16,  # nose
    -0.12, 0.0, 0.02, -0.02, 0.02, 0.0, -0.02, 0.02, 0.0, -0.12, 0.0, 0.02,  # eyes
    0.02, 0.12, 0.20, 0.22, 0.20, 0.12, 0.02, 0.10, 0.17, 0.19, 0.17, 0.10,  # outer lips
])  # fmt: skip
"""How far each of the first 60 points of an ordinary head lies before its eyes: a picture does not tell."""
_JAW_SIDE = (0.0, 0.0, 0.03, 0.10, 0.24, 0.46, 0.74, 0.94)
_JAW = np.array([*_JAW_SIDE, 1.0, *reversed(_JAW_SIDE)])
"""How much each point of the outline goes down with the chin."""
_BROW = np.array([0.65, 0.9, 1.0, 1.0, 0.9])
_UPPER_OUTER, _LOWER_OUTER = slice(49, 54), slice(55, 60)


@dataclass(frozen=True, slots=True)
class Lips:
    """The inner lips of one frame in the axes of the mouth, in pixels from its middle: ``x`` (LIP,) rising, and the
    edges ``upper`` and ``lower``, which are equal where the lips touch."""

    x: Points
    upper: Points
    lower: Points


@dataclass(frozen=True, slots=True)
class Shape:
    """The control points in one frame, in pixels: ``at`` (n, 2), how far those that can move have ``moved`` (m, 2),
    the inner lips, and the mouth's ``centre`` (2,), ``axes`` (2, 2) and ``half`` its width."""

    at: Points
    moved: Points
    lips: Lips
    centre: Points
    axes: Points
    half: float


@dataclass(frozen=True, slots=True)
class _Extra:
    """Points between and around the landmarks: (n, 2), depth, and how they go with jaw, brows and corners of the
    mouth."""

    at: Points
    depth: Points
    jaw: Points
    brow: Points
    corner: Points


class Controls:
    """The control points of one portrait."""

    def __init__(self, landmarks: Landmarks, ring: Points, *, parted: bool = True) -> None:
        """``landmarks``: (68, 2) in pixels; ``ring``: (n, 2) places that never move; ``parted``: whether the lips are
        apart in the portrait, or what lies between them is the line of a shut mouth, which stays."""
        points = landmarks.astype(np.float64)
        left, right = points[ibug.LEFT_EYE].mean(axis=0), points[ibug.RIGHT_EYE].mean(axis=0)
        mouth = points[[ibug.MOUTH_LEFT, ibug.MOUTH_RIGHT]].mean(axis=0)
        between = float(np.linalg.norm(right - left))
        along = (right - left) / max(between, 1e-6)
        self.axes = np.array([along, [-along[1], along[0]]])
        self.origin = (left + right) / 2
        self.unit = max((between + float((mouth - self.origin) @ self.axes[1])) / 2, 1.0)
        face = (points - self.origin) @ self.axes.T / self.unit
        upper, lower = _inner_lips(face[ibug.INNER_LIPS])
        self.gap = np.maximum(lower[:, 1] - upper[:, 1], 0.0)
        """Opening of the inner lips in the portrait itself, in units."""
        self.parted = parted
        self._closed = np.zeros(LIP) if parted else self.gap
        line = upper[:, 1] + 0.4 * self.gap
        self._smile = max(float(line[MIDDLE] - (line[0] + line[-1]) / 2), 0.0) if parted else 0.0
        self._grin = min(self._smile / GRIN, 1.0)
        self._extra = _extra(face)
        self._face = np.concatenate([face[:60], upper, lower[1:-1], self._extra.at])
        lips = np.interp(_ALONG, [0, 0.5, 1], [0.02, 0.20, 0.02])
        self._near = np.concatenate([_DEPTH, lips, lips[1:-1], self._extra.depth]) - AXIS
        self._sheet = np.where(self._face[:, 1] > upper[:, 1].mean(), -1.0, 1.0)
        self._sheet[UPPER], self._sheet[LOWER] = 1.0, -1.0
        self._sheet[_UPPER_OUTER], self._sheet[_LOWER_OUTER] = 1.0, -1.0
        self._ring = ring
        self.rest = np.concatenate([self._face @ self.axes * self.unit + self.origin, ring])
        """(n, 2) where the points lie in the portrait, in pixels."""
        self.moving = len(self._face)
        """How many of them can move, the first ones."""
        self._mouth = _mouth(self.rest[60], self.rest[59 + LIP])
        self.lifted = np.concatenate([self._sheet * self.lift(self.rest[: self.moving]), np.zeros(len(ring))])
        """(n,) their third coordinate; see `lift`."""

    def shape(self, pose: FacePose, sway: float, breath: float) -> Shape:
        """Where the points go in a pose of face and body."""
        face = self._face.copy()
        self._open(face, pose)
        self._stretch(face, pose)
        self._brows(face, pose)
        at = self._turned(face, pose, sway, breath) @ self.axes * self.unit + self.origin
        upper = at[UPPER]
        lower = np.concatenate([upper[:1], at[LOWER], upper[-1:]])
        centre, axes, half = _mouth(upper[0], upper[-1])
        x, top = ((upper - centre) @ axis for axis in axes)
        lips = Lips(x, top, np.maximum((lower - centre) @ axes[1], top))
        moved = at - self.rest[: self.moving]
        return Shape(np.concatenate([at, self._ring]), moved, lips, centre, axes, half)

    def lift(self, places: Points) -> Points:
        """The third coordinate (n,) of places (n, 2) of the portrait, on the sheet of the upper lip; that of the lower
        lip has the negative.

        Lips that touch are no neighbours: what moves one must not drag the other. So between them the picture is cut,
        and the edges of the cut are kept apart in a third dimension, in which all else is at 0.
        """
        centre, axes, half = self._mouth
        along, across = ((places - centre) @ axis for axis in axes)
        width = np.sqrt(np.clip(1 - (along / half) ** 2, 0, None))
        lifted: Points = APART * self.unit * width * np.exp(-((across / (REACH * self.unit)) ** 2))
        return lifted

    def _open(self, face: Points, pose: FacePose) -> None:
        """Jaw and lips, up and down. With ``press`` 1 the inner lips meet, also where the portrait shows teeth."""
        x = face[UPPER, 0]
        middle, half = (x[0] + x[-1]) / 2, max((x[-1] - x[0]) / 2, 1e-6)
        # Rounded lips touch at the sides.
        profile = np.sqrt(np.clip(1 - ((x - middle) / (half * (1 - ROUND * pose.pucker))) ** 2, 0, 1))
        widest = 2 * half * OPENING * (1 - 0.2 * pose.pucker) * (1 - 0.5 * pose.tuck)
        spoken = np.maximum(widest * (pose.jaw + (0.06 - 0.11 * self._grin) * pose.pucker), 0.07 * pose.tuck) * profile
        # In silence the mouth is as the portrait shows it, perhaps in a smile with all teeth.
        kept = max(1 - self._busy(pose), pose.quiet * (1 - self._formed(pose)))
        own = kept * (self.gap - self._closed)
        wanted = self._closed + (1 - pose.press) * (own + spoken)
        change = wanted - self.gap
        share = np.where(change > 0, UPWARDS, 0.4)
        up, down = -share * change, (1 - share) * change
        pout = 0.03 * (1 - self._grin) * pose.pucker  # lips out of a smile are thick enough
        face[_UPPER_OUTER, 1] += 0.85 * np.interp(face[_UPPER_OUTER, 0], x, up) - pout + 0.02 * pose.press
        face[_LOWER_OUTER, 1] += 0.92 * np.interp(face[_LOWER_OUTER, 0], x, down) + pout
        face[_LOWER_OUTER, 1] -= 0.02 * pose.press
        face[UPPER, 1] += up
        face[LOWER, 1] += down[1:-1]
        drop = 0.75 * max(float(down[MIDDLE]), 0.0)
        face[:17, 1] += drop * _JAW
        face[[48, 54, 60, 59 + LIP], 1] += 0.12 * drop
        face[-len(self._extra.at) :, 1] += drop * self._extra.jaw

    @staticmethod
    def _busy(pose: FacePose) -> float:
        """How far the mouth is taken up with speech, 0..1."""
        return max(min(1.0, 8 * pose.jaw), Controls._formed(pose))

    @staticmethod
    def _formed(pose: FacePose) -> float:
        """How far the lips are taken up with a sound of their own, 0..1."""
        return min(1.0, max(1.5 * pose.pucker, 5 * pose.press, 5 * pose.tuck))

    def _stretch(self, face: Points, pose: FacePose) -> None:
        """Lips sideways, and the corners of a smile."""
        x = face[UPPER, 0]
        middle, half = (x[0] + x[-1]) / 2, max((x[-1] - x[0]) / 2, 1e-6)
        factor = 0.13 * pose.spread - 0.30 * pose.pucker - 0.08 * pose.jaw + 0.05 * pose.smile
        # A smile of the portrait's own gives way to speech, and cannot be kept with rounded lips.
        bow = 0.09 * pose.smile - self._smile * max(EASED * self._busy(pose), pose.pucker)
        lips, extra = slice(48, LOWER.stop), slice(-len(self._extra.at), None)
        out = face[lips, 0] - middle
        face[lips, 1] -= bow * np.minimum(np.abs(out) / half, 1.2) ** 2
        face[lips, 0] += factor * out
        face[extra, 0] += 0.5 * factor * self._extra.corner * (face[extra, 0] - middle)
        face[extra, 1] -= 0.55 * bow * self._extra.corner

    def _brows(self, face: Points, pose: FacePose) -> None:
        """Brows, and the forehead with them; eyes stay where they are."""
        for brow, weights, lift, inward in (
            (ibug.LEFT_BROW, _BROW, pose.brow_left, 1.0),
            (ibug.RIGHT_BROW, _BROW[::-1], pose.brow_right, -1.0),
        ):
            inner = np.linspace(0, 1, 5)[:: int(inward)]
            face[brow, 1] += -0.12 * lift * weights + 0.08 * pose.frown * (inner - 0.25)
            face[brow, 0] += 0.03 * inward * max(pose.frown, 0.0) * inner
        extra = slice(-len(self._extra.at), None)
        face[extra, 1] -= 0.06 * (pose.brow_left + pose.brow_right) / 2 * self._extra.brow

    def _turned(self, face: Points, pose: FacePose, sway: float, breath: float) -> Points:
        """Head and body: what is near moves further than what is far."""
        face[:, 0] += YAW * pose.turn * self._near
        face[:, 1] += PITCH * pose.nod * self._near - BREATH * breath
        roll = ROLL * sway
        return np.column_stack([face[:, 0] - roll * (face[:, 1] - NECK), face[:, 1] + roll * face[:, 0]])


def _mouth(left: Points, right: Points) -> tuple[Points, Points, float]:
    """Middle, axes and half the width of a mouth between its corners."""
    half = max(float(np.linalg.norm(right - left)) / 2, 1.0)
    along = (right - left) / (2 * half)
    return (left + right) / 2, np.array([along, [-along[1], along[0]]]), half


def _inner_lips(ring: Points) -> tuple[Points, Points]:
    """Both inner lips from the 8 points around them: `LIP` points each from corner to corner, smooth between."""
    # Closer together towards the corners, where the curves are steep.
    x = ring[0, 0] + (ring[4, 0] - ring[0, 0]) * _ALONG
    upper, lower = (np.column_stack([x, smooth_through(points, x)]) for points in (ring[:5], ring[[0, 7, 6, 5, 4]]))
    return upper, lower


def smooth_through(points: Points, x: Points) -> Points:
    """y at ``x`` of a curve through ``points`` (n, 2): cubic Hermite with slopes that do not overshoot (Fritsch and
    Carlson, 1980, in its harmonic form)."""
    knots = np.maximum.accumulate(points[:, 0] + 1e-6 * np.arange(len(points)))
    step = np.maximum(np.diff(knots), 1e-6)
    slope = np.diff(points[:, 1]) / step
    before, after = slope[:-1], slope[1:]
    same = before * after > 0
    inner = np.where(same, 2 * before * after / np.where(same, before + after, 1.0), 0.0)
    tangents = np.concatenate([slope[:1], inner, slope[-1:]])
    cell = np.clip(np.searchsorted(knots, x, side="right") - 1, 0, len(step) - 1)
    t = np.clip((x - knots[cell]) / step[cell], 0.0, 1.0)
    y0, y1, m0, m1 = points[cell, 1], points[cell + 1, 1], tangents[cell] * step[cell], tangents[cell + 1] * step[cell]
    curve: Points = (
        (2 * t**3 - 3 * t**2 + 1) * y0 + (t**3 - 2 * t**2 + t) * m0 + (3 * t**2 - 2 * t**3) * y1 + (t**3 - t**2) * m1
    )
    return curve


def _extra(face: Points) -> _Extra:
    """Forehead, cheeks, chin and neck, in units of the face."""
    chin, brows = face[ibug.CHIN], face[[17, 19, 24, 26]]
    rows = [
        *((point - (0.0, 0.55), 0.05, 0.0, 1.0, 0.0) for point in brows),  # forehead
        *((point - (0.0, 1.10), -0.30, 0.0, 0.3, 0.0) for point in brows),  # hair
        *(((face[eye] + face[corner] + face[ear]) / 3, -0.05, 0.10, 0.0, 0.6)
          for eye, corner, ear in ((41, 48, 2), (46, 54, 14))),  # cheeks
        *(((face[wing] + face[corner] + face[jaw]) / 3, 0.0, 0.25, 0.0, 1.0)
          for wing, corner, jaw in ((31, 48, 4), (35, 54, 12))),  # beside the mouth
        ((face[57] + chin) / 2, 0.12, 1.05, 0.0, 0.0),
        *((point - (0.0, -0.45), -0.60, 0.15, 0.0, 0.0) for point in (face[5], chin, face[11])),  # neck
    ]  # fmt: skip
    at, *rest = zip(*rows, strict=True)
    depth, jaw, brow, corner = (np.array(values) for values in rest)
    return _Extra(np.array(at), depth, jaw, brow, corner)
