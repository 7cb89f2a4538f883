"""Whether every promise was kept: by sets, over the whole history of a run."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import blake2s
from itertools import pairwise

from bot.jobs.plan import Kind, Stage
from bot.localisation.texts import texts as localised
from storage.asked import State
from storage.charges import Meter
from storage.outbox import ENDS, PartKind, PartState
from storage.steps import UNFINISHED, StepState
from storage.tables import ChargeRow, PartRow, PortraitRow, StepRow, TurnRow, VoiceRow
from tests.chaos.history import Entry, History

SUMMONED = (Kind.SUMMON, Kind.RETRY)
SAID = (Kind.REPLY, Kind.SCENE)


@dataclass(frozen=True, slots=True)
class Fault:
    """A promise that was broken: which, to whom, how."""

    rule: str
    request: str
    how: str


def faults(history: History) -> list[Fault]:
    """Every promise that was not kept."""
    return [fault for rule in RULES for fault in rule(history)]


def taken_once(history: History) -> Iterator[Fault]:
    """What was answered is there, and an update is one request, however often it came."""
    by_key = {row.update_key: row.id for row in history.requests.values()}
    for key, ids in history.ledger.answers.items():
        for id_ in ids - {by_key.get(key, "")}:
            yield Fault("taken once", id_, f"the update {key} was answered with it, and is {by_key.get(key)}")
    for name, times in history.ledger.crashes.items():
        yield Fault("taken once", "-", f"{times} updates were answered with {name}")


def ended(history: History) -> Iterator[Fault]:
    """accepted = delivered + apologised + cancelled."""
    for row in history.requests.values():
        if row.state == State.OPEN.value or row.ended_at is None:
            yield Fault("ended", row.id, f"it is {row.state}")


def one_end(history: History) -> Iterator[Fault]:
    """One final part, the last of its request, sent, and of the kind that the request ended in."""
    for row in history.requests.values():
        parts = history.parts_of(row.id)
        finals = [part for part in parts if part.final]
        if len(finals) != 1 or parts[-1] is not finals[0]:
            yield Fault("one end", row.id, f"final parts: {[part.part for part in finals]} of {len(parts)}")
            continue
        if finals[0].state != PartState.SENT.value:
            yield Fault("one end", row.id, f"the final part is {finals[0].state}")
        if row.state != ENDS.get(PartKind(finals[0].part), State.DELIVERED).value:
            yield Fault("one end", row.id, f"it is {row.state} by a part that is {finals[0].part}")
        for part in parts[:-1]:
            if part.state not in (PartState.SENT.value, PartState.DROPPED.value):
                yield Fault("one end", row.id, f"its {part.part} is {part.state}")


def steps_ended(history: History) -> Iterator[Fault]:
    """Nothing is left to do, and what was done is there."""
    for step in history.steps:
        if step.state in UNFINISHED:
            yield Fault("steps ended", step.request_id, f"{step.stage} is {step.state}")
        if step.state == StepState.DONE.value and step.result_key not in history.results:
            yield Fault("steps ended", step.request_id, f"the result of {step.stage} is gone")


def no_orphans(history: History) -> Iterator[Fault]:
    """Every row belongs to somebody."""
    rows: list[StepRow | PartRow | ChargeRow] = [*history.steps, *history.parts, *history.charges]
    for row in rows:
        if row.request_id not in history.requests:
            yield Fault("no orphans", row.request_id, f"a row of {row.__tablename__} without its request")
    for line in history.dangling:
        yield Fault("no orphans", "-", line)


def seen_once(history: History) -> Iterator[Fault]:
    """One message per request, which shows the end of it, and showed it last."""
    for row in history.requests.values():
        seen = [(key, entry) for key, entry in history.messages.items() if entry["message"]["request"] == row.id]
        ends = [(key, entry) for key, entry in seen if entry["message"]["final"]]
        if len(ends) != 1 or (history.nonces and len(seen) != 1):
            yield Fault("seen once", row.id, f"{len(seen)} messages, {len(ends)} of them final")
            continue
        key, entry = ends[0]
        if key != row.message:
            yield Fault("seen once", row.id, f"the message {key} shows it, and {row.message} is written down")
        for part in history.parts_of(row.id)[-1:]:
            if entry["message"]["kind"] != part.part:
                yield Fault("seen once", row.id, f"{entry['message']['kind']} is seen, not {part.part}")
            yield from _files_seen(row.id, entry, part)


def said_once(history: History) -> Iterator[Fault]:
    """What was posted was posted once, and the end is told by one part, always alike."""
    for row in history.requests.values():
        entries = history.entries_of(row.id)
        posts = [entry for entry in entries if entry["action"] == "post"]
        if history.nonces and len(posts) != 1:
            yield Fault("said once", row.id, f"posted {len(posts)} times")
        if row.id in history.ledger.reopened:
            continue
        finals = [entry for entry in entries if entry["message"]["final"]]
        nonces = {entry["nonce"] for entry in finals}
        if nonces != {nonce(part) for part in history.parts_of(row.id) if part.final}:
            yield Fault("said once", row.id, f"the end was told under {nonces or 'no name'}")
        if any(before["message"] != after["message"] for before, after in pairwise(finals)):
            yield Fault("said once", row.id, "the end was told in two ways")


def summons_charged(history: History) -> Iterator[Fault]:
    """One charge per character asked for, given back where nothing came of it."""
    charges = _charges(history, Meter.SUMMONS)
    summoned = {row.id for row in history.requests.values() if row.kind in SUMMONED}
    yield from _differing("summons charged", charges.keys(), summoned)
    for id_ in summoned & charges.keys():
        state, (charge, *_) = history.requests[id_].state, charges[id_]
        begun = any(step.begun_at is not None for step in history.steps_of(id_).values())
        owed = state == State.APOLOGISED.value or (state == State.CANCELLED.value and not begun)
        if len(charges[id_]) > 1 or charge.amount != 1.0 or (charge.refunded_at is not None) != owed:
            given = "given back" if charge.refunded_at else "kept"
            yield Fault("summons charged", id_, f"{charge.amount} {given}, {state}, begun: {begun}")


def video_charged(history: History) -> Iterator[Fault]:
    """One charge per clip, of as many seconds."""
    charges = _charges(history, Meter.VIDEO)
    clips = [step for step in history.steps if step.stage == Stage.CLIP and step.result_key in history.results]
    filmed = {step.request_id: step for step in clips}
    yield from _differing("video charged", charges.keys(), filmed.keys())
    for id_ in filmed.keys() & charges.keys():
        seconds, (charge, *_) = history.document(filmed[id_])["files"][0]["seconds"], charges[id_]
        if len(charges[id_]) > 1 or charge.refunded_at or abs(charge.amount - seconds) > 1e-6:
            yield Fault("video charged", id_, f"{charge.amount} s charged, {seconds} s made")


def cost_charged(history: History) -> Iterator[Fault]:
    """What was used is what was charged."""
    used = sum(usage.cost or 0.0 for usage in history.usages)
    charged = sum(charge.amount for charge in history.charges if charge.meter == Meter.COST.value)
    if abs(used - charged) > 1e-6:
        yield Fault("cost charged", "-", f"{used:.3f} USD used, {charged:.3f} charged")


def made_once(history: History) -> Iterator[Fault]:
    """One persona per character that was written, with one voice and one portrait for each time that one was made."""
    written = history.done(Stage.MIND, SUMMONED)
    whose = Counter(str(history.requests[id_].persona_id) for id_ in written)
    for id_ in written:
        if whose[str(history.requests[id_].persona_id)] != 1:
            yield Fault("made once", id_, f"its persona is {history.requests[id_].persona_id}")
    for persona in history.personas.keys() ^ whose.keys():
        yield Fault("made once", "-", f"the persona {persona} and its request do not have each other")
    cast = (Kind.REVOICE, *SUMMONED)
    yield from _as_often(history, "voice", history.voices, history.done(Stage.VOICE, cast))
    yield from _as_often(history, "portrait", history.portraits, history.done(Stage.PORTRAIT, [*Kind]))


def sent_away(history: History) -> Iterator[Fault]:
    """A character whose summoning was called off is not there."""
    for id_ in history.done(Stage.MIND, SUMMONED):
        row = history.requests[id_]
        persona = history.personas.get(str(row.persona_id))
        if row.state == State.CANCELLED.value and persona is not None and persona.dismissed_at is None:
            yield Fault("sent away", id_, f"called off, and the persona {persona.id} is there")


def talked_in_order(history: History) -> Iterator[Fault]:
    """Two turns per answer, one after the other; answers in the order of asking."""
    talks: defaultdict[tuple[str, str], list[TurnRow]] = defaultdict(list)
    for turn in history.turns:
        talks[turn.persona_id, turn.conversation].append(turn)
    asked = {row.payload["text"]: row.id for row in history.requests.values() if row.kind in SAID}
    answered: Counter[str] = Counter()
    for turns in talks.values():
        order = []
        for said, answer in zip(turns[::2], [*turns[1::2], None], strict=False):
            id_ = asked.get(said.text, "-")
            if answer is None or not answer.text.endswith(said.text) or answer.speaking == said.speaking:
                yield Fault("talked in order", id_, f"{said.text!r} was answered by {answer and answer.text!r}")
            answered[id_] += 1
            order += [(step.id, id_) for stage, step in history.steps_of(id_).items() if stage == Stage.MIND]
        order = [one for one in order if one[1] not in history.ledger.reopened]
        for before, after in pairwise(order):
            if before > after:
                yield Fault("talked in order", after[1], f"answered after {before[1]}, which was asked later")
    yield from _differing("talked in order", answered.keys(), history.done(Stage.MIND, SAID))
    for id_, times in answered.items():
        if times > 1:
            yield Fault("talked in order", id_, f"answered {times} times")


def files_there(history: History) -> Iterator[Fault]:
    """Every file that a row names is in the store, as it was."""
    for digest in history.missing:
        yield Fault("files there", "-", digest)


RULES: Sequence[Callable[[History], Iterable[Fault]]] = (
    taken_once,
    ended,
    one_end,
    steps_ended,
    no_orphans,
    seen_once,
    said_once,
    summons_charged,
    video_charged,
    cost_charged,
    made_once,
    sent_away,
    talked_in_order,
    files_there,
)


def _charges(history: History, meter: Meter) -> dict[str, list[ChargeRow]]:
    found: defaultdict[str, list[ChargeRow]] = defaultdict(list)
    for charge in history.charges:
        if charge.meter == meter.value:
            found[charge.request_id].append(charge)
    return dict(found)


def _differing(rule: str, are: Collection[str], should: Collection[str]) -> Iterator[Fault]:
    for id_ in set(are) - set(should):
        yield Fault(rule, id_, "too much")
    for id_ in set(should) - set(are):
        yield Fault(rule, id_, "missing")


def _as_often(
    history: History, what: str, rows: Sequence[VoiceRow] | Sequence[PortraitRow], requests: Collection[str]
) -> Iterator[Fault]:
    made = Counter(row.persona_id for row in rows)
    asked = Counter(str(history.requests[id_].persona_id) for id_ in requests)
    for persona in made.keys() | asked.keys():
        if made[persona] != asked[persona]:
            yield Fault("made once", "-", f"{made[persona]} {what}s of {persona}, {asked[persona]} were made")


def _files_seen(request: str, entry: Entry, part: PartRow) -> Iterator[Fault]:
    seen = {file["sha256"] for file in entry["message"]["files"]}
    named = {file["hash"] for file in part.document.get("files", ())}
    excused = {localised()("words-file-lost"), localised()("words-file-refused")} & set(entry["message"]["notices"])
    if seen - named or (named - seen and not excused):
        yield Fault("seen once", request, f"files {seen} are seen of {named}")


def nonce(part: PartRow) -> str:
    """Under which a part is sent (`bot.messages.nonce_of`)."""
    return blake2s(f"{part.request_id}/{part.id}".encode(), digest_size=12).hexdigest()
