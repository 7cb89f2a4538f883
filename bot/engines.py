"""Which engine each stage uses, and why. `summon` acts on it, `doctor` prints it."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal
from urllib.parse import urlsplit

from bot.settings import OPENAI, Settings
from pipeline import registry
from pipeline.animation.remote.contract import NO_ADDRESS
from pipeline.errors import EngineUnavailable, WrongModel
from pipeline.hearing import whisper
from pipeline.mind.chat import servers
from pipeline.portrait.diffusion import files as painter
from pipeline.stages import ChatConfig, Task
from pipeline.summon import Engines
from pipeline.voice import embedded

EngineStage = Literal["mind", "voice", "portrait", "animation", "hearing"]
STAGES: tuple[EngineStage, ...] = ("mind", "voice", "portrait", "animation", "hearing")
DEAF = "none"
"""Name of the engine that hears nothing: everything but listening works without one."""
DEFAULT_MODEL = "gpt-4.1-mini"
"""At OpenAI itself, when nobody named one: quick, cheap, follows schemas, sees pictures."""
TRANSCRIBER, WHISPER = "gpt-transcribe", "whisper-1"
"""What hears at OpenAI, and what most others that speak its API call theirs."""
CONTEXT, LONGEST_CONTEXT = 4096, 8192
"""Tokens: what every server has, and what a conversation may cost where the model would take more."""
TIMEOUT, LOCAL_TIMEOUT = 60.0, 300.0
"""Seconds of silence. A model on this machine may read a long prompt for minutes before it says anything."""


@dataclass(frozen=True, slots=True)
class Choice:
    """The engine of one stage. ``better``: what would make ``auto`` choose a better one; ``chat``: the service that a
    mind or a listener asks."""

    stage: EngineStage
    engine: str
    why: str
    better: str | None = None
    chat: ChatConfig | None = None


async def choose(settings: Settings, voice: str | None = None) -> tuple[Choice, ...]:
    """The choice for every stage; ``voice`` overrides the setting for one command. May ask servers for their models.

    Raises ``EngineUnavailable`` when the operator named an engine that does not exist or is not configured.
    """
    return tuple([await _choice(settings, stage, _wanted(settings, stage, voice)) for stage in STAGES])


def chat(choices: tuple[Choice, ...]) -> ChatConfig | None:
    """The language model, if the mind asks one."""
    return next((choice.chat for choice in choices if choice.stage == "mind"), None)


def engines(choices: tuple[Choice, ...]) -> Engines:
    """The same by name only; who listens makes nothing."""
    return Engines(**{choice.stage: choice.engine for choice in choices if choice.stage != "hearing"})


def _wanted(settings: Settings, stage: EngineStage, voice: str | None) -> str:
    return voice if stage == "voice" and voice else settings.engine(stage)


async def _choice(settings: Settings, stage: EngineStage, name: str) -> Choice:
    if stage == "hearing" and name in ("auto", "openai", "whisper", DEAF):
        return _hearing(settings, name)
    if name != "auto" and name not in registry.names(stage):
        known = ", ".join([*registry.names(stage), *([DEAF] if stage == "hearing" else [])])
        raise EngineUnavailable(f"There is no {stage} engine of that name. {stage.upper()} can be: auto, {known}.")
    if stage == "mind" and name in ("auto", "openai"):
        return await _mind(settings, name)
    if stage == "portrait" and name == "diffusers":
        return _diffusers(settings)
    if stage == "voice" and name in registry.HOSTED:
        return _hosted_voice(settings, name)
    if stage == "animation" and name == "remote":
        return _remote(settings)
    if name != "auto":
        return Choice(stage, name, "named in the settings")
    match stage:
        case "voice":
            return _best_voice(settings)
        case "portrait":
            return _illustrator(settings)
        case _:
            better = "ANIMATION=remote uses the animator at ANIMATOR_URL" if settings.animator else None
            return Choice(stage, "rig", "the illustrator's faces are drawn, so they are moved exactly", better=better)


async def _mind(settings: Settings, name: str) -> Choice:
    """The configured endpoint, else a local server that answers, else the demo writer."""
    if settings.openai_base_url or settings.openai_api_key:
        base_url = settings.openai_base_url or OPENAI
        # The operator's word counts; only where there is none is the server asked what it has.
        model = settings.openai_model or (DEFAULT_MODEL if base_url == OPENAI else None)
        served = [] if model else await servers.models(base_url, settings.openai_key)
        model = model or servers.chat_model(served, None)
        if model is None:
            raise WrongModel(f"{host(base_url)} serves no language model.", remedy="OPENAI_MODEL=... in .env")
        config = _chat_config(settings, base_url, model, served)
        return Choice("mind", "openai", f"{model} at {host(base_url)}, from the settings", chat=config)
    found = await servers.local(settings.local_servers)
    model = servers.chat_model(found.models, settings.openai_model) if found else None
    if found and model:
        config = _chat_config(settings, found.base_url, model, found.models)
        return Choice("mind", "openai", f"{model}, served by {found.name} at {host(found.base_url)}", chat=config)
    if name == "openai":
        raise EngineUnavailable(
            "MIND=openai needs a language model: set OPENAI_API_KEY or OPENAI_BASE_URL, or start a local server such "
            "as Ollama.",
            remedy="MIND=auto, which uses the demo writer until there is one",
        )
    return Choice(
        "mind",
        "scripted",
        "a demo writer without a language model: templates and word lists, no understanding",
        better="set OPENAI_API_KEY or OPENAI_BASE_URL in .env, or start Ollama: then a language model answers",
    )


def _chat_config(settings: Settings, base_url: str, model: str, served: Sequence[servers.Served]) -> ChatConfig:
    hosted = base_url == OPENAI
    reply_model = dict(settings.task_models).get(Task.REPLY, model)
    said = next((one for one in served if one.id == reply_model), servers.Served(reply_model))
    sees = hosted if said.sees is None else said.sees
    return ChatConfig(
        base_url=base_url,
        key=settings.openai_key,
        model=model,
        models=settings.task_models,
        words=settings.mind_words,
        context=settings.openai_context or min(said.context or CONTEXT, LONGEST_CONTEXT),
        timeout=settings.openai_timeout or (LOCAL_TIMEOUT if servers.is_local(base_url) else TIMEOUT),
        concurrency=settings.openai_concurrency,
        sees=sees if settings.openai_sees is None else settings.openai_sees,
        chooses=hosted or settings.openai_model_choice is not None,
        prices=settings.prices,
    )


def _hearing(settings: Settings, name: str) -> Choice:
    """OpenAI with a key of OpenAI's, else the packaged model, else nobody."""
    base_url = settings.openai_base_url or OPENAI
    if name == DEAF:
        return Choice("hearing", DEAF, "named in the settings: voice messages are not understood")
    if name == "openai" or (name == "auto" and settings.openai_api_key and base_url == OPENAI):
        if not (settings.openai_base_url or settings.openai_api_key):
            raise EngineUnavailable(
                "HEARING=openai needs a service: set OPENAI_API_KEY or OPENAI_BASE_URL.",
                remedy=f"HEARING=auto, or {whisper.REMEDY}",
            )
        service = ChatConfig(
            base_url=base_url,
            key=settings.openai_key,
            model=settings.hearing_model or (TRANSCRIBER if base_url == OPENAI else WHISPER),
            timeout=settings.openai_timeout or TIMEOUT,
            what="service for voice messages",
        )
        why = f"{service.model} at {host(base_url)} understands voice messages"
        return Choice("hearing", "openai", why, chat=service)
    if whisper.installed():
        return Choice("hearing", "whisper", "a packaged model understands voice messages in English")
    if name == "whisper":
        raise EngineUnavailable("The model of HEARING=whisper is not installed.", remedy=whisper.REMEDY)
    return Choice("hearing", DEAF, "nothing here understands voice messages", better=whisper.REMEDY)


def host(base_url: str) -> str:
    """Where an address points to, without user, password and path."""
    parts = urlsplit(base_url)
    return f"{parts.hostname}:{parts.port}" if parts.port else str(parts.hostname)


def painter_of(settings: Settings) -> str:
    """The engine of the portraits. Raises ``EngineUnavailable`` for one that does not exist."""
    return asyncio.run(_choice(settings, "portrait", settings.engine("portrait"))).engine


def _illustrator(settings: Settings) -> Choice:
    """Also where diffusion could paint: its pictures take a GPU and have faces that are found, not known, so that is
    for the operator to say."""
    better = None
    if here := painter.here(settings.engine_config()):
        better = f"PORTRAIT=diffusers paints with models: {', '.join(look.id for look in here)} are here"
    return Choice("portrait", "illustrator", "object art with a drawn face; needs no key and no GPU", better=better)


def _diffusers(settings: Settings) -> Choice:
    """Nothing that is missing keeps it from working, as the illustrator draws what it cannot paint."""
    if missing := painter.missing_packages():
        return Choice("portrait", "diffusers", f"{missing}, so the illustrator draws", better=painter.EXTRA)
    here = painter.here(settings.engine_config())
    if not here:
        why = "the models of no look are here, so the illustrator draws"
        return Choice("portrait", "diffusers", why, better="chatanything styles --check, then --download ID")
    return Choice(
        "portrait", "diffusers", f"named in the settings; its looks here: {', '.join(look.id for look in here)}"
    )


def _remote(settings: Settings) -> Choice:
    """Whether it answers is for `doctor` to ask: where it does not, ours move the face."""
    if settings.animator is None:
        raise EngineUnavailable(NO_ADDRESS, remedy="ANIMATION=auto, or docs/animators.md")
    why = f"the animator at {host(settings.animator.url)} moves the face; rig or warp do when it cannot"
    return Choice("animation", "remote", why)


def _best_voice(settings: Settings) -> Choice:
    """Of this machine: services cost money, so those are for the operator to name."""
    engine, missing = embedded.best(settings.assets)
    if missing is not None:
        return Choice("voice", engine, str(missing), better=missing.remedy)
    better = "VOICE=elevenlabs speaks with the voices of your account" if settings.elevenlabs else None
    return Choice("voice", "kokoro", "the Kokoro model and its voices are here", better=better)


def _hosted_voice(settings: Settings, name: str) -> Choice:
    """Whether it answers is for `doctor` to ask: where it does not, a voice of this machine speaks."""
    service = settings.elevenlabs if name == "elevenlabs" else settings.speech
    if service is None:
        keys = "ELEVENLABS_API_KEY" if name == "elevenlabs" else "OPENAI_API_KEY or OPENAI_SPEECH_URL"
        raise EngineUnavailable(f"VOICE={name} needs a service: set {keys}.", remedy="VOICE=auto, or the key in .env")
    designs = "; a voice is designed for each character" if service.designs else ""
    why = f"{service.model} at {host(service.base_url)} speaks{designs}"
    return Choice("voice", name, f"{why}; {embedded.best(settings.assets)[0]} does when it cannot")
