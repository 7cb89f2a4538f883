"""What people are told while they wait."""

from __future__ import annotations

import pytest

from bot.jobs.plan import AnswerMode, Kind, Stage, plan
from bot.localisation.texts import texts
from bot.progress import Mark, Progress, expected, lines, progress_of
from storage.queues import Position, StepStanding
from storage.steps import StepState


def test_a_summon_begins_with_its_character() -> None:
    progress = expected(plan(Kind.SUMMON, AnswerMode.VIDEO))
    assert lines(progress, texts()) == ["⏳ character · ○ portrait · ○ voice · ○ clip"]
    assert len(expected(plan(Kind.SUMMON, AnswerMode.TEXT)).stages) == 3


@pytest.mark.parametrize(
    ("state", "ahead", "mark"),
    [
        (StepState.DONE, 0, Mark.DONE),
        (StepState.RUNNING, 0, Mark.WORKING),
        (StepState.READY, 0, Mark.WORKING),
        (StepState.READY, 3, Mark.WAITING),
        (StepState.WAITING, 0, Mark.WAITING),
        (StepState.FAILED, 0, Mark.MISSING),
        (StepState.SKIPPED, 0, Mark.MISSING),
    ],
)
def test_marks(state: StepState, ahead: int, mark: Mark) -> None:
    after = ("mind",) if state is StepState.WAITING else ()
    step = StepStanding("portrait", state, after, ahead)
    assert progress_of([StepStanding("mind", StepState.RUNNING), step]).stages[1] == (Stage.PORTRAIT, mark)


def test_who_waits_is_told_how_many_go_first_and_for_how_long() -> None:
    progress = progress_of([StepStanding("mind", StepState.READY, (), 2)], Position(2, 21.0))
    assert lines(progress, texts()) == ["○ character", "2 others go first, which takes about 20 seconds."]
    assert lines(Progress(ahead=0), texts()) == lines(None, texts()) == []
