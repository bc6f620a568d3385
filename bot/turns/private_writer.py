"""Writes private answers: what somebody asks for themselves alone is admitted, read with its files, and answered whole by the model."""

from __future__ import annotations

from contextlib import aclosing
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple, Protocol

from bot.core.conversation import notices
from bot.core.conversation.admission import Refusal, history_budget
from bot.core.conversation.attached_files import file_notes
from bot.core.conversation.deltas import Finish, Text, Usage
from bot.core.conversation.history import fit_history
from bot.core.conversation.incoming import Kind, TurnKey
from bot.core.conversation.long_thread import asks_about_whole, plan_reading
from bot.core.conversation.wishes import with_treatment, with_wishes
from bot.turns.stepwise_answer import answer_in_steps

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from bot.core.conversation.admission import Preferences
    from bot.core.conversation.deltas import DeltaStream
    from bot.core.conversation.history import ChatMessage, ThreadMessage
    from bot.core.conversation.incoming import ThreadKey
    from bot.language.catalogue import Language
    from bot.language.translatable import Translatable
    from bot.model.answering import Answering, Models
    from bot.turns.admission_desk import Admitting
    from bot.turns.pipeline import TurnFiles


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

    async def write(self, where: ThreadKey, user: str, said: Sequence[ThreadMessage]) -> WrittenAnswer:
        """Returns the model's answer to what was `said`, for a person who asks `where`. Raises ModelError, and TurnedAwayError where
        they may not ask."""
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
            text = await self._hear(model, admission, said, answer, language)
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
        said: Sequence[ThreadMessage],
        answer: PrivateAnswer,
        language: Language,
    ) -> str:
        """Reads the model's answer. Raises ModelError."""
        stream, given = self._ask(model, preferences, said, language)
        async with aclosing(stream) as deltas:
            async for delta in deltas:
                if isinstance(delta, Text):
                    answer.text += delta.text
                elif isinstance(delta, Usage):
                    answer.used = delta
                elif isinstance(delta, Finish) and (end := notices.ending(delta, language)):
                    answer.text += f"\n\n{notices.aside(end)}"
        shown = (part for one in said[-2:] for part in one.parts)  # what was chosen, and what is wanted of it
        notes = "\n".join(map(language.say, file_notes(given, shown)))
        return "\n\n".join(filter(None, (answer.text.strip(), notices.aside(notes))))

    def _ask(
        self, model: Answering, preferences: Preferences, said: Sequence[ThreadMessage], language: Language
    ) -> tuple[DeltaStream, list[ChatMessage]]:
        """Returns what the model says, and what it is given in the end."""
        system = with_treatment(preferences.system_prompt, preferences.wishes)
        budget = history_budget(preferences.history_tokens, model.window)
        asked = with_wishes(said, preferences.wishes)
        if asks_about_whole(said[-1].text) and (plan := plan_reading(asked, system=system, budget=budget)):
            return answer_in_steps(model, plan, language), plan.given
        history = fit_history(asked, system=system, budget=budget)
        return model.stream(history.messages), history.messages
