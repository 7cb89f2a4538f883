"""What was looked at, what was found, and what mends it."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Literal

from rich.console import Group
from rich.table import Table
from rich.text import Text

State = Literal["ok", "note", "missing"]
COLOURS: dict[State, str] = {"ok": "green", "note": "yellow", "missing": "red"}


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at. ``missing`` keeps the main job from working; ``note`` does not."""

    what: str
    state: State
    sentence: str
    remedy: str | None = None


@dataclass(frozen=True, slots=True)
class Findings:
    """All that was looked at."""

    findings: tuple[Finding, ...]

    @property
    def healthy(self) -> bool:
        """Whether the main job can run."""
        return all(finding.state != "missing" for finding in self.findings)

    def document(self) -> dict[str, Any]:
        """For ``--json``."""
        return {"healthy": self.healthy, "findings": [asdict(finding) for finding in self.findings]}


def report(findings: Findings) -> Group:
    """For the terminal."""
    table = Table.grid(padding=(0, 2))
    table.add_column(no_wrap=True)
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    for finding in findings.findings:
        words = Text(finding.sentence)
        if finding.remedy:
            words.append(f"\n{finding.remedy}", "bold")
        table.add_row(Text(finding.state, COLOURS[finding.state]), finding.what, words)
    last = "Ready to summon." if findings.healthy else "Something is missing: the commands in bold mend it."
    return Group(table, Text(f"\n{last}", "bold"))
