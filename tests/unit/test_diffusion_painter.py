"""The diffusion painter around its models: what it asks for, what it makes of answers, and that a portrait always
comes. The models are played, so no torch is needed."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from pipeline import registry
from pipeline.errors import BadRequest, EngineFailed, EngineUnavailable, Interrupted
from pipeline.portrait.diffusion import files, templates
from pipeline.portrait.diffusion.guidance import Guidance, Mode
from pipeline.portrait.diffusion.jobs import Cancelled, Job, Made, Step, Watch
from pipeline.portrait.diffusion.looks import Look
from pipeline.portrait.diffusion.painter import SIDE, DiffusionPainter
from pipeline.stages import DiffusionConfig, EngineConfig, FaceFinder
from pipeline.types import Face, Persona, Picture
from tests.contract.test_portrait import check
from tests.unit.looks import look, models
from tests.unit.test_portrait import persona

NOTHING: Picture = np.zeros((512, 512, 3), np.uint8)


@dataclass
class PlayedEasel:
    """Gives the template back, as guidance of strength 0 would; ``failures`` come before that."""

    failures: list[Picture | Exception | Made] = field(default_factory=list)
    asked: list[tuple[Look, Job, Guidance]] = field(default_factory=list)

    def paint(
        self, look: Look, jobs: Sequence[Job], guidance: Guidance, watch: Watch, cancelled: Cancelled
    ) -> Sequence[Made]:
        (job,) = jobs
        self.asked.append((look, job, guidance))
        watch(Step(1, 1))
        if cancelled():
            raise Interrupted("The picture was called off.")
        failure = self.failures.pop(0) if self.failures else None
        if isinstance(failure, Exception):
            raise failure
        if isinstance(failure, Made):
            return [failure]
        assert job.face is not None
        return [Made(job.face if failure is None else failure)]


class PlayedFinder:
    """Finds a face in anything but `NOTHING`, at once."""

    def find(self, picture: Picture) -> Sequence[Face]:
        points = templates.landmarks(templates.Template(), len(picture))
        return [Face(points, 0.9, (0.0, 0.0, 1.0, 1.0))] if picture.any() else []


Make = Callable[..., DiffusionPainter]


@pytest.fixture
def make(assets_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Make:
    """A painter whose only looks are ``plain`` and ``other``, both with all of their files."""
    one = look(models(tmp_path))
    ours = [one, look(tmp_path, id="other", controlnet=None)]
    monkeypatch.setattr("pipeline.portrait.diffusion.painter.looks", lambda extra: tuple(ours))
    monkeypatch.setattr(files, "looks", lambda extra: tuple(ours))
    monkeypatch.setattr(files, "missing_packages", lambda: None)

    def make_(easel: PlayedEasel, finder: FaceFinder | None = None, **settings: Any) -> DiffusionPainter:
        config = EngineConfig(assets_home, diffusion=DiffusionConfig(**settings))
        if finder is None:  # nor is there anything to be found
            monkeypatch.setattr(templates, "picture", lambda template, side: np.full((side, side, 3), 128, np.uint8))
        return DiffusionPainter(config, easel, finder or PlayedFinder())

    return make_


def apple() -> Persona:
    return persona("apple").model_copy(update={"appearance": "an angry red apple with a leaf for a hat"})


def test_a_face_at_the_first_try(make: Make) -> None:
    easel = PlayedEasel()
    portrait = make(easel).paint(apple(), "plain", 7)
    check(portrait)
    assert portrait.picture.shape == (SIDE, SIDE, 3)
    assert portrait.style == "plain"
    assert portrait.plate is None
    assert "a face at try 1" in portrait.reason
    assert "seed 7" in portrait.reason
    ((asked, job, guidance),) = easel.asked
    assert asked.id == "plain"
    assert job.prompt == "a portrait of an angry red apple with a leaf for a hat, closed mouth"
    assert job.negative == "open mouth"
    assert guidance == asked.guidance


def test_the_points_of_the_portrait_lie_on_its_face(make: Make, assets_home: Path) -> None:
    """The picture is the template, so its 68 points are known, and those that were found are beside them."""
    finder = registry.create("face", "facemesh", EngineConfig(assets_home))
    portrait = make(PlayedEasel(), finder).paint(apple(), "plain", 7)
    drawn = templates.landmarks(templates.template_for(apple(), 7), SIDE)
    apart = np.linalg.norm(portrait.landmarks - drawn, axis=1)
    assert apart[36:48].mean() < 0.02 * SIDE
    assert apart[48:].mean() < 0.03 * SIDE


def test_what_is_followed_is_drawn_from_what_it_begins_with(make: Make) -> None:
    easel = PlayedEasel()
    make(easel).paint(apple(), "plain", 7)
    job = easel.asked[0][1]
    points = templates.landmarks(templates.template_for(apple(), 7), 512)
    assert job.control is not None
    assert all(job.control[round(y), round(x)].min() > 200 for x, y in points)
    assert job.control.mean() < 20


def test_remedies_are_tried_and_told(make: Make) -> None:
    easel = PlayedEasel([NOTHING, NOTHING, NOTHING, NOTHING])
    portrait = make(easel).paint(apple(), "plain", 7)
    check(portrait)
    assert "a face at try 5" in portrait.reason
    assert portrait.reason.count("no face") == 4
    seeds = [job.seed for _, job, _ in easel.asked]
    assert len(set(seeds)) == 5
    weights = [guidance.weight for _, _, guidance in easel.asked]
    assert weights[0] == weights[2] < weights[3] <= weights[4]
    assert len({job.prompt for _, job, _ in easel.asked}) == 1  # the person's words stay as they are


def test_when_nothing_helps_the_illustrator_draws(make: Make) -> None:
    easel = PlayedEasel([NOTHING] * 40)
    portrait = make(easel, tries=4).paint(apple(), None, 7)
    check(portrait)
    assert portrait.rig is not None
    assert len(easel.asked) == 4
    assert "diffusion: " in portrait.reason


def test_a_slow_device_is_not_asked_for_ever(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipeline.portrait.diffusion.painter.LONGEST", -1.0)
    easel = PlayedEasel([NOTHING] * 40)
    portrait = make(easel).paint(apple(), "plain", 7)
    assert portrait.rig is not None
    assert len(easel.asked) == 1
    assert "too long" in portrait.reason


def test_only_the_remedy_of_that_name_changes_the_template(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[int, int]] = []
    chosen = templates.template_for

    def noted(persona: Persona, seed: int, turn: int = 0) -> templates.Template:
        asked.append((seed, turn))
        return chosen(persona, seed, turn)

    monkeypatch.setattr(templates, "template_for", noted)
    easel = PlayedEasel([NOTHING] * 7)
    make(easel).paint(apple(), "plain", 7)
    assert len({job.seed for _, job, _ in easel.asked}) == len(easel.asked) == len(asked)
    assert set(asked) == {(7, 0), (7, 1)}
    assert asked.count((7, 1)) < len(asked) - 4


def test_facemesh_judges_and_the_best_points_are_taken(make: Make, assets_home: Path) -> None:
    painter = make(PlayedEasel())
    painter._given_finder = None
    assert type(painter._finder).__name__ == "FaceMeshFinder"
    points = templates.landmarks(templates.Template(), SIDE)

    class Exact:
        """Finds the same face, with points of its own."""

        def find(self, picture: Picture) -> Sequence[Face]:
            return [Face(points + 1, 0.9, (0.0, 0.0, 1.0, 1.0))]

    painter = make(PlayedEasel())
    painter._finders = {"face_alignment": Exact()}
    portrait = painter.paint(apple(), "plain", 7)
    np.testing.assert_array_equal(portrait.landmarks, points + 1)
    assert "points by face_alignment" in portrait.reason


def test_a_flagged_picture_is_never_shown(make: Make) -> None:
    flagged = Made(np.full((512, 512, 3), 128, np.uint8), flagged=True)
    portrait = make(PlayedEasel([flagged])).paint(apple(), "plain", 7)
    assert "safety checker" in portrait.reason
    assert "at try 2" in portrait.reason


def test_a_look_that_cannot_be_loaded_gives_way_to_another(make: Make) -> None:
    easel = PlayedEasel([EngineUnavailable("There is no room for it.")])
    portrait = make(easel).paint(apple(), "plain", 7)
    assert portrait.style == "other"
    assert [asked.id for asked, _, _ in easel.asked] == ["plain", "other"]
    assert "There is no room for it." in portrait.reason


def test_a_picture_that_failed_is_tried_again(make: Make) -> None:
    portrait = make(PlayedEasel([EngineFailed("No colours.")])).paint(apple(), "plain", 7)
    assert portrait.style == "plain"
    assert "No colours." in portrait.reason


def test_called_off_it_stops_and_falls_back_on_nothing(make: Make) -> None:
    steps: list[Step] = []
    easel = PlayedEasel()
    with pytest.raises(Interrupted):
        make(easel).paint(apple(), "plain", 7, steps.append, lambda: bool(steps))
    assert len(easel.asked) == 1


def test_what_is_not_painted_reaches_no_model(make: Make) -> None:
    easel = PlayedEasel()
    portrait = make(easel).paint(persona("singer", "Taylor Swift"), "anime", 7)
    assert portrait.rig is not None
    assert "diffusion: refused" in portrait.reason
    assert not easel.asked


def test_the_same_words_give_the_same_portrait(make: Make) -> None:
    first, again = (make(PlayedEasel()).paint(apple(), None, 7) for _ in range(2))
    np.testing.assert_array_equal(first.picture, again.picture)
    assert first.reason == again.reason


def test_the_setting_for_guidance_counts(make: Make) -> None:
    easel = PlayedEasel()
    make(easel, guidance="pixel").paint(apple(), "plain", 7)
    assert easel.asked[0][2].mode is Mode.PIXEL


def test_a_style_of_the_illustrator_is_drawn_by_it(make: Make) -> None:
    easel = PlayedEasel()
    assert make(easel).paint(apple(), "noir", 7).style == "noir"
    assert not easel.asked
    with pytest.raises(BadRequest):
        make(easel).paint(apple(), "no-such-style", 7)


def test_klein_is_given_the_illustrators_portrait(
    assets_home: Path, make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    easel = PlayedEasel()
    painter = make(easel)
    painter._looks = (replace_family(painter._looks[0]),)
    painter.paint(apple(), "plain", 7)
    drawn = registry.create("portrait", "illustrator", painter._config).paint(apple(), None, 7).picture
    np.testing.assert_array_equal(easel.asked[0][1].face, drawn)


def replace_family(one: Look) -> Look:
    return one.model_copy(update={"family": "flux2-klein", "controlnet": None})


def test_without_torch_or_models_the_illustrator_draws_and_says_why(assets_home: Path) -> None:
    painter = DiffusionPainter(EngineConfig(assets_home))
    portrait = painter.paint(apple(), "anime", 7)
    check(portrait)
    assert portrait.rig is not None
    assert "diffusion: anime, as asked" in portrait.reason
    assert {style.id for style in painter.styles()} == {"soft3d", "flat", "noir", "storybook", "neon", "pixel", "pop"}


def test_it_is_an_engine_that_costs_nothing_to_name(assets_home: Path) -> None:
    before = set(sys.modules)
    registry.load("portrait", "diffusers")(EngineConfig(assets_home))
    assert not {"torch", "diffusers"} & (set(sys.modules) - before)
    assert replace(EngineConfig(assets_home)) == EngineConfig(assets_home)
    assert hash(EngineConfig(assets_home))
