"""The commands. Imports of weight happen inside them, so that --help and worker processes start at once."""

from __future__ import annotations

import asyncio
import json
import sys
import tempfile
import traceback
from collections.abc import Awaitable, Callable, Coroutine, Iterator
from contextlib import contextmanager
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer

from pipeline.errors import BadRequest, ChatAnythingError

if TYPE_CHECKING:
    from rich.console import Console

    from bot.asking import Asking, Incoming
    from bot.memory import Person
    from bot.settings import Settings
    from pipeline.types import Attachment
    from storage.repository import StoredPersona
    from storage.requests import Accepted

app = typer.Typer(
    help="Summon anything into a talking character.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

Queue = Annotated[
    bool, typer.Option("--queue", help="Let `chatanything worker` make it: it survives a crash of any process.")
]
GatewayOnly = Annotated[
    bool, typer.Option("--gateway-only", help="Leave the work to `chatanything worker`s on the same database.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object on stdout; progress goes to stderr.")]
Out = Annotated[Path, typer.Option("--out", help="Folder that receives a folder per persona.")]
VoiceEngine = Annotated[
    str | None, typer.Option("--voice-engine", help="kokoro, hibari, elevenlabs or openai; default: the setting VOICE.")
]


@app.command()
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
    from bot import console, results
    from bot.app import open_app
    from bot.extras import extras

    async def main() -> None:
        if queue and (gif or captions):
            raise BadRequest("--gif and --captions are made here, so they do not go with --queue.")
        if queue:
            await _queued(lambda asking, incoming: asking.summon(incoming, text, style=style, seed=seed), out, as_json)
            return
        async with open_app(_settings(), voice_engine) as opened:
            with console.progress(_stderr()) as watch:
                _, summoned = await opened.conversation.summon(text, watch=watch, style=style, seed=seed)
            made = await extras(opened.conversation.studio, summoned, gif=gif, captions=captions)
            folder, document = await asyncio.to_thread(results.write_summoned, summoned, out, made)
        if as_json:
            _print_json(document)
        else:
            console.show_summoned(_stdout(), summoned, folder, sorted(made))

    _run(main())


@app.command()
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
    from bot.console import Terminal

    async def main() -> None:
        from bot.app import open_app
        from bot.attachments import read_picture
        from bot.conversation import find

        if say is None and (as_json or picture or queue):
            option = "--json" if as_json else "--picture" if picture else "--queue"
            raise BadRequest(f"{option} needs --say: one thing to say.")
        shown = await asyncio.to_thread(read_picture, picture) if picture else None
        if queue and say is not None:
            await _queued_line(name, say, shown, _person(speaker), out, as_json)
            return
        async with open_app(_settings(), voice_engine) as opened:
            persona = await find(opened.conversation.personas, name)
            terminal = Terminal(
                opened.conversation, persona, _person(speaker), out, _stderr() if as_json else _stdout()
            )
            if say is None:
                await terminal.talk()
            else:
                document = await terminal.say(say, shown)
                if as_json:
                    _print_json(document)

    _run(main())


@app.command()
def personas(as_json: AsJson = False) -> None:
    """List the personas, newest first."""
    from bot.console import persona_table

    async def main() -> None:
        from bot.app import open_storage

        async with open_storage(_settings()) as stored:
            found = await stored.personas.list(limit=1000)
        if as_json:
            _print_json([_stored_document(stored) for stored in found])
        else:
            _stdout().print(persona_table(found))

    _run(main())


@app.command()
def show(name: Annotated[str, typer.Argument(help="Name of a persona.")], as_json: AsJson = False) -> None:
    """Show one persona: personality, likes, catch-phrase, voice."""
    from bot.console import persona_details

    async def main() -> None:
        from bot.app import open_storage
        from bot.conversation import find

        async with open_storage(_settings()) as stored:
            persona = await find(stored.personas, name)
            recipe = await stored.personas.voice(persona.id)
        if as_json:
            _print_json(_stored_document(persona) | {"voice": recipe.model_dump(mode="json")})
        else:
            _stdout().print(persona_details(persona, recipe))

    _run(main())


@app.command()
def dismiss(name: Annotated[str, typer.Argument(help="Name of a persona.")]) -> None:
    """Send a persona away."""

    async def main() -> None:
        from bot.app import open_storage
        from bot.conversation import find

        async with open_storage(_settings()) as stored:
            persona = await find(stored.personas, name)
            await stored.personas.dismiss(persona.id)
        _stdout().print(f"{persona.persona.name} has left.", markup=False)

    _run(main())


memory = typer.Typer(help="What a persona knows about you.", no_args_is_help=True, rich_markup_mode=None)
app.add_typer(memory, name="memory")


@memory.command("show")
def memory_show(
    name: Annotated[str, typer.Argument(help="Name of a persona.")],
    speaker: Annotated[str | None, typer.Option("--as", help="Your name, as in `talk --as`.")] = None,
    as_json: AsJson = False,
) -> None:
    """Show what a persona knows about you, with the number of each fact."""
    from bot.console import fact_table

    async def main() -> None:
        from bot.app import open_storage
        from bot.conversation import find

        async with open_storage(_settings()) as stored:
            persona = await find(stored.personas, name)
            facts = await stored.memories.facts(persona.id, _person(speaker).key)
        if as_json:
            _print_json([{"id": kept.id, **kept.fact.model_dump(mode="json")} for kept in facts])
        else:
            _stdout().print(fact_table(persona.persona.name, facts))

    _run(main())


@memory.command("forget")
def memory_forget(
    name: Annotated[str, typer.Argument(help="Name of a persona.")],
    number: Annotated[
        int | None, typer.Argument(help="Number of one fact in `memory show`; without it, everything.")
    ] = None,
    speaker: Annotated[str | None, typer.Option("--as", help="Your name, as in `talk --as`.")] = None,
) -> None:
    """Make a persona forget one fact about you; without a number, every fact and the whole conversation."""

    async def main() -> None:
        from bot.app import open_storage
        from bot.console import TERMINAL
        from bot.conversation import find

        async with open_storage(_settings()) as stored:
            persona = await find(stored.personas, name)
            forgotten = await stored.memories.forget(persona.id, _person(speaker).key, number)
            if number is None:
                await stored.memories.forget_conversation(persona.id, TERMINAL)
            elif not forgotten:
                raise BadRequest(f"{persona.persona.name} keeps no fact number {number} about you.")
        facts = "one fact" if forgotten == 1 else f"{forgotten} facts"
        rest = "" if number is not None else " and the whole conversation"
        _stdout().print(f"{persona.persona.name} forgot {facts}{rest}.", markup=False)

    _run(main())


privacy = typer.Typer(help="What is kept about a person.", no_args_is_help=True, rich_markup_mode=None)
app.add_typer(privacy, name="privacy")
Whom = Annotated[str, typer.Argument(metavar="PERSON", help="The platform's key: discord:123, telegram:123.")]


@privacy.command("export")
def privacy_export(
    person: Whom,
    out: Annotated[Path, typer.Option("--out", help="The file to write.")] = Path("export.zip"),
) -> None:
    """Write a zip of everything that is kept about a person, for somebody who cannot ask the bot."""
    from bot.results import write_files

    async def main() -> None:
        from bot.app import open_desk

        async with open_desk(_settings()) as desk:
            archive = await desk.privacy.export(person)
        (written,) = await asyncio.to_thread(write_files, out.parent, {out.name: archive})
        _stdout().print(str(written), markup=False, soft_wrap=True)

    _run(main())


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

        async with open_desk(_settings()) as desk:
            deleted = await desk.privacy.delete(person)
        _stdout().print(", ".join(f"{name}: {count}" for name, count in asdict(deleted).items()))

    _run(main())


@app.command()
def costs(
    days: Annotated[int, typer.Option("--days", min=1, max=3650, help="How many days back to count.")] = 30,
    as_json: AsJson = False,
) -> None:
    """Show what language models were asked for: calls, tokens, and money where prices are known."""
    from datetime import UTC, datetime, timedelta

    from bot.console import cost_table

    async def main() -> None:
        from bot.app import open_storage

        async with open_storage(_settings()) as stored:
            totals = await stored.usages.totals(datetime.now(UTC) - timedelta(days=days))
        if as_json:
            _print_json([asdict(total) for total in totals])
        else:
            _stdout().print(cost_table(totals, days))

    _run(main())


evaluate = typer.Typer(help="Measure how good the engines are.", no_args_is_help=True, rich_markup_mode=None)
app.add_typer(evaluate, name="evaluate")


@evaluate.command("mind")
def evaluate_mind(
    number: Annotated[
        int | None, typer.Option("--concepts", min=1, help="How many of the 60 concepts; default: all.")
    ] = None,
    report: Annotated[
        Path, typer.Option("--report", help="Markdown file for the figures and every word that was said.")
    ] = Path("out/evaluation-mind.md"),
    concurrency: Annotated[int, typer.Option("--concurrency", min=1, help="Conversations at the same time.")] = 1,
    seed: Annotated[int, typer.Option("--seed", min=0, help="Another seed gives other characters.")] = 0,
    as_json: AsJson = False,
) -> None:
    """Let the configured mind write 60 characters and answer five questions each; count how well it does."""
    from bot import engines
    from bot import evaluate as reports
    from bot.results import write_text
    from pipeline.evaluation.concepts import some
    from pipeline.evaluation.mind import evaluate

    async def main() -> None:
        from bot.app import open_mind

        settings = _settings()
        choices = await engines.choose(settings)
        (choice,) = (choice for choice in choices if choice.stage == "mind")
        async with open_mind(settings, choice.engine, choice.chat) as mind:
            found = await evaluate(
                mind,
                choice.chat.model if choice.chat else choice.engine,
                some(number),
                lambda sentence: _stderr().print(sentence, markup=False),
                words=settings.mind_words,
                concurrency=concurrency,
                seed=seed,
            )
        await asyncio.to_thread(write_text, report, reports.markdown(found))
        if as_json:
            _print_json(reports.document(found))
        else:
            _stdout().print(reports.table(found))

    _run(main())


@evaluate.command("lipsync")
def evaluate_lipsync(
    limit: Annotated[
        int | None,
        typer.Option("--limit", min=1, help="How many of the 10 sentences each says; default: all."),
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", help="Folder for the figures and a contact sheet per portrait.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Film 12 portraits that speak, and measure in the finished clips whether lips, lids and ground are right."""
    from bot import evaluate_lipsync as reports

    async def main() -> None:
        found = await reports.measure(_settings(), limit, lambda text: _stderr().print(text, markup=False))
        if out:
            await asyncio.to_thread(reports.write, found, out)
        if as_json:
            _print_json(reports.document(found))
        else:
            _stdout().print(reports.table(found))

    _run(main())


@contextmanager
def _going_on_later() -> Iterator[None]:
    """Around an evaluation that keeps what is done: Ctrl-C says so."""
    try:
        yield
    except asyncio.CancelledError:
        _stderr().print("Stopped. What is done is kept: the same command goes on.")
        raise typer.Exit(130) from None


def _tell(line: str) -> None:
    """Progress, as it is written."""
    _stderr().print(line, markup=False, soft_wrap=True)


@evaluate.command("detection")
def evaluate_detection(
    engine: Annotated[
        str, typer.Option("--engine", help="The painter: illustrator or diffusers (or one of a plug-in).")
    ] = "illustrator",
    modes: Annotated[
        str, typer.Option("--modes", help="Of diffusers: what leads it to a face, with commas.")
    ] = "none,pixel,landmark,both",
    detectors: Annotated[
        str,
        typer.Option("--detectors", help="facemesh, face_alignment, dlib; the first is also the gate of diffusers."),
    ] = "facemesh",
    limit: Annotated[
        int | None, typer.Option("--limit", min=1, help="How many of the 400 concepts; default: all.")
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option("--out", help="Folder for report, plot, sheets and results; it goes on with what is there."),
    ] = None,
    concurrency: Annotated[
        int | None, typer.Option("--concurrency", min=1, max=16, help="Processes; default: 2, for diffusers 1.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Paint 400 concepts and count in how many pictures a face is found. Stopped, the same command goes on."""
    from bot import evaluate_detection as reports

    async def main() -> None:
        plan = reports.plan(engine, modes, detectors, limit)
        folder = out or Path("out") / f"evaluation-detection-{engine}"
        with _going_on_later():
            found, made = await reports.measure(_settings().engine_config(), plan, folder, concurrency, _tell)
        if as_json:
            _print_json(reports.document(found, made))
        else:
            _stdout().print(reports.table(found, made))

    _run(main())


@evaluate.command("portraits")
def evaluate_portraits(
    limit: Annotated[
        int | None, typer.Option("--limit", min=1, help="How many of the 200 concepts; default: all.")
    ] = None,
    choice_only: Annotated[bool, typer.Option("--choice-only", help="Only choose what to draw; seconds.")] = False,
    out: Annotated[
        Path, typer.Option("--out", help="Folder for contact sheets and results; it goes on with what is there.")
    ] = Path("out/evaluation-portraits"),
    concurrency: Annotated[int, typer.Option("--concurrency", min=1, max=16, help="Processes.")] = 2,
    as_json: AsJson = False,
) -> None:
    """Draw 200 concepts: is it the right thing, and is a face found? Stopped, the same command goes on."""
    from bot import evaluate_portraits as reports

    async def main() -> None:
        config = _settings().engine_config()
        made: list[Path] = []
        if choice_only:
            found = await asyncio.to_thread(reports.choose, config, limit)
        else:
            with _going_on_later():
                found, made = await reports.measure(config, limit, out, concurrency, _tell)
        if as_json:
            _print_json(reports.document(found, made))
        else:
            _stdout().print(reports.table(found, made))

    _run(main())


@evaluate.command("voices")
def evaluate_voices(
    limit: Annotated[
        int | None, typer.Option("--limit", min=2, help="How many of the 100 texts; default: all.")
    ] = None,
    words: Annotated[
        int, typer.Option("--words", min=0, help="Sentences to speak and listen to for each kind of voice; 0: none.")
    ] = 0,
    voice_engine: VoiceEngine = None,
    as_json: AsJson = False,
) -> None:
    """Cast 100 personas and count how often gender and age are as expected; count the words that are misheard."""
    from bot import evaluate_voices as reports

    async def main() -> None:
        found = await reports.measure(
            _settings(), voice_engine, limit, words, lambda text: _stderr().print(text, markup=False)
        )
        if as_json:
            _print_json(reports.document(found))
        else:
            _stdout().print(reports.table(found))

    _run(main())


voices = typer.Typer(help="List, match and measure voices.", invoke_without_command=True, rich_markup_mode=None)
app.add_typer(voices, name="voices")


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
        options = await found.matched(_settings(), match or "", engine, seed)
        if as_json:
            _print_json(found.match_document(options))
        else:
            _stdout().print(found.match_table(options))
        if play:
            voice_sheet.play(_settings(), options[0].recipe)

    def written(path: Path) -> None:
        name = engine or "hibari"
        voice_sheet.sheet(_settings(), name, path, lambda line: _stderr().print(line, markup=False))
        _stderr().print(f"Open {path} in a browser.", markup=False)

    def listed() -> None:
        rows = found.listed(engine)
        if as_json:
            _print_json([row.model_dump(mode="json", exclude_none=True) for row in rows])
        else:
            _stdout().print(found.table(rows))

    if context.invoked_subcommand is not None:
        return
    if match:
        _run(matched())
    elif sheet:
        _guard(lambda: written(sheet))
    elif play:
        raise typer.BadParameter('"--play" goes with "--match".')
    else:
        _guard(listed)


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
        figures = found.measured(_settings(), engine, lambda text: _stderr().print(text, markup=False))
        if write:
            _stderr().print(f"Written to {found.write(figures)}", markup=False)
        if as_json:
            _print_json(found.measured_document(figures))
        else:
            _stdout().print(found.measured_table(figures))

    _guard(main)


@app.command()
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
        home = _settings().assets
        if fetch or not (list_them or verify):
            store.fetch(home, say=lambda sentence: _stderr().print(sentence, markup=False))
        if list_them:
            _stdout().print(asset_table(store.status(home)))
        if verify:
            store.verify(home)
            _stdout().print("Every file is what it should be.")

    _guard(main)


@app.command()
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
        settings = _settings()
        if check or download:
            rows = list(
                found.checked(settings, wanted or [], download, lambda line: _stderr().print(line, markup=False))
            )
        else:
            engine = found.DIFFUSERS if wanted else engines.painter_of(settings)
            rows = [row for row in found.listed(settings, engine) if not wanted or row.id in wanted]
        if as_json:
            _print_json([row.document() for row in rows])
        else:
            _stdout().print(found.table(rows))
        if check and any(row.missing for row in rows):
            raise typer.Exit(1)

    _guard(main)


@app.command()
def worker(
    queues: Annotated[
        str | None, typer.Option("--queues", help="Which queues, as in mind,voice,portrait,clip; default: all four.")
    ] = None,
    concurrency: Annotated[
        int | None,
        typer.Option("--concurrency", min=1, max=64, help="Steps of each queue at the same time; default: what fits."),
    ] = None,
) -> None:
    """Work on requests until stopped; any number of workers, on any number of machines, share one database."""
    from bot.service import queues as parse
    from bot.service import work

    async def main() -> None:
        settings = _settings(serving=True)
        await work(settings, parse(queues, concurrency, settings.portrait))

    _run(main())


@app.command()
def discord(
    invite: Annotated[
        bool, typer.Option("--invite", help="Print the address at which somebody adds the bot to a server, and leave.")
    ] = False,
    gateway_only: GatewayOnly = False,
) -> None:
    """Be on Discord until stopped: take what people ask for, make it, and show it. Needs DISCORD_TOKEN."""
    from bot.discord.permissions import invite as invitation
    from bot.discord.standing import look

    settings = _settings(serving=not invite)

    async def main() -> None:
        from bot.discord.gateway import open_gateway
        from bot.service import queues, work

        if invite:
            _stdout().print(invitation((await look(settings.discord_token)).application), soft_wrap=True)
        else:
            await work(settings, {} if gateway_only else queues(painter=settings.portrait), gateways=[open_gateway])

    _run(main())


@app.command()
def telegram(
    gateway_only: GatewayOnly = False,
) -> None:
    """Be on Telegram until stopped: take what people ask for, make it, and show it. Needs TELEGRAM_TOKEN."""
    settings = _settings(serving=True)

    async def main() -> None:
        from bot.service import queues, work
        from bot.telegram.gateway import open_gateway

        await work(settings, {} if gateway_only else queues(painter=settings.portrait), gateways=[open_gateway])

    _run(main())


@app.command()
def run(
    gateway_only: GatewayOnly = False,
) -> None:
    """Be on every platform whose token is set, in one process, until stopped."""
    settings = _settings(serving=True)

    async def main() -> None:
        from bot.service import OpenGateway, queues, work

        gateways: list[OpenGateway] = []
        if settings.discord_token is not None:
            from bot.discord.gateway import open_gateway as open_discord

            gateways.append(open_discord)
        if settings.telegram_token is not None:
            from bot.telegram.gateway import open_gateway as open_telegram

            gateways.append(open_telegram)
        if not gateways:
            raise BadRequest("No token is set: docs/discord.md and docs/telegram.md say how to get one.")
        await work(settings, {} if gateway_only else queues(painter=settings.portrait), gateways=gateways)

    _run(main())


@app.command()
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

        async with open_desk(_settings()) as desk:
            if retry is not None:
                await desk.asking.retry(retry)
                _stderr().print("It is tried again.")
            if cancel is not None:
                if not await desk.asking.cancel(cancel):
                    raise BadRequest("There is no such request that could still be called off.")
                _stderr().print("It was called off.")
            if retry is not None or cancel is not None:
                return
            states = (State.APOLOGISED,) if failed else ()
            found = [
                (one, await desk.requests.steps(one.id)) for one in await desk.requests.list(states=states, limit=limit)
            ]
        if as_json:
            _print_json([request_document(request, steps) for request, steps in found])
        else:
            _stdout().print(request_table(found))

    _run(main())


@app.command()
def migrate() -> None:
    """Bring the database to the form that this version needs."""
    from storage.migrate import upgrade

    async def main() -> None:
        await upgrade(_settings().database_url)
        _stderr().print("The database is up to date.")

    _run(main())


@app.command()
def backup(
    file: Annotated[Path, typer.Argument(help="File to write, such as chatanything.zip.")],
    force: Annotated[bool, typer.Option("--force", help="Replace the file if it is there.")] = False,
) -> None:
    """Keep every character and conversation in one file; a bot may run meanwhile. Settings and keys are not in it."""
    from storage import backup as backups

    async def main() -> None:
        settings = _settings()
        kept = await backups.backup(settings.database_url, settings.blob_url, file, force=force)
        size = file.stat().st_size / 1e6
        _stderr().print(f"Characters: {kept.personas}, files: {kept.blobs}, together {size:.1f} MB.", markup=False)

    _run(main())


@app.command()
def restore(
    file: Annotated[Path, typer.Argument(help="A file that `backup` wrote.")],
    force: Annotated[bool, typer.Option("--force", help="Give up the characters that are here.")] = False,
) -> None:
    """Put the characters and conversations of a backup in the place of those that are here; a bot may run meanwhile."""
    from storage import backup as backups

    async def main() -> None:
        settings = _settings()
        found = await backups.restore(file, settings.database_url, settings.blob_url, force=force)
        _stderr().print(f"Characters: {found.personas}, as they were on {found.made_at:%Y-%m-%d %H:%M} UTC.")

    _run(main())


@app.command()
def doctor(as_json: AsJson = False) -> None:
    """Say what each stage will use and why, what is missing, and the command that mends it."""
    from bot.doctor import examine, report

    def main() -> None:
        findings = examine(_settings())
        if as_json:
            _print_json(findings.document())
        else:
            _stdout().print(report(findings))
        if not findings.healthy:
            raise typer.Exit(1)

    _guard(main)


@app.command()
def bench(
    as_json: Annotated[bool, typer.Option("--json", help="Print a JSON list of rows: name, value, unit.")] = False,
    rounds: Annotated[int, typer.Option("--rounds", min=1, max=50, help="Runs per figure; the median is printed.")] = 5,
) -> None:
    """Measure this machine: medians of several runs, and the ratio to real time."""
    from bot.bench import measure, table

    async def main() -> None:
        rows = await measure(_settings(), rounds, say=lambda sentence: _stderr().print(sentence, markup=False))
        if as_json:
            _print_json([row.document() for row in rows])
        else:
            _stdout().print(table(rows))

    _run(main())


async def _queued_line(
    name: str, text: str, picture: Attachment | None, person: Person, out: Path, as_json: bool
) -> None:
    from bot.app import open_storage
    from bot.conversation import find

    async with open_storage(_settings()) as stored:
        persona = await find(stored.personas, name)

    def ask(asking: Asking, incoming: Incoming) -> Awaitable[Accepted]:
        return asking.say(replace(incoming, person=person.key, name=person.name), persona, text, picture=picture)

    await _queued(ask, out, as_json)


async def _queued(ask: Callable[[Asking, Incoming], Awaitable[Accepted]], out: Path, as_json: bool) -> None:
    """Hands a request to the workers and shows what comes back. Interrupted, it goes on without us."""
    from bot.queued import ask_workers

    try:
        document = await ask_workers(_settings(), ask, out, _stderr() if as_json else _stdout())
    except asyncio.CancelledError:  # Ctrl-C, of which it has said what there is to say
        raise typer.Exit(130) from None
    if as_json:
        _print_json(document)


def _person(name: str | None) -> Person:
    """Who sits at the terminal."""
    from bot.memory import Person

    spoken = " ".join(name.split()) if name else ""
    return Person(f"terminal:{spoken.casefold()}" if spoken else "terminal", spoken or None)


def _settings(*, serving: bool = False) -> Settings:
    from pydantic import ValidationError

    from bot.observe import logs
    from bot.settings import Settings

    try:
        settings = Settings()
    except ValidationError as error:
        names = ", ".join(str(problem["loc"][0]) for problem in error.errors())
        raise BadRequest(
            f"These settings cannot be understood: {names}. `.env.example` explains each of them."
        ) from None
    # What a person typed into a terminal answers by itself; only who serves tells the log what goes well.
    quiet = not serving and "log_level" not in settings.model_fields_set
    logs.configure(settings.model_copy(update={"log_level": "warning"}) if quiet else settings)
    return settings


def _stored_document(stored: StoredPersona) -> dict[str, Any]:
    return {
        "id": stored.id,
        "created_at": stored.created_at.isoformat(),
        "persona": stored.persona.model_dump(mode="json"),
    }


def _stdout() -> Console:
    from rich.console import Console

    return Console(highlight=False)


def _stderr() -> Console:
    from rich.console import Console

    return Console(stderr=True, highlight=False)


def _print_json(document: object) -> None:
    # Written as bytes: JSON is UTF-8 whatever the terminal's locale says.
    sys.stdout.buffer.write(json.dumps(document, ensure_ascii=False, indent=2).encode() + b"\n")
    sys.stdout.buffer.flush()


def _run(main: Coroutine[Any, Any, None]) -> None:
    _guard(lambda: asyncio.run(main))


def _guard(main: Callable[[], None]) -> None:
    """The process edge: every error becomes a sentence on stderr and an exit status (2: the words; 1: the machine)."""
    try:
        main()
    except ChatAnythingError as error:
        _fail(error)
    except KeyboardInterrupt:
        _stderr().print("Stopped. Nothing half-made was kept.")
        raise typer.Exit(130) from None
    except (typer.Exit, BrokenPipeError):
        raise
    except Exception:
        _fail(ChatAnythingError(f"That is a mistake of ours, not of yours. The details are in {_keep_traceback()}."))


def _keep_traceback() -> Path:
    """A file with the traceback that is being handled, for a bug report."""
    with tempfile.NamedTemporaryFile(
        "w", encoding="utf-8", prefix="chatanything-", suffix=".txt", delete=False
    ) as file:
        traceback.print_exc(file=file)
    return Path(file.name)


def _fail(error: ChatAnythingError) -> NoReturn:
    stderr = _stderr()
    stderr.print(str(error), markup=False, soft_wrap=True)
    if error.remedy:
        stderr.print(f"Try: {error.remedy}", markup=False, soft_wrap=True)
    raise typer.Exit(2 if isinstance(error, BadRequest) else 1)


if __name__ == "__main__":
    app()
