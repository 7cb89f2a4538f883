"""How far a request has come, for people who wait for it: whatever the platform, wherever the steps are run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from bot import words
from bot.jobs.plan import Stage
from bot.localisation.texts import Texts
from storage.queues import Position, StepStanding
from storage.steps import StepPlan, StepState


class Mark(StrEnum):
    """What has become of a stage, as it is shown."""

    DONE = "✓"
    WORKING = "⏳"
    WAITING = "○"
    MISSING = "✗"


NOBODY = Position(0, None)

ORDER = (Stage.MIND, Stage.PORTRAIT, Stage.VOICE, Stage.CLIP)
"""In which people meet a character."""

ENDED: Mapping[StepState, Mark] = {
    StepState.RUNNING: Mark.WORKING,
    StepState.DONE: Mark.DONE,
    StepState.FAILED: Mark.MISSING,
    StepState.SKIPPED: Mark.MISSING,
}


@dataclass(frozen=True, slots=True)
class Progress:
    """``stages``: the marks of those that people see, as in ``ORDER``; none where only the place is worth telling.
    ``ahead``: steps of others that go first, which take ``seconds``, None where nobody knows."""

    stages: tuple[tuple[Stage, Mark], ...] = ()
    ahead: int = 0
    seconds: float | None = None
    painted: str | None = None
    """Steps of the portrait, as "3/8", while it is painted by an engine that tells."""


def progress_of(steps: Sequence[StepStanding], position: Position = NOBODY, painted: str | None = None) -> Progress:
    """Where a request stands. ``painted`` counts only while the portrait is made."""
    done = {step.stage for step in steps if step.state is StepState.DONE}
    marks = {step.stage: _mark(step, done) for step in steps}
    stages = tuple((stage, marks[stage]) for stage in ORDER if stage in marks)
    painting = (Stage.PORTRAIT, Mark.WORKING) in stages
    return Progress(stages, position.ahead, position.seconds, painted if painting else None)


def expected(plan: Sequence[StepPlan]) -> Progress:
    """Where a request stands that was asked for just now."""
    return progress_of([StepStanding(step.stage, StepState.WAITING, step.after) for step in plan])


def lines(progress: Progress | None, said: Texts) -> Sequence[str]:
    """What is told of it, each line to be shown smaller than an answer."""
    if progress is None:
        return []
    stages = [f"{mark} {_name(stage, said)}{_steps(stage, progress)}" for stage, mark in progress.stages]
    place = [words.in_line(progress.ahead, progress.seconds, said)] if progress.ahead else []
    return [*([" · ".join(stages)] if stages else []), *place]


def _steps(stage: Stage, progress: Progress) -> str:
    return f" {progress.painted}" if stage is Stage.PORTRAIT and progress.painted else ""


def _mark(step: StepStanding, done: set[str]) -> Mark:
    """A step that nobody goes before is begun in this very moment."""
    begins = not step.ahead and done.issuperset(step.after)
    return ENDED.get(step.state, Mark.WORKING if begins else Mark.WAITING)


def _name(stage: Stage, said: Texts) -> str:
    match stage:
        case Stage.MIND:
            return said("summoning-stage-mind")
        case Stage.VOICE:
            return said("summoning-stage-voice")
        case Stage.PORTRAIT:
            return said("summoning-stage-portrait")
        case Stage.CLIP:
            return said("summoning-stage-clip")
