"""Texts by id and language. They are kept as Fluent resources (https://projectfluent.org), a folder for each language.

What a person typed goes in as a value: it is never read as Fluent, so nothing in it is formatted or executed.

An id begins with the name of its file (``places-not-allowed`` stands in ``places.ftl``) and is written out in the code,
never put together, so that a test can find those that are missing or not needed any more, and values that a text
lacks. What Discord shows of commands is found by their names instead (`bot.discord.naming`), and what the pipeline says
by its English (`bot.localisation.foreign`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from importlib.resources import files
from types import MappingProxyType

from fluent.runtime import FluentBundle, FluentResource
from fluent.runtime.types import FluentType
from fluent.syntax import ast

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
        for bundle in self._bundles:
            message = bundle.get_message(id_) if bundle.has_message(id_) else None
            pattern = message and (message.attributes.get(attribute) if attribute else message.value)
            if pattern:
                text, errors = bundle.format_pattern(pattern, {name: _plain(one) for name, one in values.items()})
                if errors:
                    raise LookupError(f"{id_} in {self.language}: {errors[0]}")
                return str(text)
        return None


class _Plain(str, FluentType):
    """A value of any length: of a bare string the library takes 2500 characters."""

    def format(self, *args: object, **kwargs: object) -> str:
        """As it is, in any locale."""
        return self


def texts(language: str | None = None) -> Texts:
    """The texts of the nearest language: ``de-AT`` gives German, what nobody translated English."""
    return _texts(nearest(language))


def nearest(tag: str | None) -> str:
    """One of ``LANGUAGES`` for a tag of BCP 47."""
    primary = (tag or SOURCE).replace("_", "-").split("-")[0].lower()
    return primary if primary in LANGUAGES else SOURCE


def resources(language: str) -> Iterator[tuple[str, ast.Resource]]:
    """The files of a language, by name."""
    for file in sorted((files("bot.localisation") / language).iterdir(), key=lambda one: one.name):
        if file.name.endswith(".ftl"):
            yield file.name, FluentResource(file.read_text(encoding="utf-8"))


def _plain(value: str | float) -> str | float:
    return _Plain(value) if isinstance(value, str) else value


@cache
def _texts(language: str) -> Texts:
    return Texts(language)


@cache
def _bundle(language: str) -> FluentBundle:
    bundle = FluentBundle([language], use_isolating=False)  # chats show the isolating marks as boxes here and there
    for _, resource in resources(language):
        bundle.add_resource(resource)
    return bundle
