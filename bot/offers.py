"""What people can choose from, for menus of any platform."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Self

from bot.localisation.refusals import Refusal
from bot.settings import Settings
from pipeline.portrait.diffusion import looks as diffusion
from pipeline.portrait.style import styles
from pipeline.voice import wishes

LONGEST_STYLE = 100
"""Characters of a style in words."""


@dataclass(frozen=True, slots=True)
class Offers:
    """``looks``: styles of portraits, by id, and what each looks like. ``in_words``: whether the painter also finds
    the look that other words mean."""

    looks: Mapping[str, str]
    in_words: bool = False

    @classmethod
    def of(cls, settings: Settings) -> Self:
        """What the painter of these settings knows."""
        if settings.portrait == "diffusers":
            rows = diffusion.looks(settings.engine_config().diffusion.styles)
            return cls({row.id: row.description for row in rows}, in_words=True)
        return cls({style.id: style.description for style in styles().values()})

    def look(self, wished: str | None) -> str | None:
        """The style that a person means, None for any. Raises ``Refusal`` for one that nobody knows."""
        wanted = " ".join((wished or "").lower().split()) or None
        if wanted is None or wanted in self.looks or (self.in_words and len(wanted) <= LONGEST_STYLE):
            return wanted
        raise Refusal("summoning-unknown-style", styles=", ".join(self.looks))


def voices() -> Sequence[str]:
    """Voices in words, such as "an old witch, creaky, sharp, spiteful and sly". Any other words will do as well."""
    return wishes.suggestions()
