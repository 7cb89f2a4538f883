"""Portraits of many people in one process (`pipeline.serving`), all painted on one easel.

Engines are not made for many threads, so what is not the device's work has one turn: whoever waits for pictures gives
it to another. Thus the orders of several people meet at the easel and become a batch.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING

from pipeline.portrait.diffusion import device
from pipeline.portrait.diffusion.guidance import Guidance
from pipeline.portrait.diffusion.jobs import Cancelled, Job, Made, Watch
from pipeline.portrait.diffusion.looks import Look
from pipeline.stages import EngineConfig
from pipeline.types import Persona, Portrait

if TYPE_CHECKING:
    from pipeline.portrait.diffusion.painter import DiffusionPainter, Easel

_turn = threading.Lock()


def paint(
    config: EngineConfig, persona: Persona, style: str | None, seed: int, *, watch: Watch, cancelled: Cancelled
) -> Portrait:
    """See ``DiffusionPainter.paint``. For `pipeline.serving.Server`."""
    with _turn:
        return _painter(config).paint(persona, style, seed, watch, cancelled)


@cache
def _painter(config: EngineConfig) -> DiffusionPainter:
    from pipeline.portrait.diffusion.painter import DiffusionPainter  # and what draws: not for who only names `paint`

    threads = max(1, (os.cpu_count() or 2) - 1)  # where a processor paints, it is what all wait for
    return DiffusionPainter(config, _Aside(device.easel(config.assets, config.diffusion, threads, _leave)))


def _leave() -> None:
    """Another process may be able to use the device: whoever waits here is served by the next."""
    os._exit(1)


class _Aside:
    """An easel in front of which others get their turn."""

    def __init__(self, easel: Easel) -> None:
        self._easel = easel

    def paint(
        self, look: Look, jobs: Sequence[Job], guidance: Guidance, watch: Watch, cancelled: Cancelled
    ) -> Sequence[Made]:
        """See ``Easel``. Called and left with the turn."""
        _turn.release()
        try:
            return self._easel.paint(look, jobs, guidance, watch, cancelled)
        finally:
            _turn.acquire()
