"""What people see of a request: words, messages, and what is tried where a platform refuses them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from pydantic import ValidationError

from bot import words
from bot.jobs.plan import Kind
from bot.localisation.texts import texts as localised
from bot.messages import File, FileEntry, Message, PartDocument, Patience, message_of, nonce_of, place_of
from bot.showing import lesser
from pipeline.errors import ChatAnythingError
from storage.asked import Request, State
from storage.outbox import Part, PartKind, Sending

REQUEST = Request(
    id="01a2054b-86ea-7b6e-9d67-0be1684974c9",
    kind="summon",
    update_key="board:1",
    platform="board",
    place="board:place",
    conversation="board:talk",
    person="board:ann",
    name="Ann",
    persona_id="russet",
    payload={"words": "@everyone"},
    state=State.OPEN,
    message=None,
    error=None,
    created_at=datetime(2026, 1, 1, tzinfo=UTC),
    begun_at=None,
    ended_at=None,
)


def sending(kind: PartKind = PartKind.TEXT, final: bool = False, number: int = 1) -> Sending:
    return Sending(number, 1, REQUEST, Part(kind, {}, final), 1)


def test_a_nonce_is_of_one_part_and_short_enough_for_discord() -> None:
    other = replace(sending(), request=replace(REQUEST, id="01a2054b-86ea-7b6e-9d67-0be1684974ca"))
    assert nonce_of(sending()) == nonce_of(replace(sending(), token=9, attempt=9))
    assert len({nonce_of(sending()), nonce_of(sending(number=2)), nonce_of(other)}) == 3
    assert len(nonce_of(sending())) <= 25


@pytest.mark.parametrize("kind", [PartKind.PLACEHOLDER, PartKind.APOLOGY, PartKind.CANCELLED])
@pytest.mark.parametrize("asked", [*Kind, "something newer"])
def test_the_bot_has_words_of_its_own_that_can_ping_nobody(kind: PartKind, asked: str) -> None:
    one = replace(sending(kind), request=replace(REQUEST, kind=asked))
    text = message_of(one, PartDocument()).text
    assert text.strip()
    assert not set("@<>&#_*`") & set(text)


def test_a_message_is_the_whole_of_a_part() -> None:
    document = PartDocument(text="Hmpf.", name="Russet", tagline="An angry apple", notices=("Hm.",))
    message = message_of(sending(PartKind.CLIP, final=True), document, [File("video/mp4", "clip.mp4", b"1")])
    assert (message.text, message.name, message.tagline) == ("Hmpf.", "Russet", "An angry apple")
    assert (message.kind, message.final, message.notices) == (PartKind.CLIP, True, ("Hm.",))
    assert (message.request, message.persona, message.files[0].data) == (REQUEST.id, "russet", b"1")
    assert "Hmpf." not in repr(message)
    place = place_of(REQUEST)
    assert (place.place, place.conversation, place.person) == ("board:place", "board:talk", "board:ann")


def test_an_apology_tells_why() -> None:
    document = PartDocument(sentence="The disk is full.")
    assert message_of(sending(PartKind.APOLOGY), document).text == words.apology("The disk is full.")


def test_the_bot_speaks_the_language_of_the_request() -> None:
    german = localised("de-AT")

    def shown(kind: PartKind, document: PartDocument = PartDocument()) -> Message:  # noqa: B008 # frozen
        return message_of(replace(sending(kind, final=True), request=replace(REQUEST, language="de-AT")), document)

    assert shown(PartKind.PLACEHOLDER).text == words.coming("summon", german) != words.coming("summon")
    assert shown(PartKind.CANCELLED).text == german("words-cancelled")
    full = PartDocument(sentence="The disk is full.", error="StorageFailed")
    assert shown(PartKind.APOLOGY, full).text == words.apology(german("error-StorageFailed"), german)
    told = PartDocument(text="Hmpf.", notices=(localised()("pipeline-unspoken", name="Pip", language="tlh"),))
    clip = shown(PartKind.CLIP, told)
    assert (clip.text, clip.notices) == ("Hmpf.", (german("pipeline-unspoken", name="Pip", language="tlh"),))
    *_, last = lesser(clip)
    assert last.text == words.apology(None, german)


def test_a_document_that_nobody_knows_is_refused_without_repeating_it() -> None:
    with pytest.raises(ValidationError) as refusal:
        PartDocument.model_validate({"text": "a secret", "txet": "a secret"})
    assert "a secret" not in str(refusal.value)


def test_documents_survive_json() -> None:
    entry = FileEntry(hash="0" * 64, mime="image/png", name="portrait.png", size=3, width=4, height=5)
    document = PartDocument(text="Hmpf.", files=(entry,), notices=("Hm.",))
    assert PartDocument.model_validate(document.model_dump(mode="json")) == document


def test_where_a_platform_refuses_less_is_tried() -> None:
    files = [File("video/mp4", "clip.mp4", b"1")]
    whole = message_of(sending(PartKind.CLIP, final=True), PartDocument(text="Hmpf.", notices=("Hm.",)), files)
    second, third = lesser(whole)
    assert (second.text, second.files, second.notices) == ("Hmpf.", (), ("Hm.", localised()("words-file-refused")))
    assert (third.text, third.files, third.notices) == (words.apology(None), (), ())


def test_one_file_that_is_too_large_takes_no_other_with_it() -> None:
    portrait, clip, voice = (File(mime, "", b"1") for mime in ("image/png", "video/mp4", "audio/ogg"))
    whole = message_of(sending(PartKind.CLIP, final=True), PartDocument(text="Hmpf."), [portrait, clip])
    shown = list(lesser(whole, [voice]))
    assert [one.files for one in shown] == [(portrait, voice), (portrait,), (), ()]
    assert [one.kind for one in shown[:2]] == [PartKind.VOICE, PartKind.CLIP]
    assert "voice alone" in shown[0].notices[0]


def test_what_is_not_final_is_no_apology() -> None:
    *_, last = lesser(message_of(sending(), PartDocument(text="Hmpf.")))
    assert last.text == words.coming(None)


@pytest.mark.parametrize(
    ("ahead", "seconds", "said"),
    [
        (0, None, "It is your turn next."),
        (1, None, "One other goes first."),
        (1200, 4.0, "1,200 others go first, which takes a few seconds."),
        (2, 42.0, "2 others go first, which takes about 40 seconds."),
        (9, 89.9, "9 others go first, which takes about 90 seconds."),
        (9, 150.1, "9 others go first, which takes about 3 minutes."),
    ],
)
def test_the_place_in_the_line(ahead: int, seconds: float | None, said: str) -> None:
    assert words.in_line(ahead, seconds) == said


def test_patience_carries_its_time() -> None:
    error: ChatAnythingError = Patience("Too many messages.", seconds=2.5)
    assert isinstance(error, Patience)
    assert (error.seconds, error.retryable) == (2.5, True)
