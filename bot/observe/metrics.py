"""What Prometheus reads. Labels come from small closed sets (stages, engines, error classes), never from people."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector
from prometheus_client.exposition import choose_encoder

from pipeline.receipt import Usage

Depth: TypeAlias = Mapping[tuple[str, str], int]
"""(queue, state) -> steps."""

MOST_VALUES = 60
"""Values of one label that are told apart; a series each lives as long as the process, so further ones are "other"."""

# Every bucket costs a series per label set. Edges stand where somebody decides something: about 2.5x apart, and
# on the figures that we promise.
_STAGE = (
    0.05,
    0.1,
    0.25,
    0.5,
    1,
    2.5,
    5,
    10,
    20,
    40,
    60,
    120,
    300,
)  # hibari speaks in 0.05 s; a GPU clip takes minutes
_START = (0.0025, 0.005, 0.01, 0.02, 0.04, 0.1, 0.5, 2, 10, 40, 120, 600)  # 5 ms embedded, 40 ms Postgres, 40 s rescue
_FIRST = (0.1, 0.25, 0.5, 1, 2, 3, 5, 10, 20, 40, 120, 600)  # people leave after seconds; 40 s: a worker died
_DELIVERY = (0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10, 30, 60, 300)  # an API call; 30 s and more: the platform holds us back


class Metrics:
    """The counts of one process, in a registry of its own. Seconds below zero (a clock was set back) count as zero."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._values: dict[str, set[str]] = {}
        ProcessCollector(registry=self.registry)
        self._depth = Gauge(
            "chatanything_queue_depth", "Steps by queue and state.", ["queue", "state"], registry=self.registry
        )
        self._stage = self._histogram("stage_seconds", "Time a stage took.", _STAGE, "stage", "engine", "outcome")
        self._failures = self._counter("failures", "Attempts that failed, by class of error.", "stage", "error")
        self._requests = self._counter("requests", "Requests that ended.", "kind", "outcome")
        self._calls = self._counter("llm_calls", "Calls of language models.", "model", "task")
        self._cost = self._counter("llm_cost_usd", "USD spent at language models, where prices are known.", "model")
        self._tokens = self._counter("llm_tokens", "Tokens read and written.", "model", "direction")
        self._start = self._histogram("start_seconds", "From accepting a request to its first stage.", _START, "kind")
        self._first = self._histogram("first_part_seconds", "From accepting to the first part shown.", _FIRST, "kind")
        self._delivery = self._histogram(
            "delivery_seconds", "From a part being ready to its being shown.", _DELIVERY, "platform", "part"
        )

    def request_started(self, kind: str, seconds: float) -> None:
        """The first stage of a request began, ``seconds`` after it was accepted."""
        self._start.labels(*self._labels(kind=kind)).observe(max(0.0, seconds))

    def stage_ended(self, stage: str, engine: str, seconds: float, outcome: str) -> None:
        """An attempt at a stage is over: done, failed, cancelled ..."""
        self._stage.labels(*self._labels(stage=stage, engine=engine, outcome=outcome)).observe(max(0.0, seconds))

    def stage_failed(self, stage: str, error: BaseException | type[BaseException] | str) -> None:
        """An attempt at a stage failed: the error, its class, or the name of its class."""
        if not isinstance(error, str):
            error = (error if isinstance(error, type) else type(error)).__name__
        self._failures.labels(*self._labels(stage=stage, error=error)).inc()

    def request_ended(self, kind: str, outcome: str) -> None:
        """A request is over: delivered, apologised or cancelled."""
        self._requests.labels(*self._labels(kind=kind, outcome=outcome)).inc()

    def used(self, usage: Usage) -> None:
        """A language model was called."""
        model, task = self._labels(model=usage.model, task=usage.task)
        self._calls.labels(model, task).inc()
        self._tokens.labels(model, "prompt").inc(max(0, usage.prompt_tokens))
        self._tokens.labels(model, "completion").inc(max(0, usage.completion_tokens))
        if usage.cost is not None:
            self._cost.labels(model).inc(max(0.0, usage.cost))

    def first_shown(self, kind: str, seconds: float) -> None:
        """A person saw the first part of the answer (not the placeholder), ``seconds`` after asking."""
        self._first.labels(*self._labels(kind=kind)).observe(max(0.0, seconds))

    def delivered(self, platform: str, part: str, seconds: float) -> None:
        """A part is on the platform, ``seconds`` after it was ready."""
        self._delivery.labels(*self._labels(platform=platform, part=part)).observe(max(0.0, seconds))

    def queued(self, depth: Depth | None) -> None:
        """The queues as they are now. None: nobody knows, and then no depth is reported rather than an old one."""
        self._depth.clear()
        for (queue, state), steps in (depth or {}).items():
            self._depth.labels(*self._labels(queue=queue, state=state)).set(steps)

    def render(self, accept: str = "") -> tuple[bytes, str]:
        """The page in the form that the Accept header asks for, and its content type."""
        encode, content_type = choose_encoder(accept)
        return encode(self.registry), content_type

    def _counter(self, name: str, text: str, *labels: str) -> Counter:
        return Counter(f"chatanything_{name}", text, labels, registry=self.registry)

    def _histogram(self, name: str, text: str, buckets: tuple[float, ...], *labels: str) -> Histogram:
        return Histogram(f"chatanything_{name}", text, labels, buckets=buckets, registry=self.registry)

    def _labels(self, **labels: str) -> tuple[str, ...]:
        return tuple(self._bounded(name, value) for name, value in labels.items())

    def _bounded(self, label: str, value: str) -> str:
        known = self._values.setdefault(label, set())
        if value not in known:
            if len(known) >= MOST_VALUES or len(value) > 100:
                return "other"
            known.add(value)
        return value
