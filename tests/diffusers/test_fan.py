"""face_alignment behind our finder of boxes, with a network of random weights: that its points come back, where they
belong, and that nothing is ever downloaded."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from pipeline import registry
from pipeline.errors import CorruptAsset, MissingAsset, Unreachable
from pipeline.face import fan, plausible
from pipeline.face.refine import ORDER, finders, refine
from pipeline.stages import EngineConfig, FaceFinder
from tests.unit.pictures import astronaut, packaged

if not fan.installed():
    pytest.skip("the extra `diffusers` is not installed", allow_module_level=True)

pytestmark = pytest.mark.diffusers


@pytest.fixture(scope="module")
def torch_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder that torch takes for its own, with a network of random weights."""
    torch: Any = importlib.import_module("torch")
    home = tmp_path_factory.mktemp("torch")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TORCH_HOME", str(home))
        patch.setattr("torch.hub.download_url_to_file", _never)
        torch.manual_seed(1)
        fan.weights().parent.mkdir(parents=True)
        torch.save(fan.package().models.FAN(4).state_dict(), fan.weights())
        yield home
        registry.create.cache_clear()  # nobody else is to get random points


def _never(*_: object, **__: object) -> None:
    raise OSError("no network here")


@pytest.fixture(scope="module")
def finder(torch_home: Path, assets_home: Path) -> FaceFinder:
    return fan.FaceAlignmentFinder(EngineConfig(assets_home))


def test_each_face_gets_points_of_its_own_box(finder: FaceFinder) -> None:
    (face,) = finder.find(astronaut())
    assert face.landmarks.shape == (68, 2)
    assert face.landmarks.dtype == np.float32
    assert face.mesh is None, "a mesh that disagrees with the points helps nobody"
    assert face.flaw is plausible.flaw(face.landmarks, (512, 512)), "judged for these points, not for FaceMesh's"
    left, top, right, bottom = face.box
    room = right - left
    assert (face.landmarks > (left - room, top - room)).all()
    assert (face.landmarks < (right + room, bottom + room)).all()


def test_a_moved_picture_moves_the_points(finder: FaceFinder) -> None:
    wide = np.full((600, 900, 3), 90, np.uint8)
    wide[50:562, 300:812] = astronaut()
    here, there = finder.find(astronaut())[0], finder.find(wide)[0]
    # Random weights are touchy about a pixel; the middle of their points is not.
    assert np.abs(there.landmarks.mean(axis=0) - (300, 50) - here.landmarks.mean(axis=0)).max() < 15


def test_no_face_asks_no_network(finder: FaceFinder) -> None:
    assert list(finder.find(packaged("coffee.png"))) == []


def test_refining_prefers_it_unless_its_points_are_no_face(finder: FaceFinder, assets_home: Path) -> None:
    every = finders(EngineConfig(assets_home))
    assert tuple(every) == ORDER
    ours = every["facemesh"].find(astronaut())[0]
    refined = refine(astronaut(), ours, every)
    assert refined.by == "facemesh", "random points are no face"
    assert refined.why.startswith("face_alignment says: ")


def test_without_its_file_it_says_so_and_downloads_nothing(
    torch_home: Path, assets_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TORCH_HOME", str(tmp_path))
    with pytest.raises(MissingAsset, match="not on this machine") as caught:
        fan.FaceAlignmentFinder(EngineConfig(assets_home))
    assert caught.value.remedy == fan.REMEDY
    assert list(tmp_path.rglob("*.tar")) == []
    with pytest.raises(Unreachable):
        fan.fetch()


@pytest.mark.parametrize("kept", [0, 100, 100_000])
def test_a_damaged_file_is_said_to_be_damaged(
    kept: int, torch_home: Path, assets_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = fan.weights().read_bytes()
    monkeypatch.setenv("TORCH_HOME", str(tmp_path))
    fan.weights().parent.mkdir(parents=True)
    fan.weights().write_bytes(whole[:kept])
    with pytest.raises(CorruptAsset, match="damaged"):
        fan.FaceAlignmentFinder(EngineConfig(assets_home))


def test_what_is_here_is_not_fetched_again(torch_home: Path) -> None:
    assert fan.fetch() == fan.weights()
