"""Knows which answer the code that runs now is at work on, so that whoever hears a fact can tell of which turn it is.

A turn is a task of its own, and what it starts inherits this: tasks, threads, LangChain's tools. Who makes a call for a turn from
elsewhere makes it in the turn's context, see `bot.delivery.sender`.
"""

from __future__ import annotations

from contextvars import ContextVar
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.core.conversation.answer_key import AnswerKey

TURN: ContextVar[AnswerKey | None] = ContextVar("turn", default=None)
"""The answer that is being worked on; None: nobody's, or one that nobody can be asked about."""
