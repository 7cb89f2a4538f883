"""What every test stands on: one thread per library, and the assets fetched."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

# Read by numpy, OpenCV and onnxruntime when they are first imported, by a test or by the processes it starts.
for _library in ("OMP", "OPENBLAS", "MKL", "NUMEXPR"):
    os.environ.setdefault(f"{_library}_NUM_THREADS", "1")


@pytest.fixture(scope="session")
def assets_home() -> Path:
    """The folder of fetched assets; filled here when `make setup` has not run."""
    from bot.settings import Settings
    from pipeline import assets

    home = Settings().assets
    assets.fetch(home)
    return home
