"""`requests`, and words that `worker`, `summon` and `talk` do not take: the commands, inside this process."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
import structlog
from typer.testing import CliRunner, Result

from bot.app import Desk, open_desk
from bot.asking import Incoming
from bot.cli import app
from bot.jobs.plan import AnswerMode
from bot.settings import Settings

SENTENCE = "The service refuses our key."
WORDS = "a ticklish lighthouse keeper"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setenv("CHATANYTHING_HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    handlers, level, ours = logging.root.handlers[:], logging.root.level, structlog.get_config()
    yield tmp_path
    logging.captureWarnings(False)
    logging.root.handlers, logging.root.level = handlers, level
    structlog.configure(**ours)


def run(*words: str) -> Result:
    return CliRunner().invoke(app, list(words), env={"COLUMNS": "200"})


def at_the_desk(work: Callable[[Desk], Awaitable[Any]]) -> Any:
    async def main() -> Any:
        async with open_desk(Settings(_env_file=None)) as desk:
            return await work(desk)

    return asyncio.run(main())


async def ask(desk: Desk) -> str:
    incoming = Incoming("terminal", "terminal:1", "terminal", "terminal", "terminal")
    return (await desk.asking.summon(incoming, WORDS, answer=AnswerMode.TEXT)).request.id


async def apologise(desk: Desk) -> str:
    """A request that failed, and somebody was told so."""
    request = await ask(desk)
    lease = await desk.requests.claim("worker", queues=("mind",))
    assert lease is not None
    assert not await desk.requests.fail(lease, SENTENCE, "WrongKey")
    while (sending := await desk.outbox.claim("terminal", "deliverer")) is not None:
        assert await desk.outbox.sent(sending, "message")
    return request


def test_nobody_asked_for_anything(home: Path) -> None:
    done = run("requests")
    assert (done.exit_code, done.stdout) == (0, "Nobody has asked for anything yet.\n")
    assert json.loads(run("requests", "--failed", "--json").stdout) == []


def test_what_waits_is_listed_and_called_off(home: Path) -> None:
    request = at_the_desk(ask)
    listed = run("requests").stdout
    assert request in listed
    assert "mind" in listed
    assert WORDS not in listed
    assert request not in run("requests", "--failed").stdout
    (document,) = json.loads(run("requests", "--json").stdout)
    assert (document["id"], document["state"], document["kind"]) == (request, "open", "summon")
    assert [step["state"] for step in document["steps"]] == ["ready", "waiting", "waiting"]
    assert WORDS not in json.dumps(document)
    assert "still in work" in run("requests", "--retry", request).stderr
    done = run("requests", "--cancel", request)
    assert (done.exit_code, done.stdout) == (0, "")
    again = run("requests", "--cancel", request)
    assert again.exit_code == 2
    assert "could still be called off" in again.stderr


def test_what_failed_is_listed_and_tried_again(home: Path) -> None:
    request = at_the_desk(apologise)
    listed = run("requests", "--failed")
    assert request in listed.stdout
    assert SENTENCE in listed.stdout
    assert run("requests", "--cancel", request).exit_code == 2
    done = run("requests", "--retry", request)
    assert (done.exit_code, done.stderr) == (0, "It is tried again.\n")
    assert json.loads(run("requests", "--failed", "--json").stdout) == []
    (document,) = json.loads(run("requests", "--json").stdout)
    assert (document["state"], document["error"], document["steps"][0]["state"]) == ("open", None, "ready")
    assert run("requests", "--retry", request).exit_code == 2


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["requests", "--cancel", "nonsense"], "no such request"),
        (["requests", "--retry", "nonsense"], "no request of that id"),
        (["requests", "--retry", "\0"], "no request of that id"),
        (["requests", "--limit", "0"], "--limit"),
        (["worker", "--queues", "mind,,clip"], "Name each queue once"),
        (["worker", "--queues", "mind,mind"], "Name each queue once"),
        (["worker", "--concurrency", "0"], "--concurrency"),
        (["talk", "Nobody", "--queue"], "--queue needs --say"),
        (["talk", "Nobody", "--queue", "--say", "Hello?"], "Nobody"),
        (["summon", "  ", "--queue"], ""),
    ],
)
def test_what_cannot_be(home: Path, words: list[str], sentence: str) -> None:
    done = run(*words)
    assert done.exit_code == 2
    assert sentence in done.stderr
    assert done.stderr.strip()
    assert done.stdout == ""


def test_what_is_kept_about_a_person_is_handed_out_and_deleted(home: Path) -> None:
    at_the_desk(apologise)
    exported = run("privacy", "export", "terminal", "--out", "kept/mine.zip")
    assert exported.exit_code == 0, exported.output
    with ZipFile(home / "kept" / "mine.zip") as archive:
        assert WORDS in archive.read("requests.json").decode()
    assert run("privacy", "delete", "terminal").exit_code == 1  # nobody said yes
    deleted = run("privacy", "delete", "terminal", "--yes")
    assert "requests: 1" in deleted.output
    again = run("privacy", "delete", "terminal", "--yes")
    assert "requests: 0" in again.output


@pytest.mark.parametrize(
    ("command", "sentence"),
    [("discord", "No token for Discord is set."), ("telegram", "No token for Telegram is set."), ("run", "No token")],
)
def test_a_platform_without_a_token_is_a_sentence(home: Path, command: str, sentence: str) -> None:
    result = run(command, "--gateway-only")
    assert result.exit_code in (1, 2)
    assert sentence in result.stderr
    assert "Traceback" not in result.stderr


def test_run_is_where_a_token_is(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TELEGRAM_TOKEN", "1:no-such-bot")
    monkeypatch.setenv("TELEGRAM_BASE_URL", "http://127.0.0.1:9")
    result = run("run", "--gateway-only")
    assert result.exit_code == 1
    assert "Telegram cannot be reached" in result.stderr
    assert "no-such-bot" not in result.stderr
