"""What people see when Slack, or a proxy before it, answers oddly: once, to every kind of call that the bot makes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot.core.backoff import Backoff
from bot.delivery import edit_call as delivery
from bot.slack import api_answers as answers
from bot.slack import connect
from bot.turns import patient_reader as reading
from tests.odd import every_answer, once
from tests.stories.conftest import Storyteller
from tests.stories.test_answering import replies, until

if TYPE_CHECKING:
    from slack_emulator.server import Workspace
    from tests.stories.conftest import Start

ANSWER = "One two three four."


@pytest.fixture(autouse=True)
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits a story long before the second attempt."""
    monkeypatch.setattr(answers, "LEAST_WAIT", 0.05)
    monkeypatch.setattr(answers, "UNSAID_WAIT", 0.05)
    monkeypatch.setattr(answers, "LONGEST_WAIT", 0.2)
    monkeypatch.setattr(connect, "RETRY", Backoff(0.05))
    monkeypatch.setattr(connect, "PING", 0.1)
    monkeypatch.setattr(delivery, "RETRY", Backoff(0.05))
    monkeypatch.setattr(delivery, "GONE", 0.1)
    monkeypatch.setattr(reading, "RETRY", Backoff(0.05))


def odd_calls(slack: Workspace) -> set[str]:
    """The methods that have been answered oddly."""
    return {call.method for call in slack.calls if call.error}


@every_answer
async def test_whatever_each_call_is_answered_once_every_answer_is_complete_and_once_there(
    slack: Workspace, start: Start, answer: str
) -> None:
    unclear = not answer.startswith("a limit")  # that is clear: it was not done
    begins = answer != "a refused token"  # with that it would end, as it should
    once(slack, "auth.test", answer, times=begins)
    once(slack, "apps.connections.open", answer, times=begins)
    async with start(Storyteller("One two three four.", "And five.")):
        once(slack, "assistant.threads.setStatus", answer)
        once(slack, "chat.postMessage", answer)
        once(
            slack, "conversations.replies", answer
        )  # by it the bot looks for the post that may have been made
        once(slack, "chat.update", answer)
        ts = await slack.say("general", "ada", "@Teleprinter count")
        await until(slack, ts, ANSWER)
        once(slack, "conversations.replies", answer)
        once(slack, "chat.postMessage", answer, carried_out=unclear)
        once(slack, "chat.update", answer, carried_out=unclear)
        await slack.say("general", "ada", "And then?", ts)
        await until(slack, ts, ANSWER, "And five.")
    assert replies(slack, ts) == [ANSWER, "And five."]
    assert {"chat.postMessage", "conversations.replies"} <= odd_calls(slack)
