"""The report of `chatanything evaluate lipsync`: a table for the terminal, one JSON document, and a folder with the
figures as Markdown and a contact sheet per portrait."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from rich.console import Group
from rich.table import Table
from rich.text import Text

from bot import engines
from bot.results import write_text
from bot.settings import Settings
from pipeline.evaluation.figures import Figure
from pipeline.evaluation.lipsync import Report, evaluate
from pipeline.evaluation.synchrony import Measured, figures
from pipeline.speak import Studio
from pipeline.workers import Workers

_COLUMNS = {
    "correlation": "correlation",
    "lag": "lag, frames",
    "closed": "P/B/M shut, %",
    "silence": "silence, %",
    "first": "first frame",
    "background": "beyond head",
    "lids": "lids meet, %",
    "brows": "brows fall, px",
}
"""The figures that are shown for each portrait, and their short titles."""


async def measure(settings: Settings, limit: int | None, tell: Callable[[str], None]) -> Report:
    """Measure the configured animator, a portrait per processor at a time. Kokoro speaks along where its voices are
    here; ``limit``: sentences per portrait; ``tell`` hears what is being done."""
    names = engines.engines(await engines.choose(settings))
    voices = ("hibari", "kokoro") if names.voice == "kokoro" else ("hibari",)
    async with Workers({"voice": 1, "pictures": max(1, min(4, os.cpu_count() or 1))}) as workers:
        return await evaluate(Studio(settings.engine_config(), workers, names.animation), voices, tell, limit)


def table(report: Report) -> Group:
    """Medians over all portraits, then the portraits beside each other."""
    main = Table(box=None, padding=(0, 2), header_style="dim")
    main.add_column(_subject(report))
    main.add_column("", justify="right")
    main.add_column("")
    for figure in figures(report.rows):
        main.add_row(figure.title, str(figure), Text(figure.unit, "dim"))
    each = Table(box=None, padding=(0, 1), header_style="dim")
    each.add_column("portrait")
    each.add_column("moved by")
    for title in _COLUMNS.values():
        each.add_column(title, justify="right", max_width=12)
    for row in report.rows:
        each.add_row(row.id, row.animation, *(str(figure) for figure in _shown(row)))
    skipped = [Text(f"{one.id} was left out: {one.why}", "red") for one in report.skipped]
    return Group(main, Text(), each, *skipped)


def document(report: Report) -> dict[str, Any]:
    """For ``--json``: the figures by key, of all portraits and of each, and what was left out."""
    return {
        "sentences": report.sentences,
        "voices": report.voices,
        "figures": _by_key(figures(report.rows)),
        "portraits": {
            row.id: {"kind": row.kind, "animation": row.animation, **_by_key(figures([row]))} for row in report.rows
        },
        "skipped": {one.id: one.why for one in report.skipped},
    }


def markdown(report: Report) -> str:
    """The tables, for a file."""
    rows = [f"| {figure.title} | {f'{figure} {figure.unit}'.strip()} |" for figure in figures(report.rows)]
    head = f"| portrait | moved by | {' | '.join(_COLUMNS.values())} |"
    each = [f"| {row.id} | {row.animation} | {' | '.join(map(str, _shown(row)))} |" for row in report.rows]
    return "\n".join([
        f"# {_subject(report)}", "", "| figure | |", "|---|---:|", *rows,
        "", head, f"|---|---|{'---:|' * len(_COLUMNS)}", *each,
        *(f"\n{one.id} was left out: {one.why}" for one in report.skipped), "",
    ])  # fmt: skip


def write(report: Report, out: Path) -> None:
    """``lipsync.md`` and a picture per portrait into a folder."""
    write_text(out / "lipsync.md", markdown(report))
    for name, sheet in report.sheets.items():
        (out / f"{name}.png").write_bytes(sheet)


def _subject(report: Report) -> str:
    return f"Lip sync: {len(report.rows)} portraits, {report.sentences} sentences, {len(report.voices)} voices"


def _shown(row: Measured) -> list[Figure]:
    return [figure for figure in figures([row]) if figure.key in _COLUMNS]


def _by_key(found: tuple[Figure, ...]) -> dict[str, float | None]:
    return {figure.key: None if figure.value is None else round(figure.value, 3) for figure in found}
