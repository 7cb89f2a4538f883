"""Paints 400 concepts, and asks face detectors whether there is a face in what came out: the experiment of the paper.

The concepts are those of `detection.toml`. Beside them stand pictures that have no face, since a detector that sees
faces everywhere would be the best of all: the illustrator's portraits before the face is drawn on, and textures.
A face is *found* when the detector says so by its own threshold; what the gate (`pipeline.face.gate`) says, which
decides what people get, is kept as well.
"""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import replace
from enum import StrEnum
from functools import cache
from importlib.metadata import version
from importlib.resources import files

from pipeline import registry
from pipeline.concept import clean
from pipeline.errors import EngineUnavailable
from pipeline.evaluation import detectors, lanes, painted
from pipeline.evaluation.detectors import Seen
from pipeline.evaluation.kept import Kept, Row
from pipeline.evaluation.lanes import Job
from pipeline.evaluation.rates import Rate, rate
from pipeline.evaluation.textures import texture
from pipeline.mind.scripted.writing import write
from pipeline.portrait.diffusion import files as models
from pipeline.portrait.diffusion.guidance import Mode
from pipeline.stages import EngineConfig
from pipeline.types import Landmarks, Picture, Value
from pipeline.workers import Workers

SEED = 11
ILLUSTRATOR, DIFFUSERS = "illustrator", "diffusers"
DRAWN = "drawn"
"""The way of a painter that knows no modes."""
TEXTURES = 100


class Bare(StrEnum):
    """Pictures without a face."""

    PLATE = "plate"
    TEXTURE = "texture"


class Category(Value):
    """Fifty concepts of a kind."""

    id: str
    title: str
    concepts: tuple[str, ...]


class _Table(Value):
    category: tuple[Category, ...]


class Plan(Value):
    """What is asked for."""

    engine: str = ILLUSTRATOR
    modes: tuple[Mode, ...] = tuple(Mode)
    detectors: tuple[str, ...] = ("facemesh",)
    limit: int | None = None

    @property
    def ways(self) -> tuple[str, ...]:
        """How each concept is painted: by each mode, where the painter has any."""
        return tuple(self.modes) if self.engine == DIFFUSERS else (DRAWN,)


class Report(Value):
    """A whole evaluation; `rates` counts it."""

    plan: Plan
    rows: tuple[Row, ...]

    def painted(self, way: str, category: str | None = None) -> list[Row]:
        """The rows of a way that have a picture."""
        return [row for row in self.rows if row.way == way and not row.error and category in (None, row.category)]

    def found(self, way: str, detector: str, category: str | None = None) -> Rate:
        """In how many a detector sees a face."""
        return rate(row.seen[detector].found for row in self.painted(way, category))

    def accepted(self, way: str, detector: str, category: str | None = None) -> Rate:
        """In how many the gate would take what it sees."""
        return rate(row.seen[detector].accepted for row in self.painted(way, category))

    def animatable(self, way: str, category: str | None = None) -> Rate:
        """How many the painter made itself, with whatever tries, that can be moved."""
        return rate(bool(row.animatable) for row in self.painted(way, category))

    @property
    def errors(self) -> list[Row]:
        """What could not be painted."""
        return [row for row in self.rows if row.error]


@cache
def categories() -> tuple[Category, ...]:
    """The set, validated."""
    return _Table.model_validate(tomllib.loads(_text())).category


def identity(config: EngineConfig, plan: Plan) -> dict[str, str]:
    """What a row depends on besides its job: rows of another identity are of no use."""
    diffusion = replace(config.diffusion, guidance=None)
    looks = diffusion.styles.read_text("utf-8") if diffusion.styles and diffusion.styles.is_file() else ""
    return {
        "version": version("chatanything"),
        "concepts": _digest(_text()),
        "seed": str(SEED),
        "engine": plan.engine,
        "detectors": ",".join(plan.detectors),
        "diffusion": _digest(f"{diffusion}{looks}") if plan.engine == DIFFUSERS else "",
    }


def _text() -> str:
    return (files("pipeline.evaluation") / "detection.toml").read_text("utf-8")


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def jobs(plan: Plan) -> Iterator[Job]:
    """Every picture of a plan: concept by concept, the categories in turn, then the textures."""
    longest = max(len(category.concepts) for category in categories())
    turns = [
        (category.id, category.concepts[turn])
        for turn in range(longest)
        for category in categories()
        if turn < len(category.concepts)
    ][: plan.limit]
    for category, concept in turns:
        for way in (*plan.ways, Bare.PLATE):
            yield Job(subject=concept, category=category, way=str(way))
    for number in range(min(TEXTURES, len(turns))):
        yield Job(subject=str(number), category=Bare.TEXTURE, way=Bare.TEXTURE)


async def evaluate(
    config: EngineConfig, plan: Plan, workers: Workers, kept: Kept, tell: Callable[[str], None]
) -> Report:
    """Whatever of the plan ``kept`` does not have yet, as many pictures at a time as the workers draw.

    A picture that fails is a row with an error, told and tried again by the next run. Raises ``EngineUnavailable`` or
    ``MissingAsset`` before any work when painter or detectors cannot run here.
    """
    everything = list(jobs(plan))
    if any(job.key not in kept.rows for job in everything):
        await workers.run("pictures", ready, config, plan)
    rows = await lanes.draw(config, plan, everything, measured, workers, kept, tell)
    return Report(plan=plan, rows=rows)


def ready(config: EngineConfig, plan: Plan) -> None:
    """Builds what the plan needs, in this process. Raises what is missing."""
    if plan.engine == DIFFUSERS:
        if missing := models.missing_packages():
            raise EngineUnavailable(f"{missing[0].upper()}{missing[1:]}.", remedy=models.EXTRA)
        if not models.here(config):
            raise EngineUnavailable(
                "The models of no look are here.", remedy=f"chatanything styles, then {models.REMEDY}"
            )
    for engine in dict.fromkeys((plan.engine, ILLUSTRATOR)):
        registry.create("portrait", engine, config)
    for name in plan.detectors:
        detectors.detector(name, config)


def measured(config: EngineConfig, plan: Plan, job: Job) -> tuple[Row, bytes]:
    """The picture of a job, what is seen in it, and a small JPEG of it. Runs in the pictures lane."""
    about = job.model_dump()
    if job.way == Bare.TEXTURE:
        picture = texture(int(job.subject))
        return Row(**about, seen=_seen(config, plan, picture)), painted.small(picture)
    persona = write(clean(job.subject), SEED)
    if job.way == Bare.PLATE:
        plate = painted.drawn(config, persona, SEED).plate
        assert plate is not None  # noqa: S101 - the illustrator's portraits always have one
        return Row(**about, seen=_seen(config, plan, plate)), painted.small(plate)
    if plan.engine == DIFFUSERS:
        gate = next((name for name in plan.detectors if name != detectors.DLIB), "facemesh")
        led = replace(config, diffusion=replace(config.diffusion, guidance=job.way))
        result = painted.diffused(led, persona, SEED, gate)
    else:
        result = painted.once(plan.engine, config, persona, SEED)
    row = Row(**about, **result.facts, seen=_seen(config, plan, result.picture, result.known))
    return row, painted.small(result.picture)


def _seen(config: EngineConfig, plan: Plan, picture: Picture, known: Landmarks | None = None) -> dict[str, Seen]:
    return {name: detectors.detector(name, config)(picture, known) for name in plan.detectors}
