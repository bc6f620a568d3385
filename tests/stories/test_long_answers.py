"""Answers that fill several messages, and workspaces that take less than most: what people see of them."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from bot.core.conversation import notices
from bot.core.conversation.deltas import ToolUse
from bot.core.delivery.charts import CHART_TOOL
from bot.core.markdown.split.capacity import BLOCK_ROOM, TEXT_ROOM
from bot.delivery import answer_files
from tests.stories.conftest import Storyteller
from tests.stories.test_answering import calls, replies, shown, until

if TYPE_CHECKING:
    from bot.core.conversation.deltas import DeltaStream
    from slack_emulator.server import Workspace
    from tests.stories.conftest import Start

DONE = "That is all."
CODE = "```python\n" + "".join(f"x{n} = call({n})\n" for n in range(1_000)) + "```"
TABLE = "| key | value |\n|---|---|\n" + "".join(f"| row {n} | {'v' * 90} |\n" for n in range(150))


async def told(slack: Workspace, start: Start, answer: str) -> list[str]:
    """The messages that a finished answer has become."""
    async with start(Storyteller(f"{answer}\n\n{DONE}")):
        ts = await slack.say("general", "ada", "@Teleprinter tell me everything")
        await slack.wait_for(lambda: any(DONE in reply for reply in replies(slack, ts)))
    return replies(slack, ts)


async def test_a_very_long_answer_goes_on_in_further_messages_and_nothing_is_lost(
    slack: Workspace, start: Start
) -> None:
    words = [f"word{n}" for n in range(6_000)]
    # By tens, as a model's packets come: a story hands on one of them each time that all others had their turn.
    tens = ["\u00a0".join(words[n : n + 10]) for n in range(0, 6_000, 10)]
    shown = await told(slack, start, "\n\n".join(" ".join(tens[n : n + 5]) for n in range(0, 600, 5)))
    assert len(shown) == 5
    assert re.findall(r"word\d+", " ".join(shown)) == words
    assert all(map(BLOCK_ROOM.fits, shown))
    assert [call.error for call in slack.calls if call.error] == []


async def test_code_over_the_cut_is_closed_and_goes_on_under_its_language(
    slack: Workspace, start: Start
) -> None:
    first, second = await told(slack, start, CODE)
    assert first.startswith("```python\nx0 = call(0)\n")
    assert first.endswith("\n```")
    assert second.startswith("```python\nx")
    assert re.findall(r"call\((\d+)\)", first + second) == [str(n) for n in range(1_000)]


async def test_a_table_over_the_cut_goes_on_under_its_header(slack: Workspace, start: Start) -> None:
    shown = await told(slack, start, TABLE)
    assert [part.splitlines()[0] for part in shown] == ["| key | value |"] * len(shown)
    assert re.findall(r"row (\d+)", "".join(shown)) == [str(n) for n in range(150)]
    assert len(shown) > 1


async def test_a_text_that_slack_finds_too_long_all_the_same_is_cut_shorter(
    slack: Workspace, start: Start
) -> None:
    slack.fail_next("chat.postMessage", error="msg_blocks_too_long")
    shown = await told(slack, start, f"{'word' * 20} " * 180)
    assert re.findall("word", " ".join(shown)) == ["word"] * 20 * 180
    assert all(len(part) <= 0.8 * 11_500 for part in shown)


async def test_a_workspace_that_refuses_the_block_gets_mrkdwn_text_from_then_on(
    slack: Workspace, start: Start
) -> None:
    slack.fail_next("chat.postMessage", error="invalid_blocks", times=2)  # with buttons, and without
    async with start(Storyteller("**Bubbles** rise.", "# Two\n\n" + "**word** " * 1_000)):
        first = await slack.say("general", "ada", "@Teleprinter one")
        await until(slack, first, "*Bubbles* rise.")
        second = await slack.say("general", "ada", "@Teleprinter two")
        await slack.wait_for(lambda: "".join(replies(slack, second)).count("*word*") == 1_000)
    assert all(map(TEXT_ROOM.fits, replies(slack, second)))
    assert replies(slack, second)[0].startswith("*Two*\n\n*word* *word*")
    assert [call.error for call in slack.calls if call.error] == ["invalid_blocks"] * 2


async def test_only_the_person_who_asked_is_ever_notified_and_only_where_that_is_allowed(
    slack: Workspace, start: Start
) -> None:
    ada, grace = slack.person("ada").id, slack.person("grace").id
    answer = f"<@{ada}>, ask <@{grace}>."
    async with start(Storyteller(answer), mention_asker=True):
        ts = await slack.say("general", "ada", "@Teleprinter who knows?")
        await until(slack, ts, f"<@{ada}>, ask &lt;@{grace}>.")
    async with start(Storyteller(answer)):
        ts = await slack.say("general", "ada", "@Teleprinter who knows?")
        await until(slack, ts, f"&lt;@{ada}>, ask &lt;@{grace}>.")
    assert calls(slack, "chat.postMessage") == 2


PRICES = "Prices:\n\n| Item | Price |\n|---|---|\n| Tea | 3 |\n| Pot | 12 |\n\nThat is all."


def kinds(slack: Workspace, ts: str) -> list[str]:
    """What the blocks of the answer are, and which can be pressed at its end."""
    return [block["type"] for one in slack.messages("general", ts)[-1:] for block in one.blocks or ()]


async def test_a_table_can_be_sorted_once_the_answer_is_whole_and_comes_back_to_the_model_as_it_was(
    slack: Workspace, start: Start
) -> None:
    model = Storyteller(PRICES, "Tea.")
    async with start(model):
        ts = await slack.say("general", "ada", "@Teleprinter what does it cost?")
        await slack.wait_for(lambda: kinds(slack, ts)[:3] == ["markdown", "data_table", "markdown"])
        assert kinds(slack, ts)[3:] == ["actions", "context_actions"]
        await slack.say("general", "ada", "@Teleprinter what is cheaper?", ts)
        await slack.wait_for(lambda: "Tea." in replies(slack, ts)[-1])
    assert PRICES in [one.text for one in model.asked[1]]
    assert [call.error for call in slack.calls if call.error] == []


async def test_a_workspace_that_refuses_tables_shows_them_as_text_and_is_asked_once(
    slack: Workspace, start: Start
) -> None:
    model = Storyteller(f"{PRICES} …pause… ", PRICES)
    async with start(model):
        first = await slack.say("general", "ada", "@Teleprinter one")
        await slack.wait_for(lambda: "That is all." in "".join(replies(slack, first)))
        slack.fail_next("chat.update", error="invalid_blocks")
        model.go.set()
        await slack.wait_for(lambda: kinds(slack, first) == ["markdown", "actions", "context_actions"])
        second = await slack.say("general", "ada", "@Teleprinter two")
        await slack.wait_for(lambda: kinds(slack, second) == ["markdown", "actions", "context_actions"])
    assert [call.error for call in slack.calls if call.error] == ["invalid_blocks"]


class Charting(Storyteller):
    """Asks for a chart by a tool before it says a word."""

    async def _tell(self, answer: str) -> DeltaStream:
        series = [{"name": "Tea", "values": [3, 1]}]
        asked = {"kind": "line", "title": "Sales", "categories": ["May", "June"], "series": series}
        yield ToolUse("c1", CHART_TOOL, json.dumps(asked))
        async for delta in super()._tell(answer):
            yield delta


async def test_a_chart_stands_below_its_answer_and_its_figures_come_back_to_the_model(
    slack: Workspace, start: Start
) -> None:
    model = Charting("Sales fall.")
    async with start(model):
        ts = await slack.say("general", "ada", "@Teleprinter how are sales?")
        await slack.wait_for(lambda: kinds(slack, ts)[:2] == ["markdown", "data_visualization"])
        await slack.say("general", "ada", "@Teleprinter why?", ts)
        await slack.wait_for(lambda: len(model.asked) == 2)
    assert "| June | 1 |" in model.asked[1][-2].text
    assert [call.error for call in slack.calls if call.error] == []


async def test_a_workspace_that_refuses_charts_shows_their_figures_as_a_table(
    slack: Workspace, start: Start
) -> None:
    model = Charting("Sales …pause… fall.")
    async with start(model, data_tables=False):
        ts = await slack.say("general", "ada", "@Teleprinter how are sales?")
        await slack.wait_for(lambda: replies(slack, ts) == ["Sales"])
        slack.fail_next("chat.update", error="invalid_blocks")
        model.go.set()
        await slack.wait_for(lambda: kinds(slack, ts) == ["markdown", "actions", "context_actions"])
    assert "| June | 1 |" in replies(slack, ts)[0]


WORDS = [f"word{number}" for number in range(6_000)]
LONG = "\n\n".join(" ".join(WORDS[at : at + 50]) for at in range(0, 6_000, 50))
"""Five messages of text."""


def let_upload(slack: Workspace, *, seconds: float = 0.0) -> None:
    """From now on the app may upload files, which stand in their threads so many seconds later."""
    slack.state.apps[slack.app.id] = replace(slack.app, scopes=(*slack.app.scopes, "files:write"))
    slack.state.readings = replace(slack.state.readings, share_seconds=seconds)


def texts(slack: Workspace, ts: str) -> list[str]:
    """What the thread shows of the bot, in words: of a message, or of a file."""
    ours = [one for one in slack.messages("general", ts) if one.user == slack.app.bot_user_id]
    files = slack.state.contents
    return [files[one.files[0].id].decode() if one.files else shown(one) for one in ours]


def told_whole(slack: Workspace, ts: str) -> bool:
    """Tells whether the last edit of the answer has landed: of its last message."""
    return any("teleprinter.regenerate" in str(one.blocks) for one in slack.messages("general", ts))


async def test_the_rest_of_a_long_answer_is_a_file_in_its_thread_and_goes_with_it(
    slack: Workspace, start: Start
) -> None:
    let_upload(slack, seconds=0.2)
    async with start(Storyteller(LONG), file_after=2):
        ts = await slack.say("general", "ada", "@Teleprinter tell me everything")
        await slack.wait_for(lambda: told_whole(slack, ts))
        first, second, file = texts(slack, ts)
        assert second.endswith(f"*{notices.ANSWER_IN_FILE.english}*")
        assert re.findall(r"word\d+", f"{first} {second} {file}") == WORDS
        assert [call.error for call in slack.calls if call.error] == []
        last = slack.messages("general", ts)[-2]
        await slack.press("general", last.ts, "ada", "teleprinter.menu", value=f"delete {ts}")
        await slack.wait_for(lambda: not texts(slack, ts) and not slack.state.files)


async def test_code_that_is_too_long_to_be_read_in_messages_is_a_file_of_its_own(
    slack: Workspace, start: Start
) -> None:
    let_upload(slack)
    code = "".join(f"x{n} = call({n})\n" for n in range(3_000))
    async with start(Storyteller(f"Look:\n\n```python\n{code}```\n\n{DONE}"), file_after=20):
        ts = await slack.say("general", "ada", "@Teleprinter write it")
        await slack.wait_for(lambda: told_whole(slack, ts))
    first, second, file = texts(slack, ts)
    assert file == code
    assert len(re.findall(r"call\(", first + second)) < 1_500
    assert second.endswith(f"```\n\n*{notices.CODE_GOES_ON.english}*\n\n{DONE}")
    (shared,) = slack.state.files.values()
    assert (shared.name, shared.title) == (f"answer-{ts.replace('.', '-')}.1.py", "The whole code")


@pytest.mark.parametrize("way", ["no scope", "never shared"])
async def test_where_slack_takes_no_file_a_long_answer_goes_on_in_messages(
    slack: Workspace,
    start: Start,
    way: str,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    if_it_never_comes = {"no scope": lambda: None, "never shared": lambda: let_upload(slack, seconds=3_600.0)}
    if_it_never_comes[way]()
    monkeypatch.setattr(answer_files, "LOOKS", 2)
    async with start(Storyteller(f"{LONG}\n\n{DONE}"), file_after=2):
        ts = await slack.say("general", "ada", "@Teleprinter tell me everything")
        await slack.wait_for(lambda: any(DONE in one for one in texts(slack, ts)))
    assert re.findall(r"word\d+", " ".join(texts(slack, ts))) == WORDS
    assert notices.ANSWER_IN_FILE.english not in " ".join(texts(slack, ts))
    assert "answer_file.refused" in [one.getMessage() for one in caplog.records]
    assert slack.state.files == {}
