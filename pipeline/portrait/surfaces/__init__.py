"""How materials look: each effect changes the colours of a `Surface`, and sometimes its alpha, in place."""

from __future__ import annotations

from collections.abc import Callable

from pipeline.portrait.surfaces.clear import ghostly, glass, ice, jelly, slimy, snowy
from pipeline.portrait.surfaces.cloth import checked, dotted, knitted, paper, patched, plush, striped
from pipeline.portrait.surfaces.light import burning, cosmic, glowing, hot, rainbow
from pipeline.portrait.surfaces.solid import glazed, marble, metal, rusty, shiny, stone, wooden
from pipeline.portrait.surfaces.surface import Surface
from pipeline.portrait.surfaces.weather import cracked, dusty, mossy, muddy, sickly, wet

__all__ = ["EFFECTS", "Surface"]

EFFECTS: dict[str, Callable[[Surface], None]] = {
    effect.__name__: effect
    for effect in (
        metal,
        rusty,
        wooden,
        stone,
        marble,
        glazed,
        shiny,
        glass,
        ice,
        snowy,
        ghostly,
        jelly,
        slimy,
        hot,
        burning,
        glowing,
        cosmic,
        rainbow,
        knitted,
        plush,
        paper,
        striped,
        dotted,
        checked,
        patched,
        wet,
        dusty,
        mossy,
        muddy,
        cracked,
        sickly,
    )
}
