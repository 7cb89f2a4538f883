"""`chatanything voices`: what can speak here, what fits a description, and measuring how voices sound."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from rich.table import Table
from rich.text import Text

from bot import engines
from bot.results import write_text
from bot.settings import Settings
from pipeline import registry
from pipeline.concept import clean
from pipeline.errors import BadRequest
from pipeline.receipt import Receipt
from pipeline.stages import Speaker
from pipeline.types import VoiceOption
from pipeline.voice import catalogue
from pipeline.voice.attributes import heard
from pipeline.voice.catalogue import Measured, Voice
from pipeline.voice.match import Matcher
from pipeline.voice.measure import measure
from pipeline.voice.wishes import wished

MEASURABLE = ("kokoro", "hibari")
"""Those that speak on this machine, for nothing."""
_HEAD = """# What was measured of each voice, by `chatanything voices measure --write`: see `pipeline.voice.measure`.
# pitch, low, high: Hz; rate: phonemes a second; tilt, dynamics, harmonicity: decibels.
"""


def listed(engine: str | None) -> Sequence[Voice]:
    """The rows of an engine, or of all. Raises ``BadRequest`` for one without any."""
    known = catalogue.engines()
    if engine and engine not in known:
        raise BadRequest(f"There are no voices of {engine!r}. Known: {', '.join(known)}.")
    return [voice for one in ([engine] if engine else known) for voice in catalogue.voices(one)]


def table(voices: Sequence[Voice]) -> Table:
    """For the terminal."""
    found = Table(box=None, padding=(0, 2), header_style="dim")
    for title, justify in (("voice", "left"), ("engine", "left"), ("who", "left"), ("Hz", "right"), ("pace", "right")):
        found.add_column(title, justify=justify, no_wrap=True)  # type: ignore[arg-type]
    found.add_column("sounds like", overflow="fold")
    for voice in voices:
        pitch = Text(f"{voice.pitch:.0f}", "" if voice.measured else "dim")
        who = f"{voice.age} {voice.gender}, {voice.accent}"
        found.add_row(voice.name or voice.id, voice.engine, who, pitch, f"{voice.pace:.2f}", voice.character)
    return found


async def matched(settings: Settings, text: str, engine: str | None, seed: int) -> Sequence[VoiceOption]:
    """The voices that fit a description, best first: the mind makes a persona of it, and what the words themselves say
    of a voice counts before that. Raises what the mind does."""
    from bot.app import open_mind

    choices = await engines.choose(settings, engine)
    mind_choice = next(choice for choice in choices if choice.stage == "mind")
    async with open_mind(settings, mind_choice.engine, mind_choice.chat) as mind:
        persona = await mind.write(clean(text), seed, Receipt())
    return Matcher(engines.engines(choices).voice).shortlist(wished(persona, text), seed)


def match_document(options: Sequence[VoiceOption]) -> dict[str, Any]:
    """For ``--match --json``: the first, and all that were thought of."""
    candidates = [
        {"recipe": one.recipe.model_dump(mode="json"), "attributes": _attributes(one), "description": one.description}
        for one in options
    ]
    first = options[0]
    return {
        "recipe": candidates[0]["recipe"],
        "attributes": candidates[0]["attributes"],
        "reason": first.recipe.reason,
        "candidates": candidates,
    }


def match_table(options: Sequence[VoiceOption]) -> Table:
    """For the terminal, best first."""
    found = Table.grid(padding=(0, 2))
    for option in options:
        found.add_row(Text(option.recipe.reason, "green" if option is options[0] else ""))
        found.add_row(Text(f"    {option.description}", "dim"))
    return found


def _attributes(option: VoiceOption) -> dict[str, Any] | None:
    found = heard(option.recipe)
    return found.model_dump(mode="json") if found else None


def measured(settings: Settings, engine: str | None, tell: Callable[[str], None]) -> dict[str, dict[str, Measured]]:
    """Every voice of an engine, or of all that speak on this machine, by engine and id. Kokoro takes five seconds of
    processor time a voice. Raises ``BadRequest`` for an engine that costs money, and what the engines do."""
    if engine and engine not in MEASURABLE:
        raise BadRequest(f"Only voices that speak on this machine are measured: {', '.join(MEASURABLE)}.")
    found: dict[str, dict[str, Measured]] = {}
    for name in (engine,) if engine else MEASURABLE:
        speaker: Speaker = registry.create("voice", name, settings.engine_config())
        found[name] = {}
        for voice in catalogue.voices(name):
            found[name][voice.id] = one = measure(speaker, name, voice.id)
            tell(f"{name} {voice.id}: {one.pitch or '-'} Hz, {one.rate} phonemes/s")
    return found


def measured_document(found: Mapping[str, Mapping[str, Measured]]) -> dict[str, Any]:
    """For ``--json``."""
    return {
        name: {voice: one.model_dump(exclude_none=True) for voice, one in rows.items()} for name, rows in found.items()
    }


def measured_table(found: Mapping[str, Mapping[str, Measured]]) -> Table:
    """For the terminal."""
    shown = Table(box=None, padding=(0, 2), header_style="dim")
    shown.add_column("voice")
    for title in ("Hz", "low", "high", "phonemes/s", "tilt, dB", "dynamics, dB", "harmonicity, dB"):
        shown.add_column(title, justify="right")
    for rows in found.values():
        for voice, one in rows.items():
            pitches = ("-" if hertz is None else f"{hertz:.0f}" for hertz in (one.pitch, one.low, one.high))
            decibels = (f"{value:.1f}" for value in (one.rate, one.tilt, one.dynamics, one.harmonicity))
            shown.add_row(voice, *pitches, *decibels)
    return shown


def write(found: Mapping[str, Mapping[str, Measured]]) -> Path:
    """Into the catalogue of this installation; engines that were not measured keep what they have."""
    kept = {
        name: {voice.id: voice.measured for voice in catalogue.voices(name) if voice.measured}
        for name in catalogue.engines()
    }
    path = Path(str(catalogue.MEASURED))
    write_text(path, "\n".join([_HEAD, *_rows(kept | dict(found))]))
    return path


def _rows(found: Mapping[str, Mapping[str, Measured]]) -> Iterator[str]:
    for name, rows in found.items():
        for voice, one in rows.items():
            lines = (f"{key} = {value}" for key, value in one.model_dump(exclude_none=True).items())
            yield "\n".join([f"[{name}.{voice}]", *lines, ""])
