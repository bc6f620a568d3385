"""Threads that are too long for the model, and a question about all of one: it is read in steps, each by the same model."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from bot.model.message_content import langchain_messages
from slack_emulator.state.changes import Whispered
from tests.patience import HANGING
from tests.stories.conftest import Storyteller

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from bot.core.conversation.deltas import DeltaStream
    from bot.core.conversation.history import ChatMessage
    from slack_emulator.server import Workspace
    from tests.stories.conftest import Start

TOKENS = 1_500  # of history: the thread below takes about twice as many


class Summariser(Storyteller):
    """Puts each part in short as `Part 1.` and so on, and then answers."""

    def stream(self, messages: Sequence[ChatMessage]) -> DeltaStream:
        self.asked.append(list(messages))
        is_step = "one part of a long conversation" in messages[0].text
        return self._tell(f"Part {len(self.asked)}." if is_step else self._answers[0])


async def a_long_thread(slack: Workspace, channel: str) -> str:
    """What 40 messages say, each of some 70 tokens; the ts of their thread."""
    ts = await slack.say(channel, "raj", "Point 0. Let me tell you.")
    for number in range(1, 40):
        await slack.say(channel, "raj" if number % 2 else "ada", f"Point {number}. " + "word " * 60, ts)
    return ts


def lines_below(slack: Workspace) -> list[str]:
    """What was said below threads while something was done."""
    return [
        str(one.args.get("status", "")) for one in slack.calls if one.method.endswith("threads.setStatus")
    ]


def given(model: Storyteller) -> str:
    """All that the model was given, with every call."""
    return "\n".join(one.text for asked in model.asked for one in asked[1:])


async def test_who_asks_about_all_of_it_gets_an_answer_from_all_of_it(
    slack: Workspace, start: Start, somewhere: Path | str
) -> None:
    model = Summariser("They talked of words.")
    async with start(model, history_tokens=TOKENS, database=somewhere):
        ts = await a_long_thread(slack, "general")
        await slack.say("general", "ada", "@Teleprinter please summarise this thread", ts)
        await slack.wait_for(lambda: slack.messages("general", ts)[-1].text == "They talked of words.")
    last, steps = model.asked[-1], len(model.asked) - 1
    assert steps > 1
    assert [f"Part {number}." in last[1].text for number in range(1, steps + 1)] == [True] * steps
    assert [given(model).count(f"Point {number}.") for number in range(40)] == [1] * 40
    told = [line for line in lines_below(slack) if line.startswith("is reading messages")]
    assert told[0].startswith("is reading messages 1 to ")
    assert len(told) == steps


async def test_a_file_far_above_is_read_with_the_part_that_it_stands_in(
    slack: Workspace, start: Start
) -> None:
    model = Summariser("They talked of the plan.")
    async with start(model, history_tokens=TOKENS):
        ts = await slack.share(
            "general", "raj", {"plan.txt": b"Sparkling water for all."}, "Here is the plan."
        )
        for number in range(1, 40):
            await slack.say("general", "ada", f"Point {number}. " + "word " * 60, ts)
        await slack.say("general", "ada", "@Teleprinter please summarise this thread", ts)
        await slack.wait_for(lambda: "Read: plan.txt." in slack.messages("general", ts)[-1].text)
    steps = [langchain_messages(asked)[1].text for asked in model.asked[:-1]]
    assert ["Sparkling water for all." in step for step in steps] == [True] + [False] * (len(steps) - 1)


async def test_whoever_takes_the_question_back_while_it_reads_ends_the_reading(
    slack: Workspace, start: Start
) -> None:
    model = Storyteller("…pause… Never said.")
    async with start(model, history_tokens=TOKENS):
        ts = await a_long_thread(slack, "general")
        question = await slack.say("general", "ada", "@Teleprinter Fasse bitte alles zusammen", ts)
        await slack.wait_for(lambda: bool(model.asked))
        await slack.delete("general", question)
        await asyncio.wait_for(model.closed.wait(), HANGING)
    assert len(model.asked) == 1


async def test_a_summary_for_one_person_is_of_all_of_the_thread(slack: Workspace, start: Start) -> None:
    model, heard = Summariser("They talked of words."), list[str]()
    slack.watch(lambda change: heard.append(change.message.text) if isinstance(change, Whispered) else None)
    async with start(model, history_tokens=TOKENS):
        ts = await a_long_thread(slack, "general")
        await slack.choose_shortcut("ada", "summarise_thread", message=(slack.place("general").id, ts))
        await slack.wait_for(lambda: heard[-1:] == ["They talked of words."])
    assert heard[1].startswith("I am reading messages 1 to ")
    assert [given(model).count(f"Point {number}.") for number in range(40)] == [1] * 40
