"""Processes that load their engines before anybody asks for them."""

from __future__ import annotations

from pathlib import Path

from bot import warming
from bot.settings import Settings
from pipeline import registry
from pipeline.stages import EngineConfig
from pipeline.workers import Workers


def loaded(config: EngineConfig, name: str) -> bool:
    """Whether the model of a voice is in this process. Runs in the voice lane."""
    return registry.create("voice", name, config)._session is not None


async def test_the_voice_is_loaded_when_a_command_begins(tmp_path: Path) -> None:
    settings = Settings(_env_file=None, CHATANYTHING_HOME=tmp_path, VOICE="elevenlabs")
    async with warming.started(settings, "hibari") as workers:
        assert await workers.run("voice", loaded, settings.engine_config("hibari"), "hibari")


async def test_an_engine_that_cannot_be_loaded_stops_nothing(tmp_path: Path) -> None:
    """The folder of assets is empty: no art for the painter. Who asks for a portrait is told so."""
    config = Settings(_env_file=None, CHATANYTHING_HOME=tmp_path).engine_config()
    async with Workers({"voice": 1, "pictures": 1}) as workers:
        warming.load(workers, config, "nobody", "illustrator")
        assert not await workers.run("voice", loaded, config, "hibari")
