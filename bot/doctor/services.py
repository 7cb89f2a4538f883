"""Asks the services that the settings name whether they are there and take our keys."""

from __future__ import annotations

import asyncio

from bot import engines
from bot.doctor.findings import Finding, State
from bot.settings import Settings
from pipeline.errors import ChatAnythingError
from pipeline.mind.chat import servers
from pipeline.stages import ChatConfig, RemoteConfig, SpeechConfig, Task


def language_model(settings: Settings, chat: ChatConfig) -> Finding:
    """Asks the endpoint whether it takes our key and has our models."""
    where = engines.host(chat.base_url)
    try:
        served = asyncio.run(servers.models(chat.base_url, chat.key))
    except ChatAnythingError as error:
        state: State = "note" if settings.mind_stand_in else "missing"
        return Finding("language model", state, str(error), error.remedy)
    wanted = sorted({chat.model_for(task) for task in Task})
    if absent := [model for model in wanted if servers.chat_model(served, model) is None]:
        # Not an error: llama.cpp and others take any name for the one model that they serve.
        listed = ", ".join(model.id for model in served[:5])
        return Finding("language model", "note", f"{where} does not list {', '.join(absent)}; it lists {listed}")
    sight = "pictures are seen" if chat.sees else "pictures are not seen"
    chooser = "it chooses voices and styles" if chat.chooses else "the matchers choose voices and styles"
    return Finding("language model", "ok", f"{', '.join(wanted)} at {where} is there; {sight}, {chooser}")


def animator(config: RemoteConfig) -> Finding:
    """Asks the animator what it is and whether it can draw."""
    from pipeline.animation.remote.client import Client

    try:
        with Client(config) as client:
            health = client.health()
    except ChatAnythingError as error:
        return Finding("animator", "note", f"{error} rig and warp move the faces meanwhile.", error.remedy)
    moves = "any face" if health.faces == "any" else "faces of people"
    sentence = f"{health.name} {health.version} at {engines.host(config.url)} moves {moves}"
    if not health.ready:
        why = health.why or "it does not say why"
        return Finding("animator", "note", f"{sentence}, and is not ready: {why}", "see to the animator's machine")
    return Finding("animator", "ok", sentence)


def elevenlabs(service: SpeechConfig) -> Finding:
    """Asks ElevenLabs for the voices of the account and what is left to spend."""
    from pipeline.voice.elevenlabs_client import Client

    client = None
    try:
        client = Client(service)
        voices, quota = client.voices(), client.quota()
    except ChatAnythingError as error:
        return Finding("voices", "note", f"{error} A voice of this machine speaks meanwhile.", error.remedy)
    finally:
        if client is not None:
            client.close()
    left = quota.character_limit - quota.character_count
    listed = "its default voices" if voices is None else f"{len(voices)} voices"
    sentence = f"the account at {engines.host(service.base_url)} has {listed} and {left:,} credits left"
    if left <= 0:
        return Finding("voices", "note", sentence, "add credits at elevenlabs.io")
    return Finding("voices", "ok", sentence)


def voice_service(service: SpeechConfig) -> Finding:
    """Asks the service whether it takes our key and has our model; nothing is said, as that would cost."""
    where = engines.host(service.base_url)
    try:
        served = asyncio.run(servers.models(service.base_url, service.key))
    except ChatAnythingError as error:
        return Finding("voices", "note", f"{error} A voice of this machine speaks meanwhile.", error.remedy)
    if service.model not in {one.id for one in served}:
        return Finding("voices", "note", f"{where} does not list {service.model}; it may speak all the same")
    return Finding("voices", "ok", f"{service.model} at {where} is there")


def discord(settings: Settings) -> Finding:
    """Asks Discord who the token stands for."""
    from bot.discord.standing import ALLOW_CONTENT, NO_CONTENT, look  # Discord's library is large

    try:
        standing = asyncio.run(look(settings.discord_token))
    except ChatAnythingError as error:
        return Finding("discord", "missing", str(error), error.remedy)
    servers = "one server" if standing.servers == 1 else f"{standing.servers} servers"
    sentence = f"the token is that of {standing.name}, which is on {servers}"
    if not standing.servers:
        return Finding("discord", "note", f"{sentence}: nobody can see it", "chatanything discord --invite")
    if not standing.content:
        return Finding("discord", "note", f"{sentence}. {NO_CONTENT}", ALLOW_CONTENT)
    return Finding("discord", "ok", sentence)


def telegram(settings: Settings) -> Finding:
    """Asks Telegram who the token stands for."""
    from bot.telegram.standing import ALLOW_GROUPS, PRIVACY, look

    try:
        standing = asyncio.run(look(settings))
    except ChatAnythingError as error:
        return Finding("telegram", "missing", str(error), error.remedy)
    sentence = f"the token is that of @{standing.name}"
    if not standing.hears:
        return Finding("telegram", "note", f"{sentence}. {PRIVACY}", ALLOW_GROUPS)
    return Finding("telegram", "ok", sentence)
