"""`chatanything styles`: the looks that the painter knows, what is missing of each, and fetching it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from rich.table import Table
from rich.text import Text

from bot.settings import Settings
from pipeline import registry
from pipeline.errors import BadRequest, ChatAnythingError
from pipeline.portrait.diffusion import files
from pipeline.portrait.diffusion.looks import Look, looks
from pipeline.stages import Painter

DIFFUSERS = "diffusers"


@dataclass(frozen=True, slots=True)
class Row:
    """One look. ``missing``: what keeps it from being painted, in sentences."""

    id: str
    description: str
    licence: str = ""
    source: str = ""
    steps: int | None = None
    vram: float | None = None
    missing: tuple[str, ...] = ()

    def document(self) -> dict[str, Any]:
        """For ``--json``."""
        return asdict(self)


def listed(settings: Settings, engine: str) -> list[Row]:
    """The looks of a painter, looked at but not loaded."""
    if engine == DIFFUSERS:
        return [_row(look, _missing(look, settings)) for look in looks(settings.engine_config().diffusion.styles)]
    painter: Painter = registry.create("portrait", engine, settings.engine_config())
    return [Row(style.id, style.description) for style in painter.styles()]


def checked(settings: Settings, wanted: Sequence[str], download: bool, say: Callable[[str], None]) -> Iterator[Row]:
    """Diffusion looks, each fetched if that is asked for, and loaded to see whether it works.

    Raises ``BadRequest`` for a look that nobody knows, ``Unreachable`` and ``MissingAsset`` while fetching.
    """
    config = settings.engine_config()
    for look in _named(looks(config.diffusion.styles), wanted):
        if download:
            say(f"{look.id}: fetching {', '.join(dict.fromkeys(source.name for source in look.sources))}")
            files.fetch(look, config.assets)
        missing = _missing(look, settings)
        if not missing and files.missing_packages() is None:
            say(f"{look.id}: loading")
            missing = _unloadable(look, settings)
        yield _row(look, missing)


def table(rows: Sequence[Row]) -> Table:
    """For the terminal."""
    found = Table.grid(padding=(0, 2))
    found.add_column(no_wrap=True)
    found.add_column(overflow="fold")
    for row in rows:
        words = Text(row.description)
        if row.steps is not None:
            words.append(f"\n{row.steps} steps, {row.vram:.0f} GiB; {row.licence}", "dim")
        for sentence in row.missing:
            words.append(f"\n{sentence}", "yellow")
        found.add_row(Text(row.id, "yellow" if row.missing else "green"), words)
    return found


def _named(known: Sequence[Look], wanted: Sequence[str]) -> Sequence[Look]:
    if unknown := set(wanted) - {look.id for look in known}:
        raise BadRequest(f"There is no look {min(unknown)!r}. Known: {', '.join(look.id for look in known)}.")
    return [look for look in known if look.id in wanted] if wanted else known


def _missing(look: Look, settings: Settings) -> tuple[str, ...]:
    config = settings.engine_config()
    packages = files.missing_packages()
    problems = files.check(look, config.assets, safety=config.diffusion.safety)
    return (*([f"{packages[0].upper()}{packages[1:]}: {files.EXTRA}"] if packages else []), *problems)


def _unloadable(look: Look, settings: Settings) -> tuple[str, ...]:
    """Loads it on the processor, which every machine has, and lets it go."""
    from pipeline.portrait.diffusion.families import load  # torch
    from pipeline.portrait.diffusion.painting import Device

    config = settings.engine_config()
    try:
        load(look, config.assets, Device("cpu"), safety=config.diffusion.safety)
    except ChatAnythingError as error:
        return (str(error),)
    return ()


def _row(look: Look, missing: tuple[str, ...]) -> Row:
    return Row(look.id, look.description, look.licence, look.source, look.steps, look.vram, missing)
