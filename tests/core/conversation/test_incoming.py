"""Which Slack events are a question to us, and what is asked."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.conversation.app_context import OpenEntity
from bot.core.conversation.authors import AuthorKind
from bot.core.conversation.content_parts import FilePart, TextPart
from bot.core.conversation.history import as_message
from bot.core.conversation.incoming import (
    Kind,
    ThreadKey,
    Vanished,
    is_automatic_prompt,
    is_own_echo,
    parse_prompt,
    parse_vanished,
)

US = "U0BOT"


def payload(**event: Any) -> dict[str, Any]:
    """A `message` event as Slack delivers it, with `event` on top; None takes a field away."""
    plain = {
        "type": "message",
        "user": "U1",
        "channel": "C1",
        "channel_type": "channel",
        "ts": "10.1",
        "text": "hi",
    }
    kept = {name: value for name, value in (plain | event).items() if value is not None}
    return {"team_id": "T1", "type": "event_callback", "event_id": "Ev1", "event": kept}


def mention(**event: Any) -> dict[str, Any]:
    return payload(text=f"<@{US}> sing", **event)


def test_a_mention_is_a_prompt_without_our_name() -> None:
    prompt = parse_prompt(mention(), bot_user=US)
    assert prompt is not None
    assert (prompt.text, prompt.kind, prompt.user) == ("sing", Kind.MENTION, "U1")
    assert prompt.thread == ThreadKey("T1", "C1", "10.1")
    assert prompt.starts_thread


def test_both_events_of_one_mention_are_one_claim() -> None:
    first = parse_prompt(mention(), bot_user=US)
    second = parse_prompt(mention(type="app_mention", channel_type=None), bot_user=US)
    assert first is not None
    assert second is not None
    assert first.claim == second.claim == ("T1", "C1", "10.1")


def test_a_mention_in_a_thread_is_answered_in_that_thread() -> None:
    prompt = parse_prompt(mention(thread_ts="5.0"), bot_user=US)
    assert prompt is not None
    assert prompt.thread.thread_ts == "5.0"
    assert not prompt.starts_thread


@pytest.mark.parametrize(
    ("event", "kind"),
    [
        pytest.param({"channel": "D1", "channel_type": "im"}, Kind.DIRECT, id="direct message"),
        pytest.param(
            {"channel": "D1", "channel_type": None}, Kind.DIRECT, id="direct message by its channel's id"
        ),
        pytest.param({"thread_ts": "5.0"}, Kind.FOLLOW_UP, id="thread reply"),
        pytest.param({"text": f"so, <@{US}|tele>, why?"}, Kind.MENTION, id="mention in the middle"),
        pytest.param({"type": "app_mention", "text": "hi"}, Kind.MENTION, id="app_mention"),
        pytest.param(
            {"type": "app_mention", "edited": {"user": "U1", "ts": "9.0"}}, Kind.EDITED, id="edited mention"
        ),
        pytest.param({"subtype": "file_share", "channel": "D1"}, Kind.DIRECT, id="with a file"),
        pytest.param({"subtype": "me_message", "channel": "D1"}, Kind.DIRECT, id="with /me"),
        pytest.param(
            {"subtype": "me_message", "text": f"asks <@{US}>"}, Kind.MENTION, id="with /me, a mention"
        ),
        pytest.param(
            {"subtype": "thread_broadcast", "thread_ts": "5.0"}, Kind.FOLLOW_UP, id="also sent to the channel"
        ),
    ],
)
def test_what_a_person_says_to_us(event: dict[str, Any], kind: Kind) -> None:
    prompt = parse_prompt(payload(**event), bot_user=US)
    assert prompt is not None
    assert prompt.kind is kind


@pytest.mark.parametrize(
    "event",
    [
        pytest.param({}, id="talk in a channel"),
        pytest.param({"thread_ts": "10.1"}, id="a thread's own first message"),
        pytest.param({"channel": "D1", "user": US}, id="ourselves"),
        pytest.param({"channel": "D1", "user": "USLACK"}, id="a notice of Slack's"),
        pytest.param({"channel": "D1", "user": "USLACKBOT"}, id="Slackbot"),
        pytest.param({"channel": "D1", "bot_id": "B1", "user": None}, id="another bot"),
        pytest.param({"text": f"he said `<@{US}>`"}, id="a mention in code"),
        pytest.param({"type": "app_mention", "text": f"&gt; <@{US}> sing"}, id="a mention in a quote"),
        pytest.param({"channel": "D1", "user": None}, id="nobody"),
        pytest.param({"channel": "D1", "ts": None}, id="no ts"),
        pytest.param({"channel": "D1", "subtype": "message_changed", "hidden": True}, id="an edit"),
        pytest.param({"channel": "D1", "subtype": "message_deleted", "hidden": True}, id="a deletion"),
        pytest.param({"subtype": "channel_join", "text": f"<@{US}> has joined"}, id="a join"),
        pytest.param({"channel": "D1", "hidden": True}, id="hidden"),
        pytest.param({"type": "reaction_added"}, id="something else"),
        pytest.param({"type": None}, id="no type"),
    ],
)
def test_what_is_not_for_us(event: dict[str, Any]) -> None:
    assert parse_prompt(payload(**event), bot_user=US) is None


THROUGH_AN_APP = {"bot_id": "B9", "app_id": "A9", "bot_profile": {"id": "B9", "name": "Zap"}}


@pytest.mark.parametrize(
    "event",
    [
        pytest.param(mention(type="app_mention", **THROUGH_AN_APP), id="a mention"),
        pytest.param(payload(channel="D1", **THROUGH_AN_APP), id="a direct message"),
        pytest.param(payload(thread_ts="5.0", **THROUGH_AN_APP), id="a thread reply"),
    ],
)
def test_what_an_account_writes_through_an_app_is_a_prompt_until_slack_says_whose_it_is(
    event: dict[str, Any],
) -> None:
    prompt = parse_prompt(event, bot_user=US)
    assert prompt is not None
    assert (prompt.author.kind, prompt.user) == (AuthorKind.ACCOUNT, "U1")
    assert as_message(prompt).author == prompt.author
    assert not is_automatic_prompt(event, bot_user=US)


OF_US = {**mention(bot_id="B0", app_id="A0"), "api_app_id": "A0"}
OF_A_WORKFLOW = mention(subtype="bot_message", user=None, bot_id="B8", username="Flow")
OF_SLACKBOT = mention(user="USLACKBOT")


@pytest.mark.parametrize(
    "event", [OF_US, OF_A_WORKFLOW, OF_SLACKBOT], ids=["our own app's", "a workflow's", "Slackbot's"]
)
def test_what_an_app_posts_is_no_prompt_but_is_known_as_one_that_was_left(event: dict[str, Any]) -> None:
    assert parse_prompt(event, bot_user=US) is None
    assert is_automatic_prompt(event, bot_user=US)


@pytest.mark.parametrize(
    ("event", "name", "user"),
    [
        (OF_A_WORKFLOW, "flow", "B8"),
        (OF_A_WORKFLOW, "b8", "B8"),
        (OF_SLACKBOT, "slackbot", "USLACKBOT"),
        (mention(**THROUGH_AN_APP), "zap", "B9"),
        (mention(**THROUGH_AN_APP), "a9", "B9"),
        (OF_US, "a0", None),
    ],
)
def test_an_app_that_is_named_may_ask_under_its_own_id(
    event: dict[str, Any], name: str, user: str | None
) -> None:
    prompt = parse_prompt(event, bot_user=US, apps=frozenset({name}))
    assert (prompt and prompt.user) == user
    talk = {**event, "event": {**event["event"], "text": "hm", "thread_ts": "5.0"}}
    assert parse_prompt(talk, bot_user=US, apps=frozenset({name})) is None


@pytest.mark.parametrize(
    "event",
    [
        pytest.param(mention(), id="a person's mention"),
        pytest.param(mention(user=US, subtype="bot_message"), id="our own words"),
        pytest.param(payload(user="USLACKBOT"), id="an app's talk in a channel"),
        pytest.param(payload(user="USLACKBOT", thread_ts="5.0"), id="an app's talk in a thread"),
        pytest.param(mention(subtype="message_changed", user="USLACKBOT"), id="an app's edit"),
    ],
)
def test_what_would_be_no_prompt_anyway_is_not_told_as_an_app_s(event: dict[str, Any]) -> None:
    assert not is_automatic_prompt(event, bot_user=US)


def test_the_team_is_the_one_that_installed_us() -> None:
    shared = {**mention(), "team_id": "T_OTHER", "authorizations": [{"team_id": "T1", "user_id": US}]}
    prompt = parse_prompt(shared, bot_user=US)
    assert prompt is not None
    assert prompt.thread.team == "T1"


def test_an_organisation_install_counts_as_one_team() -> None:
    org = {**mention(), "authorizations": [{"team_id": None, "enterprise_id": "E1"}]}
    prompt = parse_prompt(org, bot_user=US)
    assert prompt is not None
    assert prompt.thread.team == "E1"


def test_a_prompt_says_all_that_its_message_says() -> None:
    shared = payload(
        channel="D1",
        subtype="file_share",
        text="sum it up",
        files=[{"id": "F1", "name": "q3.pdf"}],
        attachments=[{"title": "DiskFull"}],
    )
    prompt = parse_prompt(shared, bot_user=US)
    assert prompt is not None
    assert prompt.parts == (TextPart("sum it up"), FilePart("q3.pdf", id="F1"), TextPart("DiskFull"))
    assert prompt.text == "sum it up\n\nDiskFull"


def test_a_bare_mention_says_nothing() -> None:
    prompt = parse_prompt(payload(text=f"<@{US}>"), bot_user=US)
    assert prompt is not None
    assert prompt.parts == ()


def test_a_payload_without_an_event_is_nothing() -> None:
    assert parse_prompt({"type": "app_rate_limited"}, bot_user=US) is None


json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=10), inner, max_size=3),
    max_leaves=8,
)
FIELDS = ("type", "user", "channel", "channel_type", "ts", "thread_ts", "text", "subtype", "files", "bot_id")


@given(
    st.dictionaries(
        st.sampled_from(FIELDS), json | st.sampled_from(["message", "message_deleted", "D1", "10.1"])
    )
)
def test_no_event_is_too_strange_to_parse(event: dict[str, Any]) -> None:
    parse_prompt({"team_id": "T1", "event": event}, bot_user=US)
    parse_vanished({"team_id": "T1", "event": event}, bot_user=US)
    is_automatic_prompt({"team_id": "T1", "event": event}, bot_user=US)


def gone(**event: Any) -> Vanished | None:
    return parse_vanished({"team_id": "T1", "event": {"channel": "C1", **event}}, bot_user=US)


@pytest.mark.parametrize(
    ("event", "expected"),
    [
        pytest.param(
            {
                "subtype": "message_deleted",
                "deleted_ts": "2.0",
                "previous_message": {"user": "U1", "ts": "2.0", "thread_ts": "1.0"},
            },
            Vanished("T1", "C1", "1.0", "2.0", ours=False),
            id="a question in a thread",
        ),
        pytest.param(
            {
                "subtype": "message_deleted",
                "deleted_ts": "2.0",
                "previous_message": {"user": US, "thread_ts": "1.0"},
            },
            Vanished("T1", "C1", "1.0", "2.0", ours=True),
            id="a reply of ours",
        ),
        pytest.param(
            {"subtype": "message_deleted", "deleted_ts": "2.0"},
            Vanished("T1", "C1", "2.0", "2.0", ours=False),
            id="a message that nobody answered",
        ),
        pytest.param(
            {
                "subtype": "message_changed",
                "message": {"subtype": "tombstone", "ts": "1.0"},
                "previous_message": {"user": "U1", "ts": "1.0"},
            },
            Vanished("T1", "C1", "1.0", "1.0", ours=False),
            id="the first message of a thread that goes on",
        ),
        pytest.param({"subtype": "message_changed", "message": {"ts": "1.0"}}, None, id="a change"),
        pytest.param({"subtype": "channel_join", "ts": "1.0"}, None, id="something else"),
        pytest.param({"subtype": "message_deleted"}, None, id="nobody knows what"),
    ],
)
def test_what_was_deleted(event: dict[str, Any], expected: Vanished | None) -> None:
    assert gone(**event) == expected


def delivered(**event: Any) -> dict[str, Any]:
    """An event with whom it is delivered to, as Slack names us."""
    return payload(**event) | {"authorizations": [{"team_id": "T1", "user_id": US, "is_bot": True}]}


@pytest.mark.parametrize(
    ("event", "is_echo"),
    [
        ({"user": US, "bot_id": "B1"}, True),
        ({"subtype": "message_changed", "user": None, "message": {"user": US, "ts": "1.0"}}, True),
        ({"subtype": "message_changed", "user": None, "message": {"user": "U1", "ts": "1.0"}}, False),
        (
            {
                "subtype": "message_changed",
                "user": None,
                "message": {"user": US, "subtype": "tombstone", "ts": "1.0"},
            },
            False,
        ),
        ({"subtype": "message_deleted", "user": None, "previous_message": {"user": US}}, False),
        ({"user": "U1"}, False),
        ({"user": None}, False),
        ({"subtype": "message_changed", "user": None, "message": "odd"}, False),
        ({"type": "app_mention", "user": US}, False),
    ],
    ids=repr,
)
def test_what_we_did_ourselves_is_an_echo_and_nothing_else_is(
    event: dict[str, Any], *, is_echo: bool
) -> None:
    assert is_own_echo(delivered(**event)) is is_echo


def test_without_a_word_on_whom_it_is_for_nothing_is_an_echo() -> None:
    assert not is_own_echo(payload(user=US))


@given(st.dictionaries(st.sampled_from(["subtype", "message", "user", "type", "ts"]), st.text() | st.none()))
def test_no_echo_would_be_a_prompt_or_the_end_of_a_message(event: dict[str, Any]) -> None:
    whole = delivered(**event)
    if is_own_echo(whole):
        assert parse_prompt(whole, bot_user=US) is None
        assert parse_vanished(whole, bot_user=US) is None


def test_what_the_author_has_open_comes_with_the_prompt() -> None:
    opened = {"entities": [{"type": "slack#/types/channel_id", "value": "C0123"}]}
    event = {
        "type": "message",
        "channel_type": "im",
        "channel": "D1",
        "user": "U1",
        "ts": "1.0",
        "text": "Hi",
    }
    payload = {"team_id": "T1", "event": event | {"app_context": opened}}
    prompt = parse_prompt(payload, bot_user="U0BOT")
    assert prompt is not None
    assert (prompt.opened, prompt.text) == ((OpenEntity("channel", "C0123"),), "Hi")
