"""The checker finds what is wrong, and nothing where all is well."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pytest

from storage.tables import (
    ChargeRow,
    PartRow,
    PersonaRow,
    PortraitRow,
    RequestRow,
    ResultRow,
    StepRow,
    TurnRow,
    UsageRow,
    VoiceRow,
)
from storage.values import Json, now
from tests.chaos.history import Entry, History, Ledger
from tests.chaos.promises import RULES, Fault, faults, nonce

PICTURE, SOUND, CLIP = "1" * 64, "2" * 64, "3" * 64
FILE = {"hash": CLIP, "mime": "video/mp4", "size": 3, "seconds": 2.0}
SUMMON, REPLY, CANCELLED, APOLOGISED = "summon", "reply", "cancelled", "apologised"


def request(id_: str, kind: str, state: str, persona: str | None = None, **payload: Json) -> RequestRow:
    return RequestRow(
        id=id_,
        kind=kind,
        update_key=f"update/{id_}",
        state=state,
        persona_id=persona,
        payload=payload,
        message=f"message of {id_}",
        ended_at=now(),
    )


def step(id_: int, request: str, stage: str, state: str = "done") -> StepRow:
    done = state == "done"
    return StepRow(
        id=id_,
        request_id=request,
        stage=stage,
        state=state,
        result_key=f"{request}/{stage}" if done else None,
        begun_at=now() if state in ("done", "failed") else None,
    )


def result(key: str, *files: Json) -> ResultRow:
    return ResultRow(key=key, document={"values": {}, "files": [*files], "notices": []})


def part(id_: int, request: str, kind: str, *files: Json, final: bool = True, state: str = "sent") -> PartRow:
    return PartRow(id=id_, request_id=request, part=kind, final=final, state=state, document={"files": [*files]})


def entry(part: PartRow, action: str) -> Entry:
    files = [{"sha256": file["hash"]} for file in part.document["files"]]
    message = {"request": part.request_id, "kind": part.part, "final": part.final, "files": files, "notices": []}
    key = f"message of {part.request_id}"
    return {"action": action, "done": True, "trouble": None, "key": key, "nonce": nonce(part), "message": message}


def charge(request: str, meter: str, amount: float, *, refunded: bool = False) -> ChargeRow:
    return ChargeRow(request_id=request, meter=meter, amount=amount, refunded_at=now() if refunded else None)


@pytest.fixture
def history() -> History:
    """A summoning and a reply that were delivered, one that was called off early, and one that came to nothing."""
    parts = [
        part(1, SUMMON, "placeholder", final=False),
        part(2, SUMMON, "text", final=False, state="dropped"),
        part(3, SUMMON, "clip", FILE),
        part(4, REPLY, "plain"),
        part(5, CANCELLED, "cancelled"),
        part(6, APOLOGISED, "apology"),
    ]
    journal = [entry(parts[0], "post"), entry(parts[2], "edit"), *(entry(one, "post") for one in parts[3:])]
    requests = [
        request(SUMMON, "summon", "delivered", "toy"),
        request(REPLY, "reply", "delivered", "toy", text="line 1"),
        request(CANCELLED, "summon", "cancelled"),
        request(APOLOGISED, "summon", "apologised"),
    ]
    steps = [
        *(step(number, SUMMON, stage) for number, stage in enumerate(("mind", "voice", "portrait", "clip"), 1)),
        step(5, REPLY, "mind"),
        step(6, CANCELLED, "mind", "skipped"),
        step(7, APOLOGISED, "mind", "failed"),
    ]
    charges = [
        charge(SUMMON, "summons", 1.0),
        charge(SUMMON, "video", 2.0),
        charge(SUMMON, "cost", 0.5),
        charge(CANCELLED, "summons", 1.0, refunded=True),
        charge(APOLOGISED, "summons", 1.0, refunded=True),
    ]
    keys = [one.result_key for one in steps if one.result_key]
    ledger = Ledger()
    for one in requests:
        ledger.answers[one.update_key].add(one.id)
    return History(
        requests={one.id: one for one in requests},
        steps=steps,
        parts=parts,
        charges=charges,
        results={key: result(key, *([FILE] if key.endswith("clip") else [])) for key in keys},
        personas={"toy": PersonaRow(id="toy")},
        voices=[VoiceRow(persona_id="toy")],
        portraits=[PortraitRow(persona_id="toy")],
        turns=[turn(1, "person", "line 1"), turn(2, "persona", "You said: line 1")],
        usages=[UsageRow(cost=0.5)],
        journal=journal,
        messages={one["key"]: one for one in journal},
        ledger=ledger,
    )


def turn(id_: int, speaking: str, text: str) -> TurnRow:
    return TurnRow(id=id_, persona_id="toy", conversation="talk", speaking=speaking, text=text)


def changed(one: Entry, **values: Any) -> Entry:
    """An entry with another message."""
    copy: dict[str, Any] = deepcopy({**one})
    copy["message"].update(values)
    return copy


def answered_twice(history: History) -> None:
    history.ledger.answers["update/summon"].add("another")


def crashed(history: History) -> None:
    history.ledger.crashes["status 500"] += 1


def forgotten(history: History) -> None:
    del history.requests[CANCELLED]


def unfinished(history: History) -> None:
    history.requests[REPLY].state = "open"


def two_ends(history: History) -> None:
    history.parts.append(part(7, REPLY, "voice"))


def no_end(history: History) -> None:
    history.parts.remove(history.parts[3])


def unsent_end(history: History) -> None:
    history.parts[3].state = "sending"


def another_end(history: History) -> None:
    history.requests[REPLY].state = "apologised"


def left_part(history: History) -> None:
    history.parts[1].state = "waiting"


def left_step(history: History) -> None:
    history.steps[6].state = "running"


def lost_result(history: History) -> None:
    del history.results["reply/mind"]


def orphan(history: History) -> None:
    history.charges.append(charge("nobody", "cost", 0.0))


def second_message(history: History) -> None:
    copy = {**history.journal[2], "key": "second"}
    history.journal.append(copy)
    history.messages["second"] = copy


def invisible(history: History) -> None:
    del history.messages["message of reply"]


def overwritten(history: History) -> None:
    history.messages["message of reply"] = changed(history.messages["message of reply"], final=False, kind="text")


def without_its_file(history: History) -> None:
    history.messages["message of summon"] = changed(history.messages["message of summon"], files=[])


def posted_twice(history: History) -> None:
    history.journal.insert(1, history.journal[0])


def told_in_two_ways(history: History) -> None:
    history.journal.append(changed(history.journal[1], notices=["otherwise"]))


def told_by_another(history: History) -> None:
    history.journal.append({**history.journal[1], "nonce": "another"})


def uncharged(history: History) -> None:
    history.charges.remove(history.charges[0])


def overcharged(history: History) -> None:
    history.charges.append(charge(REPLY, "summons", 1.0))


def not_given_back(history: History) -> None:
    history.charges[4].refunded_at = None


def given_back(history: History) -> None:
    history.charges[0].refunded_at = now()


def too_many_seconds(history: History) -> None:
    history.charges[1].amount = 4.0


def clip_for_nothing(history: History) -> None:
    history.charges.remove(history.charges[1])


def cost_lost(history: History) -> None:
    history.usages.append(UsageRow(cost=0.1))


def second_persona(history: History) -> None:
    history.personas["twin"] = PersonaRow(id="twin")


def second_voice(history: History) -> None:
    history.voices.append(VoiceRow(persona_id="toy"))


def no_portrait(history: History) -> None:
    history.portraits.clear()


def still_there(history: History) -> None:
    history.requests[SUMMON].state = "cancelled"


def spoken_twice(history: History) -> None:
    history.turns += [turn(3, "person", "line 1"), turn(4, "persona", "You said: line 1")]


def half_a_turn(history: History) -> None:
    history.turns.pop()


def silent(history: History) -> None:
    history.turns.clear()


def out_of_order(history: History) -> None:
    history.requests["early"] = request("early", "reply", "delivered", "toy", text="line 0")
    history.steps.insert(0, step(0, "early", "mind"))
    history.turns += [turn(3, "person", "line 0"), turn(4, "persona", "You said: line 0")]


def lost_file(history: History) -> None:
    history.missing.add(CLIP)


BROKEN: tuple[tuple[Callable[[History], None], str], ...] = (
    (answered_twice, "taken once"),
    (forgotten, "taken once"),
    (crashed, "taken once"),
    (unfinished, "ended"),
    (two_ends, "one end"),
    (no_end, "one end"),
    (unsent_end, "one end"),
    (another_end, "one end"),
    (left_part, "one end"),
    (left_step, "steps ended"),
    (lost_result, "steps ended"),
    (orphan, "no orphans"),
    (second_message, "seen once"),
    (invisible, "seen once"),
    (overwritten, "seen once"),
    (without_its_file, "seen once"),
    (posted_twice, "said once"),
    (told_in_two_ways, "said once"),
    (told_by_another, "said once"),
    (uncharged, "summons charged"),
    (overcharged, "summons charged"),
    (not_given_back, "summons charged"),
    (given_back, "summons charged"),
    (too_many_seconds, "video charged"),
    (clip_for_nothing, "video charged"),
    (cost_lost, "cost charged"),
    (second_persona, "made once"),
    (second_voice, "made once"),
    (no_portrait, "made once"),
    (still_there, "sent away"),
    (spoken_twice, "talked in order"),
    (half_a_turn, "talked in order"),
    (silent, "talked in order"),
    (out_of_order, "talked in order"),
    (lost_file, "files there"),
)


def test_nothing_is_found_where_all_is_well(history: History) -> None:
    assert faults(history) == []


@pytest.mark.parametrize(("broken", "rule"), BROKEN, ids=[broken.__name__ for broken, _ in BROKEN])
def test_a_broken_promise_is_found(history: History, broken: Callable[[History], None], rule: str) -> None:
    broken(history)
    assert rule in {fault.rule for fault in faults(history)}


def test_every_rule_can_be_broken() -> None:
    assert len({rule for _, rule in BROKEN}) == len(RULES)


def test_a_fault_is_told_with_all_that_is_known(history: History) -> None:
    two_ends(history)
    (fault,) = {Fault("one end", one.request, "") for one in faults(history) if one.rule == "one end"}
    told = history.told(fault.request)
    for word in ("request reply", "steps id=5", "outbox id=4", "outbox id=7", "board post"):
        assert word in told
