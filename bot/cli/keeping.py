"""What an operator does with what is kept: requests, costs, the database, backups, a person's data."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from bot.cli import common
from bot.cli.options import AsJson
from pipeline.errors import BadRequest


def costs(
    days: Annotated[int, typer.Option("--days", min=1, max=3650, help="How many days back to count.")] = 30,
    as_json: AsJson = False,
) -> None:
    """Show what language models were asked for: calls, tokens, and money where prices are known."""
    from datetime import UTC, datetime, timedelta

    from bot.console import cost_table

    async def main() -> None:
        from bot.app import open_storage

        async with open_storage(common.settings()) as stored:
            totals = await stored.usages.totals(datetime.now(UTC) - timedelta(days=days))
        if as_json:
            common.print_json([asdict(total) for total in totals])
        else:
            common.stdout().print(cost_table(totals, days))

    common.run(main())


def requests(
    failed: Annotated[bool, typer.Option("--failed", help="Only those that ended in an apology.")] = False,
    retry: Annotated[str | None, typer.Option("--retry", metavar="ID", help="Try a failed one once more.")] = None,
    cancel: Annotated[str | None, typer.Option("--cancel", metavar="ID", help="Call one off.")] = None,
    limit: Annotated[int, typer.Option("--limit", min=1, max=10_000, help="How many, newest first.")] = 30,
    as_json: AsJson = False,
) -> None:
    """List what people asked for and where it stands; try it again, or call it off."""
    from bot.listing import request_document, request_table
    from storage.asked import State

    async def main() -> None:
        from bot.app import open_desk

        async with open_desk(common.settings()) as desk:
            if retry is not None:
                await desk.asking.retry(retry)
                common.tell("It is tried again.")
            if cancel is not None:
                if not await desk.asking.cancel(cancel):
                    raise BadRequest("There is no such request that could still be called off.")
                common.tell("It was called off.")
            if retry is not None or cancel is not None:
                return
            states = (State.APOLOGISED,) if failed else ()
            found = [
                (one, await desk.requests.steps(one.id)) for one in await desk.requests.list(states=states, limit=limit)
            ]
        if as_json:
            common.print_json([request_document(request, steps) for request, steps in found])
        else:
            common.stdout().print(request_table(found))

    common.run(main())


def migrate() -> None:
    """Bring the database to the form that this version needs."""
    from storage.migrate import upgrade

    async def main() -> None:
        await upgrade(common.settings().database_url)
        common.tell("The database is up to date.")

    common.run(main())


def backup(
    file: Annotated[Path, typer.Argument(help="File to write, such as chatanything.zip.")],
    force: Annotated[bool, typer.Option("--force", help="Replace the file if it is there.")] = False,
) -> None:
    """Keep every character and conversation in one file; a bot may run meanwhile. Settings and keys are not in it."""
    from storage import backup as backups

    async def main() -> None:
        settings = common.settings()
        kept = await backups.backup(settings.database_url, settings.blob_url, file, force=force)
        size = file.stat().st_size / 1e6
        common.tell(f"Characters: {kept.personas}, files: {kept.blobs}, together {size:.1f} MB.")

    common.run(main())


def restore(
    file: Annotated[Path, typer.Argument(help="A file that `backup` wrote.")],
    force: Annotated[bool, typer.Option("--force", help="Give up the characters that are here.")] = False,
) -> None:
    """Put the characters and conversations of a backup in the place of those that are here; a bot may run meanwhile."""
    from storage import backup as backups

    async def main() -> None:
        settings = common.settings()
        found = await backups.restore(file, settings.database_url, settings.blob_url, force=force)
        common.tell(f"Characters: {found.personas}, as they were on {found.made_at:%Y-%m-%d %H:%M} UTC.")

    common.run(main())


Whom = Annotated[str, typer.Argument(metavar="PERSON", help="The platform's key: discord:123, telegram:123.")]

privacy = typer.Typer(help="What is kept about a person.", no_args_is_help=True, rich_markup_mode=None)


@privacy.command("export")
def privacy_export(
    person: Whom,
    out: Annotated[Path, typer.Option("--out", help="The file to write.")] = Path("export.zip"),
) -> None:
    """Write a zip of everything that is kept about a person, for somebody who cannot ask the bot."""
    import asyncio

    from bot.results import write_files

    async def main() -> None:
        from bot.app import open_desk

        async with open_desk(common.settings()) as desk:
            archive = await desk.privacy.export(person)
        (written,) = await asyncio.to_thread(write_files, out.parent, {out.name: archive})
        common.stdout().print(str(written), markup=False, soft_wrap=True)

    common.run(main())


@privacy.command("delete")
def privacy_delete(
    person: Whom,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Delete everything that is kept about a person; their characters go for everybody. Nothing brings it back."""
    if not (yes or typer.confirm(f"Delete everything about {person}?", err=True)):
        raise typer.Exit(1)

    async def main() -> None:
        from bot.app import open_desk

        async with open_desk(common.settings()) as desk:
            deleted = await desk.privacy.delete(person)
        common.stdout().print(", ".join(f"{name}: {count}" for name, count in asdict(deleted).items()))

    common.run(main())
