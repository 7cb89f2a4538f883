"""Limits as operators write them, what counts against which, and the error that crosses processes."""

from __future__ import annotations

import pickle
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pydantic import ValidationError

from bot.jobs.plan import AnswerMode, Kind
from bot.limits import REACHED, meters_of
from bot.settings import Settings
from pipeline.errors import LimitReached
from storage.asked import Asked
from storage.charges import Meter, Scope

LIMITS = [name for name in Settings.model_fields if name.startswith("limit_")]


def settings(**values: str) -> Settings:
    return Settings(_env_file=None, **values)  # type: ignore[arg-type]


def asked(kind: Kind, answer: AnswerMode | None = None) -> Asked:
    payload = {"seed": 1} | ({"answer": answer.value} if answer else {})
    return Asked(kind.value, "discord:1", "discord", "discord:9", "discord:9", "discord:7", payload)


@pytest.mark.parametrize("name", LIMITS)
def test_every_limit_has_a_default_and_can_be_lifted(name: str) -> None:
    assert getattr(settings(), name) > 0
    assert getattr(settings(**{name.upper(): " None "}), name) is None
    assert getattr(settings(**{name.upper(): "7"}), name) == 7


@pytest.mark.parametrize("name", LIMITS)
def test_an_empty_limit_is_the_default(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(name.upper(), "")
    assert getattr(settings(), name) == getattr(Settings.model_fields[name], "default")  # noqa: B009


@pytest.mark.parametrize("name", LIMITS)
@pytest.mark.parametrize("value", ["-1", "nan", "inf", "many", "1,5"])
def test_a_limit_is_a_number(name: str, value: str) -> None:
    with pytest.raises(ValidationError):
        settings(**{name.upper(): value})


def test_zero_is_for_summons_alone() -> None:
    """Elsewhere it would refuse every request."""
    assert settings(LIMIT_SUMMONS_BOT="0").limit_summons_bot == 0
    for name in ("LIMIT_VIDEO_BOT", "LIMIT_COST_PERSON", "LIMIT_OPEN_PERSON"):
        with pytest.raises(ValidationError):
            settings(**{name: "0"})


def test_the_wider_the_scope_the_higher_the_default() -> None:
    untouched = settings()
    for meter in Meter:
        person, place, bot = (getattr(untouched, f"limit_{meter}_{scope}") for scope in Scope)
        assert person < place < bot


@pytest.mark.parametrize("kind", Kind)
def test_every_kind_counts(kind: Kind) -> None:
    counted = set(meters_of(asked(kind)))
    assert Meter.COST in counted
    assert (Meter.SUMMONS in counted) == (kind in (Kind.SUMMON, Kind.RETRY))
    assert (Meter.VIDEO in counted) == (kind not in (Kind.RESTYLE, Kind.REVOICE))


@pytest.mark.parametrize("answer", [AnswerMode.VOICE, AnswerMode.TEXT])
def test_without_a_clip_video_does_not_count(answer: AnswerMode) -> None:
    assert set(meters_of(asked(Kind.REPLY, answer))) == {Meter.COST}


def test_every_limit_has_words_of_its_own() -> None:
    assert set(REACHED) == {(meter, scope) for meter in Meter for scope in Scope}
    assert len(set(REACHED.values())) == len(REACHED)


def test_the_error_crosses_processes() -> None:
    error = LimitReached("Enough.", free_at=datetime(2026, 11, 22, 18, 40, tzinfo=UTC))
    copy = pickle.loads(pickle.dumps(error))
    assert (type(copy), str(copy), copy.free_at, copy.retryable) == (LimitReached, "Enough.", error.free_at, False)


def test_operations_name_every_limit() -> None:
    text = (Path(__file__).parents[2] / "docs" / "operations.md").read_text("utf-8")
    assert not [name.upper() for name in LIMITS if f"`{name.upper()}`" not in text]
