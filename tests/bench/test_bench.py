"""`chatanything bench` gives every figure of the README. How fast is for `make bench` to say, not for a test."""

from __future__ import annotations

import pytest

from bot.bench import measure, table
from bot.settings import Settings


@pytest.mark.slow
async def test_every_figure_is_measured(assets_home: object) -> None:
    rows = await measure(Settings(), rounds=1, say=lambda sentence: None)
    names = [row.name for row in rows]
    assert len(set(names)) == len(names) >= 12
    assert all(row.value > 0 or "after the first" in row.name for row in rows)
    assert {"s", "frames/s", "x real time", "MB"} == {row.unit for row in rows}
    assert table(rows).row_count == len(rows)
    assert all(row.document().keys() == {"name", "value", "unit"} for row in rows)
