"""The characters that are here, and what they know about you."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from bot.cli import common
from bot.cli.options import AsJson, Name
from pipeline.errors import BadRequest

if TYPE_CHECKING:
    from storage.repository import StoredPersona

Speaker = Annotated[str | None, typer.Option("--as", help="Your name, as in `talk --as`.")]


def personas(as_json: AsJson = False) -> None:
    """List the personas, newest first."""
    from bot.console import persona_table

    async def main() -> None:
        from bot.app import open_storage

        async with open_storage(common.settings()) as stored:
            found = await stored.personas.list(limit=1000)
        if as_json:
            common.print_json([_stored_document(stored) for stored in found])
        else:
            common.stdout().print(persona_table(found))

    common.run(main())


def show(name: Name, as_json: AsJson = False) -> None:
    """Show one persona: personality, likes, catch-phrase, voice."""
    from bot.console import persona_details

    async def main() -> None:
        from bot.app import open_storage
        from bot.conversation import find

        async with open_storage(common.settings()) as stored:
            persona = await find(stored.personas, name)
            recipe = await stored.personas.voice(persona.id)
        if as_json:
            common.print_json(_stored_document(persona) | {"voice": recipe.model_dump(mode="json")})
        else:
            common.stdout().print(persona_details(persona, recipe))

    common.run(main())


def dismiss(name: Name) -> None:
    """Send a persona away."""

    async def main() -> None:
        from bot.app import open_storage
        from bot.conversation import find

        async with open_storage(common.settings()) as stored:
            persona = await find(stored.personas, name)
            await stored.personas.dismiss(persona.id)
        common.stdout().print(f"{persona.persona.name} has left.", markup=False)

    common.run(main())


def _stored_document(stored: StoredPersona) -> dict[str, Any]:
    return {
        "id": stored.id,
        "created_at": stored.created_at.isoformat(),
        "persona": stored.persona.model_dump(mode="json"),
    }


memory = typer.Typer(help="What a persona knows about you.", no_args_is_help=True, rich_markup_mode=None)


@memory.command("show")
def memory_show(
    name: Name,
    speaker: Speaker = None,
    as_json: AsJson = False,
) -> None:
    """Show what a persona knows about you, with the number of each fact."""
    from bot.console import fact_table

    async def main() -> None:
        from bot.app import open_storage
        from bot.conversation import find

        async with open_storage(common.settings()) as stored:
            persona = await find(stored.personas, name)
            facts = await stored.memories.facts(persona.id, common.person(speaker).key)
        if as_json:
            common.print_json([{"id": kept.id, **kept.fact.model_dump(mode="json")} for kept in facts])
        else:
            common.stdout().print(fact_table(persona.persona.name, facts))

    common.run(main())


@memory.command("forget")
def memory_forget(
    name: Name,
    number: Annotated[
        int | None, typer.Argument(help="Number of one fact in `memory show`; without it, everything.")
    ] = None,
    speaker: Speaker = None,
) -> None:
    """Make a persona forget one fact about you; without a number, every fact and the whole conversation."""

    async def main() -> None:
        from bot.app import open_storage
        from bot.console import TERMINAL
        from bot.conversation import find

        async with open_storage(common.settings()) as stored:
            persona = await find(stored.personas, name)
            forgotten = await stored.memories.forget(persona.id, common.person(speaker).key, number)
            if number is None:
                await stored.memories.forget_conversation(persona.id, TERMINAL)
            elif not forgotten:
                raise BadRequest(f"{persona.persona.name} keeps no fact number {number} about you.")
        facts = "one fact" if forgotten == 1 else f"{forgotten} facts"
        rest = "" if number is not None else " and the whole conversation"
        common.stdout().print(f"{persona.persona.name} forgot {facts}{rest}.", markup=False)

    common.run(main())
