"""Reads what an app's manifest grants it: Slack's own format, as far as it says what an app may do, hears and offers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from slack_emulator.json_values import as_list, as_object, as_objects
from slack_emulator.state.models import Command, Shortcut

if TYPE_CHECKING:
    from slack_emulator.json_values import Json


def granted_by(manifest: Json) -> dict[str, Any]:
    """The fields of an `App` that a manifest decides."""
    features, settings = _part(manifest, "features"), _part(manifest, "settings")
    scopes = _part(manifest, "oauth_config", "scopes")
    agents = [name for name in ("agent_view", "assistant_view") if name in features]
    return {
        "scopes": tuple(as_list(scopes.get("bot")) or ()),
        "subscriptions": frozenset(as_list(_part(settings, "event_subscriptions").get("bot_events")) or ()),
        "commands": tuple(_command(each) for each in as_objects(features.get("slash_commands"))),
        "shortcuts": tuple(_shortcut(each) for each in as_objects(features.get("shortcuts"))),
        "agent": agents[0] if agents else "",
        "rotates_tokens": bool(settings.get("token_rotation_enabled")),
    }


def _part(manifest: Json, *path: str) -> Json:
    """Returns what is under these keys; nothing where one of them is missing."""
    for name in path:
        manifest = as_object(manifest.get(name)) or {}
    return manifest


def _command(found: Json) -> Command:
    usage = str(found.get("usage_hint") or "")
    return Command(str(found.get("command")), str(found.get("description") or ""), usage)


def _shortcut(found: Json) -> Shortcut:
    kind = str(found.get("type") or "global")
    return Shortcut(str(found.get("callback_id")), str(found.get("name") or ""), kind)
