"""Decides whose call goes next, and when, for all replies of a workspace together.

    class     what it shows                     leaves                                        is paid from
    ========  ================================  ============================================  ==============================
    last      what completes a message          the moment the model is done                  a slot kept since it began
    first     the first words of a message      with its first whole word, or a little later  the posts of its channel
    between   what came since the last call     when its reply has waited its gap             what the tightest horizon leaves

A class goes before those below it. Within one the reply goes first whose unseen text has waited longest, so nobody starves: whoever
is passed over only gets older.

* **Last edits** are promised. When none can be had in time all the same, because more answers end than Slack takes edits, the
  unseen rest is posted instead: posting has a budget of its own.
* **First words**: the fewer edits an answer may have, the more words its first post waits for. Where a channel has just taken a post, or
  several wait for it, there is no waiting on top.
* **Edits in between** are what can be kept up. For each of several horizons, from a second to most of a minute, count the slots that are free
  now or come back within it, less those for the last edits that are likely to fall into it; and the seconds in which answers will be
  written within it, also by those who are likely to come. The least of slots over seconds is what each reply may have for a second that it
  goes on (`edit_rate`). A reply spreads its edits evenly over the time that it is likely to go on, as of its last call (`load_forecast`, `edit_spacing`).

*What always holds.* Of the slots that are free, as many stay free as replies are running, here and in other replicas: an edit in
between leaves only where these are left over. Only with more replies than slots is one left that anybody may have: else each would wait for the others.

*Nobody looks at all replies.* Each tells when it has changed, and is placed anew (`send_queue`); what all want is a sum from which each takes
its own part and puts it back. Who was not due is looked at again a little later, since what is left changes with every other reply.

*What the simple way gets wrong.* An edit each half second, for whoever has new text, is right for one answer: fifteen edits in its
seven seconds. Five that begin together have spent all fifty after five seconds. Their models write on for two, and end; the last
words of all five wait for the minute to pass, some 53 seconds (`python -m benchmarks` shows it). To share out what there is over the
length of one answer is better, and was our rule (`benchmarks.share_pacing`): but a slot that is spent comes back a minute later, so whoever
plans for eight seconds spends everything in eight, and at fifteen questions a minute a tenth of the answers got no last edit in time.
The horizon just before slots come back is the tightest, and limits what is spent before.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from itertools import count
from typing import TYPE_CHECKING, NamedTuple

from bot.core.delivery.slack_calls import BEGINNING, AppendStream, Post, StartStream, StopStream, Update
from bot.core.pacing.edit_rate import HORIZONS, ExpectedUse, expected_use, sustainable_rate
from bot.core.pacing.edit_spacing import EditSpacing
from bot.core.pacing.load_forecast import LoadForecast
from bot.core.pacing.send_queue import BETWEEN, LAST, NEVER, PriorityQueue, QueuedReply, SendQueue

if TYPE_CHECKING:
    from collections.abc import Collection

    from bot.core.delivery.delivery import Delivery
    from bot.core.pacing.budget import Budget, Budgets
    from bot.core.pacing.send_queue import Lane

WORD = 0.25
"""Seconds that the first post waits for its first word to be whole: a token is often less than one."""
BOUNDARY = 0.85
"""Of a gap: where a sentence or a line has just ended, an edit may leave that much earlier."""
LOOK = 0.3
"""Seconds after which a reply that was not due is looked at again: there may be more left for it than was thought."""
STALE = 0.25, 1 / 16
"""Seconds, or of those that a reply is likely to go on, after which that is guessed anew, whichever is longer."""
APART = 0.01
"""Seconds between two such looks, or guesses, on average: with many replies each waits longer for its next; one that still waits for its
first words half as long."""
GOLDEN = 0.618034
"""Whole numbers times this: what is behind the points of any few in a row lies evenly between 0 and 1."""


@dataclass(frozen=True, slots=True)
class Crowd:
    """Says how many replies are running somewhere, for how many seconds they are likely to go on together, and how many people ask
    there in a second."""

    running: int = 0
    to_go: float = 0.0
    coming: float = 0.0


class DeliveryMethods(NamedTuple):
    """Names the methods of the calls that show an answer: those that begin a message, go on with it, and complete it."""

    first: str
    between: str
    last: str

    @property
    def shared(self) -> bool:
        """Tells whether what completes messages is paid from what goes on with them."""
        return self.between == self.last


EDITS = DeliveryMethods(Post.method, Update.method, Update.method)
STREAMS = DeliveryMethods(StartStream.method, AppendStream.method, StopStream.method)


class Pacing:
    """The running replies of one workspace that are shown by the same `methods`, and what it lets us send.

    `elsewhere` are the replies of other replicas, who spend from the same budgets. `strayed` are those that go on by other methods:
    somebody else has to pace them.
    """

    def __init__(
        self, budgets: Budgets, schedule: EditSpacing | None = None, *, methods: DeliveryMethods = EDITS
    ) -> None:
        self.budgets = budgets
        self.methods = methods
        self.strayed: dict[Delivery, None] = {}
        self.schedule = schedule or EditSpacing()
        self.load = LoadForecast(self.schedule)
        self.elsewhere = Crowd()
        self._entries: dict[Delivery, QueuedReply] = {}
        self._numbers = count()
        self._begun = 0  # replies whose message stands in Slack
        self._changed: dict[QueuedReply, None] = {}  # since they were placed
        self._wants = ExpectedUse()
        self._guesses = PriorityQueue()  # by when it is guessed anew how long each goes on
        self._queue = SendQueue()
        self._a_second = 0.0  # edits in between that a reply may have for each second that it goes on

    @property
    def replies(self) -> Collection[Delivery]:
        """Returns those that are running, in the order in which they began."""
        return self._entries.keys()

    def add(self, reply: Delivery, now: float) -> None:
        """`reply` is running from now on."""
        number = next(self._numbers)
        entry = self._entries[reply] = QueuedReply(reply, number, lean=0.45 + 0.3 * (number * GOLDEN % 1))
        reply.watch(partial(self._change, entry))
        self._change(entry)
        self.load.began(now)

    def remove(self, reply: Delivery) -> None:
        """`reply` is over."""
        entry = self._entries.pop(reply)
        self.strayed.pop(reply, None)
        self._begun -= entry.begun
        self._changed.pop(entry, None)
        self._guesses.discard(entry)
        self._queue.discard(entry)
        self._wants.replace(entry.row, [])
        began_at, ended_at = reply.timeline.began_at, reply.timeline.ended_at
        if began_at is not None and ended_at is not None:
            self.load.lasted(ended_at - began_at)

    def survey(self, now: float) -> tuple[Delivery | None, float]:
        """Returns the reply whose call should leave now, None where none may; and when to ask again if nothing happens until then,
        `inf` where only a delta or an answer can change anything."""
        self.load.look(now)
        if not self._entries:
            return None, NEVER
        self._guess_changed(now)
        self._a_second = self._share(now)
        self._place_changed(now)
        last_at = self.last_calls.free_at(now, urgent=True)
        if self._queue.last_edits:
            self._queue.spill(but=self._last_in_time(now, last_at))
            self._place_changed(now)
        if not self.methods.shared and self._begins_at(now, "") > now:
            # Posting has a budget of its own.
            self._queue.turn_away()
            self._place_changed(now)
        between_at = self.updates.free_at(now, slots=1 + self._kept(now))
        self._look(now, between=between_at <= now)
        return self._choose(now, last_at, between_at)

    def budget(self, reply: Delivery) -> Budget:
        """Returns what the next call of `reply` is paid from."""
        return self.budgets.of(reply.method, reply.thread.channel)

    @property
    def updates(self) -> Budget:
        """Returns what all calls of the workspace that go on with a message are paid from."""
        return self.budgets.of(self.methods.between, "")

    @property
    def last_calls(self) -> Budget:
        """Returns what the calls that complete messages are paid from."""
        return self.budgets.of(self.methods.last, "")

    def slots(self, reply: Delivery | None, now: float) -> int:
        """Returns how many slots have to be free for the next call of `reply` to leave, or for an edit of no reply where it is None: its
        own, and those kept for others."""
        alone = reply is not None and (reply.method in BEGINNING or reply.closing)
        return 1 if alone else 1 + self._kept(now)

    def crowd(self, now: float) -> Crowd:
        """Sums up our own replies, as other replicas have to know of them."""
        self._guess_changed(now)
        return Crowd(len(self._entries), self._wants.to_go, self.load.askers(now))

    # ---- where each reply stands

    def _change(self, entry: QueuedReply) -> None:
        if entry.reply in self._entries:
            self._changed[entry] = None

    def _note(self, entry: QueuedReply) -> None:
        """Notes whether its message stands in Slack, and whether it goes on by our methods."""
        method = entry.reply.method
        if method not in self.methods:
            self.strayed[entry.reply] = None
        self._begun += (method != self.methods.first) - entry.begun
        entry.begun = method != self.methods.first

    def _guess_changed(self, now: float) -> None:
        """Guesses how long those go on whose model has begun, or is done, or was asked for some time ago."""
        for entry in self._changed:
            if entry.phase != self._phase(entry.reply):
                self._guess(entry, now)
        for entry in self._guesses.until(now):
            self._guess(entry, now)

    def _guess(self, entry: QueuedReply, now: float) -> None:
        reply = entry.reply
        began_at, writing = reply.timeline.began_at, reply.writing
        age = 0.0 if began_at is None else now - began_at
        left = self.load.remaining(age) if writing else 0.0
        outlived = writing and left <= self.schedule.again * age
        waits = reply.method in BEGINNING and self.budget(reply).free_at(now) > now
        wanted, entry.row = (
            entry.row,
            expected_use(left, outlived=outlived, waits=waits, ends=self.methods.shared),
        )
        entry.phase = self._phase(reply)
        self._wants.replace(wanted, entry.row)
        if writing:
            seconds, part = STALE
            self._guesses.push(now + max(seconds, part * left, APART * len(self._entries)), entry)
        else:
            self._guesses.discard(entry)

    def _phase(self, reply: Delivery) -> tuple[bool, bool, float | None]:
        return reply.writing, reply.method in BEGINNING, reply.timeline.began_at

    def _place_changed(self, now: float) -> None:
        while self._changed:
            self._place(self._changed.popitem()[0], now)

    def _look(self, now: float, *, between: bool) -> None:
        """Places those anew whose time has come. Where no edit in between may leave, nobody has to look at any."""
        for entry in self._queue.timers.until(now):
            self._place(entry, now)
        if not between:
            return
        for entry in self._queue.gaps.until(now):
            self._place(entry, now)
        while (first := self._queue.first(BETWEEN)) and self._due_at(first, now) > now:
            self._place(first, now)  # there is less left for it than there was

    def _place(self, entry: QueuedReply, now: float) -> None:
        self._note(entry)
        if not entry.reply.wants or entry.reply in self.strayed:
            self._queue.discard(entry)
            return
        at, not_before = self._due_at(entry, now), entry.reply.timeline.not_before
        if not_before <= now < at:
            apart = APART if entry.begun else APART / 2
            at = min(at, now + max(LOOK, apart * len(self._entries)))
        at = max(at, not_before)
        alone = self._queue.place(entry, timer=at if at > now else None)
        if alone is not None:
            self._change(alone)

    def _due_at(self, entry: QueuedReply, now: float) -> float:
        """Returns when its call may leave, as far as the reply is concerned."""
        reply, times = entry.reply, entry.reply.timeline
        if reply.closing:
            return -NEVER
        if reply.method in BEGINNING:
            wait = self._opening(entry, now)
            return (times.unseen_since or 0.0) + (wait if reply.at_boundary else max(wait, WORD))
        gap = self.schedule.gap(self._left(entry, now), self._a_second, lean=entry.lean)
        early = times.sent_at + BOUNDARY * gap
        return early if reply.at_boundary or now < early else times.sent_at + gap

    def _opening(self, entry: QueuedReply, now: float) -> float:
        """Returns how long a first post waits for more words. Where its channel takes only so many, whoever comes next would wait as
        well."""
        if not self.methods.shared:
            return 0.0
        channel = entry.reply.thread.channel
        posts = self.budgets.of(Post.method, channel)
        if posts.left(now)[0] < posts.limit(now) or self._queue.is_shared(channel, entry):
            return 0.0
        return self.schedule.wait(self.load.typical, self._a_second)

    def _left(self, entry: QueuedReply, now: float) -> float:
        """Returns for how long its reply was likely to go on as its last call left: over that time its edits are spread. Where it has gone
        on for longer without one, for how long it is likely to have gone on then."""
        times = entry.reply.timeline
        began_at = times.sent_at if times.began_at is None else times.began_at
        if entry.sent_at != times.sent_at:
            entry.sent_at = times.sent_at
            entry.left = self.load.remaining(max(0.0, times.sent_at - began_at))
        since = now - times.sent_at
        return entry.left if since <= entry.left else since + self.load.remaining(now - began_at)

    # ---- whose turn it is

    def _choose(self, now: float, last_at: float, between_at: float) -> tuple[Delivery | None, float]:
        wake = min(self._queue.timers.peek()[0], max(self._queue.gaps.peek()[0], between_at))
        best, first = None, (True, True, NEVER, -1)
        for lane, since, entry in self._queue.heads():
            opens_at = self._opens_at(lane, now, last_at, between_at)
            wake = min(wake, opens_at)
            rank = (*lane.rank, since, entry.number)
            if opens_at <= now and (best is None or rank < first):
                best, first = entry.reply, rank
        return best, wake

    def _opens_at(self, lane: Lane, now: float, last_at: float, between_at: float) -> float:
        """Returns when a call may leave as far as its budget is concerned."""
        if lane.posts:
            return self._begins_at(now, lane.channel)
        return last_at if lane == LAST else between_at

    def _begins_at(self, now: float, channel: str) -> float:
        """Returns when a message can be begun. Each needs a call that completes it, which is kept as long as it runs."""
        first = self.budgets.of(self.methods.first, channel).free_at(now)
        if self.methods.shared:
            return first
        return max(first, self.last_calls.free_at(now, slots=1 + self._begun))

    # ---- what holds for all of them

    def _kept(self, now: float) -> int:
        """Keeps one slot for each running reply's last edit; but never all there are: with as many replies as slots, each would wait for
        the others. Where last calls have a budget of their own, none."""
        if not self.methods.shared:
            return 0
        return min(len(self._entries) + self.elsewhere.running, self.updates.limit(now) - 1)

    def _last_in_time(self, now: float, last_at: float) -> int:
        """Returns how many last edits can leave before their readers lose patience, if the first can leave at `last_at`."""
        patience = self.schedule.patience
        return (
            self.last_calls.left(now, urgent=True, within=(patience,))[0] if last_at - now <= patience else 0
        )

    def _share(self, now: float) -> float:
        """Returns how many edits in between a reply may have for each second that it is likely to go on."""
        wants, there = [self._wants], self.elsewhere
        if there.running:
            wants.append(ExpectedUse())
            wants[-1].replace([], expected_use(there.to_go / there.running, replies=there.running))
        return sustainable_rate(
            self.updates.left(now, within=HORIZONS),
            wants,
            self.load,
            self.schedule,
            askers=self.load.askers(now) + there.coming,
        )
