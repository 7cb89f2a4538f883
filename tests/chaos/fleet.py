"""Real processes that are killed, frozen and started again, and an account of every death."""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import random
import signal
import sys
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import psutil

from tests.chaos.process import NO_STORAGE, main
from tests.servers.ports import free_port

if TYPE_CHECKING:
    from multiprocessing.context import ForkServerProcess

FROZEN = 4.0, 11.0
"""Seconds that a process is frozen: longer than it takes until its steps are taken from it, and mostly its parts."""

LOOK = 0.05


@dataclass
class Member:
    """A place for a process. ``port``: of a gateway."""

    role: str
    log: Path
    port: int = 0
    process: ForkServerProcess | None = None
    killed: bool = False
    told_to_leave: bool = False
    thaw_at: float | None = None


@dataclass
class Deaths:
    """How processes ended. ``unexplained`` must stay empty."""

    kills: Counter[str] = field(default_factory=Counter)
    """By the driver, or at which point."""
    freezes: Counter[str] = field(default_factory=Counter)
    others: Counter[str] = field(default_factory=Counter)
    unexplained: list[str] = field(default_factory=list)


class Fleet:
    """Keeps one process in each place. Those that follow are born with another seed."""

    def __init__(self, roles: Sequence[str], folder: Path, environment: Mapping[str, str], seed: int) -> None:
        self.deaths = Deaths()
        self.members = [
            Member(role, folder / f"{number}-{role}.log", free_port() if role != "worker" else 0)
            for number, role in enumerate(roles)
        ]
        self.calm = False
        self._notes = folder / "notes"
        self._notes.touch()
        self._environment = environment
        self._chance = random.Random(seed)
        self._arguments: list[str] = []
        self._wild: list[str] = []
        self._keeping: asyncio.Task[None] | None = None
        # A new process takes 20 ms instead of seconds: everything is imported in the one that it is forked from.
        self._context = multiprocessing.get_context("forkserver")
        self._context.set_forkserver_preload(["tests.chaos.process", "tests.chaos.run"])

    def start(self, arguments: Sequence[str], wild: Sequence[str]) -> None:
        """Begins. ``wild``: further arguments unless ``calm``."""
        self._arguments, self._wild = [*arguments, "--notes", str(self._notes)], [*wild]
        self._keeping = asyncio.create_task(self._keep())

    async def serving(self) -> None:
        """Returns when updates are taken everywhere."""
        for port in self.ports:
            while True:
                try:
                    _, writer = await asyncio.open_connection("127.0.0.1", port)
                except ConnectionRefusedError:
                    await asyncio.sleep(LOOK)
                else:
                    writer.close()
                    break

    async def stop(self) -> None:
        """All leave in order, or are unexplained deaths."""
        if self._keeping is not None:
            self._keeping.cancel()
        for member in self.members:
            if member.process is not None and member.process.exitcode is None:
                member.told_to_leave = True
                member.process.terminate()
        for member in self.members:
            if member.process is not None:
                await asyncio.to_thread(member.process.join, 30)
                if member.process.exitcode is None:
                    self.deaths.unexplained.append(f"{member.role} did not leave")
                    member.process.kill()
                else:
                    self._account(member)

    def close(self) -> None:
        """No process stays, whatever happened."""
        for member in self.members:
            if member.process is not None and member.process.exitcode is None:
                member.process.kill()
                member.process.join()

    @property
    def ports(self) -> list[int]:
        """Where updates are taken."""
        return [member.port for member in self.members if member.port]

    @property
    def kills(self) -> int:
        """So far."""
        return self.deaths.kills.total()

    def kill(self) -> None:
        """kill -9 to one of them."""
        if (member := self._any()) is not None and member.process is not None:
            member.killed = True
            member.process.kill()

    def terminate(self) -> None:
        """SIGTERM to one of them."""
        if (member := self._any()) is not None and member.process is not None:
            member.told_to_leave = True
            member.process.terminate()

    def freeze(self) -> None:
        """SIGSTOP to one of them; SIGCONT follows."""
        if (member := self._any()) is not None and member.process is not None and member.process.pid:
            self.deaths.freezes["driver"] += 1
            os.kill(member.process.pid, signal.SIGSTOP)

    def settle(self) -> None:
        """Kills all once more; those that follow live on and make no mistakes."""
        self.calm = True
        for member in self.members:
            if member.process is not None and member.process.exitcode is None:
                member.killed = True
                member.process.kill()

    def _any(self) -> Member | None:
        living = [member for member in self.members if member.process is not None and member.process.exitcode is None]
        return self._chance.choice(living) if living else None

    async def _keep(self) -> None:
        while True:
            for member in self.members:
                self._tend(member)
            await asyncio.sleep(LOOK)

    def _tend(self, member: Member) -> None:
        if member.process is None:
            self._bear(member)
        elif member.process.exitcode is not None:
            self._account(member)
            member.process = None
        elif member.thaw_at is not None:
            if time.monotonic() > member.thaw_at and member.process.pid:
                member.thaw_at = None
                os.kill(member.process.pid, signal.SIGCONT)
        else:
            with suppress(psutil.NoSuchProcess):
                if psutil.Process(member.process.pid).status() == psutil.STATUS_STOPPED:
                    member.thaw_at = time.monotonic() + self._chance.uniform(*FROZEN)

    def _bear(self, member: Member) -> None:
        born = ["--role", member.role, "--port", str(member.port), "--log", str(member.log)]
        wild = [] if self.calm else [*self._wild, "--seed", str(self._chance.randrange(1 << 30))]
        member.killed = member.told_to_leave = False
        member.thaw_at = None
        member.process = self._context.Process(
            target=_live, args=(dict(self._environment), str(member.log), [*self._arguments, *born, *wild]), daemon=True
        )
        member.process.start()

    def _account(self, member: Member) -> None:
        assert member.process is not None
        status, pid = member.process.exitcode, member.process.pid
        notes = [line.split() for line in self._notes.read_text().splitlines()]
        points = [point for noted, point, sign in notes if int(noted) == pid and sign == "SIGKILL"]
        self.deaths.freezes.update(point for noted, point, sign in notes if int(noted) == pid and sign == "SIGSTOP")
        if status == -signal.SIGKILL and points:
            self.deaths.kills[points[-1]] += 1
        elif status == -signal.SIGKILL and member.killed:
            self.deaths.kills["driver"] += 1
        elif status == NO_STORAGE:
            self.deaths.others["started while storage was away"] += 1
        elif member.told_to_leave and status in (0, -signal.SIGTERM):  # the signal may come before the handler is set
            self.deaths.others["left at SIGTERM"] += 1
        else:
            self.deaths.unexplained.append(f"{member.role} {pid} ended with {status}; see {member.log}")


def _live(environment: Mapping[str, str], log: str, arguments: Sequence[str]) -> None:
    os.environ.update(environment)
    with Path(log).open("a") as errors:
        os.dup2(errors.fileno(), sys.stderr.fileno())
    main(arguments)
