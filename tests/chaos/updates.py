"""People who ask for things: each update comes three times, in shuffled order, through any gateway."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Mapping, Sequence
from itertools import count
from typing import Any

import httpx2

from pipeline.errors import StorageFailed
from storage.asked import State
from storage.repository import Personas
from storage.requests import Requests
from tests.chaos.history import Ledger

TIMES = 3
LATE = 1.5
"""Seconds by which a copy of an update may come later than another."""

ASKED = {"summon": 4, "reply": 8, "scene": 2, "another": 2, "restyle": 2, "revoice": 2, "cancel": 3, "again": 1}
"""How often each is asked for, in relation."""

CROWD = 40
"""Requests at the same time, at most."""

CAST, PLACES, PEOPLE = 4, 3, 8
"""Personas that people talk to, the places where they do, and the people."""


class People:
    """Send updates until they are told to stop; what they send then arrives nevertheless."""

    def __init__(
        self, ports: Sequence[int], requests: Requests, personas: Personas, ledger: Ledger, seed: int, rate: float
    ) -> None:
        self._ports = ports
        self._requests = requests
        self._personas = personas
        self._ledger = ledger
        self._chance = random.Random(seed)
        self._rate = rate
        self._numbers = count(1)
        self._looks = count(1)
        self._open = 0
        self._known: list[str] = []
        self._cast: list[str] = []
        self._client = httpx2.AsyncClient(timeout=8.0)
        self._sending: set[asyncio.Task[None]] = set()

    async def ask(self) -> None:
        """Asks and asks."""
        while True:
            update = await self._update()
            if update is not None and not await self._crowded():
                for _ in range(TIMES):
                    self._send(update, self._chance.uniform(0.0, LATE))
            await asyncio.sleep(self._chance.expovariate(self._rate))

    async def finish(self, patience: float) -> int:
        """Waits so many seconds until everything has arrived; how much has not."""
        late = (await asyncio.wait(self._sending, timeout=patience))[1] if self._sending else ()
        for task in late:
            task.cancel()
        await self._client.aclose()
        return len(late)

    def _send(self, update: Mapping[str, Any], delay: float) -> None:
        task = asyncio.create_task(self._deliver(update, delay))
        self._sending.add(task)
        task.add_done_callback(self._sending.discard)

    async def _deliver(self, update: Mapping[str, Any], delay: float) -> None:
        """Once more until there is an answer, as platforms do."""
        await asyncio.sleep(delay)
        while True:
            self._ledger.calls[update["do"]] += 1
            port = self._chance.choice(self._ports)
            try:
                answer = await self._client.post(f"http://127.0.0.1:{port}/", json=update)
            except httpx2.TransportError:
                await asyncio.sleep(self._chance.uniform(0.1, 0.5))
                continue
            if answer.status_code == 503:
                await asyncio.sleep(self._chance.uniform(0.1, 0.5))
                continue
            if answer.status_code == 200 and "key" in update:
                request = answer.json()["request"]
                self._ledger.answers[update["key"]].add(request)
                self._known.append(request)
            elif answer.status_code not in (200, 409):
                self._ledger.crashes[f"status {answer.status_code}"] += 1
            return

    async def _crowded(self) -> bool:
        """Whether so much is open that the end would take too long; who is not answered asks on, too."""
        if not next(self._looks) % 8:
            try:
                self._open = len(await self._requests.list(states=[State.OPEN], limit=CROWD))
            except StorageFailed:
                self._open = CROWD
        return self._open + len(self._sending) // TIMES >= CROWD

    async def _update(self) -> Mapping[str, Any] | None:
        do = self._chance.choices([*ASKED], [*ASKED.values()])[0]
        number = next(self._numbers)
        place = f"board:place/{self._chance.randrange(PLACES)}"
        update = {
            "do": do,
            "key": f"board:update/{number}",
            "place": place,
            "conversation": f"{place}/talk",
            "person": f"board:person/{self._chance.randrange(PEOPLE)}",
        }
        match do:
            case "summon":
                return {**update, "words": f"a toy number {number}"}
            case "another" | "cancel":
                return self._about_one(update)
            case "again":
                return await self._again()
        persona = await self._persona()
        return None if persona is None else {**update, "persona": persona, "words": f"line {number}"}

    def _about_one(self, update: Mapping[str, Any]) -> Mapping[str, Any] | None:
        if not self._known:
            return None
        request = self._chance.choice(self._known[-8:])
        if update["do"] == "another":
            return {**update, "request": request}
        return {"do": "cancel", "request": request}

    async def _again(self) -> Mapping[str, Any] | None:
        try:
            apologised = await self._requests.list(states=[State.APOLOGISED], limit=10)
        except StorageFailed:
            return None
        if not apologised:
            return None
        request = self._chance.choice(apologised).id
        self._ledger.reopened.add(request)
        return {"do": "again", "request": request}

    async def _persona(self) -> str | None:
        if len(self._cast) < CAST:
            try:
                self._cast = [persona.id for persona in await self._personas.list(CAST)]
            except StorageFailed:
                return None
        return self._chance.choice(self._cast) if self._cast else None
