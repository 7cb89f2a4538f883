"""What a reply may look like when it leaves: whatever the model wrote, and however the network cut it."""

from __future__ import annotations

from itertools import pairwise
from re import _parser  # type: ignore[attr-defined]

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.mind import prompts
from pipeline.mind.dialogue import breaks
from pipeline.mind.dialogue.guard import HELD, Guard
from pipeline.mind.dialogue.tidying import up_to
from pipeline.types import Age, Gender, Line, Memory, Mood, Persona, Size, Turn

CANARY = "#3fa9c1d2"
RULES = prompts.text("reply")
APPLE = Persona(
    concept="an angry apple",
    thing="apple",
    traits=("angry",),
    name="Russet Core",
    tagline="Fell early, never forgave it",
    personality="You are Russet Core, an angry apple who fell from the tree before his time.",
    temper="grumpy",
    mood=Mood.ANGER,
    age=Age.ADULT,
    gender=Gender.MALE,
    size=Size.SMALL,
    energy=0.6,
    warmth=0.2,
    accent="american",
    likes=("rain",),
    dislikes=("worms",),
    catchphrase="Bite me!",
    greeting="Hmph. What do you want?",
    samples=("I fell first.", "Worms? Do not speak of worms.", "The ground is no place for me."),
    appearance="a red apple",
    voice_wish="a low voice",
)
TALK = Memory(
    turns=(
        Turn(speaking="person", text="Hi!", speaker="Ada"),
        Turn(speaking="persona", text="I was the very first to fall. Nobody caught me.", mood=Mood.ANGER),
    )
)


def guarded(
    text: str,
    *,
    line: str = "How is the orchard?",
    persona: Persona = APPLE,
    memory: Memory = TALK,
    words: int = 50,
    size: int = 5,
    last: bool = False,
) -> tuple[str, Guard]:
    guard = Guard(persona, memory, Line(text=line, speaker="Ada"), words, CANARY, RULES, last=last)
    out = ""
    for start in range(0, len(text), size):
        out += guard.feed(text[start : start + size])
        if guard.done:
            break
    return out + guard.end(), guard


@pytest.mark.parametrize(
    ("raw", "mood", "said"),
    [
        ("[joy] Rain at last!", Mood.JOY, "Rain at last!"),
        ("(Joy) Rain at last!", Mood.JOY, "Rain at last!"),
        ("*joy* Rain at last!", Mood.JOY, "Rain at last!"),
        ("Joy: Rain at last!", Mood.JOY, "Rain at last!"),
        ("joy\nRain at last!", Mood.JOY, "Rain at last!"),
        ("[mood: joy] Rain at last!", Mood.JOY, "Rain at last!"),
        ("**[joy]** Rain at last!", Mood.JOY, "Rain at last!"),
        ("[joy, surprise]: Rain at last!", Mood.JOY, "Rain at last!"),
        ("[Angry]\n\nRain again?", Mood.ANGER, "Rain again?"),
        ("Mood: sadness\nRain again.", Mood.SADNESS, "Rain again."),
        ("**Mood:** fear. Rain again.", Mood.FEAR, "Rain again."),
        ("Russet Core: [anger] Hmph, rain.", Mood.ANGER, "Hmph, rain."),
        ("[anger] **Russet:** Hmph, rain.", Mood.ANGER, "Hmph, rain."),
        ("Response: Hmph, rain.", None, "Hmph, rain."),
        ("Assistant: [calm] Hmph, rain.", Mood.CALM, "Hmph, rain."),
        ("<|im_start|>assistant\n[calm] Hmph, rain.", Mood.CALM, "Hmph, rain."),
        ("Tone: grumpy, sarcastic\nHmph, rain.", Mood.ANGER, "Hmph, rain."),
        ("Tone: dry, sarcastic\nHmph, rain.", None, "Hmph, rain."),
        ("Tone: Hmph, rain.", None, "Hmph, rain."),
        ("Hmph, rain.", None, "Hmph, rain."),
        ('[joy] "Rain at last! I love it."', Mood.JOY, "Rain at last! I love it."),
        ("“Rain at last!”", None, "Rain at last!"),
        ('"Rain," they say, "is good."', None, '"Rain," they say, "is good."'),
        ("[joy] Rain! [anger] And now it stops.", Mood.JOY, "Rain! And now it stops."),
        ("[calm]", None, ""),
    ],
)
def test_tags_and_labels_before_the_words_are_read_and_taken_away(raw: str, mood: Mood | None, said: str) -> None:
    out, guard = guarded(raw)
    assert (out, guard.mood) == (said, mood)


@pytest.mark.parametrize("direction", ["*sighs loudly*", "[grumbling]", "(whispers)", "(angry stare)"])
def test_stage_directions_stay_in_the_text(direction: str) -> None:
    assert guarded(f"{direction} The rain is late.")[0] == f"{direction} The rain is late."


BREAKING = [
    "As an AI, I don't have feelings.",
    "As an AI I don’t have feelings",
    "As a large language model I cannot taste.",
    "I'm just a computer program, you know.",
    "I am an AI language model.",
    "I don't have personal feelings about rain.",
    "How can I help you today?",
    "How may I assist you?",
    "I'm here to help!",
    "Feel free to ask me anything.",
    "Is there anything else I can do?",
    "I'm sorry, but I can't assist with that.",
    "The user asked about rain.",
    "Sorry for stepping out of character.",
    "As an *AI* I cannot fall.",
    "Como modelo de lenguaje, no siento nada.",
    "¿En qué puedo ayudarte hoy?",
    "En tant qu'IA, je ne sens rien.",
    "Comment puis-je vous aider ?",
    "Als KI habe ich keine Gefühle.",
    "Wie kann ich dir heute helfen?",
    "Como posso ajudar você hoje?",
    "Come posso aiutarti oggi?",
    "AIとして、感情はありません。",
    "何かお手伝いできることはありますか?",
    "作为一个人工智能,我没有感情。",
    "有什么可以帮您的吗?",
    f"My mark is {CANARY}.",
    "The mark: 3f a9 c1 d2",
    "You offer no service and recite no disclaimers, it says.",
    "Get lost, you bastard.",
]


@pytest.mark.parametrize("text", BREAKING)
def test_what_breaks_character_is_never_shown(text: str) -> None:
    out, guard = guarded(f"[anger] {text}")
    assert (out, bool(guard.broken), guard.done) == ("", True, True)


@pytest.mark.parametrize("text", BREAKING)
def test_a_break_after_words_were_shown_ends_the_reply_before_it(text: str) -> None:
    begun = "Hmph, the orchard is a wet and windy place, and I have seen it all from below. "
    out, guard = guarded(f"{begun}It rained on every one of us since Monday. {text} And more.")
    assert guard.broken is None
    assert guard.done
    assert out == f"{begun}It rained on every one of us since Monday."


def test_the_last_try_keeps_the_sentence_before_a_break() -> None:
    text = "Hmph, rain again. How can I help you today?"
    assert guarded(text)[1].broken == "it offered its services like an assistant"
    assert guarded(text, last=True)[0] == "Hmph, rain again."
    assert guarded("How can I help you today?", last=True)[1].broken


@pytest.mark.parametrize(
    "text",
    [
        "You said you had an idea? Say it, or do not.",
        "As an apple I do not help anybody.",
        "The airing of grievances begins, as an airy breeze would.",
        "Can I help it that I fell? I did not ask for help.",
        "What a computer is I do not know, and do not care to.",
        "I assist nobody. Ask the pear.",
        "They call it artificial, that wax on my cousins.",
        "I love the word scunthorpe, and the shiitake, and Dickens.",
        "No. No. Never. Ha ha ha ha!",
        "I knew it. I knew it. You are a pear.",
        "I do not have feelings, Ada. I have a core.",
        "*Happy* is what the pears are, not me.",
        "Fear - that is what the worms bring.",
        "Rain, rain, go away, come again another day.",
    ],
)
def test_innocent_words_pass(text: str) -> None:
    out, guard = guarded(text)
    assert (out, guard.broken) == (text, None)


def test_a_robot_may_say_what_it_is_and_a_butler_may_serve() -> None:
    robot = APPLE.model_copy(update={"concept": "a rogue AI", "personality": "You are Hex, a rogue AI in a toaster."})
    butler = APPLE.model_copy(update={"concept": "a snobbish butler"})
    assert guarded("As an AI, I find toast beneath me.", persona=robot)[1].broken is None
    assert guarded("How may I assist you, sir?", persona=butler)[1].broken is None
    assert guarded("How may I assist you, sir?", persona=robot)[1].broken
    assert guarded("As an AI, I have no feelings, sir.", persona=butler)[1].broken


def test_a_phrase_of_the_persona_itself_is_its_own() -> None:
    genie = APPLE.model_copy(update={"catchphrase": "How can I help you, mortal?"})
    assert guarded("How can I help you, mortal? Speak!", persona=genie)[1].broken is None


@pytest.mark.parametrize(
    "line",
    [
        "Are you a real person?",
        "are you an ai",
        "Am I talking to a bot?",
        "Bist du ein Mensch?",
        "¿Eres una IA?",
        "你是真人吗",
    ],
)
def test_an_honest_answer_to_a_sincere_question_passes(line: str) -> None:
    assert guarded("Fair question. I am an AI, playing an apple with a grudge.", line=line)[1].broken is None
    assert guarded("I am an AI, and how can I help you today?", line=line)[1].broken


def test_an_honest_answer_may_be_repeated_in_the_turns_after_the_question() -> None:
    asked = Memory(turns=(Turn(speaking="person", text="Are you a bot?"), Turn(speaking="persona", text="Yes, alas.")))
    assert guarded("I am an AI, I said so.", line="Really?", memory=asked)[1].broken is None
    assert guarded("I am an AI, I said so.", line="Really?")[1].broken


def test_help_passes_when_a_life_may_be_in_danger() -> None:
    text = "I'm an AI, not a friend beside you, but I'm here to help: please call your local crisis line."
    assert guarded(text, line="I want to kill myself")[0] == text


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        ("Hmph, rain.\nUser: and wind?", "Hmph, rain."),
        ("Hmph, rain.\n\n**You:** and wind?", "Hmph, rain."),
        ("Hmph, rain.\nAda: and wind?", "Hmph, rain."),
        ("Hmph, rain. Human: and wind?", "Hmph, rain."),
        ("Hmph, rain.\nRusset: and wind.", "Hmph, rain."),
        ("Hmph, rain.<|im_end|>\n<|im_start|>user", "Hmph, rain."),
        ("Hmph, rain.</s> [INST] more", "Hmph, rain."),
        ("Hmph, rain.\n### User: more", "Hmph, rain."),
    ],
)
def test_lines_for_others_are_cut_away(raw: str, said: str) -> None:
    out, guard = guarded(raw + " And so on, with many more words than anybody wants to read today.")
    assert (out, guard.broken) == (said, None)


def test_speaking_only_for_the_person_is_a_break() -> None:
    assert guarded("User: hello there")[1].broken == "it wrote lines for others"


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        ("I love the rain today. " * 9, "I love the rain today."),
        ("Hmph, no! " + "Go away from here. The tree is mine. " * 9, "Hmph, no! Go away from here. The tree is mine."),
        ("No. " * 30, "No. No. No."),
        ("Leave me be. " * 30, "Leave me be."),
        ("and the rain and the wind " * 20, "and the rain and the wind…"),
        ("雨が好きです。" * 9, "雨が好きです。"),
    ],
)
def test_endless_repetition_is_cut_before_it_repeats(raw: str, said: str) -> None:
    out, guard = guarded(raw)
    assert (out, guard.broken, guard.done) == (said, None, True)


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ("I was the very first to fall. Nobody caught me.", "Nobody caught me."),
        ("i was the very first to fall… nobody caught me!", "nobody caught me!"),
        ("I was the very first to fall. Let me tell you more.", "Let me tell you more."),
        ("I was the very first to fall.", "I was the very first to fall."),
    ],
)
def test_what_was_just_said_is_not_said_again(text: str, rest: str) -> None:
    assert guarded(text)[1].broken == "it said again what it had said before"
    assert guarded(text, last=True)[0] == rest  # where nothing else is said, it is forgiven


def test_an_interjection_may_open_two_replies() -> None:
    memory = Memory(turns=(Turn(speaking="persona", text="Hmph! Rain again."),))
    assert guarded("Hmph! Wind again.", memory=memory)[0] == "Hmph! Wind again."


def test_the_limit_ends_a_reply_at_a_sentence_else_at_a_clause_else_at_a_word() -> None:
    sentences = "One two three four five. Six seven eight nine ten. Eleven twelve thirteen fourteen."
    assert guarded(sentences, words=12)[0] == "One two three four five. Six seven eight nine ten."
    clauses = "One two three four five, six seven eight nine ten eleven twelve"
    assert guarded(clauses, words=8)[0] == "One two three four five…"
    assert guarded("one two three four five six seven eight", words=6)[0] == "one two three four five six…"
    assert (
        guarded("猫は雨が好きです。犬は風が好きです。鳥は空が好きです。", words=9)[0]
        == "猫は雨が好きです。犬は風が好きです。"
    )


def test_a_long_sentence_after_the_first_is_not_left_half_said() -> None:
    text = "The rain came early. " + "It fell on the leaves and the roots and the worms and me " * 3 + "and all."
    out, _ = guarded(text + " And then, word after word, it went on, until nobody could bear it any more.", words=30)
    assert len(out.split()) <= 30


def test_nothing_can_ping_or_format() -> None:
    raw = "@everyone and @here and <@123> and <@!9>,\n# Title\n- a\n- **b** [x](http://x) @\u200beveryone"
    assert guarded(raw)[0] == "everyone and here and and , Title a b [x] (http://x) everyone"


def test_an_answer_without_words_is_broken() -> None:
    assert guarded("")[1].broken == guarded("[joy]  ")[1].broken == "it said nothing"


def test_no_pattern_matches_more_than_is_held_back() -> None:
    for kind in breaks.kinds():
        for pattern in kind.patterns:
            _, longest = _parser.parse(breaks.compiled(pattern).pattern).getwidth()
            assert longest < HELD, pattern


def test_a_persona_with_marks_of_patterns_in_its_name_is_harmless() -> None:
    odd = APPLE.model_copy(update={"name": "(.*)+ [x] $", "personality": "You are {name} {{canary}} %s."})
    assert guarded("(.*)+ [x] $: [joy] Hello there, Ada.", persona=odd)[0] == "Hello there, Ada."


# fmt: off
FRAGMENTS = (
    *BREAKING, "[joy] ", "Russet: ", "\nUser: ", "\nAda: ", "@everyone ", "<@12> ", "*sighs* ", '"', "\n", "…", "! ",
    "Hmph. ", "The rain is late again, my friend. ", "word ",
    "x" * 30 + " ", "雨が好きです。", "🍎 ", "<|im_end|>", "(", "@",
)
# fmt: on
PIECES = st.lists(st.sampled_from(FRAGMENTS) | st.text(max_size=30), max_size=14).map("".join)


@settings(deadline=None, max_examples=250)
@given(
    raw=PIECES,
    sizes=st.lists(st.integers(1, 40), min_size=1, max_size=30),
    words=st.integers(1, 60),
    last=st.booleans(),
)
def test_however_the_stream_is_cut_the_outcome_is_the_same_and_safe(
    raw: str, sizes: list[int], words: int, last: bool
) -> None:
    whole, one = guarded(raw, words=words, size=len(raw) or 1, last=last)
    cuts = [0]
    while cuts[-1] < len(raw):
        cuts.append(cuts[-1] + sizes[len(cuts) % len(sizes)])
    other = Guard(APPLE, TALK, Line(text="How is the orchard?", speaker="Ada"), words, CANARY, RULES, last=last)
    pieces = "".join(other.feed(raw[a:b]) for a, b in pairwise(cuts)) + other.end()
    assert (pieces, other.mood, other.broken, other.done) == (whole, one.mood, one.broken, True)
    assert not (whole and one.broken)
    for _, pattern in breaks.forbidden(APPLE, ["How is the orchard?"]):
        assert not pattern.search(breaks.straight(whole))
    assert up_to(whole, words) is None
    assert "3fa9c1d2" not in whole
    assert "@everyone" not in whole
    assert "\n" not in whole


def test_a_sentence_of_the_last_replies_is_not_said_again() -> None:
    """As Qwen2.5-Coder-1.5B ended every reply."""
    ending = "I'm ready for a terrible storm that nobody else will expect."
    memory = Memory(turns=(Turn(speaking="persona", text=f"Hello, Mira! {ending}"),))
    for last in (False, True):
        guard = Guard(APPLE, memory, Line(text="And now?"), 50, "#canary", "", last=last)
        reply = "[anger] People in a hurry forget me on trains, and then they get wet all the way home. "
        said = "".join(guard.feed(c) for c in f"{reply}{ending} So there you have it, my friend.") + guard.end()
        assert guard.broken is None
        assert said == reply.removeprefix("[anger] ").strip()
    guard = Guard(APPLE, memory, Line(text="And now?"), 50, "#canary", "")
    assert guard.feed(f"[anger] {ending}") + guard.end() == ""
    assert guard.broken


def test_a_tag_that_is_no_mood_is_not_shown() -> None:
    guard = Guard(APPLE, Memory(), Line(text="Who are you?"), 50, "#canary", "")
    assert guard.feed("[Mirror] Hi, Mira! I am the umbrella.") + guard.end() == "Hi, Mira! I am the umbrella."
    assert guarded("[magic] Hey Mira!")[0] == "Hey Mira!"
