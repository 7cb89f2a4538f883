"""Tells Discord the commands, only when they changed: it allows 200 new ones a day."""

from __future__ import annotations

import asyncio
import hashlib
import json
from pathlib import Path
from typing import Any

import discord
import structlog
from discord import app_commands

from bot.discord.naming import CommandTexts

log = structlog.get_logger(__name__)


async def sync(tree: app_commands.CommandTree[Any], file: Path) -> bool:
    """Whether Discord was told. ``file`` remembers what it was told last; without it that happens once more, which does
    no harm. Where Discord refuses, the commands stay as they were."""
    names = CommandTexts()
    await tree.set_translator(names)
    try:
        digest = await fingerprint(tree, names)
        if await asyncio.to_thread(_read, file) == digest:
            return False
        await tree.sync()
    except (discord.DiscordException, OSError) as error:
        log.error("discord.commands_not_synced", error=type(error).__name__)
        return False
    await asyncio.to_thread(_write, file, digest)
    log.info("discord.commands_synced")
    return True


async def fingerprint(tree: app_commands.CommandTree[Any], names: CommandTexts) -> str:
    """Of all that Discord is told of the commands, in every language."""
    commands = [await command.get_translated_payload(tree, names) for command in tree.get_commands()]
    commands.sort(key=lambda one: (one["name"], one["type"]))
    document = {"application": tree.client.application_id, "commands": commands}
    return hashlib.sha256(json.dumps(document, sort_keys=True).encode()).hexdigest()


def _read(file: Path) -> str | None:
    try:
        return file.read_text().strip()
    except OSError:
        return None


def _write(file: Path, digest: str) -> None:
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(f"{digest}\n")
    except OSError as error:
        log.info("discord.commands_not_noted", error=type(error).__name__)
