"""The report of `chatanything evaluate detection`: a table for the terminal, one JSON document, and Markdown with the
paper's figures beside ours."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from rich.console import Group
from rich.table import Table
from rich.text import Text

from bot.results import write_files
from pipeline import registry
from pipeline.errors import BadRequest
from pipeline.evaluation import sheets
from pipeline.evaluation.detection import DIFFUSERS, Bare, Plan, Report, categories, evaluate, identity
from pipeline.evaluation.detectors import DLIB, usable
from pipeline.evaluation.kept import BEFORE, Kept
from pipeline.evaluation.rates import Rate
from pipeline.portrait.diffusion.guidance import Mode
from pipeline.stages import EngineConfig
from pipeline.workers import Workers

PAPER = (("ChatAnything, no guidance", 57.0), ("ChatAnything, both guidances", 92.5))
"""Zhao et al. 2023, arXiv:2311.06772. Other concepts, other models, and a detector that it does not name."""
REPORT, PLOT = "report.md", "plot.png"


def plan(engine: str, modes: str, detectors: str, limit: int | None) -> Plan:
    """What the options ask for; lists with commas. Raises ``BadRequest`` for a mode that there is not."""
    named = _listed(modes)
    if not named or (unknown := set(named) - set(Mode)):
        wrong = f"There is no mode {min(unknown)!r}. " if named else ""
        raise BadRequest(f"{wrong}--modes takes some of {', '.join(Mode)}.")
    wanted = tuple(dict.fromkeys(Mode(mode) for mode in named))
    return Plan(engine=engine, modes=wanted, detectors=tuple(_listed(detectors)), limit=limit)


def _listed(words: str) -> list[str]:
    return [word.strip() for word in words.split(",") if word.strip()]


async def measure(
    config: EngineConfig, plan: Plan, out: Path, concurrency: int | None, tell: Callable[[str], None]
) -> tuple[Report, list[Path]]:
    """Goes on with the evaluation in ``out``, and writes report and pictures there, whose paths come with it.

    ``concurrency``: processes; None: as many as suit the painter. Raises as `detection.evaluate`.
    """
    if plan.engine not in registry.names("portrait"):
        raise BadRequest(f"There is no painter {plan.engine!r}. Known: {', '.join(registry.names('portrait'))}.")
    concurrency = concurrency or (1 if plan.engine == DIFFUSERS else 2)  # models are loaded by each
    plan = plan.model_copy(update={"detectors": usable(plan.detectors, tell)})
    kept = Kept(out, identity(config, plan))
    if kept.foreign:
        tell(f"What is there is of another set, painter or detector: it will be kept as {BEFORE}.")
    async with Workers({"voice": 1, "pictures": concurrency}) as workers:
        report = await evaluate(config, plan, workers, kept, tell)
    return report, _written(report, kept, config, out)


def _written(report: Report, kept: Kept, config: EngineConfig, out: Path) -> list[Path]:
    made = {REPORT: markdown(report).encode(), PLOT: sheets.plot(report, PAPER, config.assets)}
    made |= sheets.contact_sheets(report, kept.picture, config.assets)
    for old in out.glob("sheet-*.png"):  # of a longer run
        old.unlink()
    return write_files(out, made)


def table(report: Report, made: Sequence[Path] = ()) -> Group:
    """Categories first, then the summary, faceless pictures, what went wrong and the files that were ``made``."""
    parts: list[Table | Text] = []
    for head, rows in (_categories(report), _summary(report), _bare(report)):
        shown = Table(box=None, padding=(0, 2), header_style="dim")
        for number, title in enumerate(head):
            shown.add_column(title, justify="right" if number else "left")
        for row in rows:
            shown.add_row(*row)
        parts += [shown, Text()]
    parts += [Text(f"{row.subject}, {row.way}: {row.error}", "red") for row in report.errors]
    return Group(*parts, *(Text(str(path), "dim") for path in made))


def document(report: Report, made: Sequence[Path] = ()) -> dict[str, Any]:
    """For ``--json``: the rates, and every picture."""
    plan = report.plan
    return {
        "engine": plan.engine,
        "detectors": list(plan.detectors),
        "paper": dict(PAPER),
        "ways": {
            way: {
                "found": {name: _document(report.found(way, name)) for name in plan.detectors},
                "accepted": {name: _document(report.accepted(way, name)) for name in _judged(report)},
                "categories": {
                    category.id: {name: _document(report.found(way, name, category.id)) for name in plan.detectors}
                    for category in categories()
                },
                "animatable": _document(report.animatable(way)),
                "tries": _mean(row.tries for row in report.painted(way)),
                "seconds": _median(row.seconds for row in report.painted(way)),
                "seconds_with_ladder": _median(row.all_seconds for row in report.painted(way)),
            }
            for way in plan.ways
        },
        "faceless": {
            kind: {name: _document(report.found(kind, name)) for name in plan.detectors} for kind in map(str, Bare)
        },
        "files": [str(path.absolute()) for path in made],
        "pictures": [row.model_dump(mode="json", exclude_defaults=True) for row in report.rows],
    }


def markdown(report: Report) -> str:
    """Every table; sheets and plot lie beside it."""
    plan = report.plan
    count = len(report.painted(Bare.PLATE))
    lines = [f"# Faces found: {plan.engine}, {count} concepts", ""]
    lines += [f"Per cent of pictures, with Wilson's 95 % interval. ![The same as bars]({PLOT})", ""]
    for head, rows in (_beside(report), _categories(report), _summary(report), _bare(report)):
        lines += [*_markdown_table(head, rows), ""]
    if report.errors:
        lines += ["## Not painted", "", *(f"- {row.subject}, {row.way}: {row.error}" for row in report.errors), ""]
    return "\n".join(lines)


_Grid = tuple[list[str], list[list[str]]]


def _beside(report: Report) -> _Grid:
    """The paper's figures, and ours below them."""
    rows = [[title, "not stated", f"{percent:.1f}"] for title, percent in PAPER]
    rows += [
        [f"{report.plan.engine}, {way}", name, str(report.found(way, name))]
        for way in report.plan.ways
        for name in report.plan.detectors
    ]
    return ["", "detector", "a face is found, %"], rows


def _categories(report: Report) -> _Grid:
    ways = [(way, name) for way in report.plan.ways for name in report.plan.detectors]
    rows = [
        [category.title, *(str(report.found(way, name, category.id)) for way, name in ways)]
        for category in categories()
    ]
    total = ["all", *(str(report.found(way, name)) for way, name in ways)]
    return ["found, %", *(f"{way}, {name}" for way, name in ways)], [*rows, total]


def _summary(report: Report) -> _Grid:
    """What the gate says, what the ladder of remedies makes of it, and what it takes; a column per way."""
    plan, rows = report.plan, {way: report.painted(way) for way in report.plan.ways}
    gates = [
        [f"taken by the gate with {name}, %", *(str(report.accepted(way, name)) for way in plan.ways)]
        for name in _judged(report)
    ]
    off = {
        name: [_median(row.seen[name].off for row in rows[way]) for way in plan.ways]
        for name in _judged(report)
        if any(row.seen[name].off is not None for way in plan.ways for row in rows[way])
    }
    return ["", *plan.ways], [
        *gates,
        ["can be moved, %", *(str(report.animatable(way)) for way in plan.ways)],
        [
            "pictures painted for a portrait, mean",
            *(_shown(_mean(row.tries for row in rows[way])) for way in plan.ways),
        ],
        ["seconds a picture, median", *(_shown(_median(row.seconds for row in rows[way])) for way in plan.ways)],
        ["seconds a portrait, median", *(_shown(_median(row.all_seconds for row in rows[way])) for way in plan.ways)],
        *([f"points off with {name}, eye distances, median", *map(_shown, values)] for name, values in off.items()),
    ]


def _bare(report: Report) -> _Grid:
    titles = {Bare.PLATE: "portraits not yet given a face", Bare.TEXTURE: "textures"}
    rows = [
        [
            f"{len(report.painted(kind))} {title}",
            name,
            str(report.found(kind, name)),
            str(report.accepted(kind, name)) if name in _judged(report) else "-",
        ]
        for kind, title in titles.items()
        for name in report.plan.detectors
    ]
    return ["pictures without a face", "detector", "found, %", "taken by the gate, %"], rows


def _judged(report: Report) -> list[str]:
    """The detectors whose faces the gate can judge."""
    return [name for name in report.plan.detectors if name != DLIB]


def _markdown_table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    yield f"| {' | '.join(head)} |"
    yield f"|---|{'---:|' * (len(head) - 1)}"
    for row in rows:
        yield f"| {' | '.join(row)} |"


def _document(rate: Rate) -> dict[str, Any]:
    low, high = rate.interval
    return {"hits": rate.hits, "of": rate.of, "low": round(low, 2), "high": round(high, 2)}


def _mean(values: Iterable[float]) -> float | None:
    kept = list(values)
    return round(statistics.fmean(kept), 3) if kept else None


def _median(values: Iterable[float | None]) -> float | None:
    kept = [value for value in values if value is not None]
    return round(statistics.median(kept), 3) if kept else None


def _shown(value: float | None) -> str:
    return "-" if value is None else f"{value:.2f}"
