"""What the model is given of what a turn has read."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.core.conversation import notices
from bot.core.conversation.admission import Preferences
from bot.core.conversation.content_parts import text_parts
from bot.core.conversation.history import ThreadMessage
from bot.core.conversation.wishes import Wishes
from bot.turns.model_request import answer_budget, ask_model
from bot.turns.turn_context import Scene
from tests.clock import VIRTUAL
from tests.fakes import FakeModel, words
from tests.turns.stage import a_prompt

KIND = Preferences("Be kind.", 1000, wishes=Wishes("Rhyme."))
SCENE = Scene(a_prompt("Sing"), [ThreadMessage("5.0", "U1", text_parts("Sing"))])


@pytest.fixture
def anyio_backend() -> object:
    return VIRTUAL


def test_where_the_model_is_to_go_on_half_of_its_tokens_are_for_what_it_has_written() -> None:
    scenes = (SCENE, replace(SCENE, written="La"))
    assert [answer_budget(one, KIND, FakeModel()) for one in scenes] == [1000, 500]


def test_a_model_reads_no_more_than_its_window_allows() -> None:
    small, anything = FakeModel(), replace(KIND, history_tokens=None)
    small.window = 800
    assert [answer_budget(SCENE, one, small) for one in (KIND, anything)] == [600, 400]


async def test_the_model_is_told_how_to_answer_and_what_was_said_with_what_is_wished() -> None:
    model = FakeModel(words("La"))
    ask_model(model, SCENE, KIND)
    system, question = model.asked[0]
    assert ("Be kind." in system.text, "Rhyme." in system.text) == (True, False)
    assert ("Sing" in question.text, "Rhyme." in question.text) == (True, True)


async def test_a_model_that_goes_on_is_given_what_it_has_written() -> None:
    model = FakeModel(words("La"))
    ask_model(model, replace(SCENE, written="Once upon"), KIND)
    assert any("Once upon" in one.text for one in model.asked[0][2:])


async def test_a_reader_knows_what_the_model_was_not_given() -> None:
    said = [ThreadMessage(f"{number}.0", "U1", text_parts("word " * 200)) for number in range(9)]
    scene, _ = ask_model(FakeModel(words("La")), replace(SCENE, said=[*said, *SCENE.said]), KIND)
    assert [str(one) for one in scene.notes] == [str(notices.left_out(6))]
