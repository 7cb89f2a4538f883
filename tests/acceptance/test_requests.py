"""Requests through real workers: whatever is killed, stopped or called off, each ends in exactly one result."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import psutil
import pytest
from PIL import Image

from tests.acceptance.conftest import COMMAND, PATIENCE, Place, heeding_interrupts
from tests.servers.chat import ChatServer
from tests.servers.ports import free_port

KEY = "sk-acceptance-0123456789"
WORDS = "a ticklish lighthouse keeper"
LINE = "Tell me about the marmalade incident."
GRACE = 30
"""Seconds that a service manager waits before it kills."""


@dataclass
class Running:
    """A worker process and its log."""

    process: subprocess.Popen[bytes]
    log: Path
    children: list[psutil.Process] = field(default_factory=list)

    def lines(self, event: str, **fields: object) -> list[dict[str, Any]]:
        found = []
        for line in self.log.read_text("utf-8").splitlines(keepends=True):
            if line.endswith("\n"):  # whole
                document = json.loads(line)
                if document["event"] == event and fields.items() <= document.items():
                    found.append(document)
        return found

    def wait_for(self, event: str, **fields: object) -> None:
        until(lambda: bool(self.lines(event, **fields)), self)

    def kill(self) -> None:
        """As the kernel does when memory is short."""
        self.children = psutil.Process(self.process.pid).children(recursive=True)
        self.process.kill()
        self.process.wait()

    def end(self, number: int = signal.SIGTERM) -> int:
        """The exit status after a signal."""
        self.process.send_signal(number)
        return self.process.wait(GRACE)


@dataclass(frozen=True)
class Bot:
    """A place with workers in it."""

    place: Place
    stack: ExitStack

    def worker(self, *words: str, **settings: str) -> Running:
        log = self.place.folder / f"worker-{time.monotonic_ns()}.log"
        with log.open("wb") as file:
            process = subprocess.Popen(
                [*COMMAND, "worker", *words],
                cwd=self.place.folder,
                env=self.place.with_settings(**settings).environment,
                stderr=file,
                preexec_fn=heeding_interrupts,
            )
        running = Running(process, log)
        self.stack.callback(ended, process)
        running.wait_for("serving")
        return running

    def start(self, *words: str) -> subprocess.Popen[str]:
        process = self.place.start(*words)
        self.stack.callback(ended, process)
        return process

    def rows(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        return self.place.rows(query, *values)

    def newest(self) -> str:
        """The id of the newest request."""
        ((newest,),) = self.rows("SELECT max(id) FROM requests")
        return str(newest)  # "None" before the first

    def thinking(self, *words: str, worker: Running) -> tuple[subprocess.Popen[str], str]:
        """A command whose request the language model thinks about, and the id of that."""
        before = self.newest()
        process = self.start(*words)
        until(lambda: self.newest() != before and self.step(self.newest())[0] == "running", worker)
        return process, self.newest()

    def step(self, request: str, stage: str = "mind") -> tuple[str, int]:
        """State and attempts."""
        ((state, attempts),) = self.rows(
            "SELECT state, attempts FROM steps WHERE request_id = ? AND stage = ?", request, stage
        )
        return state, attempts

    def state(self, request: str) -> str:
        ((state,),) = self.rows("SELECT state FROM requests WHERE id = ?", request)
        return str(state)


def ended(process: subprocess.Popen[Any]) -> None:
    process.kill()
    process.communicate()


def until(condition: Callable[[], bool], running: Running | None = None, seconds: float = PATIENCE) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end
        assert running is None or running.process.poll() is None, running.log.read_text("utf-8")
        time.sleep(0.02)


@contextmanager
def opened(place: Place) -> Iterator[Bot]:
    with ExitStack() as stack:
        yield Bot(place, stack)


@pytest.fixture
def bot(place: Place) -> Iterator[Bot]:
    with opened(place.with_settings(VOICE="hibari")) as bot:
        yield bot


@pytest.fixture
def server() -> Iterator[ChatServer]:
    with ChatServer(key=KEY) as running:
        yield running


@pytest.fixture
def home(server: ChatServer, place: Place) -> Iterator[Bot]:
    """A bot with a language model."""
    with opened(
        place.with_settings(
            OPENAI_BASE_URL=server.base_url, OPENAI_API_KEY=KEY, OPENAI_MODEL="test-model", VOICE="hibari"
        )
    ) as bot:
        yield bot


@pytest.fixture
def hanging(server: ChatServer) -> ChatServer:
    """A language model that does not answer until a test sets its delay to zero."""
    server.delay = 3600.0
    return server


def test_a_worker_is_killed_and_another_goes_on(bot: Bot) -> None:
    port = free_port()
    first = bot.worker()
    asking = bot.start("summon", WORDS, "--queue", "--seed", "3", "--json")
    first.wait_for("step.ended", stage="mind")
    first.kill()
    began = time.monotonic()
    second = bot.worker(HEALTH_ADDRESS=f"127.0.0.1:{port}")
    out, err = asking.communicate(timeout=PATIENCE)
    assert asking.returncode == 0, err
    assert time.monotonic() - began < 40

    document = json.loads(out)
    assert document["state"] == "delivered"
    steps = {step["stage"]: step for step in document["steps"]}
    assert {step["state"] for step in steps.values()} == {"done"}
    assert steps["mind"]["attempts"] == 1
    assert not second.lines("step.ended", stage="mind")  # found, not made again
    picture, clip = map(Path, document["files"])
    with Image.open(picture) as image:
        assert min(image.size) >= 512
    assert b"ftyp" in clip.read_bytes()[:12]
    finals = bot.rows("SELECT part, state FROM outbox WHERE request_id = ? AND final", document["id"])
    assert finals == [("clip", "sent")]
    assert err.count(str(clip)) == 1
    until(lambda: not any(alive(child) for child in first.children))  # nor does a killed worker leave anybody

    with urlopen(f"http://127.0.0.1:{port}/health", timeout=10) as answer:
        assert answer.status == 200
    with urlopen(f"http://127.0.0.1:{port}/ready", timeout=10) as answer:
        assert answer.status == 200
    with urlopen(f"http://127.0.0.1:{port}/metrics", timeout=10) as answer:
        page = answer.read().decode()
    assert 'chatanything_stage_seconds_count{engine="rig",outcome="done",stage="clip"} 1.0' in page

    spoken = bot.place.json("talk", document["name"], "--say", LINE, "--queue")
    assert spoken["state"] == "delivered"
    assert spoken["text"]
    assert [Path(file).suffix for file in spoken["files"]] == [".mp4"]
    assert second.end() == 0
    for worker in (first, second):
        log = worker.log.read_text("utf-8")
        assert LINE not in log
        assert WORDS not in log
        assert spoken["text"] not in log
        assert document["name"] not in log


def test_sigterm_ends_what_was_begun_and_loses_nothing(bot: Bot) -> None:
    first = bot.worker()
    asking = bot.start("summon", WORDS, "--queue", "--seed", "3", "--json")
    first.wait_for("step.ended", stage="mind")
    assert first.end() == 0
    request = bot.newest()
    assert bot.step(request, "portrait") == ("done", 1) or bot.step(request, "voice") == ("done", 1)
    assert "running" not in {state for (state,) in bot.rows("SELECT state FROM steps")}
    second = bot.worker("--queues", "voice,portrait,clip", "--concurrency", "1")
    third = bot.worker("--queues", "mind, clip")  # two on one file
    out, err = asking.communicate(timeout=PATIENCE)
    assert asking.returncode == 0, err
    document = json.loads(out)
    assert document["state"] == "delivered"
    assert {step["attempts"] for step in document["steps"]} == {1}
    done = [line["stage"] for worker in (first, second, third) for line in worker.lines("step.ended")]
    assert sorted(done) == ["clip", "mind", "portrait", "voice"]
    assert (second.end(signal.SIGINT), third.end()) == (0, 0)


def test_called_off_handed_back_left_alone(home: Bot, hanging: ChatServer) -> None:
    """A language model hangs, and nobody has the patience to wait for it."""
    worker = home.worker()
    asking, request = home.thinking("summon", WORDS, "--queue", "--json", worker=worker)
    done = home.place.run("requests", "--cancel", request)
    assert done.returncode == 0, done.stderr
    began = time.monotonic()
    worker.wait_for("step.ended", request=request, outcome="dropped")
    assert time.monotonic() - began < 5
    out, err = asking.communicate(timeout=PATIENCE)
    assert asking.returncode == 0, err
    assert json.loads(out)["state"] == "cancelled"
    assert "called off" in err

    asking, request = home.thinking("summon", WORDS, "--queue", worker=worker)
    worker.process.send_signal(signal.SIGTERM)
    time.sleep(0.5)
    assert worker.process.poll() is None  # it ends what was begun
    began = time.monotonic()
    assert worker.end() == 0
    assert time.monotonic() - began < 8
    assert worker.lines("step.handed_back")
    assert home.step(request) == ("ready", 0)

    asking.send_signal(signal.SIGINT)
    out, err = asking.communicate(timeout=GRACE)
    assert asking.returncode == 130
    assert "It goes on without you." in out
    assert err == ""
    hanging.delay = 0.0
    again = home.worker()
    again.wait_for("step.ended", stage="clip", request=request)
    ((name,),) = home.rows("SELECT name FROM personas")
    done = home.place.run("talk", name, "--say", LINE, "--queue")
    assert done.returncode == 0, done.stderr
    assert home.state(request) == home.state(home.newest()) == "delivered"
    assert len(re.findall(r"clip-\w+\.mp4\n", done.stdout)) == 2
    assert again.end() == 0
    assert KEY not in worker.log.read_text("utf-8") + again.log.read_text("utf-8")


def alive(process: psutil.Process) -> bool:
    return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
