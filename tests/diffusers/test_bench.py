"""The benchmark of a device, on tiny models. How quick a device is, is for ``make bench-diffusers`` to say."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest.importorskip("torch", reason="make test-diffusers installs torch")

from pipeline.portrait.diffusion.painting import Device
from tests.bench import diffusion


def test_what_a_picture_costs_is_counted(tiny_models: Path, tmp_path: Path) -> None:
    for name, kept in (("sd15", "sd15"), ("controlnet", "controlnet-sd15")):
        (tmp_path / name).symlink_to(tiny_models / kept)
    rows = list(diffusion.measure(tmp_path, Device("cpu"), steps=[4, 2], batches=[1, 2], rounds=1, side=64))
    assert [(row.steps, row.controlnet, row.batch) for row in rows] == [
        (steps, followed, batch) for steps in (4, 2) for followed in (False, True) for batch in (1, 2)
    ]
    assert all(0 < row.share < 1 and row.pictures == pytest.approx(row.batch / row.seconds) for row in rows)
    # A step less costs less, a ControlNet more.
    plain, led, shorter = rows[0].bound, rows[2].bound, rows[4].bound
    assert led < plain < shorter < 2 * plain
