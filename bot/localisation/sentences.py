"""What is said in English, to be found again by its words."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache

from fluent.syntax import ast

from bot.localisation.bundles import resources
from bot.localisation.texts import SOURCE


@cache
def known() -> tuple[Mapping[str, str], Sequence[tuple[str, re.Pattern[str]]]]:
    """Ids by their English, and those of ``pipeline.ftl`` that have values with a pattern that finds these again."""
    plain: dict[str, str] = {}
    patterns = []
    for file, resource in resources(SOURCE):
        for entry in resource.body:
            if not isinstance(entry, ast.Message) or entry.value is None:
                continue
            match entry.value.elements:
                case [ast.TextElement(value=text)]:
                    plain.setdefault(text, entry.id.name)
                case _ if file == "pipeline.ftl":
                    patterns.append((entry.id.name, re.compile("".join(_parts(entry.value)), re.DOTALL)))
    return plain, patterns


def _parts(pattern: ast.Pattern) -> Iterator[str]:
    """A regular expression, piece by piece. The pipeline's texts have no other expressions than variables."""
    for element in pattern.elements:
        if isinstance(element, ast.TextElement):
            yield re.escape(element.value)
        elif isinstance(element.expression, ast.VariableReference):
            yield f"(?P<{element.expression.id.name}>.+)"
