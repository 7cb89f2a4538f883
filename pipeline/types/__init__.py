"""The values that travel through the pipeline. All frozen; text values are pydantic models (validated, JSON in and
out), picture and sound values are dataclasses around numpy arrays."""

from pipeline.types.base import Fraction, Value
from pipeline.types.clip import Clip, Direction, Frame, Manner
from pipeline.types.dialogue import Attachment, Fact, FactKind, Heard, Line, Memory, Reply, ReplyDelta, Speaking, Turn
from pipeline.types.persona import Age, Gender, Mood, Persona, Size
from pipeline.types.portrait import Face, Flaw, Landmarks, Picture, Portrait, StyleOption
from pipeline.types.voice import Phoneme, Speech, Utterance, VoiceOption, VoicePart, VoiceRecipe

__all__ = [
    "Age",
    "Attachment",
    "Clip",
    "Direction",
    "Face",
    "Fact",
    "FactKind",
    "Flaw",
    "Fraction",
    "Frame",
    "Gender",
    "Heard",
    "Landmarks",
    "Line",
    "Manner",
    "Memory",
    "Mood",
    "Persona",
    "Phoneme",
    "Picture",
    "Portrait",
    "Reply",
    "ReplyDelta",
    "Size",
    "Speaking",
    "Speech",
    "StyleOption",
    "Turn",
    "Utterance",
    "Value",
    "VoiceOption",
    "VoicePart",
    "VoiceRecipe",
]
