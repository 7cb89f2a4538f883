"""Texts by id and language. They are kept as Fluent resources (https://projectfluent.org), a folder for each language.

What a person typed goes in as a value: it is never read as Fluent, so nothing in it is formatted or executed.

An id begins with the name of its file (``places-not-allowed`` stands in ``places.ftl``) and is written out in the code,
never put together, so that a test can find those that are missing or not needed any more, and values that a text
lacks. What Discord shows of commands is found by their names instead (`bot.discord.naming`), and what the pipeline says
by its English (`bot.localisation.foreign`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache, cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fluent.runtime import FluentBundle

SOURCE = "en"
LANGUAGES: Sequence[str] = (SOURCE, "de", "fr", "es", "ja", "zh")
NAMES = MappingProxyType(
    {"en": "English", "de": "Deutsch", "fr": "Français", "es": "Español", "ja": "日本語", "zh": "中文"}
)
"""As those who speak it call it."""


class Texts:
    """What the bot says in one language; where a text is missing there, in English."""

    def __init__(self, language: str) -> None:
        self.language = language

    @cached_property
    def _bundles(self) -> Sequence[FluentBundle]:
        """Read when something is said: Fluent's library is large, and most commands say nothing through it."""
        from bot.localisation.bundles import bundle

        return [bundle(one) for one in dict.fromkeys((self.language, SOURCE))]

    def __call__(self, id_: str, **values: str | float) -> str:
        """The text of that id with its values filled in. Raises ``LookupError`` for an id that is nowhere, and for a
        value that is not given."""
        text = self._find(id_, None, values)
        if text is None:
            raise LookupError(f"There is no text {id_}.")
        return text

    def find(self, id_: str, attribute: str | None = None) -> str | None:
        """A text without values, or an attribute of it; None where there is none."""
        return self._find(id_, attribute, {})

    def _find(self, id_: str, attribute: str | None, values: Mapping[str, str | float]) -> str | None:
        from bot.localisation.bundles import plain

        for bundle in self._bundles:
            message = bundle.get_message(id_) if bundle.has_message(id_) else None
            pattern = message and (message.attributes.get(attribute) if attribute else message.value)
            if pattern:
                text, errors = bundle.format_pattern(pattern, {name: plain(one) for name, one in values.items()})
                if errors:
                    raise LookupError(f"{id_} in {self.language}: {errors[0]}")
                return str(text)
        return None


def texts(language: str | None = None) -> Texts:
    """The texts of the nearest language: ``de-AT`` gives German, what nobody translated English."""
    return _texts(nearest(language))


def nearest(tag: str | None) -> str:
    """One of ``LANGUAGES`` for a tag of BCP 47."""
    primary = (tag or SOURCE).replace("_", "-").split("-")[0].lower()
    return primary if primary in LANGUAGES else SOURCE


@cache
def _texts(language: str) -> Texts:
    return Texts(language)
