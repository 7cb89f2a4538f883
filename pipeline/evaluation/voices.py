"""Whether the voices fit: 100 texts with what a person would expect to hear, and how well what is said is understood.

Gender and age are what `pipeline.voice.attributes` says of the recipe: they follow from the rows of its voices and from
their measured pitch, not from what was asked for.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from importlib.resources import files

from pipeline.concept import clean
from pipeline.evaluation.figures import Figure
from pipeline.evaluation.intelligibility import Understood, understood
from pipeline.receipt import Receipt
from pipeline.stages import Mind, Speaker
from pipeline.types import Age, Gender, Persona, Value, VoiceRecipe
from pipeline.voice import effects
from pipeline.voice.attributes import Attributes, heard
from pipeline.voice.match import Matcher
from pipeline.voice.wishes import wished


class Expected(Value):
    """A text, and what a person would expect to hear; None where nobody would mind."""

    text: str
    gender: Gender | None = None
    age: Age | None = None


class Script(Value):
    """The whole of `voices.toml`. ``described``: the text says what the voice is like; ``concept``: a mind does."""

    sentences: tuple[str, ...]
    described: tuple[Expected, ...]
    concept: tuple[Expected, ...]


class Cast(Value):
    """The voice that one text got."""

    expected: Expected
    recipe: VoiceRecipe
    heard: Attributes

    def right(self, what: str) -> bool | None:
        """Whether ``gender`` or ``age`` is as expected; None where nobody would mind."""
        wanted = getattr(self.expected, what)
        return None if wanted is None else bool(getattr(self.heard, what) == wanted)


class Report(Value):
    """What one engine did."""

    engine: str
    cast: tuple[Cast, ...]
    understood: tuple[Understood, ...] = ()


@cache
def script() -> Script:
    """The rows, validated."""
    return Script.model_validate(tomllib.loads((files("pipeline.evaluation") / "voices.toml").read_text("utf-8")))


async def people(mind: Mind, limit: int | None = None) -> list[tuple[Expected, Persona]]:
    """Every text as a persona; ``limit``: how many, half of each kind."""
    found = []
    for rows, described in ((script().described, True), (script().concept, False)):
        for seed, row in enumerate(rows[: None if limit is None else (limit + described) // 2]):
            persona = await mind.write(clean(row.text), seed, Receipt())
            found.append((row, wished(persona, row.text) if described else persona))
    return found


def cast(engine: str, personas: Sequence[tuple[Expected, Persona]]) -> Report:
    """A voice for each of them."""
    matcher = Matcher(engine)
    recipes = [(row, matcher.recipe(persona, seed)) for seed, (row, persona) in enumerate(personas)]
    sounds = ((row, recipe, heard(recipe)) for row, recipe in recipes)
    return Report(
        engine=engine,
        cast=tuple(Cast(expected=row, recipe=recipe, heard=sound) for row, recipe, sound in sounds if sound),
    )


def listened(
    report: Report, speaker: Speaker, count: int, tell: Callable[[str], None], only: Sequence[str] = ()
) -> Report:
    """The report with how well its voices are understood: as they are, mixed and bent, and with each effect; ``count``
    sentences each, ``only``: some of these kinds."""
    found = []
    for name, recipes in _kinds(report):
        if not only or name in only:
            tell(f"{report.engine}, {name}: {count} sentences")
            sentences = [script().sentences[i % len(script().sentences)] for i in range(count)]
            found.append(understood(name, speaker, recipes, sentences))
    return report.model_copy(update={"understood": tuple(found)})


def _kinds(report: Report) -> Iterator[tuple[str, list[VoiceRecipe]]]:
    plain = [one.recipe.model_copy(update={"effect": "none"}) for one in report.cast]
    single = [VoiceRecipe(engine=one.engine, parts=(one.parts[0].model_copy(update={"weight": 1.0}),)) for one in plain]
    yield "single", list({one.parts[0].voice: one for one in single}.values())
    yield "mixed", plain
    for effect in effects.EFFECTS:
        if effect != "none":
            own = [one.recipe for one in report.cast if one.recipe.effect == effect]
            yield effect, own or [one.model_copy(update={"effect": effect}) for one in plain]


def figures(report: Report) -> tuple[Figure, ...]:
    """Shares in per cent; how many of the recipes are unlike all others."""
    recipes = {one.recipe.model_dump_json(exclude={"reason"}) for one in report.cast}
    leads = {one.recipe.parts[0].voice for one in report.cast}
    return (
        Figure(key="gender", title="gender as expected", value=_share(report, "gender"), unit="%", digits=1),
        Figure(key="age", title="age band as expected", value=_share(report, "age"), unit="%", digits=1),
        Figure(key="distinct", title="distinct recipes", value=len(recipes), unit=f"of {len(report.cast)}"),
        Figure(key="leads", title="voices that lead one", value=len(leads), unit=""),
        *(
            Figure(key=f"wer_{one.voices}", title=f"words misheard, {one.voices}", value=one.rate, unit="%", digits=1)
            for one in report.understood
        ),
    )


def _share(report: Report, what: str) -> float | None:
    counted = [right for one in report.cast if (right := one.right(what)) is not None]
    return 100 * sum(counted) / len(counted) if counted else None
