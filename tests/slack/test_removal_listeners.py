"""What Slack tells when a workspace removes us."""

from __future__ import annotations

import json
from typing import Any

import pytest
from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.request.async_request import AsyncBoltRequest

from bot.slack.removal_listeners import add_removal_listeners


class Removals:
    def __init__(self) -> None:
        self.teams: list[str] = []
        self.times: list[float] = []

    async def removed(self, installer: str, *, at: float) -> None:
        self.teams.append(installer)
        self.times.append(at)


async def authorize() -> AuthorizeResult:
    return AuthorizeResult(enterprise_id=None, team_id="T1", bot_user_id="U1", bot_id="B1")


@pytest.mark.parametrize(
    ("event", "teams"),
    [
        ({"type": "app_uninstalled"}, ["T1"]),
        ({"type": "tokens_revoked", "tokens": {"bot": ["U1"], "oauth": []}}, ["T1"]),
        ({"type": "tokens_revoked", "tokens": {"oauth": ["U2"]}}, []),
        ({"type": "tokens_revoked"}, []),
    ],
)
async def test_the_workspace_that_removed_us_is_told_before_slack_has_its_ack(
    event: dict[str, Any], teams: list[str]
) -> None:
    app = AsyncApp(authorize=authorize, signing_secret="s", request_verification_enabled=False)
    add_removal_listeners(app, removals := Removals())
    body = {
        "type": "event_callback",
        "team_id": "T9",
        "event_time": 7,
        "authorizations": [{"team_id": "T1"}],
        "event": event,
    }
    answer = await app.async_dispatch(
        AsyncBoltRequest(body=json.dumps(body), headers={"content-type": ["application/json"]})
    )
    assert (answer.status, removals.teams) == (200, teams)
    assert removals.times == [8.0 for _ in teams]
