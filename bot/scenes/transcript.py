"""A scene as a Markdown document. What people and characters said stands in it as text, whatever it holds."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime

from bot.localisation.texts import Texts
from storage.lines import LineKind, SceneLine
from storage.scenes import Scene

_MARK = re.compile(r"[\\`*_\[\]<>|~&$#]")
_BLOCK = re.compile(r"^(\s*)([+\-=:]|\d+(?=[.)]))", re.MULTILINE)
_LINK = re.compile(r"(?i)\b(https?|ftp|mailto)(:)|\b(www)(\.)")


def transcript(scene: Scene, lines: Sequence[SceneLine], tongue: Texts) -> str:
    """Title, who took part, that it was written by an AI, and each line with its time (UTC)."""
    names = {kind: list(dict.fromkeys(line.name for line in lines if line.kind is kind)) for kind in LineKind}
    cast, people = (", ".join(map(_name, names[kind])) for kind in (LineKind.PERSONA, LineKind.PERSON))
    head = [
        f"# {_name(scene.title) or tongue('scenes-untitled')}",
        f"> {tongue('scenes-ai-note')}",
        "\n".join(
            f"- {row}"
            for row in (
                _span(lines),
                tongue("scenes-characters", names=cast) if cast else "",
                tongue("scenes-people", names=people) if people else "",
            )
            if row
        ),
        "---",
    ]
    return "\n\n".join([*head, *map(_line, lines)]) + "\n"


def escaped(text: str) -> str:
    """Text that Markdown shows letter for letter; its line breaks stay."""
    marked = _MARK.sub(lambda mark: f"\\{mark[0]}", text.strip())
    linked = _LINK.sub(lambda link: f"{link[1] or link[3]}\\{link[2] or link[4]}", marked)
    rows = [_BLOCK.sub(_blocked, row.strip()) for row in linked.splitlines() if row.strip()]
    return "\\\n".join(rows)


def _blocked(found: re.Match[str]) -> str:
    if found[2].isdigit():
        return f"{found[1]}{found[2]}\\"
    return f"{found[1]}\\{found[2]}"


def _line(line: SceneLine) -> str:
    if line.kind is LineKind.NARRATOR:
        return "\\\n".join(f"*{row}*" for row in escaped(line.text).split("\\\n"))
    return f"**{_name(line.name)}** {line.at:%H:%M}\\\n{escaped(line.text)}"


def _name(name: str) -> str:
    return escaped(" ".join(name.split()))


def _span(lines: Sequence[SceneLine]) -> str:
    first, last = lines[0].at, lines[-1].at
    return f"{first:%Y-%m-%d %H:%M} – {_until(first, last)} UTC"


def _until(first: datetime, last: datetime) -> str:
    return f"{last:%H:%M}" if first.date() == last.date() else f"{last:%Y-%m-%d %H:%M}"
