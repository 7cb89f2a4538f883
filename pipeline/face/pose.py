"""What a face is doing at one moment, apart from what it looks like."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from operator import attrgetter
from typing import Self

from pipeline.types import Mood


@dataclass(frozen=True, slots=True)
class FacePose:
    """Every muscle of the drawn face. Zero everywhere is a wide-eyed blank face with its mouth shut."""

    jaw: float = 0.0
    """0 shut .. 1 as far open as it goes."""
    spread: float = 0.0
    """-1 narrow .. 1 wide."""
    pucker: float = 0.0
    """0 .. 1 lips rounded and pushed forward (OO)."""
    press: float = 0.0
    """0 .. 1 lips pressed together: at 1 the mouth is exactly shut, whatever the jaw does (P, B, M)."""
    tuck: float = 0.0
    """0 .. 1 lower lip drawn in under the upper teeth (F, V)."""
    upper_teeth: float = 0.0
    lower_teeth: float = 0.0
    """0 hidden .. 1 whole row seen."""
    tongue: float = 0.0
    """0 lies on the floor of the mouth .. 1 tip at the upper teeth (L, TH)."""
    quiet: float = 0.0
    """0 .. 1 how far a mouth that begins or ends to speak is still at rest, perhaps in a smile with all teeth."""
    smile: float = 0.0
    """-1 corners pulled down .. 1 pulled up."""
    skew: float = 0.0
    """-1 smile on the left only .. 1 on the right only."""
    lid_left: float = 0.0
    lid_right: float = 0.0
    """0 open .. 1 shut: at 1 upper and lower lid meet."""
    squint: float = 0.0
    """0 .. 1 lower lids raised."""
    wide: float = 0.0
    """0 .. 1 eyes torn open."""
    gaze_x: float = 0.0
    gaze_y: float = 0.0
    """-1 left, up .. 1 right, down, in the picture."""
    brow_left: float = 0.0
    brow_right: float = 0.0
    """-1 lowered .. 1 raised."""
    frown: float = 0.0
    """-1 inner ends up (grief) .. 1 inner ends down and together (anger)."""
    cheek: float = 0.0
    """0 .. 1 blush."""
    turn: float = 0.0
    nod: float = 0.0
    """-1 left, up .. 1 right, down: the face turns on the body, near parts move further than far ones."""

    @property
    def upper(self) -> tuple[float, ...]:
        """All that decides how the face looks above the mouth."""
        return _upper(self)

    def blend(self, other: Self, share: float) -> Self:
        """``share`` of the way from this pose to ``other``."""
        return replace(
            self,
            **{f.name: (1 - share) * getattr(self, f.name) + share * getattr(other, f.name) for f in fields(self)},
        )


_upper = attrgetter(
    "lid_left", "lid_right", "squint", "wide", "gaze_x", "gaze_y", "brow_left", "brow_right", "frown", "turn", "nod"
)

RESTING = {
    Mood.JOY: FacePose(
        smile=1.0, spread=0.25, squint=0.62, lid_left=0.10, lid_right=0.10, brow_left=0.34, brow_right=0.34, cheek=1.0
    ),
    Mood.ANGER: FacePose(
        smile=-0.80,
        spread=0.0,
        lid_left=0.30,
        lid_right=0.30,
        squint=0.52,
        frown=1.0,
        brow_left=-0.42,
        brow_right=-0.42,
    ),
    Mood.SADNESS: FacePose(
        smile=-0.66,
        spread=-0.25,
        lid_left=0.30,
        lid_right=0.30,
        frown=-0.95,
        brow_left=0.05,
        brow_right=0.05,
        gaze_y=0.22,
    ),
    Mood.FEAR: FacePose(
        smile=-0.50,
        spread=0.25,
        wide=0.75,
        frown=-0.75,
        brow_left=0.62,
        brow_right=0.62,
        squint=0.12,
    ),
    Mood.SURPRISE: FacePose(smile=0.12, spread=-0.42, pucker=0.22, wide=1.0, brow_left=1.0, brow_right=1.0),
    Mood.CALM: FacePose(
        smile=0.34, lid_left=0.22, lid_right=0.22, squint=0.12, brow_left=0.08, brow_right=0.08, cheek=0.3
    ),
}
"""The resting face of each mood, mouth shut: FACS prototypes (Ekman & Friesen 1978) drawn with our muscles."""
