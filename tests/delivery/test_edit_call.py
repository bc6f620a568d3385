"""What a failed call means for a reply, in virtual time; and for one that is resumed, through a real socket."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING

import aiohttp
import pytest
from slack_sdk.web.async_client import AsyncWebClient

from bot.core.backoff import Backoff
from bot.core.conversation.answer_key import AnswerKey
from bot.core.conversation.incoming import Kind, ThreadKey, TurnKey
from bot.core.delivery.message_format import Dialect
from bot.core.delivery.reply import ReplyState
from bot.core.delivery.slack_calls import Body, Post
from bot.delivery import edit_call as module
from bot.delivery.edit_call import READING
from bot.errors import (
    MessageGone,
    RateLimited,
    SlackDenied,
    SlackError,
    SlackUnreachable,
    ThreadGone,
)
from bot.slack.api_answers import without_redirects
from bot.slack.web_api_client import Surface
from slack_emulator.server import Workspace
from tests.clock import VIRTUAL
from tests.delivery.test_sender import a_replier, shown
from tests.fakes import FakeSurface, an_answer, words
from tests.odd import every_answer, once

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

ODD = [
    SlackError("tea_break", code="tea_break"),
    SlackDenied("invalid_auth", code="invalid_auth"),
    SlackUnreachable("HTTP 500"),
    ThreadGone("channel_not_found"),
    MessageGone("message_not_found"),
]
virtual = pytest.mark.parametrize("anyio_backend", [VIRTUAL], ids=["virtual"])
each_error = pytest.mark.parametrize("error", ODD, ids=str)


@virtual
@each_error
async def test_what_refuses_a_post_once_only_delays_it(anyio_backend: object, error: SlackError) -> None:
    surface = FakeSurface()
    surface.fail.append(error)
    assert await shown(surface, words("one two three")) is ReplyState.DONE
    assert list(surface.messages.values()) == ["one two three"]


@virtual
@each_error
async def test_what_refuses_an_edit_once_only_delays_it(anyio_backend: object, error: SlackError) -> None:
    surface = FakeSurface()
    surface.fail.extend([None, error])
    assert await shown(surface, words("one two three")) is ReplyState.DONE
    assert list(surface.messages.values()) == ["one two three"]


@virtual
async def test_a_post_that_nobody_knows_of_is_looked_for_before_it_is_made_again(
    anyio_backend: object,
) -> None:
    surface = FakeSurface()
    surface.lose_answers = 1
    surface.fail.append(SlackError("tea_break", code="tea_break"))
    await shown(surface, words("one two three"))
    assert list(surface.messages.values()) == ["one two three"]


class Unreadable(FakeSurface):
    """Loses the answer of its first post, and then may not be read for a while."""

    def __init__(self) -> None:
        super().__init__()
        self.lose_answers = 1
        self.fail.append(SlackUnreachable("reset"))
        self.limits = [RateLimited(20, method=READING)]

    async def find(self, thread: ThreadKey, marker: str, *, since: str) -> str | None:
        if self.limits:
            raise self.limits.pop()
        return await super().find(thread, marker, since=since)


@virtual
async def test_a_limit_of_reading_holds_up_no_other_answer(anyio_backend: object) -> None:
    surface = Unreadable()
    async with a_replier(surface) as replier, asyncio.TaskGroup() as tasks:
        tasks.create_task(replier.show(an_answer("1.0"), words("one two three")))
        await asyncio.sleep(3.0)
        await replier.show(an_answer("2.0", thread_ts="2.0"), words("four"))
        assert asyncio.get_running_loop().time() < 5.0
    assert sorted(surface.messages.values()) == ["four", "one two three"]


@pytest.fixture
async def slack() -> AsyncGenerator[Workspace]:
    async with Workspace.start() as workspace:
        yield workspace


@pytest.fixture
async def surface(slack: Workspace) -> AsyncGenerator[Surface]:
    async with aiohttp.ClientSession(trace_configs=[without_redirects()]) as session:
        client = AsyncWebClient(
            slack.app.bot_token, base_url=slack.api_url, session=session, retry_handlers=[]
        )
        yield Surface(client, bot_user=slack.app.bot_user_id)


def answer_to(slack: Workspace, ts: str, *, thread_ts: str = "") -> AnswerKey:
    """The first answer to the question `ts`, in the thread that it begins unless told otherwise."""
    thread = ThreadKey(slack.state.team.id, slack.place("general").id, thread_ts or ts)
    return AnswerKey(TurnKey(thread, ts, slack.person("ada").id, Kind.MENTION))


async def test_a_lost_post_is_found_in_a_thread_that_is_longer_than_what_is_read_of_it(
    slack: Workspace, surface: Surface, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "RETRY", Backoff(0.01))
    monkeypatch.setattr("bot.slack.web_api_client.PAGE", 2)
    monkeypatch.setattr("bot.slack.web_api_client.MOST_PAGES", 2)
    thread_ts = await slack.say("general", "ada", "Shall we?")
    for number in range(6):
        await slack.say("general", "ada", f"reply {number}", thread_ts)
    question = await slack.say("general", "ada", "Why?", thread_ts)
    slack.fail_next("chat.postMessage", drop=True, carried_out=True)
    async with a_replier(surface) as replier:
        await replier.show(answer_to(slack, question, thread_ts=thread_ts), words("Because.", every=0))
    ours = [one.text for one in slack.messages("general", thread_ts) if one.user == slack.app.bot_user_id]
    assert ours == ["Because."]


async def test_a_take_whose_post_was_lost_does_not_take_another_takes_message_for_its_own(
    slack: Workspace, surface: Surface, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "RETRY", Backoff(0.01))
    first = answer_to(slack, await slack.say("general", "ada", "Why?"))
    async with a_replier(surface) as replier:
        await replier.show(first, words("Because.", every=0))
        slack.fail_next("chat.postMessage", drop=True)
        await replier.show(replace(first, take=1), words("Since.", every=0))
    shown = slack.messages("general", first.thread.thread_ts)
    assert [one.text for one in shown] == ["Because.", "Since."]


@every_answer
async def test_what_a_resumed_reply_has_no_need_of_is_taken_away_in_the_end(
    slack: Workspace, surface: Surface, monkeypatch: pytest.MonkeyPatch, answer: str
) -> None:
    monkeypatch.setattr(module, "RETRY", Backoff(0.01))
    monkeypatch.setattr("bot.slack.api_answers.LEAST_WAIT", 0.01)
    monkeypatch.setattr("bot.slack.api_answers.LONGEST_WAIT", 0.02)
    ts = await slack.say("general", "ada", "Shall we?")
    key = answer_to(slack, ts)
    thread = key.thread
    old = [
        await surface.carry_out(Post(thread, n, Body("old", "old", Dialect.BLOCK), str(n), last=False))
        for n in range(2)
    ]
    once(slack, "chat.delete", answer)
    async with a_replier(surface) as replier:
        await replier.show(key, words("new", every=0), posted=dict(enumerate(old)))
    assert [message.text for message in slack.messages("general", ts)] == ["new"]
