"""A language model as the mind: the real command against a real server, and what it does when that server fails."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from tests.acceptance.conftest import APPLE, Place
from tests.servers.chat import Body, ChatServer
from tests.servers.faults import Fault
from tests.servers.playing import answer

KEY = "sk-acceptance-0123456789"


def remembering(body: Body) -> str:
    """As the usual answers, and facts for those who say their name."""
    told = json.dumps(body["messages"], ensure_ascii=False)
    if '"facts"' in json.dumps(body.get("response_format", "")) and "Last line, by Ada: I love night trains" in told:
        return json.dumps({"facts": [{"kind": "like", "text": "Loves night trains."}]})
    return answer(body)


@pytest.fixture
def server() -> Iterator[ChatServer]:
    with ChatServer(remembering, key=KEY, cost=0.001) as running:
        yield running


@pytest.fixture
def chatting(place: Place, server: ChatServer) -> Place:
    return place.with_settings(
        OPENAI_BASE_URL=server.base_url, OPENAI_API_KEY=KEY, OPENAI_MODEL="test-model", VOICE="hibari"
    )


def everything_written(place: Place) -> bytes:
    files = [path for path in (*place.home.glob("*"), *place.folder.rglob("*")) if path.is_file()]
    return b"".join(path.read_bytes() for path in files)


def test_a_life_with_a_language_model(chatting: Place, server: ChatServer) -> None:
    """Summon, talk, be remembered, show a picture, be forgotten, count the costs; and the key is nowhere."""
    summoned = chatting.json("summon", "an angry apple", "--seed", "3")
    assert summoned["persona"]["author"] == "test-model"
    assert summoned["notices"] == []
    name = summoned["persona"]["name"]

    said = chatting.json("talk", name, "--as", "Ada", "--say", "I love night trains, do you?")
    assert said["text"]
    assert said["mood"] in ("joy", "anger", "calm", "surprise")
    assert Path(said["clip"]["path"]).stat().st_size > 10_000

    facts = chatting.json("memory", "show", name, "--as", "Ada")
    assert [fact["text"] for fact in facts] == ["Loves night trains."]
    assert chatting.json("memory", "show", name, "--as", "Bob") == []
    Image.new("RGB", (3000, 2000), "green").save(chatting.folder / "meadow.png")
    seeing, question = chatting.with_settings(OPENAI_SEES="true"), "What should I do there tonight?"
    seeing.json("talk", name, "--as", "Ada", "--say", question, "--picture", "meadow.png")
    asked = next(r.body for r in reversed(server.requests) if "response_format" not in r.body)
    assert "Loves night trains." in asked["messages"][0]["content"]
    assert "I love night trains, do you?" in json.dumps(asked["messages"])
    assert [part["type"] for part in asked["messages"][-1]["content"]] == ["text", "image_url"]

    gone = chatting.run("memory", "forget", name, str(facts[0]["id"]), "--as", "Ada")
    assert gone.returncode == 0, gone.stderr
    assert chatting.rows("SELECT * FROM facts") == []
    again = chatting.run("memory", "forget", name, str(facts[0]["id"]), "--as", "Ada")
    assert again.returncode == 2

    costs = {row["task"]: row for row in chatting.json("costs")}
    assert costs.keys() == {"persona", "reply", "memory"}
    assert costs["reply"]["calls"] >= 2
    assert costs["reply"]["cost"] == pytest.approx(0.001 * costs["reply"]["calls"])
    assert KEY.encode() not in everything_written(chatting)


def test_a_picture_that_is_not_there_is_a_sentence(chatting: Place) -> None:
    missing = chatting.run("talk", "anybody", "--say", "Look.", "--picture", "nowhere.png")
    assert missing.returncode == 2
    assert "nowhere.png" in missing.stderr


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ({"OPENAI_API_KEY": "sk-wrong-0123456789"}, "key"),
        ({"OPENAI_MODEL": "no-such-model"}, "test-model"),
        ({"OPENAI_BASE_URL": "http://127.0.0.1:9/v1"}, "127.0.0.1:9"),
    ],
)
def test_a_wrong_setting_is_a_sentence(chatting: Place, settings: dict[str, str], sentence: str) -> None:
    done = chatting.with_settings(**settings).run("summon", "an angry apple")
    assert done.returncode == 1
    assert sentence in done.stderr
    assert "Traceback" not in done.stderr
    assert "sk-" not in done.stderr


def test_the_doctor_sees_that_a_key_is_wrong(chatting: Place) -> None:
    doctor = chatting.with_settings(OPENAI_API_KEY="sk-wrong-0123456789").json_of_any("doctor")
    (finding,) = [row for row in doctor["findings"] if row["what"] == "language model"]
    assert finding["state"] == "missing"
    assert "key" in finding["sentence"]
    assert "sk-" not in json.dumps(doctor)


def test_the_demo_writer_stands_in_and_the_same_seed_gives_the_same(
    chatting: Place, server: ChatServer, settled: tuple[Place, Any]
) -> None:
    """What another home got of the demo writer itself. `tests/unit/test_mind_understudy.py` has replies."""
    server.fail(*[Fault.SERVER_ERROR] * 20)
    summoned = chatting.with_settings(MIND_STAND_IN="true").json("summon", *APPLE)
    assert summoned["persona"]["author"] == "scripted"
    assert "stands in" in summoned["notices"][0]
    _, document = settled
    for part in ("persona", "voice", "speech"):
        assert summoned[part] == document[part]
    assert summoned["portrait"]["landmarks"] == document["portrait"]["landmarks"]


def test_auto_finds_a_local_server_and_says_so(place: Place) -> None:
    with ChatServer(models=("nomic-embed-text", "tiny-chat")) as server:
        local = place.with_settings(MIND_SERVERS=server.base_url, VOICE="hibari")
        (mind,) = [row for row in local.json_of_any("doctor")["findings"] if row["what"] == "mind"]
        assert mind["sentence"].startswith("openai: tiny-chat")


def test_what_was_paid_is_noted_even_when_it_fails(chatting: Place, server: ChatServer) -> None:
    server.fail(Fault.BAD_JSON, Fault.BAD_JSON)
    done = chatting.run("summon", "an angry apple")
    assert done.returncode == 1
    assert "language model" in done.stderr
    (row,) = chatting.json("costs")
    assert (row["task"], row["calls"]) == ("persona", 2)
    assert chatting.rows("SELECT * FROM personas") == []
