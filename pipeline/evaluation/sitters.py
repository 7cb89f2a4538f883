"""Whom `chatanything evaluate lipsync` shows and what they say: the rows of `lipsync.toml`, and portraits made of them
on the spot."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from functools import cache
from importlib.resources import files
from importlib.util import find_spec
from pathlib import Path
from typing import Literal

import cv2
import numpy as np
from PIL import Image

from pipeline import registry
from pipeline.errors import BadRequest, MissingAsset
from pipeline.portrait import upload
from pipeline.portrait.diffusion import templates
from pipeline.stages import EngineConfig
from pipeline.types import Persona, Picture, Portrait, Speech, Value

SEED = 3


class Row(Value):
    """One portrait of the set."""

    id: str
    kind: Literal["drawn", "picture", "template", "cloned", "photo"]
    concept: str | None = None
    style: str | None = None
    eyes: Literal["drawn", "lifelike"] = "drawn"
    teeth: bool = False


class Voice(Value):
    """One of the voices that take turns."""

    engine: str
    id: str


class Script(Value):
    """The whole of `lipsync.toml`."""

    sentences: tuple[str, ...]
    portrait: tuple[Row, ...]
    voice: tuple[Voice, ...]
    openness: dict[str, float]
    letters: dict[str, str]

    def heights(self) -> dict[str, float]:
        """How far the mouth is open in each sound, by letter."""
        return {letter: height for letters, height in self.openness.items() for letter in letters}

    def spelt(self, speech: Speech) -> Speech:
        """The speech with letters that stand for two sounds written out."""
        return replace(
            speech,
            phonemes=tuple(
                replace(sound, symbol="".join(self.letters.get(letter, letter) for letter in sound.symbol))
                for sound in speech.phonemes
            ),
        )


@cache
def script() -> Script:
    """The set, validated."""
    return Script.model_validate(tomllib.loads((files("pipeline.evaluation") / "lipsync.toml").read_text("utf-8")))


def portrait_of(config: EngineConfig, row: Row, persona: Persona | None) -> Portrait:
    """The portrait of a row, made on the spot. Runs in the pictures lane.

    Raises ``MissingAsset`` where the photo is not here, ``BadRequest`` when no face is found in a picture.
    """
    if row.kind == "photo":
        spec = find_spec("skimage")
        if spec is None or spec.origin is None:
            raise MissingAsset("The photo is in the package scikit-image, which is not here; `make setup` brings it.")
        with Image.open(Path(spec.origin).parent / "data" / "astronaut.png") as image:
            return _plain(config, np.asarray(image.convert("RGB")))
    if row.kind == "template":
        return _plain(config, templates.picture(templates.Template(seed=11), 768))
    painted: Portrait = registry.create("portrait", "illustrator", config).paint(persona, row.style, SEED)
    if row.kind == "drawn":
        return painted
    if row.kind == "picture":
        return _plain(config, painted.picture)
    assert painted.plate is not None  # noqa: S101 - the illustrator's always have one
    return _plain(config, _cloned(painted.plate))


def _plain(config: EngineConfig, picture: Picture) -> Portrait:
    """As if somebody had given it."""
    face = upload.meant(registry.create("face", "facemesh", config).find(picture))
    if isinstance(face, upload.NoFace):
        raise BadRequest(face.sentence)
    return upload.portrait(picture, face)


def _cloned(plate: Picture) -> Picture:
    """A human face grown into a painting (P. Pérez et al., "Poisson Image Editing", 2003)."""
    side = plate.shape[0]
    template = templates.Template(seed=23, width=1.05)
    face, points = templates.picture(template, side), templates.landmarks(template, side)
    mask = np.zeros((side, side), np.uint8)
    hull = cv2.convexHull(np.rint(points).astype(np.int32))
    cv2.fillConvexPoly(mask, hull, 255)
    grown = cv2.seamlessClone(
        face, np.ascontiguousarray(plate), mask, (side // 2, round(0.55 * side)), cv2.NORMAL_CLONE
    )
    return np.asarray(grown, np.uint8)
