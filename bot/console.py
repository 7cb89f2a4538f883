"""The terminal: progress while a persona is made, and the persona itself."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.console import Console, Group
from rich.live import Live
from rich.panel import Panel
from rich.spinner import Spinner
from rich.table import Table
from rich.text import Text

from bot import results
from bot.conversation import Conversation
from bot.memory import Person
from pipeline.assets import State, Status
from pipeline.errors import BadRequest, EngineFailed
from pipeline.speak import Spoken
from pipeline.summon import Stage, Step, Summoned, Watch
from pipeline.types import Attachment, Persona, Portrait, ReplyDelta, VoiceRecipe
from storage.memory import KeptFact
from storage.repository import StoredPersona
from storage.usage import Total

TERMINAL = "terminal"
"""Key of the one conversation that a terminal has with a persona."""

TITLES = {
    Stage.MIND: "Writing a personality",
    Stage.PORTRAIT: "Painting a portrait",
    Stage.VOICE: "Mixing a voice",
    Stage.GREETING: "Speaking and moving the face",
}


@contextmanager
def progress(console: Console) -> Iterator[Watch]:
    """A line per stage that fills in as things arrive. Plain lines where the terminal cannot redraw."""
    rows: dict[Stage, Step] = {}

    def picture() -> Group:
        return Group(*(_row(stage, rows[stage]) for stage in TITLES if stage in rows))

    try:
        with Live(console=console, refresh_per_second=12, transient=False) as live:

            def watch(step: Step) -> None:
                rows[step.stage] = step
                live.update(picture())

            yield watch
    finally:
        if not console.is_terminal:  # where it cannot redraw, rich leaves the last line open
            console.print()


def _row(stage: Stage, step: Step) -> Table:
    row = Table.grid(padding=(0, 1))
    row.add_column(width=2)
    row.add_column(width=30)
    row.add_column()
    if step.result is None:
        painted = f"{step.painted.done}/{step.painted.total}" if step.painted else ""
        row.add_row(Spinner("dots"), TITLES[stage], Text(painted, "dim"))
    else:
        row.add_row(Text("✓", "green"), TITLES[stage], Text(f"{_summary(step.result)}  ({step.seconds:.1f} s)", "dim"))
    return row


def _summary(result: Persona | VoiceRecipe | Portrait | Spoken) -> str:
    match result:
        case Persona():
            return result.name
        case VoiceRecipe():
            return " + ".join(part.voice for part in result.parts)
        case Portrait():
            return result.art
        case Spoken():
            return f"{result.clip.seconds:.1f} s of clip"


def show_summoned(console: Console, summoned: Summoned, folder: Path, more: Sequence[str] = ()) -> None:
    """The card of a new persona; ``more``: further files in its folder. What people typed is shown as plain text, never
    as markup."""
    console.print(persona_card(summoned.persona))
    facts = Table.grid(padding=(0, 2))
    facts.add_column(style="dim", no_wrap=True)
    facts.add_column(overflow="fold")
    facts.add_row("voice", Text(f"{summoned.recipe.engine}: {summoned.recipe.reason}"))
    facts.add_row("portrait", Text(summoned.portrait.reason))
    facts.add_row("greeting", Text(summoned.persona.greeting, "italic"))
    for name in ("portrait.png", "greeting.mp4", "greeting.ogg", "persona.json", *more):
        facts.add_row(name.split(".")[-1], Text(str(_short(folder / name))))
    facts.add_row("seconds", Text("  ".join(f"{stage} {s:.1f}" for stage, s in summoned.timings.items())))
    console.print(facts)
    show_notices(console, summoned.notices)


def persona_card(persona: Persona) -> Panel:
    """Name, tagline and personality."""
    body = Text()
    body.append(persona.tagline + "\n\n", "italic")
    body.append(persona.personality)
    return Panel(body, title=Text(persona.name, "bold"), width=88, padding=(1, 2))


def _short(path: Path) -> Path:
    return path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path


def persona_table(personas: Sequence[StoredPersona]) -> Table | Text:
    """One line per persona."""
    if not personas:
        return Text('Nobody is here yet. Try: chatanything summon "an angry apple"')
    table = Table(box=None, padding=(0, 2), header_style="dim")
    for title in ("name", "what", "tagline", "summoned"):
        table.add_column(title)
    for stored in personas:
        persona = stored.persona
        table.add_row(
            Text(persona.name, "bold"),
            Text(persona.concept),
            Text(persona.tagline, "italic"),
            f"{stored.created_at:%Y-%m-%d %H:%M}",
        )
    return table


def persona_details(stored: StoredPersona, recipe: VoiceRecipe) -> Group:
    """The card and the rest of what is known."""
    persona = stored.persona
    facts = Table.grid(padding=(0, 2))
    facts.add_column(style="dim", no_wrap=True)
    facts.add_column(overflow="fold")
    facts.add_row("summoned", Text(f"{stored.created_at:%Y-%m-%d %H:%M} as “{persona.concept}”"))
    facts.add_row("likes", Text(", ".join(persona.likes)))
    facts.add_row("dislikes", Text(", ".join(persona.dislikes)))
    facts.add_row("says", Text(persona.catchphrase, "italic"))
    if persona.habits:
        facts.add_row("talks", Text(persona.habits))
    facts.add_row("written by", Text(persona.author))
    facts.add_row("voice", Text(f"{recipe.engine}: {recipe.reason}"))
    return Group(persona_card(persona), facts)


def asset_table(rows: Sequence[Status]) -> Table:
    """Model files and art with licence and source."""
    table = Table(box=None, padding=(0, 2), header_style="dim")
    for title in ("asset", "version", "licence", "MB", "state"):
        table.add_column(title, no_wrap=True)
    table.add_column("source", overflow="fold")
    for row in rows:
        asset, colour = row.asset, "green" if row.state is State.PRESENT else "red"
        size = f"{row.size / 1e6:.1f}"
        table.add_row(asset.id, asset.version, asset.licence, size, Text(row.state, colour), asset.source)
    return table


def fact_table(persona: str, facts: Sequence[KeptFact]) -> Table | Text:
    """One line per fact, with the number to forget it by."""
    if not facts:
        return Text(f"{persona} knows nothing about you yet.")
    table = Table(box=None, padding=(0, 2), header_style="dim")
    for title in ("number", "kind", "fact", "since"):
        table.add_column(title)
    for kept in facts:
        table.add_row(str(kept.id), kept.fact.kind, Text(kept.fact.text), f"{kept.created_at:%Y-%m-%d %H:%M}")
    return table


def cost_table(totals: Sequence[Total], days: int) -> Table | Text:
    """One line per task and model."""
    if not totals:
        return Text(f"No language model was asked in the last {days} days.")
    table = Table(box=None, padding=(0, 2), header_style="dim")
    table.add_column("task")
    table.add_column("model")
    for title in ("calls", "tokens in", "tokens out", "s a call", "USD"):
        table.add_column(title, justify="right")
    for total in totals:
        money = "" if total.cost is None else f"{total.cost:.4f}"
        counts = (total.calls, total.prompt_tokens, total.completion_tokens)
        table.add_row(total.task, Text(total.model), *(f"{n:,}" for n in counts), f"{total.seconds:.1f}", money)
    return table


@dataclass(frozen=True, slots=True)
class Terminal:
    """A conversation between one person at the terminal and one persona."""

    conversation: Conversation
    persona: StoredPersona
    person: Person
    out: Path
    console: Console

    async def say(self, text: str, picture: Attachment | None = None) -> dict[str, Any]:
        """One line said, the answer printed as it streams; the JSON document of the answer."""
        persona, console = self.persona.persona, self.console
        speaker: Text | None = Text(f"{persona.name}: ", "bold")
        async for part in self.conversation.say(self.persona, text, TERMINAL, self.person, picture):
            if isinstance(part, ReplyDelta):
                console.print(speaker or "", Text(part.text), sep="", end="", soft_wrap=True)
                speaker = None
            else:
                console.print()
                document = await asyncio.to_thread(results.write_answer, part, persona.concept, self.out)
                console.print(Text(str(_short(Path(document["clip"]["path"]))), "dim"), soft_wrap=True)
                show_notices(console, part.notices)
        return {"persona": persona.name, **document}

    async def talk(self) -> None:
        """Line by line until an empty line or the end of the input."""
        self.console.print(persona_card(self.persona.persona))
        while True:
            try:
                line = await asyncio.to_thread(input, "you: ")
            except EOFError:
                return
            if not line.strip():
                return
            try:
                await self.say(line)
            except (BadRequest, EngineFailed) as error:
                self.console.print(Text(str(error)), soft_wrap=True)


def show_notices(console: Console, notices: Sequence[str]) -> None:
    """What the person should know about how something was made."""
    for notice in notices:
        console.print(Text(notice, "yellow"), soft_wrap=True)
