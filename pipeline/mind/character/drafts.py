"""A persona as a language model drafts it: the schema that it fills, and how its answer is read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Annotated, Any, Literal

from pydantic import Field, ValidationError

from pipeline import concept as concepts
from pipeline.mind.character import mending, reading
from pipeline.mind.character.briefing import Brief
from pipeline.types import Age, Fraction, Gender, Mood, Persona, Size, Value

Item = Annotated[str, Field(min_length=1, max_length=70)]
SampleLine = Annotated[str, Field(min_length=2, max_length=160)]
Trait = Annotated[str, Field(min_length=2, max_length=24)]


class Draft(Value):
    """What a model is asked for, in an order that helps it think: what it is, who that makes it, how it talks."""

    thing: str = Field(min_length=2, max_length=40, description="English noun, singular, lower case")
    traits: tuple[Trait, ...] = Field(max_length=5, description="English adjectives")
    language: str = Field(min_length=2, max_length=2, pattern="^[a-z]{2}$", description="ISO 639-1 code of the texts")
    name: str = Field(min_length=1, max_length=40)
    tagline: str = Field(min_length=2, max_length=100)
    temper: str = Field(min_length=2, max_length=24, description="one English word")
    mood: Mood = Field(description="of its face at rest")
    age: Age
    gender: Literal["female", "male", "none"]
    size: Size = Field(description="beside a person")
    energy: Fraction = Field(description="0 sluggish, 1 restless")
    warmth: Fraction = Field(description="0 cold, 1 affectionate")
    accent: str = Field(min_length=2, max_length=30, description="one English word")
    personality: str = Field(min_length=20, max_length=900, description='"You are ...", 60 to 100 words')
    likes: tuple[Item, ...] = Field(min_length=1, max_length=3)
    dislikes: tuple[Item, ...] = Field(min_length=1, max_length=3)
    catchphrase: str = Field(min_length=2, max_length=80)
    habits: str = Field(max_length=160, description="how it talks")
    greeting: str = Field(min_length=6, max_length=200, description="two short sentences with its name")
    samples: tuple[SampleLine, ...] = Field(min_length=3, max_length=3, description="lines it might say")
    appearance: str = Field(min_length=2, max_length=260, description="English, for a painter")
    voice_wish: str = Field(min_length=2, max_length=160, description="English, for casting a voice")

    def persona(self, concept: str, seed: int, author: str) -> Persona:
        """The persona of this draft."""
        gender = Gender.NEUTRAL if self.gender == "none" else Gender(self.gender)
        return Persona(**self.model_dump(exclude={"gender"}), gender=gender, concept=concept, seed=seed, author=author)


@dataclass(frozen=True, slots=True)
class Reading:
    """An answer as it was understood. ``draft`` is None where ``missing`` fields cannot be used; ``fields`` are all."""

    draft: Draft | None
    problems: tuple[str, ...]
    rude: bool = False
    fields: Mapping[str, Any] = field(default_factory=dict)
    missing: frozenset[str] = frozenset()

    def completed(self, other: Persona) -> Draft | None:
        """The draft with small things that are missing taken from another persona; None without its heart."""
        if self.draft or not self.fields or self.missing & _HEART:
            return self.draft
        theirs = other.model_dump(include=set(self.missing))
        if "gender" in theirs and other.gender is Gender.NEUTRAL:
            theirs["gender"] = "none"
        return Draft.model_validate({**self.fields, **theirs})


_HEART = {"name", "personality", "greeting"}
"""Without these it is another character."""
_ASKED = {"likes": {"minItems": 3}, "dislikes": {"minItems": 3}, "personality": {"minLength": 60}}
"""What is asked for beyond what is taken."""


@cache
def schema() -> Mapping[str, Any]:
    """JSON schema of a draft as strict modes and grammars take it: all required, nothing else, enums in place."""
    root = Draft.model_json_schema()
    definitions = root.pop("$defs")

    def plain(row: dict[str, Any]) -> dict[str, Any]:
        if "$ref" in row:
            row = row | {"type": "string", "enum": definitions[row["$ref"].rpartition("/")[2]]["enum"]}
        row = {key: value for key, value in row.items() if key not in ("$ref", "title")}
        return row | ({"items": plain(row["items"])} if "items" in row else {})

    fields = {name: plain(row) for name, row in root["properties"].items()}
    for name, asked in _ASKED.items():
        fields[name] |= asked
    for name in ("energy", "warmth"):
        # llama.cpp's grammars know no bounds of numbers, but they know choices.
        fields[name] |= {"enum": [tenth / 10 for tenth in range(11)]}
    return {"type": "object", "properties": fields, "required": list(fields), "additionalProperties": False}


def read(answer: str, given: Brief, taken: Sequence[str] = ()) -> Reading:
    """An answer as a draft, and what is wrong with it. ``taken``: names that would be copied from an example."""
    found = reading.first_object(answer)
    if found is None:
        return Reading(None, ("The answer is not a JSON object.",))
    longest = {name: row["maxLength"] for name, row in schema()["properties"].items() if "maxLength" in row}
    fields = mending.mended(reading.by_field(found, Draft.model_fields), given, longest)
    if concepts.refused(" ".join(map(str, fields.values()))):
        return Reading(None, ("Some words are rude. Write it in kinder words.",), rude=True)
    problems = mending.problems(fields, given)
    if fields["name"] in taken and fields["name"] != given.name:
        problems += (f"name: {fields['name']} is taken. Invent another.",)
    if given.name and f"name: it must be {given.name}." in problems:
        fields = mending.mended(mending.renamed(fields, given.name), given, longest)
    try:
        return Reading(Draft.model_validate(fields), problems)
    except ValidationError as error:
        wrong = dict.fromkeys(str(detail["loc"][0]) for detail in error.errors())
        told = [f"{field}: missing or too short." for field in wrong if not any(p.startswith(field) for p in problems)]
        return Reading(None, (*problems, *told), fields=fields, missing=frozenset(wrong))
