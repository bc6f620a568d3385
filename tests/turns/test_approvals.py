"""Asking people whether a tool may act: on a real record, in a fake workspace."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest

from bot.core.conversation import notices
from bot.core.conversation.answer_key import AnswerKey, AnswerTag
from bot.core.conversation.incoming import Kind, ThreadKey, TurnKey
from bot.core.delivery.approval import ApprovalState
from bot.core.delivery.controls import ControlKind
from bot.core.delivery.press import Press
from bot.core.delivery.slack_calls import PostApproval, UpdateApproval
from bot.durable.approval_store import ApprovalStore
from bot.errors import MessageGone, RateLimited, SlackDenied, SlackError, SlackUnreachable
from bot.language.catalogue import ENGLISH, Language
from bot.model.tools.action_gate import Action
from bot.model.tools.offered_tool import ToolAnswer, ToolBroken
from bot.turns.approvals import Approvals
from tests.durable.prepared import open_prepared
from tests.fakes import FakeRests

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator
    from pathlib import Path

    from bot.core.conversation.json_payload import Payload
    from bot.core.delivery.slack_calls import SlackCall

THREAD = ThreadKey("T", "C", "5.0")
TURN = AnswerKey(TurnKey(THREAD, "5.0", "U1", Kind.MENTION))
WRITE = Action(TURN, "files__write", {"path": "/secret-folder/a.md", "content": "Marker words"})
TAG = AnswerTag("5.0")


@dataclass
class Place:
    """A workspace in which questions stand, and which refuses the next calls with `errors`."""

    messages: dict[str, tuple[str, list[Payload]]] = field(
        default_factory=dict
    )  # by ts: the marker, and the blocks
    errors: list[SlackError] = field(default_factory=list)
    loses: bool = False  # the answer to the next post
    mute: bool = False  # posts are carried out, and never answered
    deaf: bool = False  # edits are not carried out, and never answered
    unheard: asyncio.Event = field(default_factory=asyncio.Event)  # one of those was made
    changed: asyncio.Event = field(default_factory=asyncio.Event)
    languages: dict[str, Language] = field(default_factory=dict)

    async def find(self, team: str) -> Place | None:
        return self if team == "T" else None

    @property
    def surface(self) -> Place:
        return self

    @property
    def errands(self) -> Place:
        return self

    async def carry_out(self, call: SlackCall) -> str:
        if self.errors:
            raise self.errors.pop(0)
        if self.deaf and isinstance(call, UpdateApproval):
            self.unheard.set()
            await asyncio.Event().wait()
        match call:
            case PostApproval():
                ts = f"{len(self.messages) + 6}.0"
                self.messages[ts] = (call.marker, list(call.blocks))
            case UpdateApproval():
                ts = call.ts
                self.messages[ts] = (self.messages[ts][0], list(call.blocks))
            case _:
                raise AssertionError(call)
        self.changed.set()
        if self.mute and isinstance(call, PostApproval):
            await asyncio.Event().wait()
        if self.loses:
            self.loses = False
            raise SlackUnreachable("no answer")
        return ts

    async def language(self, team: str, user: str) -> Language:
        return self.languages.get(user, ENGLISH)

    async def find_named(self, thread: ThreadKey, marker: str, *, since: str) -> str | None:
        return next((ts for ts, one in self.messages.items() if one[0] == marker), None)

    async def read_blocks(self, thread: ThreadKey, ts: str) -> list[Payload] | None:
        return self.messages[ts][1] if ts in self.messages else None

    @property
    def outcomes(self) -> list[str]:
        """What stands below what would be done, in each message."""
        return [one[1][-1]["elements"][0].get("text", "") for one in self.messages.values()]

    @property
    def kinds(self) -> list[str]:
        """The kinds of blocks of the first question."""
        return [str(one["type"]) for one in next(iter(self.messages.values()))[1]]

    def press(
        self, control: ControlKind = ControlKind.APPROVE, *, ts: str = "6.0", user: str = "U1", **changes: Any
    ) -> Press:
        marker = self.messages[ts][0] if ts in self.messages else "none.1@"
        values = {
            "thread": THREAD,
            "ts": ts,
            "user": user,
            "control": control,
            "tag": TAG,
            "verdict": marker.partition("@")[0],
        }
        return Press(**{**values, **changes})

    async def says(self, words: str) -> None:
        """Returns when the first question says so below what would be done."""
        while words not in self.outcomes[0]:
            self.changed.clear()
            await self.changed.wait()

    async def asked(self, count: int = 1) -> None:
        """Returns when so many questions stand there."""
        while len(self.messages) < count:
            self.changed.clear()
            await self.changed.wait()


class OnRecord(asyncio.Event):
    """Is set once the question is asked, and its message on record: then its turn rests."""

    async def __call__(self, asked: bool) -> None:
        if asked:
            self.set()


class Tool:
    """Counts what it does; at `hold` it waits for `go` first."""

    def __init__(self, *, hold: bool = False, error: Exception | None = None, failed: bool = False) -> None:
        self.done = 0
        self.began, self.go = asyncio.Event(), asyncio.Event()
        self._error = error
        self._failed = failed
        if not hold:
            self.go.set()

    async def __call__(self) -> ToolAnswer:
        self.began.set()
        await self.go.wait()
        self.done += 1
        if self._error is not None:
            raise self._error
        return ToolAnswer("written", failed=self._failed)


@asynccontextmanager
async def a_desk(
    where: Path | str | None, place: Place, *, seconds: float = 3600, rests: FakeRests | None = None
) -> AsyncGenerator[Approvals]:
    desk = Approvals(seconds=seconds, secret="s")
    async with (
        open_prepared(where) as database,
        desk.open(ApprovalStore(database), place, rests or FakeRests()),
    ):
        yield desk


async def die(work: asyncio.Future[Any]) -> None:
    """What a process that is killed leaves undone."""
    work.cancel()
    await asyncio.gather(work, return_exceptions=True)


async def test_what_somebody_approves_is_done_and_says_so(somewhere: Path | str) -> None:
    place, tool, heard = Place(), Tool(), []

    async def waits(asked: bool) -> None:
        heard.append(asked)

    async with a_desk(somewhere, place) as desk:
        act = asyncio.ensure_future(desk.act(WRITE, tool, waits))
        await place.asked()
        assert tool.done == 0
        assert await desk.decide(place.press(), TAG) is None
        assert await act == ToolAnswer("written")
    assert (tool.done, heard, place.outcomes) == (1, [True, False], ["✅ Approved by <@U1>. Done."])


async def test_what_somebody_declines_is_not_done() -> None:
    place, tool = Place(), Tool()
    async with a_desk(None, place) as desk:
        act = asyncio.ensure_future(desk.act(WRITE, tool))
        await place.asked()
        assert await desk.decide(place.press(ControlKind.DECLINE), TAG) is None
        with pytest.raises(ToolBroken, match="declined by a person") as raised:
            await act
    assert (tool.done, raised.value.outcome, raised.value.sent) == (0, "declined", False)
    assert place.outcomes == ["✖️ Declined by <@U1>. It was not done."]


async def test_what_nobody_decides_in_time_is_not_done() -> None:
    place, tool = Place(), Tool()
    async with a_desk(None, place, seconds=0.01) as desk:
        with pytest.raises(ToolBroken, match="Nobody approved it in time"):
            await desk.act(WRITE, tool)
        assert await desk.decide(place.press(), TAG) == notices.DECIDED_ALREADY
    assert (tool.done, place.outcomes) == (0, [notices.EXPIRED.english])


async def test_two_who_press_at_once_do_it_once_and_a_stranger_does_nothing(somewhere: Path | str) -> None:
    place, tool = Place(), Tool()
    async with a_desk(somewhere, place) as desk:
        act = asyncio.ensure_future(desk.act(WRITE, tool))
        await place.asked()
        assert await desk.decide(place.press(user="U2"), TAG) == notices.NOT_YOUR_DECISION
        words = await asyncio.gather(*(desk.decide(place.press(), TAG) for _ in range(3)))
        await act
        assert await desk.decide(place.press(), TAG) == notices.DECIDED_ALREADY
    assert Counter(words) == {None: 1, notices.DECIDED_ALREADY: 2}
    assert tool.done == 1


@pytest.mark.parametrize(
    "changes",
    [
        {"verdict": "ab.1"},
        {"verdict": "ab"},
        {"verdict": "ab.x"},
        {"verdict": ".1"},
        {"ts": "9.0"},
        {"thread": ThreadKey("T", "C", "4.0")},
    ],
    ids=["digest", "no number", "no digits", "no digest", "another message", "another thread"],
)
async def test_what_is_made_up_decides_nothing(changes: dict[str, Any]) -> None:
    place, tool = Place(), Tool()
    asked = OnRecord()
    async with a_desk(None, place) as desk:
        act = asyncio.ensure_future(desk.act(WRITE, tool, asked))
        await asked.wait()  # before, its message cannot be told from another
        made_up = (
            place.press(**changes)
            if "ts" not in changes
            else place.press(verdict=place.press().verdict, **changes)
        )
        assert await desk.decide(made_up, TAG) == notices.UNKNOWN
        await die(act)
    assert tool.done == 0


async def test_a_press_at_another_replica_is_heard_at_the_next_look(tmp_path: Path) -> None:
    place, tool = Place(), Tool()
    file = tmp_path / "turns.sqlite"
    async with a_desk(file, place) as desk, a_desk(file, place) as other:
        act = asyncio.ensure_future(desk.act(WRITE, tool))
        await place.asked()
        words = await asyncio.gather(desk.decide(place.press(), TAG), other.decide(place.press(), TAG))
        await desk.look()
        await act
    assert Counter(words) == {None: 1, notices.DECIDED_ALREADY: 1}
    assert tool.done == 1


async def test_a_process_that_dies_while_it_asks_has_asked_once(tmp_path: Path) -> None:
    place, tool = Place(), Tool()
    file = tmp_path / "turns.sqlite"
    async with a_desk(file, place) as desk:
        act = asyncio.ensure_future(desk.act(WRITE, tool))
        await place.asked()
        await die(act)
    async with a_desk(file, place) as desk:
        assert await desk.decide(place.press(), TAG) is None
        assert await desk.before(TURN) == ""
        assert await desk.act(WRITE, tool) == ToolAnswer("written")
    assert (len(place.messages), tool.done) == (1, 1)


async def test_a_question_whose_answer_is_lost_is_found_and_not_asked_again() -> None:
    place, tool = Place(loses=True), Tool()
    asked = OnRecord()
    async with a_desk(None, place) as desk:
        act = asyncio.ensure_future(desk.act(WRITE, tool, asked))
        await asked.wait()
        assert await desk.decide(place.press(), TAG) is None
        await act
    assert (len(place.messages), tool.done) == (1, 1)


async def test_what_a_dead_process_had_begun_is_not_done_again_and_both_are_told(tmp_path: Path) -> None:
    place, tool = Place(), Tool(hold=True)
    file = tmp_path / "turns.sqlite"
    async with a_desk(file, place) as desk, a_desk(file, place) as heir:
        act = asyncio.ensure_future(desk.act(WRITE, tool))
        await place.asked()
        await desk.decide(place.press(), TAG)
        await tool.began.wait()
        assert "1 may have been done" in await heir.before(TURN)
        assert "it may have been done" in place.outcomes[0]
        with pytest.raises(ToolBroken, match="It is not repeated"):
            await heir.act(WRITE, tool)
        # The one that was taken for dead was only slow.
        tool.go.set()
        await act
        assert "1 were done" in await heir.before(TURN)
        with pytest.raises(ToolBroken, match="was done already"):
            await heir.act(WRITE, tool)
    assert (tool.done, place.outcomes) == (1, ["✅ Approved by <@U1>. Done."])


async def test_who_dies_before_it_says_that_nobody_decided_leaves_that_to_its_heir(tmp_path: Path) -> None:
    place, tool, file = Place(deaf=True), Tool(), tmp_path / "turns.sqlite"
    async with a_desk(file, place, seconds=0.01) as desk:
        act = asyncio.ensure_future(desk.act(WRITE, tool))
        await place.asked()
        await place.unheard.wait()
        await die(act)
    place.deaf = False
    async with a_desk(file, place) as heir:
        assert await heir.before(TURN) == ""
    assert place.outcomes == [notices.EXPIRED.english]


async def test_who_dies_before_it_says_what_somebody_decided_leaves_that_to_the_end_of_the_turn(
    tmp_path: Path,
) -> None:
    place, tool, file = Place(), Tool(), tmp_path / "turns.sqlite"
    async with a_desk(file, place) as desk, a_desk(file, place) as other:
        act = asyncio.ensure_future(desk.act(WRITE, tool))
        await place.asked()
        place.deaf = True
        press = asyncio.ensure_future(other.decide(place.press(ControlKind.DECLINE), TAG))
        await place.unheard.wait()
        await die(press)
        place.deaf = False
        await desk.look()
        with pytest.raises(ToolBroken, match="declined by a person"):
            await act
        assert "actions" in place.kinds
        await desk.close(TURN)
        assert desk.is_untidy(TURN)
        await desk.tidied(TURN)
        assert not desk.is_untidy(TURN)
    assert place.outcomes == ["✖️ Declined by <@U1>. It was not done."]


async def test_who_dies_between_the_question_and_its_record_has_asked_all_the_same(tmp_path: Path) -> None:
    place, tool, file = Place(mute=True), Tool(), tmp_path / "turns.sqlite"
    async with a_desk(file, place) as desk:
        act = asyncio.ensure_future(desk.act(WRITE, tool))
        await place.asked()
        await die(act)
    place.mute = False
    async with a_desk(file, place) as heir:
        assert await heir.decide(place.press(), TAG) is None
        assert await heir.act(WRITE, tool) == ToolAnswer("written")
    assert (len(place.messages), tool.done, place.outcomes) == (1, 1, ["✅ Approved by <@U1>. Done."])


async def test_who_dies_between_the_question_and_its_record_leaves_no_question_open(tmp_path: Path) -> None:
    place, tool, file = Place(mute=True), Tool(), tmp_path / "turns.sqlite"
    async with a_desk(file, place) as desk:
        act = asyncio.ensure_future(desk.act(WRITE, tool))
        await place.asked()
        await die(act)
    async with a_desk(file, place) as heir:
        await heir.close(TURN)
        await heir.tidied(TURN)
    assert place.outcomes == [notices.STOPPED_BEFORE.english]


async def test_what_a_deleted_question_asks_for_is_not_done_and_nobody_waits_for_it(tmp_path: Path) -> None:
    place, tool, file = Place(), Tool(), tmp_path / "turns.sqlite"
    asked = OnRecord()
    async with a_desk(file, place) as desk:
        act = asyncio.ensure_future(desk.act(WRITE, tool, asked))
        await asked.wait()
        press = place.press()
        await desk.withdraw(TURN, {"5.5"})
        await desk.withdraw(AnswerKey(TURN.turn, take=1), {"6.0"})
        assert not act.done()
        del place.messages["6.0"]
        await desk.withdraw(TURN, {"6.0"})
        with pytest.raises(ToolBroken, match="stopped before it was done"):
            await act
        assert await desk.decide(press, TAG) == notices.DECIDED_ALREADY
        await desk.withdraw(TURN, {"6.0"})
        await desk.close(TURN)
    assert tool.done == 0


async def test_what_is_asked_late_may_be_decided_as_long_as_anything_else(tmp_path: Path) -> None:
    place, tool, file = Place(mute=True), Tool(), tmp_path / "turns.sqlite"
    asked = OnRecord()
    async with a_desk(file, place, seconds=0.01) as desk:
        act = asyncio.ensure_future(desk.act(WRITE, tool))
        await place.asked()
        await die(act)
    place.mute = False
    place.messages.clear()  # it had been put on record, and not been asked
    async with a_desk(file, place, seconds=3600) as heir:
        act = asyncio.ensure_future(heir.act(WRITE, tool, asked))
        await asked.wait()
        assert await heir.decide(place.press(), TAG) is None
        await act
    assert tool.done == 1


async def test_a_turn_that_waits_for_a_person_rests() -> None:
    rests = FakeRests()
    async with a_desk(None, Place(), rests=rests) as desk:
        await desk.rest(TURN)
        assert rests.resting == {TURN}
        await desk.resume(TURN)
        assert rests.resting == set()


async def test_another_action_in_the_same_answer_is_asked_for_anew() -> None:
    place, tool = Place(), Tool()
    second = Action(TURN, WRITE.tool, WRITE.arguments, number=2)
    other = Action(TURN, WRITE.tool, {**WRITE.arguments, "content": "Other"})
    async with a_desk(None, place) as desk:
        acts = [asyncio.ensure_future(desk.act(one, tool)) for one in (WRITE, second, other)]
        await place.asked(3)
        for ts in place.messages:
            await desk.decide(place.press(ts=ts), TAG)
        await asyncio.gather(*acts)
    assert tool.done == 3


async def test_a_stop_inside_the_tool_lets_it_come_to_its_end_and_says_so() -> None:
    place, tool = Place(), Tool(hold=True)
    async with a_desk(None, place) as desk:
        act = asyncio.ensure_future(desk.act(WRITE, tool))
        await place.asked()
        await desk.decide(place.press(), TAG)
        await tool.began.wait()
        await die(act)
        await desk.close(TURN)
        await place.says("whether it came to its end is not known yet")
        tool.go.set()
    assert (tool.done, place.outcomes) == (1, ["✅ Approved by <@U1>. Done."])


async def test_a_stop_while_somebody_is_asked_closes_the_question() -> None:
    place, tool = Place(), Tool()
    async with a_desk(None, place) as desk:
        act = asyncio.ensure_future(desk.act(WRITE, tool))
        await place.asked()
        await die(act)
        await desk.close(TURN)
        assert await desk.decide(place.press(), TAG) == notices.DECIDED_ALREADY
    assert (tool.done, place.outcomes) == (0, [notices.STOPPED_BEFORE.english])


async def test_a_turn_that_asked_nothing_ends_without_a_word() -> None:
    place = Place()
    async with a_desk(None, place) as desk:
        await desk.close(TURN)
        assert await desk.before(TURN) == ""
    assert place.messages == {}


@pytest.mark.parametrize(
    ("tool", "words"),
    [
        (Tool(failed=True), "it failed"),
        (Tool(error=ToolBroken("broke", outcome="lost")), "may have been done"),
        (Tool(error=ToolBroken("away", outcome="away", sent=False)), "it failed"),
        (Tool(error=OSError()), "may have been done"),
    ],
    ids=["failed", "lost", "away", "a bug"],
)
async def test_what_goes_wrong_with_it_is_told_below_the_question(tool: Tool, words: str) -> None:
    place = Place()
    async with a_desk(None, place) as desk:
        act = asyncio.ensure_future(desk.act(WRITE, tool))
        await place.asked()
        await desk.decide(place.press(), TAG)
        await asyncio.gather(act, return_exceptions=True)
    assert words in place.outcomes[0]


async def test_where_slack_does_not_take_the_question_nothing_is_done() -> None:
    place, tool = Place(errors=[SlackDenied("no", code="channel_not_found")]), Tool()
    async with a_desk(None, place) as desk:
        with pytest.raises(ToolBroken) as raised:
            await desk.act(WRITE, tool)
        elsewhere = AnswerKey(TurnKey(ThreadKey("T2", "C", "5.0"), "5.0", "U1", Kind.MENTION))
        with pytest.raises(ToolBroken):
            await desk.act(Action(elsewhere, "a__b", {}), tool)
    assert (raised.value.outcome, tool.done) == ("not asked", 0)


async def test_a_limit_of_slack_s_is_waited_for() -> None:
    place, tool = Place(errors=[RateLimited(0.01), RateLimited(0.01)]), Tool()
    async with a_desk(None, place) as desk:
        act = asyncio.ensure_future(desk.act(WRITE, tool))
        await place.asked()
        await desk.decide(place.press(), TAG)
        await act
    assert tool.done == 1


@pytest.mark.parametrize(
    "error",
    [MessageGone("gone"), SlackDenied("no"), SlackUnreachable("away")],
    ids=["gone", "refused", "away"],
)
async def test_an_edit_that_slack_does_not_take_changes_nothing_of_it(error: SlackError) -> None:
    place, tool = Place(), Tool()
    async with a_desk(None, place) as desk:
        act = asyncio.ensure_future(desk.act(WRITE, tool))
        await place.asked()
        place.errors = [error, error]
        assert await desk.decide(place.press(), TAG) is None
        assert await act == ToolAnswer("written")


async def test_a_question_that_somebody_has_deleted_is_left_alone() -> None:
    place, tool = Place(), Tool()
    async with a_desk(None, place) as desk:
        act = asyncio.ensure_future(desk.act(WRITE, tool))
        await place.asked()
        press = place.press()
        place.messages.clear()
        assert await desk.decide(press, TAG) is None
        await act
    assert tool.done == 1


async def test_nothing_of_what_is_asked_for_is_kept(tmp_path: Path) -> None:
    place, tool = Place(), Tool()
    file = tmp_path / "turns.sqlite"
    async with a_desk(file, place) as desk:
        act = asyncio.ensure_future(desk.act(WRITE, tool))
        await place.asked()
        await desk.decide(place.press(), TAG)
        await act
    kept = b"".join(one.read_bytes() for one in tmp_path.glob("turns.sqlite*"))  # noqa: ASYNC240
    assert b"approvals" in kept
    assert [word for word in (b"files__write", b"secret-folder", b"Marker", b"written") if word in kept] == []
    assert ApprovalState.DONE.value.encode() in kept


async def test_the_question_and_what_came_of_it_are_in_the_language_of_whoever_has_asked(
    tmp_path: Path,
) -> None:
    place, tool = Place(languages={"U1": (german := Language("de"))}), Tool()
    async with a_desk(None, place) as desk, asyncio.TaskGroup() as tasks:
        tasks.create_task(desk.act(WRITE, tool))
        await place.asked()
        question = json.dumps(place.messages["6.0"][1], ensure_ascii=False)
        assert german.say(notices.MAY_I.fill(tool="files: write")) in question
        assert german.say(notices.APPROVE) in question
        await desk.decide(place.press(), TAG)
    assert place.outcomes == [german.say(notices.APPROVED_DONE.fill(user="U1"))]
