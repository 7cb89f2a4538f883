"""Finds the 68 points of faces with face_alignment: the Face Alignment Network.

A. Bulat and G. Tzimiropoulos, "How far are we from solving the 2D & 3D face alignment problem?", ICCV 2017,
arXiv:1703.07332; package face-alignment (BSD-3-Clause), extra ``diffusers``. Faces are found, and their boxes given, by
BlazeFace and FaceMesh, so the package's own detector and its download are not needed. Only the network of points is a
file of its own, which is fetched by ``python -m pipeline.face.fan`` and never while a request is served.
"""

from __future__ import annotations

import importlib
import pickle
import sys
from collections.abc import Sequence
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np

from pipeline.errors import ChatAnythingError, CorruptAsset, EngineUnavailable, MissingAsset, Unreachable
from pipeline.face import plausible
from pipeline.face.facemesh import FaceMeshFinder
from pipeline.stages import EngineConfig
from pipeline.types import Face, Picture

INSTALL = "pip install 'chatanything[diffusers]'"
REMEDY = "python -m pipeline.face.fan"
WEIGHTS = "2DFAN4-11f355bf06.pth.tar"
"""Its name as the package knows it; the ten digits begin its SHA-256."""
_ADDRESS = f"https://www.adrianbulat.com/downloads/python-fan/{WEIGHTS}"


class FaceAlignmentFinder:
    """A ``FaceFinder``: faces of FaceMesh with points of the Face Alignment Network, 0.7 s of one core per face. The
    score is FaceMesh's; whether points can be a face is judged anew for these."""

    def __init__(self, config: EngineConfig) -> None:
        """Raises ``EngineUnavailable`` without the package, ``MissingAsset`` or ``CorruptAsset`` without its file."""
        if not installed():
            raise EngineUnavailable("The package face_alignment is not installed.", remedy=INSTALL)
        if not weights().is_file():
            raise MissingAsset("The network of face_alignment is not on this machine.", remedy=REMEDY)
        self._faces = FaceMeshFinder(config)
        self._network = _loaded()

    def find(self, picture: Picture) -> Sequence[Face]:
        """Every face, largest first; see ``FaceFinder``."""
        seen = self._faces.find(picture)
        if not seen:
            return seen
        boxes = [np.array(face.box) for face in seen]
        found = self._network.get_landmarks_from_image(np.ascontiguousarray(picture), detected_faces=boxes)
        points = [np.asarray(one, np.float32) for one in found]
        return [
            replace(face, landmarks=its, flaw=plausible.flaw(its, picture.shape[:2]), mesh=None)
            for face, its in zip(seen, points, strict=True)
        ]


def installed() -> bool:
    """Whether the package and torch are here."""
    return bool(find_spec("face_alignment") and find_spec("torch"))


def weights() -> Path:
    """Where the network's file is expected: in the hub folder of torch, which TORCH_HOME moves. Needs torch."""
    hub: Any = importlib.import_module("torch.hub")
    return Path(hub.get_dir()) / "checkpoints" / WEIGHTS


def fetch() -> Path:
    """Download the network's file and check its hash; nothing if it is here. Returns where it lies.

    Raises ``EngineUnavailable`` without the package, ``Unreachable`` or ``CorruptAsset``.
    """
    if not installed():
        raise EngineUnavailable("The package face_alignment is not installed.", remedy=INSTALL)
    hub: Any = importlib.import_module("torch.hub")
    place = weights()
    if not place.is_file():
        place.parent.mkdir(parents=True, exist_ok=True)
        try:
            hub.download_url_to_file(_ADDRESS, str(place), hub.HASH_REGEX.search(WEIGHTS)[1])
        except OSError as error:
            remedy = f"put {WEIGHTS} into the folder hub/checkpoints of TORCH_HOME by hand"
            raise Unreachable("The network of face_alignment cannot be fetched.", remedy=remedy) from error
        except RuntimeError as error:  # the only one that torch.hub raises by itself: another hash
            raise CorruptAsset("What came is not the network of face_alignment.", remedy=REMEDY) from error
    return place


def package() -> Any:
    """The module face_alignment, imported without compiling: it would spend seconds of numba's compiler in each process
    on a loop over 68 points."""
    numba: Any = importlib.import_module("numba")
    before, numba.config.DISABLE_JIT = numba.config.DISABLE_JIT, True  # read when functions are decorated
    try:
        return importlib.import_module("face_alignment")
    finally:
        numba.config.DISABLE_JIT = before


def _loaded() -> Any:
    its, torch = package(), importlib.import_module("torch")
    device = "cuda" if torch.cuda.is_available() else "cpu"
    try:
        # "folder" is its detector without a network; torch.compile would take longer than all faces of a day.
        return its.FaceAlignment(its.LandmarksType.TWO_D, device=device, face_detector="folder", compile=False)
    except (RuntimeError, EOFError, OSError, AttributeError, pickle.UnpicklingError) as error:
        raise CorruptAsset(
            "The network of face_alignment is damaged.", remedy=f"delete {WEIGHTS}, then {REMEDY}"
        ) from error


if __name__ == "__main__":
    try:
        print(fetch())
    except ChatAnythingError as error:
        sys.exit(f"{error} Remedy: {error.remedy}")
