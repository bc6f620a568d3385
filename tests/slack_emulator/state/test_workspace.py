"""The workspace's knowledge: what a change does, and what is said to have happened."""

from __future__ import annotations

import contextlib
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slack_emulator.errors import Refused
from slack_emulator.seeding.loader import made
from slack_emulator.seeding.seed import Registration
from slack_emulator.state.app_install import bot_user
from slack_emulator.state.changes import (
    Changed,
    Deleted,
    HomeOpened,
    Joined,
    Posted,
    Reacted,
    StatusSet,
    Whispered,
    WorkspaceChange,
)
from slack_emulator.state.message_edits import TOMBSTONE, changed
from slack_emulator.state.models import Channel, Edited, Message, MessageEdit, Status, Team, User
from slack_emulator.state.workspace import WHISPERS, WorkspaceState

NOW = 1_766_458_026.0
BLOCKS = ({"type": "markdown", "text": "**hi**"},)
APP = made(Registration("Teleprinter"))
BOT = bot_user(APP)


def place() -> WorkspaceState:
    """One channel "C1" with Ada, Raj and the bot in it."""
    state = WorkspaceState(Team("T1", "Sparkling", "sparkling"))
    state.add_user(User("U1", "ada", "Ada"))
    state.add_user(User("U2", "raj", "Raj"))
    state.add_app(APP, BOT)
    state.add_channel(Channel("C1", "general", "channel", frozenset({"U1", "U2", BOT.id})))
    state.add_channel(Channel("D1", "", "im", frozenset({"U1", BOT.id})))
    return state


def said(
    state: WorkspaceState, text: str = "hello", user: str = "U1", thread_ts: str | None = None
) -> Message:
    """A message by a person, or by the bot."""
    app_id = APP.id if user == BOT.id else None
    happened = state.post(Message("C1", "", user, text, thread_ts=thread_ts, app_id=app_id), NOW)
    assert isinstance(happened[0], Posted)
    return happened[0].message


def test_a_post_is_kept_and_told() -> None:
    state = place()
    happened = state.post(Message("C1", "", "U1", "hello"), NOW)
    message = Message("C1", "1766458026.000000", "U1", "hello")
    assert happened == [Posted(message)]
    assert state.history("C1") == [message]
    assert list(state.messages()) == [message]


@given(st.lists(st.floats(min_value=0, max_value=2e9), min_size=2))
def test_a_ts_is_never_given_twice_and_only_grows(times: list[float]) -> None:
    state = place()
    given_out = [tuple(map(int, state.next_ts(now).split("."))) for now in times]
    assert given_out == sorted(set(given_out))


def test_a_reply_to_a_reply_belongs_to_their_parent() -> None:
    state = place()
    parent = said(state)
    first = said(state, thread_ts=parent.ts)
    second = said(state, thread_ts=first.ts)
    assert second.thread_ts == parent.ts
    assert state.replies("C1", parent.ts) == [first, second]
    assert state.history("C1") == [parent]


def test_a_broadcast_reply_is_seen_in_thread_and_channel() -> None:
    state = place()
    parent = said(state)
    state.post(Message("C1", "", "U1", "for all", thread_ts=parent.ts, broadcast=True), NOW)
    assert [message.text for message in state.history("C1")] == ["hello", "for all"]


@pytest.mark.parametrize(
    ("change", "blocks", "text"),
    [
        pytest.param(MessageEdit(text="new"), None, "new", id="text alone takes the blocks away"),
        pytest.param(MessageEdit(), BLOCKS, "old", id="nothing keeps everything"),
        pytest.param(MessageEdit(blocks=()), None, "old", id="an empty list takes the blocks away"),
        pytest.param(MessageEdit(text="new", blocks=BLOCKS), BLOCKS, "new", id="both are set"),
        pytest.param(MessageEdit(blocks=BLOCKS), BLOCKS, "old", id="blocks alone keep the text"),
    ],
)
def test_an_update_treats_blocks_as_slack_does(
    change: MessageEdit, blocks: tuple[object, ...] | None, text: str
) -> None:
    new = changed(Message("C1", "1.0", "U1", "old", blocks=BLOCKS), change)
    assert (new.blocks, new.text) == (blocks, text)


def test_an_update_keeps_the_attachments_and_metadata_it_does_not_name() -> None:
    old = Message("C1", "1.0", "U1", "old", attachments=({"text": "a"},), metadata={"event_type": "x"})
    kept, emptied = (
        changed(old, MessageEdit(text="new")),
        changed(old, MessageEdit(attachments=(), metadata={})),
    )
    assert (kept.attachments, kept.metadata) == (old.attachments, old.metadata)
    assert (emptied.attachments, emptied.metadata) == ((), None)


def test_an_edit_by_an_app_is_signed_with_its_bot_id() -> None:
    state = place()
    message = said(state, user=BOT.id)
    [happened] = state.update("C1", message.ts, MessageEdit(text="new"), by=BOT.id, now=NOW)
    assert isinstance(happened, Changed)
    assert happened.previous == message
    assert happened.message.edited == Edited(APP.bot_id, "1766458026.000000")
    assert happened.ts > message.ts


def test_an_edit_by_a_person_is_signed_with_their_user_id() -> None:
    state = place()
    message = said(state)
    state.update("C1", message.ts, MessageEdit(text="new"), by="U1", now=NOW)
    assert state.message("C1", message.ts).edited == Edited("U1", "1766458026.000000")


def test_nobody_edits_what_another_said() -> None:
    state = place()
    message = said(state)
    with pytest.raises(Refused, match="cant_update_message"):
        state.update("C1", message.ts, MessageEdit(text="new"), by=BOT.id, now=NOW)


def test_a_deleted_message_is_gone() -> None:
    state = place()
    message = said(state)
    happened = state.delete("C1", message.ts, by="U1", now=NOW)
    assert [type(each) for each in happened] == [Deleted]
    assert state.find("C1", message.ts) is None


def test_a_deleted_reply_leaves_its_thread() -> None:
    state = place()
    parent = said(state)
    reply = said(state, thread_ts=parent.ts)
    state.delete("C1", reply.ts, by="U1", now=NOW)
    assert state.replies("C1", parent.ts) == []


def test_a_parent_with_replies_leaves_a_tombstone() -> None:
    state = place()
    parent = said(state)
    said(state, user=BOT.id, thread_ts=parent.ts)
    [happened] = state.delete("C1", parent.ts, by="U1", now=NOW)
    assert isinstance(happened, Changed)
    assert (happened.message.text, happened.message.subtype) == (TOMBSTONE, "tombstone")
    assert happened.previous == parent


def test_a_tombstone_can_be_neither_edited_nor_deleted() -> None:
    state = place()
    parent = said(state)
    said(state, thread_ts=parent.ts)
    state.delete("C1", parent.ts, by="U1", now=NOW)
    with pytest.raises(Refused, match="cant_delete_message"):
        state.delete("C1", parent.ts, by="U1", now=NOW)
    with pytest.raises(Refused, match="cant_update_message"):
        state.update("C1", parent.ts, MessageEdit(text="back"), by="U1", now=NOW)


def test_a_person_may_delete_what_the_app_said() -> None:
    state = place()
    message = said(state, user=BOT.id)
    state.delete("C1", message.ts, by="U2", now=NOW)
    assert state.history("C1") == []


@pytest.mark.parametrize("by", ["U2", BOT.id])
def test_nobody_deletes_what_a_person_said_but_that_person(by: str) -> None:
    state = place()
    message = said(state)
    with pytest.raises(Refused, match="cant_delete_message"):
        state.delete("C1", message.ts, by=by, now=NOW)


def test_an_ephemeral_message_is_shown_and_not_kept() -> None:
    state = place()
    [happened] = state.whisper(Message("C1", "", BOT.id, "psst"), "U1", NOW)
    assert isinstance(happened, Whispered)
    assert (happened.message.text, happened.to) == ("psst", "U1")
    assert state.history("C1") == []


def test_a_button_of_an_ephemeral_message_can_be_pressed_by_who_sees_it() -> None:
    state = place()
    row = {"type": "actions", "elements": [{"type": "button", "action_id": "yes"}]}
    [happened] = state.whisper(Message("C1", "", BOT.id, "psst", blocks=(row,)), "U1", NOW)
    assert isinstance(happened, Whispered)
    ts = happened.message.ts
    pressed = state.press("C1", ts, "yes", None, by="U1", now=NOW)
    assert (pressed.ephemeral, pressed.message) == (True, happened.message)
    assert state.whispers_to("U1") == [happened.message]
    with pytest.raises(Refused, match="message_not_found"):
        state.press("C1", ts, "yes", None, by="U2", now=NOW)


def test_of_countless_ephemeral_messages_the_newest_can_be_pressed() -> None:
    state = place()
    for number in range(WHISPERS + 1):
        state.whisper(Message("C1", "", BOT.id, f"{number}"), "U1", NOW)
    assert [one.text for one in state.whispers_to("U1")][:: WHISPERS - 1] == ["1", f"{WHISPERS}"]


def test_who_is_no_admin_does_not_delete_what_the_app_said() -> None:
    state = place()
    message = said(state, user=BOT.id)
    state.add_user(replace(state.user("U2"), admin=False))
    with pytest.raises(Refused, match="cant_delete_message"):
        state.delete("C1", message.ts, by="U2", now=NOW)


def test_reactions_are_counted_by_emoji() -> None:
    state = place()
    message = said(state)
    state.react("C1", message.ts, "eyes", by="U1", now=NOW)
    [happened] = state.react("C1", message.ts, "eyes", by="U2", now=NOW)
    assert isinstance(happened, Reacted)
    assert happened.added
    assert [(each.name, each.users) for each in state.message("C1", message.ts).reactions] == [
        ("eyes", ("U1", "U2"))
    ]


def test_the_last_reaction_taken_back_leaves_none() -> None:
    state = place()
    message = said(state)
    state.react("C1", message.ts, "eyes", by="U1", now=NOW)
    [happened] = state.unreact("C1", message.ts, "eyes", by="U1", now=NOW)
    assert isinstance(happened, Reacted)
    assert not happened.added
    assert state.message("C1", message.ts).reactions == ()


def test_reacting_twice_and_taking_back_nothing_are_refused() -> None:
    state = place()
    message = said(state)
    state.react("C1", message.ts, "eyes", by="U1", now=NOW)
    with pytest.raises(Refused, match="already_reacted"):
        state.react("C1", message.ts, "eyes", by="U1", now=NOW)
    with pytest.raises(Refused, match="no_reaction"):
        state.unreact("C1", message.ts, "eyes", by="U2", now=NOW)


def thinking(thread_ts: str, text: str = "is thinking…") -> Status:
    return Status("C1", thread_ts, BOT.id, text, NOW + 120)


def shown(happened: list[WorkspaceChange]) -> list[str]:
    """The status texts among what happened."""
    return [each.status.text for each in happened if isinstance(each, StatusSet)]


def test_a_status_is_shown_until_the_app_replies() -> None:
    state = place()
    parent = said(state)
    assert shown(state.set_status(thinking(parent.ts))) == ["is thinking…"]
    assert shown(state.post(Message("C1", "", "U2", "me too", thread_ts=parent.ts), NOW)) == []
    assert shown(state.post(Message("C1", "", BOT.id, "so", thread_ts=parent.ts, app_id=APP.id), NOW)) == [""]
    assert state.statuses == {}


def test_an_empty_status_takes_the_line_away_once() -> None:
    state = place()
    parent = said(state)
    state.set_status(thinking(parent.ts))
    assert shown(state.set_status(thinking(parent.ts, ""))) == [""]
    assert shown(state.set_status(thinking(parent.ts, ""))) == []


def test_a_status_ends_when_its_time_is_over() -> None:
    state = place()
    parent = said(state)
    state.set_status(thinking(parent.ts))
    assert shown(state.expire(NOW + 119)) == []
    assert shown(state.expire(NOW + 120)) == [""]


def test_joining_happens_once() -> None:
    state = place()
    state.add_user(User("U3", "grace", "Grace"))
    [happened] = state.join("C1", "U3")
    assert isinstance(happened, Joined)
    assert "U3" in happened.channel.members
    assert state.join("C1", "U3") == []


def test_direct_messages_are_found_by_the_two_in_them() -> None:
    state = place()
    found = state.direct(BOT.id, "U1")
    assert found is not None
    assert (found.id, found.other("U1"), found.other(BOT.id)) == ("D1", BOT.id, "U1")
    assert state.direct(BOT.id, "U2") is None
    assert state.channel("C1").other("U1") is None


def test_opening_the_home_names_the_direct_messages_where_there_are_any() -> None:
    state = place()
    [with_direct] = state.home_opened(APP, "U1", "home", NOW)
    [without] = state.home_opened(APP, "U2", "home", NOW)
    assert isinstance(with_direct, HomeOpened)
    assert isinstance(without, HomeOpened)
    assert (with_direct.channel, without.channel) == ("D1", "")


def test_what_is_not_there_is_refused_by_slacks_names() -> None:
    state = place()
    with pytest.raises(Refused, match="channel_not_found"):
        state.history("C9")
    with pytest.raises(Refused, match="message_not_found"):
        state.message("C1", "1.0")
    with pytest.raises(Refused, match="user_not_found"):
        state.user("U9")
    assert state.app_of("U1") is None


@given(
    st.lists(
        st.tuples(st.sampled_from(["post", "reply", "update", "delete"]), st.integers(0, 5)), max_size=30
    )
)
def test_whatever_is_done_threads_and_history_agree(steps: list[tuple[str, int]]) -> None:
    state = place()
    for step, pick in steps:
        everything = list(state.messages())
        target = everything[pick % len(everything)] if everything else None
        with contextlib.suppress(Refused):  # of a tombstone there is nothing to change
            _do(state, step, target)
    seen = [message.ts for message in state.messages()]
    assert seen == sorted(seen)
    replies = [reply.ts for message in state.history("C1") for reply in state.replies("C1", message.ts)]
    assert sorted(replies + [message.ts for message in state.history("C1")]) == seen


def _do(state: WorkspaceState, step: str, target: Message | None) -> None:
    if step == "post" or target is None:
        said(state)
    elif step == "reply":
        said(state, thread_ts=target.ts)
    elif step == "update":
        state.update("C1", target.ts, MessageEdit(text="new"), by="U1", now=NOW)
    else:
        state.delete("C1", target.ts, by="U1", now=NOW)
