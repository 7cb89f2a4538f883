"""The report of `chatanything evaluate portraits`: a table for the terminal, and one JSON document."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from rich.console import Group
from rich.table import Table
from rich.text import Text

from bot.results import write_files
from pipeline.evaluation import portraits
from pipeline.evaluation.kept import BEFORE, Kept, Row
from pipeline.evaluation.portraits import Plan, Report, Verdict
from pipeline.evaluation.rates import Rate
from pipeline.stages import EngineConfig
from pipeline.workers import Workers


def choose(config: EngineConfig, limit: int | None) -> Report:
    """What would be painted."""
    return Report(rows=tuple(portraits.chosen(config, Plan(limit=limit))))


async def measure(
    config: EngineConfig, limit: int | None, out: Path, concurrency: int, tell: Callable[[str], None]
) -> tuple[Report, list[Path]]:
    """Goes on with the evaluation in ``out``, and writes contact sheets there, whose paths come with it.

    Raises ``StorageFailed`` when the folder cannot be written.
    """
    kept = Kept(out, portraits.identity())
    if kept.foreign:
        tell(f"What is there is of another set or painter: it will be kept as {BEFORE}.")
    async with Workers({"voice": 1, "pictures": concurrency}) as workers:
        report = await portraits.evaluate(config, Plan(limit=limit), workers, kept, tell)
    return report, _written(report, kept, config, out)


def _written(report: Report, kept: Kept, config: EngineConfig, out: Path) -> list[Path]:
    for old in out.glob("sheet-*.png"):  # of a longer run
        old.unlink()
    return write_files(out, portraits.contact_sheets(report, kept, config))


def table(report: Report, made: Sequence[Path] = ()) -> Group:
    """Categories, what is wrong, figures, and the files that were ``made``."""
    shown = Table(box=None, padding=(0, 2), header_style="dim")
    for number, title in enumerate(("subjects, %", *Verdict)):
        shown.add_column(title, justify="right" if number else "left")
    for category in (*dict.fromkeys(row.category for row in report.drawn), None):
        shown.add_row(category or "all", *(str(report.share(verdict, category)) for verdict in Verdict))
    lines = [f"{row.subject}: {verdict}, {row.reason}" for row, verdict in _missed(report)]
    lines += [f"{title}: {value}" for title, value in _figures(report)]
    errors = [Text(f"{row.subject}, {row.way}: {row.error}", "red") for row in report.errors]
    return Group(shown, Text(), *map(Text, lines), *errors, *(Text(str(path), "dim") for path in made))


def document(report: Report, made: Sequence[Path] = ()) -> dict[str, Any]:
    """For ``--json``: the rates, and every picture."""
    return {
        "subjects": {verdict: _document(report.share(verdict)) for verdict in Verdict},
        "figures": dict(_figures(report)),
        "files": [str(path.absolute()) for path in made],
        "pictures": [
            row.model_dump(mode="json", exclude_defaults=True)
            | ({"verdict": portraits.judged(row.subject, row.art)} if row in report.drawn else {})
            for row in report.rows
        ],
    }


def _missed(report: Report) -> list[tuple[Row, Verdict]]:
    judged = [(row, portraits.judged(row.subject, row.art)) for row in report.drawn]
    return [(row, verdict) for row, verdict in judged if verdict is not Verdict.RIGHT]


def _figures(report: Report) -> list[tuple[str, str]]:
    """None of them where nothing was painted."""
    seconds = [row.seconds for row in report.drawn if row.seconds is not None]
    if not seconds:
        return []
    return [
        ("a face is found, %", str(report.found(report.drawn))),
        ("a face is found in pictures that have none, %", str(report.found(report.plates))),
        ("seconds a portrait, median", f"{statistics.median(seconds):.2f}"),
        ("seconds a portrait, most", f"{max(seconds):.2f}"),
    ]


def _document(rate: Rate) -> dict[str, Any]:
    low, high = rate.interval
    return {"hits": rate.hits, "of": rate.of, "low": round(low, 2), "high": round(high, 2)}
