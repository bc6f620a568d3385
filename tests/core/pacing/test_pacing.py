"""Whose edit goes next, and when."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.delivery.reply import Reply
from bot.core.delivery.slack_calls import Post, Update
from bot.core.pacing.budget import Budget, Budgets
from bot.core.pacing.pacing import LONGEST_OPENING, NEVER, WORD, Crowd, Pacing
from bot.core.pacing.rhythm import Rhythm
from tests.fakes import an_answer

if TYPE_CHECKING:
    from bot.core.delivery.delivery import Delivery

BUSY = Rhythm(
    spare=0.0, recent=0.0, steady=0.0
)  # nothing kept for those who have not asked yet: easier to count


def a_pacing(*replies: Reply, updates: int = 50, posts: int = 50, rhythm: Rhythm = BUSY) -> Pacing:
    makers = {Update.method: lambda: Budget(updates, 60), Post.method: lambda: Budget(posts, 60)}
    pacing = Pacing(Budgets(makers), rhythm)
    for reply in replies:
        pacing.add(reply, 0.0)
    return pacing


def unposted(since: float = 0.0, text: str = "word ") -> Reply:
    reply = Reply(an_answer())
    reply.feed(text, since)
    return reply


def posted(
    now: float = 0.0, *, unseen_since: float | None = None, edits: int = 0, more: str = " more"
) -> Reply:
    """A reply that was posted at `now` and edited so often since, all at once."""
    reply = unposted(now)
    for n in range(1 + edits):
        reply.feed(f" {n} ", now)
        edit = reply.take(now)
        assert edit is not None
        reply.sent(edit, "2.0")
    if unseen_since is not None:
        reply.feed(more, unseen_since)
    return reply


def due(pacing: Pacing, now: float) -> Delivery | None:
    return pacing.survey(now)[0]


def wake_at(pacing: Pacing, now: float) -> float:
    return pacing.survey(now)[1]


def spend(budget: Budget, count: int, now: float = 0.0) -> None:
    for _ in range(count):
        budget.leave()
        budget.answered(now)


class TestFirstWords:
    def test_they_leave_at_once(self) -> None:
        reply = unposted()
        assert due(a_pacing(reply), 0.0) is reply

    def test_they_wait_a_little_for_a_whole_word(self) -> None:
        reply = unposted(1.0, "S")
        pacing = a_pacing(reply)
        assert due(pacing, 1.0) is None
        assert wake_at(pacing, 1.0) == 1.0 + WORD
        reply.feed("ure, ", 1.1)
        assert due(pacing, 1.1) is reply

    def test_where_it_is_crowded_they_wait_for_more_but_never_long(self) -> None:
        crowd = [unposted(0.0) for _ in range(60)]
        pacing = a_pacing(*crowd)
        assert due(pacing, 0.0) is None
        assert 0.0 < wake_at(pacing, 0.0) <= LONGEST_OPENING

    def test_they_are_paid_from_another_budget_than_edits(self) -> None:
        reply = unposted()
        pacing = a_pacing(reply, posts=1)
        spend(pacing.updates, 49)
        assert pacing.budget(reply) is pacing.budgets.of(Post.method, "C")
        assert due(pacing, 1.0) is reply
        spend(pacing.budgets.of(Post.method, "C"), 1)
        assert due(pacing, 1.0) is None
        assert wake_at(pacing, 1.0) == 60.0


class TestEditsInBetween:
    def test_they_keep_their_distance(self) -> None:
        reply = posted(0.0, unseen_since=0.1)
        pacing = a_pacing(reply)
        first = BUSY.gap(0, left=BUSY.horizon, share=48.0)
        assert due(pacing, 0.8 * first) is None
        assert due(pacing, first) is reply

    def test_where_a_sentence_has_just_ended_they_may_leave_a_little_earlier(self) -> None:
        open_end, closed = posted(0.0, unseen_since=0.1), posted(0.0, unseen_since=0.1, more=" more.")
        when = 0.9 * BUSY.first
        assert due(a_pacing(open_end), when) is None
        assert wake_at(a_pacing(open_end), when) == pytest.approx(BUSY.first)
        assert due(a_pacing(closed), when) is closed

    def test_the_reader_who_has_waited_longest_goes_first(self) -> None:
        late, early = posted(0.0, unseen_since=2.0), posted(0.0, unseen_since=1.0)
        assert due(a_pacing(late, early), 9.0) is early

    def test_they_leave_a_slot_for_every_last_edit(self) -> None:
        one, other = posted(0.0, unseen_since=0.1), posted(0.0)
        pacing = a_pacing(one, other, updates=10)
        spend(pacing.updates, 8)
        assert due(pacing, 9.0) is None
        assert wake_at(pacing, 9.0) == 60.0
        one.end(9.0)
        assert due(pacing, 9.0) is one

    def test_some_slots_are_kept_for_whoever_asks_next(self) -> None:
        reply = posted(0.0, unseen_since=0.1)
        pacing = a_pacing(reply, updates=10, rhythm=Rhythm(spare=3.0))
        spend(pacing.updates, 6)
        assert due(pacing, 9.0) is None

    def test_who_is_likely_to_be_over_sooner_has_its_share_sooner(self) -> None:
        old, young = posted(0.0, edits=1), posted(5.0, edits=1)
        for reply in (old, young):
            reply.feed(" more", 5.0)
        old.timeline.sent_at = 5.0
        pacing = a_pacing(old, young, updates=6)
        assert due(pacing, 6.8) is old
        old.timeline.not_before = 99.0
        assert due(pacing, 6.8) is None

    def test_how_long_answers_last_is_learned_and_spreads_the_edits(self) -> None:
        def gap_after(seconds: float) -> float:
            pacing = a_pacing(reply := posted(0.0, unseen_since=0.1), updates=10)
            for _ in range(20):
                over = posted(0.0)
                pacing.add(over, 0.0)
                over.end(seconds)
                pacing.remove(over)
            return wake_at(pacing, 0.1) - reply.timeline.sent_at

        assert gap_after(4.0) < gap_after(8.0) < gap_after(40.0)

    def test_who_has_had_its_share_takes_only_what_nobody_else_can_want(self) -> None:
        greedy, others = posted(0.0, unseen_since=0.1, edits=5), [posted(0.0) for _ in range(4)]
        pacing = a_pacing(greedy, *others, updates=20)
        spend(pacing.updates, 14)
        assert due(pacing, 9.0) is None
        modest = posted(0.0, unseen_since=0.2)
        pacing.replies[1] = modest
        assert due(pacing, 9.0) is modest

    def test_with_more_replies_than_slots_an_idle_budget_still_moves(self) -> None:
        replies = [posted(0.0, unseen_since=0.1) for _ in range(6)]
        assert due(a_pacing(*replies, updates=4), 9.0) is not None


class TestLastEdits:
    def test_they_do_not_keep_their_distance(self) -> None:
        reply = posted(0.0, unseen_since=0.1)
        reply.end(0.2)
        assert due(a_pacing(reply), 0.2) is reply

    def test_they_go_before_first_words_and_those_before_edits_in_between(self) -> None:
        between, first, last = posted(0.0, unseen_since=1.0), unposted(2.0), posted(0.0, unseen_since=3.0)
        last.end(3.0)
        pacing = a_pacing(between, first, last)
        assert due(pacing, 9.0) is last
        last.take(9.0)
        assert due(pacing, 9.0) is first
        first.take(9.0)
        assert due(pacing, 9.0) is between

    def test_one_that_can_be_had_soon_is_waited_for(self) -> None:
        reply = posted(0.0, unseen_since=0.1)
        pacing = a_pacing(reply, updates=1)
        spend(pacing.updates, 1, now=0.5)
        reply.end(60.0)
        assert due(pacing, 60.0) is None
        assert reply.method == Update.method
        assert wake_at(pacing, 60.0) == 60.5

    @pytest.mark.parametrize("why", ["used up", "429"])
    def test_when_none_can_be_had_in_time_the_rest_is_posted(self, why: str) -> None:
        reply = posted(0.0, unseen_since=0.1, more="and the end")
        pacing = a_pacing(reply, updates=5)
        spend(pacing.updates, 5) if why == "used up" else pacing.updates.leave()
        pacing.updates.limited(1.0, 30.0) if why == "429" else None
        reply.end(2.0)
        assert due(pacing, 2.0) is reply
        assert pacing.budget(reply) is pacing.budgets.of(Post.method, "C")
        edit = reply.take(2.0)
        assert edit is not None
        assert (edit.method, edit.body.text) == ("chat.postMessage", "and the end")

    def test_what_is_in_flight_is_waited_for(self) -> None:
        reply = posted(0.0, unseen_since=0.1)
        reply.take(1.0)
        reply.end(2.0)
        pacing = a_pacing(reply, updates=1)
        spend(pacing.updates, 1)
        assert due(pacing, 2.0) is None
        assert reply.method == Update.method


def test_with_nothing_to_say_there_is_nothing_to_wait_for() -> None:
    pacing = a_pacing(posted())
    assert due(pacing, 0.0) is None
    assert wake_at(pacing, 0.0) == NEVER
    assert wake_at(a_pacing(), 0.0) == NEVER


def test_after_a_failure_a_reply_waits_its_time() -> None:
    reply = unposted()
    edit = reply.take(0.0)
    assert edit is not None
    reply.refused(edit, not_before=4.0)
    pacing = a_pacing(reply)
    assert due(pacing, 3.9) is None
    assert wake_at(pacing, 0.0) == 4.0


def test_who_is_gone_is_not_waited_for_and_not_shared_with() -> None:
    gone, here = posted(0.0, unseen_since=0.1), posted(0.0, unseen_since=0.2)
    pacing = a_pacing(gone, here)
    pacing.remove(gone)
    assert due(pacing, 9.0) is here


@given(
    st.lists(st.tuples(st.floats(0, 10), st.booleans()), min_size=1, max_size=20),
    st.floats(10, 20),
    st.integers(1, 50),
)
def test_choosing_and_waking_agree_and_last_edits_never_wait_behind_others(
    states: list[tuple[float, bool]], now: float, used: int
) -> None:
    replies = [posted(0.0, unseen_since=since) for since, _ in states]
    for reply, (_, ends) in zip(replies, states, strict=True):
        reply.end(now) if ends else None
    pacing = a_pacing(*replies)
    spend(pacing.updates, used, now)
    chosen = due(pacing, now)
    assert (chosen is None) == (wake_at(pacing, now) > now)
    assert any(ends for _, ends in states) <= (chosen is not None and chosen.closing)


class TestElsewhere:
    def test_the_replies_of_other_replicas_have_their_last_edits_kept_too(self) -> None:
        reply = posted(unseen_since=0.1)
        pacing = a_pacing(reply, updates=5)
        spend(pacing.updates, 1)
        assert due(pacing, 9.0) is reply
        pacing.elsewhere = Crowd(running=4)
        assert due(pacing, 9.0) is None
        assert pacing.slots(reply, 9.0) == 5

    def test_a_last_edit_needs_its_own_slot_only(self) -> None:
        reply = posted(unseen_since=0.1)
        pacing = a_pacing(reply)
        pacing.elsewhere = Crowd(running=4)
        reply.end(1.0)
        assert pacing.slots(reply, 9.0) == 1

    def test_who_had_its_share_leaves_slots_for_all_who_may_still_want_one(self) -> None:
        greedy = posted(edits=30, unseen_since=0.1)
        pacing = a_pacing(greedy)
        pacing.elsewhere = Crowd(running=10, to_go=1000.0)
        assert pacing.slots(greedy, 9.0) == 1 + 11 + 11

    def test_what_others_have_to_know_of_ours(self) -> None:
        rhythm = Rhythm(horizon=10.0, again=0.5, recent=0.5)
        pacing = a_pacing(posted(edits=2), unposted(), rhythm=rhythm)
        assert pacing.crowd(0.0) == Crowd(running=2, to_go=20.0, coming=1.0)
        assert pacing.crowd(100.0) == Crowd(running=2, to_go=100.0, coming=0.0)
