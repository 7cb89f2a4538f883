"""Engine name -> "module:Class". Ours stand in the table, those of others arrive through entry points
(group ``chatanything.<stage>``), and both are loaded by the same door, only when they are asked for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from importlib.metadata import EntryPoint, entry_points
from typing import Any

from pipeline.errors import EngineUnavailable
from pipeline.stages import EngineConfig

ENGINES: Mapping[str, Mapping[str, str]] = {
    "mind": {
        "openai": "pipeline.mind.openai:OpenAIMind",
        "scripted": "pipeline.mind.scripted.engine:ScriptedMind",
    },
    "voice": {
        "kokoro": "pipeline.voice.kokoro:KokoroSpeaker",
        "hibari": "pipeline.voice.hibari:HibariSpeaker",
        "elevenlabs": "pipeline.voice.elevenlabs:ElevenLabsSpeaker",
        "openai": "pipeline.voice.openai:OpenAISpeaker",
    },
    "portrait": {
        "illustrator": "pipeline.portrait.illustrator:Illustrator",
        "diffusers": "pipeline.portrait.diffusion.painter:DiffusionPainter",
    },
    "face": {
        "facemesh": "pipeline.face.facemesh:FaceMeshFinder",
        "face_alignment": "pipeline.face.fan:FaceAlignmentFinder",
    },
    "animation": {
        "rig": "pipeline.animation.rig:RigAnimator",
        "warp": "pipeline.animation.warp:WarpAnimator",
        "remote": "pipeline.animation.remote.animator:RemoteAnimator",
    },
    "hearing": {
        "openai": "pipeline.hearing.openai:OpenAIListener",
        "whisper": "pipeline.hearing.whisper:WhisperListener",
    },
}

HOSTED = ("elevenlabs", "openai")
"""Speakers that ask a service."""


def names(stage: str) -> tuple[str, ...]:
    """Every engine of a stage, ours first."""
    theirs = [point.name for point in entry_points(group=f"chatanything.{stage}")]
    return (*ENGINES[stage], *(name for name in theirs if name not in ENGINES[stage]))


@cache
def create(stage: str, name: str, config: EngineConfig) -> Any:
    """The engine, built once per process and configuration.

    Raises ``EngineUnavailable`` when nothing of that name is known.
    """
    return load(stage, name)(config)


def load(stage: str, name: str) -> Callable[[EngineConfig], Any]:
    """The class behind a name, for engines that are opened and closed by their owner. Raises as ``create``."""
    if name in ENGINES[stage]:
        point = EntryPoint(name, ENGINES[stage][name], f"chatanything.{stage}")
    else:
        found = [p for p in entry_points(group=f"chatanything.{stage}") if p.name == name]
        if not found:
            known = ", ".join(names(stage))
            raise EngineUnavailable(f"There is no {stage} engine named {name!r}. Known: {known}.")
        point = found[0]
    engine: Callable[[EngineConfig], Any] = point.load()
    return engine
