"""Worker processes: they compute, they die, they are replaced."""

from __future__ import annotations

import os
import signal

import pytest

from pipeline.errors import BadRequest, EngineFailed, MissingAsset
from pipeline.workers import ONE_THREAD, Workers


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def refuse() -> None:
    raise MissingAsset("It is not here.", remedy="fetch it")


def threads() -> list[str | None]:
    return [os.environ.get(name) for name in ONE_THREAD]


async def test_a_lane_survives_the_death_of_its_process() -> None:
    async with Workers({"voice": 1, "pictures": 1}) as workers:
        first = await workers.run("voice", os.getpid)
        assert first != os.getpid()
        with pytest.raises(EngineFailed):
            await workers.run("voice", die)
        assert await workers.run("voice", os.getpid) != first


async def test_errors_keep_their_remedy_across_processes() -> None:
    async with Workers({"voice": 1, "pictures": 1}) as workers:
        with pytest.raises(MissingAsset) as caught:
            await workers.run("pictures", refuse)
    assert (str(caught.value), caught.value.remedy) == ("It is not here.", "fetch it")


async def test_libraries_are_pinned_to_one_thread() -> None:
    async with Workers({"voice": 1, "pictures": 1}) as workers:
        assert await workers.run("pictures", threads) == ["1"] * len(ONE_THREAD)


def test_the_tree_of_errors_speaks() -> None:
    error = BadRequest("Please say more.")
    assert str(error) == "Please say more."
    assert not error.retryable
