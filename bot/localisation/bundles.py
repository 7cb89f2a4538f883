"""The files of the languages, as Fluent's library reads them."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from importlib.resources import files

from fluent.runtime import FluentBundle, FluentResource
from fluent.runtime.types import FluentType
from fluent.syntax import ast


class _Plain(str, FluentType):
    """A value of any length: of a bare string the library takes 2500 characters."""

    def format(self, *args: object, **kwargs: object) -> str:
        """As it is, in any locale."""
        return self


def resources(language: str) -> Iterator[tuple[str, ast.Resource]]:
    """The files of a language, by name."""
    for file in sorted((files("bot.localisation") / language).iterdir(), key=lambda one: one.name):
        if file.name.endswith(".ftl"):
            yield file.name, FluentResource(file.read_text(encoding="utf-8"))


def plain(value: str | float) -> str | float:
    """A value for a text."""
    return _Plain(value) if isinstance(value, str) else value


@cache
def bundle(language: str) -> FluentBundle:
    """All texts of a language."""
    bundle = FluentBundle([language], use_isolating=False)  # chats show the isolating marks as boxes here and there
    for _, resource in resources(language):
        bundle.add_resource(resource)
    return bundle
