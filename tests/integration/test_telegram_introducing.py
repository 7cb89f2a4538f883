"""What the bot says of itself at its start: Telegram is told what differs, and nothing twice."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from telegram import Bot
from telegram.ext import ApplicationBuilder

from bot.localisation.texts import LANGUAGES
from bot.telegram.introducing import SHOWN, introduce
from tests.servers.telegram import TOKEN, BotApi, Refused, Trouble


@asynccontextmanager
async def a_bot() -> AsyncIterator[tuple[BotApi, Bot]]:
    async with BotApi() as api:
        bot: Bot = ApplicationBuilder().token(TOKEN).base_url(f"{api.url}/bot").build().bot
        async with bot:
            yield api, bot


def changes(api: BotApi) -> list[str]:
    return [method for method, _ in api.calls if method.startswith("set")]


async def test_commands_and_descriptions_are_set_in_every_language() -> None:
    async with a_bot() as (api, bot):
        await introduce(bot)
    for language in ("", *LANGUAGES[1:]):
        commands = json.loads(api.settings[f"setMyCommands:{language}"]["commands"])
        assert [one["command"] for one in commands] == [*SHOWN]
        long, short = (
            api.settings[f"setMy{what}:{language}"][field]
            for what, field in (("Description", "description"), ("ShortDescription", "short_description"))
        )
        assert len(long) <= 512
        assert len(short) <= 120
        assert all(any(ai in text for ai in ("AI", "KI", "IA")) for text in (long, short))
    assert "setMyName:" not in api.settings  # it stays as @BotFather was told


async def test_what_is_there_is_left_alone() -> None:
    async with a_bot() as (api, bot):
        await introduce(bot, "Character maker")
        assert api.settings["setMyName:"]["name"] == "Character maker"
        before = len(changes(api))
        await introduce(bot, "Character maker")
        assert len(changes(api)) == before == 3 * len(LANGUAGES) + 1


async def test_a_name_that_telegram_does_not_take_for_a_day_stops_nothing_else() -> None:
    async with a_bot() as (api, bot):
        refused = Refused(429, "Too Many Requests: retry after 86399", retry_after=86399)
        api.trouble(Trouble("setMyName", refused), Trouble("setMyDescription", Refused(400, "Bad Request: no")))
        await introduce(bot, "Character maker")
        assert "setMyName:" not in api.settings
        assert len(changes(api)) == 3 * len(LANGUAGES) + 1
        await introduce(bot, "Character maker")  # at the next start
        assert {"setMyName:", "setMyDescription:"} <= {*api.settings}


async def test_a_telegram_that_is_away_stops_no_bot() -> None:
    async with a_bot() as (api, bot):
        api.trouble(Trouble("getMyCommands", how="cut"))
        await introduce(bot)
    assert not changes(api)
