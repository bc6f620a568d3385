"""Answers over a response URL."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import aiohttp
import pytest

from slack_emulator.state.changes import Whispered
from slack_emulator.state.triggers import URL_FOR, URL_TIMES, ResponseUrl

if TYPE_CHECKING:
    from slack_sdk.web.async_client import AsyncWebClient

    from slack_emulator.server import Workspace
    from slack_emulator.state.changes import WorkspaceChange

GENERAL, ADA = "C000GENERAL", "U0000000ADA"


@pytest.fixture
async def ts(client: AsyncWebClient) -> str:
    """The ts of a message with a button."""
    return str((await client.chat_postMessage(channel=GENERAL, text="press"))["ts"])


@pytest.fixture
def url(slack: Workspace, ts: str) -> str:
    """A URL to answer a press at."""
    where = ResponseUrl(slack.app.id, ADA, GENERAL, slack.clock() + URL_FOR, ts)
    return f"{slack.url}/actions/{slack.state.tickets.url(where)}"


async def answered(url: str, **answer: Any) -> tuple[int, str]:
    async with aiohttp.ClientSession() as session, session.post(url, json=answer) as response:
        return response.status, await response.text()


async def test_an_answer_is_for_one_person_unless_it_says_otherwise(slack: Workspace, url: str) -> None:
    happened: list[WorkspaceChange] = []
    slack.watch(happened.append)
    assert await answered(url, text="psst") == (200, "ok")
    assert await answered(url, text="hear", response_type="in_channel") == (200, "ok")
    (whispered,) = [each for each in happened if isinstance(each, Whispered)]
    assert (whispered.message.text, whispered.to) == ("psst", ADA)
    assert slack.messages("general")[-1].text == "hear"


async def test_an_answer_replaces_or_deletes_what_was_pressed(slack: Workspace, url: str, ts: str) -> None:
    await answered(url, text="pressed", replace_original=True)
    assert slack.state.message(GENERAL, ts).text == "pressed"
    await answered(url, delete_original=True)
    assert slack.state.find(GENERAL, ts) is None


async def test_the_sixth_answer_is_one_too_many(url: str) -> None:
    assert [(await answered(url, text="x"))[0] for _ in range(URL_TIMES)] == [200] * URL_TIMES
    status, body = await answered(url, text="x")
    assert (status, "used_url" in body) == (404, True)


async def test_after_half_an_hour_it_is_over(slack: Workspace, url: str) -> None:
    slack.clock.advance(URL_FOR + 1)
    status, body = await answered(url, text="x")
    assert (status, "expired_url" in body) == (404, True)


@pytest.mark.parametrize(
    ("answer", "error"),
    [({}, "no_text"), ({"blocks": [{"type": "poem"}]}, "invalid_blocks")],
)
async def test_what_slack_would_not_post_is_refused(url: str, answer: dict[str, Any], error: str) -> None:
    status, body = await answered(url, **answer)
    assert (status, error in body) == (400, True)


async def test_an_address_nobody_gave_leads_nowhere(slack: Workspace) -> None:
    assert (await answered(f"{slack.url}/commands/A1/2/3", text="x"))[0] == 404


@pytest.mark.parametrize("body", ["{", "[]"])
async def test_what_is_no_answer_is_refused(url: str, body: str) -> None:
    async with aiohttp.ClientSession() as session, session.post(url, data=body) as response:
        assert (response.status, await response.text()) == (400, "invalid_payload")
