"""`teleprinter ask`: one question, answered in the terminal or into a pipe as it is written."""

from __future__ import annotations

import time
from contextlib import aclosing
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.core.conversation.content_parts import text_parts
from bot.core.conversation.deltas import Finish, Reason, Text, Usage
from bot.core.conversation.history import ChatMessage, Role
from bot.core.conversation.notices import ending
from bot.errors import ModelBroke, ModelError
from bot.language.catalogue import ENGLISH
from bot.model.configured_model import open_model

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import Console

    from bot.commands.answer_printer import Printer
    from bot.model.answering import Answering
    from bot.model.local.progress import Report
    from bot.settings import Settings

ANSWERED, NOT_ANSWERED = 0, 1


@dataclass(slots=True)
class Timing:
    """Says how quickly an answer came. Times are in seconds; tokens are the provider's own count, 0 where it tells none."""

    asked: float
    first: float | None = None
    last: float | None = None
    tokens: int = 0

    def heard(self, now: float) -> None:
        """A word came."""
        self.first = now if self.first is None else self.first
        self.last = now

    def __str__(self) -> str:
        if self.first is None or self.last is None:
            return "no words came"
        told = f"first word after {self.first - self.asked:.2f} s, last after {self.last - self.asked:.2f} s"
        if self.tokens and self.last > self.first:
            told += f", {self.tokens} tokens, {self.tokens / (self.last - self.first):.1f} tokens/s"
        return told


async def ask(
    settings: Settings, question: str, *, printer: Printer, errors: Console, report: Report, timing: bool
) -> int:
    """Answer `question` through `printer`; what is not the answer goes to `errors`. Returns the exit code.

    Raises SettingsError and ModelError; what was written until then is printed.
    """
    async with open_model(settings, report=report) as model:
        asked = prompt(question, system=settings.system_prompt)
        return await answer_with(model, asked, printer=printer, errors=errors, timing=timing)


def prompt(question: str, *, system: str) -> list[ChatMessage]:
    """The question, below what the operator wants the model told first. Ours is for Slack, and not told here."""
    asked = ChatMessage(Role.USER, text_parts(question))
    return [ChatMessage(Role.SYSTEM, text_parts(system)), asked] if system else [asked]


async def answer_with(
    model: Answering, messages: Sequence[ChatMessage], *, printer: Printer, errors: Console, timing: bool
) -> int:
    """The same with a model that is ready."""
    if model.caution:
        errors.print(ENGLISH.say(model.caution), style="dim", highlight=False, markup=False, soft_wrap=True)
    clock = Timing(time.monotonic())
    try:
        finish = await _answer(model, messages, printer, clock)
    except ModelError as error:
        if clock.first is None:
            raise
        # Whatever broke it, nothing is set up wrong: the model had begun.
        raise ModelBroke(str(error)) from error
    if said := ending(finish, ENGLISH):
        errors.print(said, highlight=False, markup=False, soft_wrap=True)
    if timing:
        errors.print(str(clock), highlight=False, soft_wrap=True)
    return ANSWERED if finish.reason in (Reason.STOP, Reason.LENGTH) else NOT_ANSWERED


async def _answer(
    model: Answering, messages: Sequence[ChatMessage], printer: Printer, clock: Timing
) -> Finish:
    finish = Finish(Reason.EMPTY)
    with printer:
        async with aclosing(model.stream(messages)) as deltas:
            async for delta in deltas:
                match delta:
                    case Text(text):
                        clock.heard(time.monotonic())
                        printer.add(text)
                    case Usage(_, output_tokens):
                        clock.tokens = output_tokens
                    case Finish():
                        finish = delta
                    case _:
                        pass  # thoughts and tools are not the answer
    return finish
