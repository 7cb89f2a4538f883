"""What face detectors see in a picture: every finder of the stage "face", and dlib as a check from outside."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Sequence
from functools import cache
from importlib.util import find_spec
from typing import Any, TypeAlias

import numpy as np

from pipeline import registry
from pipeline.errors import EngineUnavailable
from pipeline.face import gate, ibug
from pipeline.face.gate import Verdict
from pipeline.stages import EngineConfig, FaceFinder
from pipeline.types import Face, Landmarks, Picture, Value

DLIB = "dlib"
"""Its own detector (histograms of oriented gradients), trained on people. Its model of 68 points may not be used
commercially and is not touched: where a face is, is all that is asked."""
NO_DLIB = "dlib is not installed, so that check is left out: pip install dlib-bin brings it."


class Seen(Value):
    """What one detector says of one picture. ``score``, ``box`` (left, top, right, bottom in shares of the picture) and
    ``off`` are about the largest face."""

    faces: int
    score: float = 0.0
    box: tuple[float, float, float, float] | None = None
    verdict: Verdict | None = None
    """Of the gate; None from a detector without points."""
    off: float | None = None
    """Mean distance between the points found and those known, in distances between the eyes; None where either are
    missing."""

    @property
    def found(self) -> bool:
        """Whether it sees a face, by its own threshold."""
        return self.faces > 0

    @property
    def accepted(self) -> bool:
        """Whether the gate takes the picture."""
        return self.verdict is Verdict.FOUND


Detector: TypeAlias = Callable[[Picture, Landmarks | None], Seen]
"""Takes the picture, and the landmarks where they are known."""


def detector(name: str, config: EngineConfig) -> Detector:
    """The detector of a name, built once per process. Raises what its engine does, ``EngineUnavailable`` for dlib."""
    return _dlib() if name == DLIB else _finder(name, config)


def usable(names: Sequence[str], tell: Callable[[str], None]) -> tuple[str, ...]:
    """The names without dlib where it is not installed, which is told. Raises ``EngineUnavailable`` if none is left,
    or for a name that nobody knows."""
    known = (*registry.names("face"), DLIB)
    if unknown := [name for name in names if name not in known]:
        raise EngineUnavailable(f"There is no face detector named {unknown[0]!r}. Known: {', '.join(known)}.")
    kept = tuple(dict.fromkeys(names))
    if DLIB in kept and find_spec(DLIB) is None:
        tell(NO_DLIB)
        kept = tuple(name for name in kept if name != DLIB)
    if not kept:
        raise EngineUnavailable("There is no detector to look with.", remedy="--detectors facemesh")
    return kept


@cache
def _finder(name: str, config: EngineConfig) -> Detector:
    finder: FaceFinder = registry.create("face", name, config)

    def look(picture: Picture, known: Landmarks | None) -> Seen:
        faces = finder.find(picture)
        judged = gate.verdict(faces)
        if judged.face is None:
            return Seen(faces=0, verdict=judged.verdict)
        return Seen(
            faces=len(faces),
            score=round(judged.face.score, 3),
            box=_shares(judged.face.box, picture),
            verdict=judged.verdict,
            off=_off(judged.face, known),
        )

    return look


@cache
def _dlib() -> Detector:
    if find_spec(DLIB) is None:
        raise EngineUnavailable(NO_DLIB)
    dlib: Any = importlib.import_module(DLIB)
    trained = dlib.get_frontal_face_detector()

    def look(picture: Picture, known: Landmarks | None) -> Seen:
        places, scores, _ = trained.run(np.ascontiguousarray(picture), 0, 0.0)
        if not places:
            return Seen(faces=0)
        place, score = max(zip(places, scores, strict=True), key=lambda one: one[0].area())
        box = place.left(), place.top(), place.right(), place.bottom()
        return Seen(faces=len(places), score=round(score, 3), box=_shares(box, picture))

    return look


def _shares(box: tuple[float, float, float, float], picture: Picture) -> tuple[float, float, float, float]:
    height, width = picture.shape[:2]
    left, top, right, bottom = box
    return round(left / width, 4), round(top / height, 4), round(right / width, 4), round(bottom / height, 4)


def _off(face: Face, known: Landmarks | None) -> float | None:
    """The jaw aside: a drawn face on a thing has none to see."""
    if known is None:
        return None
    inner = slice(17, 68)
    between = np.linalg.norm(known[ibug.LEFT_EYE].mean(axis=0) - known[ibug.RIGHT_EYE].mean(axis=0))
    distances = np.linalg.norm(face.landmarks[inner] - known[inner], axis=1)
    return round(float(distances.mean() / between), 3)
