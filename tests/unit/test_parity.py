"""docs/parity.md says which commands there are on which platform: neither more nor less than there are."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import discord
from discord import app_commands

from bot.discord.client import Client
from bot.telegram.acting import Acting
from bot.telegram.commands import Commands
from bot.telegram.introducing import SHOWN
from bot.telegram.talking import Talking
from storage.blobs import Blobs
from storage.database import Database
from tests.integration.platform_world import a_desk

TABLE = Path(__file__).parents[2] / "docs" / "parity.md"
COMMAND = re.compile(r"`(/[a-z]+(?: [a-z]+)?|Reply to character|Who summoned this\?)`")


def column(number: int) -> list[str]:
    """All commands in one column of the table."""
    rows = [line.split("|") for line in TABLE.read_text().splitlines() if line.startswith("|")]
    return [command for row in rows for command in COMMAND.findall(row[number])]


async def test_discord(tmp_path: Path) -> None:
    async with Database(f"sqlite+aiosqlite:///{tmp_path}/none.db") as database:
        desk = a_desk(database, Blobs(tmp_path.as_uri()))
        tree: app_commands.CommandTree[Any] = Client(desk, content=True, commands=tmp_path / "c", shard_count=1).tree
        told = [f"/{one.qualified_name}" for one in tree.walk_commands() if isinstance(one, app_commands.Command)]
        menus = [one.name for one in tree.get_commands(type=discord.AppCommandType.message)]
    assert sorted(column(2)) == sorted(told + menus)


async def test_telegram(tmp_path: Path) -> None:
    async with Database(f"sqlite+aiosqlite:///{tmp_path}/none.db") as database:
        desk = a_desk(database, Blobs(tmp_path.as_uri()))
        told = Commands(desk, Acting(desk), Talking(desk)).table()
    assert sorted(column(3)) == sorted(f"/{name}" for name in told)
    assert {*told} - {*SHOWN} == {"start"}
