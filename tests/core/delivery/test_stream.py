"""An answer that is streamed: which call is next, and what is left of it when calls fail."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.core.conversation.answer_key import AnswerKey
from bot.core.conversation.deltas import ToolState, ToolStep, ToolUse
from bot.core.conversation.incoming import Kind, ThreadKey, TurnKey
from bot.core.delivery.charts import CHART_TOOL
from bot.core.delivery.controls import AnswerEnd
from bot.core.delivery.message_format import Capabilities
from bot.core.delivery.reply import Reply, ReplyState
from bot.core.delivery.segments import in_file
from bot.core.delivery.slack_calls import (
    BEGINNING,
    AppendStream,
    Post,
    StartStream,
    StopStream,
    StreamCall,
    Update,
)
from bot.core.delivery.stream import OLD, StreamedReply, open_reply
from bot.core.markdown.render.message_text import slack_markdown
from bot.core.markdown.split.capacity import STREAM_BYTES
from bot.language.catalogue import ENGLISH
from tests.core.markdown.documents import documents

if TYPE_CHECKING:
    from bot.core.delivery.slack_calls import Edit
    from bot.core.delivery.tool_cards import StreamPiece

ANSWER = AnswerKey(TurnKey(ThreadKey("T", "D", "1.0"), "1.0", "U", Kind.DIRECT))


def a_reply() -> StreamedReply:
    return StreamedReply(ANSWER, capabilities=Capabilities(streams=True))


@dataclass
class StreamingSlack:
    """Shows what it is told, and takes no edit of what still grows."""

    messages: dict[str, str] = field(default_factory=dict[str, str])
    growing: set[str] = field(default_factory=set[str])
    made: list[str] = field(default_factory=list[str])
    cards: dict[str, dict[str, tuple[str, str]]] = field(
        default_factory=dict[str, dict[str, tuple[str, str]]]
    )
    parts: dict[str, list[str]] = field(
        default_factory=dict[str, list[str]]
    )  # texts and cards, in their order

    def carry_out(self, call: object) -> str:
        match call:
            case Post() | StartStream():
                ts = f"{len(self.messages) + 2}.0"
                self.messages[ts] = call.body.text
                if isinstance(call, StartStream):
                    self.growing.add(ts)
                    self._grow(ts, call.pieces or (call.body.text,))
            case Update():
                assert call.ts not in self.growing
                ts, self.messages[call.ts] = call.ts, call.body.text
                if call.ts in self.cards:
                    self.cards[call.ts] = {}
            case AppendStream() | StopStream():
                assert call.ts in self.growing
                ts, self.messages[call.ts] = call.ts, self.messages[call.ts] + call.markdown
                self._grow(ts, call.pieces or (call.markdown,))
                if isinstance(call, StopStream):
                    self.growing.discard(ts)
            case _:
                raise AssertionError(f"not a call for an answer: {call}")
        self.made.append(call.method.removeprefix("chat."))
        return ts

    def _grow(self, ts: str, pieces: tuple[StreamPiece, ...]) -> None:
        cards, parts = self.cards.setdefault(ts, {}), self.parts.setdefault(ts, [])
        for piece in pieces:
            if piece == "":
                continue
            if not isinstance(piece, str):
                parts += [piece.id] if piece.id not in cards else []
                cards[piece.id] = piece.title, piece.status.value
            elif parts and parts[-1] not in cards:
                parts[-1] += piece
            else:
                parts.append(piece)

    def show(self, reply: Reply, now: float = 0.0) -> None:
        """Carries out all that is owed now."""
        while reply.wants and (call := reply.take(now)) is not None:
            reply.sent(call, self.carry_out(call))


def shown(*deltas: str, reply: StreamedReply | None = None) -> StreamingSlack:
    """What stands in Slack of an answer of which each delta is shown before the next comes."""
    slack, reply = StreamingSlack(), reply or a_reply()
    for delta in deltas:
        reply.feed(delta, 0.0)
        slack.show(reply)
    reply.end(0.0)
    slack.show(reply)
    assert reply.state is ReplyState.DONE
    return slack


def test_an_answer_begins_grows_and_ends() -> None:
    slack = shown("Bubbles rise ", "and fall ", "and rise.")
    assert slack.messages == {"2.0": "Bubbles rise and fall and rise."}
    assert slack.made == ["startStream", "appendStream", "appendStream", "stopStream"]


def test_an_answer_that_is_whole_before_its_first_call_is_posted() -> None:
    reply = a_reply()
    reply.feed("Four.", 0.0)
    reply.end(0.0)
    slack = StreamingSlack()
    slack.show(reply)
    assert (slack.made, slack.messages) == (["postMessage"], {"2.0": "Four."})


def test_what_may_still_change_is_not_streamed() -> None:
    reply, slack = a_reply(), StreamingSlack()
    reply.feed("It is **very", 0.0)
    slack.show(reply)
    assert slack.messages == {"2.0": "It is"}
    reply.feed(" wet** today", 0.0)
    slack.show(reply)
    assert slack.messages == {"2.0": "It is **very wet** "}


def test_a_streamed_answer_goes_on_in_a_file_and_its_message_waits_for_that() -> None:
    slack, reply = (
        StreamingSlack(),
        StreamedReply(ANSWER, capabilities=Capabilities(streams=True, file_after=1)),
    )
    reply.feed("Listen: ", 0.0)
    slack.show(reply)
    reply.feed("\n\n".join(f"word{number} " * 20 for number in range(300)), 0.5)
    slack.show(reply)
    assert slack.messages["2.0"].endswith(in_file(ENGLISH))
    reply.end(1.0)
    slack.show(reply)
    assert slack.growing == {"2.0"}
    reply.filed(2.0, kept=True)
    slack.show(reply)
    assert (slack.growing, reply.state) == (set(), ReplyState.DONE)
    assert slack.made == ["startStream", "appendStream", "stopStream"]


def test_a_streamed_answer_with_a_chart_is_edited_in_the_end() -> None:
    asked = (
        '{"kind": "bar", "title": "Sales", "categories": ["May"], "series": [{"name": "Tea", "values": [3]}]}'
    )
    slack, reply = StreamingSlack(), a_reply()
    reply.hear(ToolUse("a", CHART_TOOL, asked), 0.0)
    reply.feed("It falls. ", 0.0)
    slack.show(reply)
    reply.end(1.0)
    slack.show(reply)
    assert slack.made == ["startStream", "stopStream", "update"]
    assert slack.messages["2.0"].startswith("It falls.\n\n**Sales**\n\n|  | Tea |")


def test_what_comes_all_at_once_may_need_a_file_before_the_stream_ends() -> None:
    slack, reply = (
        StreamingSlack(),
        StreamedReply(ANSWER, capabilities=Capabilities(streams=True, file_after=1)),
    )
    reply.feed("Listen: ", 0.0)
    call = reply.take(0.0)
    assert isinstance(call, StartStream)
    reply.feed("\n\n".join(f"word{number} " * 20 for number in range(300)), 0.5)
    reply.end(1.0)
    reply.sent(call, slack.carry_out(call))
    assert reply.take(1.0) is None
    assert reply.owes_file


def test_half_a_word_waits_for_its_other_half() -> None:
    reply, slack = a_reply(), StreamingSlack()
    reply.feed("So is @he", 0.0)
    slack.show(reply)
    assert slack.messages == {"2.0": "So is "}


def test_code_is_streamed_line_by_line_and_closed_at_its_end() -> None:
    slack = shown("See:\n\n```py\nx = 1\n", "y = 2\n", "```\n\nDone. ", "Really.")
    assert slack.messages["2.0"] == "See:\n\n```py\nx = 1\ny = 2\n```\n\nDone. Really."
    assert set(slack.made) == {"startStream", "appendStream", "stopStream"}


def test_where_text_turns_out_otherwise_the_message_is_edited() -> None:
    slack = shown("Details and more. ", "They\n", "---\n\nfollow.")
    assert slack.messages == {"2.0": "## Details and more. They\n\nfollow."}
    assert slack.made == ["startStream", "appendStream", "stopStream", "update"]


def test_the_end_of_a_stream_brings_the_name_of_its_message_and_what_can_be_pressed() -> None:
    reply, slack = a_reply(), StreamingSlack()
    reply.feed("Bubbles rise ", 0.0)
    slack.show(reply)
    reply.end(0.0)
    call = reply.take(0.0)
    assert isinstance(call, StopStream)
    assert (call.last, call.marker) == (True, f"{ANSWER.marker}:0")
    assert call.body.controls is not None


def test_while_it_grows_nothing_can_be_pressed_that_could_not_be_taken_away() -> None:
    reply = a_reply()
    reply.feed("Bubbles rise ", 0.0)
    call = reply.take(0.0)
    assert isinstance(call, StartStream)
    assert (call.body.controls, call.reader) == (None, "U")


def tool(state: ToolState, name: str = "time: now", call: str = "a") -> ToolStep:
    return ToolStep(call, name, state)


def step(reply: StreamedReply, slack: StreamingSlack, state: ToolState, now: float = 1.0, **of: str) -> bool:
    """A tool has come so far, and what is owed then has landed. Returns whether its reader sees it."""
    shown = reply.show_step(tool(state, **of), now)
    slack.show(reply, now)
    return shown


def test_a_tool_is_a_card_between_what_was_said_before_it_and_after() -> None:
    reply, slack = a_reply(), StreamingSlack()
    reply.feed("Let me look.", 0.0)
    slack.show(reply)
    reply.feed("\n\n", 0.0)
    assert step(reply, slack, ToolState.STARTED)
    assert slack.cards == {"2.0": {"t1": ("time: now", "in_progress")}}
    assert step(reply, slack, ToolState.ENDED)
    reply.feed("It is seven. ", 2.0)
    slack.show(reply)
    assert slack.parts["2.0"] == ["Let me look.", "t1", "It is seven."]
    reply.end(3.0)
    slack.show(reply)
    assert slack.cards == {"2.0": {"t1": ("time: now", "complete")}}
    assert slack.made == ["startStream", "appendStream", "appendStream", "appendStream", "stopStream"]


def test_before_the_first_word_a_tool_begins_the_message() -> None:
    reply, slack = a_reply(), StreamingSlack()
    assert step(reply, slack, ToolState.ASKED)
    assert (slack.made, slack.cards) == (["startStream"], {"2.0": {"t1": ("time: now", "pending")}})
    step(reply, slack, ToolState.STARTED)
    step(reply, slack, ToolState.FAILED)
    reply.feed("\n\nIt does not tell. ", 2.0)
    reply.end(3.0)
    slack.show(reply)
    assert slack.parts == {"2.0": ["t1", "It does not tell."]}
    assert slack.cards == {"2.0": {"t1": ("time: now", "error")}}


def test_a_card_waits_for_its_first_call_no_longer_than_a_word_does() -> None:
    reply = a_reply()
    assert not reply.at_boundary
    reply.show_step(tool(ToolState.STARTED), 0.0)
    assert (reply.at_boundary, reply.wants, reply.method) == (True, True, StartStream.method)


def test_an_answer_that_ends_while_a_tool_is_at_work_leaves_no_card_that_waits() -> None:
    reply, slack = a_reply(), StreamingSlack()
    step(reply, slack, ToolState.STARTED)
    reply.end(2.0, end=AnswerEnd.STOPPED)
    slack.show(reply, 2.0)
    assert slack.cards == {"2.0": {"t1": ("time: now", "error")}}
    assert (slack.made, reply.state) == (["startStream", "stopStream"], ReplyState.DONE)


def test_an_answer_that_is_over_hears_of_no_tool() -> None:
    reply, slack = a_reply(), StreamingSlack()
    reply.feed("Bubbles rise ", 0.0)
    slack.show(reply)
    reply.end(1.0)
    assert not reply.show_step(tool(ToolState.STARTED), 1.0)


def test_a_message_that_is_full_closes_its_card_and_the_next_one_begins_it_again() -> None:
    reply, slack = a_reply(), StreamingSlack()
    step(reply, slack, ToolState.STARTED)
    reply.feed("At first it is wet. ", OLD + 1)
    slack.show(reply, OLD + 1)
    reply.feed("Then it is wet.\n\n", OLD + 2)
    slack.show(reply, OLD + 2)
    assert [list(cards.values()) for cards in slack.cards.values()] == [
        [("time: now", "complete")],
        [("time: now", "in_progress")],
    ]


@pytest.mark.parametrize(
    "words",
    ["It is ", "```py\nx = 1\n\n", "- See:\n  ```\n  x = 1\n\n"],
    ids=["in a sentence", "in code", "in code of a list"],
)
def test_inside_of_something_there_is_no_place_for_a_card(words: str) -> None:
    reply, slack = a_reply(), StreamingSlack()
    reply.feed(words, 0.0)
    slack.show(reply)
    assert not step(reply, slack, ToolState.STARTED)
    reply.feed("and on. ", 0.0)
    reply.feed("Then.\n\n", 0.0)
    step(reply, slack, ToolState.ENDED)
    assert slack.cards == {"2.0": {}}


def test_tools_that_were_quicker_than_the_next_call_stand_where_they_were_called() -> None:
    reply, slack = a_reply(), StreamingSlack()
    reply.feed("One. ", 0.0)
    slack.show(reply)
    for call, words in (("a", "Two.\n\n"), ("b", "Three.\n\n"), ("c", "")):
        reply.feed(words, 0.0)
        reply.show_step(tool(ToolState.STARTED, call=call), 0.0)
        reply.show_step(tool(ToolState.ENDED, call=call), 0.0)
    reply.feed("Four.", 0.0)
    reply.end(0.0)
    slack.show(reply)
    assert slack.parts == {"2.0": ["One. Two.", "t1", "Three.", "t2", "t3", "Four."]}
    assert set(slack.cards["2.0"].values()) == {("time: now", "complete")}


def test_a_card_that_would_come_to_stand_inside_of_something_is_left_out() -> None:
    reply, slack = a_reply(), StreamingSlack()
    reply.feed("1. One\n\n", 0.0)
    reply.show_step(tool(ToolState.STARTED), 0.0)
    reply.feed("   more of it. ", 0.0)
    slack.show(reply)
    reply.end(0.0)
    slack.show(reply)
    assert (slack.cards, slack.made) == ({"2.0": {}}, ["startStream", "stopStream"])


def test_what_goes_on_inside_of_what_stands_above_a_card_is_shown_by_an_edit() -> None:
    reply, slack = a_reply(), StreamingSlack()
    reply.feed("1. One\n\n", 0.0)
    step(reply, slack, ToolState.STARTED)
    reply.feed("   more of it. ", 1.0)
    slack.show(reply)
    reply.end(2.0)
    slack.show(reply)
    assert slack.messages == {"2.0": slack_markdown("1. One\n\n   more of it. ")}
    assert slack.made[-2:] == ["stopStream", "update"]


def test_lines_between_a_card_and_what_follows_wait_for_it() -> None:
    reply, slack = a_reply(), StreamingSlack()
    reply.feed("One.\n\n", 0.0)
    step(reply, slack, ToolState.STARTED)
    made = len(slack.made)
    reply.feed("\n\ntw", 1.0)
    slack.show(reply)
    assert len(slack.made) == made
    reply.feed("o. ", 1.0)
    slack.show(reply)
    assert slack.parts["2.0"] == ["One.", "t1", "two."]


def test_after_a_failure_what_a_tool_does_is_a_line_below_the_edits() -> None:
    reply, slack = a_reply(), StreamingSlack()
    step(reply, slack, ToolState.STARTED)
    reply.feed("Yes. ", 1.0)
    call = reply.take(1.0)
    assert call is not None
    reply.broken(call, growing=True)
    slack.show(reply, 2.0)
    assert slack.cards == {"2.0": {}}
    assert reply.show_step(tool(ToolState.ENDED), 3.0)


def test_a_refusal_for_the_rate_keeps_a_card_for_the_next_call() -> None:
    reply, slack = a_reply(), StreamingSlack()
    reply.show_step(tool(ToolState.STARTED), 0.0)
    call = reply.take(0.0)
    assert call is not None
    reply.refused(call, not_before=1.0)
    slack.show(reply, 1.0)
    assert slack.cards == {"2.0": {"t1": ("time: now", "in_progress")}}


def test_a_long_answer_goes_on_in_a_stream_of_its_own_before_slack_takes_no_more() -> None:
    text = " ".join(f"word{number:05d}" for number in range(2_000))
    slack = shown(*(text[at : at + 300] for at in range(0, len(text), 300)))
    assert [len(one.encode()) <= STREAM_BYTES for one in slack.messages.values()] == [True, True]
    assert " ".join(slack.messages.values()).split() == text.split()
    assert slack.made.count("startStream") == slack.made.count("stopStream") == 2


def test_what_is_long_in_bytes_turns_over_as_well() -> None:
    text = "水は泡立つ。" * 1_000
    slack = shown(*(text[at : at + 300] for at in range(0, len(text), 300)))
    assert [len(one.encode()) <= STREAM_BYTES for one in slack.messages.values()] == [True, True]
    assert "".join(slack.messages.values()) == text


def test_a_slow_answer_goes_on_in_a_stream_of_its_own_before_slack_ends_the_first() -> None:
    reply, slack = a_reply(), StreamingSlack()
    for now in (0.0, 100.0, OLD, OLD + 1):
        reply.feed(f"At {now:.0f} it is wet. ", now)
        slack.show(reply, now)
    assert list(slack.messages.values()) == [
        "At 0 it is wet. At 100 it is wet. At 225 it is",
        "wet. At 226 it is wet.",
    ]
    assert slack.made == ["startStream", "appendStream", "stopStream", "startStream", "appendStream"]


def test_a_refusal_for_the_rate_makes_the_next_call_longer() -> None:
    reply, slack = a_reply(), StreamingSlack()
    reply.feed("One ", 0.0)
    slack.show(reply)
    reply.feed("two ", 0.0)
    call = reply.take(0.0)
    assert call is not None
    reply.refused(call, not_before=1.0)
    reply.feed("three ", 0.0)
    call = reply.take(1.0)
    assert isinstance(call, AppendStream)
    assert call.markdown == " two three"


def test_a_call_that_may_have_been_carried_out_is_not_made_again() -> None:
    reply, slack = a_reply(), StreamingSlack()
    reply.feed("One ", 0.0)
    slack.show(reply)
    reply.feed("two ", 0.0)
    call = reply.take(0.0)
    assert call is not None
    slack.carry_out(call)
    reply.refused(call, not_before=1.0, unsure=True)
    reply.end(1.0)
    slack.show(reply, 1.0)
    assert (slack.messages, slack.made[-2:]) == ({"2.0": "One two"}, ["stopStream", "update"])


def test_a_start_whose_message_is_found_is_gone_on_with_by_edits() -> None:
    reply, slack = a_reply(), StreamingSlack()
    reply.feed("One ", 0.0)
    call = reply.take(0.0)
    assert call is not None
    ts = slack.carry_out(call)
    reply.refused(call, not_before=1.0, unsure=True)
    again = reply.take(1.0)
    assert isinstance(again, StartStream)
    reply.found(again, ts)
    reply.end(1.0)
    slack.show(reply, 1.0)
    assert (slack.messages, slack.growing) == ({"2.0": "One"}, set())


def test_a_workspace_without_streams_is_not_asked_again() -> None:
    may = Capabilities(streams=True)
    reply, slack = StreamedReply(ANSWER, capabilities=may), StreamingSlack()
    reply.feed("One ", 0.0)
    call = reply.take(0.0)
    assert call is not None
    reply.broken(call, growing=True, possible=False)
    slack.show(reply)
    assert slack.made == ["postMessage"]
    assert type(open_reply(ANSWER, capabilities=may)) is Reply


def test_an_answer_whose_stream_is_over_goes_on_in_the_same_message() -> None:
    reply, slack = a_reply(), StreamingSlack()
    reply.feed("One ", 0.0)
    slack.show(reply)
    reply.feed("two ", 0.0)
    call = reply.take(0.0)
    assert call is not None
    slack.growing.clear()
    reply.broken(call, growing=False)
    slack.show(reply)
    reply.end(0.0)
    last = reply.take(0.0)
    assert isinstance(last, Update)
    assert (last.marker, last.ts) == (f"{ANSWER.marker}:0", "2.0")
    reply.sent(last, slack.carry_out(last))
    assert (slack.messages, reply.state) == ({"2.0": "One two"}, ReplyState.DONE)


def test_a_message_that_slack_will_not_let_go_of_is_left_for_another() -> None:
    reply, slack = Reply(ANSWER, posted={0: "8.0"}), StreamingSlack({"8.0": "One"})
    reply.feed("One two ", 0.0)
    reply.end(0.0)
    for _ in range(5):
        edit = reply.take(0.0)
        assert isinstance(edit, Update)
        reply.broken(edit, growing=True)
        if reply.method == StopStream.method:
            end = reply.take(0.0)
            assert isinstance(end, StopStream)
            assert (end.markdown, end.last) == ("", False)
            reply.sent(end, end.ts)
    slack.show(reply)
    assert slack.messages == {"8.0": "One", "3.0": "One two"}


def test_where_no_stream_can_be_begun_the_answer_is_posted_and_edited() -> None:
    reply, slack = a_reply(), StreamingSlack()
    reply.feed("One ", 0.0)
    reply.spill()
    slack.show(reply)
    assert slack.made == ["postMessage"]


def test_where_a_stream_cannot_be_ended_in_time_its_last_words_are_added_before() -> None:
    reply, slack = a_reply(), StreamingSlack()
    reply.feed("One ", 0.0)
    slack.show(reply)
    reply.feed("two.", 0.0)
    reply.end(0.0)
    reply.spill()
    call = reply.take(0.0)
    assert isinstance(call, AppendStream)
    reply.sent(call, slack.carry_out(call))
    reply.spill()
    assert (slack.messages, reply.method) == ({"2.0": "One two."}, StopStream.method)
    slack.show(reply)
    assert reply.state is ReplyState.DONE


def test_after_it_has_gone_over_to_edits_it_spills_as_they_do() -> None:
    reply, slack = a_reply(), StreamingSlack()
    reply.feed("One two. ", 0.0)
    reply.spill()
    slack.show(reply)
    reply.feed("Three.", 0.0)
    reply.end(0.0)
    reply.spill()
    slack.show(reply)
    assert list(slack.messages.values()) == ["One two.", "Three."]


@pytest.mark.parametrize(
    ("kind", "may", "posted", "streams"),
    [
        pytest.param(Kind.DIRECT, Capabilities(streams=True), {}, True, id="a direct message"),
        pytest.param(Kind.MENTION, Capabilities(streams=True), {}, False, id="a channel, where others read"),
        pytest.param(Kind.DIRECT, Capabilities(), {}, False, id="the operator does not want it"),
        pytest.param(
            Kind.DIRECT, Capabilities(streams=True, block=False), {}, False, id="no Markdown is taken"
        ),
        pytest.param(
            Kind.DIRECT, Capabilities(streams=True), {0: "2.0"}, False, id="begun by another process"
        ),
    ],
)
def test_who_reads_decides_how_an_answer_is_shown(
    kind: Kind, may: Capabilities, posted: dict[int, str], *, streams: bool
) -> None:
    answer = AnswerKey(replace(ANSWER.turn, kind=kind))
    reply = open_reply(answer, capabilities=may, posted=posted)
    assert isinstance(reply, StreamedReply) is streams


OUTCOMES = ("taken", "taken", "taken", "limited", "lost", "unheard", "over", "refused")
"""What becomes of a call: `lost` was not carried out, `unheard` was, and nobody says so; `over`: the stream had ended before."""


def play(reply: Reply, slack: StreamingSlack, outcome: str) -> None:
    """The call that is owed, if any, and what Slack makes of it."""
    call = reply.take(0.0) if reply.wants else None
    if call is None:
        return
    if reply.unsure and isinstance(call, Post | StartStream) and slack.messages:
        reply.found(call, max(slack.messages, key=float))
    elif (call.method != Update.method) != (
        getattr(call, "ts", "") in slack.growing
    ) and call.method not in BEGINNING:
        reply.broken(call, growing=call.method == Update.method)
    else:
        answer(reply, slack, call, outcome)


def answer(reply: Reply, slack: StreamingSlack, call: Edit, outcome: str) -> None:
    """Tells the reply of a call that Slack may take, as `bot.delivery.edit_call` does."""
    if outcome == "limited":
        reply.refused(call, not_before=0.0)
    elif outcome in ("lost", "unheard"):
        if outcome == "unheard":
            slack.carry_out(call)
        reply.refused(call, not_before=0.0, unsure=True)
    elif outcome in ("over", "refused") and isinstance(call, StreamCall):
        over = outcome == "over" or (isinstance(call, StopStream) and not call.last)
        if over:
            slack.growing.clear()
        reply.broken(call, growing=not over)
    else:
        reply.sent(call, slack.carry_out(call))


@settings(max_examples=25)
@given(
    text=documents,
    cuts=st.lists(st.integers(4, 120), min_size=1),
    outcomes=st.lists(st.sampled_from(OUTCOMES), min_size=1, max_size=12),
    tools=st.lists(st.sampled_from([None, *ToolState]), min_size=1, max_size=8),
)
def test_whatever_fails_and_when_each_word_stands_there_once_and_in_its_place(
    text: str, cuts: list[int], outcomes: list[str], tools: list[ToolState | None]
) -> None:
    reply, slack = a_reply(), StreamingSlack()
    at = step = 0
    while at < len(text):
        size = cuts[step % len(cuts)]
        reply.feed(text[at : at + size], 0.0)
        if (state := tools[step % len(tools)]) is not None:
            reply.show_step(tool(state), 0.0)
        play(reply, slack, outcomes[step % len(outcomes)])
        at, step = at + size, step + 1
    reply.end(0.0)
    for outcome in [*outcomes, *["taken"] * 8]:
        play(reply, slack, outcome)
    assert reply.state in (ReplyState.DONE, ReplyState.THINKING)
    assert "".join(slack.messages.values()) == slack_markdown(text)
    assert slack.growing == set()
    assert {status for cards in slack.cards.values() for _, status in cards.values()} <= {"complete", "error"}
