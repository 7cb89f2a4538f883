"""Requests for the operator: what was asked for, where it stands, what went wrong. What people wrote is not shown."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rich.table import Table
from rich.text import Text

from storage.asked import Request, State
from storage.steps import Step, StepState


def request_table(found: Sequence[tuple[Request, Sequence[Step]]]) -> Table | Text:
    """One line per request."""
    if not found:
        return Text("Nobody has asked for anything yet.")
    table = Table(box=None, padding=(0, 2), header_style="dim")
    for title in ("id", "asked", "what", "state"):
        table.add_column(title, no_wrap=True)
    table.add_column("why", overflow="fold")
    for request, steps in found:
        why = request.error or next((step.error for step in steps if step.error), "") or ""
        when = f"{request.created_at:%m-%d %H:%M}"
        table.add_row(request.id, when, request.kind, _standing(request, steps), Text(why))
    return table


def request_document(request: Request, steps: Sequence[Step]) -> dict[str, Any]:
    """For ``--json``; times in UTC, seconds of each step."""
    stamps = {name: getattr(request, name) for name in ("created_at", "begun_at", "ended_at")}
    return {
        "id": request.id,
        "kind": request.kind,
        "state": request.state,
        "platform": request.platform,
        "persona": request.persona_id,
        "error": request.error,
        **{name: stamp and stamp.isoformat() for name, stamp in stamps.items()},
        "steps": [
            {
                "stage": step.stage,
                "state": step.state,
                "attempts": step.attempts,
                "seconds": step.seconds,
                "error": step.error,
            }
            for step in steps
        ],
    }


def _standing(request: Request, steps: Sequence[Step]) -> str:
    """The state; of an open request, the stages that are worked on or wait for a worker."""
    going = [step.stage for step in steps if step.state in (StepState.RUNNING, StepState.READY)]
    return ", ".join(going) if request.state is State.OPEN and going else request.state
