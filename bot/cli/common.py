"""What every command stands on: its settings, the two streams of the terminal, and the edge of the process, where
every error becomes a sentence."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import typer

from pipeline.errors import BadRequest, ChatAnythingError

if TYPE_CHECKING:
    from rich.console import Console

    from bot.memory import Person
    from bot.settings import Settings


def run(main: Coroutine[Any, Any, None]) -> None:
    """``guard`` for a command that waits."""
    import asyncio

    guard(lambda: asyncio.run(main))


def guard(main: Callable[[], None]) -> None:
    """The process edge: every error becomes a sentence on stderr and an exit status (2: the words; 1: the machine)."""
    try:
        main()
    except ChatAnythingError as error:
        _fail(error)
    except KeyboardInterrupt:
        stderr().print("Stopped. Nothing half-made was kept.")
        raise typer.Exit(130) from None
    except (typer.Exit, BrokenPipeError):
        raise
    except Exception:
        _fail(ChatAnythingError(f"That is a mistake of ours, not of yours. The details are in {_keep_traceback()}."))


def settings(*, serving: bool = False) -> Settings:
    """The settings, by which logs are configured. Raises ``BadRequest`` where they cannot be understood."""
    from pydantic import ValidationError

    from bot.observe import logs
    from bot.settings import Settings

    try:
        found = Settings()
    except ValidationError as error:
        names = ", ".join(str(problem["loc"][0]) for problem in error.errors())
        raise BadRequest(
            f"These settings cannot be understood: {names}. `.env.example` explains each of them."
        ) from None
    # What a person typed into a terminal answers by itself; only who serves tells the log what goes well.
    quiet = not serving and "log_level" not in found.model_fields_set
    logs.configure(found.model_copy(update={"log_level": "warning"}) if quiet else found)
    return found


def person(name: str | None) -> Person:
    """Who sits at the terminal."""
    from bot.memory import Person

    spoken = " ".join(name.split()) if name else ""
    return Person(f"terminal:{spoken.casefold()}" if spoken else "terminal", spoken or None)


def stdout() -> Console:
    """Where results go."""
    from rich.console import Console

    return Console(highlight=False)


def stderr() -> Console:
    """Where everything else goes."""
    from rich.console import Console

    return Console(stderr=True, highlight=False)


def tell(line: str) -> None:
    """Progress, as it is written."""
    stderr().print(line, markup=False, soft_wrap=True)


def print_json(document: object) -> None:
    """A result for programs."""
    # Written as bytes: JSON is UTF-8 whatever the terminal's locale says.
    sys.stdout.buffer.write(json.dumps(document, ensure_ascii=False, indent=2).encode() + b"\n")
    sys.stdout.buffer.flush()


def _keep_traceback() -> Path:
    """A file with the traceback that is being handled, for a bug report."""
    import tempfile
    import traceback

    with tempfile.NamedTemporaryFile(
        "w", encoding="utf-8", prefix="chatanything-", suffix=".txt", delete=False
    ) as file:
        traceback.print_exc(file=file)
    return Path(file.name)


def _fail(error: ChatAnythingError) -> NoReturn:
    tell(str(error))
    if error.remedy:
        tell(f"Try: {error.remedy}")
    raise typer.Exit(2 if isinstance(error, BadRequest) else 1)
