"""Does what people press below answers, on whichever replica they are heard.

    press --acked at once--> who may? what stands on record, and in Slack? --> done, or a private word why not

A press is nobody's prompt: Slack has its ack before anything is asked, and a press that is lost with its process is pressed again.
What has to outlive a process (a stop, a further take, feedback) is on record once it is done.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, NamedTuple, Protocol

from bot.core.conversation import notices
from bot.core.conversation.admission import Refusal
from bot.core.conversation.answer_key import AnswerKey
from bot.core.conversation.history import Takes
from bot.core.conversation.incoming import Kind, TurnKey, is_direct
from bot.core.conversation.shared_files import FILE_GONE
from bot.core.delivery.control_rules import ANSWERING, Standing, next_take, refusal
from bot.core.delivery.controls import ControlKind, button, note_modal
from bot.core.delivery.press import DECIDING
from bot.core.delivery.slack_calls import Delete, DeleteFile, Whisper
from bot.delivery.patient_call import patiently
from bot.errors import MessageGone, SlackError
from bot.observability import facts
from bot.observability.hooks import tell
from bot.observability.logs import way_to
from bot.turns.workspace_admins import is_known_admin

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from bot.core.conversation.answer_key import AnswerTag
    from bot.core.conversation.history import ThreadMessage
    from bot.core.conversation.incoming import Claim, ThreadKey
    from bot.core.conversation.json_payload import Payload
    from bot.core.conversation.shared_files import SharedFile
    from bot.core.delivery.press import NoteGiven, Press, QuestionEdited
    from bot.core.delivery.slack_calls import SlackCall
    from bot.durable.turn_store import RecordedAnswer
    from bot.language.catalogue import Language
    from bot.language.translatable import Translatable
    from bot.turns.admission_desk import Admitting
    from bot.turns.owned_tasks import OwnedTasks

PATIENCE = 5.0  # seconds of 429s that are waited for somebody who has pressed something
DONE = "done"


class ControlSurface(Protocol):
    """Does in a workspace what presses need; see `bot.slack.web_api_client`."""

    async def carry_out(self, call: SlackCall) -> str: ...
    async def read_thread(self, thread: ThreadKey) -> list[ThreadMessage]: ...
    async def is_admin(self, user: str) -> bool: ...
    async def open_view(self, trigger: str, view: Payload) -> None: ...
    async def publish_view(self, user: str, view: Payload) -> None: ...
    async def say(self, channel: str, words: str) -> None: ...


class SurfaceDirectory(Protocol):
    """Knows the workspaces that have installed us, and their people; see `bot.installation`."""

    async def language(self, team: str, user: str) -> Language:
        """Returns the language of somebody there, English where it is not known."""
        ...

    async def surface(self, team: str) -> ControlSurface | None:
        """Returns the way into the workspace `team`; None where it has not installed us."""
        ...


class ControlRecord(Protocol):
    """Holds what is on record of answers; see `bot.durable.turn_store`."""

    async def find(self, claim: Claim, *, newest: bool = False) -> RecordedAnswer | None: ...


class FeedbackRecord(Protocol):
    """Keeps what people say of answers; see `bot.durable.feedback_store`."""

    async def judge(self, claim: Claim, person: str, verdict: str) -> bool: ...
    async def annotate(self, claim: Claim, person: str, note: str) -> bool: ...
    async def withdraw(self, claim: Claim) -> None: ...


class ApprovalDesk(Protocol):
    """Takes what people say to actions; see `bot.turns.approvals`."""

    async def decide(self, press: Press, tag: AnswerTag) -> Translatable | None: ...


class AnswerStarter(Protocol):
    """Begins and ends answers; see `bot.turns.registry`."""

    async def again(self, answer: AnswerKey) -> bool: ...
    async def stop(self, thread: ThreadKey, name: str = "") -> None: ...
    async def leave(self, thread: ThreadKey, *, since: str) -> None: ...


class _Word(NamedTuple):
    """Holds what somebody who has pressed something is told in private, None for nothing, and the control that stands below that: of
    the answer `tag` in the thread `thread_ts`."""

    text: Translatable | None = None
    control: ControlKind | None = None
    tag: str = ""
    thread_ts: str = ""


class ControlActions:
    """Does what is pressed in all workspaces of a process, as work that `tasks` owns."""

    def __init__(
        self,
        turns: AnswerStarter,
        record: ControlRecord,
        feedback: FeedbackRecord,
        surfaces: SurfaceDirectory,
        desk: Admitting,
        tasks: OwnedTasks,
        *,
        approvals: ApprovalDesk | None = None,
    ) -> None:
        self._turns = turns
        self._record = record
        self._feedback = feedback
        self._surfaces = surfaces
        self._desk = desk
        self._tasks = tasks
        self._approvals = approvals

    def press(self, press: Press) -> None:
        """Does what was pressed, or tells why not, after this has returned."""
        name = press.control.value if press.control else "unknown"
        self._start(press.thread, press.user, name, lambda surface: self._pressed(press, surface))

    def offer_again(self, edited: QuestionEdited) -> None:
        """Offers to answer a question again that its author has changed, where it was answered."""
        self._start(edited.thread, edited.user, "edit", lambda _: self._offered(edited))

    async def stop_session(self, thread: ThreadKey) -> None:
        """Ends what is being answered in the thread: Slack has let somebody stop it. Raises as `bot.turns.registry.Turns.stop` does."""
        await self._turns.stop(thread)
        tell(facts.ControlPressed(thread=thread, control="session", outcome=DONE))

    async def note(self, given: NoteGiven) -> str:
        """Keeps a note to feedback. Returns why not, in the words of its author's language; "" where it is kept.

        Raises what SQLAlchemy raises where the database refuses it.
        """
        word = await self._keep(given)
        return (await self._surfaces.language(given.thread.team, given.user)).say(word) if word else ""

    async def _keep(self, given: NoteGiven) -> Translatable | None:
        if given.tag is None:
            return notices.UNKNOWN
        kept = await self._feedback.annotate(_claim(given.thread, given.tag), given.user, given.text)
        tell(facts.ControlPressed(thread=given.thread, control="note", outcome=DONE if kept else "too late"))
        return None if kept else notices.TOO_LATE

    # ---- one press

    def _start(
        self,
        thread: ThreadKey,
        user: str,
        name: str,
        work: Callable[[ControlSurface], Awaitable[_Word]],
    ) -> None:
        self._tasks.start(name, self._do(thread, user, name, work))

    async def _do(
        self,
        thread: ThreadKey,
        user: str,
        name: str,
        work: Callable[[ControlSurface], Awaitable[_Word]],
    ) -> None:
        surface = await self._surfaces.surface(thread.team)
        if surface is None:
            return
        try:
            word = await work(surface)
        except SlackError as error:
            tell(facts.ControlFailed(thread=thread, control=name, kind=type(error).__name__))
            word = _Word(notices.UNDONE)
        except Exception as error:
            # What is pressed ends here: a press that breaks must not take the process with it.
            tell(facts.ControlCrashed(thread=thread, control=name, way=way_to(error)))
            word = _Word(notices.UNDONE)
        if word.text is not None:
            await self._whisper(surface, thread, user, word.text, word)

    async def _whisper(
        self, surface: ControlSurface, thread: ThreadKey, user: str, text: Translatable, word: _Word
    ) -> None:
        language = await self._surfaces.language(thread.team, user)
        below = (button(word.control, word.tag, language, thread_ts=word.thread_ts),) if word.control else ()
        try:
            await surface.carry_out(Whisper(thread, user, language.say(text), below))
        except SlackError as error:
            tell(facts.WhisperRefused(thread=thread, error=str(error)))

    async def _pressed(self, press: Press, surface: ControlSurface) -> _Word:
        control, tag = press.control, press.tag
        if control is None or tag is None:
            word = _Word(refusal(control, tag, Standing(there=False, may=False)))
        elif control is ControlKind.STOP:
            word = await self._stop(press, tag, surface)
        elif control in DECIDING:
            word = _Word(await self._approvals.decide(press, tag) if self._approvals else notices.UNKNOWN)
        elif control is ControlKind.NOTE:
            language = await self._surfaces.language(press.thread.team, press.user)
            modal = note_modal(press.thread.channel, press.thread.thread_ts, str(tag), language)
            await surface.open_view(press.trigger, modal)
            word = _Word()
        elif control is ControlKind.FORMER:
            word = _Word()  # a link: whoever pressed it is there
        else:
            word = await self._with_thread(press, control, tag, surface)
        outcome = _OUTCOMES.get(word.text, DONE) if word.text else DONE
        name = control.value if control else "unknown"
        tell(facts.ControlPressed(thread=press.thread, control=name, outcome=outcome))
        return word

    async def _stop(self, press: Press, tag: AnswerTag, surface: ControlSurface) -> _Word:
        """Without a look at Slack: within a second the model has to hear of it."""
        found = await self._record.find(_claim(press.thread, tag))
        if found is None or found.thread != press.thread:
            standing = Standing(there=False, may=False)
        else:
            may = await self._may(press.user, found.person, surface)
            standing = Standing(there=True, may=may, running=not found.over, ending=found.ending is not None)
        word = refusal(ControlKind.STOP, tag, standing)
        if not word:
            await self._turns.stop(press.thread, tag.name)
        return _Word(word)

    async def _with_thread(
        self, press: Press, control: ControlKind, tag: AnswerTag, surface: ControlSurface
    ) -> _Word:
        said = await _read(surface, press.thread)
        standing, asker = await self._standing(press, control, tag, said, surface)
        if word := refusal(control, tag, standing):
            return _Word(word)
        if control in ANSWERING:
            admission = await self._desk.admit(TurnKey(press.thread, tag.ts, press.user, Kind.MENTION))
            refused = admission if isinstance(admission, Refusal) else None
            # Whoever wants another answer pays for it, also where somebody else has asked the question.
            refused = refused or await self._desk.has_room(press.thread.team, press.user)
            if refused:  # before the take is on record: it can be pressed again another day
                return _Word(refused.words)
            return await self._answer(press, next_take(control, tag), asker, Takes(said, tag.ts))
        if control is ControlKind.DELETE:
            return await self._delete(press.thread, tag, said, surface)
        if control is ControlKind.LEAVE:
            # From here on: what has been said by now was heard.
            await self._turns.leave(press.thread, since=max((one.ts for one in said), key=float))
            return _Word(notices.LEFT)
        return await self._judge(press, tag)

    async def _standing(
        self,
        press: Press,
        control: ControlKind,
        tag: AnswerTag,
        said: list[ThreadMessage],
        surface: ControlSurface,
    ) -> tuple[Standing, str]:
        """Returns what is known of the answer, and who asked for it."""
        recorded = await self._record.find(_claim(press.thread, tag))
        author = next((one.user for one in said if one.ts == tag.ts and not one.ours), "")
        # Somebody else may have asked for an answer to a message; the record forgets after some days.
        asker = recorded.person if recorded is not None and author else author
        messages = Takes(said, tag.ts).messages(tag)
        there = bool(asker) if control is ControlKind.EDITED else any(one.ts == press.ts for one in messages)
        if control in ANSWERING:
            there = there and bool(asker)
        if not there:
            return Standing(there=False, may=False), asker
        may = control is ControlKind.FEEDBACK or await self._may(press.user, asker, surface)
        return Standing(there=True, may=may), asker

    async def _may(self, user: str, asker: str, surface: ControlSurface) -> bool:
        return user == asker or await is_known_admin(surface, user)

    async def _answer(self, press: Press, tag: AnswerTag, asker: str, takes: Takes) -> _Word:
        thread, payer = press.thread, "" if press.user == asker else press.user
        if tag.take in takes.numbers:
            return _Word(notices.ASKED_ALREADY)  # the record forgets, and Slack does not
        kind = Kind.DIRECT if is_direct(thread.channel) else Kind.MENTION
        answer = AnswerKey(TurnKey(thread, tag.ts, asker, kind), tag.take, tag.continues, payer)
        return _Word(None if await self._turns.again(answer) else notices.ASKED_ALREADY)

    async def _delete(
        self, thread: ThreadKey, tag: AnswerTag, said: list[ThreadMessage], surface: ControlSurface
    ) -> _Word:
        takes = Takes(said, tag.ts)
        files = takes.files(tag)
        for file in files:
            await self._delete_file(thread, file, surface)
        for ts in (*(one.ts for one in takes.messages(tag)), *(one.ts for one in files)):
            try:
                await patiently(partial(surface.carry_out, Delete(thread, ts)), seconds=PATIENCE)
            except MessageGone:
                continue  # somebody was quicker
        await self._feedback.withdraw(_claim(thread, tag))
        return _Word()

    async def _delete_file(self, thread: ThreadKey, file: SharedFile, surface: ControlSurface) -> None:
        """Before its message: where that is gone, nobody finds the file any more."""
        try:
            await patiently(partial(surface.carry_out, DeleteFile(thread, file.id)), seconds=PATIENCE)
        except SlackError as error:
            if error.code not in FILE_GONE:
                raise

    async def _judge(self, press: Press, tag: AnswerTag) -> _Word:
        new = await self._feedback.judge(_claim(press.thread, tag), press.user, press.verdict)
        word = notices.THANKS if new else notices.NOTED
        return _Word(word, ControlKind.NOTE, str(tag), press.thread.thread_ts)

    async def _offered(self, edited: QuestionEdited) -> _Word:
        question = (edited.thread.team, edited.thread.channel, edited.ts)
        found = await self._record.find(question, newest=True)
        if found is None or found.person != edited.user:
            return _Word()
        return _Word(notices.QUESTION_EDITED, ControlKind.EDITED, found.name, found.thread.thread_ts)


async def _read(surface: ControlSurface, thread: ThreadKey) -> list[ThreadMessage]:
    return await patiently(lambda: surface.read_thread(thread), seconds=PATIENCE)


def _claim(thread: ThreadKey, tag: AnswerTag) -> Claim:
    return (thread.team, thread.channel, tag.name)


_OUTCOMES = {
    notices.UNKNOWN: "unknown",
    notices.OVER: "over",
    notices.STOPPING: "stopping already",
    notices.VANISHED: "gone",
    notices.NOT_YOURS: "not allowed",
    notices.TOO_MANY: "too many",
    notices.ASKED_ALREADY: "asked already",
    notices.NOTED: "noted already",
    notices.NOT_YOUR_DECISION: "not allowed",
    notices.TOO_LATE_TO_DECIDE: "too late",
    notices.DECIDED_ALREADY: "decided already",
}
"""Says for the log what became of a press, by what its author is told."""
