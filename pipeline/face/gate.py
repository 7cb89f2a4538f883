"""The gate between painting and animating: is there one face in a picture that can act? If not, what to try next.

ChatAnything (Zhao et al. 2023, arXiv:2311.06772) finds out at the very end: speech and video are rendered, any failure
counts as "no face", and the next try changes the person's words. Here the picture alone is judged, the answer says
what is wrong, and the words stay as they are.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from pydantic import Field

from pipeline.stages import FaceFinder
from pipeline.types import Face, Fraction, Picture, Value

LEAST_SCORE = 0.65
"""What a finder must say of a painted face. Of things that have none, FaceMesh gave at most 0.65 (the lamp of a
motorcycle) and 0.60 (a pirate's hat); drawn faces on things get 0.60-0.83, faces like people's 0.9 and more. A painter
can always paint again, so the gate is stricter than the finder itself."""
DOMINATES = 2.5
"""How many times as large as the next the largest face must be to be the only one that counts. A face in the
background may be there; two that could both be speaking may not, since only one of them will move."""


class Verdict(StrEnum):
    """What the gate says of a picture."""

    FOUND = "found"
    LOW_SCORE = "low score"
    SEVERAL = "several faces"
    NONE = "no face"
    IMPLAUSIBLE = "implausible"


@dataclass(frozen=True, slots=True)
class Judged:
    """A verdict, and the face that it is about: the largest, if there is any. Its ``flaw`` says why it is
    implausible."""

    verdict: Verdict
    face: Face | None = None

    @property
    def score(self) -> float:
        """Of that face, 0 without one."""
        return self.face.score if self.face else 0.0


def judge(finder: FaceFinder, picture: Picture) -> Judged:
    """Whether the picture has exactly one face that can act."""
    return verdict(finder.find(picture))


def verdict(faces: Sequence[Face], least: float = LEAST_SCORE, dominates: float = DOMINATES) -> Judged:
    """The same for faces that were found, largest first."""
    if not faces:
        return Judged(Verdict.NONE)
    first = faces[0]
    if first.flaw:
        return Judged(Verdict.IMPLAUSIBLE, first)
    if len(faces) > 1 and first.size < dominates * faces[1].size:
        return Judged(Verdict.SEVERAL, first)
    return Judged(Verdict.FOUND if first.score >= least else Verdict.LOW_SCORE, first)


# --- what to try next ---------------------------------------------------------------------------------------------

SEEDS = 2
"""How often only the seed changes, which costs the picture nothing."""
MORE_WEIGHT, MOST_WEIGHT = 0.25, 1.2
"""By how much the ControlNet gains, and where it begins to burn its dots into the picture."""
LESS_REDONE, LEAST_REDONE = 0.08, 0.6
"""Share of the denoising by which a try begins nearer to the template, and where the thing drowns in it. The paper goes
by 0.04, from 1.0 to 0.72, eight times; two of its steps at once, since each costs a whole picture."""
STEPS = 2
"""How often each of these two is turned."""
SEED_STEP = 7919
"""Between the seeds of tries: a batch may use the ones next to each."""


class Remedy(StrEnum):
    """What a try changes against the one before, from what costs the picture least to giving up on painting it."""

    FIRST = "as asked"
    SEED = "another seed"
    WEIGHT = "more weight on the landmarks"
    STRENGTH = "more of the template"
    TEMPLATE = "another template"
    LOOK = "another look"
    ILLUSTRATOR = "the illustrator"


class Attempt(Value):
    """One way to paint a picture. The words of the person are no part of it: nothing may change them."""

    seed: int
    weight: float | None = Field(default=None, description="of the landmarks' ControlNet; None: not used")
    strength: Fraction | None = Field(default=None, description="share of the denoising that is redone; None: not used")
    template_turn: int = Field(default=0, description="which of the templates that fit the persona")
    look_index: int | None = Field(default=0, description="which of the looks that fit; None: the illustrator")
    why: Remedy = Remedy.FIRST

    @property
    def illustrator(self) -> bool:
        """Whether painting is given up for the illustrator's drawn face."""
        return self.look_index is None


class Try(Value):
    """What became of an attempt."""

    attempt: Attempt
    verdict: Verdict
    score: float = 0.0
    seconds: float = 0.0


def ladder(seed: int, weight: float | None, strength: float | None, looks: int) -> Iterator[Attempt]:
    """Attempts in the order in which they are worth trying; whoever paints stops at the first that succeeds.

    ``weight``, ``strength``: of the guidance in use, None where it has no such part, and then nothing turns it (nor
    changes a template that nobody looks at). ``looks``: how many looks can be tried, best first. The last attempt is
    the illustrator's, which cannot fail.
    """
    now = Attempt(seed=seed, weight=weight, strength=strength)
    for look in range(looks):
        now = now.model_copy(update={"look_index": look, "why": Remedy.LOOK if look else Remedy.FIRST})
        yield now
        if look == 0:
            for change in _changes(weight, strength):
                now = now.model_copy(update={"seed": now.seed + SEED_STEP, **change})
                yield now
        now = now.model_copy(update={"seed": now.seed + SEED_STEP})
    yield Attempt(seed=seed, look_index=None, why=Remedy.ILLUSTRATOR)


def _changes(weight: float | None, strength: float | None) -> Iterator[dict[str, object]]:
    """What the tries with one look change, one after the other; what was gained before is kept."""
    for _ in range(SEEDS):
        yield {"why": Remedy.SEED}
    for step in range(1, STEPS + 1):
        if weight is not None and weight + step * MORE_WEIGHT <= MOST_WEIGHT + 1e-9:
            yield {"why": Remedy.WEIGHT, "weight": round(weight + step * MORE_WEIGHT, 3)}
    for step in range(1, STEPS + 1):
        if strength is not None and strength - step * LESS_REDONE >= LEAST_REDONE - 1e-9:
            yield {"why": Remedy.STRENGTH, "strength": round(strength - step * LESS_REDONE, 3)}
    if weight is not None or strength is not None:
        yield {"why": Remedy.TEMPLATE, "template_turn": 1}


def told(tries: Sequence[Try]) -> str:
    """For people who ask why a portrait is as it is: "a face at try 3 (another seed); before: no face, low score"."""
    last, before = tries[-1], ", ".join(one.verdict for one in tries[:-1])
    outcome = "a face" if last.verdict is Verdict.FOUND else str(last.verdict)
    said = f"{outcome} at try {len(tries)} ({last.attempt.why})"
    if last.attempt.illustrator:
        said = "the illustrator's own face"
    return f"{said}; before: {before}" if before else said
