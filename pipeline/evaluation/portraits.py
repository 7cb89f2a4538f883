"""Whether the illustrator draws what was asked for: 200 concepts with what would be fair for each (`portraits.toml`).

A subject is *right* when it is listed, an honest *body* when it is a neutral one of our own, else it is a *wrong*
object. The choice alone takes two seconds for all of them; painting them tells as well whether a face is found in
each, and in how many of the same pictures without their face.
"""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Callable, Iterable, Iterator, Sequence
from enum import StrEnum
from fnmatch import fnmatchcase
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable

from pipeline import registry
from pipeline.concept import clean
from pipeline.evaluation import detectors, lanes, painted, sheets
from pipeline.evaluation.detection import DRAWN, ILLUSTRATOR, Bare
from pipeline.evaluation.kept import Kept, Row
from pipeline.evaluation.lanes import Job
from pipeline.evaluation.rates import Rate, rate
from pipeline.mind.scripted.writing import write
from pipeline.portrait import body
from pipeline.portrait.choosing import Chooser
from pipeline.stages import EngineConfig
from pipeline.types import Value
from pipeline.workers import Workers

SEED = 11
DETECTOR = "facemesh"
PLATES = 100


class Verdict(StrEnum):
    """What became of a concept's subject."""

    RIGHT = "right"
    BODY = "body"
    WRONG = "wrong"


class Wanted(Value):
    """A concept and the patterns of the subjects that are fair for it."""

    text: str
    category: str
    fair: tuple[str, ...]

    def verdict(self, subject: str) -> Verdict:
        """Of "fluent:red-apple", "body:tree" or "person:baker"."""
        own, _, name = subject.partition(":")
        shown = {subject, name} if own == "body" else {own if own == "person" else name}
        if any(fnmatchcase(one, pattern) for one in shown for pattern in self.fair):
            return Verdict.RIGHT
        return Verdict.BODY if own == "body" and body.row_of(name).neutral else Verdict.WRONG


class Plan(Value):
    """How many concepts; None: all."""

    limit: int | None = None


class Report(Value):
    """A whole evaluation."""

    rows: tuple[Row, ...]

    @property
    def drawn(self) -> list[Row]:
        """The portraits."""
        return [row for row in self.rows if row.way == DRAWN and not row.error]

    @property
    def plates(self) -> list[Row]:
        """The same pictures before they had a face."""
        return [row for row in self.rows if row.way == Bare.PLATE and not row.error]

    @property
    def errors(self) -> list[Row]:
        """What could not be painted."""
        return [row for row in self.rows if row.error]

    def share(self, verdict: Verdict, category: str | None = None) -> Rate:
        """How many subjects have this verdict."""
        rows = (row for row in self.drawn if category in (None, row.category))
        return rate(judged(row.subject, row.art) is verdict for row in rows)

    def found(self, rows: Sequence[Row]) -> Rate:
        """In how many a face is seen."""
        return rate(row.seen[DETECTOR].found for row in rows)


@cache
def concepts() -> tuple[Wanted, ...]:
    """The set, checked: every name of `fair` is there."""
    table = tomllib.loads(_text())
    lists: dict[str, str] = table.pop("fair")

    def spelled(words: str) -> Iterator[str]:
        for word in words.split():
            yield from spelled(lists[word[1:]]) if word.startswith("@") else (word,)

    return tuple(
        Wanted(text=text, category=category, fair=spelled(fair))
        for category, rows in table.items()
        for text, fair in rows.items()
    )


def judged(text: str, subject: str) -> Verdict:
    """The verdict on the subject of one of the concepts."""
    return next(wanted for wanted in concepts() if wanted.text == text).verdict(subject)


def chosen(config: EngineConfig, plan: Plan | None = None) -> Iterator[Row]:
    """What would be painted, without painting it."""
    chooser = Chooser(config.assets)
    for wanted in _some(plan or Plan()):
        choice = chooser.choose(write(clean(wanted.text), SEED))
        yield Row(
            subject=wanted.text, category=wanted.category, way=DRAWN, art=choice.id,
            reason=f"{choice.why} ({choice.score:.2f} of 1)",
        )  # fmt: skip


def _some(plan: Plan) -> Iterable[Wanted]:
    """The categories in turn, so that a short evaluation sees all of them."""
    everything = concepts()
    count = len(everything) if plan.limit is None else min(plan.limit, len(everything))
    return [everything[number * len(everything) // count] for number in range(count)]


async def evaluate(
    config: EngineConfig, plan: Plan, workers: Workers, kept: Kept, tell: Callable[[str], None]
) -> Report:
    """Whatever of the plan ``kept`` does not have yet. Raises ``MissingAsset`` before any work."""
    some = list(_some(plan))
    jobs = [Job(subject=wanted.text, category=wanted.category, way=DRAWN) for wanted in some]
    step = max(1, len(some) // PLATES)
    jobs += [Job(subject=one.text, category=one.category, way=Bare.PLATE) for one in some[::step][:PLATES]]
    if any(job.key not in kept.rows for job in jobs):
        await workers.run("pictures", ready, config)
    return Report(rows=await lanes.draw(config, plan, jobs, measured, workers, kept, tell))


def ready(config: EngineConfig) -> None:
    """Builds painter and detector in this process. Raises ``MissingAsset`` or ``CorruptAsset``."""
    registry.create("portrait", ILLUSTRATOR, config)
    detectors.detector(DETECTOR, config)


def measured(config: EngineConfig, plan: Plan, job: Job) -> tuple[Row, bytes]:
    """The picture of a job, what is seen in it, and a small JPEG of it. Runs in the pictures lane."""
    del plan
    persona = write(clean(job.subject), SEED)
    look = detectors.detector(DETECTOR, config)
    if job.way == Bare.PLATE:
        plate = painted.drawn(config, persona, SEED).plate
        assert plate is not None  # noqa: S101 - the illustrator's portraits always have one
        return Row(**job.model_dump(), seen={DETECTOR: look(plate, None)}), painted.small(plate)
    result = painted.once(ILLUSTRATOR, config, persona, SEED)
    seen = {DETECTOR: look(result.picture, result.known)}
    return Row(**job.model_dump(), **result.facts, seen=seen), painted.small(result.picture)


def contact_sheets(report: Report, kept: Kept, config: EngineConfig) -> dict[str, bytes]:
    """All portraits by category with their verdicts, by name of file."""

    def said(row: Row) -> str:
        return f"{row.subject}: {row.art}, {judged(row.subject, row.art)}"

    ordered = sorted(report.drawn, key=lambda row: row.category)
    return {
        f"sheet-{number}.png": sheets.sheet(page, DETECTOR, said, kept.picture, config.assets)
        for number, page in enumerate(sheets.pages(ordered), 1)
    }


def identity() -> dict[str, str]:
    """What a row depends on: the set, and every file of the painter."""
    return {"concepts": _digest(_text().encode()), "seed": str(SEED), "painter": _painter()}


def _painter() -> str:
    def below(folder: Traversable) -> Iterator[bytes]:
        for path in sorted(folder.iterdir(), key=lambda path: path.name):
            if path.is_dir():
                yield from below(path)
            elif path.name.endswith((".py", ".toml")):
                yield path.read_bytes()

    return _digest(b"".join(content for name in ("portrait", "face") for content in below(files("pipeline") / name)))


def _text() -> str:
    return (files("pipeline.evaluation") / "portraits.toml").read_text("utf-8")


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:16]
