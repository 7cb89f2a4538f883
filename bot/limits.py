"""What people may use of the bot in any 24 hours: characters, seconds of video, and what the language model costs.

A request is refused when what was used already reaches a limit. The length and the price of an answer are known only
afterwards, so the last one may go over it, and so may whatever waits or is worked on at that moment.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Mapping
from datetime import datetime, timedelta
from typing import TypeAlias

from sqlalchemy.ext.asyncio import AsyncSession

from bot.jobs.plan import SUMMONED, AnswerMode, Kind, Stage, plan
from bot.localisation.refusals import Refusal
from bot.settings import Settings
from pipeline.errors import LimitReached
from storage.asked import Asked
from storage.charges import TOLERANCE, Meter, Scope, last_to_leave, open_requests, used
from storage.places import place_document
from storage.values import now

WINDOW = timedelta(hours=24)
"""A charge counts for exactly so long."""

Amounts: TypeAlias = Mapping[tuple[Meter, Scope], float]
"""Characters, seconds or USD."""

REACHED: Mapping[tuple[Meter, Scope], str] = {
    (Meter.SUMMONS, Scope.PERSON): "limits-summons-person",
    (Meter.SUMMONS, Scope.PLACE): "limits-summons-place",
    (Meter.SUMMONS, Scope.BOT): "limits-summons-bot",
    (Meter.VIDEO, Scope.PERSON): "limits-video-person",
    (Meter.VIDEO, Scope.PLACE): "limits-video-place",
    (Meter.VIDEO, Scope.BOT): "limits-video-bot",
    # Sums of money are the operator's business.
    (Meter.COST, Scope.PERSON): "limits-cost-person",
    (Meter.COST, Scope.PLACE): "limits-cost-place",
    (Meter.COST, Scope.BOT): "limits-cost-bot",
}


class TooMuch(Refusal, LimitReached):
    """A limit is reached, in the language of whoever reached it."""

    def __init__(self, id_: str, *, free_at: datetime | None = None, **values: str | float) -> None:
        super().__init__(id_, **values)
        self.free_at = free_at


class Limits:
    """The limits of the settings, and lower ones of a place. Methods run inside a transaction of the caller."""

    def __init__(self, settings: Settings, clock: Callable[[], datetime] = now) -> None:
        every = {(meter, scope): getattr(settings, f"limit_{meter}_{scope}") for meter in Meter for scope in Scope}
        self._limits: Amounts = {key: one for key, one in every.items() if one is not None}
        self._open = settings.limit_open_person
        self._clock = clock

    async def admit(self, session: AsyncSession, asked: Asked) -> None:
        """Raises ``LimitReached`` when the request is too much; of several limits, by the one that lasts longest."""
        if self._open is not None and await open_requests(session, asked.person) >= self._open:
            raise TooMuch("limits-open", n=self._open)
        meters, present, limits = meters_of(asked), self._clock(), self._limits
        if Meter.SUMMONS in meters:
            limits = await self._lowered(session, asked.place)
            if 0 in (limits.get((Meter.SUMMONS, scope)) for scope in Scope):
                operator = 0 in (self._limits.get((Meter.SUMMONS, scope)) for scope in Scope)
                raise TooMuch("limits-off" if operator else "limits-off-here")
        refusal = None
        totals = await self._used(session, limits, meters, asked.person, asked.place, present)
        for (meter, scope), amount in totals.items():
            limit = limits[meter, scope]
            if amount < limit - TOLERANCE:
                continue
            free_at = await self._free_at(session, meter, scope, limit, asked, present)
            if free_at is not None and (refusal is None or free_at > refusal[0]):
                refusal = free_at, _refusal(meter, scope, amount, free_at, present)
        if refusal is not None:
            raise refusal[1]

    async def left(self, session: AsyncSession, person: str, place: str) -> Mapping[Meter, float | None]:
        """What a person may still use in a place: characters, seconds, USD. None where nothing limits it."""
        left: dict[Meter, float | None] = dict.fromkeys(Meter)
        limits = await self._lowered(session, place)
        totals = await self._used(session, limits, [*Meter], person, place, self._clock())
        for (meter, scope), amount in totals.items():
            own, others = max(limits[meter, scope] - amount, 0.0), left[meter]
            left[meter] = own if others is None else min(own, others)
        return left

    async def _lowered(self, session: AsyncSession, place: str) -> Amounts:
        """The limits that hold in a place, which may set lower ones for summons."""
        settings, limits = await place_document(session, place), dict(self._limits)
        for scope, own in ((Scope.PERSON, "summons_person"), (Scope.PLACE, "summons_place")):
            if settings.get(own) is not None:
                key = Meter.SUMMONS, scope
                limits[key] = min(limits.get(key, math.inf), settings[own])
        return limits

    async def _used(
        self,
        session: AsyncSession,
        limits: Amounts,
        meters: Collection[Meter],
        person: str,
        place: str,
        present: datetime,
    ) -> Amounts:
        """What was used, where there is a limit to it."""
        limited = {meter for meter, _ in limits if meter in meters}
        if not limited:
            return {}
        totals = await used(session, limited, present - WINDOW, person=person, place=place)
        return {key: amount for key, amount in totals.items() if key in limits}

    async def _free_at(
        self, session: AsyncSession, meter: Meter, scope: Scope, limit: float, asked: Asked, present: datetime
    ) -> datetime | None:
        """The first moment at which less than the limit is used, if nothing more is; None when that is now."""
        whose = {scope.value: getattr(asked, scope.value)} if scope is not Scope.BOT else {}
        last = await last_to_leave(session, meter, present - WINDOW, limit, **whose)
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


def _refusal(meter: Meter, scope: Scope, amount: float, free_at: datetime, present: datetime) -> TooMuch:
    used_hours, used_minutes = _span(timedelta(seconds=amount)) if meter is Meter.VIDEO else (0, 0)
    hours, minutes = _span(free_at - present)
    whole = free_at + timedelta(minutes=1) - timedelta.resolution  # rounded up: at the time told it is true
    return TooMuch(
        REACHED[meter, scope],
        free_at=free_at,
        n=round(amount),
        used_hours=used_hours,
        used_minutes=used_minutes,
        hours=hours,
        minutes=minutes,
        clock=f"{whole:%H:%M}",
    )


def _span(span: timedelta) -> tuple[int, int]:
    """Hours and minutes, rounded up."""
    return divmod(max(math.ceil(span / timedelta(minutes=1)), 1), 60)
