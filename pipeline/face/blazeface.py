"""The decoder of BlazeFace, short range: boxes and six points per face from one look at a square picture.

V. Bazarevsky et al., "BlazeFace: Sub-millisecond Neural Face Detection on Mobile GPUs", arXiv:1907.05047. The network
takes a 128 x 128 picture and gives 896 candidates, each relative to an anchor: two anchors per cell of a 16 x 16 grid,
then six per cell of an 8 x 8 grid, all of one size, in rows from the top left.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float32]

INPUT = 128
GRIDS = ((16, 2), (8, 6))
"""Cells a side, and anchors a cell."""
LEAST = 0.6
"""Score below which a candidate is nothing, unless all else speaks for it: coins, cups and cats come up to 0.58, most
drawn faces begin at 0.65."""
OVERLAP = 0.3
"""Intersection over union from which two candidates are the same face."""


@dataclass(frozen=True, slots=True)
class Detection:
    """A face that was seen. ``box``: (4,) left, top, right, bottom; ``points``: (6, 2) eyes (that on the picture's left
    first), tip of the nose, mouth, ears; in whatever unit `moved` brought them to, at first shares of the square."""

    score: float
    box: Array
    points: Array

    @property
    def size(self) -> float:
        """The longer side of the box."""
        return float(max(self.box[2] - self.box[0], self.box[3] - self.box[1]))

    def moved(self, scale: float, x: float, y: float) -> Detection:
        """The same face in a picture of which the square is a part: ``scale`` wide, its corner at ``x``, ``y``."""
        corner = np.array([x, y], np.float32)
        box = self.box * scale + np.tile(corner, 2)
        return Detection(self.score, box.astype(np.float32), (self.points * scale + corner).astype(np.float32))


def decode(regressors: Array, scores: Array, least: float = LEAST) -> list[Detection]:
    """Faces among the candidates, best first. ``regressors``: (896, 16), ``scores``: (896,) logits; ``least``: score
    below which a candidate is nothing."""
    chance = 1 / (1 + np.exp(-np.clip(scores, -80, 80)))
    likely = np.flatnonzero(chance >= least)
    values = regressors[likely].reshape(-1, 8, 2) / INPUT
    anchors = _ANCHORS[likely]
    centre, half, points = values[:, 0] + anchors, values[:, 1] / 2, values[:, 2:] + anchors[:, None]
    boxes = np.concatenate([centre - half, centre + half], axis=1)
    found = [Detection(float(chance[i]), b, p) for i, b, p in zip(likely, boxes, points, strict=True)]
    return merged(found)


def merged(candidates: list[Detection]) -> list[Detection]:
    """One detection per face, best first: overlapping ones become their mean, weighted by score, which trembles less
    than the best of them alone (section 4.3 of the paper)."""
    left = sorted(candidates, key=lambda one: -one.score)
    found = []
    while left:
        same = [one for one in left if _overlap(left[0].box, one.box) >= OVERLAP]
        weights = np.array([one.score for one in same], np.float32)
        box, points = (
            np.tensordot(weights / weights.sum(), np.stack(values), axes=1)
            for values in ([one.box for one in same], [one.points for one in same])
        )
        found.append(Detection(left[0].score, box, points))
        left = [one for one in left if not any(one is other for other in same)]
    return found


def _overlap(a: Array, b: Array) -> float:
    """Intersection over union."""
    width, height = np.minimum(a[2:], b[2:]) - np.maximum(a[:2], b[:2])
    if width <= 0 or height <= 0:
        return 0.0
    both = float(width * height)
    return both / (float(np.prod(a[2:] - a[:2])) + float(np.prod(b[2:] - b[:2])) - both)


def _anchors() -> Array:
    """(896, 2) centres of the anchors in shares of the square."""
    rows = []
    for cells, each in GRIDS:
        centres = (np.arange(cells, dtype=np.float32) + 0.5) / cells
        x, y = np.meshgrid(centres, centres)
        rows.append(np.repeat(np.stack([x.ravel(), y.ravel()], axis=1), each, axis=0))
    return np.concatenate(rows)


_ANCHORS = _anchors()
