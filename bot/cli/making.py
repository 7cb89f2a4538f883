"""Making characters and talking with them: here and now, or by the workers."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot import warming
from bot.cli import common
from bot.cli.options import AsJson, Out, VoiceEngine
from pipeline.errors import BadRequest

if TYPE_CHECKING:
    from bot.asking import Asking, Incoming
    from bot.memory import Person
    from pipeline.types import Attachment
    from storage.requests import Accepted

Queue = Annotated[
    bool, typer.Option("--queue", help="Let `chatanything worker` make it: it survives a crash of any process.")
]


def summon(
    text: Annotated[str, typer.Argument(help='What to summon: "an angry apple".')],
    out: Out = Path("out"),
    voice_engine: VoiceEngine = None,
    style: Annotated[
        str | None, typer.Option("--style", help="Id of a portrait style; default: chosen to fit.")
    ] = None,
    seed: Annotated[
        int | None, typer.Option("--seed", min=0, max=2**31 - 1, help="The same seed and words give the same persona.")
    ] = None,
    gif: Annotated[bool, typer.Option("--gif", help="Also write the living avatar as avatar.gif.")] = False,
    captions: Annotated[
        bool, typer.Option("--captions", help="Also write captioned.mp4: the greeting with its words in the picture.")
    ] = False,
    queue: Queue = False,
    as_json: AsJson = False,
) -> None:
    """Turn a phrase into a persona: personality, portrait, voice and a talking greeting."""
    import asyncio

    async def main() -> None:
        if queue and (gif or captions):
            raise BadRequest("--gif and --captions are made here, so they do not go with --queue.")
        if queue:
            await _queued(lambda asking, incoming: asking.summon(incoming, text, style=style, seed=seed), out, as_json)
            return
        settings = common.settings()
        async with warming.started(settings, voice_engine) as workers:
            # These take as long as the processes do to be born.
            from bot import console, results
            from bot.app import open_app
            from bot.extras import extras

            results.check(out)
            async with open_app(settings, workers, voice_engine) as opened:
                with console.progress(common.stderr()) as watch:
                    _, summoned = await opened.conversation.summon(text, watch=watch, style=style, seed=seed)
                made = await extras(opened.conversation.studio, summoned, gif=gif, captions=captions)
                folder, document = await asyncio.to_thread(results.write_summoned, summoned, out, made)
            if as_json:
                common.print_json(document)
            else:
                console.show_summoned(common.stdout(), summoned, folder, sorted(made))

    common.run(main())


def talk(
    name: Annotated[str, typer.Argument(help="Name of a persona; `chatanything personas` lists them.")],
    say: Annotated[str | None, typer.Option("--say", help="Say one thing and leave.")] = None,
    picture: Annotated[
        Path | None, typer.Option("--picture", help="Show a picture with --say; a model that sees is needed.")
    ] = None,
    speaker: Annotated[str | None, typer.Option("--as", help="Your name; several people are told apart by it.")] = None,
    out: Out = Path("out"),
    voice_engine: VoiceEngine = None,
    queue: Queue = False,
    as_json: AsJson = False,
) -> None:
    """Talk with a persona: type a line, read the answer as it streams, then open its clip. An empty line ends it."""
    import asyncio

    async def main() -> None:
        if say is None and (as_json or picture or queue):
            option = "--json" if as_json else "--picture" if picture else "--queue"
            raise BadRequest(f"{option} needs --say: one thing to say.")
        shown = await asyncio.to_thread(_read, picture) if picture else None
        if queue and say is not None:
            await _queued_line(name, say, shown, common.person(speaker), out, as_json)
            return
        settings = common.settings()
        async with warming.started(settings, voice_engine) as workers:
            from bot import results
            from bot.app import open_app
            from bot.console import Terminal
            from bot.conversation import find

            results.check(out)
            async with open_app(settings, workers, voice_engine) as opened:
                persona = await find(opened.conversation.personas, name)
                console = common.stderr() if as_json else common.stdout()
                terminal = Terminal(opened.conversation, persona, common.person(speaker), out, console)
                if say is None:
                    await terminal.talk()
                else:
                    document = await terminal.say(say, shown)
                    if as_json:
                        common.print_json(document)

    common.run(main())


def _read(picture: Path) -> Attachment:
    from bot.attachments import read_picture

    return read_picture(picture)


async def _queued_line(
    name: str, text: str, picture: Attachment | None, person: Person, out: Path, as_json: bool
) -> None:
    from bot.app import open_storage
    from bot.conversation import find

    async with open_storage(common.settings()) as stored:
        persona = await find(stored.personas, name)

    def ask(asking: Asking, incoming: Incoming) -> Awaitable[Accepted]:
        return asking.say(replace(incoming, person=person.key, name=person.name), persona, text, picture=picture)

    await _queued(ask, out, as_json)


async def _queued(ask: Callable[[Asking, Incoming], Awaitable[Accepted]], out: Path, as_json: bool) -> None:
    """Hands a request to the workers and shows what comes back. Interrupted, it goes on without us."""
    import asyncio

    from bot.queued import ask_workers

    try:
        document = await ask_workers(common.settings(), ask, out, common.stderr() if as_json else common.stdout())
    except asyncio.CancelledError:  # Ctrl-C, of which it has said what there is to say
        raise typer.Exit(130) from None
    if as_json:
        common.print_json(document)
