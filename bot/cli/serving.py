"""Processes that serve until they are stopped: the platforms, and workers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli import common
from pipeline.errors import BadRequest

if TYPE_CHECKING:
    from bot.service import OpenGateway
    from bot.settings import Settings

GatewayOnly = Annotated[
    bool, typer.Option("--gateway-only", help="Leave the work to `chatanything worker`s on the same database.")
]


def worker(
    queues: Annotated[
        str | None, typer.Option("--queues", help="Which queues, as in mind,voice,portrait,clip; default: all four.")
    ] = None,
    concurrency: Annotated[
        int | None,
        typer.Option("--concurrency", min=1, max=64, help="Steps of each queue at the same time; default: what fits."),
    ] = None,
) -> None:
    """Work on requests until stopped; any number of workers, on any number of machines, share one database."""
    from bot.service import queues as parse
    from bot.service import work

    async def main() -> None:
        settings = common.settings(serving=True)
        await work(settings, parse(queues, concurrency, settings.portrait))

    common.run(main())


def discord(
    invite: Annotated[
        bool, typer.Option("--invite", help="Print the address at which somebody adds the bot to a server, and leave.")
    ] = False,
    gateway_only: GatewayOnly = False,
) -> None:
    """Be on Discord until stopped: take what people ask for, make it, and show it. Needs DISCORD_TOKEN."""

    async def main() -> None:
        settings = common.settings(serving=not invite)
        if invite:
            from bot.discord.permissions import invite as invitation
            from bot.discord.standing import look

            common.stdout().print(invitation((await look(settings.discord_token)).application), soft_wrap=True)
        else:
            from bot.discord.gateway import open_gateway

            await _be_on([open_gateway], settings, gateway_only)

    common.run(main())


def telegram(gateway_only: GatewayOnly = False) -> None:
    """Be on Telegram until stopped: take what people ask for, make it, and show it. Needs TELEGRAM_TOKEN."""

    async def main() -> None:
        from bot.telegram.gateway import open_gateway

        settings = common.settings(serving=True)
        await _be_on([open_gateway], settings, gateway_only)

    common.run(main())


def run(gateway_only: GatewayOnly = False) -> None:
    """Be on every platform whose token is set, in one process, until stopped."""

    async def main() -> None:
        settings = common.settings(serving=True)
        gateways: list[OpenGateway] = []
        if settings.discord_token is not None:
            from bot.discord.gateway import open_gateway as open_discord

            gateways.append(open_discord)
        if settings.telegram_token is not None:
            from bot.telegram.gateway import open_gateway as open_telegram

            gateways.append(open_telegram)
        if not gateways:
            raise BadRequest("No token is set: docs/discord.md and docs/telegram.md say how to get one.")
        await _be_on(gateways, settings, gateway_only)

    common.run(main())


async def _be_on(gateways: Sequence[OpenGateway], settings: Settings, gateway_only: bool) -> None:
    """Serves these platforms, and works on what is asked for there unless others do."""
    from bot.service import queues, work

    await work(settings, {} if gateway_only else queues(painter=settings.portrait), gateways=gateways)
