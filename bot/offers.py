"""What people can choose from, for menus of any platform."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bot.localisation.refusals import Refusal
from pipeline.portrait.style import styles
from pipeline.voice import wishes


def looks() -> Mapping[str, str]:
    """Styles of portraits: id, and what it looks like."""
    return {style.id: style.description for style in styles().values()}


def look(wished: str | None) -> str | None:
    """The style that a person means, None for any. Raises ``Refusal`` for one that nobody knows."""
    wanted = (wished or "").strip().lower() or None
    if wanted is not None and wanted not in looks():
        raise Refusal("summoning-unknown-style", styles=", ".join(looks()))
    return wanted


def voices() -> Sequence[str]:
    """Voices in words, such as "an old witch, creaky, sharp, spiteful and sly". Any other words will do as well."""
    return wishes.suggestions()
