"""A workspace as JSON, and back."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from slack_emulator.disputed_rules import Compat
from slack_emulator.errors import WorkspaceError
from slack_emulator.seeding.loader import sparkling
from slack_emulator.seeding.snapshots import exported, restored
from tests.slack_emulator.everything import everything

if TYPE_CHECKING:
    from slack_sdk.web.async_client import AsyncWebClient

    from slack_emulator.server import Workspace

NOW = 1_766_458_026.0


async def test_a_workspace_in_which_everything_happened_comes_back_the_same() -> None:
    async with everything() as all_of_it:
        kept = exported(all_of_it.slack.state)
    again = restored(json.loads(json.dumps(kept)))
    assert exported(again) == kept
    assert len(kept["messages"]) > 20
    assert kept["contents"]


def test_what_is_said_next_is_later_than_all_that_was_said() -> None:
    state = sparkling(NOW)
    again = restored(exported(state))
    assert float(again.next_ts(0.0)) > max(float(message.ts) for message in state.messages())


def test_threads_come_back_in_their_order() -> None:
    state = sparkling(NOW)
    parent = next(each for each in state.messages() if each.text.startswith("Reminder"))
    again = restored(exported(state))
    assert again.replies(parent.channel, parent.ts) == state.replies(parent.channel, parent.ts)


async def test_an_app_goes_on_where_the_workspace_was_given_back(
    slack: Workspace, client: AsyncWebClient
) -> None:
    ts = (await client.chat_postMessage(channel="general", text="0"))["ts"]
    kept = slack.export()
    await slack.reset()
    await slack.restore(kept)
    assert (await client.chat_update(channel="C000GENERAL", ts=ts, text="1"))["ok"]
    assert slack.messages("general")[-1].text == "1"


async def test_what_is_to_be_posted_later_is_posted_where_the_workspace_was_given_back(
    slack: Workspace, client: AsyncWebClient
) -> None:
    slack.state.readings = Compat(share_seconds=60.0)
    at = int(slack.clock()) + 30
    await client.chat_scheduleMessage(channel="C000GENERAL", text="later", post_at=at)
    await client.files_upload_v2(channel="C000GENERAL", filename="song.txt", content="water")
    kept = slack.export()
    await slack.reset()
    await slack.restore(kept)
    slack.clock.advance(60)
    await slack.wait_for(lambda: list(slack.state.pending) == [])
    said = slack.messages("general")[-2:]
    assert [(each.text, [file.name for file in each.files]) for each in said] == [
        ("later", []),
        ("", ["song.txt"]),
    ]


async def test_a_reset_forgets_faults_and_counted_calls(slack: Workspace, client: AsyncWebClient) -> None:
    slack.fail_next("auth.test", error="fatal_error")
    await slack.reset()
    assert (await client.auth_test())["ok"]


@pytest.mark.parametrize("value", [7, {}, {"team": {"id": "T1"}}])
def test_what_is_no_export_is_refused_with_its_place(value: Any) -> None:
    with pytest.raises(WorkspaceError, match="the exported workspace: "):
        restored(value)
