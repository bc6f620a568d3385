"""What a turn is told of the place it stands in."""

from __future__ import annotations

from bot.core.conversation.content_parts import text_parts
from bot.core.conversation.history import ThreadMessage, as_message
from bot.core.conversation.incoming import Kind, Prompt, ThreadKey
from bot.turns.surroundings import look_around
from tests.fakes import FakeDirectory

ADA, GENERAL = "U0000000ADA", "C0000000GEN"


def a_question(kind: Kind = Kind.MENTION) -> Prompt:
    return Prompt(
        ThreadKey("T", GENERAL, "5.0"), "5.0", ADA, text_parts(f"What is @{ADA} in #{GENERAL}?"), kind
    )


async def test_a_thread_has_names_and_a_question_has_its_asker_and_its_place() -> None:
    prompt = a_question()
    around = await look_around(
        FakeDirectory(names={ADA: "Ada", GENERAL: "general"}), prompt, [as_message(prompt)]
    )
    assert [(one.user, one.text) for one in around.said] == [("Ada", "What is @Ada in #general?")]
    assert (around.situation.name, around.situation.workspace, around.situation.ts) == (
        "Ada",
        "Sparkling",
        "5.0",
    )
    assert around.situation.channel is not None
    assert not around.situation.is_direct


async def test_where_no_name_is_known_ids_stay() -> None:
    prompt = a_question(Kind.DIRECT)
    around = await look_around(
        FakeDirectory(), prompt, [as_message(prompt), ThreadMessage("6.0", "B1", text_parts("x"))]
    )
    assert [one.user for one in around.said] == [ADA, "B1"]
    assert (around.situation.name, around.situation.asker, around.situation.channel) == (ADA, None, None)
    assert around.situation.is_direct


async def test_whoever_is_called_as_the_bot_is_has_an_id_behind_the_name() -> None:
    prompt = a_question()
    around = await look_around(FakeDirectory(names={ADA: "teleprinter"}), prompt, [as_message(prompt)])
    assert around.said[0].user == f"teleprinter ({ADA})"
