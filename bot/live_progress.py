"""Edits the messages of unfinished requests: how far they have come, and answers as far as they are written.

Whatever is lost of this is not repeated: the next part of the request replaces it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection
from dataclasses import dataclass
from functools import partial
from typing import TypeAlias

import structlog

from bot.claims import Claims
from bot.jobs.plan import SUMMONED
from bot.messages import Patience, Undelivered, told
from bot.progress import Progress
from bot.showing import Showing
from pipeline.errors import StorageFailed
from storage.asked import Request
from storage.outbox import Outbox, PartKind, Sending

log = structlog.get_logger(__name__)

EVERY, LONGEST = 1.5, 10.0
"""Seconds between two edits of a message, and for one of them."""

MOST = 10_000
"""Requests whose progress is shown."""

News: TypeAlias = str | Progress
"""An answer as far as it is written, or how far the request has come."""


@dataclass(slots=True)
class Unfinished:
    """A request of which this process showed a part that is not its last one: what to show with it, and what is shown
    of that."""

    request: Request
    part: PartKind
    news: News | None = None
    shown: News | None = None
    showing: bool = False

    @property
    def untold(self) -> bool:
        """Nothing but the placeholder was shown."""
        return self.part is PartKind.PLACEHOLDER


class LiveProgress:
    """Unfinished requests of one platform. ``wake`` is called when something may wait in the outbox."""

    def __init__(self, outbox: Outbox, showing: Showing, worker: str, wake: Callable[[], None]) -> None:
        self._outbox = outbox
        self._showing = showing
        self._worker = worker
        self._wake = wake
        self._claims = Claims(outbox, wake)
        self._unfinished: dict[str, Unfinished] = {}

    @property
    def tasks(self) -> Collection[asyncio.Task[None]]:
        """The edits that are being made."""
        return self._claims.tasks

    def begin(self, sending: Sending) -> None:
        """A part was shown: what comes of its request from now on can be shown with it, unless it was the last."""
        part, request = sending.part, sending.request
        if not part.final and (part.kind is PartKind.PLACEHOLDER or request.kind in SUMMONED):
            self._unfinished[request.id] = Unfinished(request, part.kind)
            if len(self._unfinished) > MOST:
                del self._unfinished[next(iter(self._unfinished))]

    def end(self, request_id: str) -> None:
        """The next part is on its way."""
        self._unfinished.pop(request_id, None)

    def waiting(self) -> Collection[str]:
        """Requests of which progress can be shown: those with nothing but a placeholder, and new characters."""
        return [id_ for id_, one in self._unfinished.items() if not isinstance(one.news, str)]

    def tell(self, request_id: str, news: News) -> None:
        """Shows news, soon, or never. An answer as far as it is written is shown in place of the placeholder, and
        progress with whatever is shown but such an answer."""
        one = self._unfinished.get(request_id)
        if one is None:
            return
        if isinstance(news, Progress):
            if isinstance(one.news, str) or (told(news, one.request) is None and one.news is None):
                return
        elif not news or not one.untold:
            return
        one.news = news
        if not one.showing and one.news != one.shown:
            one.showing = True
            self._claims.start(self._show(one))

    async def _show(self, one: Unfinished) -> None:
        """Edits a message until there is no news, or another part is on its way.

        The newest part is claimed meanwhile, so whatever follows it, through whichever process, comes after the edit.
        """
        id_ = one.request.id
        try:
            while one.news is not None and one.news != one.shown and self._unfinished.get(id_) is one:
                sending = await self._outbox.claim_shown(id_, self._worker)
                if sending is None or sending.request.message is None:
                    if self._unfinished.get(id_) is one:
                        del self._unfinished[id_]
                    break
                news = one.news
                wait = await self._edit(sending, sending.request.message, news)
                one.shown = news
                await asyncio.sleep(wait)
        except StorageFailed as error:
            log.debug("delivery.progress", request=id_, error=type(error).__name__)
        finally:
            one.showing = False

    async def _edit(self, sending: Sending, key: str, news: News) -> float:
        """One edit; the seconds until the next. What fails is not repeated."""
        wait = EVERY
        try:
            async with asyncio.timeout(LONGEST):
                key = await self._showing.progress(sending, key, news)
        except Patience as error:
            wait = max(error.seconds or 0.0, wait)
        except (Undelivered, TimeoutError) as error:
            log.debug("delivery.progress", request=sending.request.id, error=type(error).__name__)
        finally:
            await self._claims.settle(sending, partial(self._outbox.sent, sending, key))
            self._wake()
        return wait
