"""What adjectives do to a drawn face: sleepy lids, rosy cheeks, green-eyed (features.toml)."""

from __future__ import annotations

import tomllib
from collections.abc import Collection
from functools import cache
from importlib.resources import files

from pydantic import Field

from pipeline.face.rig import FaceRig
from pipeline.types import Value


class Feature(Value):
    """One row."""

    words: tuple[str, ...]
    set: dict[str, float | bool | str] = Field(default_factory=dict, description="field of `FaceRig` -> its value")
    times: dict[str, float] = Field(default_factory=dict, description="field of `FaceRig` -> factor")


class _Table(Value):
    feature: tuple[Feature, ...]


@cache
def features() -> tuple[Feature, ...]:
    """The rows of features.toml, checked."""
    text = files("pipeline.portrait").joinpath("features.toml").read_text(encoding="utf-8")
    return _Table.model_validate(tomllib.loads(text)).feature


def given(rig: FaceRig, words: Collection[str]) -> FaceRig:
    """``rig`` with what ``words`` say of its owner."""
    changes: dict[str, object] = {}
    for row in features():
        if not set(row.words).isdisjoint(words):
            changes |= row.set
            changes |= {field: getattr(rig, field) * factor for field, factor in row.times.items()}
    return FaceRig.model_validate(rig.model_dump() | changes) if changes else rig
