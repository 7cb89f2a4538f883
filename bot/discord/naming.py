"""Commands in the languages of those who use them: names, descriptions, options and choices from ``commands.ftl``.

Texts are found by the names that the code gives: ``cmd-persona-show`` is ``/persona show``, with its description as the
attribute ``.description``; ``opt-persona-show-name`` is its option ``name``, or ``opt-name`` where several commands
share one; ``choice-video`` is what stands for the value ``video``, and ``menu-who-summoned-this`` a context menu.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, TypeAlias

import discord
from discord.app_commands import (
    Choice,
    Command,
    ContextMenu,
    Group,
    Parameter,
    TranslationContextLocation,
    TranslationContextTypes,
    Translator,
    locale_str,
)

from bot.localisation.texts import LANGUAGES, SOURCE, nearest, texts

Named: TypeAlias = Command[Any, ..., Any] | Group | ContextMenu | Parameter | Choice[Any]

DESCRIPTIONS = (
    TranslationContextLocation.command_description,
    TranslationContextLocation.group_description,
    TranslationContextLocation.parameter_description,
)


class CommandTexts(Translator):
    """What Discord is told beside the English of the code. Who has another language than ours sees English."""

    async def load(self) -> None:
        """Reads all languages now, and not while somebody waits for a sentence."""
        for language in LANGUAGES:
            texts(language)

    async def translate(
        self, string: locale_str, locale: discord.Locale, context: TranslationContextTypes
    ) -> str | None:
        """None where the English stands."""
        if nearest(locale.value) == SOURCE:
            return None
        said = texts(locale.value)
        attribute = "description" if context.location in DESCRIPTIONS else None
        return next((text for id_ in ids(context.data) if (text := said.find(id_, attribute))), None)


def ids(named: Named) -> Sequence[str]:
    """Where its texts may stand; the first one that is there counts."""
    match named:
        case ContextMenu():
            return [f"menu-{_joined(named.name)}"]
        case Choice():
            return [f"choice-{_joined(str(named.value))}"]
        case Parameter():
            return [
                f"opt-{_joined(named.command.qualified_name)}-{_joined(named.display_name)}",
                f"opt-{_joined(named.display_name)}",
            ]
    return [f"cmd-{_joined(named.qualified_name)}"]


def _joined(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")
