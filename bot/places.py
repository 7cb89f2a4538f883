"""What those who keep order decide for their place, what people prefer for themselves, and who is at home where."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING, TypeVar

from pydantic import Field, ValidationError

from bot.jobs.plan import AnswerMode
from bot.localisation.refusals import Refusal
from bot.localisation.texts import LANGUAGES, NAMES
from pipeline import decency
from pipeline.errors import StorageFailed
from pipeline.types import Value
from storage.places import Preferences, Residents
from storage.repository import StoredPersona
from storage.values import Json

if TYPE_CHECKING:  # asking needs places
    from bot.asking import Incoming

MOST = 1000
"""Characters a day: the highest limit that a place may set."""


ELSEWHERE = "places-elsewhere"
"""The refusal of a channel where the bot is to be quiet: only who spoke to it is told."""


class Summoners(StrEnum):
    """Who may bring characters to a place."""

    EVERYONE = "everyone"
    MODERATORS = "moderators"


class PlaceSettings(Value):
    """What was decided for a server, a group or a private chat. None: what the operator, or each person, decides.

    ``channels``: keys of the conversations in which the bot speaks, empty for all. ``summons_person`` and
    ``summons_place``: characters in 24 hours; what the operator allows is never exceeded. ``quiet``: lines that begin
    with it are not meant for anybody who lives there.
    """

    language: str | None = None
    summoners: Summoners = Summoners.EVERYONE
    channels: tuple[str, ...] = ()
    answer: AnswerMode | None = None
    adult: bool = False
    summons_person: int | None = Field(None, ge=0, le=MOST)
    summons_place: int | None = Field(None, ge=0, le=MOST)
    quiet: str = "//"


class PersonSettings(Value):
    """What a person prefers wherever they are. None: nothing."""

    language: str | None = None
    answer: AnswerMode | None = None


@dataclass(frozen=True, slots=True)
class Actor:
    """Who does something, and where. Keys are the platform's.

    ``moderator``: keeps order in the place. ``private``: nobody else is there. ``channels``: further keys of the same
    conversation, such as a thread's channel.
    """

    person: str
    place: str
    conversation: str
    moderator: bool
    private: bool
    channels: tuple[str, ...] = ()

    @property
    def decides(self) -> bool:
        """Whether the place is theirs to arrange."""
        return self.moderator or self.private


@dataclass(frozen=True, slots=True)
class Rules:
    """What holds for one person in one place."""

    place: PlaceSettings
    person: PersonSettings

    def admit(self, conversations: Collection[str], *, moderator: bool, summon: bool) -> None:
        """Raises ``Refusal`` where the bot is not to speak, and for a summons by somebody who may not.

        ``conversations``: all keys of the one that is meant.
        """
        if self.place.channels and set(self.place.channels).isdisjoint(conversations):
            raise Refusal("places-elsewhere")
        if summon and self.place.summoners is Summoners.MODERATORS and not moderator:
            raise Refusal("places-summoners")

    def decent(self, text: str, *, concept: bool = False) -> None:
        """Raises ``Refusal`` for words that ask for what is not made here. ``concept``: they describe a character."""
        if decency.about_children(text):
            raise Refusal("places-never")
        if not self.place.adult and decency.sexual(text, concept=concept):
            raise Refusal("places-adult")

    def tamed(self) -> Rules:
        """The same where nothing adult is allowed."""
        return replace(self, place=self.place.model_copy(update={"adult": False}))

    def language(self, incoming: Incoming) -> str | None:
        """In which the bot itself speaks there: what the place wants, in a private chat what the person wants, else
        what the platform tells."""
        return self.place.language or (self.person.language if incoming.private else None) or incoming.language

    def answer(self, persona: StoredPersona | None = None) -> AnswerMode:
        """How a persona answers: as the person wishes, else as was decided for it, else for the place, else by clip."""
        own = AnswerMode(persona.answer) if persona and persona.answer else None
        return self.person.answer or own or self.place.answer or AnswerMode.VIDEO


class Places:
    """The use cases. Methods raise ``Refusal`` and ``StorageFailed``."""

    def __init__(self, preferences: Preferences, residents: Residents) -> None:
        self._preferences = preferences
        self._residents = residents

    async def rules(self, place: str, person: str) -> Rules:
        """All that holds for a person in a place."""
        of_place, of_person = await self._preferences.of(place, person)
        return Rules(_read(PlaceSettings, of_place), _read(PersonSettings, of_person))

    async def settings(self, place: str) -> PlaceSettings:
        """What was decided for a place."""
        return _read(PlaceSettings, await self._preferences.place(place))

    async def change(self, actor: Actor, **changes: object) -> PlaceSettings:
        """Decides something for the actor's place: fields of ``PlaceSettings`` by name. What holds then."""
        if not actor.decides:
            raise Refusal("places-moderators-only")
        if actor.private and not changes.keys() <= {"language", "answer", "adult"}:
            raise Refusal("places-private")
        return _read(PlaceSettings, await self._preferences.change_place(actor.place, _change(PlaceSettings, changes)))

    async def person(self, person: str) -> PersonSettings:
        """What a person prefers."""
        return _read(PersonSettings, await self._preferences.person(person))

    async def prefer(self, person: str, **changes: object) -> PersonSettings:
        """Notes what a person prefers: fields of ``PersonSettings`` by name. What holds then."""
        return _read(PersonSettings, await self._preferences.change_person(person, _change(PersonSettings, changes)))

    async def resident(self, conversation: str) -> StoredPersona | None:
        """Who answers everything in a conversation."""
        return await self._residents.at(conversation)

    async def settle(self, actor: Actor, persona: StoredPersona, conversation: str, *, own: bool = False) -> None:
        """Lets a persona answer everything in a conversation of the actor's place. ``own``: the conversation was opened
        for that, as a thread is; else it takes somebody who decides for the place."""
        if not (actor.decides or own):
            raise Refusal("places-moderators-only")
        await self._residents.settle(actor.place, conversation, persona.id, actor.person)

    async def unsettle(self, actor: Actor, conversation: str) -> bool:
        """Ends that; whoever began it may as well. False when nobody was at home there."""
        if actor.decides:
            return await self._residents.unsettle(actor.place, conversation)
        if await self._residents.unsettle(actor.place, conversation, by=actor.person):
            return True
        if await self._residents.at(conversation) is None:
            return False
        raise Refusal("places-moderators-only")

    async def vanished(self, place: str, conversation: str) -> None:
        """A channel or thread was deleted: nobody lives there any more."""
        await self._residents.unsettle(place, conversation)

    async def residents(self, place: str) -> Sequence[tuple[str, StoredPersona]]:
        """Conversations of a place and who answers everything there."""
        return await self._residents.of(place)

    async def answer(self, person: str, place: str, persona: StoredPersona) -> AnswerMode:
        """See ``Rules.answer``."""
        return (await self.rules(place, person)).answer(persona)

    async def language(self, incoming: Incoming) -> str | None:
        """See ``Rules.language``."""
        return (await self.rules(incoming.place, incoming.person)).language(incoming)

    async def admit(self, incoming: Incoming, *, moderator: bool, channels: Sequence[str], summon: bool) -> None:
        """See ``Rules.admit``; ``channels``: further keys of the conversation."""
        rules = await self.rules(incoming.place, incoming.person)
        rules.admit((incoming.conversation, *channels), moderator=moderator, summon=summon)


Settings = TypeVar("Settings", PlaceSettings, PersonSettings)


def _read(kind: type[Settings], document: Json) -> Settings:
    try:
        return kind.model_validate(document)
    except ValidationError as error:
        raise StorageFailed("These settings were stored by another version of ChatAnything.") from error


def _change(kind: type[Settings], changes: dict[str, object]) -> Callable[[Json], Json]:
    def change(document: Json) -> Json:
        try:
            whole = kind.model_validate(document | changes)
        except ValidationError as error:
            if not any(str(problem["loc"][0]).startswith("summons") for problem in error.errors()):
                raise  # a mistake of ours
            raise Refusal("places-number", most=MOST) from error
        if whole.language is not None and whole.language not in LANGUAGES:
            raise Refusal("places-language", languages=", ".join(NAMES.values()))
        return whole.model_dump(mode="json", exclude_defaults=True)

    return change
