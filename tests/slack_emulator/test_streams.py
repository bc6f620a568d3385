"""Slack's native streaming, through the real SDK's own helper."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from slack_emulator.disputed_rules import STRICT
from slack_emulator.page.protocol import message_shape
from slack_emulator.server import Workspace
from slack_emulator.state.changes import Changed

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from slack_emulator.state.changes import WorkspaceChange
    from slack_emulator.state.models import Message

GENERAL = "C000GENERAL"
TO: dict[str, Any] = {"recipient_team_id": "T0SPARKLING", "recipient_user_id": "U0000000ADA"}
NOW = 1_766_458_026.0


@pytest.fixture
async def asked(slack: Workspace) -> str:
    """The ts of a question in #general."""
    return await slack.say("general", "ada", "@Teleprinter so?")


@pytest.fixture
def times() -> list[float]:
    """Its last one is now, for the workspace whose clock does not run."""
    return [NOW]


@pytest.fixture
async def stopped_clock(times: list[float]) -> AsyncIterator[Workspace]:
    async with Workspace.start(clock=lambda: times[-1]) as workspace:
        yield workspace


def markdown(text: str) -> dict[str, Any]:
    return {"type": "markdown_text", "text": text}


def answer(slack: Workspace, asked: str) -> Message:
    (message,) = slack.messages("general", asked)
    return message


async def started(client: AsyncWebClient, asked: str, **more: Any) -> str:
    return str((await client.chat_startStream(channel=GENERAL, thread_ts=asked, **TO | more))["ts"])


async def test_the_sdks_helper_streams_an_answer(
    slack: Workspace, client: AsyncWebClient, asked: str
) -> None:
    grown: list[str] = []

    def see(happening: WorkspaceChange) -> None:
        if isinstance(happening, Changed):
            grown.append(happening.message.text)

    slack.watch(see)
    stream = await client.chat_stream(channel=GENERAL, thread_ts=asked, **TO, buffer_size=5)
    for delta in ("**Wa", "ter** ", "is ", "wet", "."):
        await stream.append(markdown_text=delta)
    stopped = await stream.stop(markdown_text=" So am I.")
    assert grown == ["**Water** is wet", "**Water** is wet. So am I."]
    assert answer(slack, asked).blocks == ({"type": "markdown", "text": "**Water** is wet. So am I."},)
    assert answer(slack, asked).edited is None
    assert stopped["message"]["streaming_state"] == "completed"
    assert [call.method for call in slack.calls] == [
        "chat.startStream",
        "chat.appendStream",
        "chat.stopStream",
    ]


async def test_a_short_answer_is_started_empty_and_shown_whole(
    slack: Workspace, client: AsyncWebClient, asked: str
) -> None:
    stream = await client.chat_stream(channel=GENERAL, thread_ts=asked, **TO)
    await stream.append(markdown_text="Yes & no.")
    await stream.stop()
    assert answer(slack, asked).text == "Yes &amp; no."


async def test_while_it_streams_a_message_says_so_and_takes_no_edit(
    slack: Workspace, client: AsyncWebClient, asked: str
) -> None:
    ts = await started(client, asked, markdown_text="half")
    replies = await client.conversations_replies(channel=GENERAL, ts=asked)
    assert replies["messages"][-1]["streaming_state"] == "in_progress"
    with pytest.raises(SlackApiError, match="streaming_state_conflict"):
        await client.chat_update(channel=GENERAL, ts=ts, text="whole")
    await client.chat_stopStream(channel=GENERAL, ts=ts)
    await client.chat_update(channel=GENERAL, ts=ts, text="whole")
    assert answer(slack, asked).text == "whole"


async def test_direct_messages_need_no_recipient(slack: Workspace, client: AsyncWebClient) -> None:
    direct = slack.direct("ada", slack.app)
    asked = await slack.say(direct, "ada", "so?")
    assert (await client.chat_startStream(channel=direct, thread_ts=asked, markdown_text="Yes."))["ok"]


async def test_blocks_go_below_the_text_and_text_goes_on_below_them(
    slack: Workspace, client: AsyncWebClient, asked: str
) -> None:
    divider = {"type": "divider"}
    ts = await started(client, asked, chunks=[markdown("one"), {"type": "blocks", "blocks": [divider]}])
    await client.chat_appendStream(channel=GENERAL, ts=ts, chunks=[markdown(""), markdown("two")])
    metadata = {"event_type": "answer", "event_payload": {"id": "7"}}
    await client.chat_stopStream(channel=GENERAL, ts=ts, blocks=[divider], metadata=metadata)
    one, two = ({"type": "markdown", "text": text} for text in ("one", "two"))
    assert answer(slack, asked).blocks == (one, divider, two, divider)
    assert answer(slack, asked).text == "one\ntwo"
    assert answer(slack, asked).metadata == metadata


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        pytest.param({"thread_ts": "0"}, "invalid_thread_ts", id="no thread"),
        pytest.param({"thread_ts": ""}, "invalid_thread_ts", id="an empty thread"),
        pytest.param({"recipient_team_id": None}, "missing_recipient_team_id", id="no team"),
        pytest.param({"recipient_user_id": None}, "missing_recipient_user_id", id="no person"),
        pytest.param({"recipient_team_id": "T1"}, "team_not_found", id="another team"),
        pytest.param({"recipient_user_id": "U1"}, "user_not_found", id="nobody"),
        pytest.param({"channel": "C1"}, "channel_not_found", id="no channel"),
        pytest.param(
            {"markdown_text": "x", "chunks": [markdown("x")]},
            "cannot_provide_both_markdown_text_and_chunks",
            id="both",
        ),
        pytest.param({"chunks": [{"type": "song"}]}, "invalid_chunks", id="an unknown chunk"),
        pytest.param({"chunks": [{"type": "markdown_text"}]}, "invalid_chunks", id="a chunk without text"),
        pytest.param({"chunks": [{"type": "blocks", "blocks": [1]}]}, "invalid_chunks", id="no block"),
        pytest.param(
            {"chunks": [{"type": "blocks", "blocks": [{"type": "poem"}]}]}, "invalid_blocks", id="a bad block"
        ),
        pytest.param({"chunks": "{"}, "invalid_chunks", id="no list"),
        pytest.param({"markdown_text": "x" * 12_001}, "msg_too_long", id="too much"),
    ],
)
async def test_a_stream_that_cannot_begin_is_refused(
    slack: Workspace, client: AsyncWebClient, asked: str, arguments: dict[str, Any], error: str
) -> None:
    with pytest.raises(SlackApiError) as refused:
        await client.chat_startStream(**{"channel": GENERAL, "thread_ts": asked} | TO | arguments)
    assert refused.value.response["error"] == error
    assert slack.messages("general", asked) == []


async def test_a_stream_holds_twelve_thousand_characters_in_all(
    slack: Workspace, client: AsyncWebClient, asked: str
) -> None:
    ts = await started(client, asked, markdown_text="x" * 11_999)
    await client.chat_appendStream(channel=GENERAL, ts=ts, markdown_text="y")
    with pytest.raises(SlackApiError, match="msg_too_long"):
        await client.chat_appendStream(channel=GENERAL, ts=ts, markdown_text="z")
    assert answer(slack, asked).text.endswith("xy")


async def test_nothing_is_nothing_to_add(client: AsyncWebClient, asked: str) -> None:
    ts = await started(client, asked)
    with pytest.raises(SlackApiError, match="no_text"):
        await client.chat_appendStream(channel=GENERAL, ts=ts, markdown_text="")
    with pytest.raises(SlackApiError, match="no_text"):
        await client.chat_stopStream(channel=GENERAL, ts=ts)


async def test_a_stream_that_has_ended_takes_no_more(client: AsyncWebClient, asked: str) -> None:
    ts = await started(client, asked, markdown_text="done")
    await client.chat_stopStream(channel=GENERAL, ts=ts)
    with pytest.raises(SlackApiError, match="message_not_in_streaming_state"):
        await client.chat_appendStream(channel=GENERAL, ts=ts, markdown_text="!")


async def test_a_message_of_anyone_else_is_none_to_add_to(
    slack: Workspace, client: AsyncWebClient, asked: str
) -> None:
    with pytest.raises(SlackApiError, match="message_not_owned_by_app"):
        await client.chat_appendStream(channel=GENERAL, ts=asked, markdown_text="!")
    ts = await started(client, asked, markdown_text="going")
    await slack.delete("general", ts)
    with pytest.raises(SlackApiError, match="message_not_found"):
        await client.chat_stopStream(channel=GENERAL, ts=ts)


async def test_after_five_minutes_only_an_edit_mends_a_stream(
    stopped_clock: Workspace, times: list[float]
) -> None:
    client = AsyncWebClient(stopped_clock.app.bot_token, base_url=stopped_clock.api_url)
    asked = await stopped_clock.say("general", "ada", "so?")
    ts = await started(client, asked, markdown_text="long")
    times.append(float(ts) + STRICT.stream_life - 1)
    await client.chat_appendStream(channel=GENERAL, ts=ts, markdown_text="er")
    times.append(float(ts) + STRICT.stream_life)
    with pytest.raises(SlackApiError, match="message_not_in_streaming_state"):
        await client.chat_appendStream(channel=GENERAL, ts=ts, markdown_text="!")
    with pytest.raises(SlackApiError, match="message_not_in_streaming_state"):
        await client.chat_stopStream(channel=GENERAL, ts=ts)
    await client.chat_update(channel=GENERAL, ts=ts, text="mended")
    assert answer(stopped_clock, asked).streaming_state == "completed"


async def test_twenty_streams_begin_in_a_minute_and_a_hundred_appends_pass(
    stopped_clock: Workspace,
) -> None:
    client = AsyncWebClient(stopped_clock.app.bot_token, base_url=stopped_clock.api_url)
    asked = await stopped_clock.say("general", "ada", "so?")
    begun = [await started(client, asked) for _ in range(20)]
    with pytest.raises(SlackApiError, match="ratelimited"):
        await started(client, asked)
    for _ in range(100):
        await client.chat_appendStream(channel=GENERAL, ts=begun[0], markdown_text="x")
    with pytest.raises(SlackApiError, match="ratelimited"):
        await client.chat_appendStream(channel=GENERAL, ts=begun[0], markdown_text="x")


async def test_the_page_shows_it_growing(slack: Workspace, client: AsyncWebClient, asked: str) -> None:
    ts = await started(client, asked, markdown_text="**wa")
    first = message_shape(answer(slack, asked), slack.state)["html"]
    await client.chat_appendStream(channel=GENERAL, ts=ts, markdown_text="ter**")
    then = message_shape(answer(slack, asked), slack.state)
    assert "<strong>" not in first
    assert "<strong>water</strong>" in then["html"]
    assert not then["edited"]
