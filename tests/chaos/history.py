"""What a run left behind: the tables, the files that they name, and the board's journal."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias, TypeVar

from sqlalchemy import select, text

from bot.jobs.plan import Stage
from pipeline.errors import StorageFailed
from storage.blobs import Blobs
from storage.database import Database
from storage.steps import StepState
from storage.tables import (
    BlobRow,
    ChargeRow,
    PartRow,
    PersonaRow,
    PortraitRow,
    RequestRow,
    ResultRow,
    StepRow,
    Table,
    TurnRow,
    UsageRow,
    VoiceRow,
)
from storage.values import Json

Row = TypeVar("Row", bound=Table)
Entry: TypeAlias = Mapping[str, Any]


@dataclass
class Ledger:
    """What the platform knows: ids that it was told for each update, and requests that it asked to be opened again."""

    answers: defaultdict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    reopened: set[str] = field(default_factory=set)
    calls: Counter[str] = field(default_factory=Counter)
    crashes: Counter[str] = field(default_factory=Counter)
    """HTTP statuses that no gateway should give."""


@dataclass
class History:
    """All rows, by table; ``missing``: files that rows name and the store has not. ``nonces``: of the board."""

    requests: dict[str, RequestRow] = field(default_factory=dict)
    steps: list[StepRow] = field(default_factory=list)
    parts: list[PartRow] = field(default_factory=list)
    charges: list[ChargeRow] = field(default_factory=list)
    results: dict[str, ResultRow] = field(default_factory=dict)
    personas: dict[str, PersonaRow] = field(default_factory=dict)
    voices: list[VoiceRow] = field(default_factory=list)
    portraits: list[PortraitRow] = field(default_factory=list)
    turns: list[TurnRow] = field(default_factory=list)
    usages: list[UsageRow] = field(default_factory=list)
    missing: set[str] = field(default_factory=set)
    dangling: list[str] = field(default_factory=list)
    journal: list[Entry] = field(default_factory=list)
    messages: dict[str, Entry] = field(default_factory=dict)
    ledger: Ledger = field(default_factory=Ledger)
    nonces: bool = True

    def steps_of(self, request: str) -> dict[str, StepRow]:
        """By stage."""
        return {step.stage: step for step in self.steps if step.request_id == request}

    def parts_of(self, request: str) -> list[PartRow]:
        """In their order."""
        return sorted((part for part in self.parts if part.request_id == request), key=lambda part: part.id)

    def entries_of(self, request: str) -> list[Entry]:
        """What came of calls to the board."""
        return [entry for entry in self.journal if entry["done"] and entry["message"].get("request") == request]

    def done(self, stage: Stage, kinds: Collection[str]) -> set[str]:
        """Requests of these kinds in which the stage came off."""
        ends = {step.request_id for step in self.steps if step.stage == stage and step.state == StepState.DONE.value}
        return {id_ for id_ in ends if id_ in self.requests and self.requests[id_].kind in kinds}

    def document(self, step: StepRow) -> Json:
        """What the step made."""
        return self.results[step.result_key or ""].document

    def told(self, request: str) -> str:
        """All that is known of a request, for people who look for the reason."""
        row = self.requests.get(request)
        charges = [charge for charge in self.charges if charge.request_id == request]
        rows = [row, *self.steps_of(request).values(), *self.parts_of(request), *charges]
        calls = [entry for entry in self.journal if entry["message"].get("request") == request]
        lines = [_told(row) for row in rows if row is not None] + [f"  board {_short(call)}" for call in calls]
        return "\n".join([f"request {request}", *lines])


async def read(database: Database, blobs: Blobs, board: Mapping[str, Any], ledger: Ledger, nonces: bool) -> History:
    """Everything, when nothing moves any more."""
    async with database.reading() as session:

        async def all_of(kind: type[Row]) -> list[Row]:
            (key,) = kind.__mapper__.primary_key
            return list(await session.scalars(select(kind).order_by(key)))

        history = History(
            requests={row.id: row for row in await all_of(RequestRow)},
            steps=await all_of(StepRow),
            parts=await all_of(PartRow),
            charges=await all_of(ChargeRow),
            results={row.key: row for row in await all_of(ResultRow)},
            personas={row.id: row for row in await all_of(PersonaRow)},
            voices=await all_of(VoiceRow),
            portraits=await all_of(PortraitRow),
            turns=await all_of(TurnRow),
            usages=await all_of(UsageRow),
            journal=board["journal"],
            messages=board["messages"],
            ledger=ledger,
            nonces=nonces,
        )
        named = {row.hash for row in await all_of(BlobRow)} | _files(history)
        if database.file is not None:
            history.dangling = [str(row) for row in await session.execute(text("PRAGMA foreign_key_check"))]
    for digest in named:
        try:
            await blobs.get(digest)
        except StorageFailed:
            history.missing.add(digest)
    return history


def _files(history: History) -> set[str]:
    """Hashes in documents."""
    documents = [part.document for part in history.parts] + [row.document for row in history.results.values()]
    files = [file for document in documents for file in document.get("files", ())]
    values = [value for row in history.results.values() for value in row.document["values"].values()]
    return {file["hash"] for file in files} | {blob["hash"] for value in values for blob in value["blobs"]}


def _told(row: Table) -> str:
    values = {column.key: getattr(row, column.key) for column in row.__table__.columns}
    shown = {name: value for name, value in values.items() if value is not None and name not in ("document", "payload")}
    return f"  {row.__tablename__} " + " ".join(f"{name}={value}" for name, value in shown.items())


def _short(entry: Entry) -> str:
    message = entry["message"]
    what = f"{message['kind']}{' final' if message['final'] else ''}"
    how = f"{entry['action']} {entry['key']} {'done' if entry['done'] else 'not done'} {entry['trouble'] or ''}"
    return f"{how} {what} nonce={entry['nonce']} files={len(message['files'])}"
