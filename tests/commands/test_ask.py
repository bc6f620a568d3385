"""What `ask` tells besides the answer, and how it ends."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import pytest
from rich.console import Console

from bot.commands.answer_printer import PlainPrinter
from bot.commands.ask import Timing, answer_with, prompt
from bot.core.conversation.content_parts import text_parts
from bot.core.conversation.deltas import Finish, Reason, Text, Usage
from bot.core.conversation.history import ChatMessage, Role
from bot.language.translatable import Translatable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.core.conversation.deltas import Delta, DeltaStream


class Told:
    """A model that says just this."""

    label = "a told model"
    window = None
    takes_images = False

    def __init__(self, *deltas: Delta, caution: Translatable | None = None) -> None:
        self._deltas = deltas
        self.caution = caution

    async def stream(self, _messages: Sequence[ChatMessage]) -> DeltaStream:
        for delta in self._deltas:
            yield delta


async def asked(
    *deltas: Delta, caution: Translatable | None = None, timing: bool = False
) -> tuple[int, str, str]:
    """The exit code, the answer, and what stood beside it."""
    out, err = io.StringIO(), io.StringIO()
    model = Told(*deltas, caution=caution)
    code = await answer_with(
        model,
        prompt("?", system=""),
        printer=PlainPrinter(out),
        errors=Console(file=err, width=200),
        timing=timing,
    )
    return code, out.getvalue(), err.getvalue()


async def test_an_answer_is_all_there_is() -> None:
    assert await asked(Text("Yes."), Usage(3, 2), Finish(Reason.STOP)) == (0, "Yes.\n", "")


async def test_a_cut_answer_is_an_answer_and_says_so() -> None:
    code, out, err = await asked(Text("Yes, bec"), Finish(Reason.LENGTH))
    assert (code, out) == (0, "Yes, bec\n")
    assert "cut short" in err


@pytest.mark.parametrize("reason", [Reason.EMPTY, Reason.REFUSED, Reason.FILTERED])
async def test_no_answer_is_a_failure_and_never_silent(reason: Reason) -> None:
    code, out, err = await asked(Finish(reason))
    assert (code, out) == (1, "")
    assert err.strip()


def test_the_operator_s_system_prompt_is_told_before_the_question() -> None:
    assert prompt("?", system="Rhyme.") == [
        ChatMessage(Role.SYSTEM, text_parts("Rhyme.")),
        ChatMessage(Role.USER, text_parts("?")),
    ]
    assert prompt("?", system="") == [ChatMessage(Role.USER, text_parts("?"))]


async def test_a_small_model_is_called_what_it_is() -> None:
    _, _, err = await asked(
        Text("Sydney."), Finish(Reason.STOP), caution=Translatable("a tiny model [often wrong]")
    )
    assert err == "a tiny model [often wrong]\n"


async def test_timing_is_told_when_asked_for() -> None:
    _, _, err = await asked(Text("a"), Text("b"), Usage(1, 2), Finish(Reason.STOP), timing=True)
    assert err.startswith("first word after 0.00 s")


@pytest.mark.parametrize(
    ("timing", "told"),
    [
        (Timing(1.0), "no words came"),
        (Timing(1.0, first=1.5, last=1.5, tokens=1), "first word after 0.50 s, last after 0.50 s"),
        (
            Timing(1.0, first=1.5, last=3.5, tokens=100),
            "first word after 0.50 s, last after 2.50 s, 100 tokens, 50.0 tokens/s",
        ),
    ],
)
def test_timing_in_words(timing: Timing, told: str) -> None:
    assert str(timing) == told
