"""Slack's Web API as replies see it, against the local workspace; and its failures as our errors."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from bot.core.conversation import notices
from bot.core.conversation.addressees import Addressees
from bot.core.conversation.agent_pane import suggested_prompts
from bot.core.conversation.authors import A_PERSON, AuthorKind
from bot.core.conversation.incoming import ThreadKey
from bot.core.delivery.controls import AnswerEnd, ControlKind, Controls, button, note_modal
from bot.core.delivery.data_table import find_data_table
from bot.core.delivery.message_format import Dialect
from bot.core.delivery.slack_calls import (
    AppendStream,
    Body,
    Delete,
    DeleteFile,
    Post,
    PostApproval,
    SetSession,
    SetStatus,
    SetTitle,
    ShownMessage,
    StartStream,
    StopStream,
    SuggestPrompts,
    Update,
    UpdateApproval,
    Whisper,
)
from bot.core.delivery.tool_cards import TaskCard, TaskStatus
from bot.errors import (
    MessageGone,
    RateLimited,
    SlackError,
    SlackUnreachable,
)
from bot.language.catalogue import ENGLISH
from bot.language.translatable import Translatable
from bot.slack import web_api_client as module
from bot.slack.web_api_client import Surface

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from bot.core.conversation.history import ThreadMessage
    from bot.core.delivery.slack_calls import SlackCall
    from slack_emulator.server import Workspace


@pytest.fixture
async def thread(slack: Workspace) -> ThreadKey:
    ts = await slack.say("general", "ada", "Shall we?")
    return ThreadKey(slack.state.team.id, slack.place("general").id, ts)


@pytest.fixture
def surface(client: AsyncWebClient, slack: Workspace) -> Surface:
    return Surface(client, bot_user=slack.app.bot_user_id, bot_id=slack.app.bot_id)


def a_post(thread: ThreadKey, text: str, *, marker: str = "m", dialect: Dialect = Dialect.BLOCK) -> Post:
    return Post(thread, 0, Body(text, text, dialect), marker, last=False)


def an_update(thread: ThreadKey, ts: str, text: str) -> Update:
    return Update(thread, 0, ts, Body(text, text, Dialect.BLOCK), last=False)


NOTHING = Body("", "", Dialect.BLOCK)


def a_start(slack: Workspace, thread: ThreadKey, text: str) -> StartStream:
    return StartStream(thread, 0, Body(text, text, Dialect.BLOCK), slack.person("ada").id, "m")


def a_stop(thread: ThreadKey, ts: str, text: str) -> StopStream:
    return StopStream(thread, 0, ts, NOTHING, text, "m", last=True)


async def test_a_message_is_posted_and_edited_as_one_markdown_block(
    slack: Workspace, surface: Surface, thread: ThreadKey
) -> None:
    ts = await surface.carry_out(a_post(thread, "**Yes**", marker="m"))
    await surface.carry_out(an_update(thread, ts, "**Yes** and no"))
    (message,) = slack.messages(thread.channel, thread.thread_ts)
    assert list(message.blocks or ()) == [{"type": "markdown", "text": "**Yes** and no"}]
    assert message.text == "**Yes** and no"


@pytest.mark.parametrize("kind", ["an answer", "a question whether a tool may act", "words of our own"])
async def test_slack_is_told_to_fetch_no_link_of_what_is_posted(kind: str, thread: ThreadKey) -> None:
    sent: list[dict[str, Any]] = []

    class Noting:
        async def api_call(self, *_: Any, **arguments: Any) -> Any:
            sent.append(arguments["json"])
            return SimpleNamespace(data={"ok": True, "ts": "1.0", "channel": thread.channel}, headers={})

    surface = Surface(cast("AsyncWebClient", Noting()), bot_user="U0BOT")
    link = "https://evil.example/?q=secret"
    posts: dict[str, Callable[[], Awaitable[object]]] = {
        "an answer": lambda: surface.carry_out(a_post(thread, link)),
        "a question whether a tool may act": lambda: surface.carry_out(PostApproval(thread, link, (), "m")),
        "words of our own": lambda: surface.say(thread.channel, link),
    }
    await posts[kind]()
    [post] = sent
    assert (post["unfurl_links"], post["unfurl_media"]) == (False, False)


async def test_a_table_stands_where_it_stood_in_the_text_and_is_read_back_in_its_place(
    slack: Workspace, surface: Surface, thread: ThreadKey
) -> None:
    text = "Prices:\n\n| Item | Price |\n|---|---|\n| **Tea** | 3 |\n| a\\|b |  |\n\nThat is all."
    body = Body(text, "Prices:", Dialect.BLOCK, figures=tuple(filter(None, [find_data_table(text)])))
    ts = await surface.carry_out(Post(thread, 0, body, "m", last=True))
    (message,) = slack.messages("general", thread.thread_ts)
    kinds = [block["type"] for block in message.blocks or ()]
    assert (kinds, message.text) == (["markdown", "data_table", "markdown"], "Prices:")
    assert await surface.read(thread, ts) == ShownMessage(text, live=False)
    assert (await surface.read_thread(thread))[-1].text == text


async def test_a_message_may_be_nothing_but_a_table(
    slack: Workspace, surface: Surface, thread: ThreadKey
) -> None:
    text = "| Item |\n|---|\n| Tea |"
    body = Body(text, "Item", Dialect.BLOCK, figures=tuple(filter(None, [find_data_table(text)])))
    await surface.carry_out(Post(thread, 0, body, "m", last=True))
    (message,) = slack.messages("general", thread.thread_ts)
    assert [block["type"] for block in message.blocks or ()] == ["data_table"]


async def test_a_footnote_stands_apart_below_every_message(
    slack: Workspace, client: AsyncWebClient, thread: ThreadKey
) -> None:
    surface = Surface(client, bot_user=slack.app.bot_user_id, footnote=Translatable("A tiny model."))
    await surface.carry_out(a_post(thread, "Yes", marker="m"))
    (message,) = slack.messages(thread.channel, thread.thread_ts)
    assert [block["type"] for block in message.blocks or ()] == ["markdown", "context"]


async def test_a_footnote_stands_below_a_message_that_was_streamed(
    slack: Workspace, client: AsyncWebClient, thread: ThreadKey
) -> None:
    surface = Surface(client, bot_user=slack.app.bot_user_id, footnote=Translatable("A tiny model."))
    ts = await surface.carry_out(a_start(slack, thread, "Yes"))
    await surface.carry_out(a_stop(thread, ts, ""))
    (message,) = slack.messages(thread.channel, thread.thread_ts)
    assert [block["type"] for block in message.blocks or ()][-1] == "context"


async def test_where_blocks_are_not_taken_there_is_text_alone(
    slack: Workspace, surface: Surface, thread: ThreadKey
) -> None:
    await surface.carry_out(a_post(thread, "Yes", marker="m", dialect=Dialect.TEXT))
    (message,) = slack.messages(thread.channel, thread.thread_ts)
    assert message.text == "Yes"
    assert message.blocks is None


async def test_a_long_fallback_is_cut_within_what_slack_takes(
    slack: Workspace, surface: Surface, thread: ThreadKey
) -> None:
    ts = await surface.carry_out(a_post(thread, "Start", marker="m"))
    await surface.carry_out(an_update(thread, ts, "漢" * 3000))
    (message,) = slack.messages(thread.channel, thread.thread_ts)
    assert len(message.text.encode()) < 3800
    assert message.text.endswith(" …")


async def test_a_post_is_found_by_its_marker(surface: Surface, thread: ThreadKey) -> None:
    ts = await surface.carry_out(a_post(thread, "Yes", marker="T:C:1.0:0"))
    assert await surface.find(thread, "T:C:1.0:0", since="0") == ts
    assert await surface.find(thread, "T:C:1.0:1", since="0") is None


async def test_a_post_is_looked_for_behind_the_question_only(
    slack: Workspace, surface: Surface, thread: ThreadKey, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "PAGE", 3)
    early = await surface.carry_out(a_post(thread, "Early", marker="early"))
    for n in range(5):
        await slack.say("general", "ada", f"reply {n}", thread.thread_ts)
    question = await slack.say("general", "ada", "@Teleprinter?", thread.thread_ts)
    ts = await surface.carry_out(a_post(thread, "Yes", marker="m"))
    assert await surface.find(thread, "m", since=question) == ts
    assert await surface.find(thread, "early", since=question) is None
    assert reads(slack) == 2
    assert await surface.find(thread, "early", since="0") == early


def reads(slack: Workspace) -> int:
    return sum(call.method == "conversations.replies" for call in slack.calls)


async def test_one_message_of_a_long_thread_is_read_with_one_call(
    slack: Workspace, surface: Surface, thread: ThreadKey, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "PAGE", 3)
    ts = await surface.carry_out(a_post(thread, "**Yes**", marker="m"))
    for n in range(6):
        await slack.say("general", "ada", f"reply {n}", thread.thread_ts)
    assert await surface.read(thread, ts) == ShownMessage("**Yes**", live=False)
    assert reads(slack) == 1
    await slack.delete("general", ts)
    assert await surface.read(thread, ts) is None


async def test_a_thread_is_read_with_our_own_words_whole(
    slack: Workspace, surface: Surface, thread: ThreadKey
) -> None:
    long = "word " * 1000
    await surface.carry_out(a_post(thread, long, marker="m"))
    await slack.say("general", "grace", "@Teleprinter thanks & bye", thread.thread_ts)
    ada, ours, grace = await surface.read_thread(thread)
    assert (ada.text, ada.ours) == ("Shall we?", False)
    assert (ours.text, ours.ours) == (long, True)
    assert (grace.text, grace.user) == ("thanks & bye", slack.person("grace").id)


async def test_what_a_person_says_with_me_is_part_of_the_thread(
    slack: Workspace, surface: Surface, thread: ThreadKey
) -> None:
    await slack.say("general", "grace", "/me wonders what 2+2 is", thread.thread_ts)
    _, grace = await surface.read_thread(thread)
    assert (grace.text, grace.user) == ("wonders what 2+2 is", slack.person("grace").id)


async def test_a_thread_longer_than_a_page_is_read_page_by_page(
    slack: Workspace, surface: Surface, thread: ThreadKey, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "PAGE", 2)
    for n in range(4):
        await slack.say("general", "ada", f"reply {n}", thread.thread_ts)
    said: list[ThreadMessage] = await surface.read_thread(thread)
    assert [one.text for one in said] == ["Shall we?", "reply 0", "reply 1", "reply 2", "reply 3"]


async def test_of_a_long_thread_the_newest_messages_are_kept(
    slack: Workspace, surface: Surface, thread: ThreadKey, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "PAGE", 2)
    monkeypatch.setattr(module, "LONGEST_THREAD", 3)
    for n in range(6):
        await slack.say("general", "ada", f"reply {n}", thread.thread_ts)
    said = await surface.read_thread(thread)
    assert [one.text for one in said] == ["reply 3", "reply 4", "reply 5"]


async def test_of_an_endless_thread_only_so_many_pages_are_read(
    slack: Workspace,
    surface: Surface,
    thread: ThreadKey,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr(module, "PAGE", 1)
    monkeypatch.setattr(module, "MOST_PAGES", 2)
    for n in range(4):
        await slack.say("general", "ada", f"reply {n}", thread.thread_ts)
    assert len(await surface.read_thread(thread)) == 2
    assert caplog.messages == ["thread.too_long"]


async def test_a_first_message_that_comes_with_every_page_is_read_once(thread: ThreadKey) -> None:
    class Repeating(AsyncWebClient):
        async def api_call(self, *_: Any, **arguments: Any) -> Any:
            last = "cursor" in arguments["params"]
            messages = [{"ts": "1.0", "text": "root"}, {"ts": "3.0" if last else "2.0"}, {"text": "no ts"}]
            more = {} if last else {"response_metadata": {"next_cursor": "next"}}
            return SimpleNamespace(data={"ok": True, "messages": messages, **more})

    said = await Surface(Repeating("xoxb-1"), bot_user="U").read_thread(thread)
    assert [one.ts for one in said] == ["1.0", "2.0", "3.0"]


async def test_a_thread_says_who_posted_each_message_and_to_whom(
    slack: Workspace, surface: Surface, thread: ThreadKey
) -> None:
    await slack.say("general", "ada", "@Teleprinter and @Raj, look", thread.thread_ts)
    await slack.say_through(slack.app, "general", "ada", "posted with her own token", thread.thread_ts)
    await surface.carry_out(a_post(thread, "Yes"))
    _, typed, through, ours = await surface.read_thread(thread)
    assert typed.to == Addressees(us=True, others=frozenset({slack.person("raj").id}))
    assert (typed.author, through.author.kind) == (A_PERSON, AuthorKind.ACCOUNT)
    assert [one.ours for one in (typed, through, ours)] == [False, False, True]


async def test_our_files_in_a_thread_are_found_and_deleted_and_those_of_people_are_not(
    slack: Workspace, client: AsyncWebClient, surface: Surface, thread: ThreadKey
) -> None:
    slack.state.apps[slack.app.id] = replace(slack.app, scopes=(*slack.app.scopes, "files:write"))
    await client.files_upload_v2(
        filename="answer-1-0.md", content="More.", channel=thread.channel, thread_ts=thread.thread_ts
    )
    await slack.share("general", "ada", {"plan.txt": b"Hers"}, "Mine", thread.thread_ts)
    (found,) = await surface.shared_files(thread, since=thread.thread_ts)
    assert found.name == "answer-1-0.md"
    (said,) = [one for one in await surface.read_thread(thread) if one.files]
    assert (said.ours, said.parts, said.files) == (True, (), (found,))
    await surface.carry_out(DeleteFile(thread, found.id))
    assert await surface.shared_files(thread, since=thread.thread_ts) == []


async def test_what_stands_above_a_message_is_read_newest_last(slack: Workspace, surface: Surface) -> None:
    said = [await slack.say("general", "ada", f"{number}?") for number in range(4)]
    await slack.say("general", "raj", "One.", said[1])
    above = await surface.read_above(ThreadKey("T", slack.place("general").id, said[3]), count=2)
    assert [one.text for one in above] == ["1?", "2?"]
    assert (bool(above[0].last_reply), above[1].last_reply) == (True, "")


async def test_each_call_answers_with_its_message(
    slack: Workspace, surface: Surface, thread: ThreadKey
) -> None:
    ts = await surface.carry_out(a_post(thread, "Yes"))
    assert await surface.carry_out(an_update(thread, ts, "No")) == ts
    assert await surface.carry_out(Delete(thread, ts)) == ts
    assert slack.messages(thread.channel, thread.thread_ts) == []


async def test_a_status_is_shown_below_the_thread(
    slack: Workspace, surface: Surface, thread: ThreadKey
) -> None:
    assert await surface.carry_out(SetStatus(thread, "is thinking…")) == ""
    assert [one.text for one in slack.state.statuses.values()] == ["is thinking…"]


async def test_a_session_is_at_work_and_named_and_then_it_is_not(
    slack: Workspace, surface: Surface, thread: ThreadKey
) -> None:
    place = (thread.channel, thread.thread_ts)
    assert await surface.carry_out(SetSession(thread, working=True, title="Sing")) == ""
    assert (slack.state.sessions[place].status, slack.state.sessions[place].title) == ("processing", "Sing")
    await surface.carry_out(SetSession(thread, working=False))
    assert (slack.state.sessions[place].status, slack.state.sessions[place].title) == ("active", "Sing")


async def test_what_could_be_asked_is_shown_above_a_conversation_and_its_title(
    slack: Workspace, surface: Surface, thread: ThreadKey
) -> None:
    await surface.carry_out(SuggestPrompts(replace(thread, thread_ts=""), suggested_prompts(ENGLISH)))
    await surface.carry_out(SetTitle(thread, "Sing"))
    shown = slack.state.prompts[thread.channel, ""]
    assert [one["message"] for one in shown] == [one.message for one in suggested_prompts(ENGLISH)]
    assert slack.state.sessions[thread.channel, thread.thread_ts].title == "Sing"


async def test_a_message_that_is_streamed_grows_to_its_end_and_is_found(
    slack: Workspace, surface: Surface, thread: ThreadKey
) -> None:
    ts = await surface.carry_out(a_start(slack, thread, "One "))
    assert await surface.carry_out(AppendStream(thread, 0, ts, NOTHING, "**two** ")) == ts
    assert await surface.carry_out(a_stop(thread, ts, "three")) == ts
    assert await surface.read(thread, ts) == ShownMessage("One **two** three", live=False)
    assert await surface.find(thread, "m", since="0") == ts


async def test_a_stream_has_cards_between_its_words(
    slack: Workspace, surface: Surface, thread: ThreadKey
) -> None:
    ts = await surface.carry_out(a_start(slack, thread, "One"))
    done = TaskCard("t1", "time: now", TaskStatus.COMPLETE)
    body = Body("One\n\ntwo", "", Dialect.BLOCK)
    await surface.carry_out(AppendStream(thread, 0, ts, body, "\n\ntwo", (done, "two")))
    await surface.carry_out(a_stop(thread, ts, ""))
    message = slack.messages("general", thread.thread_ts)[-1]
    kinds = [
        (one["type"], one.get("title") or one.get("text"), one.get("status")) for one in message.blocks or ()
    ]
    assert kinds == [
        ("markdown", "One", None),
        ("task_card", "time: now", "complete"),
        ("markdown", "two", None),
    ]
    assert await surface.read(thread, ts) == ShownMessage("One\n\ntwo", live=False)


async def test_what_only_grows_is_no_message_of_another_name(
    slack: Workspace, surface: Surface, thread: ThreadKey
) -> None:
    await surface.carry_out(a_start(slack, thread, "One"))
    assert await surface.find(thread, "m", since="0") is not None
    assert await surface.find_named(thread, "m", since="0") is None
    ts = await surface.carry_out(a_post(thread, "Yes", marker="m"))
    assert await surface.find_named(thread, "m", since="0") == ts


async def test_a_stream_may_end_without_another_word(
    slack: Workspace, surface: Surface, thread: ThreadKey
) -> None:
    ts = await surface.carry_out(a_start(slack, thread, "One"))
    await surface.carry_out(a_stop(thread, ts, ""))
    assert await surface.read(thread, ts) == ShownMessage("One", live=False)


async def test_each_call_is_made_by_the_method_that_it_names(
    slack: Workspace, surface: Surface, thread: ThreadKey
) -> None:
    ts = await surface.carry_out(a_post(thread, "Yes"))
    stream = await surface.carry_out(a_start(slack, thread, "One"))
    calls: list[SlackCall] = [
        an_update(thread, ts, "No"),
        SetStatus(thread, "waits"),
        AppendStream(thread, 0, stream, NOTHING, "two"),
        a_stop(thread, stream, ""),
        Delete(thread, ts),
    ]
    for call in calls:
        await surface.carry_out(call)
    made = [call.method for call in slack.calls]
    assert made == [Post.method, StartStream.method, *(call.method for call in calls)]


async def test_a_deleted_message_is_gone(slack: Workspace, surface: Surface, thread: ThreadKey) -> None:
    ts = await surface.carry_out(a_post(thread, "Yes", marker="m"))
    await slack.delete("general", ts)
    with pytest.raises(MessageGone):
        await surface.carry_out(an_update(thread, ts, "No"))


async def test_a_connection_that_closes_leaves_the_outcome_unknown(
    slack: Workspace, surface: Surface, thread: ThreadKey
) -> None:
    slack.fail_next("chat.postMessage", drop=True, carried_out=True)
    with pytest.raises(SlackUnreachable):
        await surface.carry_out(a_post(thread, "Yes", marker="m"))
    assert await surface.find(thread, "m", since="0") is not None


async def test_a_rate_limit_carries_its_seconds(
    slack: Workspace, surface: Surface, thread: ThreadKey
) -> None:
    slack.fail_next("chat.postMessage", retry_after=7)
    with pytest.raises(RateLimited) as caught:
        await surface.carry_out(a_post(thread, "Yes", marker="m"))
    assert caught.value.retry_after == 7


async def test_what_can_be_pressed_stands_below_the_text_and_is_seen_when_it_is_read(
    slack: Workspace, surface: Surface, thread: ThreadKey
) -> None:
    tag = thread.thread_ts
    live = Body("Yes", "Yes", Dialect.BLOCK, Controls(tag, None, line=notices.WRITING))
    ts = await surface.carry_out(Post(thread, 0, live, "m", last=False))
    assert await surface.read(thread, ts) == ShownMessage("Yes", live=True)
    over = Body("Yes", "Yes", Dialect.BLOCK, Controls(tag, AnswerEnd.WHOLE))
    await surface.carry_out(Update(thread, 0, ts, over, last=True))
    assert await surface.read(thread, ts) == ShownMessage("Yes", live=False)
    (message,) = slack.messages(thread.channel, thread.thread_ts)
    assert [block["type"] for block in message.blocks or ()] == ["markdown", "actions", "context_actions"]


async def test_one_person_alone_is_told_something_in_the_thread(
    slack: Workspace, surface: Surface, thread: ThreadKey
) -> None:
    raj = slack.person("raj").id
    await surface.carry_out(Whisper(thread, raj, "Only you."))
    await surface.carry_out(Whisper(thread, raj, "Again?", (button(ControlKind.EDITED, "1.0", ENGLISH),)))
    plain, asked = slack.state.whispers_to(raj)
    assert (plain.text, plain.blocks, plain.thread_ts) == ("Only you.", None, thread.thread_ts)
    assert [block["type"] for block in asked.blocks or ()] == ["section", "actions"]


async def test_whether_somebody_is_an_admin_is_asked_once(
    slack: Workspace, surface: Surface, monkeypatch: pytest.MonkeyPatch
) -> None:
    people = [slack.person(name).id for name in ("ada", "raj")]
    slack.state.add_user(replace(slack.person("raj"), admin=False))
    assert [await surface.is_admin(user) for user in (*people, *people)] == [True, False] * 2
    assert sum(call.method == "users.info" for call in slack.calls) == 2
    monkeypatch.setattr(module, "MOST_KNOWN", 1)
    monkeypatch.setattr(module, "KNOWN_FOR", -1.0)  # it is so long ago that it may have changed
    slack.state.add_user(replace(slack.person("raj"), admin=True))
    assert [await surface.is_admin(user) for user in people] == [True, True]


async def test_a_modal_that_nobody_has_asked_for_is_not_opened(surface: Surface) -> None:
    with pytest.raises(SlackError, match="invalid_trigger_id"):
        await surface.open_view("1.2.3", note_modal("C1", "1.0", "1.0", ENGLISH))


async def test_a_message_has_the_address_that_slack_gives_it(
    slack: Workspace, surface: Surface, client: AsyncWebClient, thread: ThreadKey
) -> None:
    known = Surface(client, bot_user=slack.app.bot_user_id, site=f"{slack.url}/")
    ts = await known.carry_out(a_post(thread, "Yes", marker="m"))
    answer = await client.chat_getPermalink(channel=thread.channel, message_ts=ts)
    assert known.permalink(thread, ts) == answer["permalink"]
    assert surface.permalink(thread, ts) == ""


async def test_a_question_whether_a_tool_may_act_is_found_and_edited_and_nothing_that_was_said(
    surface: Surface, thread: ThreadKey
) -> None:
    blocks = ({"type": "section", "text": {"type": "plain_text", "text": "May I?"}},)
    ts = await surface.carry_out(PostApproval(thread, "May I?", blocks, "ab.1@T:C:5.0"))
    said = await surface.read_thread(thread)
    assert await surface.find(thread, "ab.1@T:C:5.0", since=thread.thread_ts) == ts
    assert ts not in [one.ts for one in said]
    after = ({"type": "section", "text": {"type": "plain_text", "text": "Done."}},)
    await surface.carry_out(UpdateApproval(thread, ts, "May I?", after))
    [shown] = await surface.read_blocks(thread, ts) or []
    assert shown["text"]["text"] == "Done."
    assert await surface.read_blocks(thread, "1.0") is None
