"""What becomes of a question in private, in a fake workspace and in virtual time."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import pytest

from bot.core.conversation import notices
from bot.core.conversation.admission import Preferences, Refusal
from bot.core.conversation.attached_files import with_files
from bot.core.conversation.content_parts import FilePart, FileTextPart, FileUnit, text_parts
from bot.core.conversation.deltas import Finish, Reason, Text
from bot.core.conversation.file_refusals import FileRefusal
from bot.core.conversation.history import ThreadMessage
from bot.core.conversation.incoming import Kind, Prompt, ThreadKey
from bot.core.conversation.private_question import (
    SUMMARISE_PROMPT,
    CommandGiven,
    Invitation,
    SharePressed,
    ShortcutChosen,
    ShortcutKind,
)
from bot.core.conversation.wishes import Wishes
from bot.core.delivery.private_answer import MOST_USES
from bot.errors import ModelStalled, SlackError, SlackUnreachable, ThreadGone
from bot.language.catalogue import ENGLISH, Language
from bot.language.translatable import Translatable
from bot.model.model_choice import ModelChoice
from bot.observability.facts import Fact, GreetingRefused, PrivateReplyRefused, WorkCrashed
from bot.observability.hooks import subscribe
from bot.turns import private_questions as module
from bot.turns.owned_tasks import OwnedTasks
from bot.turns.private_questions import SHAREABLE_FOR, PrivateQuestions
from bot.turns.private_writer import PrivateWriter
from tests.clock import VIRTUAL
from tests.fakes import FakeDesk, FakeModel, words
from tests.turns.test_control_actions import THREAD, Workspace

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Sequence

    from bot.core.conversation.admission import Admission
    from bot.core.conversation.deltas import DeltaStream
    from bot.core.conversation.history import ChatMessage
    from bot.core.conversation.json_payload import Payload

COMMAND = CommandGiven("/ask", "Why?", "T", "C", "U1", "url")
CHOSEN = ShortcutChosen(ShortcutKind.SUMMARISE, THREAD, "6.0", "U2", text_parts("Ship it"), "U1", "url")


@pytest.fixture
def anyio_backend() -> object:
    return VIRTUAL


class CautiousModel(FakeModel):
    """Says that it may be wrong."""

    caution: Translatable | None = Translatable("May be wrong.")


class VerboseModel(CautiousModel):
    """Says more than any address takes, but for what it is to put in short."""

    def stream(self, messages: Sequence[ChatMessage]) -> DeltaStream:
        short = super().stream(messages)
        return verbose() if "Be kind." in messages[0].text else short


async def verbose() -> DeltaStream:
    yield Text("Bubbles rise and fall. " * 3_000)
    yield Finish(Reason.STOP)


@dataclass
class Desk:
    """Where questions come in, and what was said in private and shared."""

    model: CautiousModel
    there: Workspace = field(default_factory=Workspace)
    admission: Admission = field(default_factory=lambda: Preferences("Be kind.", 1000))
    refuses: list[SlackError | None] = field(default_factory=list)  # the next messages
    sent: list[tuple[str, Payload]] = field(default_factory=list)
    taken: list[Prompt] = field(default_factory=list)
    facts: list[Fact] = field(default_factory=list)

    async def send(self, url: str, message: Payload) -> None:
        if self.refuses and (error := self.refuses.pop(0)) is not None:
            raise error
        self.sent.append((url, message))

    async def take(self, prompt: Prompt) -> bool:
        self.taken.append(prompt)
        return self.taken.count(prompt) == 1

    @asynccontextmanager
    async def open(self) -> AsyncGenerator[PrivateQuestions]:
        tasks = OwnedTasks()
        with subscribe(self.facts.append):
            async with tasks.open():
                gate = FakeDesk(lambda _: self.admission)
                writer = PrivateWriter(ModelChoice(self.model), gate, self.there)
                yield PrivateQuestions(writer, gate, self, self.there, self, tasks)

    @property
    def told(self) -> list[str]:
        """What was said, in private or to all."""
        return [said(message) for _, message in self.sent]


def said(message: Payload) -> str:
    blocks: list[dict[str, Any]] = [*message.get("blocks", ())]
    return next((one["text"] for one in blocks if one["type"] == "markdown"), str(message["text"]))


def a_desk(*answers: DeltaStream, **wanted: Any) -> Desk:
    return Desk(CautiousModel(*answers), **wanted)


async def asked(desk: Desk, given: CommandGiven = COMMAND) -> str:
    async with desk.open() as questions:
        return await questions.ask(given)


def share_of(desk: Desk, **change: str) -> SharePressed:
    """A press of the button below the last private answer."""
    row = desk.sent[-1][1]["blocks"][-1]
    return replace(SharePressed(row["elements"][0]["value"], "T", "C", "U1", "url2"), **change)


async def test_a_command_is_answered_in_private_with_a_button_to_share_it() -> None:
    desk = a_desk(words("La la"))
    assert await asked(desk) == notices.PRIVATE_THINKING.english
    ((url, message),) = desk.sent
    assert (url, message["response_type"], said(message)) == ("url", "ephemeral", "La la")
    assert [one.text for one in desk.model.asked[0]] == ["Be kind.", "Why?"]


class FakeFiles:
    """Reads every file as one line, but for sound."""

    async def read(
        self, said: Sequence[ThreadMessage], thread: ThreadKey, *, history: int, pictures: bool
    ) -> list[ThreadMessage]:
        song = FilePart("a.mp3")
        text = FileTextPart("a.txt", "Ship it on Friday", FileUnit.LINES, 1, 1)
        return with_files(said, {FilePart("a.txt"): text, song: replace(song, refusal=FileRefusal.MEDIA)})


async def test_the_files_of_a_chosen_message_are_read_for_a_private_answer() -> None:
    desk = a_desk(words("Friday."))
    desk.there.reads = FakeFiles()
    parts = (FilePart("a.txt"), FilePart("a.mp3"))
    await chosen(desk, replace(CHOSEN, kind=ShortcutKind.EXPLAIN, parts=parts))
    (asked_for,) = desk.model.asked
    assert "Ship it on Friday" in str(asked_for[1].parts)
    assert desk.told[-1] == (
        "Friday.\n\n*Read: `a.txt`.*\n*Not read: `a.mp3`: I read no sound and no video.*"
    )


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"question": ""}, notices.ASK_HELP.english),
        ({"question": "help"}, notices.ASK_HELP.english),
        ({"name": "/other"}, notices.UNKNOWN_COMMAND.english),
    ],
)
async def test_what_cannot_be_answered_has_a_word_at_once(change: dict[str, str], word: str) -> None:
    desk = a_desk()
    assert await asked(desk, replace(COMMAND, **change)) == word
    assert (desk.sent, desk.model.asked) == ([], [])


async def test_a_person_asks_one_thing_at_a_time_and_others_meanwhile() -> None:
    desk = a_desk(words("La"), words("Lo"), words("Li"))
    async with desk.open() as questions:
        now = [
            await questions.ask(COMMAND),
            await questions.ask(COMMAND),
            await questions.ask(replace(COMMAND, user="U2")),
        ]
        await asyncio.sleep(1)
        later = await questions.ask(COMMAND)
    assert now == [
        notices.PRIVATE_THINKING.english,
        notices.ONE_AT_A_TIME.english,
        notices.PRIVATE_THINKING.english,
    ]
    assert (later, len(desk.sent)) == (notices.PRIVATE_THINKING.english, 3)


@pytest.mark.parametrize(
    ("answer", "shown"),
    [
        (words("La la", then=ModelStalled("silent")), ModelStalled.told.english),
        (
            words("La", then=Finish(Reason.LENGTH)),
            f"La\n\n*{notices.ending(Finish(Reason.LENGTH), ENGLISH)}*",
        ),
        (words("La", then=ZeroDivisionError()), notices.CRASHED.english),
    ],
    ids=["the model fails", "it is cut", "a bug"],
)
async def test_how_an_answer_ends_is_told_to_who_waits_for_it(answer: DeltaStream, shown: str) -> None:
    desk = a_desk(answer)
    await asked(desk)
    assert desk.told == [shown]


async def test_who_may_not_ask_reads_why() -> None:
    desk = a_desk(admission=Refusal("guest", Translatable("Only members can ask me.")))
    await asked(desk)
    assert (desk.told, desk.model.asked) == (["Only members can ask me."], [])


async def test_an_answer_that_slack_does_not_take_is_told_to_the_operator_and_tried_to_be_told() -> None:
    desk = a_desk(words("La"), refuses=[SlackUnreachable("reset"), SlackError("used up")])
    await asked(desk)
    assert (desk.told, [type(one) for one in desk.facts]) == ([], [PrivateReplyRefused] * 2)


# ---- a message's menu


async def test_who_waits_for_an_answer_chooses_nothing_else_meanwhile() -> None:
    desk = a_desk(words("La", every=10))
    async with desk.open() as questions:
        await questions.ask(COMMAND)
        await asyncio.sleep(1)
        questions.choose(CHOSEN)
        await asyncio.sleep(20)
    assert desk.told == [notices.ONE_AT_A_TIME.english, "La"]


async def chosen(desk: Desk, *choices: ShortcutChosen) -> None:
    async with desk.open() as questions:
        for choice in choices:
            questions.choose(choice)
            await asyncio.sleep(5)


async def test_a_thread_is_summarised_in_private() -> None:
    desk = a_desk(words("Short."))
    await chosen(desk, CHOSEN)
    assert desk.told == [notices.PRIVATE_THINKING.english, "Short."]
    assert [one.text for one in desk.model.asked[0]][1:] == ["Sing", "La\n\nla", SUMMARISE_PROMPT]


async def test_who_wants_a_long_thread_summarised_hears_twice_how_far_it_is_read() -> None:
    long = [ThreadMessage(f"{number}.0", "U2", text_parts("word " * 40)) for number in range(40)]
    desk = a_desk(*(words("Short.", every=0) for _ in range(20)), there=Workspace(said=long))
    await chosen(desk, CHOSEN)
    thinking, first, second, answer = desk.told
    assert (thinking, answer) == (notices.PRIVATE_THINKING.english, "Short.")
    assert first.startswith("I am reading messages 1 to ")
    begins = int(second.split()[4])
    assert 20 < begins <= 41
    assert second.startswith(f"I am reading messages {begins} to ")


async def test_what_tells_how_far_a_thread_is_read_leaves_an_answer_the_rest_of_its_address() -> None:
    long = [ThreadMessage(f"{number}.0", "U2", text_parts("word " * 40)) for number in range(40)]
    steps = [words("Short.", every=0) for _ in range(20)]
    desk = Desk(VerboseModel(*steps), there=Workspace(said=long))
    await chosen(desk, CHOSEN)
    assert len(desk.sent) == MOST_USES


async def test_a_message_is_explained_in_private_wherever_it_stands() -> None:
    desk = a_desk(words("It means…"), there=Workspace(errors=[ThreadGone("not_in_channel")]))
    await chosen(desk, replace(CHOSEN, kind=ShortcutKind.EXPLAIN))
    assert desk.told == [notices.PRIVATE_THINKING.english, "It means…"]
    assert "Ship it" in desk.model.asked[0][-1].text


async def test_a_message_is_answered_in_its_thread_once_for_who_has_chosen_that() -> None:
    desk, choice = a_desk(), replace(CHOSEN, kind=ShortcutKind.ANSWER_HERE)
    await chosen(desk, choice, choice)
    first, _ = desk.taken
    assert (first.thread, first.ts, first.user, first.text) == (THREAD, "6.0", "U1", "Ship it")
    assert (first.kind, first.to.us, desk.told) == (Kind.MENTION, True, [notices.ASKED_ALREADY.english])


async def test_in_direct_messages_it_is_answered_as_there() -> None:
    desk, thread = a_desk(), ThreadKey("T", "D1", "5.0")
    await chosen(desk, replace(CHOSEN, kind=ShortcutKind.ANSWER_HERE, thread=thread))
    assert [one.kind for one in desk.taken] == [Kind.DIRECT]


@pytest.mark.parametrize("kind", [ShortcutKind.SUMMARISE, ShortcutKind.ANSWER_HERE])
@pytest.mark.parametrize(
    ("error", "word"),
    [
        (ThreadGone("not_in_channel"), notices.NOT_IN_CHANNEL.english),
        (SlackUnreachable("reset"), notices.UNDONE.english),
    ],
    ids=["not invited", "no answer"],
)
async def test_where_we_cannot_read_nothing_is_answered_and_its_reader_knows(
    kind: ShortcutKind, error: SlackError, word: str
) -> None:
    desk = a_desk(there=Workspace(errors=[error]))
    await chosen(desk, replace(CHOSEN, kind=kind))
    assert (desk.told[-1], desk.taken, desk.model.asked) == (word, [], [])


@pytest.mark.parametrize(
    ("choice", "word"),
    [
        (replace(CHOSEN, kind=None), notices.UNKNOWN_SHORTCUT.english),
        (replace(CHOSEN, kind=ShortcutKind.ANSWER_HERE, ours=True), notices.OWN_MESSAGE.english),
        (replace(CHOSEN, thread=ThreadKey("T9", "C", "5.0")), notices.NOT_IN_CHANNEL.english),
    ],
    ids=["made up", "our own", "another workspace"],
)
async def test_what_makes_no_sense_has_a_word_and_changes_nothing(choice: ShortcutChosen, word: str) -> None:
    desk = a_desk()
    await chosen(desk, choice)
    assert (desk.told[-1], desk.taken, desk.model.asked) == (word, [], [])


# ---- sharing


async def test_an_answer_is_shared_once_with_who_asked_what() -> None:
    desk = a_desk(words("La la"))
    async with desk.open() as questions:
        await questions.ask(COMMAND)
        await asyncio.sleep(1)
        press = share_of(desk)
        questions.share(press)
        questions.share(press)
    (_, (url, shared), (_, again)) = desk.sent
    assert (url, shared["response_type"], said(shared)) == ("url2", "in_channel", "La la")
    assert shared["blocks"][0]["elements"][1]["text"] == "Why?"
    assert (again["response_type"], again["text"]) == ("ephemeral", notices.NOT_SHAREABLE.english)


@pytest.mark.parametrize(
    ("change", "wait"),
    [
        ({"name": "made up"}, 0),
        ({"user": "U2"}, 0),
        ({"channel": "C2"}, 0),
        ({"team": "T9"}, 0),
        ({}, SHAREABLE_FOR + 1),
    ],
    ids=["tampered", "a stranger", "another channel", "another workspace", "too late"],
)
async def test_what_is_not_theirs_is_not_shared(change: dict[str, str], wait: float) -> None:
    desk = a_desk(words("La la"))
    async with desk.open() as questions:
        await questions.ask(COMMAND)
        await asyncio.sleep(1)
        press = share_of(desk)
        await asyncio.sleep(wait)
        questions.share(replace(press, **change))
        await asyncio.sleep(1)
    assert desk.told == ["La la", notices.NOT_SHAREABLE.english]
    assert {message["response_type"] for _, message in desk.sent} == {"ephemeral"}


async def test_somebody_elses_try_leaves_it_to_be_shared() -> None:
    desk = a_desk(words("La la"))
    async with desk.open() as questions:
        await questions.ask(COMMAND)
        await asyncio.sleep(1)
        press = share_of(desk)
        questions.share(replace(press, user="U2"))
        await asyncio.sleep(1)
        questions.share(press)
    assert desk.told == ["La la", notices.NOT_SHAREABLE.english, "La la"]


async def test_a_share_that_slack_does_not_take_is_told() -> None:
    desk = a_desk(words("La la"), refuses=[None, SlackUnreachable("reset")])
    async with desk.open() as questions:
        await questions.ask(COMMAND)
        await asyncio.sleep(1)
        questions.share(share_of(desk))
    assert desk.told == ["La la", notices.UNDONE.english]


async def test_the_oldest_answers_are_forgotten_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_SHAREABLE", 1)
    desk = a_desk(words("La"), words("Lo"))
    async with desk.open() as questions:
        await questions.ask(COMMAND)
        await asyncio.sleep(1)
        first = share_of(desk)
        await questions.ask(COMMAND)
        await asyncio.sleep(1)
        questions.share(first)
    assert desk.told == ["La", "Lo", notices.NOT_SHAREABLE.english]


# ---- an invitation


async def greeted(there: Workspace, team: str = "T") -> Desk:
    desk = a_desk(there=there)
    async with desk.open() as questions:
        questions.greet(Invitation(team, "C", "U1"))
    return desk


async def test_who_invites_us_reads_what_we_do() -> None:
    there = Workspace()
    await greeted(there)
    assert there.spoken == [("C", notices.GREETING.english)]


async def test_where_we_cannot_say_hello_the_operator_knows() -> None:
    desk = await greeted(there := Workspace(errors=[SlackError("restricted_action")]))
    assert (there.spoken, [type(one) for one in desk.facts]) == ([], [GreetingRefused])


async def test_where_we_are_not_installed_nobody_is_greeted() -> None:
    await greeted(there := Workspace(), team="T9")
    assert there.spoken == []


async def test_a_bug_is_told_to_the_operator_without_what_was_asked() -> None:
    secret = "what was asked"

    async def broken() -> DeltaStream:
        yield Text("La")
        raise KeyError(secret)

    desk = a_desk(broken())
    await asked(desk)
    (crash,) = desk.facts
    assert isinstance(crash, WorkCrashed)
    assert secret not in str(crash)


async def test_who_asks_in_private_is_spoken_to_in_their_language_and_who_invites_us_in_theirs() -> None:
    desk = a_desk(words("La", then=Finish(Reason.LENGTH)))
    german = desk.there.languages["U1"] = Language("de")
    assert await asked(desk) == german.say(notices.PRIVATE_THINKING)
    assert desk.told == [f"La\n\n*{notices.ending(Finish(Reason.LENGTH), german)}*"]
    there = Workspace(languages={"U1": german})
    await greeted(there)
    assert there.spoken == [("C", german.say(notices.GREETING))]


async def test_who_is_refused_has_nothing_to_share_and_begins_nothing_in_the_open() -> None:
    desk = a_desk(admission=Refusal("person", notices.BARRED_PERSON))
    await asked(desk)
    async with desk.open() as questions:
        questions.choose(replace(CHOSEN, kind=ShortcutKind.ANSWER_HERE))
    assert desk.told == [notices.BARRED_PERSON.english] * 2
    assert not any("teleprinter.share" in str(message) for _, message in desk.sent)
    assert (desk.taken, desk.model.asked) == ([], [])


async def test_what_somebody_wishes_counts_in_private_as_well() -> None:
    desk = a_desk(
        words("Because.", every=0), admission=Preferences("Be kind.", 1000, wishes=Wishes("Rhyme."))
    )
    await asked(desk)
    system, question = desk.model.asked[0]
    assert ("Rhyme." in question.text, "Rhyme." in system.text) == (True, False)
