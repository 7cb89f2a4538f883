"""Metrics, health and readiness, asked over HTTP as Prometheus and an orchestrator ask them."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from hypothesis import given
from hypothesis import strategies as st
from prometheus_client.parser import text_string_to_metric_families
from structlog.testing import capture_logs

from bot.observe import health
from bot.observe.health import Probe, serve
from bot.observe.metrics import MOST_VALUES, Depth, Metrics
from pipeline.errors import BadRequest, EngineBusy
from pipeline.receipt import Usage

ANYWHERE = "127.0.0.1:0"


@pytest.fixture
async def client() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(20)) as session:
        yield session


async def _fine() -> None:
    pass


async def _broken() -> None:
    raise OSError("postgresql://bot:hunter22@10.0.0.7/x refused")


async def _stuck() -> None:
    await asyncio.Event().wait()


async def _stubborn() -> None:
    """Does not let itself be cancelled at once, as a driver that waits for its server."""
    try:
        await asyncio.sleep(60)
    except asyncio.CancelledError:
        await asyncio.sleep(1)


def _samples(page: str) -> dict[tuple[str, ...], float]:
    """(name, label values in order of label names) -> value."""
    return {
        (sample.name, *(value for _, value in sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(page)
        for sample in family.samples
    }


async def _page(client: aiohttp.ClientSession, url: str) -> dict[tuple[str, ...], float]:
    async with client.get(f"{url}/metrics") as answer:
        assert answer.status == 200
        assert answer.headers["Content-Type"].startswith("text/plain")
        return _samples(await answer.text())


async def test_a_process_that_lives_and_is_ready(client: aiohttp.ClientSession) -> None:
    async with serve(ANYWHERE, [Probe("database", _fine, "The database does not answer.")], Metrics()) as url:
        for path, expected in (("/health", {"alive": True}), ("/ready", {"ready": True})):
            async with client.get(url + path) as answer:
                assert (answer.status, await answer.json()) == (200, expected)
        async with client.get(f"{url}/else") as answer:
            assert answer.status == 404
    with pytest.raises(aiohttp.ClientConnectionError):
        await client.get(f"{url}/health")


async def test_what_is_missing_is_named_without_saying_where_it_is(
    client: aiohttp.ClientSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(health, "TIMEOUT", 0.2)
    probes = [
        Probe("database", _broken, "The database does not answer."),
        Probe("queues", _stuck, "Nobody takes steps from the queues."),
        Probe("files", _stubborn, "The blob store does not answer."),
        Probe("platform", _fine, "Discord does not answer."),
    ]
    async with serve(ANYWHERE, probes, Metrics()) as url, client.get(f"{url}/ready") as answer:
        assert answer.status == 503
        text = await answer.text()
        assert await answer.json() == {
            "ready": False,
            "failing": {probe.name: probe.failing for probe in probes[:3]},
        }
        assert "hunter22" not in text
        assert "10.0.0.7" not in text
        async with client.get(f"{url}/health") as alive:
            assert alive.status == 200, "a process without a database is alive: killing it would not help"


async def test_the_log_hears_of_a_probe_when_it_changes(client: aiohttp.ClientSession) -> None:
    answers: list[Any] = [_broken, _broken, _fine, _fine]
    probe = Probe("database", lambda: answers.pop(0)(), "The database does not answer.")
    with capture_logs() as logs:
        async with serve(ANYWHERE, [probe], Metrics()) as url:
            for _ in range(4):
                async with client.get(f"{url}/ready"):
                    pass
    assert [(line["event"], line.get("error")) for line in logs] == [
        ("probe failing", "OSError"),
        ("probe passing again", None),
    ]


async def test_metrics_count_what_happened(client: aiohttp.ClientSession) -> None:
    metrics = Metrics()
    depths: list[Depth] = [{("voice", "ready"): 3, ("clip", "running"): 1}, {("voice", "ready"): 1}]

    async def depth() -> Depth:
        return depths.pop(0)

    metrics.request_started("summon", 0.004)
    metrics.stage_ended("voice", "kokoro", 1.5, "done")
    metrics.stage_failed("clip", EngineBusy("somebody's words"))
    metrics.stage_failed("clip", EngineBusy)
    metrics.request_ended("summon", "delivered")
    metrics.used(Usage(task="persona", model="m", prompt_tokens=10, completion_tokens=4, seconds=1.0, cost=0.25))
    metrics.used(Usage(task="persona", model="m", prompt_tokens=1, completion_tokens=1, seconds=1.0))
    metrics.first_shown("summon", -2.0)
    metrics.delivered("discord", "text", 0.3)
    async with serve(ANYWHERE, [], metrics, depth) as url:
        page, second = await _page(client, url), await _page(client, url)
    expected = {
        ("chatanything_queue_depth", "voice", "ready"): 3,
        ("chatanything_queue_depth", "clip", "running"): 1,
        ("chatanything_start_seconds_bucket", "summon", "0.005"): 1,
        ("chatanything_start_seconds_bucket", "summon", "0.0025"): 0,
        ("chatanything_stage_seconds_sum", "kokoro", "done", "voice"): 1.5,
        ("chatanything_failures_total", "EngineBusy", "clip"): 2,
        ("chatanything_requests_total", "summon", "delivered"): 1,
        ("chatanything_llm_calls_total", "m", "persona"): 2,
        ("chatanything_llm_cost_usd_total", "m"): 0.25,
        ("chatanything_llm_tokens_total", "prompt", "m"): 11,
        ("chatanything_llm_tokens_total", "completion", "m"): 5,
        ("chatanything_first_part_seconds_sum", "summon"): 0,
        ("chatanything_delivery_seconds_count", "text", "discord"): 1,
    }
    assert {key: page.get(key) for key in expected} == expected
    assert not any("words" in label for key in page for label in key)
    assert ("chatanything_queue_depth", "clip", "running") not in second, "a queue that is gone is not reported as full"


@pytest.mark.parametrize("lost", [_broken, _stuck])
async def test_metrics_are_served_when_the_queues_cannot_be_counted(
    client: aiohttp.ClientSession, monkeypatch: pytest.MonkeyPatch, lost: Any
) -> None:
    monkeypatch.setattr(health, "TIMEOUT", 0.2)
    metrics = Metrics()
    metrics.queued({("voice", "ready"): 3})
    metrics.request_ended("reply", "delivered")
    async with serve(ANYWHERE, [], metrics, lost) as url:
        page = await _page(client, url)
    assert page["chatanything_requests_total", "reply", "delivered"] == 1
    assert not any(name == "chatanything_queue_depth" for name, *_ in page)


async def test_prometheus_gets_the_form_it_asks_for(client: aiohttp.ClientSession) -> None:
    headers = {"Accept": "application/openmetrics-text; version=1.0.0"}
    async with serve(ANYWHERE, [], Metrics()) as url, client.get(f"{url}/metrics", headers=headers) as answer:
        assert answer.headers["Content-Type"].startswith("application/openmetrics-text")
        assert (await answer.text()).endswith("# EOF\n")


def test_two_processes_in_one_do_not_share_counts() -> None:
    first, second = Metrics(), Metrics()
    first.request_ended("reply", "delivered")
    assert b'kind="reply"' in first.render()[0]
    assert b'kind="reply"' not in second.render()[0]


def test_the_page_for_operators_names_every_metric() -> None:
    page = (Path(__file__).parents[2] / "docs" / "operations.md").read_text()
    told = {name.removesuffix("_total") for name in re.findall(r"^\| `(chatanything_\w+)`", page, re.MULTILINE)}
    assert told == {family.name for family in Metrics().registry.collect() if family.name.startswith("chatanything_")}


def test_a_label_has_no_end_of_values() -> None:
    metrics = Metrics()
    for number in range(MOST_VALUES * 3):
        metrics.stage_failed("mind", f"Error{number}")
    metrics.stage_failed("mind", "x" * 5000)
    failures = {
        key: value for key, value in _samples(metrics.render()[0].decode()).items() if "failures_total" in key[0]
    }
    assert len(failures) == MOST_VALUES + 1
    assert failures["chatanything_failures_total", "other", "mind"] == MOST_VALUES * 2 + 1


@given(st.text(), st.text(), st.floats(allow_nan=False), st.text())
def test_any_label_can_be_read_back(stage: str, engine: str, seconds: float, outcome: str) -> None:
    metrics = Metrics()
    metrics.stage_ended(stage, engine, seconds, outcome)
    page = metrics.render()[0].decode()
    assert page.count("chatanything_stage_seconds_count{") == 1


@pytest.mark.parametrize("address", ["", "9090", ":9090", "127.0.0.1", "127.0.0.1:99999", "127.0.0.1:x",
                                     "http://127.0.0.1:9090", "u:secret@127.0.0.1:9090", "[::1"])  # fmt: skip
async def test_an_address_that_is_none(address: str) -> None:
    with pytest.raises(BadRequest, match=r"^HEALTH_ADDRESS needs a host and a port, as in 127\.0\.0\.1:9090\.$"):
        async with serve(address, [], Metrics()):
            pass


async def test_an_address_that_is_taken() -> None:
    async with serve(ANYWHERE, [], Metrics()) as url:
        address = url.removeprefix("http://")
        with pytest.raises(BadRequest, match=f"^HEALTH_ADDRESS={address} cannot be served: address already in use"):
            async with serve(address, [], Metrics()):
                pass


async def test_an_address_of_nobody() -> None:
    with pytest.raises(BadRequest, match="cannot be served: nobody knows that host"):
        async with serve("nobody.invalid:9090", [], Metrics()):
            pass
