"""Makes of what a turn has read, and of how its person is to be answered, what the model is given."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bot.core.conversation import notices as notes
from bot.core.conversation.admission import history_budget
from bot.core.conversation.app_context import context_note
from bot.core.conversation.attached_files import file_notes
from bot.core.conversation.history import continuation, fit_history
from bot.core.conversation.long_thread import asks_about_whole, plan_reading
from bot.core.conversation.situation import describe
from bot.core.conversation.wishes import with_treatment, with_wishes
from bot.turns.stepwise_answer import answer_in_steps

if TYPE_CHECKING:
    from bot.core.conversation.admission import Preferences
    from bot.core.conversation.deltas import DeltaStream
    from bot.core.conversation.history import FittedHistory
    from bot.core.conversation.long_thread import ReadingPlan
    from bot.language.translatable import Translatable
    from bot.model.answering import Answering
    from bot.turns.turn_context import Scene


def ask_model(model: Answering, scene: Scene, preferences: Preferences) -> tuple[Scene, DeltaStream]:
    """Returns what the model says, and the scene with what its reader should know of what the model is not given."""
    asked, budget = scene.said[-1].parts, answer_budget(scene, preferences, model)
    if (plan := _plan(scene, preferences, budget)) is not None:
        deltas = answer_in_steps(model, plan, scene.language)
        unread = file_notes(plan.given, asked)
    else:
        history = _fit(scene, preferences, budget)
        deltas = model.stream(history.messages)
        unread = (*_unread(history), *file_notes(history.messages, asked))
    return replace(scene, notes=(*scene.notes, *unread)), deltas


def answer_budget(scene: Scene, preferences: Preferences, model: Answering) -> int:
    """Returns the tokens for what was said. Where the model is to go on, half of them at most are what it has written so far."""
    budget = history_budget(preferences.history_tokens, model.window)
    return budget // 2 if scene.written else budget


def _unread(history: FittedHistory) -> tuple[Translatable, ...]:
    """Returns what the reader should know of what the model is not given."""
    left_out = notes.left_out(history.left_out)
    return (*([left_out] if left_out else []), *([notes.CUT] if history.is_cut else []))


def _system(scene: Scene, preferences: Preferences) -> str:
    """Returns what the model is told before all else."""
    where = describe(scene.situation) if preferences.situated and scene.situation else ""
    opened = context_note(scene.prompt.opened) if preferences.situated else ""
    told = with_treatment(preferences.system_prompt, preferences.wishes)
    return "\n\n".join(filter(None, (told, where, opened)))


def _plan(scene: Scene, preferences: Preferences, budget: int) -> ReadingPlan | None:
    """Returns how the thread is read in steps; None where it is read at once."""
    if scene.written or not asks_about_whole(scene.said[-1].text):
        return None
    said, system = with_wishes(scene.said, preferences.wishes), _system(scene, preferences)
    return plan_reading(said, system=system, budget=budget)


def _fit(scene: Scene, preferences: Preferences, budget: int) -> FittedHistory:
    """Returns what the model is given."""
    system = _system(scene, preferences)
    history = fit_history(with_wishes(scene.said, preferences.wishes), system=system, budget=budget)
    if not scene.written:
        return history
    return replace(history, messages=[*history.messages, *continuation(scene.written, budget=budget)])
