"""What a page asks for."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest

from slack_emulator.actors.interactions import Interactions
from slack_emulator.errors import Refused
from slack_emulator.page.requests import PageWish, fulfil, in_words
from slack_emulator.state.changes import HomeOpened, Pressed, WorkspaceChange
from slack_emulator.state.models import Session

if TYPE_CHECKING:
    from slack_sdk.web.async_client import AsyncWebClient

    from slack_emulator.json_values import Json
    from slack_emulator.server import Workspace

ADA, GENERAL, DIRECT = "U0000000ADA", "C000GENERAL", "D01TELEPRINT"


@pytest.fixture
def happened(slack: Workspace) -> list[WorkspaceChange]:
    seen: list[WorkspaceChange] = []
    slack.watch(seen.append)
    return seen


async def wish(slack: Workspace, kind: str, **fields: Any) -> None:
    await fulfil(slack, ADA, PageWish({"type": kind, **fields}))


async def test_a_reaction_is_put_there_and_taken_back(slack: Workspace) -> None:
    ts = await slack.say("general", "raj", "Cake!")
    await wish(slack, "react", channel=GENERAL, ts=ts, name="tada")
    assert [each.users for each in slack.messages("general")[-1].reactions] == [(ADA,)]
    await wish(slack, "react", channel=GENERAL, ts=ts, name="tada")
    assert slack.messages("general")[-1].reactions == ()


async def test_a_choice_is_sent_with_what_was_chosen(
    slack: Workspace, client: AsyncWebClient, happened: list[WorkspaceChange]
) -> None:
    menu = {
        "type": "static_select",
        "action_id": "van",
        "options": [{"text": {"type": "plain_text", "text": "Blue"}, "value": "blue"}],
    }
    blocks = [{"type": "actions", "elements": [menu]}]
    posted = await client.chat_postMessage(channel=GENERAL, text="x", blocks=blocks)
    await wish(slack, "press", channel=GENERAL, ts=posted["ts"], action_id="van", value="blue")
    pressed = [each for each in happened if isinstance(each, Pressed)]
    assert pressed[0].action["selected_option"]["value"] == "blue"


@pytest.mark.parametrize(("place", "tabs"), [(DIRECT, ["home"]), (GENERAL, [])])
async def test_a_visit_is_announced_where_there_is_an_app(
    slack: Workspace, happened: list[WorkspaceChange], place: str, tabs: list[str]
) -> None:
    await wish(slack, "visit", channel=place, tab="home")
    assert [each.tab for each in happened if isinstance(each, HomeOpened)] == tabs


async def test_an_agent_is_stopped(slack: Workspace, happened: list[WorkspaceChange]) -> None:
    ts = await slack.say("general", "ada", "Go on")
    slack.state.set_session(Session(GENERAL, ts, slack.app.id, "processing"), 0.0)
    await wish(slack, "stop", channel=GENERAL, thread_ts=ts)
    assert "agent_session_stopped" in str(happened)


@pytest.mark.parametrize(
    ("kind", "fields"),
    [
        ("press", {"view_id": "V9", "action_id": "x"}),
        ("submit", {"view_id": "V9", "given": {}}),
        ("close_view", {"view_id": "V9"}),
    ],
)
async def test_a_window_that_is_gone_is_said_to_be(
    slack: Workspace, kind: str, fields: dict[str, Any]
) -> None:
    with pytest.raises(Refused) as refused:
        await wish(slack, kind, **fields)
    assert in_words(refused.value) == "That window is no longer open."


async def test_somebody_is_written_to(slack: Workspace) -> None:
    first = await fulfil(slack, ADA, PageWish({"type": "write_to", "user": "U0000000RAJ"}))
    again = await fulfil(slack, ADA, PageWish({"type": "write_to", "user": "U0000000RAJ"}))
    direct = slack.state.direct(ADA, "U0000000RAJ")
    assert direct is not None
    assert first == again == {"type": "opened", "channel": direct.id}


class Asked(Interactions):
    """People whose app knows one street."""

    def __init__(self) -> None:
        """Nobody else is needed."""

    async def suggestions(self, view_id: str, user: str, action_id: str, typed: str) -> list[Json]:
        return [{"text": {"type": "plain_text", "text": f"{typed} Road"}, "value": f"{view_id} {action_id}"}]


async def test_the_options_only_an_app_knows_are_answered() -> None:
    wish = {"type": "suggest", "view_id": "V1", "action_id": "street", "typed": "Lake"}
    assert await fulfil(Asked(), ADA, PageWish(wish)) == {
        "type": "suggestions",
        "view_id": "V1",
        "action_id": "street",
        "options": [{"text": "Lake Road", "value": "V1 street"}],
    }


async def test_a_command_nobody_has_is_refused(slack: Workspace) -> None:
    with pytest.raises(Refused, match="invalid_command"):
        await wish(slack, "command", channel=GENERAL, text="/nobody knows")


async def test_what_there_is_no_word_for_is_refused(slack: Workspace) -> None:
    with pytest.raises(Refused, match="invalid_arguments"):
        await asyncio.wait_for(wish(slack, "sing"), 1)


def test_a_code_without_words_of_its_own_is_named() -> None:
    assert in_words(Refused("fatal_error")) == "That did not work: fatal_error."
