"""The painter of the paper: a look that suits, a face asked for while it paints, a gate behind it, and a ladder of
remedies whose last rung is the illustrator. A portrait always comes; `Portrait.reason` says how.

No model is loaded for words that are not painted. torch comes with the first picture and not before.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Protocol

import cv2
import numpy as np

from pipeline import registry
from pipeline.embedding import Embedder
from pipeline.errors import BadRequest, EngineFailed, EngineUnavailable, Interrupted, MissingAsset
from pipeline.face import gate, refine
from pipeline.face.gate import Attempt, Try, Verdict
from pipeline.portrait.diffusion import choosing, device, files, templates
from pipeline.portrait.diffusion.guidance import Guidance, Mode
from pipeline.portrait.diffusion.jobs import Cancelled, Job, Made, Watch
from pipeline.portrait.diffusion.looks import Look, looks
from pipeline.portrait.diffusion.prompt import prompt, refuse
from pipeline.portrait.style import styles as drawn_styles
from pipeline.stages import EngineConfig, FaceFinder, Painter
from pipeline.types import Persona, Picture, Portrait, StyleOption

LONGEST = 150.0
"""Seconds after which no further picture is tried: a step that paints has 300 (`bot.jobs.plan`)."""
SIDE = 768
"""Least side of a portrait in pixels; what is painted smaller is enlarged (Lanczos), which adds no detail."""


class Easel(Protocol):
    """Where pictures are painted: `device` has the one of this process."""

    def paint(
        self, look: Look, jobs: Sequence[Job], guidance: Guidance, watch: Watch, cancelled: Cancelled
    ) -> Sequence[Made]:
        """One picture for each job. Raises as ``Painting`` and its ``paint``."""


@dataclass(slots=True)
class _Story:
    """What was tried, for `Portrait.reason`."""

    why: str
    tries: list[Try] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def add(self, attempt: Attempt, verdict: Verdict, began: float, score: float = 0.0, note: str = "") -> None:
        self.tries.append(Try(attempt=attempt, verdict=verdict, score=score, seconds=time.perf_counter() - began))
        if note and note not in self.notes:
            self.notes.append(note)

    def reason(self, *more: str) -> str:
        told = [gate.told(self.tries)] if self.tries else []
        return "; ".join([self.why, *more, *told, *self.notes])


class DiffusionPainter:
    """A ``Painter`` with a mixture of checkpoints. Pictures of 768 px and more, without plate and rig."""

    def __init__(self, config: EngineConfig, easel: Easel | None = None, finder: FaceFinder | None = None) -> None:
        """Light: nothing is loaded. ``easel``, ``finder``: others than its own.

        Raises ``EngineUnavailable`` when the file of STYLES cannot be used.
        """
        self._config, self._settings = config, config.diffusion
        self._looks = looks(self._settings.styles)
        self._easel = easel or device.easel(config.assets, self._settings)
        self._embedder = Embedder()
        self._given_finder = finder

    def styles(self) -> Sequence[StyleOption]:
        """The looks that can be painted; the illustrator's while there is none."""
        here = [StyleOption(id=look.id, description=look.description) for look in files.here(self._config)]
        return here or self._illustrator.styles()

    def paint(
        self,
        persona: Persona,
        style: str | None,
        seed: int,
        watch: Watch = lambda step: None,
        cancelled: Cancelled = lambda: False,
    ) -> Portrait:
        """A portrait with one face that can act. ``style``: a look by its id or in words, or one of the illustrator's.

        ``watch`` is told each step of the denoising, of every try; when ``cancelled`` says so, ``Interrupted`` is
        raised at the next. Raises ``BadRequest`` for words that mean no look.
        """
        try:
            refuse(persona)
        except BadRequest as refusal:  # before any model is touched; the illustrator draws nobody's likeness
            return self._give_up(persona, seed, _Story(f"refused: {refusal}"))
        if style in drawn_styles():
            return self._illustrator.paint(persona, style, seed)
        here = files.here(self._config)
        if style is not None:
            look, why = choosing.wished(self._looks, here, style, self._embedder)
        elif here:
            look, why = choosing.choose(here, persona, seed, self._embedder)
        else:
            look, why = self._looks[0], "the first of its looks"
        ranked = [look, *(other for other in here if other.id != look.id)]
        return self._climb(persona, ranked, seed, _Story(f"{look.id}, {why}"), watch, cancelled)

    def _climb(
        self, persona: Persona, ranked: Sequence[Look], seed: int, story: _Story, watch: Watch, cancelled: Cancelled
    ) -> Portrait:
        """The first attempt of the ladder that gives a face."""
        guidance = self._guidance(ranked[0])
        weight = guidance.weight if guidance.mode.landmarks else None
        strength = guidance.strength if guidance.mode.pixels and not ranked[0].edits else None
        broken: set[str] = set()
        until = time.monotonic() + LONGEST
        for attempt in gate.ladder(seed, weight, strength, len(ranked)):
            if attempt.look_index is None or len(story.tries) >= self._settings.tries:
                break
            if story.tries and time.monotonic() > until:
                story.notes.append("further tries would have taken too long")
                break
            look, began = ranked[attempt.look_index], time.perf_counter()
            if look.id in broken:
                continue
            try:
                job = self._job(persona, look, attempt, seed)
                portrait = self._attempt(look, job, attempt, story, watch, cancelled)
            except Interrupted:
                raise
            except (EngineUnavailable, MissingAsset) as error:  # trying it again would not help
                broken.add(look.id)
                story.notes.append(str(error))
            except EngineFailed as error:
                story.add(attempt, Verdict.NONE, began, note=str(error))
            else:
                if portrait is not None:
                    return portrait
        return self._give_up(persona, seed, story)

    def _attempt(
        self, look: Look, job: Job, attempt: Attempt, story: _Story, watch: Watch, cancelled: Cancelled
    ) -> Portrait | None:
        """One picture, judged; None when nothing in it can act."""
        began = time.perf_counter()
        guidance = self._guidance(look)
        changes = {"weight": attempt.weight, "strength": attempt.strength}
        if attempt.look_index == 0:
            guidance = guidance.model_copy(update={name: value for name, value in changes.items() if value is not None})
        (made,) = self._easel.paint(look, [job], guidance, watch, cancelled)
        if made.flagged:
            story.add(attempt, Verdict.NONE, began, note="a picture was put aside by the safety checker")
            return None
        picture = enlarged(made.picture)
        judged = gate.judge(self._finder, picture)
        story.add(attempt, judged.verdict, began, judged.score)
        if judged.verdict is not Verdict.FOUND or judged.face is None:
            return None
        refined = refine.refine(picture, judged.face, self._finders)
        how = (f"guidance {_words(look, guidance)}", f"seed {attempt.seed}", f"points by {refined.by or 'the gate'}")
        return Portrait(
            picture=picture,
            landmarks=refined.landmarks,
            style=look.id,
            art=f"{look.checkpoint.name}@{look.checkpoint.revision[:10]}",
            reason=story.reason(*how),
        )

    def _job(self, persona: Persona, look: Look, attempt: Attempt, seed: int) -> Job:
        """What is painted, with the face that it begins from and the one that it follows: those of the portrait's
        ``seed``, whatever that of the attempt is."""
        words = prompt(look, persona)
        if look.edits:
            drawn = self._illustrator.paint(persona, None, seed).picture
            return Job(words, attempt.seed, look.negative, face=drawn)
        template = templates.template_for(persona, seed, attempt.template_turn)
        what = look.controlnet.what if look.controlnet else "landmarks"
        points = templates.landmarks(template, look.size)
        return Job(
            words,
            attempt.seed,
            look.negative,
            face=templates.picture(template, look.size),
            control=templates.control_map(points, look.size, what),
        )

    def _give_up(self, persona: Persona, seed: int, story: _Story) -> Portrait:
        """The illustrator's portrait, which always has a face."""
        last = Attempt(seed=seed, look_index=None, why=gate.Remedy.ILLUSTRATOR)
        began = time.perf_counter()
        drawn = self._illustrator.paint(persona, None, seed)
        story.add(last, Verdict.FOUND, began, 1.0)
        return replace(drawn, reason=f"{drawn.reason}; diffusion: {story.reason()}")

    def _guidance(self, look: Look) -> Guidance:
        mode = self._settings.guidance
        return look.able(look.guidance.model_copy(update={"mode": Mode(mode)} if mode else {}))

    @property
    def _illustrator(self) -> Painter:
        painter: Painter = registry.create("portrait", "illustrator", self._config)
        return painter

    @cached_property
    def _finder(self) -> FaceFinder:
        """The judge: the one given, else facemesh, whose scores the gate was measured with."""
        finder: FaceFinder = self._given_finder or registry.create("face", "facemesh", self._config)
        return finder

    @cached_property
    def _finders(self) -> Mapping[str, FaceFinder]:
        """Who is asked for better points; nobody where the judge was given."""
        return {} if self._given_finder else refine.finders(self._config)


def _words(look: Look, guidance: Guidance) -> str:
    return "pixel: the illustrator's portrait" if look.edits and guidance.mode.pixels else guidance.words


def enlarged(picture: Picture) -> Picture:
    """At least `SIDE` pixels wide."""
    if picture.shape[0] >= SIDE:
        return picture
    return np.asarray(cv2.resize(picture, (SIDE, SIDE), interpolation=cv2.INTER_LANCZOS4), np.uint8)
