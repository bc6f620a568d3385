"""What a page is told."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from slack_emulator.page.protocol import news, snapshot
from slack_emulator.seeding.loader import sparkling
from slack_emulator.state.changes import Posted, PromptsSet, ViewGone, ViewRefused, ViewShown, WorkspaceChange
from slack_emulator.state.message_edits import TOMBSTONE
from slack_emulator.state.models import (
    IN_PROGRESS,
    Author,
    Channel,
    File,
    Message,
    MessageEdit,
    Session,
    Status,
    User,
)

if TYPE_CHECKING:
    from slack_emulator.json_values import Json
    from slack_emulator.state.workspace import WorkspaceState

NOW = 1_766_458_026.0
GENERAL, DIRECT = "C000GENERAL", "D01TELEPRINT"
ADA, RAJ, BOT = "U0000000ADA", "U0000000RAJ", "U0TELEPRINT"


@pytest.fixture
def state() -> WorkspaceState:
    return sparkling(NOW - 60)


def post(state: WorkspaceState, text: str, **fields: object) -> tuple[Message, list[WorkspaceChange]]:
    values: Json = {"channel": GENERAL, "user": ADA} | fields
    happened = state.post(Message(ts="", text=text, **values), NOW)
    assert isinstance(happened[0], Posted)
    return happened[0].message, happened


def told(happened: list[WorkspaceChange], state: WorkspaceState, me: str = ADA) -> list[Json]:
    return [update for each in happened for update in news(each, state)(me)]


def test_a_snapshot_holds_what_one_person_sees(state: WorkspaceState) -> None:
    seen = snapshot(state, ADA)
    assert set(seen) == {
        *("type", "team", "me", "bot", "emoji", "users", "channels", "messages", "statuses", "views"),
        *("prompts", "titles", "commands"),
    }
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


def test_other_peoples_direct_messages_are_not_in_it(state: WorkspaceState) -> None:
    post(state, "psst", channel=DIRECT)
    assert [message["text"] for message in snapshot(state, ADA)["messages"]].count("psst") == 1
    assert "psst" not in [message["text"] for message in snapshot(state, RAJ)["messages"]]


def test_a_message_is_drawn_once_for_all_who_see_it(state: WorkspaceState) -> None:
    _, [happening, *_] = post(state, "hi")
    told_to = news(happening, state)
    assert told_to(ADA) is told_to(RAJ)


def test_a_message_is_drawn_safely(state: WorkspaceState) -> None:
    _, happened = post(state, "hi &lt;b&gt; <@U0TELEPRINT>")
    [update] = told(happened, state)
    message = update["message"]
    assert update["type"] == "message"
    assert "&lt;b&gt;" in message["html"]
    assert "@Teleprinter" in message["html"]
    assert (message["thread_ts"], message["edited"], message["reply_count"]) == (None, False, 0)


def test_files_and_reactions_are_named(state: WorkspaceState) -> None:
    message, _ = post(state, "", files=(File("F1", "notes.txt", "text/plain", 1),))
    [update] = told(state.react(GENERAL, message.ts, "eyes", by=RAJ, now=NOW), state)
    assert update["message"]["files"] == [
        {
            "id": "F1",
            "name": "notes.txt",
            "mimetype": "text/plain",
            "size": 1,
            "alt": "notes.txt",
            "url": "/page/files/F1/notes.txt",
        }
    ]
    assert update["message"]["reactions"] == [{"name": "eyes", "users": [RAJ]}]


def test_a_reply_brings_its_parents_new_count(state: WorkspaceState) -> None:
    parent, _ = post(state, "so?")
    _, happened = post(state, "so!", user=RAJ, thread_ts=parent.ts)
    reply, again = [update["message"] for update in told(happened, state)]
    assert (reply["thread_ts"], again["ts"]) == (parent.ts, parent.ts)
    assert (again["reply_count"], again["reply_users"]) == (1, [RAJ])


def test_a_deleted_reply_takes_itself_off_the_count(state: WorkspaceState) -> None:
    parent, _ = post(state, "so?")
    reply, _ = post(state, "so!", thread_ts=parent.ts)
    gone, again = told(state.delete(GENERAL, reply.ts, by=ADA, now=NOW), state)
    assert gone == {"type": "message_deleted", "channel": GENERAL, "ts": reply.ts}
    assert again["message"]["reply_count"] == 0


def test_a_deleted_parent_stays_as_a_note(state: WorkspaceState) -> None:
    parent, _ = post(state, "so?")
    post(state, "so!", thread_ts=parent.ts)
    [update] = told(state.delete(GENERAL, parent.ts, by=ADA, now=NOW), state)
    assert update["message"]["text"] == TOMBSTONE
    assert update["message"]["deleted"]


def test_only_a_persons_edit_is_marked(state: WorkspaceState) -> None:
    hers, _ = post(state, "one")
    its, _ = post(state, "one", user=BOT, app_id="A0TELEPRINT")
    [marked] = told(state.update(GENERAL, hers.ts, MessageEdit(text="two"), by=ADA, now=NOW), state)
    [unmarked] = told(state.update(GENERAL, its.ts, MessageEdit(text="two"), by=BOT, now=NOW), state)
    assert (marked["message"]["edited"], unmarked["message"]["edited"]) == (True, False)


def test_a_status_is_told_to_those_who_see_the_thread(state: WorkspaceState) -> None:
    here, there = (Status(channel, "1.0", BOT, "is thinking…", NOW) for channel in (GENERAL, DIRECT))
    words = {"type": "status", "user": BOT, "text": "is thinking…", "can_stop": False}
    shape = words | {"channel": GENERAL, "thread_ts": "1.0"}
    assert told(state.set_status(here), state, RAJ) == [shape]
    assert told(state.set_status(there), state, RAJ) == []
    assert [status["channel"] for status in snapshot(state, RAJ)["statuses"]] == [GENERAL]


def test_a_whisper_reaches_one_person(state: WorkspaceState) -> None:
    happened = state.whisper(Message(GENERAL, "", BOT, "psst"), RAJ, NOW)
    [update] = told(happened, state, RAJ)
    assert (update["message"]["text"], update["message"]["ephemeral"]) == ("psst", True)
    assert told(happened, state, ADA) == []


def test_whose_channels_change_starts_anew(state: WorkspaceState) -> None:
    app = state.apps["A0TELEPRINT"]
    state.add_user(User("U9", "new", "New"))
    happened = state.join(GENERAL, "U9")
    assert [update["type"] for update in told(happened, state, "U9")] == ["snapshot"]
    assert told(happened, state, ADA) == []
    assert told(state.home_opened(app, ADA, "home", NOW), state, ADA) == []


def test_who_leaves_a_channel_starts_anew(state: WorkspaceState) -> None:
    happened = state.leave(GENERAL, ADA, NOW)
    assert [update["type"] for update in told(happened, state)] == ["snapshot"]
    assert GENERAL not in [channel["id"] for channel in snapshot(state, ADA)["channels"]]


@pytest.mark.parametrize(("listens", "can_stop"), [(True, True), (False, False)])
def test_an_agent_that_listens_can_be_stopped(state: WorkspaceState, listens: bool, can_stop: bool) -> None:
    app = state.apps["A0TELEPRINT"]
    heard = app.subscriptions | {"agent_session_stopped"} if listens else frozenset[str]()
    state.apps[app.id] = replace(app, subscriptions=heard)
    [update] = told(state.set_session(Session(GENERAL, "1.0", app.id, "processing"), NOW), state)
    assert (update["type"], update["can_stop"]) == ("status", can_stop)


def test_a_conversation_has_the_title_its_app_gave_it(state: WorkspaceState) -> None:
    happened = state.set_session(Session(DIRECT, "1.0", "A0TELEPRINT", "active", title="The lake"), NOW)
    title = {"channel": DIRECT, "thread_ts": "1.0", "title": "The lake"}
    assert told(happened, state) == [{"type": "title"} | title]
    assert told(happened, state, RAJ) == []
    assert snapshot(state, ADA)["titles"] == [title]


def test_what_an_app_suggests_is_shown(state: WorkspaceState) -> None:
    prompts: tuple[Json, ...] = ({"title": "Sing", "message": "Sing a song"},)
    state.prompts[DIRECT, ""] = prompts
    [update] = told([PromptsSet(DIRECT, "", prompts)], state)
    shown = {"channel": DIRECT, "thread_ts": "", "prompts": list(prompts)}
    assert update == {"type": "prompts"} | shown
    assert snapshot(state, ADA)["prompts"] == [shown]
    assert told([PromptsSet(DIRECT, "", prompts)], state, RAJ) == []


MODAL: Json = {
    "type": "modal",
    "title": {"type": "plain_text", "text": "Order"},
    "submit": {"type": "plain_text", "text": "Send"},
    "blocks": [{"type": "divider"}],
}


def test_a_modal_is_shown_to_whom_it_was_opened_for(state: WorkspaceState) -> None:
    view = state.views.show("A0TELEPRINT", ADA, MODAL)
    shape = {
        "id": view.id, "app": BOT, "tab": "", "kind": "modal", "title": "Order", "submit": "Send", "close": "", "html": "<hr>",
    }  # fmt: skip
    assert told([ViewShown(view, ADA)], state) == [{"type": "view", "view": shape}]
    assert told([ViewShown(view, ADA)], state, RAJ) == []
    assert snapshot(state, ADA)["views"] == [shape]
    assert snapshot(state, RAJ)["views"] == []


def test_a_modal_that_is_closed_or_refused_is_told_of(state: WorkspaceState) -> None:
    view = state.views.show("A0TELEPRINT", ADA, MODAL)
    refused = ViewRefused(view, ADA, {"name": "Too short."})
    assert told([refused, ViewGone(view, ADA)], state) == [
        {"type": "view_refused", "id": view.id, "errors": {"name": "Too short."}},
        {"type": "view_gone", "id": view.id},
    ]
    assert told([refused, ViewGone(view, ADA)], state, RAJ) == []


def test_a_message_that_is_streamed_says_so(state: WorkspaceState) -> None:
    _, happened = post(state, "so", user=BOT, app_id="A0TELEPRINT", streaming_state=IN_PROGRESS)
    assert told(happened, state)[0]["message"]["streaming"]


def test_the_messages_of_a_few_are_called_after_the_others(state: WorkspaceState) -> None:
    state.add_channel(Channel("G1", "", "mpim", frozenset({ADA, RAJ, BOT})))
    assert snapshot(state, ADA)["channels"][-1]["name"] == "Raj, Teleprinter"


def test_an_app_may_speak_as_somebody_else(state: WorkspaceState) -> None:
    author = Author("Vera", ":robot_face:")
    _, happened = post(state, "so", user=BOT, app_id="A0TELEPRINT", author=author)
    assert told(happened, state)[0]["message"]["author"] == {"name": "Vera", "emoji": "robot_face"}
