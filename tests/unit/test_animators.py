"""Jobs of the reference server, and checkouts of others behind their command lines."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from deploy.animators.jobs import Full, Jobs
from deploy.animators.renderers import CannotDraw, Checkout, Faces, Told, Work, liveportrait, sadtalker
from pipeline.animation.remote.contract import About, Standing, State
from pipeline.types import Mood

ABOUT = About(text="", phonemes=(), mood=Mood.CALM, seed=50, start=0.0, side=512, fps=25)
INFERENCE = """
import pathlib, subprocess, sys, time
out = pathlib.Path(sys.argv[sys.argv.index("{flag}") + 1])
(out / "arguments").write_text("\\n".join(sys.argv[1:]))
print("\\r 10%|#", end=""); print("\\r 60%|######", end=""); print("\\r  5%|", end="")
{then}
"""
DRAWS = '(out / "2026").mkdir(); (out / "2026" / "made.mp4").write_bytes(b"clip")'
HANGS = """
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
(out / "child").write_text(str(child.pid)); time.sleep(60)
"""


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


def checkout(tmp_path: Path, make: Callable[[Path, Path], Checkout], then: str) -> tuple[Checkout, Work]:
    root, folder = tmp_path / "checkout", tmp_path / "job"
    made = make(root, Path(sys.executable))
    for one in (folder, *(root / name for name in made.needs)):
        one.mkdir(parents=True)
    flag = "--result_dir" if made.name == "sadtalker" else "--output_dir"
    (root / "inference.py").write_text(INFERENCE.format(flag=flag, then=then))
    return made, Work(folder, ABOUT)


@pytest.mark.parametrize(("faces", "mode", "cropped"), [("any", "animal", False), ("human", "human", True)])
async def test_joyvasa_is_asked_as_its_readme_says(tmp_path: Path, faces: Faces, mode: str, cropped: bool) -> None:
    made, work = checkout(tmp_path, lambda root, python: liveportrait(root, python, faces), DRAWS)
    told: list[float] = []
    clip = await made.render(work, told.append)
    assert clip.read_bytes() == b"clip"
    assert told[-1] == pytest.approx(0.45, abs=0.01), "60 % of one bar, and another begins"
    arguments = (work.folder / "out" / "arguments").read_text().split("\n")
    assert arguments[:4] == ["--reference", str(work.portrait), "--audio", str(work.speech)]
    assert arguments[arguments.index("--animation_mode") + 1] == mode
    assert {"--flag_do_crop", "--flag_pasteback", "--flag_stitching"} & set(arguments) == (
        {"--flag_do_crop", "--flag_pasteback", "--flag_stitching"} if cropped else set()
    )


async def test_sadtalker_is_asked_for_the_whole_picture(tmp_path: Path) -> None:
    made, work = checkout(tmp_path, sadtalker, DRAWS)
    assert (await made.render(work, lambda share: None)).name == "made.mp4"
    arguments = (work.folder / "out" / "arguments").read_text().split("\n")
    assert arguments[arguments.index("--preprocess") + 1] == "full"
    assert arguments[arguments.index("--size") + 1] == "512"
    assert "--still" in arguments


async def test_a_checkout_that_fails_says_its_last_words(tmp_path: Path) -> None:
    made, work = checkout(tmp_path, sadtalker, 'print("\\nCan\'t get the coeffs of the input")')
    with pytest.raises(CannotDraw, match="Can't get the coeffs"):
        await made.render(work, lambda share: None)


async def test_called_off_it_ends_with_all_that_it_started(tmp_path: Path) -> None:
    made, work = checkout(tmp_path, sadtalker, HANGS)
    drawn = asyncio.create_task(made.render(work, lambda share: None))
    child = work.folder / "out" / "child"
    await until(lambda: child.exists() and child.read_text())
    drawn.cancel()
    with pytest.raises(asyncio.CancelledError):
        await drawn
    await until(lambda: not alive(int(child.read_text())))


def test_what_is_missing_is_named(tmp_path: Path) -> None:
    assert "inference.py" in (sadtalker(tmp_path, Path(sys.executable)).missing() or "")
    made, _ = checkout(tmp_path, sadtalker, DRAWS)
    assert made.missing() is None


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return "Z" not in Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
