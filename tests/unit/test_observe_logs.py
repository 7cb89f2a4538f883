"""Log lines: one shape for all, and no secret and no word of a person in any of them."""

from __future__ import annotations

import io
import json
import logging
import warnings
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import structlog
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.observe import logs
from bot.observe.redact import HIDDEN, Redactor, known_secrets
from bot.settings import Settings
from pipeline.types import Line

# Put together here, so that no scanner takes this file for a leak.
OPENAI = "sk-" + "proj-" + "a1B2c3D4e5F6g7H8i9J0"
TELEGRAM = "123456789" + ":" + "AA" + "abcdefghijklmnopqrstuvwxyz_0123456"
DISCORD = "MTA" + "x" * 23 + "." + "GabcdE" + "." + "y" * 30
ELEVENLABS = "sk_" + "0123456789abcdef" * 3
BEARER = "opaque-bearer-value-000"
PASSWORD = "correct/horse@battery"
SECRETS = (OPENAI, TELEGRAM, DISCORD, ELEVENLABS, BEARER, PASSWORD)

Said = Callable[[], list[dict[str, Any]]]


@pytest.fixture
def stream() -> io.StringIO:
    return io.StringIO()


@pytest.fixture
def said(stream: io.StringIO) -> Iterator[Said]:
    """Logging as JSON; gives what was logged, and puts everything back behind the test."""
    root = logging.getLogger()
    handlers, levels = root.handlers[:], {name: logging.getLogger(name).level for name in ("", *logs.OURS)}
    logs.configure(_settings(), stream)
    yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
    root.handlers[:] = handlers
    for name, level in levels.items():
        logging.getLogger(name).setLevel(level)
    logging.captureWarnings(False)
    structlog.reset_defaults()
    structlog.contextvars.clear_contextvars()


def _settings(**changes: str) -> Settings:
    return Settings(_env_file=None, **{"LOG_FORMAT": "json", **changes})  # type: ignore[arg-type]


def _log() -> Any:
    return structlog.get_logger("bot.somewhere")


def test_a_line_says_when_where_and_for_what(said: Said) -> None:
    with logs.bound(request="r-1", step="voice"):
        _log().info("stage ended", seconds=1.25)
        logging.getLogger("procrastinate.worker").warning("Job %s is late", 7)
    _log().info("idle")
    ended, late, idle = said()
    assert ended == {
        "event": "stage ended", "level": "info", "logger": "bot.somewhere", "request": "r-1", "step": "voice",
        "seconds": 1.25, "timestamp": ended["timestamp"],
    }  # fmt: skip
    assert datetime.fromisoformat(ended["timestamp"]).utcoffset() == datetime.now(UTC).utcoffset()
    assert (late["event"], late["level"], late["request"]) == ("Job 7 is late", "warning", "r-1")
    assert "request" not in idle


@pytest.mark.parametrize("name", ["procrastinate", "discord.http", "telegram.ext", "httpx", "sqlalchemy", "alembic"])
def test_libraries_speak_from_warnings_on(said: Said, name: str) -> None:
    logging.getLogger(name).info("HTTP Request: POST https://api.telegram.org/bot%s/sendMessage", TELEGRAM)
    logging.getLogger(name).warning("trouble at https://api.telegram.org/bot%s/sendMessage", TELEGRAM)
    assert [line["event"] for line in said()] == [f"trouble at https://api.telegram.org/bot{HIDDEN}/sendMessage"]


def test_warnings_become_lines(said: Said) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        logging.captureWarnings(True)
        warnings.warn("old ways", stacklevel=1)
        logging.captureWarnings(False)
    assert "old ways" in said()[0]["event"]


def test_the_level_of_the_settings_holds_for_us_alone(said: Said, stream: io.StringIO) -> None:
    logs.configure(_settings(LOG_LEVEL="DEBUG"), stream)
    _log().debug("ours")
    logging.getLogger("httpx").debug("theirs")
    logs.configure(_settings(LOG_LEVEL="error"), stream)
    _log().warning("ours")
    logging.getLogger("httpx").warning("theirs")
    assert [line["event"] for line in said()] == ["ours"]


def test_no_secret_survives_anywhere(said: Said, stream: io.StringIO) -> None:
    def fail() -> None:
        try:
            raise ValueError(f"Incorrect API key provided: {OPENAI}")
        except ValueError as error:
            raise RuntimeError(f"cannot reach postgresql://bot:{PASSWORD}@db.example/x with {TELEGRAM}") from error

    nested = {"headers": {"Authorization": f"Bearer {BEARER}"}, "list": [({"deep": DISCORD},)], OPENAI: 1}
    _log().info(f"key is {OPENAI}", at=f"redis://:{PASSWORD}@cache/0", nested=nested, token=12345, sent=TELEGRAM)
    _log().info("fields", apiKey=BEARER, x_auth_token=BEARER, OPENAI_API_KEY=BEARER, client_secret={"a": BEARER})
    _log().warning("values", error=ValueError(f"bad {ELEVENLABS}"), raw=TELEGRAM.encode(), path=Path("/x") / OPENAI)
    _log().info(
        "url", at=f"https://s3.example/o?X-Amz-Signature={BEARER}&part=1", conninfo=f"host=db password={PASSWORD}"
    )
    logging.getLogger("discord.http").error("POST /webhooks/123/%s failed: %r", BEARER, {"token": BEARER})
    logging.getLogger("httpx").error('sent {"api_key": "%s", "Authorization": "Basic %s"}', BEARER, PASSWORD)
    with logs.bound(request=f"Bearer {BEARER}"):
        try:
            fail()
        except RuntimeError:
            _log().exception("stage failed", stack_info=True)
    output = stream.getvalue()
    assert [secret for secret in SECRETS if secret in output] == []
    assert [half for half in ("correct/horse", "battery", "a1B2c3D4", "opaque") if half in output] == []
    lines = said()
    assert len(lines) == 7
    assert "db.example/x" in lines[-1]["exception"], "what helps is kept"
    assert "RuntimeError" in lines[-1]["exception"]
    assert lines[3]["at"] == f"https://s3.example/o?X-Amz-Signature={HIDDEN}&part=1"


def test_the_secrets_of_the_settings_are_known_whatever_they_look_like(said: Said, stream: io.StringIO) -> None:
    ours = _settings(
        OPENAI_API_KEY="plainword",
        DATABASE_URL="postgresql://bot:p%40ssw0rd@db/x",
        OTEL_EXPORTER_OTLP_HEADERS="authorization=Basic%20Zm9vOmJhcg==,tenant=blue-room",
    )
    assert set(known_secrets(ours)) >= {"plainword", "p%40ssw0rd", "p@ssw0rd", "Zm9vOmJhcg==", "blue-room"}
    logs.configure(ours, stream)
    _log().info("server said plainword", detail=["p@ssw0rd", {"x": "<blue-room>"}], note="Zm9vOmJhcg==")
    assert said()[0]["event"] == f"server said {HIDDEN}"
    assert not any(secret in stream.getvalue() for secret in ("plainword", "p@ssw0rd", "Zm9v", "blue-room"))


def test_a_short_secret_does_not_hide_ordinary_words() -> None:
    assert known_secrets(_settings(OPENAI_API_KEY="x")) == ()


def test_what_is_no_secret_stays() -> None:
    fields = {
        "event": "used 15 tokens", "prompt_tokens": 15, "monkey": "see", "openai_key": None, "has_token": True,
        "model": "qwen3:8b", "url": "http://127.0.0.1:11434/v1", "task": "risk-averse", "version": "1.2.3",
        "id": "0190a3c4-7d3e-7a52-b4a7-5a2bfa3c9e11", "error": "KeyError: 'name'", "file": "bot.observe.logs",
    }  # fmt: skip
    assert Redactor()(None, "", fields) == fields


def test_what_people_write_shows_at_debug_only(said: Said, stream: io.StringIO) -> None:
    logs.configure(_settings(LOG_LEVEL="debug"), stream)
    said_by_person = Line(text="my diary")
    for say in (_log().debug, _log().info, _log().error):
        say(
            "turn",
            text="my diary",
            reply="my diary",
            words="my diary",
            nested={"line": "my diary"},
            turn=said_by_person,
        )
    debug, info, error = said()
    assert debug["text"] == "my diary"
    for line in (info, error):
        assert "my diary" not in json.dumps(line)
        assert (line["nested"], line["turn"]) == ({}, "<Line>")


def test_databases_and_validation_do_not_quote_people(said: Said, stream: io.StringIO) -> None:
    from pydantic import ValidationError
    from sqlalchemy.exc import IntegrityError

    statement, words = "INSERT INTO turns (text) VALUES (?)", "my\ndiary"
    _log().error("not kept", error=IntegrityError(statement, (words,), ValueError("DETAIL:  row (my diary)")))
    try:
        Line.model_validate({"text": [words]})
    except ValidationError:
        _log().exception("not understood")
    assert "diary" not in stream.getvalue()
    assert statement in stream.getvalue()


def test_a_terminal_gets_lines_for_people_and_no_local_variables() -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    terminal = Terminal()
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    try:
        logs.configure(_settings(LOG_FORMAT="auto", OPENAI_API_KEY="plainword"), terminal)
        try:
            local = "pass" + "phrase-of-mine"
            raise ValueError(len(local))
        except ValueError:
            _log().exception("failed\x1b[2J", at="plainword")
    finally:
        root.handlers[:] = handlers
        root.setLevel(level)
        for name in logs.OURS:
            logging.getLogger(name).setLevel(logging.NOTSET)
        logging.captureWarnings(False)
        structlog.reset_defaults()
    assert "ValueError" in terminal.getvalue()
    assert not any(word in terminal.getvalue() for word in ("plainword", "passphrase-of-mine", "\x1b[2J"))


def test_a_line_that_cannot_be_formatted_is_given_up_without_its_arguments(
    said: Said, stream: io.StringIO, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    root = logging.getLogger()
    ours = [handler for handler in root.handlers if getattr(handler, "stream", None) is stream]
    monkeypatch.setattr(root, "handlers", ours)  # pytest's own raises
    logging.getLogger("telegram").error("%d things of " + OPENAI, BEARER)
    assert said()[0] == {"event": "log line lost", "logger": "telegram", "error": "TypeError"}
    assert capsys.readouterr() == ("", "")


_ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary() | st.sampled_from(SECRETS[:4]),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner) | st.tuples(inner, inner) | st.sets(st.text()),
    max_leaves=12,
)


@settings(max_examples=40)
@given(st.dictionaries(st.text(), _ANY))
def test_any_event_becomes_one_line_without_tokens(fields: dict[str, Any]) -> None:
    line = structlog.processors.JSONRenderer()(None, "", Redactor()(None, "", fields))
    assert isinstance(line, str)
    assert "\n" not in line
    assert isinstance(json.loads(line, parse_constant=pytest.fail), dict)
    assert not any(secret in line for secret in SECRETS[:4])


@given(st.text(), st.sampled_from((OPENAI, TELEGRAM, DISCORD, ELEVENLABS)), st.text())
@example("bot", TELEGRAM, "/sendMessage")
@example("key=", OPENAI, ",")
def test_a_token_is_found_between_any_words(before: str, secret: str, after: str) -> None:
    assert secret not in Redactor().text(f"{before} {secret} {after}", quiet=True)


def test_a_hostile_line_costs_little() -> None:
    redactor = Redactor()
    for piece in ("a-", "key", "://", "?", "1", "eyJ", ".", "sk-", "://a:", "[parameters: ", "Bearer "):
        assert redactor.text(piece * (20_000 // len(piece)), quiet=True)
