"""A look at everything that can be missing, each with the command that mends it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

from bot import engines
from bot.doctor import machine, services
from bot.doctor.findings import Finding, Findings, State, report
from bot.settings import Settings
from pipeline.errors import ChatAnythingError

__all__ = ["examine", "report"]


def examine(settings: Settings) -> Findings:
    """Look at everything once. Never raises for what it finds."""
    return Findings(
        (
            *_stages(settings),
            *machine.libraries(),
            *machine.fetched(settings),
            machine.database(settings),
            machine.files(settings),
            machine.requests(settings),
            machine.room(settings.home),
            *_platforms(settings),
            machine.versions(),
        )
    )


def _stages(settings: Settings) -> Iterator[Finding]:
    try:
        choices = asyncio.run(engines.choose(settings))
    except ChatAnythingError as error:
        yield Finding("engines", "missing", str(error), error.remedy)
        return
    for choice in choices:
        state: State = "note" if choice.better else "ok"
        yield Finding(choice.stage, state, f"{choice.engine}: {choice.why}", choice.better)
        if choice.chat and choice.stage == "mind":
            yield services.language_model(settings, choice.chat)
        if choice.engine == "remote" and settings.animator:
            yield services.animator(settings.animator)
        if choice.engine == "elevenlabs" and settings.elevenlabs:
            yield services.elevenlabs(settings.elevenlabs)
        if choice.stage == "voice" and choice.engine == "openai" and settings.speech:
            yield services.voice_service(settings.speech)
        if choice.engine == "kokoro":
            yield machine.languages()


def _platforms(settings: Settings) -> Iterator[Finding]:
    if settings.discord_token is not None:
        yield services.discord(settings)
    if settings.telegram_token is not None:
        yield services.telegram(settings)
