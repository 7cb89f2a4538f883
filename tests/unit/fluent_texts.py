"""Reads texts as the tests of them need it."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from functools import cache

from fluent.syntax import ast as fluent
from fluent.syntax.visitor import Visitor

from bot.localisation.bundles import resources
from bot.localisation.texts import SOURCE, texts

NAMED = ("cmd-", "opt-", "choice-", "menu-", "error-", "telegram-command-")
"""Texts found by the name of a command or of an error: see `bot.discord.naming` and `bot.localisation.foreign`."""

FOUND = ("pipeline-", "offers-")
"""Texts that are found by their English."""

NUMBERS = (0, 1, 1_000_000)


class Reading(Visitor):
    """What stands in a text."""

    def __init__(self, entry: fluent.Message) -> None:
        self.variables: set[str] = set()
        self.references: set[str] = set()
        self.selected: dict[str, set[str]] = {}
        """Variants by the variable that chooses among them."""
        self.visit(entry)

    def visit_VariableReference(self, node: fluent.VariableReference) -> None:  # noqa: N802
        self.variables.add(node.id.name)

    def visit_MessageReference(self, node: fluent.MessageReference) -> None:  # noqa: N802
        self.references.add(node.id.name)

    def visit_SelectExpression(self, node: fluent.SelectExpression) -> None:  # noqa: N802
        if isinstance(node.selector, fluent.VariableReference):
            keys = (one.key for one in node.variants)
            names = {key.name if isinstance(key, fluent.Identifier) else key.value for key in keys}
            self.selected.setdefault(node.selector.id.name, set()).update(names)
        self.generic_visit(node)


@cache
def messages(language: str) -> Mapping[str, fluent.Message]:
    entries = (entry for _, resource in resources(language) for entry in resource.body)
    return {entry.id.name: entry for entry in entries if isinstance(entry, fluent.Message)}


@cache
def reading(language: str, id_: str) -> Reading:
    """Of a text and those that it refers to."""
    found = Reading(messages(language)[id_])
    for other in list(found.references):
        more = reading(language, other)
        found.variables |= more.variables
        found.references |= more.references
        for variable, variants in more.selected.items():
            found.selected.setdefault(variable, set()).update(variants)
    return found


def samples(language: str, id_: str) -> Iterator[dict[str, str | float]]:
    """Values of each kind for all variables."""
    found, source = reading(language, id_), reading(SOURCE, id_)
    choices: list[Sequence[str | float]] = []
    names = sorted(found.variables | source.variables)
    for name in names:
        variants = found.selected.get(name, set()) | source.selected.get(name, set())
        numeric = all(one in ("one", "other") or one.isdecimal() for one in variants)
        choices.append(("Pip",) if not variants else NUMBERS if numeric else sorted(variants))
    for values in itertools.product(*choices):
        yield dict(zip(names, values, strict=True))


@cache
def rendered(language: str) -> Sequence[tuple[str, str]]:
    """All that can be said in a language."""
    entries = ((id_, entry) for id_, entry in messages(language).items() if id_ in messages(SOURCE) and entry.value)
    return [(id_, texts(language)(id_, **values)) for id_, _ in entries for values in samples(language, id_)]
