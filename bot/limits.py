"""What people may use of the bot in any 24 hours: characters, seconds of video, and what the language model costs.

A request is refused when what was used already reaches a limit. The length and the price of an answer are known only
afterwards, so the last one may go over it, and so may whatever waits or is worked on at that moment.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Mapping
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from bot.jobs.plan import SUMMONED, AnswerMode, Kind, Stage, plan
from bot.settings import Settings
from pipeline.errors import LimitReached
from storage.asked import Asked
from storage.charges import TOLERANCE, Meter, Scope, last_to_leave, open_requests, used
from storage.tables import now

WINDOW = timedelta(hours=24)
"""A charge counts for exactly so long."""

REACHED: Mapping[tuple[Meter, Scope], str] = {
    (Meter.SUMMONS, Scope.PERSON): "You have summoned {} in the last 24 hours, which reaches the limit here.",
    (
        Meter.SUMMONS,
        Scope.PLACE,
    ): "People in this place have summoned {} in the last 24 hours, which reaches its limit.",
    (Meter.SUMMONS, Scope.BOT): "People have summoned {} with this bot in the last 24 hours, which reaches its limit.",
    (Meter.VIDEO, Scope.PERSON): "The clips made for you in the last 24 hours last {}, which reaches the limit here.",
    (Meter.VIDEO, Scope.PLACE): "The clips made in this place in the last 24 hours last {}, which reaches its limit.",
    (Meter.VIDEO, Scope.BOT): "The clips made by this bot in the last 24 hours last {}, which reaches its limit.",
    # Sums of money are the operator's business.
    (Meter.COST, Scope.PERSON): "Your requests of the last 24 hours have cost as much as one person's may here.",
    (Meter.COST, Scope.PLACE): "The requests of this place in the last 24 hours have cost as much as they may.",
    (Meter.COST, Scope.BOT): "This bot has spent as much in the last 24 hours as it may.",
}


class Limits:
    """The limits of the settings. Methods run inside a transaction of the caller."""

    def __init__(self, settings: Settings, clock: Callable[[], datetime] = now) -> None:
        every = {(meter, scope): getattr(settings, f"limit_{meter}_{scope}") for meter in Meter for scope in Scope}
        self._limits: dict[tuple[Meter, Scope], float] = {key: one for key, one in every.items() if one is not None}
        self._open = settings.limit_open_person
        self._clock = clock

    async def admit(self, session: AsyncSession, asked: Asked) -> None:
        """Raises ``LimitReached`` when the request is too much; of several limits, by the one that lasts longest."""
        if self._open is not None and await open_requests(session, asked.person) >= self._open:
            many = "One of your requests is" if self._open == 1 else f"{self._open} of your requests are"
            raise LimitReached(f"{many} waiting or in work. You can ask again as soon as one of yours is done.")
        meters, present = meters_of(asked), self._clock()
        if Meter.SUMMONS in meters and 0 in (self._limits.get((Meter.SUMMONS, scope)) for scope in Scope):
            raise LimitReached("No characters can be summoned here: whoever runs this bot has switched that off.")
        refusal = None
        for (meter, scope), amount in (await self._used(session, meters, asked.person, asked.place, present)).items():
            if amount < self._limits[meter, scope] - TOLERANCE:
                continue
            free_at = await self._free_at(session, meter, scope, asked, present)
            if free_at is not None and (refusal is None or free_at > refusal[0]):
                refusal = free_at, _refusal(meter, scope, amount, free_at, present)
        if refusal is not None:
            raise LimitReached(refusal[1], free_at=refusal[0])

    async def left(self, session: AsyncSession, person: str, place: str) -> Mapping[Meter, float | None]:
        """What a person may still use in a place: characters, seconds, USD. None where nothing limits it."""
        left: dict[Meter, float | None] = dict.fromkeys(Meter)
        for (meter, scope), amount in (await self._used(session, [*Meter], person, place, self._clock())).items():
            own, others = max(self._limits[meter, scope] - amount, 0.0), left[meter]
            left[meter] = own if others is None else min(own, others)
        return left

    async def _used(
        self, session: AsyncSession, meters: Collection[Meter], person: str, place: str, present: datetime
    ) -> Mapping[tuple[Meter, Scope], float]:
        """What was used, where there is a limit to it."""
        limited = {meter for meter, _ in self._limits if meter in meters}
        if not limited:
            return {}
        totals = await used(session, limited, present - WINDOW, person=person, place=place)
        return {key: amount for key, amount in totals.items() if key in self._limits}

    async def _free_at(
        self, session: AsyncSession, meter: Meter, scope: Scope, asked: Asked, present: datetime
    ) -> datetime | None:
        """The first moment at which less than the limit is used, if nothing more is; None when that is now."""
        whose = {scope.value: getattr(asked, scope.value)} if scope is not Scope.BOT else {}
        last = await last_to_leave(session, meter, present - WINDOW, self._limits[meter, scope], **whose)
        # A charge of the future was made before the clock was put back: nobody can say when, but not after now.
        return None if last is None else min(last, present) + WINDOW


def meters_of(asked: Asked) -> Collection[Meter]:
    """What a request counts against. Any may cost money: language models choose voices and styles as well."""
    kind, meters = Kind(asked.kind), [Meter.COST]
    if kind in SUMMONED:
        meters.append(Meter.SUMMONS)
    steps = plan(kind, AnswerMode(asked.payload.get("answer", AnswerMode.VIDEO)))
    if any(step.stage == Stage.CLIP for step in steps):
        meters.append(Meter.VIDEO)
    return meters


def _refusal(meter: Meter, scope: Scope, amount: float, free_at: datetime, present: datetime) -> str:
    if meter is Meter.SUMMONS:
        shown, following = "1 character" if amount == 1 else f"{amount:.0f} characters", "The next one is free"
    else:
        shown, following = _span(timedelta(seconds=amount)), "You can go on"
    whole = free_at + timedelta(minutes=1) - timedelta.resolution  # rounded up: at the time told it is true
    wait = _span(free_at - present)
    return f"{REACHED[meter, scope].format(shown)} {following} in {wait} ({whole:%H:%M} UTC)."


def _span(span: timedelta) -> str:
    """Whole minutes, rounded up: "3 h 20 min"."""
    hours, minutes = divmod(max(math.ceil(span / timedelta(minutes=1)), 1), 60)
    return " ".join([f"{hours} h"] * (hours > 0) + [f"{minutes} min"] * (minutes > 0))
