"""Finds faces and their points: BlazeFace says where, the face mesh (468 points) says how.

Y. Kartynnik et al., "Real-time Facial Surface Geometry from Monocular Video on Mobile GPUs", arXiv:1907.06724. Both
networks run in LiteRT; all around them is ours.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import cv2
import numpy as np
import numpy.typing as npt

from pipeline import assets
from pipeline.face import blazeface, plausible
from pipeline.face.blazeface import Detection
from pipeline.face.ibug import from_mesh
from pipeline.stages import EngineConfig
from pipeline.types import Face, Picture

Array = npt.NDArray[np.float32]

ASSET = "face-mesh"
PACKED = "face_mesh_solution_packed_assets.data"
MESH_MODEL, BOX_MODEL = slice(2_495_952, 3_737_848), slice(3_757_224, 3_986_256)
"""Where the two networks lie in the packed file, which is a plain concatenation."""
INPUT, POINTS = 192, 468
ROOM, MORE_ROOM = 1.5, 1.75
"""Side of the picture that the mesh network gets, as a multiple of the face's. Some drawn faces need more around."""
SOFTENED = 1 / 400
"""Deviation of the last try's blur, in shares of the longer side: a third of a square of pixel art."""
LEAST = 96
"""Pixels of the smallest square in which faces are looked for: below that a face has too few of them."""
MOST = 2048
"""Pixels of the longer side in which faces are looked for."""


class Try(NamedTuple):
    """How faces are looked for. ``sides``: of the squares, as shares of the shorter side of the picture; ``box`` and
    ``mesh``: what the two networks must say."""

    sides: tuple[float, ...]
    box: float
    mesh: float


SURE = 0.5
"""What the mesh network must say at least of a face, and of its mirror image."""
PLAIN = Try((1.0, 0.5, 0.25), blazeface.LEAST, SURE)
"""The network sees nothing that fills less than a sixth of its square, so small faces need small squares; the smallest
are tried only when nothing else was found."""
FAINT = Try((1.0, 0.5), 0.45, 0.95)
"""For pictures in which nothing was found: of a weaker box the mesh may have no doubt. It says so of nearly all drawn
faces; of 100 portraits before they had one at most 0.2, of the whiskers of a cat 0.8."""


class FaceMeshFinder:
    """A ``FaceFinder``: about 50 ms for a square picture with a face; without one, up to 0.5 s for a large one."""

    def __init__(self, config: EngineConfig) -> None:
        """Raises ``MissingAsset`` or ``CorruptAsset``."""
        packed = (assets.locate(config.assets, ASSET) / PACKED).read_bytes()
        self._boxes, self._mesh = _Network(packed[BOX_MODEL]), _Network(packed[MESH_MODEL])

    def find(self, picture: Picture) -> Sequence[Face]:
        """Every face that the networks believe in, largest first; see ``FaceFinder``."""
        shrink = min(1.0, MOST / max(picture.shape[:2]))
        if shrink < 1:
            picture = np.asarray(cv2.resize(picture, None, fx=shrink, fy=shrink, interpolation=cv2.INTER_AREA))
        scale = 1 / shrink
        faces = self._believed(picture, scale, PLAIN) or self._believed(picture, scale, FAINT)
        if not faces:
            # Squares and printed dots hide a face from networks that learned from photographs.
            soft = cv2.GaussianBlur(picture, (0, 0), SOFTENED * max(picture.shape[:2]))
            faces = self._believed(np.asarray(soft), scale, FAINT)
        faces.sort(key=lambda face: -face.size)
        return [face for number, face in enumerate(faces) if not any(_inside(face, one) for one in faces[:number])]

    def _believed(self, picture: Picture, scale: float, how: Try) -> list[Face]:
        """Faces of which both networks say enough."""
        seen = self._seen(picture, how)
        believed = [self._looked_at(picture, one, scale, how.mesh) for one in seen]
        if not all(believed):
            # The mesh network has met the colours of people only: a green or blue face is none to it, unless grey.
            grey = cv2.cvtColor(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY), cv2.COLOR_GRAY2RGB)
            pairs = zip(seen, believed, strict=True)
            believed = [face or self._looked_at(grey, one, scale, how.mesh) for one, face in pairs]
        return [face for face in believed if face]

    def _seen(self, picture: Picture, how: Try) -> list[Detection]:
        """Where faces are, in pixels."""
        found: list[Detection] = []
        for share in how.sides:
            if share == PLAIN.sides[-1] and found:
                break
            for x, y, side in _squares(picture, share):
                regressors, scores = self._boxes(_shrunk(picture, x, y, side))
                seen = blazeface.decode(regressors.reshape(-1, 16), scores, how.box)
                found += [one.moved(side, x, y) for one in seen if _whole(one, x, y, side, picture)]
        return blazeface.merged(found)

    def _looked_at(self, picture: Picture, seen: Detection, scale: float, least: float) -> Face | None:
        """The face in a box; None where the mesh network believes in it less than ``least``."""
        eyes, centre = seen.points[:2], (seen.box[:2] + seen.box[2:]) / 2
        mesh, _ = self._points(*_cut(picture, centre, ROOM * seen.size, _angle(eyes)))
        # A box is a rough guess; the second look is cut out by the points themselves.
        low, high = mesh[:, :2].min(axis=0), mesh[:, :2].max(axis=0)
        eyes = np.stack([mesh[list(ids), :2].mean(axis=0) for ids in ((33, 133), (362, 263))])
        for room in (ROOM, MORE_ROOM):
            cut, place = _cut(picture, (low + high) / 2, room * float((high - low).max()), _angle(eyes))
            mesh, presence = self._points(cut, place)
            if presence >= least:
                # A face is also one in the mirror; the chance likenesses of pompoms and dials are not.
                presence = min(presence, self._points(np.ascontiguousarray(cut[:, ::-1]), place)[1])
            if presence >= least:
                break
        else:
            return None
        points = from_mesh(mesh)
        flaw = plausible.flaw(points, picture.shape[:2])
        box = np.concatenate([mesh[:, :2].min(axis=0), mesh[:, :2].max(axis=0)])
        left, top, right, bottom = (float(edge) * scale for edge in box)
        score = max(SURE, min(seen.score, presence))
        return Face(points * np.float32(scale), score, (left, top, right, bottom), flaw, mesh * np.float32(scale))

    def _points(self, cut: Array, place: Array) -> tuple[Array, float]:
        """(468, 3) points in pixels of the picture that ``cut`` comes from, and how likely there is a face, 0..1."""
        points, presence = self._mesh(cut)
        mesh = points.reshape(POINTS, 3)
        flat = mesh[:, :2] @ place[:, :2].T + place[:, 2]
        found = np.column_stack([flat, mesh[:, 2] * np.hypot(*place[:, 0])]).astype(np.float32)
        return found, 1 / (1 + math.exp(-float(np.clip(presence[0], -80, 80))))


class _Network:
    """A TensorFlow Lite model of one picture, on one thread."""

    def __init__(self, model: bytes) -> None:
        from ai_edge_litert.interpreter import Interpreter  # a third of a second: only who is given pictures pays it

        self._interpreter = Interpreter(model_content=model, num_threads=1)
        self._interpreter.allocate_tensors()
        (taken,) = self._interpreter.get_input_details()
        self._taken: int = taken["index"]
        self._given: list[int] = [output["index"] for output in self._interpreter.get_output_details()]

    def __call__(self, picture: Array) -> list[Array]:
        """Its outputs for (n, n, 3) float32, flat, in the order in which the model lists them."""
        self._interpreter.set_tensor(self._taken, picture[None])
        self._interpreter.invoke()
        return [self._interpreter.get_tensor(index).ravel() for index in self._given]


def _cut(picture: Picture, centre: npt.NDArray[np.floating[Any]], side: float, angle: float) -> tuple[Array, Array]:
    """A square of the picture, turned by ``angle``, as the mesh network takes it; and (2, 3) the way back."""
    step = max(side, 1.0) / INPUT
    along = step * np.array([math.cos(angle), math.sin(angle)])
    across = np.array([-along[1], along[0]])
    origin = np.asarray(centre, float) - (along + across) * (INPUT / 2)
    place = there = np.column_stack([along, across, origin]).astype(np.float32)
    if step > 1:  # a picture that is shrunk without being averaged is another picture
        picture = np.asarray(cv2.resize(picture, None, fx=1 / step, fy=1 / step, interpolation=cv2.INTER_AREA))
        there = place / np.float32(step)
    cut = cv2.warpAffine(picture, there, (INPUT, INPUT), flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP)
    return cut.astype(np.float32) / 255, place


def _inside(small: Face, large: Face) -> bool:
    """Whether one face lies wholly in the other's box: a pupil with its highlights can look like a face."""
    return bool((np.array(small.box[:2]) >= large.box[:2]).all() and (np.array(small.box[2:]) <= large.box[2:]).all())


def _squares(picture: Picture, share: float) -> Iterator[tuple[int, int, int]]:
    """x, y and side of squares that overlap by half and together cover the picture."""
    height, width = picture.shape[:2]
    side = max(round(share * min(height, width)), LEAST)
    if share < 1 and side >= min(height, width):
        return
    across, down = (max(1, math.ceil((length - side) / (side / 2)) + 1) for length in (width, height))
    for row in range(down):
        for column in range(across):
            yield _along(column, across, width, side), _along(row, down, height, side), side


def _shrunk(picture: Picture, x: int, y: int, side: int) -> Array:
    """A square of the picture as the box network takes it; black where it reaches beyond the picture."""
    height, width = picture.shape[:2]
    cut = picture[max(y, 0) : y + side, max(x, 0) : x + side]
    over = max(-y, 0), max(y + side - height, 0), max(-x, 0), max(x + side - width, 0)
    if any(over):
        cut = cv2.copyMakeBorder(cut, *over, cv2.BORDER_CONSTANT)
    size = blazeface.INPUT, blazeface.INPUT
    small = cv2.resize(cut, size, interpolation=cv2.INTER_AREA if side > blazeface.INPUT else cv2.INTER_LINEAR)
    return np.asarray(small / np.float32(127.5) - 1, np.float32)


def _whole(seen: Detection, x: int, y: int, side: int, picture: Picture) -> bool:
    """Whether the square shows the whole face, or as much of it as the picture has: a neighbour shows it better."""
    height, width = picture.shape[:2]
    left, top, right, bottom = seen.box
    return bool(
        (left > 0 or x <= 0) and (top > 0 or y <= 0)
        and (right < 1 or x + side >= width) and (bottom < 1 or y + side >= height)
    )  # fmt: skip


def _along(index: int, count: int, length: int, side: int) -> int:
    return (length - side) // 2 if count == 1 else round(index * (length - side) / (count - 1))


def _angle(eyes: Array) -> float:
    """How far a face is turned clockwise, in radians, by its eyes (2, 2), left one first."""
    across, down = eyes[1] - eyes[0]
    return math.atan2(float(down), float(across))
