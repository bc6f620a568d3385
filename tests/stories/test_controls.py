"""What people press below answers, and what comes of it: through real Bolt, on SQLite and PostgreSQL."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from bot.core.conversation import notices
from bot.core.conversation.history import CONTINUE_PROMPT, Role
from bot.durable.database import open_database
from bot.durable.feedback_store import FeedbackStore
from slack_emulator.delivery.transport import INTERACTIVE
from slack_emulator.payloads.interaction_payloads import block_actions
from slack_emulator.seeding.seed import Registration, sparkling_seed
from slack_emulator.server import Workspace
from slack_emulator.state.changes import ViewRefused
from tests.patience import HANGING, SLACK_WAITS
from tests.stories.conftest import MANIFEST, Storyteller
from tests.stories.test_answering import replies, until
from tests.stories.test_manners import left_alone

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator
    from pathlib import Path

    from slack_emulator.state.models import Message, View
    from tests.stories.conftest import Start

STRANGER, ADMIN = "raj", "grace"
AFTER = ["teleprinter.regenerate", "teleprinter.menu", "teleprinter.feedback"]
AFTER_STOP = ["teleprinter.continue", *AFTER]


@pytest.fixture
async def slack() -> AsyncGenerator[Workspace]:
    """Sparkling, where Ada asks, Grace is an admin, and neither Ada nor Raj is."""
    seed = sparkling_seed()
    (home,) = seed.workspaces
    people = [replace(one, admin=one.name == ADMIN) for one in home.people]
    app = Registration("Teleprinter", manifest=str(MANIFEST))
    async with Workspace.start(
        patience=SLACK_WAITS, seed=replace(seed, workspaces=[replace(home, people=people)], apps=[app])
    ) as slack:
        yield slack


def answers(slack: Workspace, ts: str) -> list[Message]:
    return [one for one in slack.messages("general", ts) if one.user == slack.app.bot_user_id]


def offered(message: Message) -> list[str]:
    """The action ids of what can be pressed below a message."""
    rows: list[Any] = [block.get("elements", ()) for block in message.blocks or ()]
    return [one["action_id"] for row in rows for one in row if "action_id" in one]


async def press(slack: Workspace, ts: str, control: str, *, by: str = "ada", value: object = None) -> None:
    """Presses a control below the newest answer in the thread, once it is there."""
    await there(slack, ts, control)
    newest = answers(slack, ts)[-1]
    await slack.press("general", newest.ts, by, f"teleprinter.{control}", value=value)


async def there(slack: Workspace, ts: str, control: str) -> None:
    """Waits until a control stands below the newest answer in the thread."""
    await slack.wait_for(lambda: f"teleprinter.{control}" in offered(answers(slack, ts)[-1]))


async def asked(slack: Workspace, shown: str) -> str:
    """A question by Ada whose answer has come so far; its ts."""
    ts = await slack.say("general", "ada", "@Teleprinter Write me a song.")
    await until(slack, ts, shown)
    return ts


async def told(slack: Workspace, whispers: list[tuple[str, str]], *expected: tuple[str, str]) -> None:
    await slack.wait_for(lambda: whispers == list(expected))


async def test_while_it_writes_it_can_be_stopped_and_afterwards_it_cannot(
    slack: Workspace, start: Start
) -> None:
    model = Storyteller("Bubbles rise …pause… and fall.")
    async with start(model):
        ts = await asked(slack, "Bubbles rise")
        (message,) = answers(slack, ts)
        line, row = (message.blocks or ())[1:]
        assert [one["text"] for one in line["elements"]] == [notices.WRITING.english]
        assert [one["text"]["text"] for one in row["elements"]] == ["Stop"]
        model.go.set()
        await until(slack, ts, "Bubbles rise and fall.")
        await there(slack, ts, "feedback")
    assert offered(answers(slack, ts)[0]) == AFTER


async def test_stop_keeps_what_is_written_and_closes_the_model_s_connection(
    slack: Workspace, start: Start, somewhere: Path | str
) -> None:
    model = Storyteller("Bubbles rise …pause… and fall.")
    async with start(model, database=somewhere):
        ts = await asked(slack, "Bubbles rise")
        await press(slack, ts, "stop")
        await asyncio.wait_for(model.closed.wait(), HANGING)
        await until(slack, ts, "Bubbles rise\n\n*Stopped.*")
    (message,) = answers(slack, ts)
    assert offered(message) == AFTER_STOP


async def test_a_stranger_is_refused_politely_and_an_admin_is_not(
    slack: Workspace, start: Start, whispers: list[tuple[str, str]]
) -> None:
    model = Storyteller("Bubbles rise …pause… and fall.")
    async with start(model):
        ts = await asked(slack, "Bubbles rise")
        await press(slack, ts, "stop", by=STRANGER)
        await told(slack, whispers, (STRANGER, notices.NOT_YOURS.english))
        assert offered(answers(slack, ts)[0]) == ["teleprinter.stop"]
        await press(slack, ts, "stop", by=ADMIN)
        await until(slack, ts, "Bubbles rise\n\n*Stopped.*")
    assert whispers == [(STRANGER, notices.NOT_YOURS.english)]


async def test_stop_is_heard_over_http_too(slack: Workspace, start: Start, unused_port: int) -> None:
    model = Storyteller("Bubbles rise …pause… and fall.")
    async with start(model, slack_app_token="", host="127.0.0.1", port=unused_port):
        await slack.use_request_url(f"http://127.0.0.1:{unused_port}/slack/events")
        ts = await asked(slack, "Bubbles rise")
        await press(slack, ts, "stop")
        await until(slack, ts, "Bubbles rise\n\n*Stopped.*")


# ---- when it has written


CUT_SHORT = "*The model reached its limit for one answer; this one is cut short.*"
STALLED = "⚠️ The model stopped answering. Please ask again."


@pytest.mark.parametrize(
    ("first", "shown", "pressed"),
    [
        ("Bubbles rise …pause…", "Bubbles rise\n\n*Stopped.*", ["stop"]),
        ("Bubbles rise …cut…", f"Bubbles rise\n\n{CUT_SHORT}", []),
    ],
    ids=["stopped", "at its limit"],
)
async def test_continue_lets_the_model_go_on_where_it_ended(
    slack: Workspace, start: Start, somewhere: Path | str, first: str, shown: str, pressed: list[str]
) -> None:
    model = Storyteller(first, "and fall.")
    async with start(model, database=somewhere):
        ts = await slack.say("general", "ada", "@Teleprinter Write me a song.")
        await slack.wait_for(lambda: replies(slack, ts) and replies(slack, ts)[0].startswith("Bubbles rise"))
        for control in pressed:
            await press(slack, ts, control)
        await until(slack, ts, shown)
        await press(slack, ts, "continue")
        await until(slack, ts, shown, "and fall.")
        await there(slack, ts, "feedback")
    said = [(one.role, one.text) for one in model.asked[1]]
    assert said[-3:] == [
        (Role.USER, "Write me a song."),
        (Role.ASSISTANT, "Bubbles rise"),
        (Role.USER, CONTINUE_PROMPT),
    ]
    assert [offered(one) for one in answers(slack, ts)] == [AFTER_STOP, AFTER]


async def test_after_an_error_the_question_can_be_asked_again_by_a_button(
    slack: Workspace, start: Start, somewhere: Path | str
) -> None:
    model = Storyteller("Bubbles …fail…", "Bubbles rise.")
    async with start(model, database=somewhere):
        ts = await asked(slack, f"Bubbles\n\n{STALLED}")
        assert offered(answers(slack, ts)[0]) == ["teleprinter.retry", "teleprinter.menu"]
        await press(slack, ts, "retry")
        await until(slack, ts, f"Bubbles\n\n{STALLED}", "Bubbles rise.")
    assert [[one.text for one in asked[1:]] for asked in model.asked] == [["Write me a song."]] * 2


async def test_a_regenerated_answer_has_the_former_one_in_its_menu(
    slack: Workspace, start: Start, somewhere: Path | str
) -> None:
    model = Storyteller("First.", "Second.", "Third.")
    async with start(model, database=somewhere):
        ts = await asked(slack, "First.")
        for number, shown in enumerate(["First.", "First. Second.", "First. Second. Third."]):
            await until(slack, ts, *shown.split())
            if number < 2:
                await press(slack, ts, "regenerate")
        await there(slack, ts, "menu")
    first, second, third = answers(slack, ts)
    place = slack.place("general").id
    links = [
        f"{slack.url}/archives/{place}/p{one.ts.replace('.', '')}?thread_ts={ts}&cid={place}"
        for one in (first, second)
    ]
    assert [option.get("url") for option in menu(third)] == [*links, None, None]
    assert [[one.text for one in asked[1:]] for asked in model.asked] == [["Write me a song."]] * 3


def menu(message: Message) -> list[Any]:
    """The entries of the menu below a message."""
    rows: list[Any] = [block.get("elements", ()) for block in message.blocks or ()]
    return next(one["options"] for row in rows for one in row if one["type"] == "overflow")


async def test_who_asked_can_delete_the_answer_and_a_stranger_cannot(
    slack: Workspace, start: Start, somewhere: Path | str, whispers: list[tuple[str, str]]
) -> None:
    async with start(Storyteller("word " * 3_000), database=somewhere):
        ts = await slack.say("general", "ada", "@Teleprinter Write me a song.")
        await slack.wait_for(lambda: len(answers(slack, ts)) == 2 and offered(answers(slack, ts)[1]) == AFTER)
        value = menu(answers(slack, ts)[1])[-1]["value"]
        await press(slack, ts, "menu", by=STRANGER, value=value)
        await told(slack, whispers, (STRANGER, notices.NOT_YOURS.english))
        await press(slack, ts, "menu", value=value)
        await slack.wait_for(lambda: not answers(slack, ts))


async def test_by_the_menu_who_asked_ends_that_the_thread_is_followed_and_a_stranger_does_not(
    slack: Workspace,
    start: Start,
    somewhere: Path | str,
    whispers: list[tuple[str, str]],
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level("INFO", "bot")
    async with start(Storyteller("First.", "Second.", "Third."), database=somewhere):
        ts = await asked(slack, "First.")
        leave = f"leave {ts}"
        await press(slack, ts, "menu", by=STRANGER, value=leave)
        await told(slack, whispers, (STRANGER, notices.NOT_YOURS.english))
        await slack.say("general", "ada", "And then?", ts)
        await until(slack, ts, "First.", "Second.")
        await there(slack, ts, "menu")
        (value, *_) = [one["value"] for one in menu(answers(slack, ts)[-1])]
        await press(slack, ts, "menu", value=value)
        await told(slack, whispers, (STRANGER, notices.NOT_YOURS.english), ("ada", notices.LEFT.english))
        await left_alone(caplog, await slack.say("general", "ada", "And then?", ts), "asked to leave")
        await slack.say("general", "ada", "@Teleprinter And then?", ts)
        await until(slack, ts, "First.", "Second.", "Third.")


async def test_everybody_can_say_how_an_answer_was_and_why(
    slack: Workspace, start: Start, somewhere: Path | str, whispers: list[tuple[str, str]]
) -> None:
    async with start(Storyteller("Bubbles."), database=somewhere):
        ts = await asked(slack, "Bubbles.")
        await press(slack, ts, "feedback", by=STRANGER, value=f"bad {ts}")
        await told(slack, whispers, (STRANGER, notices.THANKS.english))
        await press(slack, ts, "feedback", by=STRANGER, value=f"bad {ts}")
        await told(slack, whispers, (STRANGER, notices.THANKS.english), (STRANGER, notices.NOTED.english))
        view = await note_modal_of(slack, STRANGER)
        await slack.submit(view.id, STRANGER, {"note": "Too short."})
        await slack.wait_for(lambda: not slack.state.views.open)
        kept = await said_of_answers(somewhere)
    assert kept == [(ts, slack.person(STRANGER).id, "bad", "Too short.")]


async def note_modal_of(slack: Workspace, who: str) -> View:
    """The modal that opens where somebody wants to say more of an answer."""
    last = slack.state.whispers_to(slack.person(who).id)[-1]
    await slack.press("general", last.ts, who, "teleprinter.note")
    await slack.wait_for(lambda: bool(slack.state.views.open))
    return next(iter(slack.state.views.open.values()))


async def said_of_answers(where: Path | str) -> list[tuple[str, str, str, str]]:
    async with open_database(where) as database:
        return [
            (one.answer, one.person, one.verdict, one.note) for one in await FeedbackStore(database).all()
        ]


async def nothing_said(where: Path | str) -> None:
    """Until nothing is kept of what was said of answers."""
    async with asyncio.timeout(HANGING):
        while True:
            if not await said_of_answers(where):
                return
            await asyncio.sleep(0.01)


async def test_a_note_that_is_sent_when_the_answer_is_gone_is_not_kept_and_said(
    slack: Workspace, start: Start, somewhere: Path | str, whispers: list[tuple[str, str]]
) -> None:
    refused: list[Any] = []
    slack.watch(lambda change: refused.append(change) if isinstance(change, ViewRefused) else None)
    async with start(Storyteller("Bubbles."), database=somewhere):
        ts = await asked(slack, "Bubbles.")
        await press(slack, ts, "feedback", value=f"good {ts}")
        await told(slack, whispers, ("ada", notices.THANKS.english))
        view = await note_modal_of(slack, "ada")
        await press(slack, ts, "menu", value=f"delete {ts}")
        await slack.wait_for(lambda: not answers(slack, ts))
        await nothing_said(somewhere)
        await slack.submit(view.id, "ada", {"note": "Too late."})
        assert [one.errors for one in refused] == [{"note": notices.TOO_LATE.english}]
        assert await said_of_answers(somewhere) == []


async def test_who_changes_their_question_is_offered_another_answer(
    slack: Workspace, start: Start, somewhere: Path | str, whispers: list[tuple[str, str]]
) -> None:
    model = Storyteller("Four.", "Five.")
    async with start(model, database=somewhere):
        ts = await slack.say("general", "ada", "@Teleprinter 2 + 2?")
        await until(slack, ts, "Four.")
        await slack.edit("general", ts, "@Teleprinter 2 + 3?")
        await told(slack, whispers, ("ada", notices.QUESTION_EDITED.english))
        (offer,) = slack.state.whispers_to(slack.person("ada").id)
        for _ in range(2):
            await slack.press("general", offer.ts, "ada", "teleprinter.edited")
        await until(slack, ts, "Four.", "Five.")
        await told(
            slack, whispers, ("ada", notices.QUESTION_EDITED.english), ("ada", notices.ASKED_ALREADY.english)
        )
    assert model.asked[1][-1].text.startswith("2 + 3?")


# ---- after a restart, twice, and what makes no sense


@pytest.mark.parametrize("forgotten", [False, True], ids=["the same database", "a new database"])
async def test_a_button_works_after_a_restart_and_twice_pressed_is_once_done(
    slack: Workspace, start: Start, tmp_path: Path, whispers: list[tuple[str, str]], *, forgotten: bool
) -> None:
    async with start(Storyteller("First."), database=tmp_path / "a.sqlite"):
        ts = await asked(slack, "First.")
    model = Storyteller("Second.")
    async with start(model, database=tmp_path / ("b.sqlite" if forgotten else "a.sqlite")):
        (first,) = answers(slack, ts)
        for _ in range(2):
            await slack.press("general", first.ts, "ada", "teleprinter.regenerate")
        await until(slack, ts, "First.", "Second.")
        await told(slack, whispers, ("ada", notices.ASKED_ALREADY.english))
    assert len(model.asked) == 1


async def a_payload(slack: Workspace, ts: str, control: str, *, by: str = "ada") -> dict[str, Any]:
    """What Slack sends when a button below the newest answer is pressed."""
    await there(slack, ts, control)
    newest, user = answers(slack, ts)[-1], slack.person(by).id
    pressed = slack.state.press(
        newest.channel, newest.ts, f"teleprinter.{control}", None, by=user, now=slack.clock()
    )
    return dict(block_actions(pressed, slack.app, slack.state, slack.clock() + 3))


async def sent(slack: Workspace, payload: dict[str, Any]) -> None:
    await slack.sockets(slack.app).ask(payload, INTERACTIVE)


async def test_a_button_of_a_message_that_is_gone_changes_nothing_and_says_so(
    slack: Workspace, start: Start, whispers: list[tuple[str, str]]
) -> None:
    model = Storyteller("First.")
    async with start(model):
        ts = await asked(slack, "First.")
        payload = await a_payload(slack, ts, "regenerate")
        await slack.delete("general", answers(slack, ts)[0].ts, user=ADMIN)
        await sent(slack, payload)
        await told(slack, whispers, ("ada", notices.VANISHED.english))
    assert len(model.asked) == 1


@pytest.mark.parametrize(
    ("value", "word"),
    [
        ("everything", notices.UNKNOWN.english),
        ("1700000000.000100", notices.VANISHED.english),
        ("1700000000.000100+01~00", notices.VANISHED.english),
    ],
)
async def test_a_value_that_was_tampered_with_changes_nothing_and_says_so(
    slack: Workspace, start: Start, whispers: list[tuple[str, str]], value: str, word: str
) -> None:
    model = Storyteller("First.")
    async with start(model):
        ts = await asked(slack, "First.")
        payload = await a_payload(slack, ts, "regenerate")
        payload["actions"] = [{**payload["actions"][0], "value": value}]
        await sent(slack, payload)
        await told(slack, whispers, ("ada", word))
    assert len(model.asked) == 1


async def test_another_answer_s_name_does_not_stop_it(
    slack: Workspace, start: Start, whispers: list[tuple[str, str]]
) -> None:
    model = Storyteller("First …pause… is whole.")
    async with start(model):
        ts = await asked(slack, "First")
        other = await slack.say("general", STRANGER, "@Teleprinter And me?")
        await until(slack, other, "First")
        payload = await a_payload(slack, other, "stop", by=STRANGER)
        payload["actions"] = [{**payload["actions"][0], "value": ts}]
        await sent(slack, payload)
        await told(slack, whispers, (STRANGER, notices.OVER.english))
        model.go.set()
        await until(slack, ts, "First is whole.")


async def test_a_press_from_another_workspace_is_told_that_we_are_not_there(
    slack: Workspace, start: Start, whispers: list[tuple[str, str]]
) -> None:
    model = Storyteller("First …pause… is whole.")
    async with start(model):
        ts = await asked(slack, "First")
        payload = await a_payload(slack, ts, "stop")
        await sent(slack, {**payload, "team": {"id": "T999", "domain": "elsewhere"}})
        await told(slack, whispers, ("ada", notices.ELSEWHERE.english))
        model.go.set()
        await until(slack, ts, "First is whole.")
