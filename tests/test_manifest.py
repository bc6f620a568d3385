"""The manifest keeps Slack's rules (app manifest reference, schema version 2) and asks for nothing that is not used."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from bot.core.conversation.agent_pane import suggested_prompts
from bot.core.conversation.private_question import COMMAND, ShortcutKind
from bot.language.catalogue import ENGLISH

ROOT = Path(__file__).parent.parent


def closed(**properties: object) -> dict[str, object]:
    """An object with these properties and no others: Slack refuses a manifest with a key it does not know."""
    return {"type": "object", "additionalProperties": False, "properties": properties}


FLAG = {"type": "boolean"}
SCOPES = {
    "type": "array",
    "uniqueItems": True,
    "items": {"type": "string", "pattern": r"^[a-z_.]+(:[a-z_.]+)*$"},
}
RULES = {
    "required": ["display_information"],
    **closed(
        _metadata=closed(major_version={"type": "integer"}, minor_version={"type": "integer"}),
        display_information={
            "required": ["name"],
            **closed(
                name={"type": "string", "maxLength": 35},
                description={"type": "string", "maxLength": 140},
                long_description={"type": "string", "minLength": 175, "maxLength": 4000},
                background_color={"type": "string", "pattern": "^#[0-9a-fA-F]{6}$"},
            ),
        },
        features=closed(
            agent_view={
                "required": ["agent_description"],
                **closed(
                    agent_description={"type": "string", "maxLength": 300},
                    suggested_prompts={
                        "type": "array",
                        "maxItems": 4,
                        "items": {
                            "required": ["title", "message"],
                            **closed(title={"type": "string"}, message={"type": "string"}),
                        },
                    },
                ),
            },
            slash_commands={
                "type": "array",
                "items": {
                    "required": ["command", "description"],
                    **closed(
                        command={"type": "string", "pattern": "^/"},
                        description={"type": "string", "maxLength": 2000},
                        usage_hint={"type": "string", "maxLength": 1000},
                        should_escape=FLAG,
                        url={"type": "string", "pattern": "^https://"},
                    ),
                },
            },
            shortcuts={
                "type": "array",
                "maxItems": 10,
                "items": {
                    "required": ["name", "type", "callback_id", "description"],
                    **closed(
                        name={"type": "string", "maxLength": 24},
                        type={"enum": ["message", "global"]},
                        callback_id={"type": "string", "maxLength": 255},
                        description={"type": "string", "maxLength": 150},
                    ),
                },
            },
            app_home=closed(
                home_tab_enabled=FLAG, messages_tab_enabled=FLAG, messages_tab_read_only_enabled=FLAG
            ),
            bot_user={
                "required": ["display_name"],
                **closed(display_name={"type": "string", "maxLength": 80}, always_online=FLAG),
            },
        ),
        oauth_config=closed(
            scopes=closed(bot=SCOPES, user=SCOPES),
            redirect_urls={"type": "array", "items": {"type": "string"}},
        ),
        settings=closed(
            event_subscriptions=closed(
                request_url={"type": "string", "pattern": "^https://"},
                bot_events={"type": "array", "maxItems": 100, "uniqueItems": True},
            ),
            interactivity={
                "required": ["is_enabled"],
                **closed(is_enabled=FLAG, request_url={"type": "string", "pattern": "^https://"}),
            },
            org_deploy_enabled=FLAG,
            socket_mode_enabled=FLAG,
            token_rotation_enabled=FLAG,
        ),
    ),
}

# The scopes that each event wants, and each method that bot/slack calls in that kind of conversation.
EVENTS = {
    "agent_session_stopped": {"chat:write"},
    "app_context_changed": {"assistant:write"},
    "app_home_opened": set[str](),
    "app_mention": {"app_mentions:read"},
    "member_joined_channel": {"channels:read", "groups:read"},
    "message.channels": {"channels:history"},
    "message.groups": {"groups:history"},
    "message.im": {"im:history"},
    "message.mpim": {"mpim:history"},
}
METHODS = {
    "chat.postMessage": {"chat:write"},
    "chat.update": {"chat:write"},
    "chat.delete": {"chat:write"},
    "chat.startStream": {"chat:write"},
    "chat.appendStream": {"chat:write"},
    "chat.stopStream": {"chat:write"},
    "agents.sessions.setStatus": {"chat:write"},
    "assistant.threads.setStatus": {"chat:write"},
    "assistant.threads.setSuggestedPrompts": {"assistant:write"},
    "assistant.threads.setTitle": {"assistant:write"},
    "conversations.replies": {"channels:history", "groups:history", "im:history", "mpim:history"},
    "chat.postEphemeral": {"chat:write"},
    "users.info": {"users:read"},
    "files.info": {"files:read"},
    # Where an operator switches them on: see `bot.commands.app_manifest.FEATURES`.
    "files.completeUploadExternal": set[str](),
    "files.delete": set[str](),
    "files.getUploadURLExternal": set[str](),
    "views.open": set[str](),
    "views.publish": set[str](),
    "auth.test": set[str](),
    "apps.connections.open": set[str](),  # by the app's own token
    "conversations.history": {"channels:history", "groups:history", "im:history", "mpim:history"},
    "conversations.info": {"channels:read", "groups:read", "mpim:read"},
}
A_METHOD = re.compile(
    r'"((?:agents|api|apps|assistant|auth|bots|chat|conversations|files|reactions|team|users|views)(?:\.[A-Za-z]+)+)"'
)


@pytest.fixture
def manifest() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((ROOT / "manifest.yml").read_text())
    return loaded


def test_slack_takes_the_manifest(manifest: dict[str, Any]) -> None:
    jsonschema.validate(manifest, RULES)


def test_the_rules_refuse_what_slack_refuses(manifest: dict[str, Any]) -> None:
    manifest["display_information"]["name"] = "Teleprinter " * 4
    with pytest.raises(jsonschema.ValidationError, match="too long"):
        jsonschema.validate(manifest, RULES)


def test_every_scope_is_used_and_every_use_has_its_scope(manifest: dict[str, Any]) -> None:
    heard = manifest["settings"]["event_subscriptions"]["bot_events"]
    wanted = {"commands"}.union(*(EVENTS[event] for event in heard), *METHODS.values())
    assert set(manifest["oauth_config"]["scopes"]["bot"]) == wanted


def test_every_method_the_code_calls_is_accounted_for() -> None:
    code = "".join(path.read_text() for path in (ROOT / "bot").rglob("*.py"))
    assert set(A_METHOD.findall(code)) == set(METHODS)


def test_every_scope_and_every_event_says_what_it_is_for() -> None:
    lines = [line.strip() for line in (ROOT / "manifest.yml").read_text().splitlines()]
    assert [line for line in lines if line.startswith("- ") and " # " not in line] == []


def test_the_pane_offers_the_same_before_and_after_it_has_been_opened(manifest: dict[str, Any]) -> None:
    offered = manifest["features"]["agent_view"]["suggested_prompts"]
    assert [(one["title"], one["message"]) for one in offered] == [
        (one.title, one.message) for one in suggested_prompts(ENGLISH)
    ]


def test_what_people_press_below_an_answer_is_heard(manifest: dict[str, Any]) -> None:
    assert manifest["settings"]["interactivity"]["is_enabled"]


def test_people_can_write_to_the_bot(manifest: dict[str, Any]) -> None:
    home = manifest["features"]["app_home"]
    assert home["messages_tab_enabled"]
    assert not home["messages_tab_read_only_enabled"]


def test_what_can_be_typed_and_chosen_is_what_the_code_answers(manifest: dict[str, Any]) -> None:
    features = manifest["features"]
    assert [one["command"] for one in features["slash_commands"]] == [COMMAND]
    assert [one["callback_id"] for one in features["shortcuts"]] == [one.value for one in ShortcutKind]


def test_people_see_what_is_stored_about_them(manifest: dict[str, Any]) -> None:
    assert manifest["features"]["app_home"]["home_tab_enabled"]
    assert "app_home_opened" in manifest["settings"]["event_subscriptions"]["bot_events"]
