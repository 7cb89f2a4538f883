"""How long the illustrator takes: the first portrait of a process, and median and worst of a hundred after it."""

from __future__ import annotations

import asyncio
import statistics
import time

from pipeline import registry
from pipeline.concept import clean
from pipeline.evaluation.detection import categories
from pipeline.mind.scripted.writing import write
from pipeline.stages import EngineConfig

COUNT = 100
SEED = 11


async def measure(config: EngineConfig) -> list[tuple[str, float, str]]:
    """Seconds of one core, as name, value and unit."""
    cold, warm = await asyncio.to_thread(_paint, config)
    return [
        ("first portrait of a process, engine and art loaded (illustrator)", cold, "s"),
        (f"portrait, median of {COUNT} concepts (illustrator)", statistics.median(warm), "s"),
        (f"portrait, slowest of {COUNT} concepts (illustrator)", max(warm), "s"),
    ]


def _paint(config: EngineConfig) -> tuple[float, list[float]]:
    texts = [clean(text) for group in categories() for text in group.concepts][:: 400 // COUNT]
    began = time.thread_time()
    painter = registry.create("portrait", "illustrator", config)
    painter.paint(write(texts[0], SEED), None, SEED)
    cold, warm = time.thread_time() - began, []
    for text in texts:
        persona = write(text, SEED)
        began = time.thread_time()
        painter.paint(persona, None, SEED)
        warm.append(time.thread_time() - began)
    return cold, warm
