"""Makes of what a turn has read, and of how its person is to be answered, what the model is given."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from bot.core.conversation import notices
from bot.core.conversation.admission import history_budget
from bot.core.conversation.app_context import context_note
from bot.core.conversation.attached_files import file_notes
from bot.core.conversation.history import continuation, fit_history
from bot.core.conversation.long_thread import asks_about_whole, plan_reading
from bot.core.conversation.situation import describe
from bot.core.conversation.wishes import with_treatment, with_wishes
from bot.turns.stepwise_answer import answer_in_steps

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.core.conversation.admission import Preferences
    from bot.core.conversation.content_parts import Part
    from bot.core.conversation.deltas import DeltaStream
    from bot.core.conversation.history import FittedHistory, ThreadMessage
    from bot.language.catalogue import Language
    from bot.language.translatable import Translatable
    from bot.model.answering import Answering
    from bot.turns.turn_context import Scene


@dataclass(frozen=True, slots=True)
class ModelRequest:
    """Says what a model is asked: what was `said`, the question last, after the words of `system`.

    Of files, those among the parts of `shown` are told of, which the reader has just pointed at. What the model has `written` so far it
    is to go on with. The `language` is the reader's.
    """

    said: Sequence[ThreadMessage]
    system: str
    shown: Sequence[Part]
    language: Language
    written: str = ""


def ask_model(model: Answering, scene: Scene, preferences: Preferences) -> tuple[Scene, DeltaStream]:
    """Returns what the model says in a turn, and the scene with what its reader should know of what the model is not given."""
    system, asked = _system(scene, preferences), scene.said[-1].parts
    request = ModelRequest(scene.said, system, asked, scene.language, scene.written)
    deltas, unread = send_request(model, request, preferences)
    return replace(scene, notes=(*scene.notes, *unread)), deltas


def send_request(
    model: Answering, request: ModelRequest, preferences: Preferences
) -> tuple[DeltaStream, tuple[Translatable, ...]]:
    """Returns what the model says, and what its reader should know of what the model is not given: a thread that is too long is read in
    steps where the question is about all of it."""
    said = with_wishes(request.said, preferences.wishes)
    budget = history_budget(preferences.history_tokens, model.window)
    in_steps = not request.written and asks_about_whole(request.said[-1].text)
    if in_steps and (plan := plan_reading(said, system=request.system, budget=budget)) is not None:
        return answer_in_steps(model, plan, request.language), file_notes(plan.given, request.shown)
    history = _fit(said, request, budget)
    notes = (*_unread(history), *file_notes(history.messages, request.shown))
    return model.stream(history.messages), notes


def answer_budget(scene: Scene, preferences: Preferences, model: Answering) -> int:
    """Returns the tokens for what was said. Where the model is to go on, half of them at most are what it has written so far."""
    return _beside(scene.written, history_budget(preferences.history_tokens, model.window))


def _beside(written: str, tokens: int) -> int:
    return tokens // 2 if written else tokens


def _unread(history: FittedHistory) -> tuple[Translatable, ...]:
    """Returns what the reader should know of what the model is not given."""
    left_out = notices.left_out(history.left_out)
    return (*([left_out] if left_out else []), *([notices.CUT] if history.is_cut else []))


def _system(scene: Scene, preferences: Preferences) -> str:
    """Returns what the model is told before all else."""
    where = describe(scene.situation) if preferences.situated and scene.situation else ""
    opened = context_note(scene.prompt.opened) if preferences.situated else ""
    told = with_treatment(preferences.system_prompt, preferences.wishes)
    return "\n\n".join(filter(None, (told, where, opened)))


def _fit(said: Sequence[ThreadMessage], request: ModelRequest, tokens: int) -> FittedHistory:
    """Returns what the model is given."""
    budget = _beside(request.written, tokens)
    history = fit_history(said, system=request.system, budget=budget)
    if not request.written:
        return history
    return replace(history, messages=[*history.messages, *continuation(request.written, budget=budget)])
