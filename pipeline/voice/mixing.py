"""Which of the voices that fit are mixed, and how much of each."""

from __future__ import annotations

import random
from collections.abc import Sequence

from pipeline.types import Age, Gender, Persona, VoicePart
from pipeline.voice.attributes import AGES, age_of
from pipeline.voice.catalogue import Voice

ENGINES = ("kokoro", "hibari")
"""Those that speak with several voices at once; services speak with one."""
NEARLY = 0.14
"""Distances this close to the best are as good as it: the seed chooses among them."""
NATIVE = ("american", "british")
_FEW = 4

Ranked = Sequence[tuple[Voice, float]]


def mix(ranked: Ranked, persona: Persona, accent: str | None, chance: random.Random) -> tuple[VoicePart, ...]:
    """Two or three of the nearest, in shares that leave the age what it should be.

    They have one gender; who is neither man nor woman is half of each, where no voice is so by itself.
    """
    lead = only(ranked, persona, accent, chance)
    between = persona.gender is Gender.NEUTRAL and lead.gender is not Gender.NEUTRAL
    rest = _partners(ranked, lead, persona, between=between)
    chance.shuffle(rest)
    if not rest:
        return (VoicePart(voice=lead.id, weight=1.0),)
    if between:
        shares = [[45, 55], [50, 50], [55, 45]]
    else:
        shares = [[share, 100 - share] for share in (50, 55, 60, 65, 70, 75, 80)]
        shares += [[share - 5, 95 - share, 10] for share in (55, 60, 65, 70, 75) if len(rest) > 1]
    chance.shuffle(shares)
    tried = [list(zip([lead, *rest], row, strict=False)) for row in shares]
    chosen = next((parts for parts in tried if age_of(parts) is persona.age), tried[0])
    return tuple(VoicePart(voice=voice.id, weight=share / 100) for voice, share in chosen)


def only(ranked: Ranked, persona: Persona, accent: str | None, chance: random.Random) -> Voice:
    """One of the nearest among those of the right age, and of the right accent where that is a foreign one."""

    def gap(voice: Voice) -> int:
        return _years(voice, persona.age) + 2 * (accent not in (None, *NATIVE) and voice.accent != accent)

    least = min(gap(voice) for voice, _ in ranked)
    right = [(voice, distance) for voice, distance in ranked if gap(voice) == least]
    return chance.choice([voice for voice, distance in right if distance <= right[0][1] + NEARLY][:_FEW])


def _partners(ranked: Ranked, lead: Voice, persona: Persona, *, between: bool) -> list[Voice]:
    """The few that go best with the first: nobody of quite another age, nobody with an accent that it does not have."""
    found = [
        voice
        for voice, _ in ranked
        if voice is not lead
        and (voice.gender not in (lead.gender, Gender.NEUTRAL) if between else voice.gender is lead.gender)
        and _years(voice, persona.age) <= 1
        and (voice.accent in NATIVE or voice.accent == lead.accent or lead.accent not in NATIVE)
    ]
    if between:
        found.sort(key=lambda voice: _years(voice, persona.age))
    return found[:_FEW]


def _years(voice: Voice, age: Age) -> int:
    return abs(AGES.index(voice.age) - AGES.index(age))
