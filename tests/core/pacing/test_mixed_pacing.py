"""Answers that are edited and answers that are streamed, planned beside each other."""

from __future__ import annotations

from bot.core.conversation.answer_key import AnswerKey
from bot.core.conversation.incoming import Kind, ThreadKey, TurnKey
from bot.core.delivery.message_format import Capabilities
from bot.core.delivery.reply import Reply
from bot.core.delivery.slack_calls import AppendStream, StartStream, StopStream, Update
from bot.core.delivery.stream import StreamedReply
from bot.core.pacing.budget import START_LIMIT, workspace_budgets
from bot.core.pacing.edit_spacing import EditSpacing
from bot.core.pacing.mixed_pacing import MixedPacing

NOW = 1.0


def a_pacing() -> MixedPacing:
    return MixedPacing(workspace_budgets())


def answer(number: int) -> AnswerKey:
    return AnswerKey(TurnKey(ThreadKey("T", f"D{number}", "1.0"), "1.0", "U", Kind.DIRECT))


def streamed(pacing: MixedPacing, number: int = 0, *, text: str = "word ") -> StreamedReply:
    """An answer that wants to begin its stream."""
    reply = StreamedReply(answer(number), capabilities=Capabilities(streams=True))
    pacing.add(reply, 0.0)
    reply.feed(text, 0.0)
    return reply


def spend(pacing: MixedPacing, method: str, times: int) -> None:
    for _ in range(times):
        pacing.budgets.of(method, "").leave()
        pacing.budgets.of(method, "").answered(0.0)


def begin(reply: StreamedReply, now: float = 0.0) -> None:
    call = reply.take(now)
    assert isinstance(call, StartStream)
    reply.sent(call, "2.0")


def test_no_edit_waits_for_a_stream_and_no_stream_for_an_edit() -> None:
    pacing = a_pacing()
    spend(pacing, Update.method, 50)
    reply = streamed(pacing)
    assert pacing.survey(NOW)[0] is reply
    assert pacing.budget(reply) is pacing.budgets.of(StartStream.method, "")
    assert pacing.slots(reply, NOW) == 1


def test_edits_are_surveyed_where_no_stream_is_due() -> None:
    pacing, edited = a_pacing(), Reply(answer(1))
    pacing.add(edited, 0.0)
    edited.feed("word ", 0.0)
    assert pacing.survey(3.0)[0] is edited


def test_where_as_many_have_begun_as_slack_allows_the_next_is_posted_at_once() -> None:
    pacing = a_pacing()
    spend(pacing, StartStream.method, START_LIMIT)
    reply = streamed(pacing)
    assert pacing.survey(NOW)[0] is reply
    assert reply.method == "chat.postMessage"
    assert pacing.survey(NOW)[0] is reply


def test_a_stream_begins_only_where_it_can_be_ended() -> None:
    pacing = a_pacing()
    spend(pacing, StopStream.method, 19)
    first = streamed(pacing, 1)
    begin(first)
    second = streamed(pacing, 2)
    pacing.survey(NOW)
    assert (first.method, second.method) == (AppendStream.method, "chat.postMessage")


def test_what_is_no_stream_any_more_is_paced_with_the_edits() -> None:
    pacing = a_pacing()
    reply = streamed(pacing)
    begin(reply)
    reply.feed("and more ", 0.5)
    call = reply.take(NOW)
    assert call is not None
    reply.broken(call, growing=False)
    pacing.survey(NOW)
    assert list(pacing.edits.replies) == [reply]
    assert list(pacing.streams.replies) == []
    pacing.remove(reply)
    assert list(pacing.edits.replies) == []


def test_appends_are_spread_over_their_own_budget() -> None:
    pacing = MixedPacing(workspace_budgets(), EditSpacing())
    reply = streamed(pacing)
    begin(reply)
    reply.feed("and more ", 0.1)
    due, wake = pacing.survey(0.1)
    assert due is None
    assert 0.2 < wake < 1.0


def test_the_end_of_a_stream_that_cannot_be_had_in_time_is_told_before() -> None:
    pacing = a_pacing()
    reply = streamed(pacing)
    begin(reply)
    spend(pacing, StopStream.method, 21)
    reply.feed("and more.", 0.5)
    reply.end(0.5)
    pacing.survey(NOW)
    assert reply.method == AppendStream.method


def test_a_stream_that_another_process_has_left_is_ended_by_the_budget_of_streams_and_then_edited() -> None:
    pacing, reply = a_pacing(), Reply(answer(1), posted={0: "8.0"})
    pacing.add(reply, 0.0)
    reply.feed("One two. ", 0.0)
    edit = reply.take(0.0)
    assert edit is not None
    reply.broken(edit, growing=True)
    assert pacing.survey(NOW)[0] is reply
    assert list(pacing.streams.replies) == [reply]
    end = reply.take(NOW)
    assert isinstance(end, StopStream)
    reply.sent(end, end.ts)
    assert pacing.survey(NOW + 10)[0] is reply
    assert list(pacing.edits.replies) == [reply]
    assert pacing.updates is pacing.budget(reply)
