"""What a manifest grants an app."""

from __future__ import annotations

from slack_emulator.seeding.loader import made
from slack_emulator.seeding.manifest import granted_by
from slack_emulator.seeding.seed import Registration
from slack_emulator.state.models import Command, Shortcut


def test_a_manifest_decides_what_an_app_may_do_hears_and_offers() -> None:
    manifest = {
        "oauth_config": {"scopes": {"bot": ["chat:write"]}},
        "features": {
            "agent_view": {},
            "slash_commands": [{"command": "/ask", "description": "Ask", "usage_hint": "[question]"}],
            "shortcuts": [{"name": "Sum up", "type": "message", "callback_id": "sum"}],
        },
        "settings": {"event_subscriptions": {"bot_events": ["app_mention"]}, "token_rotation_enabled": True},
    }
    app = made(Registration("X", manifest=manifest))
    assert (app.scopes, set(app.subscriptions)) == (("chat:write",), {"app_mention"})
    assert (app.commands, app.shortcuts) == (
        (Command("/ask", "Ask", "[question]"),),
        (Shortcut("sum", "Sum up", "message"),),
    )
    assert (app.agent, app.rotates_tokens) == ("agent_view", True)


def test_an_empty_manifest_grants_nothing() -> None:
    assert granted_by({}) == {
        "scopes": (),
        "subscriptions": frozenset(),
        "commands": (),
        "shortcuts": (),
        "agent": "",
        "rotates_tokens": False,
    }


def test_the_older_assistants_view_is_one_too() -> None:
    assert granted_by({"features": {"assistant_view": {}}})["agent"] == "assistant_view"
