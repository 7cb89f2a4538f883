"""How good the engines are, counted."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli import common
from bot.cli.options import AsJson, VoiceEngine

if TYPE_CHECKING:
    from rich.console import RenderableType

evaluate = typer.Typer(help="Measure how good the engines are.", no_args_is_help=True, rich_markup_mode=None)


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
    import asyncio

    from bot import engines
    from bot import evaluate as reports
    from bot.results import write_text
    from pipeline.evaluation.concepts import some
    from pipeline.evaluation.mind import evaluate

    async def main() -> None:
        from bot.app import open_mind

        settings = common.settings()
        choices = await engines.choose(settings)
        (choice,) = (choice for choice in choices if choice.stage == "mind")
        async with open_mind(settings, choice.engine, choice.chat) as mind:
            found = await evaluate(
                mind,
                choice.chat.model if choice.chat else choice.engine,
                some(number),
                common.tell,
                words=settings.mind_words,
                concurrency=concurrency,
                seed=seed,
            )
        await asyncio.to_thread(write_text, report, reports.markdown(found))
        show(as_json, reports.document, reports.table, found)

    common.run(main())


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
    import asyncio

    from bot import evaluate_lipsync as reports

    async def main() -> None:
        found = await reports.measure(common.settings(), limit, common.tell)
        if out:
            await asyncio.to_thread(reports.write, found, out)
        show(as_json, reports.document, reports.table, found)

    common.run(main())


def show(as_json: bool, document: Callable[..., object], table: Callable[..., RenderableType], *found: object) -> None:
    """What was found, for a program or as a table for people."""
    if as_json:
        common.print_json(document(*found))
    else:
        common.stdout().print(table(*found))


@contextmanager
def going_on_later() -> Iterator[None]:
    """Around an evaluation that keeps what is done: Ctrl-C says so."""
    import asyncio

    try:
        yield
    except asyncio.CancelledError:
        common.tell("Stopped. What is done is kept: the same command goes on.")
        raise typer.Exit(130) from None


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
        with going_on_later():
            found, made = await reports.measure(
                common.settings().engine_config(), plan, folder, concurrency, common.tell
            )
        show(as_json, reports.document, reports.table, found, made)

    common.run(main())


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
    import asyncio

    from bot import evaluate_portraits as reports

    async def main() -> None:
        config = common.settings().engine_config()
        made: list[Path] = []
        if choice_only:
            found = await asyncio.to_thread(reports.choose, config, limit)
        else:
            with going_on_later():
                found, made = await reports.measure(config, limit, out, concurrency, common.tell)
        show(as_json, reports.document, reports.table, found, made)

    common.run(main())


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
        found = await reports.measure(common.settings(), voice_engine, limit, words, common.tell)
        show(as_json, reports.document, reports.table, found)

    common.run(main())
