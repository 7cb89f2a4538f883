"""One request from the terminal to the workers, and its answer back."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.text import Text

from bot import words
from bot.app import Desk, open_desk
from bot.asking import Asking, Incoming
from bot.console import TERMINAL
from bot.delivery import Delivery
from bot.jobs.identity import this_process
from bot.listing import request_document
from bot.settings import Settings
from bot.terminal import TerminalMessenger
from storage.asked import Request, State
from storage.requests import Accepted

LOOK = 0.5
"""Seconds between two looks whether it has ended."""

LEFT = "It goes on without you. `chatanything requests` lists it, and the next command with --queue shows its answer."

LONELY = 10.0
"""Seconds after which a request that nobody began is wondered at."""


async def ask_workers(
    settings: Settings, ask: Callable[[Asking, Incoming], Awaitable[Accepted]], out: Path, console: Console
) -> dict[str, Any]:
    """Hands a request over and shows its answer as it comes; the JSON document of the request.

    Whatever else waits to be shown at a terminal, from one that was closed too early, is shown as well.
    """
    messenger = TerminalMessenger(console, out)
    incoming = Incoming("terminal", f"terminal:{uuid.uuid4()}", TERMINAL, TERMINAL, TERMINAL)
    async with open_desk(settings) as desk:
        accepted = await ask(desk.asking, incoming)
        delivery = Delivery(desk.outbox, desk.blobs, desk.bell, [messenger], this_process())
        stopping = asyncio.Event()
        showing = asyncio.create_task(delivery.serve(stopping))
        try:
            request = await _ended(desk, accepted.request, console)
        except asyncio.CancelledError:
            console.print(Text(LEFT, "dim"), soft_wrap=True)
            raise
        finally:
            stopping.set()
            await asyncio.wait([showing], timeout=5)
        document = request_document(request, await desk.requests.steps(request.id))
    last = messenger.shown.get(request.id)
    said = {"name": last.name, "text": last.text, "notices": list(last.notices)} if last else {}
    return {**document, **said, "files": [str(path) for path in messenger.files.get(request.id, [])]}


async def _ended(desk: Desk, request: Request, console: Console) -> Request:
    waited = 0.0
    while request.state is State.OPEN:
        await asyncio.sleep(LOOK)
        waited += LOOK
        if waited == LONELY and request.begun_at is None:
            position = await desk.requests.position(request.id)
            console.print(Text(words.in_line(position.ahead, position.seconds), "dim"), soft_wrap=True)
            console.print(Text("Is a worker running? `chatanything worker` starts one.", "dim"), soft_wrap=True)
        request = await desk.requests.find(request.id) or request
    return request
