"""One reply: the model's text in, edits out."""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from bot.core.conversation import notices
from bot.core.conversation.deltas import ToolState, ToolStep, ToolUse
from bot.core.delivery.charts import CHART_TOOL
from bot.core.delivery.controls import AnswerEnd, Controls
from bot.core.delivery.delivery import MOST_MESSAGES
from bot.core.delivery.message_format import Capabilities, Dialect
from bot.core.delivery.reply import Reply, ReplyState
from bot.core.delivery.segments import in_file, posted_parts, too_long
from bot.core.delivery.slack_calls import Post, Update
from bot.core.markdown.split.capacity import BLOCK_ROOM, TEXT_ROOM
from bot.language.catalogue import ENGLISH
from tests.fakes import an_answer

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.core.delivery.slack_calls import Edit

ANSWER = an_answer()


def a_reply(text: str = "") -> Reply:
    reply = Reply(ANSWER)
    reply.feed(text, 0.0)
    return reply


def take(reply: Reply, now: float = 0.0) -> Edit:
    edit = reply.take(now)
    assert edit is not None
    return edit


def show(reply: Reply, now: float = 0.0, ts: str = "2.0") -> Edit:
    """The call that is owed, landed; what is posted is `ts`."""
    edit = take(reply, now)
    reply.sent(edit, edit.ts if isinstance(edit, Update) else ts)
    return edit


def updated(edit: Edit) -> str:
    """The message that `edit` updates."""
    assert isinstance(edit, Update)
    return edit.ts


def test_the_first_words_are_posted() -> None:
    reply = a_reply("Bubbles")
    edit = take(reply)
    assert (edit.method, edit.body.text, edit.last) == ("chat.postMessage", "Bubbles", False)
    assert reply.state is ReplyState.WRITING


def test_white_space_alone_is_not_worth_a_message() -> None:
    reply = a_reply("\n ")
    assert reply.state is ReplyState.THINKING
    assert not reply.wants


def test_what_came_while_an_edit_was_in_flight_leaves_with_the_next() -> None:
    reply = a_reply("one")
    first = take(reply)
    reply.feed(" two", 1.0)
    reply.feed(" three", 2.0)
    assert not reply.wants
    reply.sent(first, "2.0")
    assert reply.timeline.unseen_since == 1.0
    assert take(reply).body.text == "one two three"


def test_a_refused_edit_is_never_sent_again_as_it_was() -> None:
    reply = a_reply("one")
    show(reply)
    reply.feed(" two", 1.0)
    refused = take(reply, 1.5)
    reply.feed(" three", 2.0)
    reply.refused(refused, not_before=9.0)
    assert reply.timeline.unseen_since == 1.0  # the reader has waited since then
    assert reply.timeline.not_before == 9.0
    assert take(reply).body.text == "one two three"


def test_a_refused_edit_is_owed_even_when_nothing_new_came() -> None:
    reply = a_reply("one")
    reply.refused(take(reply), not_before=1.0)
    assert reply.wants
    assert take(reply).body.text == "one"


def test_the_last_edit_is_owed_until_it_is_shown() -> None:
    reply = a_reply("one")
    show(reply)
    reply.feed(" two", 1.0)
    reply.end(2.0)
    assert reply.closing
    edit = take(reply)
    assert edit.last
    reply.refused(edit, not_before=3.0)
    assert reply.running
    show(reply)
    assert reply.state is ReplyState.DONE


def test_a_reply_whose_text_is_shown_when_the_model_ends_is_done_with_the_edit_that_takes_stop_away() -> None:
    reply = a_reply("one")
    assert show(reply).body.live
    reply.end(1.0)
    edit = show(reply)
    assert (edit.body.text, edit.last, edit.body.live) == ("one", True, False)
    assert reply.state is ReplyState.DONE


def test_a_reply_without_stop_whose_text_is_shown_when_the_model_ends_is_done_at_once() -> None:
    reply = Reply(ANSWER, capabilities=Capabilities(controls=False))
    reply.feed("one", 0.0)
    show(reply)
    reply.end(1.0)
    assert reply.state is ReplyState.DONE


def test_only_the_message_that_is_written_can_be_stopped() -> None:
    reply = a_reply("word " * 3000)
    assert show(reply, ts="2.0").body.controls is None
    reply.feed("more", 1.0)
    assert show(reply, ts="3.0").body.live
    reply.feed(" word" * 3000, 2.0)
    complete = show(reply, 2.0)
    assert (updated(complete), complete.body.controls) == ("3.0", None)


def test_a_message_says_what_its_answer_does_now_and_in_the_end_what_can_be_done_with_it() -> None:
    reply = Reply(ANSWER, former=["https://a"])
    reply.activity.read = 32
    reply.feed("one", 0.0)
    assert show(reply).body.controls == Controls(ANSWER.tag, None, line=notices.HAS_READ.fill(count=32))
    reply.activity.hear(ToolUse("1", "look", "{}"), 1.0)
    reply.feed(" two", 1.0)
    assert show(reply, 1.0).body.controls == Controls(ANSWER.tag, None, line=notices.USING_A_TOOL)
    reply.end(2.0, note="cut", end=AnswerEnd.CUT)
    assert show(reply, 2.0).body.controls == Controls(ANSWER.tag, AnswerEnd.CUT, former=("https://a",))


def test_what_it_does_now_is_worth_an_edit_of_its_own_once_there_is_a_message() -> None:
    reply = Reply(ANSWER)
    started = ToolStep("1", "time: convert_time", ToolState.STARTED)
    reply.activity.hear(started, 0.0)
    assert not reply.show_step(started, 0.0)
    reply.feed("Let me look.", 0.0)
    show(reply)
    assert not reply.wants
    reply.activity.hear(started, 1.0)
    assert reply.show_step(started, 1.0)
    assert reply.wants
    assert show(reply, 1.0).body.controls == Controls(
        ANSWER.tag, None, line=notices.USING.fill(tools="time: convert_time")
    )
    reply.end(2.0)
    assert not reply.show_step(started, 2.0)


def test_where_no_line_can_be_shown_none_is_owed() -> None:
    reply = Reply(ANSWER, capabilities=Capabilities(controls=False))
    reply.feed("Let me look.", 0.0)
    show(reply)
    assert not reply.show_step(ToolStep("1", "look", ToolState.STARTED), 1.0)
    assert not reply.wants


def test_words_of_our_own_have_nothing_to_press() -> None:
    reply = a_reply("Hello")
    reply.end(0.0, end=AnswerEnd.CLOSED)
    assert show(reply).body.controls is None


def test_an_answer_that_is_too_long_for_all_its_messages_can_be_asked_for_again_below_the_last() -> None:
    reply = a_reply("word\n\n---\n\n" * 1_000)
    shown = [show(reply, ts=f"{number}.0").body.controls for number in range(MOST_MESSAGES)]
    assert shown == [None] * (MOST_MESSAGES - 1) + [Controls(ANSWER.tag, AnswerEnd.WHOLE)]


def test_a_workspace_that_refuses_buttons_gets_the_block_without_them() -> None:
    capabilities = Capabilities()
    reply = Reply(ANSWER, capabilities=capabilities)
    reply.feed("**bold**", 0.0)
    reply.simplified(take(reply))
    body = show(reply).body
    assert (body.dialect, body.text, body.controls) == (Dialect.BLOCK, "**bold**", None)
    assert capabilities == Capabilities(block=True, controls=False)
    reply.end(1.0)
    assert reply.state is ReplyState.DONE


def test_a_model_that_says_nothing_owes_nothing() -> None:
    reply = a_reply()
    reply.end(1.0)
    assert reply.state is ReplyState.DONE


def test_an_edit_that_would_change_nothing_is_not_sent() -> None:
    reply = a_reply("one")
    show(reply)
    reply.feed("  \n", 1.0)
    assert reply.take(1.0) is None
    assert not reply.wants


def test_a_note_stands_below_the_answer_and_outside_its_code() -> None:
    reply = a_reply("```py\nx = 1")
    reply.end(1.0, note="*cut*")
    assert take(reply).body.text == "```py\nx = 1\n```\n\n*cut*"


def test_a_note_alone_is_a_whole_message() -> None:
    reply = a_reply()
    reply.end(1.0, note="⚠️ Sorry.")
    edit = show(reply)
    assert (edit.body.text, edit.last) == ("⚠️ Sorry.", True)
    assert reply.state is ReplyState.DONE


def test_a_lost_reply_takes_no_words_and_owes_nothing() -> None:
    reply = a_reply("one")
    take(reply)
    reply.lose()
    reply.feed(" two", 1.0)
    reply.end(2.0, note="x")
    assert reply.state is ReplyState.LOST
    assert not reply.wants
    assert not reply.running


def test_words_after_the_end_are_a_mistake() -> None:
    reply = a_reply("one")
    reply.end(1.0)
    with pytest.raises(ValueError, match="closing takes no more words"):
        reply.feed("two", 2.0)
    with pytest.raises(ValueError, match="cannot end again"):
        reply.end(2.0)


def test_an_edit_that_is_not_in_flight_cannot_land() -> None:
    reply = a_reply("one")
    edit = show(reply)
    with pytest.raises(ValueError, match="not in flight"):
        reply.sent(edit, "2.0")


def test_a_long_answer_goes_on_in_a_second_message() -> None:
    reply = a_reply("A sentence of some length. " * 500)
    first = show(reply, ts="2.0")
    assert first.last
    assert BLOCK_ROOM.fits(first.body.text)
    second = show(reply, ts="3.0")
    assert isinstance(second, Post)
    assert second.segment == 1
    reply.end(9.0)
    assert show(reply).body.text == second.body.text  # which takes Stop away
    assert f"{first.body.text} {second.body.text}" == ("A sentence of some length. " * 500).strip()
    assert reply.state is ReplyState.DONE


def test_code_that_is_cut_through_goes_on_as_code() -> None:
    reply = a_reply("```py\n" + "x = 1\n" * 3000)
    first = show(reply)
    second = show(reply)
    assert first.body.text.startswith("```py\nx = 1")
    assert first.body.text.endswith("x = 1\n```")
    assert second.body.text.startswith("```py\nx = 1")


def test_a_finished_part_is_never_touched_again() -> None:
    reply = a_reply("word " * 3000)
    show(reply, ts="2.0")
    show(reply, ts="3.0")
    reply.feed("more", 1.0)
    reply.end(1.0)
    assert updated(show(reply)) == "3.0"


def test_a_text_that_slack_finds_too_long_is_cut_shorter() -> None:
    reply = a_reply("word " * 3000)
    long = take(reply)
    reply.shortened(long)
    short = show(reply)
    assert len(short.body.text) <= 0.8 * 11_500 < len(long.body.text)
    assert short.last
    assert show(reply, ts="3.0").segment == 1


def test_what_is_too_long_even_then_is_said_in_mrkdwn() -> None:
    reply = a_reply("**word** " * 2000)
    reply.shortened(take(reply))
    reply.shortened(take(reply))
    edit = show(reply)
    assert edit.body.dialect is Dialect.TEXT
    assert edit.body.text.startswith("*word* *word*")
    assert TEXT_ROOM.fits(edit.body.text)


def test_a_long_block_that_is_refused_may_only_have_been_too_long() -> None:
    capabilities = Capabilities()
    reply = Reply(ANSWER, capabilities=capabilities)
    reply.feed("word " * 3000, 0.0)
    long = take(reply)
    reply.simplified(long)
    short = take(reply)
    assert short.body.dialect is Dialect.BLOCK
    assert len(short.body.text) < len(long.body.text)
    reply.simplified(short)
    assert show(reply).body.dialect is Dialect.TEXT
    assert capabilities.block


def test_a_workspace_that_refuses_the_block_gets_mrkdwn_and_is_remembered() -> None:
    capabilities = Capabilities()
    reply = Reply(ANSWER, capabilities=capabilities)
    reply.feed("**bold**", 0.0)
    reply.simplified(take(reply))  # it may only have been the buttons
    reply.simplified(take(reply))
    edit = show(reply)
    assert (edit.body.dialect, edit.body.text) == (Dialect.TEXT, "*bold*")
    assert not capabilities.block
    following = Reply(ANSWER, capabilities=capabilities)
    following.feed("**bold**", 0.0)
    assert take(following).body.dialect is Dialect.TEXT


def test_where_no_text_can_take_the_place_of_a_block_it_is_posted_anew() -> None:
    reply = a_reply("one")
    show(reply, ts="2.0")
    reply.feed(" two", 1.0)
    reply.simplified(take(reply))
    reply.simplified(take(reply))
    reply.simplified(take(reply))
    reply.end(2.0)
    assert isinstance(show(reply, ts="3.0"), Post)
    assert reply.state is ReplyState.DONE


TABLE = "Prices:\n\n| Item | Price |\n|---|---|\n| Tea | 3 |\n| Pot | 12 |\n\n"


def test_a_table_can_be_sorted_once_its_answer_is_whole() -> None:
    reply = a_reply(TABLE)
    assert show(reply).body.figures == ()
    reply.feed("That is all.", 1.0)
    reply.end(2.0)
    body = show(reply).body
    (table,) = body.figures
    assert body.text[table.start : table.end].startswith("| Item | Price |")
    assert reply.state is ReplyState.DONE


@pytest.mark.parametrize("refuse", [Reply.simplified, Reply.shortened], ids=["the blocks", "their size"])
def test_a_workspace_that_refuses_the_table_gets_it_as_text_with_the_same_buttons_from_then_on(
    refuse: Callable[[Reply, Edit], None],
) -> None:
    capabilities = Capabilities()
    reply = Reply(ANSWER, capabilities=capabilities)
    reply.feed(TABLE, 0.0)
    reply.end(1.0)
    refused = take(reply)
    refuse(reply, refused)
    body = show(reply).body
    assert (body.figures, body.text, body.controls) == ((), refused.body.text, refused.body.controls)
    assert capabilities == Capabilities(tables=False)
    following = Reply(ANSWER, capabilities=capabilities)
    following.feed(TABLE, 0.0)
    following.end(1.0)
    assert take(following).body.figures == ()


SALES = '{"kind": "bar", "title": "Sales", "categories": ["May"], "series": [{"name": "Tea", "values": [3]}]}'
FIGURES = "**Sales**\n\n|  | Tea |\n|---|---|\n| May | 3 |"


def with_a_chart(capabilities: Capabilities) -> Reply:
    """An answer whose model has asked for a chart, and has said all."""
    reply = Reply(ANSWER, capabilities=capabilities)
    reply.hear(ToolUse("a", CHART_TOOL, SALES), 0.0)
    reply.feed("It falls.", 0.0)
    reply.end(1.0, note="*Note.*")
    return reply


def test_a_chart_stands_below_the_words_of_its_answer_in_the_place_of_its_figures() -> None:
    body = take(with_a_chart(Capabilities())).body
    (chart,) = body.figures
    assert body.text == f"It falls.\n\n{FIGURES}\n\n*Note.*"
    assert body.text[chart.start : chart.end] == FIGURES
    assert chart.block["type"] == "data_visualization"


def test_a_workspace_that_refuses_charts_gets_their_figures() -> None:
    capabilities = Capabilities()
    reply = with_a_chart(capabilities)
    reply.simplified(take(reply))
    body = take(reply).body
    assert (body.figures, body.text) == ((), f"It falls.\n\n{FIGURES}\n\n*Note.*")
    assert capabilities == Capabilities(charts=False)


def test_where_blocks_are_not_taken_a_table_stays_text() -> None:
    reply = Reply(ANSWER, capabilities=Capabilities(block=False))
    reply.feed(TABLE, 0.0)
    reply.end(1.0)
    assert take(reply).body.figures == ()


PARAGRAPHS = "\n\n".join(f"word{number} " * 20 for number in range(300))
"""Five messages of text."""


def a_long_reply(text: str = PARAGRAPHS) -> Reply:
    reply = Reply(ANSWER, capabilities=Capabilities(file_after=2))
    reply.feed(text, 0.0)
    return reply


def shown_words(edits: list[Edit]) -> list[str]:
    return re.findall(r"word\d+", "".join(edit.body.text for edit in edits))


def test_while_the_rest_goes_into_a_file_the_last_message_stays_the_one_that_can_be_stopped() -> None:
    reply = a_long_reply()
    show(reply)
    last = show(reply, ts="3.0")
    assert last.body.text.endswith(in_file(ENGLISH))
    assert last.body.live
    assert not last.last
    assert not reply.feed("more", 1.0)
    assert not reply.wants
    assert reply.files() == []
    assert reply.state is ReplyState.WRITING


def test_the_last_edit_waits_for_the_file_that_it_tells_of() -> None:
    reply = a_long_reply()
    first, second = show(reply), show(reply, ts="3.0")
    reply.end(1.0, note="*Below.*")
    assert not reply.wants
    (file,) = reply.files()
    text = f"{first.body.text}{second.body.text}{file.content.decode()}"
    assert re.findall(r"word\d+", text) == re.findall(r"word\d+", PARAGRAPHS)
    assert file.title == notices.FILE_TITLE.english
    reply.filed(2.0, kept=True)
    end = show(reply)
    assert (end.segment, end.last, end.body.live) == (1, True, False)
    assert end.body.text.endswith(f"{in_file(ENGLISH)}\n\n*Below.*")
    assert (reply.state, reply.files()) == (ReplyState.DONE, [])


def test_the_file_waits_for_the_message_that_it_is_to_stand_below() -> None:
    reply = a_long_reply()
    reply.end(1.0)
    show(reply)
    assert reply.files() == []
    last = show(reply, ts="3.0")
    assert isinstance(last, Post)
    assert (last.last, last.body.live) == (False, True)
    assert not reply.wants
    assert reply.files() != []
    reply.filed(2.0, kept=True)
    assert isinstance(show(reply), Update)
    assert reply.state is ReplyState.DONE


def test_what_came_while_a_call_was_on_its_way_may_need_a_file_as_well() -> None:
    reply = Reply(ANSWER, capabilities=Capabilities(file_after=1))
    reply.feed("Listen: ", 0.0)
    edit = take(reply)
    reply.feed(PARAGRAPHS, 0.5)
    reply.end(1.0)
    reply.sent(edit, "2.0")
    assert reply.wants
    assert reply.take(2.0) is None
    assert reply.owes_file
    reply.filed(3.0, kept=True)
    assert show(reply).body.text.endswith(in_file(ENGLISH))


def test_where_slack_takes_no_file_the_answer_goes_on_in_messages_and_nothing_is_lost() -> None:
    reply = a_long_reply()
    edits = [show(reply)]
    show(reply, ts="3.0")
    reply.end(1.0)
    reply.filed(2.0, kept=False)
    edits += [show(reply, ts=f"{number}.0") for number in range(4, 8)]
    assert isinstance(edits[1], Update)
    assert shown_words(edits) == re.findall(r"word\d+", PARAGRAPHS)
    assert reply.state is ReplyState.DONE


def test_of_a_reply_that_is_gone_nothing_goes_into_a_file() -> None:
    reply = a_long_reply()
    show(reply)
    show(reply, ts="3.0")
    reply.lose()
    reply.end(1.0)
    assert reply.files() == []
    reply.filed(2.0, kept=True)
    assert reply.state is ReplyState.LOST


CODE = "x = call()\n" * 3_000


@pytest.mark.parametrize(("kept", "more"), [(True, 1), (False, 2)], ids=["taken", "refused"])
def test_long_code_goes_into_a_file_and_its_rest_into_messages_where_slack_takes_none(
    kept: bool, more: int
) -> None:
    reply = Reply(ANSWER, capabilities=Capabilities(file_after=20))
    reply.feed(f"Look:\n\n```python\n{CODE}```\n\nThat is all.", 0.0)
    reply.end(1.0, note="*Note.*")
    edits = [show(reply, ts=f"{number}.0") for number in range(2, 4)]
    (file,) = reply.files()
    assert (file.name, file.language, file.content) == ("answer-1-0.1.py", "python", CODE.encode())
    reply.filed(2.0, kept=kept)
    edits += [show(reply, ts=f"{number}.0") for number in range(4, 4 + more)]
    text = "".join(one.body.text for one in edits)
    assert "That is all." in text
    assert notices.CODE_GOES_ON.english in text
    assert (text.count("call()") < 3_000) is kept
    assert reply.state is ReplyState.DONE


def test_long_code_that_ends_with_the_answer_is_closed_and_told_of() -> None:
    reply = Reply(ANSWER, capabilities=Capabilities(file_after=20))
    reply.feed(f"```python\n{CODE}x = 1", 0.0)
    reply.end(1.0)
    text = "".join(show(reply, ts=f"{number}.0").body.text for number in range(2, 4))
    (file,) = reply.files()
    assert file.content.decode() == f"{CODE}x = 1\n"
    reply.filed(2.0, kept=True)
    text += show(reply, ts="4.0").body.text
    assert notices.CODE_GOES_ON.english in text


def test_an_answer_may_have_several_files() -> None:
    reply = Reply(ANSWER, capabilities=Capabilities(file_after=2))
    reply.feed(f"```js\n{CODE}```\n\n{PARAGRAPHS}", 0.0)
    reply.end(1.0)
    show(reply)
    show(reply, ts="3.0")
    assert [one.name for one in reply.files()] == ["answer-1-0.1.js", "answer-1-0.md"]
    reply.filed(2.0, kept=True)
    assert reply.awaits_file
    reply.filed(3.0, kept=True)
    show(reply)
    assert reply.state is ReplyState.DONE


def all_shown(reply: Reply, edits: list[Edit]) -> str:
    """The texts that its messages come to, as further edits show it to its end."""
    texts = {edit.segment: edit.body.text for edit in edits}
    while (edit := reply.take(9.0)) is not None:
        texts[edit.segment] = edit.body.text
        reply.sent(edit, edit.ts if isinstance(edit, Update) else f"{100 + edit.segment}.0")
    return "".join(texts[number] for number in sorted(texts))


@pytest.mark.parametrize(
    "kept", [(False, False), (False, True), (True, False)], ids=["neither", "the rest", "the code"]
)
def test_of_several_files_those_that_slack_does_not_take_go_on_in_messages(kept: tuple[bool, bool]) -> None:
    reply = Reply(ANSWER, capabilities=Capabilities(file_after=2))
    reply.feed(f"```js\n{CODE}```\n\n{PARAGRAPHS}", 0.0)
    reply.end(1.0, note="*Below.*")
    edits = [show(reply), show(reply, ts="3.0")]
    files = reply.files()
    reply.filed(2.0, kept=kept[0])
    assert reply.awaits_file
    reply.filed(3.0, kept=kept[1])
    text = all_shown(reply, edits) + "".join(
        one.content.decode() for one, is_kept in zip(files, kept, strict=True) if is_kept
    )
    assert set(re.findall(r"word\d+", text)) == set(re.findall(r"word\d+", PARAGRAPHS))
    assert text.count("call()") >= 3_000
    assert "*Below.*" in text
    assert reply.state is ReplyState.DONE


def test_code_that_slack_takes_no_file_of_goes_on_in_messages_where_there_are_few() -> None:
    reply = Reply(ANSWER, capabilities=Capabilities(file_after=2))
    reply.feed(f"```python\n{CODE}```\n\nThat is all.", 0.0)
    reply.end(1.0)
    edits = [show(reply), show(reply, ts="3.0")]
    [_] = reply.files()
    reply.filed(2.0, kept=False)
    assert all_shown(reply, edits).count("call()") == 3_000
    assert reply.state is ReplyState.DONE


def test_an_answer_without_end_fills_twenty_messages_and_says_so() -> None:
    reply = a_reply("word\n\n---\n\n" * 1_000)  # of the lines across a message takes 45
    shown = [show(reply, ts=f"{number}.0") for number in range(20)]
    assert shown[-1].body.text.endswith(too_long(ENGLISH))
    assert reply.state is ReplyState.FULL
    assert not reply.wants
    reply.feed("more", 1.0)
    reply.end(2.0)
    assert not reply.running


def test_only_the_one_who_asked_can_be_mentioned() -> None:
    reply = Reply(ANSWER, asker="U1")
    reply.feed("<@U1> and <@U2>", 0.0)
    assert take(reply).body.text == "<@U1> and &lt;@U2>"


def test_a_notification_is_the_beginning_in_plain_words() -> None:
    edit = take(a_reply("**one** `<two>`\n" * 1000))
    assert edit.body.fallback.startswith("one &lt;two&gt;")
    assert edit.body.fallback.endswith(" …")
    assert len(edit.body.fallback) < 3_000


def test_half_written_markdown_is_shown_as_if_it_were_whole() -> None:
    reply = a_reply("This is **bold")
    assert show(reply).body.text == "This is **bold**"
    reply.feed("**. See [the", 1.0)
    assert show(reply).body.text == "This is **bold**. See"


def test_held_back_words_are_not_lost_when_they_spill() -> None:
    reply = a_reply("See [the")
    assert show(reply).body.text == "See"
    reply.feed(" page](https://example.org).", 1.0)
    reply.end(2.0)
    reply.spill()
    assert show(reply, ts="3.0").body.text == "[the page](https://example.org)."


def test_what_an_edit_may_have_shown_whose_answer_was_lost_is_not_posted_again() -> None:
    reply = a_reply("one two ")
    show(reply)
    reply.feed("three", 1.0)
    reply.refused(take(reply, 1.0), not_before=1.0, unsure=True)
    reply.end(2.0)
    reply.spill()
    assert reply.method == "chat.update"


class TestResumed:
    def test_it_goes_on_in_the_messages_that_stand_there(self) -> None:
        reply = Reply(ANSWER, posted={0: "8.0"})
        reply.feed("one ", 0.0)
        edit = take(reply)
        assert (updated(edit), edit.body.text) == ("8.0", "one")
        assert reply.method == "chat.update"

    def test_before_its_readers_have_seen_as_much_again_nothing_is_sent(self) -> None:
        reply = Reply(ANSWER, posted={0: "8.0"}, seen=8)
        reply.feed("one ", 0.0)
        assert not reply.wants
        reply.feed("two three", 1.0)
        assert reply.wants

    def test_a_shorter_answer_is_sent_when_it_is_whole(self) -> None:
        reply = Reply(ANSWER, posted={0: "8.0", 1: "9.0"}, seen=800)
        reply.feed("one", 0.0)
        reply.end(1.0)
        assert updated(show(reply)) == "8.0"
        assert reply.state is ReplyState.DONE
        assert reply.parts.surplus == ["9.0"]
        assert reply.parts.messages == {"8.0"}

    def test_before_it_has_sent_anything_it_does_not_spill(self) -> None:
        reply = Reply(ANSWER, posted={0: "8.0"})
        reply.feed("one", 0.0)
        reply.end(1.0)
        reply.spill()
        assert reply.method == "chat.update"

    def test_where_a_message_for_the_rest_stands_already_it_does_not_spill(self) -> None:
        reply = Reply(ANSWER, posted={0: "8.0", 1: "9.0"})
        reply.feed("one ", 0.0)
        show(reply)
        reply.feed("two", 1.0)
        reply.end(2.0)
        reply.spill()
        assert updated(show(reply)) == "8.0"

    def test_a_second_message_is_gone_on_in_too(self) -> None:
        reply = Reply(ANSWER, posted={0: "8.0", 1: "9.0"})
        reply.feed("word " * 4000, 0.0)
        reply.end(1.0)
        assert [updated(show(reply)), updated(show(reply))] == ["8.0", "9.0"]
        assert reply.parts.surplus == []


def test_a_part_that_was_given_a_new_message_stands_in_the_newest() -> None:
    marked = [("0", "1.0"), ("1", "2.0"), ("0.1", "3.0"), ("0.10", "5.0"), ("0.2", "4.0")]
    assert posted_parts(marked) == {0: "5.0", 1: "2.0"}


@pytest.mark.parametrize("refuse", [Reply.shortened, Reply.simplified], ids=["too long", "no block"])
def test_a_refusal_without_end_gives_the_reply_up(refuse: object) -> None:
    reply = a_reply("word " * 2000)
    for _ in range(40):
        if reply.running:
            refuse(reply, take(reply))  # type: ignore[operator]
    assert reply.state is ReplyState.LOST


def test_a_message_that_takes_no_edit_is_followed_by_the_whole_text_in_a_new_one() -> None:
    reply = a_reply("one")
    show(reply, ts="2.0")
    reply.feed(" two", 1.0)
    reply.moved(take(reply))
    reply.feed(" three", 2.0)
    assert not reply.wants  # in between there is nothing that could be edited
    reply.end(3.0)
    edit = show(reply, ts="3.0")
    assert (edit.method, edit.body.text) == ("chat.postMessage", "one two three")
    assert reply.state is ReplyState.DONE


def test_a_post_whose_answer_was_lost_is_unsure_until_one_lands() -> None:
    reply = a_reply("one")
    reply.refused(take(reply), not_before=1.0, unsure=True)
    assert reply.unsure
    show(reply)
    assert not reply.unsure


def test_a_post_that_was_found_is_updated_with_what_came_meanwhile() -> None:
    reply = a_reply("one")
    reply.refused(take(reply), not_before=1.0, unsure=True)
    reply.feed(" two", 1.0)
    reply.found(take(reply), "7.0")
    assert not reply.unsure
    edit = show(reply)
    assert (updated(edit), edit.body.text) == ("7.0", "one two")


def test_what_spills_leaves_what_can_be_pressed_to_be_taken_away_afterwards() -> None:
    reply = a_reply("one two")
    show(reply)
    reply.feed(" three", 1.0)
    reply.end(1.0)
    reply.spill()
    assert show(reply, 1.0, ts="3.0").body.text == "three"
    assert [(left.ts, left.body.text, left.body.controls) for left in reply.leftovers] == [
        ("2.0", "one two", None)
    ]


def test_where_only_stop_would_go_with_the_last_edit_there_is_nothing_to_spill() -> None:
    reply = a_reply("one two")
    show(reply)
    reply.end(1.0)
    reply.spill()
    assert reply.take(1.0) is None
    assert reply.state is ReplyState.DONE
    offered = Controls(ANSWER.tag, AnswerEnd.WHOLE)
    assert [(left.ts, left.body.text, left.body.controls) for left in reply.leftovers] == [
        ("2.0", "one two", offered)
    ]


def test_what_no_edit_can_carry_in_time_goes_into_a_message_of_its_own() -> None:
    reply = a_reply("one two thr")
    show(reply, ts="2.0")
    reply.feed("ee four", 1.0)
    reply.end(2.0)
    reply.spill()
    edit = show(reply, ts="3.0")
    assert (edit.method, edit.body.text) == (
        "chat.postMessage",
        "three four",
    )  # a word that was cut through is said whole
    assert reply.state is ReplyState.DONE


LINES = "x = call()\n" * 2_000


def test_words_that_go_into_a_file_alone_make_nothing_due() -> None:
    reply = Reply(ANSWER, capabilities=Capabilities(file_after=20))
    assert reply.feed(f"```\n{LINES}", 0.0)
    assert not reply.feed("x = call()\n" * 10, 1.0)


def test_code_that_spills_goes_on_as_code() -> None:
    reply = a_reply("```py\nx = 1\n")
    show(reply)
    reply.feed("y = 2\n```", 1.0)
    reply.end(2.0)
    reply.spill()
    assert show(reply).body.text == "```py\ny = 2\n```"


def test_a_single_word_that_grew_spills_as_a_whole() -> None:
    reply = a_reply("Spark")
    show(reply)
    reply.feed("ling", 1.0)
    reply.end(2.0)
    reply.spill()
    assert show(reply).body.text == "Sparkling"


@pytest.mark.parametrize("state", ["unposted", "writing", "in flight"])
def test_only_a_last_edit_spills(state: str) -> None:
    reply = a_reply("one ")
    show(reply) if state != "unposted" else None
    reply.feed("two", 1.0)
    take(reply) if state == "in flight" else None
    reply.end(2.0) if state != "writing" else None
    before = reply.method
    reply.spill()
    assert reply.method == before
    assert reply.parts.current.number == 0


def test_what_has_left_counts_as_shown_only_once_it_has_landed() -> None:
    reply = a_reply("one")
    edit = take(reply)
    assert reply.parts.current.shown == ""
    reply.sent(edit, "2.0")
    assert reply.parts.current.shown == "one"


def test_what_no_answer_came_to_is_not_known_to_be_shown() -> None:
    reply = a_reply("one")
    show(reply)
    reply.feed(" two", 1.0)
    reply.refused(take(reply), not_before=2.0, unsure=True)
    assert reply.parts.current.shown == ""


def test_its_next_message_will_stand_behind_the_question_and_behind_its_newest_one() -> None:
    reply = Reply(an_answer("9.0"))
    assert reply.since == "9.0"
    reply.feed("word " * 3000, 0.0)
    show(reply, ts="10.0")
    assert reply.since == "10.0"


@pytest.mark.parametrize(
    ("before", "text", "sooner"),
    [
        ("", "S", True),
        ("S", "ure", False),
        ("S", "ure, ", True),
        ("one two ", "three ", False),
        ("one two ", "three. ", True),
    ],
    ids=["the first letter", "half a word", "a whole word", "a further word", "the end of a sentence"],
)
def test_a_delta_tells_whether_something_may_be_due_sooner(before: str, text: str, sooner: bool) -> None:
    reply = a_reply(before)
    assert reply.feed(text, 1.0) is sooner


def test_the_first_delta_after_a_call_may_be_due_sooner_and_the_next_only_makes_it_longer() -> None:
    reply = a_reply("one ")
    show(reply)
    assert [reply.feed("two ", 1.0), reply.feed("three ", 2.0)] == [True, False]


def test_while_a_call_is_in_flight_a_delta_makes_nothing_due_sooner() -> None:
    reply = a_reply("one ")
    take(reply)
    assert not reply.feed("two. ", 1.0)


def test_first_words_may_pause_behind_a_word_and_later_ones_behind_a_sentence() -> None:
    reply = a_reply("S")
    assert not reply.at_boundary
    reply.feed("ure, ", 0.1)
    assert reply.at_boundary
    show(reply)
    assert not reply.at_boundary
    reply.feed("gladly. ", 0.2)
    assert reply.at_boundary


class AnyRhythm(RuleBasedStateMachine):
    """Whatever the order of deltas, answers and failures: what Slack shows in the end is all that was written."""

    @initialize()
    def begin(self) -> None:
        self.now = 0.0
        self.reply = Reply(ANSWER)
        self.written = ""
        self.slack: dict[str, str] = {}
        self.controls: dict[str, Controls | None] = {}  # what stands below each message
        self.in_flight: Edit | None = None
        self.spilled = False

    @rule()
    def wait(self) -> None:
        self.now += 1

    @rule(
        text=st.text("ab \n", max_size=30)
        | st.sampled_from(["```\n", "word " * 1500, "<!channel> ", "# head\n"])
    )
    @precondition(lambda self: self.reply.state in (ReplyState.THINKING, ReplyState.WRITING))
    def say(self, text: str) -> None:
        self.now += 1
        self.reply.feed(text, self.now)
        self.written += text

    @rule()
    @precondition(lambda self: self.reply.state in (ReplyState.THINKING, ReplyState.WRITING))
    def end(self) -> None:
        self.reply.end(self.now)

    @rule()
    @precondition(lambda self: self.reply.wants)
    def leave(self) -> None:
        self.in_flight = self.reply.take(self.now)

    @rule()
    @precondition(lambda self: self.reply.wants)
    def spill(self) -> None:
        before = self.reply.method
        self.reply.spill()
        self.spilled = self.spilled or self.reply.method != before

    @rule()
    @precondition(lambda self: self.in_flight is not None)
    def land(self) -> None:
        edit, self.in_flight = self.in_flight, None
        assert edit is not None
        ts = edit.ts if isinstance(edit, Update) else f"{len(self.slack)}"
        self.slack[ts], self.controls[ts] = edit.body.text, edit.body.controls
        self.reply.sent(edit, ts)

    @rule()
    @precondition(lambda self: self.in_flight is not None)
    def fail(self) -> None:
        edit, self.in_flight = self.in_flight, None
        assert edit is not None
        self.reply.refused(edit, not_before=self.now)

    @invariant()
    def nothing_is_too_long(self) -> None:
        assert all(map(BLOCK_ROOM.fits, self.slack.values()))

    @invariant()
    def where_nothing_spilled_only_the_newest_message_can_be_pressed(self) -> None:
        pressable = [ts for ts, controls in self.controls.items() if controls is not None]
        assert self.spilled or pressable in ([], list(self.slack)[-1:])

    def teardown(self) -> None:
        if self.in_flight is not None:
            self.land()
        if self.reply.state in (ReplyState.THINKING, ReplyState.WRITING):
            self.end()
        while self.reply.wants:
            self.leave()
            if self.in_flight is not None:
                self.land()
        assert self.reply.state is ReplyState.DONE
        shown, written = _letters("".join(self.slack.values())), _letters(self.written)
        # What spills may say the word again that it would have cut through; nothing is ever missing.
        assert shown == written or (self.spilled and _within(written, shown))
        self.take_away_what_was_left(shown)

    def take_away_what_was_left(self, shown: str) -> None:
        """No edit of these is needed for a word, and with them all that can be pressed stands below the newest message."""
        for update in self.reply.leftovers:
            self.slack[update.ts], self.controls[update.ts] = update.body.text, update.body.controls
        over = Controls(ANSWER.tag, AnswerEnd.WHOLE)
        left = [one for one in self.controls.values() if one is not None]
        assert left == ([over] if self.slack else [])
        after, written = _letters("".join(self.slack.values())), _letters(self.written)
        assert _within(after, shown)
        assert _within(written, after)


def _within(part: str, whole: str) -> bool:
    """Whether `part` is left when some letters of `whole` are taken out."""
    letters = iter(whole)
    return all(letter in letters for letter in part)


def _letters(text: str) -> str:
    """The text without what rendering may add or drop: space, fences, and what breaks a token."""
    return "".join(c for c in html.unescape(text) if c not in " \n`#\\\u2060")


TestAnyRhythm = AnyRhythm.TestCase
TestAnyRhythm.settings = settings(max_examples=60, stateful_step_count=30, deadline=None)
