"""A short storm over each engine; ``make chaos`` is the long one."""

from __future__ import annotations

from pathlib import Path

import pytest
from rich.console import Console

from tests.chaos.run import Storm, run, show
from tests.chaos.world import ENGINES

SECONDS, KILLS, HASTE = 6.0, 4, 4.0


@pytest.mark.parametrize("engine", ENGINES)
async def test_nothing_is_lost_and_nothing_happens_twice(engine: str, tmp_path: Path) -> None:
    report = await run(Storm(engine, SECONDS, KILLS, seed=4, haste=HASTE), tmp_path)
    show(report, Console(width=160))
    assert report.faults == []
    assert report.deaths.unexplained == []
    assert report.left == 0
    assert report.history.requests
    assert report.deaths.kills.total() >= KILLS
    assert report.disasters
