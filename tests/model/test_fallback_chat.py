"""Where the first model fails another one answers, and nothing that was written is lost."""

from __future__ import annotations

from contextlib import aclosing
from typing import TYPE_CHECKING

import pytest

from bot.core.conversation.content_parts import text_parts
from bot.core.conversation.deltas import Finish, Reason, Reasoning, Text, Usage
from bot.core.conversation.history import ChatMessage, Role
from bot.errors import ModelBroke, ModelBusy, ModelEndless, ModelError, PromptBlocked, PromptTooLong
from bot.language.translatable import Translatable
from bot.model.fallback_chat import FallbackChat

if TYPE_CHECKING:
    from bot.core.conversation.deltas import Delta, DeltaStream

ASKED = [ChatMessage(Role.USER, text_parts("Hi"))]
END = Finish(Reason.STOP)

SMALL = Translatable("It is small.")


class Model:
    """Says these deltas, and then fails where there is an error."""

    def __init__(
        self, label: str, *deltas: Delta, error: ModelError | None = None, caution: Translatable | None = None
    ) -> None:
        self.label = label
        self.caution = caution
        self.window: int | None = None
        self.takes_images = False
        self.asked = self.closed = 0
        self._deltas = deltas
        self._error = error

    async def stream(self, messages: object) -> DeltaStream:
        self.asked += 1
        try:
            for delta in self._deltas:
                yield delta
            if self._error is not None:
                raise self._error
        finally:
            self.closed += 1


async def answer(first: Model, second: Model) -> list[Delta]:
    async with aclosing(FallbackChat(first, second).stream(ASKED)) as deltas:
        return [delta async for delta in deltas]


async def test_a_model_that_answers_is_the_only_one_that_is_asked() -> None:
    second = Model("second")
    assert await answer(Model("first", Text("Hi."), END), second) == [Text("Hi."), END]
    assert second.asked == 0


@pytest.mark.parametrize("error", [ModelBusy("429"), ModelBroke("cut"), PromptTooLong("long")], ids=repr)
async def test_before_the_first_words_the_second_answers_as_if_it_had_been_asked(
    error: ModelError, caplog: pytest.LogCaptureFixture
) -> None:
    first = Model("first", Reasoning("hm"), error=error)
    assert await answer(first, Model("second", Text("Ho."), END)) == [Reasoning("hm"), Text("Ho."), END]
    assert first.closed == 1
    assert "model.fell_back" in caplog.text


async def test_what_the_second_uses_is_noted_under_its_name() -> None:
    first = Model("first", Usage(9, 1), error=ModelBroke("cut"))
    said = await answer(first, Model("second", Text("Ho."), Usage(10, 2), END))
    assert [one for one in said if isinstance(one, Usage)] == [Usage(9, 1), Usage(10, 2, "second")]


async def test_in_the_midst_the_second_begins_anew_below_a_rule() -> None:
    first = Model("first", Text("One, two"), error=ModelBroke("cut"))
    said = await answer(first, Model("second", Text("One, two, three."), END))
    assert said == [Text("One, two"), Text("\n\n---\n\n"), Text("One, two, three."), END]


@pytest.mark.parametrize(
    ("written", "closing"),
    [
        ("so **bo", "**"),
        ("```py\nx = 1", "\n```"),
        ("~~~\nx\n~~~", ""),
        ("- a\n  ```\n  x", ""),
        ("done.", ""),
    ],
)
async def test_what_was_open_is_closed_above_the_rule(written: str, closing: str) -> None:
    first = Model("first", Text(written), error=ModelBroke("cut"))
    said = await answer(first, Model("second", Text("Anew."), END))
    assert said[1] == Text(f"{closing}\n\n---\n\n")


async def test_where_both_fail_the_last_failure_is_told() -> None:
    with pytest.raises(ModelBusy):
        await answer(Model("first", error=ModelBroke("cut")), Model("second", error=ModelBusy("429")))


@pytest.mark.parametrize("error", [PromptBlocked("filter"), ModelEndless("for ever")], ids=repr)
async def test_what_was_forbidden_is_not_asked_of_another(error: ModelError) -> None:
    second = Model("second", Text("Ho."), END)
    with pytest.raises(type(error)):
        await answer(Model("first", error=error), second)
    assert second.asked == 0


async def test_who_leaves_closes_the_one_that_speaks() -> None:
    first, second = Model("first", error=ModelBroke("cut")), Model("second", Text("a"), Text("b"), END)
    async with aclosing(FallbackChat(first, second).stream(ASKED)) as deltas:
        assert await anext(deltas) == Text("a")
    assert (first.closed, second.closed) == (1, 1)


def test_it_is_called_what_the_first_is_and_warns_where_either_does() -> None:
    chat = FallbackChat(Model("first"), Model("second", caution=SMALL))
    assert (chat.label, chat.caution) == ("first", SMALL)


@pytest.mark.parametrize(
    ("windows", "both"), [((8_000, 4_000), 4_000), ((None, 4_000), None), ((8_000, None), None)]
)
def test_what_is_read_has_to_fit_either_model(
    windows: tuple[int | None, int | None], both: int | None
) -> None:
    first, second = Model("first"), Model("second")
    first.window, second.window = windows
    assert FallbackChat(first, second).window == both


@pytest.mark.parametrize(
    ("first", "second", "both"), [(True, True, True), (True, False, False), (False, True, False)]
)
def test_pictures_are_given_where_both_models_see_them(*, first: bool, second: bool, both: bool) -> None:
    one, other = Model("first"), Model("second")
    one.takes_images, other.takes_images = first, second
    assert FallbackChat(one, other).takes_images is both
