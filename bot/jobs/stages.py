"""What each step does: the work of a stage, and what is written and shown when it ends.

Every result is kept under the hash of what went into it, so a step that is run again, whatever interrupted it, finds
what is there already. Nothing in here is kept between two steps.
"""

from __future__ import annotations

from dataclasses import dataclass

from bot.jobs.answering import answer
from bot.jobs.filming import film
from bot.jobs.outcome import Outcome
from bot.jobs.painting import paint
from bot.jobs.plan import SUMMONED, Kind, Stage
from bot.jobs.screening import screen
from bot.jobs.tools import Tools
from bot.jobs.voicing import cast, speak
from bot.jobs.writing import write
from pipeline.receipt import Receipt
from storage.steps import Lease


@dataclass(frozen=True, slots=True)
class Stages(Tools):
    """Which work is done for which step. ``run`` is what a worker calls."""

    async def run(self, lease: Lease, receipt: Receipt) -> Outcome:
        """The work of one step. Raises the errors of its engines and of storage."""
        summoned = lease.request.kind in SUMMONED
        match Stage(lease.step.stage):
            case Stage.MIND:
                return await (write(self, lease, receipt) if summoned else answer(self, lease, receipt))
            case Stage.VOICE:
                casting = summoned or lease.request.kind == Kind.REVOICE
                return await (cast(self, lease, receipt) if casting else speak(self, lease, receipt))
            case Stage.PORTRAIT:
                return await paint(self, lease, receipt)
            case Stage.CLIP if lease.request.kind == Kind.FILM:
                return await screen(lease, self.scenes, self.personas, self.keeping, self.studio)
            case Stage.CLIP:
                return await film(self, lease, receipt)
