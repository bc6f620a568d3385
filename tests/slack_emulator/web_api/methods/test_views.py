"""views.* and blocks.validate, through the SDK."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from slack_emulator.state.triggers import Trigger

if TYPE_CHECKING:
    from slack_emulator.server import Workspace

ADA = "U0000000ADA"
TITLE = {"type": "plain_text", "text": "So?"}
MODAL: dict[str, Any] = {"type": "modal", "title": TITLE, "blocks": [{"type": "divider"}]}


def trigger(slack: Workspace, view_id: str | None = None) -> str:
    """A trigger id of something Ada did."""
    return slack.state.tickets.trigger(Trigger(slack.app.id, ADA, slack.clock() + 3, view_id))


async def test_a_modal_is_opened_updated_and_stacked(slack: Workspace, client: AsyncWebClient) -> None:
    opened = (await client.views_open(trigger_id=trigger(slack), view=MODAL))["view"]
    new = MODAL | {"callback_id": "new"}
    updated = (await client.views_update(view_id=opened["id"], hash=opened["hash"], view=new))["view"]
    pushed = (await client.views_push(trigger_id=trigger(slack, opened["id"]), view=MODAL))["view"]
    assert (updated["id"], updated["callback_id"]) == (opened["id"], "new")
    assert updated["hash"] != opened["hash"]
    assert (pushed["previous_view_id"], pushed["root_view_id"]) == (opened["id"], opened["id"])
    assert opened["blocks"] == [{"type": "divider", "block_id": "b0"}]


async def test_a_view_is_updated_by_an_id_of_the_apps_own(slack: Workspace, client: AsyncWebClient) -> None:
    await client.views_open(trigger_id=trigger(slack), view=MODAL | {"external_id": "mine"})
    updated = await client.views_update(external_id="mine", view=MODAL | {"callback_id": "new"})
    assert updated["view"]["callback_id"] == "new"


@pytest.mark.parametrize(
    ("method", "arguments", "error"),
    [
        ("open", {"trigger_id": "1.2.3", "view": MODAL}, "invalid_trigger_id"),
        ("open", {"view": MODAL}, "invalid_arguments"),
        ("open", {"trigger_id": "1.2.3"}, "invalid_arguments"),
        ("push", {"trigger_id": "1.2.3", "view": MODAL}, "invalid_trigger_id"),
        ("update", {"view": MODAL}, "invalid_arguments"),
        ("update", {"view_id": "V9", "view": MODAL}, "not_found"),
        ("publish", {"user_id": ADA, "view": MODAL}, "invalid_arguments"),
        ("publish", {"user_id": "U9", "view": {"type": "home", "blocks": []}}, "user_not_found"),
    ],
)
async def test_what_slack_refuses_is_refused(
    client: AsyncWebClient, method: str, arguments: dict[str, Any], error: str
) -> None:
    with pytest.raises(SlackApiError) as refused:
        await client.api_call(f"views.{method}", json=arguments)
    assert refused.value.response["error"] == error


async def test_there_has_to_be_a_modal_to_put_another_on(slack: Workspace, client: AsyncWebClient) -> None:
    with pytest.raises(SlackApiError, match="not_found"):
        await client.views_push(trigger_id=trigger(slack), view=MODAL)


async def test_a_trigger_that_is_over_opens_nothing(slack: Workspace, client: AsyncWebClient) -> None:
    late = trigger(slack)
    slack.clock.advance(4)
    with pytest.raises(SlackApiError, match="expired_trigger_id"):
        await client.views_open(trigger_id=late, view=MODAL)


@pytest.mark.parametrize("around", [{}, {"message": True}, {"view": True}])
async def test_blocks_are_looked_at_without_a_token(slack: Workspace, around: dict[str, bool]) -> None:
    def given(*blocks: dict[str, Any]) -> dict[str, Any]:
        return {name: {"blocks": list(blocks)} for name in around} or {"blocks": list(blocks)}

    anyone = AsyncWebClient(base_url=slack.api_url)
    assert (await anyone.api_call("blocks.validate", json=given({"type": "divider"})))["ok"]
    with pytest.raises(SlackApiError) as refused:
        await anyone.api_call("blocks.validate", json=given({"type": "poem"}, {"type": "header"}))
    assert [flaw["pointer"] for flaw in refused.value.response["errors"]] == ["/blocks/0", "/blocks/1"]


async def test_there_has_to_be_something_to_look_at(client: AsyncWebClient) -> None:
    with pytest.raises(SlackApiError, match="invalid_arguments"):
        await client.api_call("blocks.validate", json={})
    with pytest.raises(SlackApiError, match="msg_too_long"):
        await client.api_call(
            "blocks.validate", json={"blocks": [{"type": "markdown", "text": "x" * 12_001}]}
        )
