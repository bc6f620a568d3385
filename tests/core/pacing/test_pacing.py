"""Whose edit goes next, and when."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.delivery.reply import Reply
from bot.core.delivery.slack_calls import Post, Update
from bot.core.pacing.budget import Budget, Budgets
from bot.core.pacing.edit_spacing import EditSpacing
from bot.core.pacing.pacing import APART, LOOK, WORD, Crowd, Pacing
from bot.core.pacing.send_queue import NEVER
from tests.fakes import an_answer

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.core.delivery.delivery import Delivery
    from bot.core.delivery.slack_calls import Edit

CALM = EditSpacing(newcomers=0.0, ends=0.0)  # nothing kept for those who have not asked yet: easier to count


def a_pacing(*replies: Delivery, updates: int = 50, posts: int = 50, schedule: EditSpacing = CALM) -> Pacing:
    makers = {Update.method: lambda: Budget(updates, 60), Post.method: lambda: Budget(posts, 60)}
    pacing = Pacing(Budgets(makers), schedule)
    for reply in replies:
        pacing.add(reply, 0.0)
    return pacing


def unposted(since: float = 0.0, text: str = "word ", *, channel: str = "C") -> Reply:
    reply = Reply(an_answer(channel=channel))
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
        crowd = [unposted(0.0, channel=f"C{n}") for n in range(60)]
        pacing = a_pacing(*crowd)
        assert due(pacing, 0.0) is None
        assert due(pacing, 0.9 * CALM.late) is None
        assert due(pacing, CALM.late) is crowd[0]

    def test_they_wait_less_as_soon_as_it_is_no_longer_crowded(self) -> None:
        crowd = [unposted(0.0, channel=f"C{n}") for n in range(60)]
        pacing = a_pacing(*crowd)
        assert wake_at(pacing, 0.0) == LOOK
        for reply in crowd[1:]:
            pacing.remove(reply)
        assert due(pacing, LOOK) is crowd[0]

    def test_where_others_wait_in_the_same_channel_they_wait_for_no_more(self) -> None:
        crowd = [unposted(0.0) for _ in range(60)]
        assert due(a_pacing(*crowd), 0.0) is crowd[0]

    def test_nor_does_the_first_wait_for_more_once_another_waits_in_its_channel(self) -> None:
        crowd = [unposted(0.0, channel=f"C{n}") for n in range(60)]
        pacing = a_pacing(*crowd)
        assert due(pacing, 0.0) is None
        pacing.add(unposted(0.1, channel="C7"), 0.1)
        assert due(pacing, 0.1) is crowd[7]

    def test_nor_where_somebody_was_just_answered_there(self) -> None:
        crowd = [unposted(0.0, channel=f"C{n}") for n in range(60)]
        pacing = a_pacing(*crowd)
        spend(pacing.budget(crowd[7]), 1)
        assert due(pacing, 0.0) is crowd[7]

    def test_they_are_paid_from_another_budget_than_edits(self) -> None:
        reply = unposted()
        pacing = a_pacing(reply, posts=1)
        spend(pacing.updates, 50)
        assert pacing.budget(reply) is pacing.budgets.of(Post.method, "C")
        assert due(pacing, 3.0) is reply
        spend(pacing.budgets.of(Post.method, "C"), 1)
        assert due(pacing, 1.0) is None
        assert wake_at(pacing, 1.0) == 60.0


class TestEditsInBetween:
    def test_they_keep_their_distance(self) -> None:
        reply = posted(0.0, unseen_since=0.1)
        pacing = a_pacing(reply, updates=10)
        assert wake_at(pacing, 0.1) == pytest.approx(0.1 + LOOK)
        assert due(pacing, 0.7) is None
        assert due(pacing, 1.0) is reply

    def test_however_much_is_left_they_keep_a_least_distance(self) -> None:
        pacing = a_pacing(reply := posted(0.0, unseen_since=0.1), updates=1000)
        assert due(pacing, 0.99 * CALM.least) is None
        assert due(pacing, CALM.least) is reply

    def test_where_a_sentence_has_just_ended_they_may_leave_a_little_earlier(self) -> None:
        open_end, closed = posted(0.0, unseen_since=0.1), posted(0.0, unseen_since=0.1, more=" more.")
        when = 0.9 * CALM.least
        assert due(a_pacing(open_end, updates=1000), when) is None
        assert wake_at(a_pacing(open_end, updates=1000), when) == pytest.approx(CALM.least)
        assert due(a_pacing(closed, updates=1000), when) is closed

    def test_where_it_ends_while_they_wait_they_may_leave_at_once(self) -> None:
        pacing = a_pacing(reply := posted(0.0, unseen_since=0.1), updates=1000)
        when = 0.9 * CALM.least
        assert due(pacing, when) is None
        reply.feed(" more.", when)
        assert due(pacing, when) is reply

    def test_they_are_slowed_down_where_less_is_left_than_there_was(self) -> None:
        pacing = a_pacing(reply := posted(0.0, unseen_since=0.1), updates=30)
        assert due(pacing, 0.4) is reply
        for _ in range(12):
            pacing.add(posted(0.4), 0.4)
        assert due(pacing, 0.4) is None
        assert wake_at(pacing, 0.4) == pytest.approx(0.4 + LOOK)

    def test_with_many_replies_each_is_looked_at_less_often(self) -> None:
        pacing = a_pacing(*(posted(0.0, unseen_since=0.1) for _ in range(100)), updates=300)
        assert wake_at(pacing, 0.1) == pytest.approx(0.1 + 100 * APART)

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

    def test_some_is_kept_for_whoever_asks_next(self) -> None:
        wakes = []
        for schedule in (CALM, EditSpacing()):
            pacing = a_pacing(reply := posted(0.0, unseen_since=0.1), updates=12, schedule=schedule)
            times = (0.1 + n / 20 for n in range(200))
            wakes.append(next(now for now in times if due(pacing, now) is reply))
        assert wakes[0] < wakes[1]

    def test_how_long_answers_last_is_learned_and_spreads_the_edits(self) -> None:
        def gap_after(seconds: float) -> float:
            pacing = a_pacing(updates=10)
            for _ in range(20):
                pacing.add(over := posted(0.0), 0.0)
                over.end(seconds)
                pacing.remove(over)
            pacing.add(reply := posted(0.0, unseen_since=0.1), 0.0)
            times = (n / 20 for n in range(1000))
            return next(now for now in times if due(pacing, now) is reply)

        assert gap_after(4.0) < gap_after(8.0) < gap_after(40.0)

    def test_who_goes_on_for_much_longer_than_was_likely_is_edited_even_so(self) -> None:
        pacing = a_pacing(updates=12)
        for _ in range(100):
            pacing.add(over := posted(0.0), 0.0)
            over.end(0.3)
            pacing.remove(over)
        crowd = [posted(0.0) for _ in range(9)]
        for one in (reply := posted(0.0, unseen_since=0.1), *crowd):
            pacing.add(one, 0.0)
        assert any(due(pacing, n / 10) is reply for n in range(100))

    def test_who_waits_until_its_channel_takes_a_post_leaves_them_to_the_others(self) -> None:
        def gap_where(spent: int) -> float:
            pacing = a_pacing(reply := posted(0.0, unseen_since=0.1), updates=20, posts=1)
            spend(pacing.budgets.of(Post.method, "B"), spent)
            for _ in range(8):
                pacing.add(Reply(an_answer(channel="B")), 0.0)
            times = (n / 20 for n in range(200))
            return next(now for now in times if due(pacing, now) is reply)

        assert gap_where(spent=1) < gap_where(spent=0)

    def test_with_more_replies_than_slots_there_are_none_and_last_edits_may_have_any(self) -> None:
        replies = [posted(0.0, unseen_since=0.1) for _ in range(6)]
        pacing = a_pacing(*replies, updates=4)
        assert due(pacing, 9.0) is None
        replies[0].end(9.0)
        assert due(pacing, 9.0) is replies[0]


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

    def test_of_several_only_so_many_are_waited_for_as_can_be_had_in_time(self) -> None:
        replies = [posted(0.0, unseen_since=0.1 * n) for n in range(1, 4)]
        pacing = a_pacing(*replies, updates=9)
        spend(pacing.updates, 2, now=1.0)
        spend(pacing.updates, 7, now=30.0)
        for reply in replies:
            reply.end(59.0)
        assert due(pacing, 59.0) is replies[2]
        assert [reply.method for reply in replies] == [Update.method, Update.method, Post.method]

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
        pacing = a_pacing(reply, updates=6)
        spend(pacing.updates, 1)
        assert due(pacing, 9.0) is reply
        pacing.elsewhere = Crowd(running=4)
        assert due(pacing, 9.0) is None
        assert pacing.slots(reply, 9.0) == 6

    def test_a_last_edit_needs_its_own_slot_only(self) -> None:
        reply = posted(unseen_since=0.1)
        pacing = a_pacing(reply)
        pacing.elsewhere = Crowd(running=4)
        reply.end(1.0)
        assert pacing.slots(reply, 9.0) == 1

    def test_the_seconds_that_others_write_are_shared_with(self) -> None:
        reply = posted(unseen_since=0.1)
        pacing = a_pacing(reply, updates=20)
        assert due(pacing, 1.0) is reply
        pacing.elsewhere = Crowd(running=3, to_go=100.0)
        assert due(pacing, 1.0) is None

    def test_those_who_ask_there_are_expected_too(self) -> None:
        reply = posted(unseen_since=0.1)
        pacing = a_pacing(reply, updates=20, schedule=EditSpacing())
        assert due(pacing, 2.0) is reply
        pacing.elsewhere = Crowd(coming=1.0)
        assert due(pacing, 2.0) is None

    def test_what_others_have_to_know_of_ours(self) -> None:
        pacing = a_pacing(posted(edits=2), unposted())
        crowd = pacing.crowd(0.0)
        assert (crowd.running, crowd.coming) == (2, pacing.load.askers(0.0))
        assert crowd.to_go == pytest.approx(2 * pacing.load.typical, abs=0.01)
        assert pacing.crowd(100.0).to_go == pytest.approx(2 * CALM.again * 100.0)


class PlainPacing(Pacing):
    """The same rule, the plain way: looks at all replies each time, and remembers only which of them is due and when to look again."""

    def __init__(self, budgets: Budgets, schedule: EditSpacing) -> None:
        super().__init__(budgets, schedule)
        self.look_at: dict[Delivery, float] = {}  # of those that have something to send; -inf where it is due

    def survey(self, now: float) -> tuple[Delivery | None, float]:
        self.load.look(now)
        self._guess_changed(now)
        self._a_second = self._share(now)
        self.place_changed(now)
        last_at = self.updates.free_at(now, urgent=True)
        lasts = [each for each in self.look_at if each.closing and each.method == Update.method]
        patience = self.schedule.patience
        in_time = (
            self.updates.left(now, urgent=True, within=(patience,))[0] if last_at <= now + patience else 0
        )
        for reply in sorted(lasts, key=self.rank)[max(0, in_time) :]:
            reply.spill()
        self.place_changed(now)
        between_at = self.updates.free_at(now, slots=1 + self._kept(now))
        gate = {reply: self.gate(reply, now, last_at, between_at) for reply in self.replies}
        for reply in self.replies:
            if -NEVER < self.look_at.get(reply, NEVER) <= now and (
                gate[reply] <= now or not self.is_between(reply)
            ):
                self.place(reply, now)
        due = self.due(gate, now)
        while (first := due(self.is_between)) and self._due_at(self._entries[first], now) > now:
            self.place(first, now)
        wakes = (
            max(at, gate[reply] if at == -NEVER or self.is_between(reply) else -NEVER)
            for reply, at in self.look_at.items()
        )
        return due(lambda _: True), min(wakes, default=NEVER)

    def due(
        self, gate: dict[Delivery, float], now: float
    ) -> Callable[[Callable[[Delivery], bool]], Delivery | None]:
        """Who goes first of those that are due, and such."""

        def first(is_such: Callable[[Delivery], bool]) -> Delivery | None:
            due = [
                each
                for each, at in self.look_at.items()
                if at == -NEVER and gate[each] <= now and is_such(each)
            ]
            return min(due, key=self.rank, default=None)

        return first

    def remove(self, reply: Delivery) -> None:
        self.look_at.pop(reply, None)
        super().remove(reply)

    def place_changed(self, now: float) -> None:
        while self._changed:
            self.place(self._changed.popitem()[0].reply, now)

    def is_between(self, reply: Delivery) -> bool:
        return reply.method != Post.method and not reply.closing

    def place(self, reply: Delivery, now: float) -> None:
        self.look_at.pop(reply, None)
        super()._place(self._entries[reply], now)  # who waits for a channel is counted there
        if reply.wants:
            at, not_before = self._due_at(self._entries[reply], now), reply.timeline.not_before
            at = (
                max(min(at, now + max(LOOK, APART * len(self.replies))), not_before)
                if not_before <= now < at
                else max(at, not_before)
            )
            self.look_at[reply] = at if at > now else -NEVER

    def gate(self, reply: Delivery, now: float, last_at: float, between_at: float) -> float:
        if reply.method == Post.method:
            return self.budget(reply).free_at(now)
        return last_at if reply.closing else between_at

    def rank(self, reply: Delivery) -> tuple[bool, bool, float, int]:
        times = reply.timeline
        since = times.sent_at if times.unseen_since is None else times.unseen_since
        return (not reply.closing, reply.method != Post.method, since, self._entries[reply].number)


EVENTS = st.lists(
    st.tuples(
        st.sampled_from(["asks", "writes", "writes", "writes", "ends", "lands", "lands", "fails", "limited"]),
        st.integers(0, 7),
        st.sampled_from([0.0, 0.01, 0.1, 0.3, 1.0, 4.0]),
    ),
    max_size=80,
)


class Side:
    """A pacing, and the calls under way that it let leave."""

    def __init__(self, pacing: Pacing) -> None:
        self.pacing = pacing
        self.replies: list[Reply] = []
        self.flying: list[tuple[Reply, Edit, Budget]] = []

    def meet(self, event: str, number: int, now: float) -> None:
        reply = self.replies[number % len(self.replies)] if self.replies else None
        if event == "asks":
            self.replies.append(Reply(an_answer(f"{len(self.replies)}.0", channel=f"C{number % 3}")))
            self.pacing.add(self.replies[-1], now)
        elif event == "writes" and reply is not None and reply.writing:
            reply.feed("word. " if number % 2 else "wo", now)
        elif event == "ends" and reply is not None and reply.writing:
            reply.end(now)
        elif event in {"lands", "fails", "limited"} and self.flying:
            self.answer(event, *self.flying.pop(number % len(self.flying)), now)
        for over in [each for each in self.replies if not each.running]:
            self.replies.remove(over)
            self.pacing.remove(over)

    def answer(self, event: str, reply: Reply, edit: Edit, budget: Budget, now: float) -> None:
        if event == "lands":
            budget.taken(now)
            reply.sent(edit, f"{edit.segment + 2}.0")
        else:
            budget.limited(now, 3.0) if event == "limited" else None
            reply.refused(edit, not_before=now + (event == "fails"))
        budget.answered(now)

    def survey(self, now: float) -> tuple[int | None, float]:
        """Whose call leaves, as a number, and when to ask again."""
        due, wake = self.pacing.survey(now)
        if due is None:
            return None, wake
        reply = next(each for each in self.replies if each is due)
        number, budget = self.replies.index(reply), self.pacing.budget(due)
        if (edit := reply.take(now)) is not None:
            budget.leave()
            self.flying.append((reply, edit, budget))
        return number, wake


def a_side(kind: type[Pacing]) -> Side:
    makers = {Update.method: lambda: Budget(9, 20.0), Post.method: lambda: Budget(3, 3.0, burst=True)}
    return Side(kind(Budgets(makers), EditSpacing()))


@given(EVENTS)
def test_whoever_looks_at_all_replies_decides_the_same(events: list[tuple[str, int, float]]) -> None:
    heaps, plain, now = a_side(Pacing), a_side(PlainPacing), 0.0
    for event, number, seconds in events:
        now += seconds
        for side in (heaps, plain):
            side.meet(event, number, now)
        while True:
            chosen = heaps.survey(now)
            assert chosen == plain.survey(now)
            if chosen[0] is None:
                break


def test_what_still_happens_to_a_reply_that_is_over_here_changes_nothing() -> None:
    reply = posted(unseen_since=0.1)
    pacing = a_pacing(reply)
    pacing.remove(reply)
    reply.feed("more ", 1.0)
    reply.end(1.0)
    assert due(pacing, 9.0) is None
