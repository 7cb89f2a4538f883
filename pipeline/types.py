"""The values that travel through the pipeline. All frozen; text values are pydantic models (validated, JSON in and
out), picture and sound values are dataclasses around numpy arrays."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Annotated, TypeAlias

import numpy as np
import numpy.typing as npt
from pydantic import BaseModel, ConfigDict, Field

Picture: TypeAlias = npt.NDArray[np.uint8]
"""(height, width, 3) uint8, sRGB."""

Frame: TypeAlias = npt.NDArray[np.uint8]
"""One picture of a clip as the encoder takes it: (1.5 x height, width) uint8, I420 planes (BT.601, limited range)."""

Landmarks: TypeAlias = npt.NDArray[np.float32]
"""(68, 2) float32: x, y in pixels of the picture they belong to, in iBUG 300-W order: jaw 0-16, brows 17-26,
nose 27-35, eyes 36-47, outer lips 48-59, inner lips 60-67. "Left" is the left of the picture."""

Fraction = Annotated[float, Field(ge=0.0, le=1.0)]


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


class Value(BaseModel):
    """Base of every text value: frozen, unknown keys refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")


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


class Speaking(StrEnum):
    """Who said a turn."""

    PERSON = "person"
    PERSONA = "persona"


class Turn(Value):
    """One line of a conversation."""

    speaking: Speaking
    text: str
    mood: Mood | None = None
    speaker: str | None = Field(default=None, description="name of the person, where it is known")


class Attachment(Value):
    """A file that a person sent along."""

    mime: str = Field(description="'image/png', 'image/jpeg', 'image/webp' ...")
    data: bytes = Field(repr=False)


class Line(Value):
    """What a person says to a persona."""

    text: str
    speaker: str | None = Field(default=None, description="name of the person, where it is known")
    picture: Attachment | None = None


class FactKind(StrEnum):
    """What a fact about a person is about."""

    NAME = "name"
    LIKE = "like"
    DISLIKE = "dislike"
    PROMISE = "promise"
    LIFE = "life"


class Fact(Value):
    """Something a persona knows about a person, as a short sentence in the third person: "Likes trains."."""

    kind: FactKind
    text: str = Field(min_length=1, max_length=300)


class Memory(Value):
    """What a persona remembers while it answers."""

    turns: tuple[Turn, ...] = Field(default=(), description="the latest lines, oldest first")
    summary: str = Field(default="", description="of what was said before them")
    facts: tuple[Fact, ...] = Field(default=(), description="about the person who speaks: the name, then oldest first")
    present: tuple[str, ...] = Field(default=(), description="in a scene: names of who else is there")


class ReplyDelta(Value):
    """A piece of a streamed reply. ``mood`` is set on the first piece."""

    text: str
    mood: Mood | None = None


class Reply(Value):
    """What a persona answered, complete."""

    text: str
    mood: Mood


class Heard(Value):
    """What somebody said in a voice message."""

    text: str
    language: str = Field(description="ISO 639-1")
    confidence: Fraction | None = Field(description="mean probability of a token; None where the engine does not tell")
    seconds: float = Field(description="of the whole message")


class VoicePart(Value):
    """One voice of a mixture."""

    voice: str
    weight: float = Field(gt=0.0, le=1.0)


class VoiceRecipe(Value):
    """A voice as a mixture: which voices, how much of each, and how the result is bent."""

    engine: str
    parts: tuple[VoicePart, ...] = Field(min_length=1, max_length=3, description="weights sum to 1")
    pitch: float = Field(default=1.0, ge=0.4, le=2.2, description="fundamental frequency ratio")
    formant: float = Field(default=1.0, ge=0.6, le=1.5, description="vocal tract ratio; > 1 sounds smaller")
    pace: float = Field(default=1.0, ge=0.5, le=1.6, description="speaking rate ratio")
    effect: str = "none"
    language: str = Field(default="en", description="that its words are pronounced in; ISO 639-1")
    spoken: bool = Field(default=True, description="whether its voices speak the persona's language")
    reason: str = Field(default="", description="why this voice, for people")
    acting: str = Field(default="", description="how it speaks, in words, for engines that can be told")
    stand_in: VoiceRecipe | None = Field(default=None, description="who speaks on this machine while a service cannot")


class VoiceOption(Value):
    """One of several voices that fit."""

    recipe: VoiceRecipe
    description: str = Field(description="how it sounds, without names")


class StyleOption(Value):
    """One of the looks that a painter knows."""

    id: str
    description: str


class Manner(Value):
    """How somebody moves, whatever the mood: multiples of an ordinary body."""

    speed: float = Field(default=1.0, ge=0.3, le=2.5, description="of sway, gaze and nods")
    reach: float = Field(default=1.0, ge=0.3, le=2.0, description="size of movements")
    blinks: float = Field(default=1.0, ge=0.3, le=2.5, description="how slowly the lids close; > 1 is sleepy")


@dataclass(frozen=True, slots=True)
class Direction:
    """How a clip is acted. ``start``: place of a sentence in its clip, in seconds. ``end``: place of the clip's last
    frame, where that is known: by then all rests as in the portrait."""

    mood: Mood
    seed: int
    manner: Manner = field(default_factory=Manner)
    start: float = 0.0
    end: float | None = None


@dataclass(frozen=True, slots=True)
class Phoneme:
    """One spoken sound: IPA symbol, start and end in seconds. Pauses are gaps between phonemes."""

    symbol: str
    start: float
    end: float
    stressed: bool = False


@dataclass(frozen=True, slots=True)
class Speech:
    """One stretch of speech. ``samples``: (n,) float32 mono in [-1, 1]; times of phonemes count from its start."""

    text: str
    samples: npt.NDArray[np.float32]
    rate: int
    phonemes: tuple[Phoneme, ...]

    @property
    def seconds(self) -> float:
        """Length of the sound."""
        return len(self.samples) / self.rate


@dataclass(frozen=True, slots=True)
class Utterance:
    """A spoken text. ``parts``: its sentences, at least one, of one rate, each as long as whole frames of a clip."""

    parts: tuple[Speech, ...]

    @property
    def seconds(self) -> float:
        """Length of the sound."""
        return sum(part.seconds for part in self.parts)

    @property
    def speech(self) -> Speech:
        """All parts as one, phoneme times counted from the start of the first."""
        phonemes: list[Phoneme] = []
        start = 0.0
        for part in self.parts:
            phonemes += [replace(p, start=p.start + start, end=p.end + start) for p in part.phonemes]
            start += part.seconds
        return Speech(
            text=" ".join(part.text for part in self.parts),
            samples=np.concatenate([part.samples for part in self.parts]),
            rate=self.parts[0].rate,
            phonemes=tuple(phonemes),
        )


class Flaw(StrEnum):
    """What speaks against moving a face that was found."""

    TINY = "tiny"
    CUT_OFF = "cut off"
    TURNED = "turned away"
    UNLIKELY = "unlikely"


@dataclass(frozen=True, slots=True)
class Face:
    """A face in a picture, in its pixels. ``box``: left, top, right, bottom; it may reach beyond the picture.

    ``score``: 0..1, how sure the finder is. ``mesh``: (468, 3) float32 points of MediaPipe's face mesh, depth towards
    the looker negative, from finders that have it.
    """

    landmarks: Landmarks
    score: float
    box: tuple[float, float, float, float]
    flaw: Flaw | None = None
    mesh: npt.NDArray[np.float32] | None = field(default=None, repr=False)

    @property
    def size(self) -> float:
        """The longer side of the box, in pixels."""
        return max(self.box[2] - self.box[0], self.box[3] - self.box[1])


@dataclass(frozen=True, slots=True)
class Portrait:
    """A picture of the persona with exactly one face.

    ``picture`` shows the face at rest; ``plate`` is the same picture without the face and ``rig`` (JSON of
    ``FaceRig``) the face to draw on it, both present when the painter drew the face itself.
    """

    picture: Picture
    landmarks: Landmarks
    style: str
    art: str
    reason: str
    plate: Picture | None = None
    rig: str | None = None


@dataclass(frozen=True, slots=True)
class Clip:
    """A finished talking-head clip: H.264 yuv420p + AAC in MP4, index first."""

    mp4: bytes = field(repr=False)
    ogg: bytes = field(repr=False)
    seconds: float
    width: int
    height: int
    fps: int
