"""Eyes that were drawn larger than people's: finders trained on people take the iris for the whole eye, and a lid that
shuts over it alone is a sorry sight. A drawn eye lies under an arch of ink, or is as large as its white."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from pipeline.face import ibug
from pipeline.types import Landmarks, Picture

WHITER = 25
"""By how much the least of the three colours is more in the white of an eye than in skin, of 255."""
LARGER = 1.5
"""The white is another eye than the one that was found when it covers so many times as much."""
INK = 0.4
"""Lightness below which something is ink, in shares of the skin's."""
WIDER = 1.15
"""An arch of ink is at least so many times as wide as the eye that was found."""
DOWN, LOWEST = 0.6, 0.35
"""How far its ends come down, as a share of the way from its top to the middle of the eye: those of a brow do not.
Nor does it reach so many heights of the eye below that, as the rims of spectacles do."""
COLOURFUL, GREY = 0.6, 16
"""How colourful, as a share of the skin's colour, the white of an eye may be, and what is hardly a colour, in levels
between the strongest of the three and the weakest. Behind spectacles there is skin, and skin may shine."""
IRIS = 0.25
"""How far it reaches down, in widths of the arch."""
NEAR = 0.07
"""How near to the arch, in heights of the eye, its white must come to be all of it; else a shadow hides the rest."""
ALIKE = 1.3
"""How many times as wide one eye may be as the other."""
RIM = 4
"""Pixels in which the white ends below."""
ROOM = 0.45
"""Least distance of brow and eye, in heights of the eye."""
REACH = 1.3
"""How far from its middle an eye is looked for, in widths of the found one."""
_PAIRS = (ibug.LEFT_EYE, ibug.LEFT_BROW), (ibug.RIGHT_EYE, ibug.RIGHT_BROW)

Grey = npt.NDArray[np.uint8]


def corrected(picture: Picture, landmarks: Landmarks) -> Landmarks:
    """The landmarks (68, 2) with both eyes as large as they were drawn in the picture; unchanged where that is not
    clearly larger than what was found, as in photos."""
    inked, found = _inked(picture, landmarks), _whites(picture, landmarks)
    if inked and not (found and all(map(_reaches, found, inked))):
        found = inked
    if found is None:
        return landmarks
    better = landmarks.copy()
    for (eye, brow), ring in zip(_PAIRS, found, strict=True):
        better[eye] = ring
        # What was taken for the brow may be the rim of the eye.
        top, height = float(ring[1:3, 1].mean()), float(ring[4:, 1].mean() - ring[1:3, 1].mean())
        better[brow, 1] += min(0.0, top - ROOM * height - float(better[brow, 1].mean()))
    return better


def _reaches(white: Landmarks, inked: Landmarks) -> bool:
    """Whether the white ends at the ink: then it is the whole eye, and shows its shape better."""
    height = float(white[4:, 1].mean() - white[1:3, 1].mean())
    return abs(float(white[1:3, 1].mean() - inked[1:3, 1].mean())) < NEAR * height


def _inked(picture: Picture, landmarks: Landmarks) -> list[Landmarks] | None:
    """Both eyes, if there is an arch of ink over each."""
    lightness, whiteness = picture.max(axis=2), picture.min(axis=2)
    dark, colourful = INK * _of_skin(lightness, landmarks), _most_colourful(picture, landmarks)
    return _alike([_under_ink(lightness, whiteness, landmarks[eye], dark, colourful) for eye, _ in _PAIRS])


def _whites(picture: Picture, landmarks: Landmarks) -> list[Landmarks] | None:
    """Both eyes, if each has a white around what was found."""
    lightness, whiteness = picture.max(axis=2), picture.min(axis=2)
    least = _of_skin(whiteness, landmarks) + WHITER
    whiteness[lightness - whiteness > _most_colourful(picture, landmarks)] = 0  # bright skin
    return _alike([_white(whiteness, landmarks[eye], least) for eye, _ in _PAIRS])


def _alike(rings: list[Landmarks | None]) -> list[Landmarks] | None:
    """Both, if both are there and of about one size."""
    found = [ring for ring in rings if ring is not None]
    widths = [float(ring[3, 0] - ring[0, 0]) for ring in found]
    return found if len(found) == len(_PAIRS) and max(widths) < ALIKE * min(widths) else None


def _most_colourful(picture: Picture, landmarks: Landmarks) -> float:
    """What may still be the white of an eye."""
    return COLOURFUL * _of_skin(picture.max(axis=2) - picture.min(axis=2), landmarks) + GREY


def _of_skin(values: Grey, landmarks: Landmarks) -> float:
    """The median beside and above the nose."""
    places = [*landmarks[27:30], (landmarks[1] + landmarks[31]) / 2, (landmarks[15] + landmarks[35]) / 2]
    seen = []
    for x, y in np.rint(places).astype(int):
        patch = values[max(y - 2, 0) : y + 3, max(x - 2, 0) : x + 3]
        seen += patch.ravel().tolist()
    return float(np.median(seen)) if seen else 255.0


def _around(ring: Landmarks, shape: tuple[int, ...]) -> tuple[slice, slice] | None:
    """The part of a picture that holds an eye; None where the picture ends before."""
    width = float(np.linalg.norm(ring[3] - ring[0]))
    low = np.floor(ring.mean(axis=0) - REACH * width).astype(int)
    high = np.ceil(ring.mean(axis=0) + REACH * width).astype(int)
    if width < 4 or (low < 0).any() or (high > shape[1::-1]).any():
        return None
    return slice(int(low[1]), int(high[1])), slice(int(low[0]), int(high[0]))


def _within(ring: Landmarks, place: tuple[slice, slice]) -> tuple[Landmarks, Grey]:
    """The ring in pixels of a part of the picture, and what it surrounds there."""
    moved = ring - np.array([place[1].start, place[0].start], np.float32)
    inner = np.zeros([one.stop - one.start for one in place], np.uint8)
    return moved, np.asarray(cv2.fillPoly(inner, [np.rint(moved).astype(np.int32)], 1), np.uint8)


def _under_ink(lightness: Grey, whiteness: Grey, ring: Landmarks, dark: float, colourful: float) -> Landmarks | None:
    """Six points of the eye under the nearest arch of ink that is wider than a ring of six; None without one."""
    place = _around(ring, lightness.shape)
    if place is None:
        return None
    near, white = lightness[place], whiteness[place]
    ring, inner = _within(ring, place)
    _, parts = cv2.connectedComponents((near < dark).astype(np.uint8))
    iris = set(parts[inner > 0].tolist())
    arches = [arch for number in set(range(1, int(parts.max()) + 1)) - iris
              if (arch := _arch(parts == number, ring)) is not None]  # fmt: skip
    for arch in sorted(arches, key=lambda points: -float(points[1:3, 1].mean())):
        left, right = arch[0, 0], arch[3, 0]
        thirds = [round(float(left + share * (right - left))) for share in (1 / 3, 2 / 3)]
        under = [float(np.median((near - white)[int(y) + 1 : int(y) + 4, x - 2 : x + 3]))
                 for (_, y), x in zip(arch[1:3], thirds, strict=True)]  # fmt: skip
        if min(under) > colourful:  # of both, as an eye may look aside
            continue
        begin = int(ring[:, 1].mean() + IRIS * (right - left))
        rims = [_rim(white[begin : begin + int(0.5 * (right - left)), x - 2 : x + 3]) for x in thirds]
        arch[[5, 4], 1] = [begin + rim for rim in rims]
        return arch + np.array([place[1].start, place[0].start], np.float32)
    return None


def _arch(ink: npt.NDArray[np.bool_], ring: Landmarks) -> Landmarks | None:
    """Corners and upper points of the eye below a patch of ink; None unless it is an arch over the ring."""
    rows, columns = np.nonzero(ink)
    left, right, top = int(columns.min()), int(columns.max()), int(rows.min())
    (x, y), (width, height) = ring.mean(axis=0), np.ptp(ring, axis=0)
    ends = [float(rows[beside].max()) for edge in [max(round(0.04 * (right - left)), 1)]
            for beside in (columns <= left + edge, columns >= right - edge)]  # fmt: skip
    whole = left > 0 and right < ink.shape[1] - 1 and left < x < right
    if not whole or right - left < WIDER * width or rows.max() > y + LOWEST * height:
        return None
    if min(ends) < top + DOWN * (y - top):
        return None
    thirds = [left + share * (right - left) for share in (1 / 3, 2 / 3)]
    under = [float(rows[np.abs(columns - third) <= 2].max()) + 1 for third in thirds]
    points = [(left, ends[0]), (thirds[0], under[0]), (thirds[1], under[1]), (right, ends[1]),
              (thirds[1], 0.0), (thirds[0], 0.0)]  # fmt: skip
    return np.array(points, np.float32)


def _rim(column: Grey) -> float:
    """Where the white of an eye ends below its iris: where (rows, few) pixels darken most."""
    light = column.mean(axis=1)
    return RIM / 2 + float((light[:-RIM] - light[RIM:]).argmax()) if len(light) > RIM else float(len(light))


def _white(whiteness: Grey, ring: Landmarks, least: float) -> Landmarks | None:
    """Six points around the white that surrounds a ring of six; None if there is none, or it has no end."""
    place = _around(ring, whiteness.shape)
    if place is None:
        return None
    white = (whiteness[place] > least).astype(np.uint8)
    moved, inner = _within(ring, place)
    _, parts = cv2.connectedComponents(white | inner)
    eye = (parts == np.bincount(parts[inner > 0]).argmax()).astype(np.uint8)
    if eye[[0, -1]].any() or eye[:, [0, -1]].any():
        return None
    hull = cv2.convexHull(cv2.findNonZero(eye))
    if cv2.contourArea(hull) < LARGER * max(float(inner.sum()), 1.0):
        return None
    return _six(hull[:, 0].astype(np.float32) + (ring - moved)[0], ring)


def _six(outline: npt.NDArray[np.float32], ring: Landmarks) -> Landmarks:
    """Corners, and points at thirds of the way between them, of a convex outline (n, 2); level as the old ones."""
    along = (ring[3] - ring[0]) / np.linalg.norm(ring[3] - ring[0])
    axes = np.array([along, [-along[1], along[0]]])
    corners = (outline @ axes.T)[:, None]
    edges = np.roll(corners, -1, axis=0) - corners
    dense = (corners + edges * np.linspace(0, 1, 32)[:, None]).reshape(-1, 2)
    left, right = dense[dense[:, 0].argmin()], dense[dense[:, 0].argmax()]
    width = right[0] - left[0]

    def at(share: float, side: int) -> npt.NDArray[np.floating]:
        near = dense[np.abs(dense[:, 0] - left[0] - share * width) < 0.06 * width]
        return np.asarray(near[(side * near[:, 1]).argmax()])

    points = [left, at(1 / 3, -1), at(2 / 3, -1), right, at(2 / 3, 1), at(1 / 3, 1)]
    return np.asarray(np.array(points) @ axes, np.float32)
