"""Documentation made from the program itself: `docs/commands.md`, and with --pictures the contact sheets.

python -m bot.docs [--pictures]
"""

from __future__ import annotations

import argparse
import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import cast

import click
import typer

from bot.cli import app

DOCS = Path(__file__).resolve().parent.parent / "docs"


def commands() -> str:
    """`docs/commands.md`: the --help of every command, word for word."""
    root = cast(click.Group, typer.main.get_command(app))
    parts = ["# Commands\n\nMade by `make docs` from the program itself; a test keeps the two equal.\n"]
    for name, command in _leaves(root, ""):
        context = click.Context(command, info_name=f"chatanything {name}", max_content_width=100, terminal_width=100)
        lines = [line.rstrip() for line in command.get_help(context).splitlines()]
        parts.append(f"## {name}\n\n```text\n" + "\n".join(lines).strip() + "\n```\n")
    return "\n".join(parts)


def _leaves(group: click.Group, before: str) -> Iterator[tuple[str, click.Command]]:
    """Every command that does something, with all its words."""
    for name, command in group.commands.items():
        if hasattr(command, "commands"):  # typer brings a click of its own, so isinstance would not do
            yield from _leaves(cast(click.Group, command), f"{before}{name} ")
        else:
            yield f"{before}{name}", command


def main() -> None:
    """Write the files."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pictures", action="store_true", help="make docs/pictures too (minutes)")
    wanted = parser.parse_args()
    (DOCS / "commands.md").write_text(commands(), "utf-8")
    if wanted.pictures:
        from bot.gallery import make

        (DOCS / "pictures").mkdir(exist_ok=True)
        asyncio.run(make(DOCS / "pictures"))


if __name__ == "__main__":
    main()
