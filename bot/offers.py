"""What people can choose from, for menus of any platform."""

from __future__ import annotations

from collections.abc import Mapping

from pipeline.errors import BadRequest
from pipeline.portrait.style import styles


def looks() -> Mapping[str, str]:
    """Styles of portraits: id, and what it looks like."""
    return {style.id: style.description for style in styles().values()}


def look(wished: str | None) -> str | None:
    """The style that a person means, None for any. Raises ``BadRequest`` for one that nobody knows."""
    wanted = (wished or "").strip().lower() or None
    if wanted is not None and wanted not in looks():
        raise BadRequest(f"I do not know that style. There is {', '.join(looks())}.")
    return wanted
