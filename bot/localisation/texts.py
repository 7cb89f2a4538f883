"""Texts by id and language. They are kept as Fluent resources (https://projectfluent.org), a folder for each language.

What a person typed goes in as a value: it is never read as Fluent, so nothing in it is formatted or executed.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from types import MappingProxyType

from fluent.runtime import FluentBundle, FluentResource

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
        self._bundles = [_bundle(one) for one in dict.fromkeys((language, SOURCE))]

    def __call__(self, id_: str, **values: str | float) -> str:
        """The text of that id with its values filled in. Raises ``LookupError`` for an id that is nowhere."""
        for bundle in self._bundles:
            if bundle.has_message(id_) and (pattern := bundle.get_message(id_).value) is not None:
                text, errors = bundle.format_pattern(pattern, values)
                if errors:
                    raise LookupError(f"{id_} in {self.language}: {errors[0]}")
                return str(text)
        raise LookupError(f"There is no text {id_}.")


@cache
def texts(language: str | None = None) -> Texts:
    """The texts of the nearest language: ``de-AT`` gives German, what nobody translated English."""
    return Texts(nearest(language))


def nearest(tag: str | None) -> str:
    """One of ``LANGUAGES`` for a tag of BCP 47."""
    primary = (tag or SOURCE).replace("_", "-").split("-")[0].lower()
    return primary if primary in LANGUAGES else SOURCE


@cache
def _bundle(language: str) -> FluentBundle:
    bundle = FluentBundle([language], use_isolating=False)  # chats show the isolating marks as boxes here and there
    folder = files("bot.localisation") / language
    for name in sorted(entry.name for entry in folder.iterdir() if entry.name.endswith(".ftl")):
        bundle.add_resource(FluentResource((folder / name).read_text(encoding="utf-8")))
    return bundle
