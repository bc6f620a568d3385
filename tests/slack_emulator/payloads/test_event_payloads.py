"""What apps are told: the payloads, as Slack shapes them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from slack_emulator.disputed_rules import Compat
from slack_emulator.payloads.event_payloads import payloads
from slack_emulator.seeding.loader import install, made, sparkling
from slack_emulator.seeding.seed import Registration
from slack_emulator.state.changes import Posted, WorkspaceChange
from slack_emulator.state.models import App, Channel, File, Message, MessageEdit, User

if TYPE_CHECKING:
    from slack_emulator.json_values import Json
    from slack_emulator.state.workspace import WorkspaceState

NOW = 1_766_458_026.0
GENERAL, DIRECT = "C000GENERAL", "D01TELEPRINT"
ADA, BOT = "U0000000ADA", "U0TELEPRINT"


@pytest.fixture
def state() -> WorkspaceState:
    return sparkling(NOW - 3600)


@pytest.fixture
def app(state: WorkspaceState) -> App:
    return state.apps["A0TELEPRINT"]


def post(
    state: WorkspaceState,
    text: str,
    *,
    channel: str = GENERAL,
    user: str = ADA,
    thread_ts: str | None = None,
    app_id: str | None = None,
) -> tuple[Message, list[WorkspaceChange]]:
    draft = Message(channel, "", user, text, thread_ts=thread_ts, app_id=app_id, client_msg_id="c-1")
    happened = state.post(draft, NOW)
    assert isinstance(happened[0], Posted)
    return happened[0].message, happened


def told(happened: list[WorkspaceChange], app: App, state: WorkspaceState) -> list[Json]:
    return [payload for each in happened for payload in payloads(each, app, state, NOW)]


def inner(happened: list[WorkspaceChange], app: App, state: WorkspaceState) -> list[Json]:
    return [payload["event"] for payload in told(happened, app, state)]


def test_the_envelope_is_slacks(state: WorkspaceState, app: App) -> None:
    _, happened = post(state, "hello")
    [payload] = told(happened, app, state)
    assert set(payload) == {
        *(
            "token",
            "team_id",
            "context_team_id",
            "context_enterprise_id",
            "api_app_id",
            "event",
            "type",
            "event_id",
        ),
        *("event_time", "authorizations", "is_ext_shared_channel", "event_context"),
    }
    assert (payload["type"], payload["event_time"], payload["api_app_id"]) == (
        "event_callback",
        int(NOW),
        app.id,
    )
    assert payload["authorizations"][0]["user_id"] == BOT
    assert payload["event_id"].startswith("Ev")


def test_a_mention_is_told_twice_message_first(state: WorkspaceState, app: App) -> None:
    message, happened = post(state, f"<@{BOT}> 1")
    first, second = told(happened, app, state)
    assert (first["event"]["type"], second["event"]["type"]) == ("message", "app_mention")
    assert first["event"]["ts"] == second["event"]["ts"] == message.ts
    assert first["event_id"] != second["event_id"]
    assert first["event"]["channel_type"] == "channel"
    assert "channel_type" not in second["event"]


def test_a_mention_looks_like_the_recorded_one(state: WorkspaceState, app: App) -> None:
    message, happened = post(state, f"<@{BOT}> 1")
    mention = inner(happened, app, state)[1]
    block_id = mention["blocks"][0]["block_id"]
    assert mention == {
        "type": "app_mention",
        "user": ADA,
        "ts": message.ts,
        "client_msg_id": "c-1",
        "text": f"<@{BOT}> 1",
        "team": "T0SPARKLING",
        "blocks": [
            {
                "type": "rich_text",
                "block_id": block_id,
                "elements": [
                    {
                        "type": "rich_text_section",
                        "elements": [{"type": "user", "user_id": BOT}, {"type": "text", "text": " 1"}],
                    }
                ],
            }
        ],
        "channel": GENERAL,
        "event_ts": message.ts,
    }


@pytest.mark.parametrize("before", [f"<@{BOT}> one", "no mention"])
def test_an_edit_that_leaves_or_adds_the_mention_is_a_mention_again(
    state: WorkspaceState, app: App, before: str
) -> None:
    message, happened = post(state, before)
    asked = {payload["event_id"] for payload in told(happened, app, state)}
    edit = state.update(GENERAL, message.ts, MessageEdit(text=f"<@{BOT}> two"), by=ADA, now=NOW)
    changed, mention = told(edit, app, state)
    assert (changed["event"]["subtype"], mention["event"]["type"]) == ("message_changed", "app_mention")
    assert (mention["event"]["ts"], mention["event"]["text"]) == (message.ts, f"<@{BOT}> two")
    assert mention["event"]["edited"] == {"user": ADA, "ts": f"{int(NOW)}.000000"}
    assert mention["event"]["event_ts"] == changed["event"]["event_ts"] != message.ts
    assert mention["event_id"] not in {*asked, changed["event_id"]}


def test_a_mention_told_again_tells_nothing_of_what_others_did(state: WorkspaceState, app: App) -> None:
    message, _ = post(state, f"<@{BOT}> one")
    post(state, "yes", thread_ts=message.ts)
    state.react(GENERAL, message.ts, "eyes", by=ADA, now=NOW)
    edit = state.update(GENERAL, message.ts, MessageEdit(text=f"<@{BOT}> two"), by=ADA, now=NOW)
    _, mention = inner(edit, app, state)
    assert {name for name in mention if name.startswith(("re", "latest"))} == set()


def test_two_edits_in_one_second_are_two_mentions(state: WorkspaceState, app: App) -> None:
    message, _ = post(state, "one")
    first = state.update(GENERAL, message.ts, MessageEdit(text=f"<@{BOT}> two"), by=ADA, now=NOW)
    second = state.update(GENERAL, message.ts, MessageEdit(text=f"<@{BOT}> three"), by=ADA, now=NOW)
    assert [each["type"] for each in inner([*first, *second], app, state)] == ["message", "app_mention"] * 2


def test_what_is_no_edit_or_takes_the_mention_away_is_no_mention(state: WorkspaceState, app: App) -> None:
    message, _ = post(state, "one")
    state.update(GENERAL, message.ts, MessageEdit(text=f"<@{BOT}> two"), by=ADA, now=NOW)
    shown = state.rewrite(state.message(GENERAL, message.ts), NOW)
    gone = state.update(GENERAL, message.ts, MessageEdit(text="three"), by=ADA, now=NOW)
    deleted = state.delete(GENERAL, message.ts, by=ADA, now=NOW)
    assert [each["type"] for each in inner([*shown, *gone, *deleted], app, state)] == ["message"] * 3


@pytest.mark.parametrize(
    ("reading", "kinds"),
    [(False, ["message"]), (True, ["message", "app_mention"])],
    ids=["strict", "otherwise"],
)
def test_a_mention_in_direct_messages_of_several_is_told_as_it_is_read(
    state: WorkspaceState, app: App, reading: bool, kinds: list[str]
) -> None:
    state.readings = Compat(app_mention_in_group_messages=reading)
    state.add_channel(Channel("G1", "", "mpim", frozenset({ADA, "U0000000RAJ", BOT})))
    events = inner(post(state, f"<@{BOT}> hi", channel="G1")[1], app, state)
    assert [each["type"] for each in events] == kinds
    assert events[0]["channel_type"] == "mpim"


def test_a_mention_in_direct_messages_is_a_message_only(state: WorkspaceState, app: App) -> None:
    _, happened = post(state, f"<@{BOT}> hi", channel=DIRECT)
    [event] = inner(happened, app, state)
    assert (event["type"], event["channel_type"]) == ("message", "im")


def test_the_bots_own_words_come_back_to_it_without_a_subtype(state: WorkspaceState, app: App) -> None:
    _, happened = post(state, f"I am <@{BOT}>", user=BOT, app_id=app.id)
    [event] = inner(happened, app, state)
    assert (event["user"], event["bot_id"], event["app_id"]) == (BOT, app.bot_id, app.id)
    assert event["bot_profile"]["id"] == app.bot_id
    assert "subtype" not in event


def test_another_bots_mention_is_a_mention(state: WorkspaceState, app: App) -> None:
    other = made(Registration("Second"))
    install(state, other)
    _, happened = post(state, f"<@{BOT}> hi", user=other.bot_user_id, app_id=other.id)
    assert [(event["type"], event["bot_id"]) for event in inner(happened, app, state)] == [
        ("message", other.bot_id),
        ("app_mention", other.bot_id),
    ]


def test_a_reply_names_its_thread_and_its_parents_author(state: WorkspaceState, app: App) -> None:
    parent, _ = post(state, "so?")
    _, happened = post(state, "so!", user="U0000000RAJ", thread_ts=parent.ts)
    [event] = inner(happened, app, state)
    assert (event["thread_ts"], event["parent_user_id"]) == (parent.ts, ADA)


def test_a_change_is_hidden_and_shows_before_and_after(state: WorkspaceState, app: App) -> None:
    message, _ = post(state, "one", user=BOT, app_id=app.id)
    [event] = inner(state.update(GENERAL, message.ts, MessageEdit(text="two"), by=BOT, now=NOW), app, state)
    assert (event["subtype"], event["hidden"], event["channel_type"]) == ("message_changed", True, "channel")
    assert (event["previous_message"]["text"], event["message"]["text"]) == ("one", "two")
    assert event["message"]["edited"] == {"user": app.bot_id, "ts": "1766458026.000000"}
    assert event["ts"] == event["event_ts"] != event["message"]["ts"]


def test_a_deletion_is_hidden_and_shows_what_was(state: WorkspaceState, app: App) -> None:
    message, _ = post(state, "one")
    [event] = inner(state.delete(GENERAL, message.ts, by=ADA, now=NOW), app, state)
    assert (event["subtype"], event["hidden"], event["deleted_ts"]) == ("message_deleted", True, message.ts)
    assert event["previous_message"]["text"] == "one"


def test_a_deleted_question_with_answers_is_told_as_a_change_to_a_tombstone(
    state: WorkspaceState, app: App
) -> None:
    parent, _ = post(state, "so?")
    post(state, "so!", user=BOT, thread_ts=parent.ts, app_id=app.id)
    [event] = inner(state.delete(GENERAL, parent.ts, by=ADA, now=NOW), app, state)
    assert (event["subtype"], event["message"]["subtype"]) == ("message_changed", "tombstone")
    assert event["previous_message"]["text"] == "so?"


def test_a_file_comes_with_its_subtype(state: WorkspaceState, app: App) -> None:
    file = File("F1", "notes.txt", "text/plain", 12)
    draft = Message(GENERAL, "", ADA, "", files=(file,), subtype="file_share")
    [event] = inner(state.post(draft, NOW), app, state)
    assert (event["subtype"], event["files"][0]["name"], event["files"][0]["filetype"]) == (
        "file_share",
        "notes.txt",
        "txt",
    )


def test_a_file_of_another_company_s_people_is_no_more_than_its_id(state: WorkspaceState, app: App) -> None:
    state.users[ADA] = replace(state.users[ADA], stranger=True)
    file = File("F1", "notes.txt", "text/plain", 12, user=ADA)
    draft = Message(GENERAL, "", ADA, "", files=(file,), subtype="file_share")
    [event] = inner(state.post(draft, NOW), app, state)
    (told,) = event["files"]
    assert (told["id"], told["file_access"], told["mode"]) == ("F1", "check_file_info", "file_access")
    assert "name" not in told


def test_reactions_name_the_message_and_its_author(state: WorkspaceState, app: App) -> None:
    message, _ = post(state, "one")
    happened = state.react(GENERAL, message.ts, "eyes", by="U0000000RAJ", now=NOW)
    happened += state.unreact(GENERAL, message.ts, "eyes", by="U0000000RAJ", now=NOW)
    added, removed = inner(happened, app, state)
    assert (added["type"], removed["type"]) == ("reaction_added", "reaction_removed")
    assert (added["reaction"], added["user"], added["item_user"]) == ("eyes", "U0000000RAJ", ADA)
    assert added["item"] == {"type": "message", "channel": GENERAL, "ts": message.ts}


def test_opening_the_home_is_told_to_its_app_only(state: WorkspaceState, app: App) -> None:
    other = made(Registration("Second"))
    install(state, other)
    happened = state.home_opened(app, ADA, "messages", NOW)
    [event] = inner(happened, app, state)
    assert (event["type"], event["channel"], event["tab"]) == ("app_home_opened", DIRECT, "messages")
    assert inner(happened, other, state) == []


def test_a_direct_message_tells_what_its_author_has_open_where_the_app_asked_for_that(
    state: WorkspaceState, app: App
) -> None:
    state.opened[DIRECT] = {"entities": [{"type": "slack#/types/channel_id", "value": GENERAL}]}
    asks = replace(app, subscriptions=app.subscriptions | {"app_context_changed"})
    _, happened = post(state, "hello", channel=DIRECT)
    assert [each.get("app_context") for each in inner(happened, asks, state)] == [state.opened[DIRECT]]
    assert "app_context" not in inner(happened, app, state)[0]
    assert "app_context" not in inner(happened, replace(asks, agent="assistant_view"), state)[0]
    _, ours = post(state, "hello", channel=DIRECT, user=BOT, app_id=app.id)
    assert "app_context" not in inner(ours, asks, state)[0]


def test_an_app_hears_nothing_of_channels_it_is_not_in(state: WorkspaceState, app: App) -> None:
    state.add_channel(Channel("C1", "quiet", "channel", frozenset({ADA})))
    message, happened = post(state, f"<@{BOT}> hi", channel="C1")
    assert inner(happened, app, state) == []
    assert inner(state.react("C1", message.ts, "eyes", by=ADA, now=NOW), app, state) == []


def test_an_app_hears_only_what_it_has_subscribed_to(state: WorkspaceState, app: App) -> None:
    mentions_only = replace(app, subscriptions=frozenset({"app_mention"}))
    _, happened = post(state, f"<@{BOT}> hi")
    assert [event["type"] for event in inner(happened, mentions_only, state)] == ["app_mention"]


def test_a_status_and_a_whisper_are_nobodys_event(state: WorkspaceState, app: App) -> None:
    assert inner(state.whisper(Message(GENERAL, "", BOT, "psst"), ADA, NOW), app, state) == []


def test_without_the_scope_an_event_is_not_told_however_subscribed(state: WorkspaceState, app: App) -> None:
    _, happened = post(state, f"<@{BOT}> hi")
    deaf = replace(app, scopes=("channels:history",))
    assert [event["type"] for event in inner(happened, deaf, state)] == ["message"]


@pytest.mark.parametrize(("reading", "told_of"), [(True, ["message_changed"]), (False, [])])
def test_a_reading_says_whether_apps_hear_of_what_a_stream_adds(
    state: WorkspaceState, app: App, reading: bool, told_of: list[str]
) -> None:
    message, _ = post(state, "wa", user=BOT, app_id=app.id)
    state.readings = Compat(stream_events=reading)
    happened = state.rewrite(replace(message, text="water", streaming_state="in_progress"), NOW)
    assert [event["subtype"] for event in inner(happened, app, state)] == told_of


def test_who_comes_and_goes_is_told_in_channels_and_not_in_direct_messages(
    state: WorkspaceState, app: App
) -> None:
    state.add_user(User("U0000000NEW", "new", "New"))
    listening = replace(app, subscriptions=frozenset({"member_joined_channel", "member_left_channel"}))
    happened = [
        *state.join(GENERAL, "U0000000NEW", now=NOW),
        *state.leave(GENERAL, "U0000000NEW", NOW),
        *state.join(DIRECT, "U0000000NEW", now=NOW),
    ]
    told_of = [(event["type"], event["channel_type"]) for event in inner(happened, listening, state)]
    assert told_of == [("member_joined_channel", "C"), ("member_left_channel", "C")]
