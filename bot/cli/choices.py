"""What there is to choose from: voices, and the looks of portraits."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from bot.cli import common
from bot.cli.options import AsJson

voices = typer.Typer(help="List, match and measure voices.", invoke_without_command=True, rich_markup_mode=None)


@voices.callback()
def voices_list(
    context: typer.Context,
    match: Annotated[
        str | None, typer.Option("--match", help='Show the voices that fit a description: "a deep old woman".')
    ] = None,
    engine: Annotated[
        str | None, typer.Option("--engine", help="Voices of one engine; default: all, or the setting VOICE to match.")
    ] = None,
    seed: Annotated[int, typer.Option("--seed", min=0, help="Another seed finds other mixtures.")] = 0,
    play: Annotated[bool, typer.Option("--play", help="With --match: let the voice be heard.")] = False,
    sheet: Annotated[
        Path | None, typer.Option("--sheet", help="Write a page on which every voice and effect can be heard.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """List the voices there are, or what fits a description."""
    from bot import voice_sheet
    from bot import voices as found

    async def matched() -> None:
        options = await found.matched(common.settings(), match or "", engine, seed)
        if as_json:
            common.print_json(found.match_document(options))
        else:
            common.stdout().print(found.match_table(options))
        if play:
            voice_sheet.play(common.settings(), options[0].recipe)

    def written(path: Path) -> None:
        name = engine or "hibari"
        voice_sheet.sheet(common.settings(), name, path, common.tell)
        common.tell(f"Open {path} in a browser.")

    def listed() -> None:
        rows = found.listed(engine)
        if as_json:
            common.print_json([row.model_dump(mode="json", exclude_none=True) for row in rows])
        else:
            common.stdout().print(found.table(rows))

    if context.invoked_subcommand is not None:
        return
    if match:
        common.run(matched())
    elif sheet:
        common.guard(lambda: written(sheet))
    elif play:
        raise typer.BadParameter('"--play" goes with "--match".')
    else:
        common.guard(listed)


@voices.command("measure")
def voices_measure(
    engine: Annotated[str | None, typer.Option("--engine", help="kokoro or hibari; default: both.")] = None,
    write: Annotated[
        bool, typer.Option("--write", help="Keep the figures in the catalogue of this installation.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Let every voice speak, and measure pitch, pace, tilt and dynamics."""
    from bot import voices as found

    def main() -> None:
        figures = found.measured(common.settings(), engine, common.tell)
        if write:
            common.tell(f"Written to {found.write(figures)}")
        if as_json:
            common.print_json(found.measured_document(figures))
        else:
            common.stdout().print(found.measured_table(figures))

    common.guard(main)


def styles(
    wanted: Annotated[list[str] | None, typer.Argument(metavar="[ID]...", help="Some of the diffusion looks.")] = None,
    check: Annotated[
        bool, typer.Option("--check", help="Load each diffusion look and say what is missing; nothing is fetched.")
    ] = False,
    download: Annotated[
        bool, typer.Option("--download", help="Fetch what is missing, gigabytes for each look, then check it.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """List the looks of the configured painter; check, or fetch, those that diffusion paints."""
    from bot import engines
    from bot import styles as found

    def main() -> None:
        settings = common.settings()
        if check or download:
            rows = list(found.checked(settings, wanted or [], download, common.tell))
        else:
            engine = found.DIFFUSERS if wanted else engines.painter_of(settings)
            rows = [row for row in found.listed(settings, engine) if not wanted or row.id in wanted]
        if as_json:
            common.print_json([row.document() for row in rows])
        else:
            common.stdout().print(found.table(rows))
        if check and any(row.missing for row in rows):
            raise typer.Exit(1)

    common.guard(main)
