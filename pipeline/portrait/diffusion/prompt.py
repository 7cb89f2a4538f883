"""What a look is told of a persona, and what none is told at all."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from functools import cache
from importlib.resources import files

from pipeline import decency
from pipeline.errors import BadRequest
from pipeline.portrait.diffusion.looks import SLOT, Look
from pipeline.types import Persona

CLIP_WORDS = 28
"""CLIP reads 77 tokens, of which the shipped prompts and their commas take about 35; what comes after is cut off."""
MOST_WORDS = 80


def refuse(persona: Persona) -> None:
    """Raises ``BadRequest`` for a persona that is not painted: sexual, or a real person, as far as lists can tell."""
    text = f"{persona.concept} {persona.appearance}"
    if decency.sexual(text, concept=True) or decency.about_children(text):
        raise BadRequest("Let's keep it friendly. Please describe your character in kinder words.")
    if _real_person().search(_plain(f"{text} {persona.name}")):
        raise BadRequest("I do not paint real people. Please describe somebody, or something, that nobody is.")


def prompt(look: Look, persona: Persona) -> str:
    """The look's sentence with the persona in its slot. The words are put in as they are, never read as a template."""
    return look.prompt.replace(SLOT, appearance(look, persona))


def appearance(look: Look, persona: Persona) -> str:
    """What the persona looks like, with its thing in front where the description leaves that out, and not too long."""
    described = persona.appearance.strip() or persona.concept
    if persona.thing.lower() not in described.lower():
        described = f"{' '.join((*persona.traits, persona.thing))}, {described}"
    words = described.split()[: CLIP_WORDS if look.family in ("sd15", "sdxl") else MOST_WORDS]
    return " ".join(words).rstrip(" ,;:.")


@cache
def _real_person() -> re.Pattern[str]:
    raw = files("pipeline.portrait.diffusion").joinpath("people.toml").read_text(encoding="utf-8")
    lists: dict[str, list[str]] = tomllib.loads(raw)
    words = "|".join(re.escape(_plain(word)) for word in (*lists["asking"], *lists["names"]))
    return re.compile(rf"\b(?:{words})\b")


def _plain(text: str) -> str:
    """Lower case, without accents."""
    apart = unicodedata.normalize("NFKD", text.casefold())
    return "".join(ch for ch in apart if not unicodedata.combining(ch))
