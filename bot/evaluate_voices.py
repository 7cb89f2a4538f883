"""The report of `chatanything evaluate voices`: a table for the terminal and one JSON document."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from rich.console import Group
from rich.table import Table
from rich.text import Text

from bot import engines
from bot.settings import Settings
from pipeline import registry
from pipeline.errors import EngineUnavailable
from pipeline.evaluation import voices
from pipeline.evaluation.voices import Cast, Report, figures
from pipeline.hearing import whisper


async def measure(
    settings: Settings, engine: str | None, limit: int | None, words: int, tell: Callable[[str], None]
) -> Sequence[Report]:
    """The texts by the demo writer, so that every run casts the same people; the engines that are here, or one.

    ``limit``: texts; ``words``: sentences that are spoken and listened to for each kind of voice; 0: none. Raises
    ``EngineUnavailable`` where nothing here can listen.
    """
    if words and not whisper.installed():
        raise EngineUnavailable("The model that listens is not installed.", remedy=whisper.REMEDY)
    chosen = engines.engines(await engines.choose(settings, engine)).voice
    names = (engine,) if engine else dict.fromkeys((chosen, "hibari"))
    mind = registry.load("mind", "scripted")(settings.engine_config())
    people = await voices.people(mind, limit)
    found = []
    for name in names:
        report = voices.cast(name, people)
        if words:
            report = voices.listened(report, registry.create("voice", name, settings.engine_config()), words, tell)
        found.append(report)
    return found


def table(reports: Sequence[Report]) -> Group:
    """The engines beside each other, then what was not as expected."""
    main = Table(box=None, padding=(0, 2), header_style="dim")
    main.add_column(f"Voices for {len(reports[0].cast)} texts")
    columns = [figures(report) for report in reports]
    for report in reports:
        main.add_column(report.engine, justify="right")
    main.add_column("")
    for row in zip(*columns, strict=True):
        main.add_row(row[0].title, *map(str, row), Text(row[0].unit, "dim"))
    missed = [Text(f"{report.engine}: {_missed(one)}", "yellow") for report in reports for one in _wrong(report)]
    return Group(main, *([Text(), *missed] if missed else []))


def document(reports: Sequence[Report]) -> dict[str, Any]:
    """For ``--json``: by engine, the figures by key, every voice, and every word that was misheard."""
    return {
        report.engine: {
            "figures": {one.key: one.value if one.value is None else round(one.value, 3) for one in figures(report)},
            "missed": [_missed(one) for one in _wrong(report)],
            "voices": [one.model_dump(mode="json", exclude_none=True) for one in report.cast],
            "understood": [one.model_dump(mode="json") for one in report.understood],
        }
        for report in reports
    }


def _wrong(report: Report) -> list[Cast]:
    return [one for one in report.cast if one.right("gender") is False or one.right("age") is False]


def _missed(one: Cast) -> str:
    wanted = ", ".join(str(what) for what in (one.expected.age, one.expected.gender) if what)
    return f"{one.expected.text}: {wanted} expected, {one.heard.age}, {one.heard.gender} heard ({one.recipe.reason})"
