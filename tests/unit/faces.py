"""A portrait and a speech made on the spot, for tests that need no art and no voice."""

import numpy as np
import skia

from pipeline.face.drawing import draw_face
from pipeline.face.landmarks import landmarks
from pipeline.face.rig import FaceRig, rest_pose
from pipeline.types import Age, Gender, Mood, Persona, Phoneme, Picture, Portrait, Size, Speech

SKIN = (250, 214, 120)


def disc_portrait(
    mood: Mood = Mood.CALM, side: int = 768, seed: int = 4, skin: tuple[int, int, int] = SKIN
) -> Portrait:
    """A face on a flat disc."""
    persona = Persona(
        concept="a disc", thing="disc", name="Disc", tagline="", personality="", temper="calm", mood=mood,
        age=Age.ADULT, gender=Gender.NEUTRAL, size=Size.SMALL, energy=0.5, warmth=0.5, accent="american",
        likes=(), dislikes=(), catchphrase="", greeting="", samples=("", "", ""), appearance="", voice_wish="",
    )  # fmt: skip
    rig = FaceRig.fit(persona, (0.5, 0.48), 0.27, skin, seed)
    surface = skia.Surface(side, side)
    canvas = surface.getCanvas()
    canvas.clear(skia.ColorSetRGB(120, 150, 210))
    canvas.drawCircle(side / 2, side / 2, 0.42 * side, skia.Paint(AntiAlias=True, Color=skia.ColorSetRGB(*skin)))
    plate = _pixels(surface)
    rest = rest_pose(rig)
    draw_face(canvas, rig, rest, side)
    return Portrait(
        picture=_pixels(surface), landmarks=landmarks(rig, rest, side), style="disc", art="disc", reason="",
        plate=plate, rig=rig.model_dump_json(),
    )  # fmt: skip


def speech_of(symbols: str, start: float = 0.2, step: float = 0.08, rate: int = 16_000) -> Speech:
    """A hum with phonemes, and silence before and after; whole frames long at 25 fps."""
    phonemes = tuple(Phoneme(s, start + i * step, start + (i + 1) * step) for i, s in enumerate(symbols))
    frames = int(np.ceil((start + len(symbols) * step + 0.3) * 25))
    time = np.arange(round(frames / 25 * rate)) / rate
    loud = (time >= start) & (time < start + len(symbols) * step)
    return Speech(symbols, (0.2 * loud * np.sin(2 * np.pi * 170 * time)).astype(np.float32), rate, phonemes)


def _pixels(surface: skia.Surface) -> Picture:
    pixels: Picture = surface.toarray(colorType=skia.kRGBA_8888_ColorType)[..., :3].copy()
    return pixels
