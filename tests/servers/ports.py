"""Ports for servers that stop and come back."""

from __future__ import annotations

import random
import socket


def free_port() -> int:
    """A TCP port of this machine that nobody listens on.

    Below the range from which systems number outgoing connections: one of those could take the port of a server that
    is down for a moment.
    """
    while True:
        port = random.randrange(20_000, 32_000)
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
