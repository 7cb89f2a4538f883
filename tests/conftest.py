"""What every test stands on: one thread per library, and the assets fetched."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

# Read by numpy, OpenCV and onnxruntime when they are first imported, by a test or by the processes it starts.
for _library in ("OMP", "OPENBLAS", "MKL", "NUMEXPR"):
    os.environ.setdefault(f"{_library}_NUM_THREADS", "1")

from bot.settings import Settings  # noqa: E402 - brings numpy

# Nor may a key of whoever runs the tests be spent, or their database be written. Their home has the fetched assets.
for _field in Settings.model_fields.values():
    if _field.validation_alias != "CHATANYTHING_HOME":
        os.environ.pop(str(_field.validation_alias), None)


@pytest.fixture(scope="session")
def assets_home() -> Path:
    """The folder of fetched assets; filled here when `make setup` has not run."""
    from pipeline import assets

    home = Settings().assets
    assets.fetch(home)
    return home
