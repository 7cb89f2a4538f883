"""Options that several commands have."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object on stdout; progress goes to stderr.")]
Name = Annotated[str, typer.Argument(help="Name of a persona.")]
Out = Annotated[Path, typer.Option("--out", help="Folder that receives a folder per persona.")]
VoiceEngine = Annotated[
    str | None, typer.Option("--voice-engine", help="kokoro, hibari, elevenlabs or openai; default: the setting VOICE.")
]
