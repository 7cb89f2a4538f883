"""Whether a process is gone for sure: a wrong yes takes work from the living."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest

from bot.jobs.identity import is_gone, this_process


@contextmanager
def child() -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def named(pid: int) -> str:
    """The name of another process in this place."""
    host, _, _ = this_process().rpartition("/")[0].rpartition("/")
    return f"{host}/{pid}/0badcafe"


def test_names_are_never_used_twice() -> None:
    assert len({this_process() for _ in range(100)}) == 100


def test_the_living_and_the_dead() -> None:
    with child() as process:
        assert not is_gone(named(process.pid), this_process())
    assert is_gone(named(process.pid), this_process())


def test_a_zombie_is_gone() -> None:
    with child() as process:
        process.send_signal(signal.SIGKILL)
        until = time.monotonic() + 10
        while psutil.Process(process.pid).status() != psutil.STATUS_ZOMBIE:
            assert time.monotonic() < until
            time.sleep(0.01)
        assert is_gone(named(process.pid), this_process())


def test_one_that_is_stopped_lives() -> None:
    with child() as process:
        process.send_signal(signal.SIGSTOP)
        assert not is_gone(named(process.pid), this_process())


def test_who_had_our_number_before_us_is_gone() -> None:
    """In a container that was started again everybody is number 1."""
    own = this_process()
    assert is_gone(named(os.getpid()), own)
    assert not is_gone(own, own)


def test_nothing_is_certain_elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    with child() as process:
        pass
    name = named(process.pid)
    monkeypatch.setattr(socket, "gethostname", lambda: "elsewhere")
    assert not is_gone(name, this_process())


def test_containers_that_share_a_name_do_not_see_each_other(monkeypatch: pytest.MonkeyPatch) -> None:
    with child() as process:
        pass
    name = named(process.pid)
    monkeypatch.setattr(Path, "readlink", lambda path: Path("pid:[1]"))
    assert not is_gone(name, this_process())


def test_without_namespaces_the_name_of_the_host_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    def readlink(path: Path) -> Path:
        raise FileNotFoundError

    monkeypatch.setattr(Path, "readlink", readlink)
    with child() as process:
        assert not is_gone(named(process.pid), this_process())
    assert is_gone(named(process.pid), this_process())


@pytest.mark.parametrize("name", ["", "worker", "a/b", "host/pid/chance", "host//x", f"{'x' * 300}/1/2"])
def test_names_of_others_mean_nothing(name: str) -> None:
    assert not is_gone(name, this_process())


def test_a_process_that_we_may_not_look_at_lives(monkeypatch: pytest.MonkeyPatch) -> None:
    def process(pid: int) -> psutil.Process:
        raise psutil.AccessDenied(pid)

    monkeypatch.setattr(psutil, "Process", process)
    assert not is_gone(named(1), this_process())
