"""The faces that guidance begins from: found by a face finder where they were drawn, and drawn as the persona is."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from pipeline import registry
from pipeline.face import plausible
from pipeline.face.gate import Verdict, judge
from pipeline.face.ibug import BROWS, CHIN, JAW, LEFT_EYE, NOSE, RIGHT_EYE
from pipeline.portrait.diffusion.drawn_face.shape import Expression
from pipeline.portrait.diffusion.templates import Template, control_map, landmarks, picture, template_for
from pipeline.stages import EngineConfig, FaceFinder
from pipeline.types import Age, Landmarks, Mood
from tests.unit.test_portrait import persona

SIDE = 256
PARTS = {"jaw": (JAW, 0.08), "brows": (BROWS, 0.05), "nose": (NOSE, 0.05), "eyes": (slice(36, 48), 0.035),
         "lips": (slice(48, 68), 0.035)}  # fmt: skip


@pytest.fixture(scope="module")
def finder(assets_home: Path) -> FaceFinder:
    made: FaceFinder = registry.create("face", "facemesh", EngineConfig(assets_home))
    return made


def sampled(count: int) -> list[Template]:
    random = np.random.default_rng(1)
    ages, looks = list(Age), list(Expression)
    return [
        Template(age=ages[i % 4], expression=looks[i // 4 % 3], seed=i, width=random.uniform(0.85, 1.15),
                 tilt=random.uniform(-12, 12))
        for i in range(count)
    ]  # fmt: skip


@pytest.mark.parametrize("template", sampled(12), ids=lambda t: f"{t.age} {t.expression}")
def test_a_finder_sees_each_where_it_was_drawn(template: Template, finder: FaceFinder) -> None:
    judged = judge(finder, picture(template, SIDE))
    assert judged.verdict is Verdict.FOUND
    assert judged.face
    drawn = landmarks(template, SIDE)
    apart = np.linalg.norm(judged.face.landmarks - drawn, axis=1) / np.linalg.norm(drawn[16] - drawn[0])
    assert apart.mean() < 0.04, "of the face's width"
    for part, (points, most) in PARTS.items():
        assert apart[points].mean() < most, part


def measures(points: Landmarks) -> tuple[float, float, float]:
    """Height of an eye, place of the eyes between brows and chin, length of the nose, in widths of the face."""
    width = np.linalg.norm(points[16] - points[0])
    opening = np.linalg.norm(points[37] - points[41])
    eyes = points[LEFT_EYE].mean(axis=0)
    return float(opening / width), float(np.hypot(*(points[CHIN] - eyes)) / width), float(
        np.hypot(*(points[33] - points[27])) / width
    )  # fmt: skip


def test_ages_have_their_proportions() -> None:
    by_age = [measures(landmarks(Template(age=age))) for age in Age]
    eyes, faces, noses = zip(*by_age, strict=True)
    assert list(eyes) == sorted(eyes, reverse=True), "children have large eyes"
    assert list(faces) == sorted(faces), "which lie low in a short face"
    assert list(noses) == sorted(noses)


def test_width_tilt_and_expression_do_what_they_say() -> None:
    def shape(points: Landmarks) -> float:
        return float(np.hypot(*(points[16] - points[0])) / np.hypot(*(points[CHIN] - points[27])))

    assert shape(landmarks(Template(width=1.15))) > 1.25 * shape(landmarks(Template(width=0.85)))
    across = [np.subtract(*landmarks(Template(tilt=tilt))[[16, 0]]) for tilt in (0.0, 10.0)]
    turned = np.degrees([np.arctan2(y, x) for x, y in across])
    assert turned[1] - turned[0] == pytest.approx(10)
    rest, smile, stern = (landmarks(Template(expression=one)) for one in Expression)
    assert smile[48, 1] < rest[48, 1] < stern[48, 1], "corners of the mouth"
    assert stern[21, 1] > rest[21, 1], "inner ends of the brows"


def test_mouths_are_closed_and_nothing_speaks_against_a_face() -> None:
    for template in sampled(40):
        points = landmarks(template)
        assert np.linalg.norm(points[62] - points[66]) < 0.01 * np.linalg.norm(points[16] - points[0])
        assert plausible.flaw(points, (512, 512)) is None


def test_no_face_is_even_and_no_two_are_alike() -> None:
    left, right = [0, 17, 36, 48], [16, 26, 45, 54]
    for seed in range(10):
        points = landmarks(Template(seed=seed))
        apart = points[left] - (511 - points[right, 0])[:, None] * (1, 0) - points[right, 1][:, None] * (0, 1)
        assert 0.5 < np.abs(apart).max() < 20
    assert np.array_equal(picture(Template(seed=3), 96), picture(Template(seed=3), 96))
    assert np.abs(picture(Template(seed=3), 96).astype(int) - picture(Template(seed=4), 96)).mean() > 3


def test_light_comes_from_the_upper_left_and_the_ground_is_plain() -> None:
    for seed in range(4):
        template = Template(seed=seed)
        shown, points = picture(template, SIDE).astype(float), landmarks(template, SIDE)
        grey = shown.mean(axis=2)
        left, right = (
            grey[int(y) - 4 : int(y) + 5, int(x) - 4 : int(x) + 5].mean()
            for x, y in ((points[3] + points[31]) / 2, (points[13] + points[35]) / 2)
        )
        assert left > 1.1 * right
        assert np.abs(np.diff(shown[:24], axis=1)).max() <= 4


def test_a_larger_picture_is_the_same_one() -> None:
    template = Template(seed=6, tilt=5)
    small, large = picture(template, SIDE), picture(template, 2 * SIDE)
    shrunk = cv2.resize(large, (SIDE, SIDE), interpolation=cv2.INTER_AREA)
    assert np.abs(small.astype(int) - shrunk).mean() < 3
    assert np.allclose(landmarks(template, 2 * SIDE) + 0.5, 2 * (landmarks(template, SIDE) + 0.5), atol=1e-3)


def test_the_template_follows_the_persona() -> None:
    child = persona("apple").model_copy(update={"age": Age.CHILD, "warmth": 0.9})
    assert template_for(child, 1).age is Age.CHILD
    assert template_for(child, 1).expression is Expression.SMILE
    assert template_for(persona("rock", mood=Mood.ANGER), 1).expression is Expression.STERN
    assert template_for(persona("rock", mood=Mood.SADNESS), 1).expression is Expression.NEUTRAL
    assert template_for(child, 1) == template_for(child, 1)
    assert len({template_for(child, seed) for seed in range(20)}) == 20


def test_later_turns_are_other_and_plainer_faces() -> None:
    child = persona("apple").model_copy(update={"age": Age.CHILD, "warmth": 0.9})
    turns = [template_for(child, 1, turn) for turn in range(4)]
    assert len(set(turns)) == 4
    assert all(one.tilt == 0 and one.expression is Expression.NEUTRAL for one in turns[1:])
    assert [one.age for one in turns] == [Age.CHILD, Age.CHILD, Age.ADULT, Age.ADULT]


def test_a_control_map_has_a_dot_for_every_point() -> None:
    points = landmarks(Template(), 512)
    dots = control_map(points, 512, "landmarks")
    assert dots.shape == (512, 512, 3)
    assert (dots[..., 0] == dots[..., 2]).all()
    assert all(dots[round(y), round(x), 0] == 255 for x, y in points.tolist())
    inked = (dots[..., 0] > 127).sum()
    assert inked < 68 * np.pi * 2.5**2 * 1.15
    count, _, stats, _ = cv2.connectedComponentsWithStats(
        (control_map(points[JAW], 512, "landmarks")[..., 0] > 127).astype(np.uint8)
    )
    assert count - 1 == 17
    assert np.abs(np.sqrt(stats[1:, 4] / np.pi) - 2.5).max() < 0.5, "2.5 pixels, as they were trained"


def test_lines_run_through_the_points() -> None:
    points = landmarks(Template(tilt=4), 512)
    lines, dots = (control_map(points, 512, what)[..., 0] > 127 for what in ("lines", "landmarks"))
    near = cv2.dilate(lines.astype(np.uint8), np.ones((3, 3), np.uint8)) > 0
    assert near[dots].mean() > 0.75
    assert lines.sum() > 1.5 * dots.sum()
    eye = points[RIGHT_EYE]
    assert lines[int(eye[:, 1].min()) - 3 : int(eye[:, 1].max()) + 4, int(eye[0, 0]) : int(eye[3, 0])].any()
    assert not lines[:8].any()
