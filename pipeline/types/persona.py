"""A character as the mind wrote it."""

from __future__ import annotations

from enum import StrEnum

from pydantic import Field

from pipeline.types.base import Fraction, Value


class Mood(StrEnum):
    """Ekman's basic emotions without disgust, and calm: what voice and face can show."""

    JOY = "joy"
    ANGER = "anger"
    SADNESS = "sadness"
    FEAR = "fear"
    SURPRISE = "surprise"
    CALM = "calm"


class Age(StrEnum):
    """Age band of a voice and a face."""

    CHILD = "child"
    YOUNG = "young"
    ADULT = "adult"
    OLD = "old"


class Gender(StrEnum):
    """Gender a voice can be heard as; a thing may well have none."""

    FEMALE = "female"
    MALE = "male"
    NEUTRAL = "neutral"


class Size(StrEnum):
    """How large the character is, beside a person."""

    TINY = "tiny"
    SMALL = "small"
    MEDIUM = "medium"
    LARGE = "large"
    HUGE = "huge"


class Persona(Value):
    """A character as the mind wrote it; everything that later stages may want to know."""

    concept: str = Field(description="the person's words, cleaned")
    thing: str = Field(description="head noun of the concept, singular, lower case: 'apple'")
    traits: tuple[str, ...] = Field(default=(), description="adjectives and modifiers of the thing, lower case")
    name: str
    tagline: str
    personality: str = Field(description="second person: 'You are Russet, an angry apple ...'")
    temper: str = Field(description="one word: 'grumpy'")
    mood: Mood = Field(description="resting mood of face and voice")
    age: Age
    gender: Gender
    size: Size
    energy: Fraction = Field(description="0 sluggish .. 1 restless")
    warmth: Fraction = Field(description="0 cold .. 1 affectionate")
    accent: str = Field(description="'american', 'british' ...")
    likes: tuple[str, ...]
    dislikes: tuple[str, ...]
    catchphrase: str
    greeting: str = Field(description="two or three short sentences, spoken on arrival")
    samples: tuple[str, str, str] = Field(description="three lines in character")
    habits: str = Field(default="", description="how it talks: 'ends every sentence with a sigh'")
    appearance: str = Field(description="for the painter")
    voice_wish: str = Field(description="for the voice matcher")
    language: str = Field(default="en", description="of name, greeting and replies; ISO 639-1")
    seed: int = 0
    author: str = Field(default="scripted", description="the mind that wrote it: an engine, or a model's name")
