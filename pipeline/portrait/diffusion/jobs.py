"""What is asked of a look and what comes back: values that travel between a painter and whoever has the GPU."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, TypeAlias

from pipeline.errors import EngineFailed, EngineUnavailable
from pipeline.types import Picture


@dataclass(frozen=True, slots=True)
class Job:
    """One picture that is wanted. ``face``: what pixel guidance begins from; ``control``: what a ControlNet follows."""

    prompt: str
    seed: int
    negative: str = ""
    face: Picture | None = None
    control: Picture | None = None


@dataclass(frozen=True, slots=True)
class Made:
    """A picture of the look's size. ``flagged``: the safety checker says that nobody should see it."""

    picture: Picture
    flagged: bool = False


Offload: TypeAlias = Literal["networks", "layers"] | None
"""What is kept outside the memory of a device and brought in when its turn comes."""
OFFLOADS: tuple[Offload, ...] = (None, "networks", "layers")
"""From quick and large to slow and small."""


class NoRoom(EngineUnavailable):
    """The memory of the device does not suffice."""


class DeviceLost(EngineFailed):
    """The device or its driver failed in a way after which this process cannot use it any more."""


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the denoising is done: ``done`` of ``total``."""

    done: int
    total: int


Watch: TypeAlias = Callable[[Step], None]
"""Told each step."""
Cancelled: TypeAlias = Callable[[], bool]
"""Asked after each step whether to stop."""
