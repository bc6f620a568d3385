"""Slack's Web API as replies see it, against the local workspace; and its failures as our errors."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.core.events import ThreadKey
from bot.core.reply import Dialect, Edit
from bot.errors import (
    BlocksRefused,
    MessageGone,
    MessageTooLong,
    RateLimited,
    SlackDenied,
    SlackError,
    SlackUnreachable,
)
from bot.slack import surface as module
from bot.slack.surface import Surface, from_slack
from bot.workspace.server import Workspace

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from bot.core.history import Said


@pytest.fixture
async def slack() -> AsyncGenerator[Workspace]:
    async with Workspace.start() as workspace:
        yield workspace


@pytest.fixture
async def client(slack: Workspace) -> AsyncGenerator[AsyncWebClient]:
    async with aiohttp.ClientSession() as session:
        yield AsyncWebClient(slack.app.bot_token, base_url=slack.api_url, session=session, retry_handlers=[])


@pytest.fixture
async def thread(slack: Workspace) -> ThreadKey:
    ts = await slack.say("general", "ada", "Shall we?")
    return ThreadKey(slack.state.team.id, slack.place("general").id, ts)


@pytest.fixture
def surface(client: AsyncWebClient, slack: Workspace) -> Surface:
    return Surface(client, bot_user=slack.app.bot_user_id, bot_id=slack.app.bot_id)


def an_edit(
    text: str, *, ts: str | None = None, fallback: str = "", dialect: Dialect = Dialect.BLOCK
) -> Edit:
    return Edit(ts, 0, text, fallback or text, dialect, last=False)


async def test_a_message_is_posted_and_edited_as_one_markdown_block(
    slack: Workspace, surface: Surface, thread: ThreadKey
) -> None:
    ts = await surface.post(thread, an_edit("**Yes**"), marker="m")
    await surface.edit(thread, an_edit("**Yes** and no", ts=ts))
    (message,) = slack.messages(thread.channel, thread.thread_ts)
    assert list(message.blocks or ()) == [{"type": "markdown", "text": "**Yes** and no"}]
    assert message.text == "**Yes** and no"


async def test_a_footnote_stands_apart_below_every_message(
    slack: Workspace, client: AsyncWebClient, thread: ThreadKey
) -> None:
    surface = Surface(client, bot_user=slack.app.bot_user_id, footnote="A tiny model.")
    await surface.post(thread, an_edit("Yes"), marker="m")
    (message,) = slack.messages(thread.channel, thread.thread_ts)
    assert [block["type"] for block in message.blocks or ()] == ["markdown", "context"]


async def test_where_blocks_are_not_taken_there_is_text_alone(
    slack: Workspace, surface: Surface, thread: ThreadKey
) -> None:
    await surface.post(thread, an_edit("Yes", dialect=Dialect.TEXT), marker="m")
    (message,) = slack.messages(thread.channel, thread.thread_ts)
    assert message.text == "Yes"
    assert message.blocks is None


async def test_a_long_fallback_is_cut_within_what_slack_takes(
    slack: Workspace, surface: Surface, thread: ThreadKey
) -> None:
    ts = await surface.post(thread, an_edit("Start"), marker="m")
    await surface.edit(thread, an_edit("漢" * 3000, ts=ts))
    (message,) = slack.messages(thread.channel, thread.thread_ts)
    assert len(message.text.encode()) < 3800
    assert message.text.endswith(" …")


async def test_a_post_is_found_by_its_marker(surface: Surface, thread: ThreadKey) -> None:
    ts = await surface.post(thread, an_edit("Yes"), marker="T:C:1.0:0")
    assert await surface.find(thread, "T:C:1.0:0") == ts
    assert await surface.find(thread, "T:C:1.0:1") is None


async def test_a_thread_is_read_with_our_own_words_whole(
    slack: Workspace, surface: Surface, thread: ThreadKey
) -> None:
    long = "word " * 1000
    await surface.post(thread, an_edit(long), marker="m")
    await slack.say("general", "grace", "@Teleprinter thanks & bye", thread.thread_ts)
    ada, ours, grace = await surface.read_thread(thread)
    assert (ada.text, ada.ours) == ("Shall we?", False)
    assert (ours.text, ours.ours) == (long, True)
    assert (grace.text, grace.user) == ("thanks & bye", slack.person("grace").id)


async def test_a_thread_longer_than_a_page_is_read_page_by_page(
    slack: Workspace, surface: Surface, thread: ThreadKey, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "PAGE", 2)
    for n in range(4):
        await slack.say("general", "ada", f"reply {n}", thread.thread_ts)
    said: list[Said] = await surface.read_thread(thread)
    assert [one.text for one in said] == ["Shall we?", "reply 0", "reply 1", "reply 2", "reply 3"]


async def test_of_an_endless_thread_only_so_many_pages_are_read(
    slack: Workspace, surface: Surface, thread: ThreadKey, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "PAGE", 1)
    monkeypatch.setattr(module, "LONGEST_THREAD", 2)
    for n in range(4):
        await slack.say("general", "ada", f"reply {n}", thread.thread_ts)
    assert len(await surface.read_thread(thread)) == 2


async def test_a_deleted_message_is_gone(slack: Workspace, surface: Surface, thread: ThreadKey) -> None:
    ts = await surface.post(thread, an_edit("Yes"), marker="m")
    await slack.delete("general", ts)
    with pytest.raises(MessageGone):
        await surface.edit(thread, an_edit("No", ts=ts))


async def test_a_connection_that_closes_leaves_the_outcome_unknown(
    slack: Workspace, surface: Surface, thread: ThreadKey
) -> None:
    slack.fail_next("chat.postMessage", drop=True, carried_out=True)
    with pytest.raises(SlackUnreachable):
        await surface.post(thread, an_edit("Yes"), marker="m")
    assert await surface.find(thread, "m") is not None


async def test_a_rate_limit_carries_its_seconds(
    slack: Workspace, surface: Surface, thread: ThreadKey
) -> None:
    slack.fail_next("chat.postMessage", retry_after=7)
    with pytest.raises(RateLimited) as caught:
        await surface.post(thread, an_edit("Yes"), marker="m")
    assert caught.value.retry_after == 7


def a_refusal(status: int, data: object, **headers: str) -> SlackApiError:
    return SlackApiError("no", SimpleNamespace(status_code=status, data=data, headers=headers))  # type: ignore[no-untyped-call]


@pytest.mark.parametrize(
    ("status", "data", "kind"),
    [
        (429, {"ok": False, "error": "ratelimited"}, RateLimited),
        (200, {"ok": False, "error": "ratelimited"}, RateLimited),
        (200, {"ok": False, "error": "rate_limited"}, RateLimited),
        (503, "<html>", SlackUnreachable),
        (200, {"ok": False, "error": "internal_error"}, SlackUnreachable),
        (200, b"not json", SlackUnreachable),
        (200, {"ok": False, "error": "message_not_found"}, MessageGone),
        (200, {"ok": False, "error": "is_archived"}, MessageGone),
        (200, {"ok": False, "error": "msg_too_long"}, MessageTooLong),
        (200, {"ok": False, "error": "msg_blocks_too_long"}, MessageTooLong),
        (200, {"ok": False, "error": "invalid_blocks"}, BlocksRefused),
        (200, {"ok": False, "error": "token_revoked"}, SlackDenied),
        (200, {"ok": False, "error": "edit_window_closed"}, SlackError),
    ],
)
def test_every_refusal_becomes_one_of_our_errors(status: int, data: object, kind: type[SlackError]) -> None:
    assert type(from_slack("chat.update", a_refusal(status, data))) is kind


def test_a_missing_scope_is_named() -> None:
    error = from_slack("chat.update", a_refusal(200, {"error": "missing_scope", "needed": "chat:write"}))
    assert "needs the scope chat:write" in str(error)


@pytest.mark.parametrize(("header", "seconds"), [("5", 5.0), ("0", 1.0), ("", 30.0), ("soon", 30.0)])
def test_a_strange_retry_after_is_a_careful_guess(header: str, seconds: float) -> None:
    error = from_slack("chat.update", a_refusal(429, {}, **{"retry-after": header}))
    assert isinstance(error, RateLimited)
    assert error.retry_after == seconds


async def test_an_answer_without_a_ts_is_no_answer(thread: ThreadKey) -> None:
    class Odd(AsyncWebClient):
        async def api_call(self, *_: Any, **__: Any) -> Any:
            return SimpleNamespace(data={"ok": True})

    with pytest.raises(SlackUnreachable, match="without the message's ts"):
        await Surface(Odd("xoxb-1"), bot_user="U").post(thread, an_edit("Yes"), marker="m")
