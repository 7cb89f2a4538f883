"""Jobs of the reference server."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest

from deploy.animators.jobs import Full, Jobs
from deploy.animators.renderers import CannotDraw, Faces, Told, Work
from pipeline.animation.remote.contract import About, Standing, State
from pipeline.types import Mood

ABOUT = About(text="", phonemes=(), mood=Mood.CALM, seed=50, start=0.0, side=512, fps=25)


class Toy:
    """Draws when it is let."""

    name, fps = "toy", 25.0
    faces: Faces = "any"

    def __init__(self) -> None:
        self.may, self.ended = asyncio.Event(), 0
        self.error: Exception | None = None

    def missing(self) -> str | None:
        return None

    async def render(self, work: Work, told: Told) -> Path:
        told(0.25)
        try:
            await self.may.wait()
        finally:
            self.ended += 1
        if self.error:
            raise self.error
        return work.folder / "clip.mp4"


def add(jobs: Jobs) -> Standing:
    clip, folder = jobs.folder()
    return jobs.add(clip, Work(folder, ABOUT))


async def until(what: Callable[[], object]) -> None:
    async with asyncio.timeout(60):
        while not what():  # noqa: ASYNC110 - it is not ours to tell
            await asyncio.sleep(0.01)


async def test_one_after_the_other(tmp_path: Path) -> None:
    toy = Toy()
    async with Jobs(toy, tmp_path, most=1) as jobs:
        first = add(jobs)
        await until(lambda: jobs.standing(first.id).progress == 0.25)  # type: ignore[union-attr]
        second = add(jobs)
        assert second.ahead == 1
        with pytest.raises(Full):
            jobs.folder()
        toy.may.set()
        await until(lambda: jobs.clip(second.id))
        assert jobs.forget(first.id)
        assert not jobs.forget(first.id)
        assert [folder.name for folder in tmp_path.iterdir()] == [second.id]


async def test_what_nobody_asks_about_is_ended_and_deleted(tmp_path: Path) -> None:
    toy = Toy()
    async with Jobs(toy, tmp_path, forgotten=0.1) as jobs:
        drawn, waiting = add(jobs), add(jobs)
        await until(lambda: not any(tmp_path.iterdir()))
        assert toy.ended <= 2
        assert jobs.standing(drawn.id) is None
        assert jobs.standing(waiting.id) is None


@pytest.mark.parametrize(
    ("error", "words"),
    [(CannotDraw("no face there"), "no face there"), (RuntimeError("CUDA"), "a mistake in toy: RuntimeError")],
)
async def test_a_failure_is_told_and_the_next_is_drawn(tmp_path: Path, error: Exception, words: str) -> None:
    toy = Toy()
    toy.may.set()
    async with Jobs(toy, tmp_path) as jobs:
        toy.error = error
        failed = add(jobs)
        await until(lambda: jobs.standing(failed.id).state is State.FAILED)  # type: ignore[union-attr]
        told = jobs.standing(failed.id)
        assert told is not None
        assert told.error == words
        toy.error = None
        good = add(jobs)
        await until(lambda: jobs.clip(good.id))
