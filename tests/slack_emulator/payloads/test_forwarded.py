"""A message that somebody forwards."""

from __future__ import annotations

from typing import TYPE_CHECKING

from slack_emulator.payloads.forwarded import forwarded_json

if TYPE_CHECKING:
    from slack_emulator.server import Workspace


async def test_a_forwarded_message_carries_its_author_its_words_and_where_it_stood(slack: Workspace) -> None:
    ts = await slack.upload("general", "ada", "trace.txt", "It is <down>")
    told = forwarded_json(slack.messages("general")[-1], slack.state)
    assert (told["ts"], told["author_name"], told["footer"]) == (ts, "Ada", "Posted in #general")
    assert told["text"] == "It is &lt;down&gt;"
    assert told["from_url"].endswith(f"/p{ts.replace('.', '')}")
    assert told["message_blocks"][0]["message"]["blocks"][0]["type"] == "rich_text"
    assert [file["name"] for file in told["files"]] == ["trace.txt"]


async def test_what_was_said_between_two_was_in_a_direct_message(slack: Workspace) -> None:
    direct = slack.direct("ada", slack.app)
    await slack.say(direct, "ada", "psst")
    told = forwarded_json(slack.messages(direct)[-1], slack.state)
    assert told["footer"] == "Direct message"
    assert told["files"] == []
