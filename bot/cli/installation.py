"""This installation: what it needs, what is missing, how quick it is."""

from __future__ import annotations

from typing import Annotated

import typer

from bot.cli import common
from bot.cli.options import AsJson


def assets(
    list_them: Annotated[
        bool, typer.Option("--list", help="What is needed, its licence and source, and whether it is here.")
    ] = False,
    fetch: Annotated[bool, typer.Option("--fetch", help="Fetch what is missing (the default).")] = False,
    verify: Annotated[bool, typer.Option("--verify", help="Check every file against its hash.")] = False,
) -> None:
    """Fetch, list or verify the model files and art."""
    from bot.console import asset_table
    from pipeline import assets as store

    def main() -> None:
        home = common.settings().assets
        if fetch or not (list_them or verify):
            store.fetch(home, say=common.tell)
        if list_them:
            common.stdout().print(asset_table(store.status(home)))
        if verify:
            store.verify(home)
            common.stdout().print("Every file is what it should be.")

    common.guard(main)


def doctor(as_json: AsJson = False) -> None:
    """Say what each stage will use and why, what is missing, and the command that mends it."""
    from bot.doctor import examine, report

    def main() -> None:
        findings = examine(common.settings())
        if as_json:
            common.print_json(findings.document())
        else:
            common.stdout().print(report(findings))
        if not findings.healthy:
            raise typer.Exit(1)

    common.guard(main)


def bench(
    as_json: Annotated[bool, typer.Option("--json", help="Print a JSON list of rows: name, value, unit.")] = False,
    rounds: Annotated[int, typer.Option("--rounds", min=1, max=50, help="Runs per figure; the median is printed.")] = 5,
) -> None:
    """Measure this machine: medians of several runs, and the ratio to real time."""
    from bot.bench import measure, table

    async def main() -> None:
        rows = await measure(common.settings(), rounds, say=common.tell)
        if as_json:
            common.print_json([row.document() for row in rows])
        else:
            common.stdout().print(table(rows))

    common.run(main())
