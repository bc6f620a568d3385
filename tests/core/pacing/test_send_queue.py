"""Which of all running replies comes next."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from bot.core.delivery.reply import Reply
from bot.core.pacing.send_queue import NEVER, Lane, PriorityQueue, QueuedReply, SendQueue
from tests.fakes import an_answer

if TYPE_CHECKING:
    from collections.abc import Sequence

CHANNEL = Lane(closing=False, posts=True, channel="C")


def an_entry(number: int, since: float = 0.0) -> QueuedReply:
    reply = Reply(an_answer())
    reply.feed("word ", since)
    return QueuedReply(reply, number, lean=0.5)


MOVES = st.lists(st.tuples(st.integers(0, 5), st.none() | st.integers(0, 9)), max_size=60)


@given(MOVES, st.integers(0, 9))
def test_a_queue_is_what_a_sorted_list_is(moves: Sequence[tuple[int, int | None]], now: int) -> None:
    entries, queue, plain = [an_entry(n) for n in range(6)], PriorityQueue(), dict[int, int]()
    for number, key in moves:
        if key is None:
            queue.discard(entries[number])
            plain.pop(number, None)
        else:
            queue.push(key, entries[number])
            plain[number] = key
        first = min(((each, n) for n, each in plain.items()), default=None)
        assert queue.peek() == ((first[0], entries[first[1]]) if first else (NEVER, None))
    due = sorted((key, number) for number, key in plain.items() if key <= now)
    assert [entry.number for entry in queue.until(now)] == [number for _, number in due]


def test_in_a_lane_the_reader_goes_first_who_has_waited_longest() -> None:
    queue, late, early = SendQueue(), an_entry(0, since=2.0), an_entry(1, since=1.0)
    for entry in (late, early):
        queue.place(entry, timer=None)
    assert list(queue.heads()) == [(CHANNEL, 1.0, early)]
    assert queue.first(CHANNEL) is early


def test_a_reply_stands_in_one_place() -> None:
    queue, entry = SendQueue(), an_entry(0)
    queue.place(entry, timer=None)
    queue.place(entry, timer=5.0)
    assert list(queue.heads()) == []
    assert queue.timers.peek() == (5.0, entry)
    queue.discard(entry)
    assert queue.timers.peek() == (NEVER, None)


def test_a_channel_is_shared_where_another_post_waits_there() -> None:
    queue, one, other = SendQueue(), an_entry(0), an_entry(1)
    queue.place(one, timer=1.0)
    assert not queue.is_shared("C", one)
    assert queue.is_shared("C", other)
    queue.discard(one)
    assert not queue.is_shared("C", other)


class CountingReply(Reply):
    """Counts how often it is asked to go on by posting."""

    asked = 0

    def spill(self) -> None:
        self.asked += 1


def test_a_last_edit_is_asked_once_to_go_on_by_posting() -> None:
    queue, reply = SendQueue(), CountingReply(an_answer())
    reply.feed("word ", 0.0)
    begun = reply.take(0.0)
    assert begun is not None
    reply.sent(begun, "2.0")
    reply.end(1.0)
    queue.place(QueuedReply(reply, 0, lean=0.5), timer=None)
    queue.spill(but=0)
    queue.spill(but=0)
    assert (queue.last_edits, reply.asked) == (1, 1)
