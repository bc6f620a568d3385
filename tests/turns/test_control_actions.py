"""What becomes of a press, in a fake workspace on a real record."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import pytest

from bot.core.conversation import notices
from bot.core.conversation.admission import Preferences, Refusal
from bot.core.conversation.answer_key import AnswerKey, AnswerTag
from bot.core.conversation.content_parts import text_parts
from bot.core.conversation.history import ThreadMessage
from bot.core.conversation.incoming import Kind, ThreadKey, TurnKey
from bot.core.conversation.shared_files import SharedFile
from bot.core.conversation.turn_order import Ending, TurnStage
from bot.core.delivery.controls import ControlKind
from bot.core.delivery.press import NoteGiven, Press, QuestionEdited
from bot.core.delivery.slack_calls import Delete, DeleteFile, Whisper
from bot.durable.turn_store import RecordedAnswer
from bot.errors import MessageGone, RateLimited, SlackDenied, SlackError, SlackUnreachable
from bot.language.catalogue import ENGLISH, Language
from bot.language.translatable import Translatable
from bot.observability.facts import (
    AdminUnknown,
    ControlCrashed,
    ControlFailed,
    ControlPressed,
    WhisperRefused,
)
from bot.observability.hooks import subscribe
from bot.turns.control_actions import ControlActions
from bot.turns.owned_tasks import OwnedTasks
from tests.clock import VIRTUAL
from tests.fakes import FakeDesk

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Iterator

    from bot.core.conversation.admission import Admission
    from bot.core.conversation.incoming import Claim
    from bot.core.conversation.json_payload import Payload
    from bot.core.delivery.slack_calls import SlackCall
    from bot.observability.facts import Fact
    from bot.turns.pipeline import TurnFiles

THREAD = ThreadKey("T", "C", "5.0")
TAG = AnswerTag("5.0")
ASKED = ThreadMessage("5.0", "U1", text_parts("Sing"))
ANSWERED = ThreadMessage("6.0", "UBOT", text_parts("La"), ours=True, marker="T:C:5.0:0")
MORE = ThreadMessage("7.0", "UBOT", text_parts("la"), ours=True, marker="T:C:5.0:1")


@pytest.fixture
def anyio_backend() -> object:
    return VIRTUAL


@dataclass
class Workspace:
    """A workspace whose only admin is U9, the turns of a process, what is on record, and what was said of answers."""

    said: list[ThreadMessage] = field(default_factory=lambda: [ASKED, ANSWERED, MORE])
    errors: list[SlackError] = field(default_factory=list)  # of the next calls
    file_errors: list[SlackError] = field(default_factory=list)  # of the next that delete a file
    whispered: list[Whisper] = field(default_factory=list)
    deleted: list[str] = field(default_factory=list)
    views: list[tuple[str, Payload]] = field(default_factory=list)
    spoken: list[tuple[str, str]] = field(default_factory=list)
    homes: list[tuple[str, Payload]] = field(default_factory=list)
    records: dict[Claim, RecordedAnswer] = field(default_factory=dict)
    begun: list[AnswerKey] = field(default_factory=list)
    stopped: list[tuple[ThreadKey, str]] = field(default_factory=list)
    barred: frozenset[str] = frozenset()
    spent: Refusal | None = None
    has_tools: bool = True
    decided: list[tuple[ControlKind | None, str, AnswerTag]] = field(default_factory=list)
    left: list[tuple[ThreadKey, str]] = field(default_factory=list)
    verdicts: dict[tuple[Claim, str], str] = field(default_factory=dict)
    notes: dict[tuple[Claim, str], str] = field(default_factory=dict)

    languages: dict[str, Language] = field(default_factory=dict)
    reads: TurnFiles | None = None

    def _fail(self) -> None:
        if self.errors:
            raise self.errors.pop(0)

    async def surface(self, team: str) -> Workspace | None:
        return self if team == "T" else None

    def installer(self, team: str) -> str:
        return team

    async def files(self, team: str) -> TurnFiles | None:
        return self.reads

    async def language(self, team: str, user: str) -> Language:
        return self.languages.get(user, ENGLISH)

    async def carry_out(self, call: SlackCall) -> str:
        self._fail()
        if isinstance(call, Whisper):
            self.whispered.append(call)
        elif isinstance(call, Delete):
            self.deleted.append(call.ts)
        elif isinstance(call, DeleteFile):
            if self.file_errors:
                raise self.file_errors.pop(0)
            self.deleted.append(call.file)
        return ""

    async def read_thread(self, thread: ThreadKey) -> list[ThreadMessage]:
        self._fail()
        return self.said

    async def is_admin(self, user: str) -> bool:
        self._fail()
        return user == "U9"

    async def open_view(self, trigger: str, view: Payload) -> None:
        self._fail()
        self.views.append((trigger, view))

    async def publish_view(self, user: str, view: Payload) -> None:
        self._fail()
        self.homes.append((user, view))

    async def say(self, channel: str, words: str) -> None:
        self._fail()
        self.spoken.append((channel, words))

    async def find(self, claim: Claim, *, newest: bool = False) -> RecordedAnswer | None:
        if not newest:
            return self.records.get(claim)
        names = [one for one in self.records if one[2].partition("+")[0] == claim[2]]
        return self.records[max(names)] if names else None

    async def again(self, answer: AnswerKey) -> bool:
        if answer in self.begun:
            return False
        self.begun.append(answer)
        return True

    async def stop(self, thread: ThreadKey, name: str = "") -> None:
        self.stopped.append((thread, name))

    async def decide(self, press: Press, tag: AnswerTag) -> Translatable | None:
        self.decided.append((press.control, press.user, tag))
        return None if press.user == "U1" else notices.NOT_YOUR_DECISION

    async def leave(self, thread: ThreadKey, *, since: str) -> None:
        self.left.append((thread, since))

    async def judge(self, claim: Claim, person: str, verdict: str) -> bool:
        before, self.verdicts[claim, person] = self.verdicts.get((claim, person)), verdict
        return before != verdict

    async def annotate(self, claim: Claim, person: str, note: str) -> bool:
        if (claim, person) not in self.verdicts:
            return False
        self.notes[claim, person] = note
        return True

    async def withdraw(self, claim: Claim) -> None:
        self.verdicts = {key: verdict for key, verdict in self.verdicts.items() if key[0] != claim}

    def resolve(self, turn: TurnKey) -> Admission:
        return (
            Refusal("person", Translatable("Not you.")) if turn.user in self.barred else Preferences("", 1000)
        )

    @property
    def told(self) -> list[tuple[str, str]]:
        return [(one.user, one.text) for one in self.whispered]


CLAIM = ("T", "C", "5.0")


def recorded(
    stage: TurnStage, *, name: str = "5.0", ending: Ending | None = None
) -> dict[Claim, RecordedAnswer]:
    return {("T", "C", name): RecordedAnswer(name, THREAD, "U1", stage, ending)}


def a_press(
    control: ControlKind | None,
    *,
    by: str = "U1",
    tag: AnswerTag | None = TAG,
    ts: str = "7.0",
    verdict: str = "",
) -> Press:
    return Press(THREAD, ts, by, control, tag, verdict, "trigger")


@asynccontextmanager
async def actions(there: Workspace) -> AsyncGenerator[ControlActions]:
    tasks = OwnedTasks()
    async with tasks.open():
        approvals = there if there.has_tools else None
        yield ControlActions(
            there, there, there, there, FakeDesk(there.resolve, there.spent), tasks, approvals=approvals
        )


async def pressed(there: Workspace, *presses: Press) -> None:
    """Presses, one after the other."""
    for press in presses:
        async with actions(there) as controls:
            controls.press(press)


@pytest.fixture
def happened() -> Iterator[list[Fact]]:
    seen: list[Fact] = []
    with subscribe(seen.append):
        yield seen


async def test_stop_ends_the_answer_below_which_it_stands(happened: list[Fact]) -> None:
    there = Workspace(records=recorded(TurnStage.WRITING))
    await pressed(there, a_press(ControlKind.STOP))
    assert (there.stopped, there.told) == ([(THREAD, "5.0")], [])
    assert happened == [ControlPressed(thread=THREAD, control="stop", outcome="done")]


async def test_an_admin_may_stop_what_a_stranger_may_not(happened: list[Fact]) -> None:
    there = Workspace(records=recorded(TurnStage.WRITING))
    await pressed(there, a_press(ControlKind.STOP, by="U2"))
    assert (there.stopped, there.told) == ([], [("U2", notices.NOT_YOURS.english)])
    await pressed(there, a_press(ControlKind.STOP, by="U9"))
    assert there.stopped == [(THREAD, "5.0")]
    assert [one.outcome for one in happened if isinstance(one, ControlPressed)] == ["not allowed", "done"]


@pytest.mark.parametrize(
    ("records", "word"),
    [
        (recorded(TurnStage.WRITING, ending=Ending.STOPPED), notices.STOPPING.english),
        (recorded(TurnStage.OVER), notices.OVER.english),
        ({}, notices.OVER.english),
        (
            {CLAIM: RecordedAnswer("5.0", ThreadKey("T", "C", "1.0"), "U1", TurnStage.WRITING, None)},
            notices.OVER.english,
        ),
    ],
    ids=["being stopped", "over", "forgotten", "of another thread"],
)
async def test_what_cannot_be_stopped_is_told(records: dict[Claim, RecordedAnswer], word: str) -> None:
    there = Workspace(records=records)
    await pressed(there, a_press(ControlKind.STOP))
    assert (there.stopped, there.told) == ([], [("U1", word)])


@pytest.mark.parametrize(
    ("control", "take", "continues"),
    [
        (ControlKind.REGENERATE, 1, None),
        (ControlKind.RETRY, 1, None),
        (ControlKind.CONTINUE, 1, 0),
        (ControlKind.EDITED, 1, None),
    ],
)
async def test_another_take_is_of_the_same_question_and_its_author(
    control: ControlKind, take: int, continues: int | None
) -> None:
    there = Workspace()
    await pressed(there, a_press(control, by="U9"))
    (answer,) = there.begun
    assert answer == AnswerKey(TurnKey(THREAD, "5.0", "U1", Kind.MENTION), take)
    assert (answer.continues, there.told) == (continues, [])


class CountingDesk(FakeDesk):
    """Keeps whose room was asked for."""

    def __init__(self, there: Workspace) -> None:
        super().__init__(there.resolve, there.spent)
        self.asked: list[str] = []

    async def has_room(self, team: str, person: str) -> Refusal | None:
        self.asked.append(person)
        return await super().has_room(team, person)


@pytest.mark.parametrize(("by", "payer"), [("U1", ""), ("U9", "U9")])
async def test_another_take_is_paid_by_who_wants_it(by: str, payer: str) -> None:
    there, tasks = Workspace(), OwnedTasks()
    desk = CountingDesk(there)
    async with tasks.open():
        ControlActions(there, there, there, there, desk, tasks).press(a_press(ControlKind.REGENERATE, by=by))
    (answer,) = there.begun
    assert (desk.asked, answer.user, answer.payer, answer.spender) == ([by], "U1", payer, by)


async def test_what_is_pressed_twice_is_done_once_and_said() -> None:
    there = Workspace()
    await pressed(there, a_press(ControlKind.REGENERATE), a_press(ControlKind.REGENERATE))
    assert len(there.begun) == 1
    assert there.told == [("U1", notices.ASKED_ALREADY.english)]


@pytest.mark.parametrize(
    "control", [ControlKind.REGENERATE, ControlKind.CONTINUE, ControlKind.RETRY, ControlKind.DELETE]
)
@pytest.mark.parametrize(
    ("there", "press", "word"),
    [
        (Workspace(said=[ASKED]), {}, notices.VANISHED.english),
        (Workspace(said=[]), {}, notices.VANISHED.english),
        (Workspace(), {"ts": "8.0"}, notices.VANISHED.english),
        (Workspace(), {"tag": AnswerTag("5.0", 3)}, notices.VANISHED.english),
        (Workspace(), {"tag": None}, notices.UNKNOWN.english),
        (Workspace(), {"by": "U2"}, notices.NOT_YOURS.english),
    ],
    ids=["gone", "all gone", "another message", "another answer", "made up", "a stranger"],
)
async def test_what_cannot_be_done_has_a_word_and_changes_nothing(
    control: ControlKind, there: Workspace, press: dict[str, object], word: str
) -> None:
    there = replace(there, whispered=[])  # pytest gives the same one to each control
    await pressed(there, a_press(control, **press))  # type: ignore[arg-type]
    assert [text for _, text in there.told] == [word]
    assert (there.begun, there.deleted, there.stopped) == ([], [], [])


async def test_the_question_of_a_further_take_has_to_be_there() -> None:
    there = Workspace(said=[ANSWERED, MORE])
    await pressed(there, a_press(ControlKind.REGENERATE, by="U9"))
    assert (there.begun, there.told) == ([], [("U9", notices.VANISHED.english)])


async def test_an_answer_is_deleted_with_all_its_messages_and_what_was_said_of_it() -> None:
    there = Workspace(verdicts={(CLAIM, "U2"): "bad"})
    await pressed(there, a_press(ControlKind.DELETE))
    assert (there.deleted, there.verdicts, there.told) == (["6.0", "7.0"], {}, [])


A_FILE = ThreadMessage("8.0", "UBOT", (), ours=True, files=(SharedFile("F1", "answer-5-0.md", "8.0"),))
OTHERS_FILE = ThreadMessage("9.0", "UBOT", (), ours=True, files=(SharedFile("F2", "answer-4-0.md", "9.0"),))


async def test_an_answer_is_deleted_with_its_file_and_no_other() -> None:
    there = Workspace(said=[ASKED, ANSWERED, A_FILE, OTHERS_FILE])
    await pressed(there, a_press(ControlKind.DELETE, ts="6.0"))
    assert (there.deleted, there.told) == (["F1", "6.0", "8.0"], [])


async def test_a_file_that_is_gone_already_does_not_keep_its_answer() -> None:
    there = Workspace(said=[ASKED, ANSWERED, A_FILE], file_errors=[SlackError("gone", code="file_deleted")])
    await pressed(there, a_press(ControlKind.DELETE, ts="6.0"))
    assert there.deleted == ["6.0", "8.0"]


async def test_a_file_that_cannot_be_deleted_keeps_its_answer_until_it_is_pressed_again() -> None:
    there = Workspace(said=[ASKED, ANSWERED, A_FILE], file_errors=[SlackError("no", code="cant_delete_file")])
    await pressed(there, a_press(ControlKind.DELETE, ts="6.0"))
    assert (there.deleted, there.told) == ([], [("U1", notices.UNDONE.english)])


@pytest.mark.parametrize("by", ["U1", "U9"], ids=["who asked", "an admin"])
async def test_a_thread_is_followed_no_longer_from_what_was_said_last(by: str) -> None:
    there = Workspace()
    await pressed(there, a_press(ControlKind.LEAVE, by=by))
    assert (there.left, there.told) == ([(THREAD, "7.0")], [(by, notices.LEFT.english)])


async def test_a_stranger_does_not_end_that_a_thread_is_followed() -> None:
    there = Workspace()
    await pressed(there, a_press(ControlKind.LEAVE, by="U2"))
    assert (there.left, there.told) == ([], [("U2", notices.NOT_YOURS.english)])


async def test_a_message_that_somebody_deletes_at_the_same_time_is_no_error() -> None:
    class Quicker(Workspace):
        async def carry_out(self, call: SlackCall) -> str:
            if isinstance(call, Delete) and call.ts == "6.0":
                raise MessageGone("chat.delete: message_not_found")
            return await Workspace.carry_out(self, call)

    there = Quicker()
    await pressed(there, a_press(ControlKind.DELETE))
    assert (there.deleted, there.told) == (["7.0"], [])


async def test_everybody_may_say_what_they_think_of_an_answer_and_change_their_mind() -> None:
    there = Workspace()
    judge = [a_press(ControlKind.FEEDBACK, by="U2", verdict=verdict) for verdict in ("good", "good", "bad")]
    await pressed(there, *judge)
    assert there.verdicts == {(CLAIM, "U2"): "bad"}
    assert there.told == [
        ("U2", notices.THANKS.english),
        ("U2", notices.NOTED.english),
        ("U2", notices.THANKS.english),
    ]
    assert [one["value"] for one in there.whispered[0].buttons] == ["5.0 5.0"]


async def test_who_has_given_feedback_can_add_a_note() -> None:
    there = Workspace()
    note = NoteGiven(THREAD, "U2", TAG, "Too long.")
    await pressed(
        there, a_press(ControlKind.FEEDBACK, by="U2", verdict="bad"), a_press(ControlKind.NOTE, by="U2")
    )
    ((trigger, view),) = there.views
    assert (trigger, view["private_metadata"]) == ("trigger", "C 5.0 5.0")
    async with actions(there) as controls:
        assert await controls.note(note) == ""
    assert there.notes == {(CLAIM, "U2"): "Too long."}


@pytest.mark.parametrize(("tag", "word"), [(TAG, notices.TOO_LATE.english), (None, notices.UNKNOWN.english)])
async def test_a_note_that_belongs_to_nothing_is_not_kept(tag: AnswerTag | None, word: str) -> None:
    there = Workspace()
    async with actions(there) as controls:
        assert await controls.note(NoteGiven(THREAD, "U2", tag, "Too long.")) == word
    assert there.notes == {}


async def test_the_link_to_an_earlier_take_does_nothing_but_lead_there() -> None:
    there = Workspace()
    await pressed(there, a_press(ControlKind.FORMER))
    assert (there.told, there.begun) == ([], [])


@pytest.mark.parametrize("control", [ControlKind.REGENERATE, ControlKind.CONTINUE, ControlKind.RETRY])
async def test_who_may_not_ask_any_more_begins_nothing_by_a_button(control: ControlKind) -> None:
    there = Workspace(barred=frozenset({"U1"}))
    await pressed(there, a_press(control))
    assert there.told == [("U1", "Not you.")]
    assert there.begun == []


async def test_where_a_budget_is_used_up_the_button_is_not() -> None:
    there = Workspace(spent=Refusal("budget-of-person", notices.SPENT_PERSON))
    await pressed(there, a_press(ControlKind.REGENERATE))
    assert (there.told, there.begun) == ([("U1", notices.SPENT_PERSON.english)], [])
    there.spent = None
    await pressed(there, a_press(ControlKind.REGENERATE))
    assert len(there.begun) == 1


async def test_who_asked_for_an_answer_to_anothers_message_may_press_what_stands_below_it() -> None:
    asked = RecordedAnswer("5.0", THREAD, "U2", TurnStage.OVER, None)
    there = Workspace(records={CLAIM: asked})
    await pressed(there, a_press(ControlKind.REGENERATE, by="U1"), a_press(ControlKind.REGENERATE, by="U2"))
    assert there.told == [("U1", notices.NOT_YOURS.english)]
    assert [one.user for one in there.begun] == ["U2"]


async def test_who_changes_an_answered_question_is_asked_whether_to_answer_it_again() -> None:
    there = Workspace(records=recorded(TurnStage.OVER) | recorded(TurnStage.OVER, name="5.0+01"))
    async with actions(there) as controls:
        controls.offer_again(QuestionEdited(THREAD, "5.0", "U1"))
    (word,) = there.whispered
    assert (word.user, word.text) == ("U1", notices.QUESTION_EDITED.english)
    assert [one["value"] for one in word.buttons] == ["5.0 5.0+01"]


@pytest.mark.parametrize("edited", [QuestionEdited(THREAD, "4.0", "U1"), QuestionEdited(THREAD, "5.0", "U2")])
async def test_who_changes_something_else_is_asked_nothing(edited: QuestionEdited) -> None:
    there = Workspace(records=recorded(TurnStage.OVER))
    async with actions(there) as controls:
        controls.offer_again(edited)
    assert there.told == []


async def test_a_short_rate_limit_is_waited_for() -> None:
    there = Workspace(errors=[RateLimited(2)])
    await pressed(there, a_press(ControlKind.REGENERATE))
    assert (len(there.begun), asyncio.get_running_loop().time()) == (1, 2)


@pytest.mark.parametrize("error", [RateLimited(60), SlackUnreachable("reset")], ids=str)
async def test_what_slack_does_not_let_us_do_is_told_and_can_be_pressed_again(
    error: SlackError, happened: list[Fact]
) -> None:
    there = Workspace(errors=[error])
    await pressed(there, a_press(ControlKind.REGENERATE))
    assert (there.begun, there.told) == ([], [("U1", notices.UNDONE.english)])
    assert [type(one) for one in happened] == [ControlFailed]


async def test_who_cannot_be_asked_about_is_no_admin(happened: list[Fact]) -> None:
    there = Workspace(records=recorded(TurnStage.WRITING), errors=[SlackDenied("users.info: missing_scope")])
    await pressed(there, a_press(ControlKind.STOP, by="U9"))
    assert (there.stopped, there.told) == ([], [("U9", notices.NOT_YOURS.english)])
    assert isinstance(happened[0], AdminUnknown)


async def test_a_bug_in_one_press_is_told_and_the_next_is_done(happened: list[Fact]) -> None:
    class Broken(Workspace):
        async def find(self, claim: Claim, *, newest: bool = False) -> RecordedAnswer | None:
            raise ZeroDivisionError

    await pressed(there := Broken(), a_press(ControlKind.STOP))
    assert there.told == [("U1", notices.UNDONE.english)]
    assert [type(one) for one in happened] == [ControlCrashed]


async def test_a_word_that_cannot_be_said_is_for_the_operator(happened: list[Fact]) -> None:
    there = Workspace(errors=[SlackDenied("chat.postEphemeral: user_not_in_channel")])
    await pressed(there, a_press(None))
    assert there.told == []
    assert [type(one) for one in happened] == [ControlPressed, WhisperRefused]


async def test_a_press_from_where_we_are_not_installed_does_nothing() -> None:
    there = Workspace(records=recorded(TurnStage.WRITING))
    press = Press(ThreadKey("T9", "C", "5.0"), "7.0", "U1", ControlKind.STOP, TAG)
    await pressed(there, press)
    assert (there.stopped, there.told) == ([], [])


async def test_a_process_that_ends_does_not_wait_for_ever_for_what_was_pressed() -> None:
    class Silent(Workspace):
        async def read_thread(self, thread: ThreadKey) -> list[ThreadMessage]:
            await asyncio.Event().wait()
            return []

    await pressed(there := Silent(), a_press(ControlKind.REGENERATE))
    assert there.begun == []


async def test_a_take_that_the_record_has_forgotten_is_not_begun_again_where_slack_has_it() -> None:
    again = ThreadMessage("8.0", "UBOT", text_parts("La!"), ours=True, marker="T:C:5.0+01:0")
    there = Workspace(said=[ASKED, ANSWERED, MORE, again])
    await pressed(there, a_press(ControlKind.CONTINUE))
    assert (there.begun, there.told) == ([], [("U1", notices.ASKED_ALREADY.english)])


async def test_slack_s_own_stop_ends_what_is_answered_in_the_thread(happened: list[Fact]) -> None:
    there = Workspace()
    async with actions(there) as controls:
        await controls.stop_session(THREAD)
    assert there.stopped == [(THREAD, "")]
    assert happened == [ControlPressed(thread=THREAD, control="session", outcome="done")]


async def test_a_decision_is_left_to_who_has_asked_for_it(happened: list[Fact]) -> None:
    there = Workspace()
    await pressed(there, a_press(ControlKind.APPROVE), a_press(ControlKind.DECLINE, by="U2"))
    assert there.decided == [(ControlKind.APPROVE, "U1", TAG), (ControlKind.DECLINE, "U2", TAG)]
    assert there.told == [("U2", notices.NOT_YOUR_DECISION.english)]
    outcomes = [one.outcome for one in happened if isinstance(one, ControlPressed)]
    assert outcomes == ["done", "not allowed"]


async def test_where_there_are_no_tools_nothing_can_be_decided() -> None:
    there = Workspace(has_tools=False)
    await pressed(there, a_press(ControlKind.APPROVE))
    assert there.told == [("U1", notices.UNKNOWN.english)]


async def test_whoever_presses_is_told_in_their_own_language() -> None:
    german, french = Language("de"), Language("fr")
    there = Workspace(languages={"U2": german, "U3": french})
    await pressed(there, a_press(ControlKind.DELETE, by="U2"), a_press(ControlKind.DELETE, by="U3"))
    assert sorted(there.told) == [
        ("U2", german.say(notices.NOT_YOURS)),
        ("U3", french.say(notices.NOT_YOURS)),
    ]


async def test_who_says_what_they_think_of_an_answer_reads_thanks_and_a_button_in_their_language() -> None:
    there = Workspace(languages={"U2": (german := Language("de"))})
    await pressed(there, a_press(ControlKind.FEEDBACK, by="U2", verdict="good"))
    (word,) = there.whispered
    assert (word.text, word.buttons[0]["text"]["text"]) == (
        german.say(notices.THANKS),
        german.say(notices.ADD_NOTE),
    )
