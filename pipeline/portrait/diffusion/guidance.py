"""How a face is asked for while a picture is denoised: as pixels to begin from, as points to follow, or both.

With x_0 the latents of a clean picture, eps ~ N(0, I), T steps and abar_t = prod_{s<=t} (1 - beta_s), the forward
process of DDPM (Ho et al. 2020, arXiv:2006.11239) is

    x_t = sqrt(abar_t) x_0 + sqrt(1 - abar_t) eps                                      (1)

*Pixel*: SDEdit (Meng et al. 2022, arXiv:2108.01073), as ChatAnything uses it (Zhao et al. 2023, arXiv:2311.06772).
The denoising begins not at pure noise but at (1) with x_0 = E(face), E being the encoder of the VAE and *face* a
template, and only the last floor(T s) of the T steps are done, s being the strength. s = 0 is the template itself;
at s = 1 all that is left of it is sqrt(abar_T), 0.068 for Stable Diffusion: the faint shadow that makes the paper's
difference. Models of flow matching (Lipman et al. 2023, arXiv:2210.02747) begin at the straight line instead:

    x_sigma = (1 - sigma) x_0 + sigma eps                                              (2)

*Landmark*: ControlNet (Zhang et al. 2023, arXiv:2302.05543). A trainable copy C of the denoiser's encoder, fed with a
picture c of the face's points, adds to its features h:

    h <- h + w_i C(x_t, t, c)                                                          (3)

The paper keeps w = 0.3 throughout. The early steps settle where things are and the late ones what they are made of, so
here w_i falls: w_i = w f(i / m) for the first m = ceil(until T) steps done, and 0 after them, where

    constant f(u) = 1,    linear f(u) = 1 - u,    cosine f(u) = (1 + cos(pi u)) / 2    (4)
"""

from __future__ import annotations

import math
from enum import StrEnum
from typing import Protocol, TypeVar

from pydantic import Field

from pipeline.types import Fraction, Value


class Mode(StrEnum):
    """What leads the denoising to a face."""

    NONE = "none"
    PIXEL = "pixel"
    LANDMARK = "landmark"
    BOTH = "both"

    @property
    def pixels(self) -> bool:
        """Whether it begins from a template."""
        return self in (Mode.PIXEL, Mode.BOTH)

    @property
    def landmarks(self) -> bool:
        """Whether a ControlNet follows the points."""
        return self in (Mode.LANDMARK, Mode.BOTH)

    def within(self, possible: frozenset[Mode]) -> Mode:
        """This one, or the nearest that a family of models can do; ``possible`` always holds ``NONE``."""
        wanted = [self, Mode.PIXEL, Mode.LANDMARK] if self is not Mode.NONE else []
        return next((mode for mode in wanted if mode in possible), Mode.NONE)


class Falloff(StrEnum):
    """f of equation (4)."""

    CONSTANT = "constant"
    LINEAR = "linear"
    COSINE = "cosine"


class Guidance(Value):
    """How much of it."""

    mode: Mode = Mode.BOTH
    strength: Fraction = Field(default=0.92, description="s: share of the denoising that is done after the template")
    weight: float = Field(default=0.6, ge=0.0, le=2.0, description="w: of the ControlNet, at the first step")
    until: Fraction = Field(default=0.7, description="share of the steps done that follow the points")
    falloff: Falloff = Falloff.COSINE

    def steps(self, total: int) -> int:
        """How many of ``total`` steps are done: floor(T s) after a template, else all."""
        return math.floor(total * self.strength + 1e-9) if self.mode.pixels else total

    def weights(self, steps: int) -> tuple[float, ...]:
        """w_i of equation (4) for each of the steps done; all 0 where no points are followed."""
        led = math.ceil(self.until * steps - 1e-9) if self.mode.landmarks else 0
        return tuple(self.weight * _fall(self.falloff, i / led) if i < led else 0.0 for i in range(steps))

    @property
    def words(self) -> str:
        """For people: "both: strength 0.92; weight 0.6, cosine until 70 %"."""
        said = [f"strength {self.strength:.2f}"] if self.mode.pixels else []
        said += [f"weight {self.weight:.2g}, {self.falloff} until {100 * self.until:.0f} %"] * self.mode.landmarks
        return f"{self.mode}: {'; '.join(said)}" if said else str(self.mode)


def _fall(falloff: Falloff, u: float) -> float:
    match falloff:
        case Falloff.CONSTANT:
            return 1.0
        case Falloff.LINEAR:
            return 1.0 - u
        case Falloff.COSINE:
            return (1.0 + math.cos(math.pi * u)) / 2


class _Array(Protocol):
    """What tensors and numpy arrays have in common."""

    def __rmul__(self: A, factor: float) -> A: ...

    def __add__(self: A, other: A) -> A: ...


A = TypeVar("A", bound=_Array)


def blended(clean: A, noise: A, sigma: float) -> A:
    """x_sigma of equation (2)."""
    return (1 - sigma) * clean + sigma * noise
