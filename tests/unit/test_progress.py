"""What people are told while they wait."""

from __future__ import annotations

import asyncio

import pytest

from bot.jobs.plan import AnswerMode, Kind, Stage, plan
from bot.jobs.telling import steps_told
from bot.localisation.texts import texts
from bot.progress import Mark, Progress, expected, lines, progress_of
from bot.waiting import tell_places
from pipeline.portrait.diffusion.jobs import Step
from storage.bell import LocalBell, News, Topic
from storage.queues import Position, Standing, StepStanding
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


def test_steps_of_a_portrait_are_told_while_it_is_painted() -> None:
    painted = [StepStanding("mind", StepState.DONE), StepStanding("portrait", StepState.RUNNING)]
    assert lines(progress_of(painted, painted="3/8"), texts()) == ["✓ character · ⏳ portrait 3/8"]
    done = [StepStanding("mind", StepState.DONE), StepStanding("portrait", StepState.DONE)]
    assert lines(progress_of(done, painted="8/8"), texts()) == ["✓ character · ✓ portrait"]


async def test_the_newest_step_is_told_now_and_then() -> None:
    bell = LocalBell()
    heard = aiter(bell.listen())
    first = asyncio.ensure_future(anext(heard))
    await asyncio.sleep(0)
    async with steps_told(bell, "r1", every=0.01) as watch:
        watch(Step(1, 8))
        watch(Step(2, 8))
        assert await asyncio.wait_for(first, 10) == News(Topic.PAINTED, "r1", "2/8")
        watch(Step(8, 8))
        assert (await asyncio.wait_for(anext(heard), 10)).detail == "8/8"


class PlayedDelivery:
    """Shows one request, whose portrait is being painted."""

    def __init__(self) -> None:
        self.told: asyncio.Queue[Progress] = asyncio.Queue()

    def waiting(self) -> list[str]:
        return ["r1"]

    def progress(self, request: str, news: Progress) -> None:
        self.told.put_nowait(news)

    async def standings(self, requests: list[str]) -> dict[str, Standing]:
        steps = (StepStanding("portrait", StepState.RUNNING),)
        return {request: Standing(steps, Position(0, None)) for request in requests}


async def test_steps_that_are_heard_of_are_shown() -> None:
    played, bell, stopping = PlayedDelivery(), LocalBell(), asyncio.Event()
    telling = asyncio.create_task(tell_places(played, played, bell, stopping, every=0.01))  # type: ignore[arg-type]
    assert lines(await asyncio.wait_for(played.told.get(), 10), texts()) == ["⏳ portrait"]
    await bell.tell(News(Topic.PAINTED, "r1", "3/8"))
    assert lines(await asyncio.wait_for(played.told.get(), 10), texts()) == ["⏳ portrait 3/8"]
    stopping.set()
    await telling


def test_who_waits_is_told_how_many_go_first_and_for_how_long() -> None:
    progress = progress_of([StepStanding("mind", StepState.READY, (), 2)], Position(2, 21.0))
    assert lines(progress, texts()) == ["○ character", "2 others go first, which takes about 20 seconds."]
    assert lines(Progress(ahead=0), texts()) == lines(None, texts()) == []
