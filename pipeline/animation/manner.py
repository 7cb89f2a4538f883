"""How a character moves, from who it is: an old oak moves slowly, a squirrel darts."""

from __future__ import annotations

from pipeline.types import Age, Direction, Manner, Mood, Persona, Size

SIZES = {Size.TINY: 1.35, Size.SMALL: 1.15, Size.MEDIUM: 1.0, Size.LARGE: 0.85, Size.HUGE: 0.72}
"""Speed by size: what is heavy swings slowly, as a pendulum of its length would."""
AGES = {Age.CHILD: 1.2, Age.YOUNG: 1.08, Age.ADULT: 1.0, Age.OLD: 0.78}


def manner_of(persona: Persona) -> Manner:
    """The way the persona moves."""
    speed = SIZES[persona.size] * AGES[persona.age] * (0.65 + 0.7 * persona.energy)
    return Manner(
        speed=min(max(speed, 0.35), 2.2),
        reach=0.75 + 0.5 * persona.energy,
        blinks=min(max(1.45 - 0.75 * persona.energy, 0.7), 1.6),
    )


def direction_of(persona: Persona, mood: Mood, seed: int) -> Direction:
    """How the persona acts what it says in this mood."""
    return Direction(mood, seed, manner_of(persona))
