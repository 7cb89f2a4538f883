"""A drawn face that belongs to the thing it sits on: what `draw_face` draws and `landmarks` measures.

Geometry is in units of the picture's side (``centre``, ``radius``, ``pivot``) or of the face's radius (the rest);
colours are ``"#rrggbb"``. ``fit`` chooses every feature from the persona and from the colour of the art.
"""

from __future__ import annotations

import random
from dataclasses import replace
from enum import StrEnum
from typing import Annotated, Self

from pydantic import Base64Bytes, Field

from pipeline.face import colours
from pipeline.face.pose import RESTING, FacePose
from pipeline.types import Age, Fraction, Gender, Mood, Persona, Value

Colour = Annotated[str, Field(pattern="^#[0-9a-f]{6}$")]
Length = Annotated[float, Field(gt=0.0, le=2.0)]

DARK = 0.42
"""OKLab lightness below which ink does not show on a thing."""
IRIS_HUES = (55.0, 75.0, 145.0, 175.0, 225.0, 255.0, 300.0)
"""Brown, amber, green, teal, sky, blue, violet (OKLCH degrees)."""


LIPSTICK = 0.15
"""Share of the faces that might that wear it."""


class Nose(StrEnum):
    """Shapes of nose."""

    BUTTON = "button"
    CURVE = "curve"
    NOSTRILS = "nostrils"
    BRIDGE = "bridge"


class Worn(StrEnum):
    """What can lie on a face, from its brows down; `pipeline.face.worn` draws it."""

    ROUND_SPECTACLES = "round spectacles"
    SPECTACLES = "spectacles"
    MONOCLE = "monocle"
    EYE_PATCH = "eye patch"
    MOUSTACHE = "moustache"
    HANDLEBAR = "handlebar moustache"
    PENCIL_MOUSTACHE = "pencil moustache"
    GOATEE = "goatee"
    BEARD = "beard"
    LONG_BEARD = "long beard"
    CLOWN_NOSE = "clown nose"
    BEAUTY_SPOT = "beauty spot"
    PLASTER = "plaster"
    WHISKERS = "whiskers"


class Manner(StrEnum):
    """Ways to paint a face; `pipeline.face.manners` knows them."""

    SOFT = "soft"
    FLAT = "flat"
    INK = "ink"
    PENCIL = "pencil"
    NEON = "neon"
    PIXELS = "pixels"


class FaceRig(Value):
    """Everything that is lasting about a drawn face; `FacePose` holds what moves."""

    centre: tuple[float, float]
    radius: Length
    """Half the height of the face, brows to chin."""
    tilt: float = Field(default=0.0, ge=-60, le=60, description="degrees clockwise")
    pivot: tuple[float, float] = (0.5, 0.92)
    """The point about which the body sways: where it stands."""
    sway: Annotated[float, Field(ge=0.0, le=2.0)] = 1.0
    """How much the body moves; 0 keeps the picture still."""
    outline: tuple[tuple[float, float], ...] = ()
    """Left and right edge of the body in equal bands of the picture from top to bottom; (1, 0) where there is none.
    Empty where it is not known."""
    ground: Base64Bytes = Field(default=b"", repr=False)
    """What stands behind the body, as `pipeline.face.ground` packs it; empty where it is not known."""
    mood: Mood = Mood.CALM
    manner: Manner = Manner.SOFT

    skin: Colour = "#c0a080"
    ink: Colour = "#301810"
    """Mouth line and lash line."""
    rim: Colour = "#805040"
    """Edges of eyes and lips, wrinkles."""
    lid: Colour = "#a08060"
    brow_colour: Colour = "#301810"
    lip: Colour = "#a05050"
    cheek: Colour = "#e06060"
    iris: Colour = "#3070a0"

    eye_spacing: Length = 0.42
    eye_width: Length = 0.27
    eye_height: Length = 0.30
    eye_slant: Annotated[float, Field(ge=-0.3, le=0.3)] = 0.0
    iris_size: Fraction = 0.64
    lashes: Fraction = 0.0
    heavy_lids: Fraction = 0.0
    brow_gap: Annotated[float, Field(ge=0.0, le=0.5)] = 0.13
    brow_arch: Annotated[float, Field(ge=-0.1, le=0.4)] = 0.12
    brow_thickness: Annotated[float, Field(ge=0.2, le=2.5)] = 1.0
    nose: Nose = Nose.BUTTON
    nose_width: Length = 0.11
    mouth_width: Length = 0.34
    lip_fullness: Annotated[float, Field(ge=0.2, le=1.6)] = 0.7
    blush: Fraction = 0.4
    wrinkles: Fraction = 0.0
    bags: Fraction = 0.0
    freckles: bool = False
    skew: Annotated[float, Field(ge=-1.0, le=1.0)] = 0.0
    worn: tuple[Worn, ...] = ()
    worn_colours: tuple[Colour, ...] = ()
    """One for each of ``worn``, in order; where it is shorter, each has its usual colour."""

    @classmethod
    def fit(
        cls,
        persona: Persona,
        centre: tuple[float, float],
        radius: float,
        skin: tuple[int, int, int],
        seed: int,
        tilt: float = 0.0,
    ) -> Self:
        """A face for a persona on a surface of colour ``skin`` (sRGB 0..255). The same arguments give the same face."""
        rng = random.Random(f"face:{seed}")
        chosen = {**_features(persona, rng), **_palette(skin, persona, rng)}
        rig = cls.model_validate(
            {"centre": centre, "radius": radius, "tilt": tilt, "mood": persona.mood, **chosen},
        )
        if colours.to_oklch(skin)[0] < DARK:
            # The mouth line is lost on a dark thing; there the lips have to carry the mouth.
            return rig.model_copy(update={"lip_fullness": max(0.9, rig.lip_fullness)})
        return rig


def rest_pose(rig: FaceRig, mood: Mood | None = None) -> FacePose:
    """The face at rest, mouth shut, in ``mood`` (default: the rig's own)."""
    rest = RESTING[mood or rig.mood]
    heavy = rig.heavy_lids * (0.0 if rest.wide > 0.5 else 0.22)
    return replace(
        rest,
        lid_left=rest.lid_left + heavy,
        lid_right=rest.lid_right + heavy,
        # A crooked smile has charm; a crooked scowl looks like a mistake.
        skew=rig.skew * (rest.smile if rest.smile > 0 else -0.3 * rest.smile),
    )


def _painted(persona: Persona) -> bool:
    """Whether lashes and full lips are drawn: on few faces, or every thing looks made up."""
    return persona.gender is Gender.FEMALE and persona.age in (Age.YOUNG, Age.ADULT)


def _features(persona: Persona, rng: random.Random) -> dict[str, object]:
    """Shapes by age, gender, energy and chance."""
    child, old = persona.age is Age.CHILD, persona.age is Age.OLD
    female, male = persona.gender is Gender.FEMALE, persona.gender is Gender.MALE
    width = {Age.CHILD: 0.325, Age.YOUNG: 0.310, Age.ADULT: 0.292, Age.OLD: 0.272}[persona.age] + rng.uniform(
        -0.015, 0.015
    )
    noses = [Nose.BUTTON, Nose.CURVE] if child or female else [Nose.BUTTON, Nose.CURVE, Nose.NOSTRILS, Nose.BRIDGE]
    return {
        "eye_width": width,
        "eye_height": width * rng.uniform(1.0, 1.16),
        "eye_spacing": width + rng.uniform(0.095, 0.140),
        "eye_slant": rng.uniform(-0.06, 0.06),
        "iris_size": (0.70 if child else 0.64 if female else 0.61) + rng.uniform(-0.03, 0.03),
        "lashes": rng.uniform(0.40, 0.62) if _painted(persona) else 0.0,
        "heavy_lids": min(1.0, (0.45 if old else 0.0) + max(0.0, 0.5 - persona.energy)),
        "brow_gap": rng.uniform(0.10, 0.16),
        "brow_arch": rng.uniform(0.12, 0.20) if female else rng.uniform(0.06, 0.15),
        "brow_thickness": rng.uniform(0.62, 0.8) if female or child else rng.uniform(1.0, 1.5) if male or old else 0.95,
        "nose": rng.choice(noses),
        "nose_width": rng.uniform(0.085, 0.11) if child or female else rng.uniform(0.10, 0.14),
        "mouth_width": rng.uniform(0.30, 0.35) if child or female else rng.uniform(0.33, 0.40),
        "lip_fullness": rng.uniform(0.78, 1.0)
        if _painted(persona)
        else rng.uniform(0.5, 0.7)
        if child or old
        else rng.uniform(0.55, 0.8),
        "blush": 0.75 if child else 0.55 if female else 0.35,
        "wrinkles": rng.uniform(0.7, 1.0) if old else 0.0,
        "bags": rng.uniform(0.5, 0.9) if old else 0.25 if persona.energy < 0.3 else 0.0,
        "freckles": child and rng.random() < 0.5,
        "skew": rng.choice((-1, 1)) * rng.uniform(0.1, 0.45),
        "sway": 0.6 + 0.8 * persona.energy,
    }


def _palette(skin: tuple[int, int, int], persona: Persona, rng: random.Random) -> dict[str, str]:
    """Shades of the skin, so that the face belongs to the thing; lighter ones where the thing is too dark for ink."""
    lightness, chroma, hue = colours.to_oklch(skin)
    dark = lightness < DARK
    base = "#{:02x}{:02x}{:02x}".format(*skin)
    tint = min(chroma * 0.55, 0.07)
    brow = (
        colours.from_oklch(lightness + 0.42, tint + 0.02, hue)
        if dark
        else colours.from_oklch(min(0.30, lightness - 0.22), tint, hue)
    )
    if persona.age is Age.OLD:
        # Grey with age, on whichever side of the skin has more room.
        brow = colours.from_oklch(0.93 if lightness < 0.80 else 0.52, 0.012, hue)
    red = colours.hue_distance(hue, 22) < 35 and chroma > 0.09
    step = 0.32 if dark else -0.15
    if _painted(persona) and rng.random() < LIPSTICK:
        lip = colours.from_oklch(min(max(lightness + step, 0.42), 0.64), max(0.13, chroma * 0.85), hue if red else 15)
    else:
        # The thing's own colour, a little deeper: lipstick belongs to those who wear it.
        lip = colours.from_oklch(
            min(lightness + (step if dark else -0.11), 0.76), max(chroma * 1.05, 0.045), hue if chroma > 0.04 else 25
        )
    choices = sorted(IRIS_HUES, key=lambda h: colours.hue_distance(h, hue), reverse=True)[:4]
    iris_hue = rng.choice(choices)
    return {
        "skin": base,
        "ink": colours.from_oklch(0.12 if dark else 0.22, min(chroma * 0.5, 0.06), hue),
        "rim": colours.from_oklch(lightness + (0.16 if dark else -0.20), chroma * 0.9 + 0.01, hue),
        "lid": colours.from_oklch(lightness + (0.08 if dark else -0.025), chroma, hue),
        "brow_colour": brow,
        "lip": lip,
        "cheek": colours.from_oklch(0.66 if lightness > 0.5 else 0.55, 0.19, 18 if not red else 5),
        "iris": colours.from_oklch(rng.uniform(0.52, 0.62), 0.13, iris_hue),
    }
