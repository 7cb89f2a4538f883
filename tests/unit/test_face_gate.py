"""Whether a picture has a face that can act, what is tried next if not, and whose points are used."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import cv2
import numpy as np
import pytest

from pipeline import registry
from pipeline.errors import EngineUnavailable
from pipeline.face import fan, gate
from pipeline.face.gate import Attempt, Remedy, Try, Verdict, judge, ladder, told
from pipeline.face.refine import finders, refine
from pipeline.stages import EngineConfig, FaceFinder
from pipeline.types import Face, Flaw, Landmarks, Mood, Picture
from tests.unit.faces import disc_portrait
from tests.unit.pictures import astronaut, packaged
from tests.unit.test_portrait import persona

EMPTY = np.zeros((64, 64, 3), np.uint8)


def face(size: float = 200, score: float = 0.9, flaw: Flaw | None = None, points: Landmarks | None = None) -> Face:
    points = np.zeros((68, 2), np.float32) if points is None else points
    return Face(points, score, (0.0, 0.0, size, size), flaw)


class Sees:
    """A finder that sees the same everywhere."""

    def __init__(self, *faces: Face) -> None:
        self._faces = faces

    def find(self, picture: Picture) -> Sequence[Face]:
        return self._faces


@pytest.fixture(scope="module")
def facemesh(assets_home: Path) -> FaceFinder:
    made: FaceFinder = registry.create("face", "facemesh", EngineConfig(assets_home))
    return made


# --- the verdict --------------------------------------------------------------------------------------------------


def test_every_verdict_has_its_reason() -> None:
    small, weak = face(70), face(score=gate.LEAST_SCORE - 0.01)
    assert judge(Sees(), EMPTY) == gate.Judged(Verdict.NONE)
    assert judge(Sees(face(), small), EMPTY).verdict is Verdict.FOUND, "one in the background may be there"
    assert judge(Sees(face(), face(100)), EMPTY).verdict is Verdict.SEVERAL
    assert judge(Sees(weak), EMPTY).verdict is Verdict.LOW_SCORE
    assert judge(Sees(weak), EMPTY).score == weak.score
    for flaw in Flaw:
        judged = judge(Sees(face(flaw=flaw), face(190)), EMPTY)
        assert judged.verdict is Verdict.IMPLAUSIBLE
        assert judged.face
        assert judged.face.flaw is flaw


def test_faces_of_people_and_drawn_ones_pass(facemesh: FaceFinder) -> None:
    assert judge(facemesh, astronaut()).verdict is Verdict.FOUND
    assert judge(facemesh, disc_portrait(Mood.JOY).picture).verdict is Verdict.FOUND


def test_two_people_are_several(facemesh: FaceFinder) -> None:
    pair = np.concatenate([astronaut(), astronaut()[:, ::-1]], axis=1)
    assert judge(facemesh, np.ascontiguousarray(pair)).verdict is Verdict.SEVERAL


def test_things_without_a_face_are_not_found(facemesh: FaceFinder, assets_home: Path) -> None:
    """The share of faceless pictures that pass is nought: photographs, textures, and portraits without their face,
    among them the pirate's, whose hat and beard the finder itself takes for a face."""
    painter = registry.create("portrait", "illustrator", EngineConfig(assets_home))
    plates = [painter.paint(persona(thing), None, 8).plate for thing in ("pirate", "apple")]
    random = np.random.default_rng(3)
    noise = [random.integers(0, 256, (cells, cells, 3)).astype(np.uint8) for cells in (4, 16, 64)]
    textures = [cv2.resize(one, (256, 256), interpolation=cv2.INTER_CUBIC) for one in noise]
    pictures = [packaged("coffee.png"), packaged("coins.png"), *plates, *textures]
    assert [judge(facemesh, picture).verdict is Verdict.FOUND for picture in pictures] == [False] * len(pictures)


# --- the ladder ---------------------------------------------------------------------------------------------------


def test_the_ladder_climbs_from_what_costs_least() -> None:
    attempts = list(ladder(5, weight=0.6, strength=0.92, looks=2))
    assert list(dict.fromkeys(one.why for one in attempts)) == list(Remedy)
    assert attempts[0] == Attempt(seed=5, weight=0.6, strength=0.92)
    assert attempts[-1].illustrator
    assert attempts[-1].seed == 5
    assert not any(one.illustrator for one in attempts[:-1])
    assert 8 <= len(attempts) <= 10, "each costs a whole picture"


def test_no_try_repeats_another_and_nothing_is_lost_on_the_way() -> None:
    attempts = list(ladder(5, weight=0.6, strength=0.92, looks=3))[:-1]
    assert len({one.seed for one in attempts}) == len(attempts)
    for before, after in pairwise(attempts):
        assert after.weight is not None
        assert after.strength is not None
        assert before.weight is not None
        assert before.strength is not None
        assert before.weight <= after.weight <= gate.MOST_WEIGHT
        assert before.strength >= after.strength >= gate.LEAST_REDONE
        assert before.template_turn <= after.template_turn
        changed = {name for name, value in after if value != getattr(before, name)} - {"seed", "why"}
        assert len(changed) <= 1, "one thing at a time"


@pytest.mark.parametrize(
    ("weight", "strength", "skipped"),
    [
        (None, None, {Remedy.WEIGHT, Remedy.STRENGTH, Remedy.TEMPLATE}),
        (None, 0.9, {Remedy.WEIGHT}),
        (0.6, None, {Remedy.STRENGTH}),
        (1.2, 0.6, {Remedy.WEIGHT, Remedy.STRENGTH}),  # both at their ends
    ],
)
def test_what_is_not_used_is_not_turned(weight: float | None, strength: float | None, skipped: set[Remedy]) -> None:
    attempts = list(ladder(0, weight, strength, looks=2))
    assert {one.why for one in attempts} == set(Remedy) - skipped
    assert {one.weight is None for one in attempts[:-1]} == {weight is None}


def test_with_one_look_or_none_the_illustrator_follows() -> None:
    assert Remedy.LOOK not in [one.why for one in ladder(0, 0.6, 0.9, looks=1)]
    assert [one.illustrator for one in ladder(0, 0.6, 0.9, looks=0)] == [True]


def test_attempts_hold_no_words() -> None:
    assert set(Attempt.model_fields) == {"seed", "weight", "strength", "template_turn", "look_index", "why"}


def test_tries_are_told_and_kept() -> None:
    first, second = list(ladder(0, 0.6, 0.9, looks=1))[:2]
    tries = [
        Try(attempt=first, verdict=Verdict.NONE, seconds=2.5),
        Try(attempt=second, verdict=Verdict.FOUND, score=0.8),
    ]
    assert told(tries) == "a face at try 2 (another seed); before: no face"
    assert told(tries[:1]) == "no face at try 1 (as asked)"
    assert [Try.model_validate_json(one.model_dump_json()) for one in tries] == tries
    last = Try(attempt=list(ladder(0, None, None, looks=1))[-1], verdict=Verdict.FOUND)
    assert told([tries[0], last]) == "the illustrator's own face; before: no face"


# --- whose points -------------------------------------------------------------------------------------------------


def test_the_most_exact_finder_that_sees_the_face_is_used() -> None:
    ours, exact = face(), face(points=np.ones((68, 2), np.float32))
    by = {"facemesh": Sees(ours), "face_alignment": Sees(exact)}
    refined = refine(EMPTY, ours, by)
    assert refined.by == "face_alignment"
    assert refined.landmarks is exact.landmarks
    assert refine(EMPTY, ours, {"facemesh": Sees(ours)}).by == "facemesh"


def test_a_finder_that_sees_something_else_is_passed_over_and_that_is_said() -> None:
    ours, elsewhere = face(), Face(np.ones((68, 2), np.float32), 0.9, (900.0, 0.0, 1000.0, 100.0))
    refined = refine(EMPTY, ours, {"face_alignment": Sees(elsewhere), "facemesh": Sees(ours)})
    assert refined.by == "facemesh"
    assert refined.why.startswith("face_alignment sees no face there")
    flawed = refine(EMPTY, ours, {"face_alignment": Sees(face(flaw=Flaw.UNLIKELY))})
    assert flawed.landmarks is ours.landmarks
    assert flawed.by is None
    assert flawed.why == "face_alignment says: unlikely; kept as they were found"


def test_facemesh_refines_where_nothing_else_is_installed(facemesh: FaceFinder, assets_home: Path) -> None:
    found = facemesh.find(astronaut())[0]
    refined = refine(astronaut(), found, {"facemesh": finders(EngineConfig(assets_home))["facemesh"]})
    assert np.array_equal(refined.landmarks, found.landmarks)


def test_without_its_package_face_alignment_says_how_to_get_it(
    monkeypatch: pytest.MonkeyPatch, assets_home: Path
) -> None:
    monkeypatch.setattr(fan, "find_spec", lambda name: None)
    with pytest.raises(EngineUnavailable, match="not installed") as caught:
        fan.FaceAlignmentFinder(EngineConfig(assets_home))
    assert caught.value.remedy == fan.INSTALL
    with pytest.raises(EngineUnavailable):
        fan.fetch()
