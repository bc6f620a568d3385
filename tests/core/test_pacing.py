"""Whose edit goes next, and when."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.budget import Budget
from bot.core.events import ThreadKey
from bot.core.pacing import NEVER, Pacing, Rhythm
from bot.core.reply import Reply


def a_pacing(*replies: Reply, updates: int = 50, posts: int = 50, rhythm: Rhythm | None = None) -> Pacing:
    posting = Budget(posts, 60)
    return Pacing(Budget(updates, 60), lambda _: posting, rhythm or Rhythm(), list(replies))


def unposted(since: float = 0.0) -> Reply:
    reply = Reply(ThreadKey("T", "C", "1.0"))
    reply.feed("word ", since)
    return reply


def posted(now: float = 0.0, *, unseen_since: float | None = None) -> Reply:
    reply = unposted(now)
    edit = reply.take(now)
    assert edit is not None
    reply.sent(edit, "2.0")
    if unseen_since is not None:
        reply.feed(" more", unseen_since)
    return reply


def spend(budget: Budget, count: int) -> None:
    for _ in range(count):
        budget.leave()
        budget.answered(0.0)


def test_first_words_leave_at_once() -> None:
    reply = unposted()
    assert a_pacing(reply).choose(0.0) is reply


def test_the_first_post_waits_a_little_for_a_whole_word() -> None:
    reply = Reply(ThreadKey("T", "C", "1.0"))
    reply.feed("S", 1.0)
    pacing = a_pacing(reply)
    assert pacing.choose(1.0) is None
    assert pacing.wake_at(1.0) == 1.25
    reply.feed("ure, ", 1.1)
    assert pacing.choose(1.1) is reply


def test_with_nothing_to_say_there_is_nothing_to_wait_for() -> None:
    pacing = a_pacing(posted())
    assert pacing.choose(0.0) is None
    assert pacing.wake_at(0.0) == NEVER


def test_edits_in_between_keep_their_distance() -> None:
    reply = posted(0.0, unseen_since=0.1)
    pacing = a_pacing(reply, rhythm=Rhythm(first=0.5))
    assert pacing.choose(0.4) is None
    assert pacing.wake_at(0.1) == 0.5
    assert pacing.choose(0.5) is reply


def test_the_last_edit_does_not_keep_its_distance() -> None:
    reply = posted(0.0, unseen_since=0.1)
    reply.end(0.2)
    assert a_pacing(reply).choose(0.2) is reply


def test_edits_come_further_apart_as_they_add_up_and_as_more_replies_run() -> None:
    rhythm = Rhythm(first=0.5, growth=2.0, most=3.0, alone=2.0)
    assert [rhythm.gap(n, running=1) for n in (1, 2, 3, 4, 99)] == [0.5, 1.0, 2.0, 3.0, 3.0]
    assert rhythm.gap(1, running=8) == 2.0


def test_the_reader_who_has_waited_longest_goes_first() -> None:
    late, early = posted(0.0, unseen_since=2.0), posted(0.0, unseen_since=1.0)
    assert a_pacing(late, early).choose(5.0) is early


def test_last_edits_go_before_first_words_and_those_before_edits_in_between() -> None:
    between, first, last = posted(0.0, unseen_since=1.0), unposted(2.0), posted(0.0, unseen_since=3.0)
    last.end(3.0)
    pacing = a_pacing(between, first, last)
    assert pacing.choose(9.0) is last
    last.take(9.0)
    assert pacing.choose(9.0) is first
    first.take(9.0)
    assert pacing.choose(9.0) is between


def test_an_edit_in_between_leaves_a_slot_for_every_last_edit() -> None:
    one, other = posted(0.0, unseen_since=0.1), posted(0.0)
    pacing = a_pacing(one, other, updates=10)
    spend(pacing.updates, 8)
    assert pacing.choose(9.0) is None
    assert pacing.wake_at(9.0) == 60.0
    one.end(9.0)
    assert pacing.choose(9.0) is one


def test_with_more_replies_than_slots_an_idle_budget_still_moves() -> None:
    replies = [posted(0.0, unseen_since=0.1) for _ in range(6)]
    pacing = a_pacing(*replies, updates=4, rhythm=Rhythm(first=0.1))
    assert pacing.choose(9.0) is not None


def test_posts_are_paid_from_another_budget_than_edits() -> None:
    reply = unposted()
    pacing = a_pacing(reply, posts=1)
    spend(pacing.updates, 50)
    assert pacing.choose(0.0) is reply
    spend(pacing.posts("C"), 1)
    assert pacing.choose(0.0) is None
    assert pacing.wake_at(0.0) == 60.0


def test_after_a_failure_a_reply_waits_its_time() -> None:
    reply = unposted()
    edit = reply.take(0.0)
    assert edit is not None
    reply.refused(edit, not_before=4.0)
    pacing = a_pacing(reply)
    assert pacing.choose(3.9) is None
    assert pacing.wake_at(0.0) == 4.0


@pytest.mark.parametrize("edits", [0, 1, 10_000])
def test_the_gap_is_always_a_time(edits: int) -> None:
    assert 0 < Rhythm().gap(edits, running=1) <= Rhythm().most


@given(st.lists(st.tuples(st.floats(0, 10), st.booleans()), min_size=1, max_size=20), st.floats(10, 20))
def test_nothing_ready_is_left_behind_and_nothing_early_is_sent(
    states: list[tuple[float, bool]], now: float
) -> None:
    """`choose` and `wake_at` agree: what may leave is chosen, and else there is a time to wake."""
    replies = [posted(0.0, unseen_since=since) for since, _ in states]
    for reply, (_, ends) in zip(replies, states, strict=True):
        reply.end(now) if ends else None
    pacing = a_pacing(*replies)
    chosen = pacing.choose(now)
    assert (chosen is None) == (pacing.wake_at(now) > now)
    assert any(ends for _, ends in states) <= (chosen is not None and chosen.closing)
