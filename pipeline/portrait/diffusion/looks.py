"""The looks that diffusion can paint, as validated rows of ``looks.toml`` and of an operator's own file. Adding one is
adding a row: which models it takes, how they are called and what is asked of them."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Literal

from pydantic import Field, ValidationError, field_validator, model_validator

from pipeline.errors import EngineUnavailable
from pipeline.portrait.diffusion.guidance import Guidance, Mode
from pipeline.types import Value

Family = Literal["sd15", "sdxl", "z-image", "flux2-klein"]
Scheduler = Literal["own", "ddim", "dpm++", "euler", "lcm", "tcd"]
SLOT = "{appearance}"


class Source(Value):
    """Where model files are: a repository of the Hugging Face hub at a revision, or a folder of this machine."""

    id: str | None = Field(default=None, pattern=r"^[\w.-]+/[\w.-]+$", description="owner/name on the hub")
    revision: str = Field(default="main", pattern=r"^[\w./-]+$", description="a commit, so that nothing changes unseen")
    folder: Path | None = None
    subfolder: str = Field(default="", pattern=r"^[\w.-]*$")
    variant: str | None = Field(default=None, pattern=r"^\w+$", description="'fp16': the smaller of two sets of files")

    @model_validator(mode="after")
    def _one_place(self) -> Source:
        if (self.id is None) == (self.folder is None):
            raise ValueError("either an id on the hub or a folder")
        return self

    @property
    def name(self) -> str:
        """For people: "Lykon/dreamshaper-8", or the folder."""
        return self.id or str(self.folder)


class File(Source):
    """One file of such a place."""

    file: str = Field(pattern=r"^[\w./-]+\.safetensors$", description="never a pickle: reading one can run code")


class Lora(File):
    """Low-rank changes (Hu et al. 2021, arXiv:2106.09685) that are added to the denoiser before it paints."""

    weight: float = Field(default=1.0, ge=-2.0, le=2.0)


class ControlNet(Source):
    """What follows a drawing of the face; `guidance` has the equation."""

    what: Literal["landmarks", "lines"] = Field(description="what it was trained to follow: 68 dots, or contours")
    file: str | None = Field(default=None, pattern=r"^[\w./-]+\.safetensors$", description="one file without a config")
    config: str | None = Field(default=None, pattern=r"^[\w-]+$", description="which of our configs/ it goes with")
    pickle: str | None = Field(
        default=None,
        pattern=r"^[\w./-]+\.bin$",
        description="weights that exist as a pickle alone; `styles --download` turns them into safetensors",
    )

    @model_validator(mode="after")
    def _known_form(self) -> ControlNet:
        if (self.file is None) != (self.config is None) or (self.file and self.pickle):
            raise ValueError("a file goes with a config, and not with a pickle")
        return self


class Look(Value):
    """One look."""

    id: str = Field(pattern=r"^[a-z][a-z0-9-]*$")
    description: str = Field(min_length=20, description="what its pictures look like, to be matched by meaning")
    family: Family
    checkpoint: Source
    loras: tuple[Lora, ...] = ()
    controlnet: ControlNet | None = None
    safety: Source | None = Field(default=None, description="whose safety checker looks at the pictures; None: its own")
    scheduler: Scheduler = "own"
    steps: int = Field(ge=1, le=150)
    cfg: float = Field(ge=0.0, le=20.0, description="scale of classifier-free guidance; at 1 or less there is none")
    size: int = Field(ge=64, le=2048, multiple_of=16, description="side of the picture that is denoised, in pixels")
    guidance: Guidance = Guidance()
    prompt: str = Field(min_length=1, description="with {appearance} once")
    negative: str = ""
    licence: str
    source: str = Field(pattern=r"^https://", description="where its model card stands")
    vram: float = Field(gt=0, le=200, description="GiB that the models and one picture take in half precision")
    verified: bool = Field(default=False, description="whether somebody here has seen its pictures")

    @field_validator("prompt")
    @classmethod
    def _one_slot(cls, prompt: str) -> str:
        if prompt.count(SLOT) != 1:
            raise ValueError(f"{SLOT} once")
        return prompt

    @model_validator(mode="after")
    def _followed(self) -> Look:
        if self.edits and self.controlnet:
            raise ValueError("there is no ControlNet for flux2-klein")
        return self

    @property
    def checker(self) -> Source:
        """Whose safety checker looks at its pictures."""
        return self.safety or self.checkpoint.model_copy(update={"subfolder": ""})

    @property
    def modes(self) -> frozenset[Mode]:
        """What can lead it to a face."""
        return frozenset(Mode) if self.controlnet else frozenset({Mode.NONE, Mode.PIXEL})

    @property
    def edits(self) -> bool:
        """Whether it paints a picture anew that it is shown, instead of beginning from its pixels."""
        return self.family == "flux2-klein"

    def able(self, guidance: Guidance) -> Guidance:
        """The guidance as far as this look can follow it."""
        return guidance.model_copy(update={"mode": guidance.mode.within(self.modes)})

    @property
    def sources(self) -> tuple[Source, ...]:
        """Every place that it takes files from."""
        return (self.checkpoint, *self.loras, *filter(None, (self.controlnet, self.safety)))


class _Table(Value):
    look: tuple[Look, ...]

    @model_validator(mode="after")
    def _ids_are_unique(self) -> _Table:
        ids = [row.id for row in self.look]
        if twice := {name for name in ids if ids.count(name) > 1}:
            raise ValueError(f"looks named twice: {sorted(twice)}")
        return self


def parse(text: str) -> tuple[Look, ...]:
    """Looks from TOML. Raises pydantic's ``ValidationError`` naming the row, or ``tomllib.TOMLDecodeError``."""
    return _Table.model_validate(tomllib.loads(text)).look


@cache
def shipped() -> tuple[Look, ...]:
    """Those that come along."""
    return parse(files("pipeline.portrait.diffusion").joinpath("looks.toml").read_text(encoding="utf-8"))


@cache
def looks(extra: Path | None = None) -> tuple[Look, ...]:
    """The shipped ones and those of an operator's file, of which each replaces a shipped one of the same id.

    Relative folders count from the file. Raises ``EngineUnavailable`` saying which row of the file is wrong.
    """
    if extra is None:
        return shipped()
    try:
        theirs = {look.id: _beside(look, extra.parent) for look in parse(extra.read_text(encoding="utf-8"))}
    except OSError as error:
        raise EngineUnavailable("The file of STYLES cannot be read.", remedy="STYLES=... in .env") from error
    except tomllib.TOMLDecodeError as error:
        raise EngineUnavailable(f"The file of STYLES is no TOML: {error}.", remedy="STYLES=... in .env") from error
    except ValidationError as error:
        first = error.errors()[0]
        place = " ".join(str(part + 1 if isinstance(part, int) else part) for part in first["loc"])
        raise EngineUnavailable(
            f"The file of STYLES cannot be used: {place}: {first['msg']}.",
            remedy="see pipeline/portrait/diffusion/looks.toml for examples",
        ) from error
    kept = {look.id: look for look in shipped()}
    return tuple((kept | theirs).values())


def _beside(look: Look, home: Path) -> Look:
    """The look with its folders counted from ``home``."""

    def placed(source: Source) -> Source:
        return source if source.folder is None else source.model_copy(update={"folder": home / source.folder})

    named = {"checkpoint": look.checkpoint, "controlnet": look.controlnet, "safety": look.safety}
    changes: dict[str, object] = {name: source and placed(source) for name, source in named.items()}
    return look.model_copy(update=changes | {"loras": tuple(map(placed, look.loras))})
