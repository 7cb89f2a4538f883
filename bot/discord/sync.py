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

log = structlog.get_logger(__name__)


async def sync(tree: app_commands.CommandTree[Any], file: Path) -> bool:
    """Whether Discord was told. ``file`` remembers what it was told last; without it that happens once more, which does
    no harm. Where Discord refuses, the commands stay as they were."""
    digest = _digest(tree)
    if await asyncio.to_thread(_read, file) == digest:
        return False
    try:
        await tree.sync()
    except (discord.DiscordException, OSError) as error:
        log.error("discord.commands_not_synced", error=type(error).__name__)
        return False
    await asyncio.to_thread(_write, file, digest)
    log.info("discord.commands_synced")
    return True


def _digest(tree: app_commands.CommandTree[Any]) -> str:
    commands = sorted((command.to_dict(tree) for command in tree.get_commands()), key=lambda one: str(one["name"]))
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
