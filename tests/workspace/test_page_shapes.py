"""What a page is told."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot.workspace.changes import TOMBSTONE
from bot.workspace.happenings import Happening, Posted
from bot.workspace.page_shapes import snapshot, updates
from bot.workspace.records import Change, File, Json, Message, Status, User
from bot.workspace.sowing import sparkling

if TYPE_CHECKING:
    from bot.workspace.state import State

NOW = 1_766_458_026.0
GENERAL, DIRECT = "C000GENERAL", "D01TELEPRINT"
ADA, RAJ, BOT = "U0000000ADA", "U0000000RAJ", "U0TELEPRINT"


@pytest.fixture
def state() -> State:
    return sparkling(NOW - 60)


def post(state: State, text: str, **fields: object) -> tuple[Message, list[Happening]]:
    values: Json = {"channel": GENERAL, "user": ADA} | fields
    happened = state.post(Message(ts="", text=text, **values), NOW)
    assert isinstance(happened[0], Posted)
    return happened[0].message, happened


def told(happened: list[Happening], state: State, me: str = ADA) -> list[Json]:
    return [update for each in happened for update in updates(each, state, me)]


def test_a_snapshot_holds_what_one_person_sees(state: State) -> None:
    seen = snapshot(state, ADA)
    assert set(seen) == {"type", "team", "me", "bot", "emoji", "users", "channels", "messages", "statuses"}
    assert (seen["team"]["name"], seen["me"]["name"], seen["bot"]["is_bot"]) == ("Sparkling", "ada", True)
    assert [channel["name"] for channel in seen["channels"]] == [
        "general",
        "random",
        "support",
        "Teleprinter",
    ]
    assert seen["channels"][-1] == {
        "id": DIRECT,
        "name": "Teleprinter",
        "kind": "im",
        "topic": "",
        "user": BOT,
    }


def test_other_peoples_direct_messages_are_not_in_it(state: State) -> None:
    post(state, "psst", channel=DIRECT)
    assert [message["text"] for message in snapshot(state, ADA)["messages"]].count("psst") == 1
    assert "psst" not in [message["text"] for message in snapshot(state, RAJ)["messages"]]


def test_a_message_is_drawn_safely(state: State) -> None:
    _, happened = post(state, "hi &lt;b&gt; <@U0TELEPRINT>")
    [update] = told(happened, state)
    message = update["message"]
    assert update["type"] == "message"
    assert "&lt;b&gt;" in message["html"]
    assert "@Teleprinter" in message["html"]
    assert (message["thread_ts"], message["edited"], message["reply_count"]) == (None, False, 0)


def test_files_and_reactions_are_named(state: State) -> None:
    message, _ = post(state, "", files=(File("F1", "notes.txt", "text/plain", 1),))
    [update] = told(state.react(GENERAL, message.ts, "eyes", by=RAJ, now=NOW), state)
    assert update["message"]["files"] == [{"name": "notes.txt"}]
    assert update["message"]["reactions"] == [{"name": "eyes", "users": [RAJ]}]


def test_a_reply_brings_its_parents_new_count(state: State) -> None:
    parent, _ = post(state, "so?")
    _, happened = post(state, "so!", user=RAJ, thread_ts=parent.ts)
    reply, again = [update["message"] for update in told(happened, state)]
    assert (reply["thread_ts"], again["ts"]) == (parent.ts, parent.ts)
    assert (again["reply_count"], again["reply_users"]) == (1, [RAJ])


def test_a_deleted_reply_takes_itself_off_the_count(state: State) -> None:
    parent, _ = post(state, "so?")
    reply, _ = post(state, "so!", thread_ts=parent.ts)
    gone, again = told(state.delete(GENERAL, reply.ts, by=ADA, now=NOW), state)
    assert gone == {"type": "message_deleted", "channel": GENERAL, "ts": reply.ts}
    assert again["message"]["reply_count"] == 0


def test_a_deleted_parent_stays_as_a_note(state: State) -> None:
    parent, _ = post(state, "so?")
    post(state, "so!", thread_ts=parent.ts)
    [update] = told(state.delete(GENERAL, parent.ts, by=ADA, now=NOW), state)
    assert update["message"]["text"] == TOMBSTONE


def test_only_a_persons_edit_is_marked(state: State) -> None:
    hers, _ = post(state, "one")
    its, _ = post(state, "one", user=BOT, app_id="A0TELEPRINT")
    [marked] = told(state.update(GENERAL, hers.ts, Change(text="two"), by=ADA, now=NOW), state)
    [unmarked] = told(state.update(GENERAL, its.ts, Change(text="two"), by=BOT, now=NOW), state)
    assert (marked["message"]["edited"], unmarked["message"]["edited"]) == (True, False)


def test_a_status_is_told_to_those_who_see_the_thread(state: State) -> None:
    here, there = (Status(channel, "1.0", BOT, "is thinking…", NOW) for channel in (GENERAL, DIRECT))
    shape = {"type": "status", "channel": GENERAL, "thread_ts": "1.0", "user": BOT, "text": "is thinking…"}
    assert told(state.set_status(here), state, RAJ) == [shape]
    assert told(state.set_status(there), state, RAJ) == []
    assert [status["channel"] for status in snapshot(state, RAJ)["statuses"]] == [GENERAL]


def test_a_whisper_reaches_one_person(state: State) -> None:
    happened = state.whisper(Message(GENERAL, "", BOT, "psst"), RAJ, NOW)
    [update] = told(happened, state, RAJ)
    assert (update["message"]["text"], update["message"]["ephemeral"]) == ("psst", True)
    assert told(happened, state, ADA) == []


def test_whose_channels_change_starts_anew(state: State) -> None:
    app = state.apps["A0TELEPRINT"]
    state.add_user(User("U9", "new", "New"))
    happened = state.join(GENERAL, "U9")
    assert [update["type"] for update in told(happened, state, "U9")] == ["snapshot"]
    assert told(happened, state, ADA) == []
    assert told(state.home_opened(app, ADA, "home", NOW), state, ADA) == []
