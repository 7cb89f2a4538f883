"""Settings, the choice of engines, the doctor, and documentation that cannot drift."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot import engines
from bot.app import open_ear
from bot.cli import app
from bot.docs import DOCS, commands
from bot.doctor import examine
from bot.settings import OPENAI, Settings
from pipeline.errors import EngineUnavailable
from pipeline.hearing import whisper
from pipeline.hearing.openai import OpenAIListener
from pipeline.stages import Task
from pipeline.workers import Workers
from tests.servers.chat import ChatServer


def settings(home: Path, **values: str) -> Settings:
    alone = {"MIND_SERVERS": ","}  # whatever runs on this machine
    return Settings(_env_file=None, CHATANYTHING_HOME=home, **(alone | values))  # type: ignore[arg-type]


def test_help_equals_docs() -> None:
    assert (DOCS / "commands.md").read_text("utf-8") == commands(), "run `make docs`"


def test_settings_come_from_env_files_and_keep_secrets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("OPENAI_API_KEY", "VOICE", "CHATANYTHING_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".env").write_text(f"CHATANYTHING_HOME={tmp_path}/nest\nVOICE=hibari\nOPENAI_API_KEY=sk-secret\n")
    found = Settings()
    assert found.home == tmp_path / "nest"
    assert found.assets == tmp_path / "nest" / "assets"
    assert found.engine("voice") == "hibari"
    assert "sk-secret" not in repr(found)


async def test_auto_says_why(tmp_path: Path) -> None:
    choices = {choice.stage: choice for choice in await engines.choose(settings(tmp_path))}
    assert choices["mind"].engine == "scripted"
    assert "without a language model" in choices["mind"].why
    assert choices["voice"].engine == "hibari"  # no voices were fetched to this home
    assert choices["voice"].better == "chatanything assets --fetch"


async def test_auto_takes_the_better_voice(tmp_path: Path, assets_home: Path) -> None:
    (tmp_path / "assets").symlink_to(assets_home)
    choices = {choice.stage: choice for choice in await engines.choose(settings(tmp_path))}
    assert choices["voice"].engine == "kokoro"


async def test_an_engine_nobody_knows(tmp_path: Path) -> None:
    with pytest.raises(EngineUnavailable, match="auto, openai, scripted"):
        await engines.choose(settings(tmp_path, MIND="oracle"))


def test_the_doctor_names_what_is_missing(tmp_path: Path) -> None:
    findings = examine(settings(tmp_path))
    missing = {finding.what: finding.remedy for finding in findings.findings if finding.state == "missing"}
    assert missing["asset"] == "chatanything assets --fetch"
    assert missing["database"] == "chatanything migrate"
    assert not findings.healthy


def test_our_own_mistakes_are_a_sentence_too(monkeypatch: pytest.MonkeyPatch) -> None:
    def stumble() -> Settings:
        raise RuntimeError("nobody thought of this")

    monkeypatch.setattr("bot.cli.common.settings", stumble)
    result = CliRunner().invoke(app, ["assets", "--list"])
    assert result.exit_code == 1
    assert "Traceback" not in result.output
    kept = Path(re.findall(r"/\S+\.txt", result.output.replace("\n", ""))[0])
    assert "nobody thought of this" in kept.read_text("utf-8")
    kept.unlink()


@pytest.mark.parametrize("command", ["worker", "discord", "telegram", "run"])
def test_settings_that_cannot_be_understood_are_a_sentence(command: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOG_LEVEL", "whisper")
    result = CliRunner().invoke(app, [command])
    assert result.exit_code == 2
    assert result.output.startswith("These settings cannot be understood: LOG_LEVEL.")


async def test_a_local_server_tells_what_its_model_can_do(tmp_path: Path) -> None:
    with ChatServer(models=("nomic-embed-text", "tiny-chat")) as server:
        server.listed = {"data": [{"id": "tiny-chat", "max_model_len": 6000, "architecture": {"input_modalities": []}}]}
        (mind, *_) = await engines.choose(settings(tmp_path, MIND_SERVERS=server.base_url))
        assert mind.engine == "openai"
        assert mind.chat is not None
        assert (mind.chat.model, mind.chat.context, mind.chat.sees, mind.chat.chooses) == (
            "tiny-chat",
            6000,
            False,
            False,
        )
        assert mind.chat.timeout > 60  # it may read a prompt for minutes


async def test_settings_reach_the_endpoint_and_the_key_no_text(tmp_path: Path) -> None:
    told = {"OPENAI_API_KEY": "sk-hidden-0123", "OPENAI_MODEL_CHOICE": "wise", "OPENAI_PRICES": "0.4, 1.6"}
    choices = await engines.choose(settings(tmp_path, **told, MIND_WORDS="30", OPENAI_CONTEXT="9000"))
    chat = engines.chat(choices)
    assert chat is not None
    assert (chat.base_url, chat.model, chat.words, chat.context) == (OPENAI, engines.DEFAULT_MODEL, 30, 9000)
    assert chat.model_for(Task.CHOICE) == "wise"
    assert chat.model_for(Task.REPLY) == engines.DEFAULT_MODEL
    assert chat.prices == (0.4, 1.6)
    assert chat.chooses
    assert chat.sees
    assert "sk-hidden" not in repr(choices)


async def test_who_understands_voice_messages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def heard(**values: str) -> engines.Choice:
        return (await engines.choose(settings(tmp_path, MIND="scripted", **values)))[-1]

    assert (await heard()).engine == "whisper"
    hosted = await heard(OPENAI_API_KEY="sk-hush")
    assert (hosted.engine, hosted.chat and hosted.chat.model) == ("openai", "gpt-transcribe")
    assert (await heard(OPENAI_API_KEY="sk-hush", HEARING="whisper")).engine == "whisper"
    assert (await heard(OPENAI_API_KEY="sk-hush", HEARING="none")).engine == engines.DEAF
    local = {"OPENAI_BASE_URL": "http://127.0.0.1:9/v1"}
    assert (await heard(**local)).engine == "whisper"
    assert (await heard(**local, HEARING="openai", HEARING_MODEL="large")).why.startswith("large at 127.0.0.1:9")
    with pytest.raises(EngineUnavailable, match="OPENAI_API_KEY"):
        await heard(HEARING="openai")
    with pytest.raises(EngineUnavailable, match="auto, openai, whisper, none"):
        await heard(HEARING="trumpet")
    monkeypatch.setattr(whisper, "installed", lambda: False)
    nobody = await heard()
    assert (nobody.engine, nobody.better) == (engines.DEAF, whisper.REMEDY)
    with pytest.raises(EngineUnavailable, match="not installed"):
        await heard(HEARING="whisper")


async def test_the_listener_that_was_chosen_is_opened(tmp_path: Path) -> None:
    for values, kind in (
        ({}, whisper.WhisperListener),
        ({"HEARING": "none"}, type(None)),
        ({"OPENAI_API_KEY": "sk-hush"}, OpenAIListener),
    ):
        configured = settings(tmp_path, MIND="scripted", **values)
        async with open_ear(configured, await engines.choose(configured), Workers()) as ear:
            assert type(ear.listener) is kind


async def test_the_language_model_is_not_taken_for_who_listens(tmp_path: Path) -> None:
    choices = await engines.choose(settings(tmp_path, MIND="scripted", OPENAI_API_KEY="sk-hush"))
    assert engines.chat(choices) is None
