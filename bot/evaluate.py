"""The report of `chatanything evaluate mind`: a table for the terminal, one JSON document, and Markdown with every
word that was said."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator
from typing import Any

from rich.console import Group
from rich.table import Table
from rich.text import Text

from pipeline.evaluation import figures as counted
from pipeline.evaluation import signs
from pipeline.evaluation.figures import Figure, by_category, figures
from pipeline.evaluation.mind import Character, Reply, Report

_WIDTH = 110


def table(report: Report) -> Group:
    """Figures, the categories beside each other, and what went wrong."""
    main = Table(box=None, padding=(0, 2), header_style="dim", title_justify="left")
    main.add_column(_subject(report))
    main.add_column("", justify="right")
    main.add_column("")
    for figure in figures(report):
        main.add_row(figure.title, str(figure), Text(_unit(figure), "dim"))
    parts: list[Table | Text] = [main, Text(), _categories(report)]
    parts += [Text(f"{name}: {error}", "red") for name, error in _errors(report)]
    return Group(*parts)


def _categories(report: Report) -> Table:
    found = by_category(report)
    small = Table(box=None, padding=(0, 2), header_style="dim")
    small.add_column("category")
    for figure in next(iter(found.values()), ()):
        small.add_column(_headed(figure), justify="right", max_width=16)
    for category, row in found.items():
        small.add_row(category, *map(str, row))
    return small


def document(report: Report) -> dict[str, Any]:
    """For ``--json``: the figures by key, the same per category, and all that was said and used."""
    return {
        "mind": report.mind,
        "figures": {figure.key: _rounded(figure) for figure in figures(report)},
        "categories": {
            category: {figure.key: _rounded(figure) for figure in row} for category, row in by_category(report).items()
        },
        "characters": [row.model_dump(mode="json", exclude_defaults=True) for row in report.characters],
    }


def markdown(report: Report, *, transcripts: bool = True) -> str:
    """Figures first, then everybody's card and conversation."""
    lines = [f"# {_subject(report)}", "", *figure_table(report), "", *_category_table(report)]
    if errors := list(_errors(report)):
        lines += ["", "## What went wrong", "", *_fenced(f"{name}: {error}" for name, error in errors)]
    if transcripts:
        for row in report.characters:
            lines += ["", *_transcript(row)]
    return "\n".join(lines) + "\n"


def figure_table(report: Report) -> list[str]:
    """The figures as rows of a Markdown table."""
    rows = [f"| {figure.title} | {f'{figure} {_unit(figure)}'.strip()} |" for figure in figures(report)]
    return ["| figure | |", "|---|---:|", *rows]


def _category_table(report: Report) -> list[str]:
    found = by_category(report)
    titles = [_headed(figure) for figure in next(iter(found.values()), ())]
    rows = [f"| {category} | {' | '.join(map(str, row))} |" for category, row in found.items()]
    return [f"| category | {' | '.join(titles)} |", f"|---|{'---:|' * len(titles)}", *rows]


def _transcript(row: Character) -> Iterator[str]:
    """Concepts are ours; the rest was written by a mind and stands in a fence, where it cannot be anything but text."""
    yield f"## {row.concept.text}"
    yield ""
    yield from _fenced(_told(row))


def _told(row: Character) -> Iterator[str]:
    if row.persona is None:
        yield row.error or ""
        return
    persona = row.persona
    yield f"{persona.name}: {persona.tagline}"
    yield persona.personality
    yield f"[{persona.temper}; {persona.age}, {persona.gender}, {persona.size}; {persona.mood}; {persona.language}]"
    yield f"likes: {', '.join(persona.likes)}; dislikes: {', '.join(persona.dislikes)}"
    yield f"says: {persona.catchphrase}; talks: {persona.habits or '-'}"
    yield f"looks: {persona.appearance}"
    yield f"sounds: {persona.voice_wish}"
    yield f"greeting: {persona.greeting}"
    for sample in persona.samples:
        yield f"sample: {sample}"
    for index, reply in enumerate(row.replies):
        yield ""
        yield f"- {reply.question}"
        yield f"{persona.name} [{reply.mood or '?'}]: {reply.text}" if reply.text else f"({reply.error})"
        if remarks := "; ".join(_remarks(row, index, reply)):
            yield f"    !! {remarks}"


def _remarks(row: Character, index: int, reply: Reply) -> Iterator[str]:
    """Which figures a reply counts against: a figure that cannot be looked up cannot be believed."""
    if phrase := signs.assistant_phrase(reply.text):
        yield f"assistant phrase: {phrase}"
    if sentence := counted.repeats(row, index):
        yield f"said before: {sentence}"
    if counted.leaks(row, reply):
        yield "leaks prompt or labels"
    if counted.recites(row, reply):
        yield "recites a sample line"
    if reply.reasks:
        yield "asked for again"
    if reply.text and reply.error:
        yield reply.error
    yield from reply.notices


def _fenced(lines: Iterator[str]) -> Iterator[str]:
    """The lines, wrapped, in a fence longer than any in them."""
    text = "\n".join(
        textwrap.fill(line, _WIDTH, subsequent_indent="    ", break_on_hyphens=False) for line in map(_one_line, lines)
    )
    fence = "`" * max(3, *(len(run) + 1 for run in re.findall("`+", text)), 3)
    yield f"{fence}text"
    yield text
    yield fence


def _one_line(text: str) -> str:
    indent = text[: len(text) - len(text.lstrip(" "))]
    return indent + " ".join(text.split())


def _errors(report: Report) -> Iterator[tuple[str, str]]:
    for row in report.characters:
        if row.error:
            yield row.concept.text, row.error
        for reply in row.replies:
            if reply.error:
                yield f"{row.concept.text}, {reply.kind}", reply.error


def _subject(report: Report) -> str:
    replies = sum(len(row.replies) for row in report.characters)
    return f"Mind {report.mind}: {len(report.characters)} concepts, {replies} questions"


def _headed(figure: Figure) -> str:
    return f"{figure.title}, %" if figure.unit == "%" else figure.title


def _unit(figure: Figure) -> str:
    return "" if figure.value is None else figure.unit


def _rounded(figure: Figure) -> float | None:
    return None if figure.value is None else round(figure.value, 3)
