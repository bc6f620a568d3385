"""What is asked by a command, in a message's menu, and by an invitation: through real Bolt."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot.core.conversation import notices
from bot.core.conversation.private_question import EXPLAIN_PROMPT, SHARE
from slack_emulator.state.changes import Whispered
from tests.stories.conftest import Storyteller
from tests.stories.test_answering import shown, until

if TYPE_CHECKING:
    from slack_emulator.server import Workspace
    from slack_emulator.state.changes import WorkspaceChange
    from slack_emulator.state.models import Message
    from tests.stories.conftest import Start


@pytest.fixture
def private(slack: Workspace) -> list[Message]:
    """What Ada alone was shown."""
    heard: list[Message] = []
    ada = slack.person("ada").id

    def hear(change: WorkspaceChange) -> None:
        if isinstance(change, Whispered) and change.to == ada:
            heard.append(change.message)

    slack.watch(hear)
    return heard


async def whispered(slack: Workspace, private: list[Message], *words: str) -> None:
    await slack.wait_for(lambda: [shown(one) for one in private] == list(words))


def in_channel(slack: Workspace) -> list[str]:
    """What the bot has said in the channel itself."""
    ours = slack.app.bot_user_id
    return [one.text for one in slack.messages("general") if one.user == ours]


async def test_a_command_is_answered_to_one_person_and_shared_once(
    slack: Workspace, start: Start, private: list[Message]
) -> None:
    model = Storyteller("2,962 metres.")
    async with start(model):
        await slack.command("general", "ada", "/ask How high is the Zugspitze?")
        await whispered(slack, private, notices.PRIVATE_THINKING.english, "2,962 metres.")
        assert in_channel(slack) == []
        await slack.press("general", private[-1].ts, "ada", SHARE)
        await slack.wait_for(lambda: in_channel(slack) == ["2,962 metres."])
        await slack.press("general", private[1].ts, "ada", SHARE)
        await whispered(
            slack, private, notices.PRIVATE_THINKING.english, "2,962 metres.", notices.NOT_SHAREABLE.english
        )
    assert model.asked[0][-1].text == "How high is the Zugspitze?"
    assert in_channel(slack) == ["2,962 metres."]


async def test_a_button_with_another_value_shares_nothing(
    slack: Workspace, start: Start, private: list[Message]
) -> None:
    async with start(Storyteller("2,962 metres.")):
        await slack.command("general", "ada", "/ask How high is the Zugspitze?")
        await whispered(slack, private, notices.PRIVATE_THINKING.english, "2,962 metres.")
        await slack.press("general", private[-1].ts, "ada", SHARE, value="made up")
        await whispered(
            slack, private, notices.PRIVATE_THINKING.english, "2,962 metres.", notices.NOT_SHAREABLE.english
        )
    assert in_channel(slack) == []


async def test_a_command_without_a_question_says_how_to_ask(
    slack: Workspace, start: Start, private: list[Message]
) -> None:
    async with start(Storyteller("Four.")):
        await slack.command("general", "ada", "/ask")
        await whispered(slack, private, notices.ASK_HELP.english)


async def test_a_thread_is_summarised_to_one_person(
    slack: Workspace, start: Start, private: list[Message]
) -> None:
    model = Storyteller("They ship.")
    async with start(model):
        ts = await slack.say("general", "raj", "Shall we ship it?")
        reply = await slack.say("general", "grace", "Yes.", ts)
        place = slack.place("general").id
        await slack.choose_shortcut("ada", "summarise_thread", message=(place, reply))
        await whispered(slack, private, notices.PRIVATE_THINKING.english, "They ship.")
    assert [("Shall we ship it?" in one.text, "Yes." in one.text) for one in model.asked[0][1:]] == [
        (True, True)
    ]
    assert in_channel(slack) == []


async def test_a_message_is_explained_to_one_person_without_the_rest_of_its_thread(
    slack: Workspace, start: Start, private: list[Message]
) -> None:
    model = Storyteller("A pump that moves heat.")
    async with start(model):
        ts = await slack.say("general", "raj", "Shall we buy one?")
        reply = await slack.say("general", "grace", "The COP of that heat pump is 4.", ts)
        place = slack.place("general").id
        await slack.choose_shortcut("ada", "explain_message", message=(place, reply))
        await whispered(slack, private, notices.PRIVATE_THINKING.english, "A pump that moves heat.")
    asked = " ".join(one.text for one in model.asked[0][1:])
    assert ("heat pump" in asked, "Shall we buy" in asked, EXPLAIN_PROMPT in asked) == (
        True,
        False,
        True,
    )
    assert in_channel(slack) == []


async def test_a_message_is_answered_in_its_thread_because_somebody_chose_that(
    slack: Workspace, start: Start, private: list[Message]
) -> None:
    async with start(Storyteller("Four.")):
        ts = await slack.say("general", "raj", "What is 2+2?")
        place = slack.place("general").id
        await slack.choose_shortcut("ada", "answer_here", message=(place, ts))
        await until(slack, ts, "Four.")
        await slack.choose_shortcut("ada", "answer_here", message=(place, ts))
        await whispered(slack, private, notices.ASKED_ALREADY.english)
    assert len(slack.messages("general", ts)) == 1


async def test_who_invites_it_into_a_channel_is_greeted_and_other_newcomers_are_not(
    slack: Workspace, start: Start
) -> None:
    place, raj, bot = slack.place("general").id, slack.person("raj").id, slack.app.bot_user_id
    async with start(Storyteller("Four.")):
        slack.publish(
            [*slack.state.leave(place, raj, slack.clock()), *slack.state.leave(place, bot, slack.clock())]
        )
        slack.publish(slack.state.join(place, bot, now=slack.clock()))
        slack.publish(slack.state.join(place, raj, now=slack.clock()))
        await slack.wait_for(lambda: in_channel(slack) == [notices.GREETING.english])
        ts = await slack.say("general", "raj", "@Teleprinter 2+2?")
        await until(slack, ts, "Four.")
    assert in_channel(slack) == [notices.GREETING.english]
