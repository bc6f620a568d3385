"""Writes private answers: what somebody asks for themselves alone is admitted, read with its files, and answered whole by the model."""

from __future__ import annotations

from contextlib import aclosing
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple, Protocol, TypeAlias

from bot.core.conversation import notices
from bot.core.conversation.admission import Refusal, history_budget
from bot.core.conversation.deltas import Finish, HistoryRead, Text, Usage
from bot.core.conversation.incoming import Kind, TurnKey
from bot.core.conversation.wishes import with_treatment
from bot.turns.model_request import ModelRequest, send_request

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from bot.core.conversation.admission import Preferences
    from bot.core.conversation.history import ThreadMessage
    from bot.core.conversation.incoming import ThreadKey
    from bot.language.catalogue import Language
    from bot.language.translatable import Translatable
    from bot.model.answering import Answering, Models
    from bot.turns.admission_desk import Admitting
    from bot.turns.pipeline import TurnFiles


Progress: TypeAlias = "Callable[[HistoryRead], Awaitable[None]]"


class WriterPlaces(Protocol):
    """Knows the workspaces that have installed us, and their people; see `bot.installation`."""

    async def files(self, team: str) -> TurnFiles | None: ...
    async def language(self, team: str, user: str) -> Language: ...


class TurnedAwayError(Exception):
    """Somebody may not ask, and reads these words instead of an answer."""

    def __init__(self, words: Translatable) -> None:
        super().__init__("turned away")
        self.words = words


@dataclass(slots=True)
class PrivateAnswer:
    """Gathers what a model says, and what that used; None where its provider does not tell."""

    text: str = ""
    used: Usage | None = None


class WrittenAnswer(NamedTuple):
    """Holds a private answer as its reader sees it, and what it took, in a line, where that is wanted."""

    text: str
    footer: Translatable | None = None


class PrivateWriter:
    """Writes private answers in all workspaces of a process. `footer` says in a line what an answer of a model took."""

    def __init__(
        self,
        models: Models,
        desk: Admitting,
        places: WriterPlaces,
        *,
        footer: Callable[[str, Usage | None], Translatable | None] | None = None,
    ) -> None:
        self._models = models
        self._desk = desk
        self._places = places
        self._footer = footer

    @property
    def caution(self) -> Translatable | None:
        """Returns what people should know of the model that answers; None for nothing."""
        return self._models.caution

    async def write(
        self, where: ThreadKey, user: str, said: Sequence[ThreadMessage], *, progress: Progress
    ) -> WrittenAnswer:
        """Returns the model's answer to what was `said`, for a person who asks `where`. `progress` hears how far a long thread is read.
        Raises ModelError, and TurnedAwayError where they may not ask."""
        admission = await self._desk.admit(TurnKey(where, "", user, Kind.DIRECT), private=True)
        language = await self._places.language(where.team, user)
        if isinstance(admission, Refusal):
            raise TurnedAwayError(admission.words)
        place = await self._desk.reserve(where.team, user)
        if isinstance(place, Refusal):
            raise TurnedAwayError(place.words)
        answer = PrivateAnswer()
        try:
            model = await self._models.pick(admission.model)
            said = await self._with_files(where, said, admission, model)
            request = _request(said, admission, language)
            text = await self._hear(model, admission, request, answer, progress)
            return WrittenAnswer(text, self._footer_of(admission.model, answer.used))
        finally:
            answered = bool(answer.text)
            await self._desk.settle(place, answer.used, answered=answered, model=admission.model)

    def _footer_of(self, model: str, used: Usage | None) -> Translatable | None:
        return self._footer(self._models.name_of(model), used) if self._footer else None

    async def _with_files(
        self, where: ThreadKey, said: Sequence[ThreadMessage], preferences: Preferences, model: Answering
    ) -> Sequence[ThreadMessage]:
        files = await self._places.files(where.team)
        if files is None:
            return said
        budget = history_budget(preferences.history_tokens, model.window)
        return await files.read(said, where, history=budget, pictures=model.takes_images)

    async def _hear(
        self,
        model: Answering,
        preferences: Preferences,
        request: ModelRequest,
        answer: PrivateAnswer,
        progress: Progress,
    ) -> str:
        """Reads the model's answer. Raises ModelError."""
        language = request.language
        stream, notes = send_request(model, request, preferences)
        async with aclosing(stream) as deltas:
            async for delta in deltas:
                if isinstance(delta, Text):
                    answer.text += delta.text
                elif isinstance(delta, Usage):
                    answer.used = delta
                elif isinstance(delta, HistoryRead):
                    await progress(delta)
                elif isinstance(delta, Finish) and (end := notices.ending(delta, language)):
                    answer.text += f"\n\n{notices.aside(end)}"
        below = notices.aside("\n".join(map(language.say, notes)))
        return "\n\n".join(filter(None, (answer.text.strip(), below)))


def _request(said: Sequence[ThreadMessage], preferences: Preferences, language: Language) -> ModelRequest:
    shown = [part for one in said[-2:] for part in one.parts]  # what was chosen, and what is wanted of it
    return ModelRequest(said, with_treatment(preferences.system_prompt, preferences.wishes), shown, language)
