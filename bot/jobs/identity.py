"""Who claims: a name for this process, and whether the process behind another name is gone for sure."""

from __future__ import annotations

import os
import secrets
import socket
from pathlib import Path

import psutil


def this_process() -> str:
    """A name that no other process has or will have: host, process id, chance."""
    return f"{_host()}/{os.getpid()}/{secrets.token_hex(4)}"


def is_gone(name: str, own: str) -> bool:
    """Whether the process of a name certainly lives no more. Nothing is certain about other hosts.

    Start times are not compared: they move when the clock is set.
    """
    host, _, rest = name.rpartition("/")[0].rpartition("/")
    if name == own or host != _host() or not rest.isdecimal():
        return False
    if int(rest) == os.getpid():  # the same number in a container that was started again
        return True
    try:
        return psutil.Process(int(rest)).status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True
    except psutil.AccessDenied:
        return False


def _host() -> str:
    """Where process ids are counted together: containers on the network of their host share its name, and see each
    other's processes as little as those of other machines (pid_namespaces(7))."""
    try:
        return f"{socket.gethostname()} {Path('/proc/self/ns/pid').readlink()}"
    except OSError:  # not Linux
        return socket.gethostname()
