"""What each call says to Slack's Web API."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.core.conversation.incoming import ThreadKey
from bot.core.delivery.data_table import find_data_table
from bot.core.delivery.message_format import Dialect
from bot.core.delivery.slack_calls import AppendStream, Body, Delete, DeleteFile, Post, SetTitle, StopStream
from bot.language.catalogue import ENGLISH
from bot.language.translatable import Translatable
from bot.slack.call_arguments import FALLBACK_BYTES, CallArguments

if TYPE_CHECKING:
    from bot.core.delivery.slack_calls import Figure

THREAD = ThreadKey("T", "C", "1.0")
FOOTNOTE = Translatable("It may be wrong.")
TABLE = "Prices:\n\n|Fruit|Price|\n|---|---|\n|Apple|1|\n\nThat is all.\n"


def a_body(text: str, *, fallback: str = "", figures: tuple[Figure, ...] = ()) -> Body:
    return Body(text, fallback or text, Dialect.BLOCK, language=ENGLISH, figures=figures)


def test_a_post_lets_slack_fetch_nothing_and_names_the_message() -> None:
    said = CallArguments().of(Post(THREAD, 0, a_body("Hello"), "1.0:0", last=True))
    assert (said["channel"], said["thread_ts"]) == ("C", "1.0")
    assert (said["unfurl_links"], said["unfurl_media"]) == (False, False)
    assert said["metadata"]["event_payload"] == {"id": "1.0:0"}


def test_the_footnote_stands_below_the_text_of_every_message() -> None:
    said = CallArguments(FOOTNOTE).of(Post(THREAD, 0, a_body("Hello"), "1.0:0", last=True))
    assert [block["type"] for block in said["blocks"]] == ["markdown", "context"]
    assert said["blocks"][1]["elements"][0]["text"] == FOOTNOTE.english


def test_the_text_beside_the_blocks_is_no_longer_than_an_update_may_be() -> None:
    said = CallArguments().of(Post(THREAD, 0, a_body("Hello", fallback="ä" * 4_000), "1.0:0", last=True))
    assert said["text"].endswith(" …")
    assert len(said["text"].encode()) <= FALLBACK_BYTES + len(" …".encode())


def test_a_table_stands_between_what_is_said_before_it_and_behind() -> None:
    table = find_data_table(TABLE)
    assert table is not None
    said = CallArguments().of(Post(THREAD, 0, a_body(TABLE, figures=(table,)), "1.0:0", last=True))
    assert [block["type"] for block in said["blocks"]] == ["markdown", "data_table", "markdown"]
    assert [said["blocks"][at]["text"] for at in (0, 2)] == ["Prices:", "That is all."]


def test_a_stream_is_given_what_is_new_and_its_name_with_its_end() -> None:
    body = a_body("Hello there")
    more = CallArguments().of(AppendStream(THREAD, 0, "2.0", body, " there"))
    assert more == {"channel": "C", "ts": "2.0", "chunks": [{"type": "markdown_text", "text": " there"}]}
    end = CallArguments().of(StopStream(THREAD, 0, "2.0", body, "", "1.0:0", last=True))
    assert "chunks" not in end
    assert end["metadata"]["event_payload"] == {"id": "1.0:0"}


def test_what_is_taken_away_is_named_by_its_file_or_by_its_message() -> None:
    arguments = CallArguments()
    assert arguments.of(DeleteFile(THREAD, "F1")) == {"file": "F1"}
    assert arguments.of(Delete(THREAD, "2.0")) == {"channel": "C", "ts": "2.0"}


def test_what_stands_beside_a_channel_s_messages_names_no_thread() -> None:
    said = CallArguments().of(SetTitle(ThreadKey("T", "D", ""), "Prices"))
    assert said == {"channel_id": "D", "title": "Prices"}
