"""Which look suits a persona, or is meant by a few words."""

from __future__ import annotations

import random
from collections.abc import Sequence

from pipeline.embedding import Embedder
from pipeline.errors import BadRequest
from pipeline.portrait.diffusion.looks import Look
from pipeline.types import Persona

NEARLY = 0.06
"""Cosines this close to the best are as good as it: the seed chooses among them."""
MEANT = 0.32
"""Cosine below which words mean no look."""


def choose(looks: Sequence[Look], persona: Persona, seed: int, embedder: Embedder) -> tuple[Look, str]:
    """The look whose description is nearest to what the persona looks like, and why."""
    scores = _scores(looks, f"{persona.appearance}; {persona.temper} {persona.thing}", embedder)
    good = [index for index, score in enumerate(scores) if score >= max(scores) - NEARLY]
    best = random.Random(f"{seed}|{persona.concept}").choice(good)
    among = f", one of {len(good)} as near" if len(good) > 1 else ""
    return looks[best], f"which is near to its appearance ({scores[best]:.2f} of 1{among})"


def wished(looks: Sequence[Look], here: Sequence[Look], words: str, embedder: Embedder) -> tuple[Look, str]:
    """The look that is asked for by its id, or of those that are here the one that the words mean.

    Raises ``BadRequest`` when they mean none.
    """
    asked = " ".join(words.lower().split())
    for look in looks:
        if asked == look.id:
            return look, "as asked"
    meant = here or looks
    scores = _scores(meant, asked, embedder)
    best = max(range(len(meant)), key=scores.__getitem__)
    if scores[best] < MEANT:
        raise BadRequest(f"There is no style {words[:40]!r}. Known: {', '.join(look.id for look in looks)}.")
    return meant[best], f"which is nearest to {words[:60]!r}"


def _scores(looks: Sequence[Look], text: str, embedder: Embedder) -> list[float]:
    """Cosines between the text and what each look says of itself."""
    vectors = embedder.encode([text, *(f"{look.id}: {look.description}" for look in looks)])
    return [float(score) for score in vectors[1:] @ vectors[0]]
