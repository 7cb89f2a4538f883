"""The commands, in the order in which --help shows them.

Imports of weight happen inside the commands, so that --help and worker processes start at once.
"""

from __future__ import annotations

import typer

from bot.cli import characters, choices, evaluate, installation, keeping, making, serving

app = typer.Typer(
    help="Summon anything into a talking character.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

for command in (
    making.summon,
    making.talk,
    characters.personas,
    characters.show,
    characters.dismiss,
    keeping.costs,
    installation.assets,
    choices.styles,
    serving.worker,
    serving.discord,
    serving.telegram,
    serving.run,
    keeping.requests,
    keeping.migrate,
    keeping.backup,
    keeping.restore,
    installation.doctor,
    installation.bench,
):
    app.command()(command)

app.add_typer(characters.memory, name="memory")
app.add_typer(keeping.privacy, name="privacy")
app.add_typer(evaluate.evaluate, name="evaluate")
app.add_typer(choices.voices, name="voices")
