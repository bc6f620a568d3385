"""The manifest of our Slack app, as it is installed: `manifest.yml`, beside the code or packed into the wheel."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import yaml

import bot
from bot.environment.variables import is_address
from bot.errors import SettingsError
from bot.slack.identity import REDIRECT_PATH

if TYPE_CHECKING:
    from collections.abc import Collection

    from bot.settings import Settings

PACKED = Path(bot.__file__).with_name("manifest.yml")
IN_REPOSITORY = Path(bot.__file__).parent.parent / "manifest.yml"


def manifest_path() -> Path:
    """Returns where it is: in the wheel, else at the top of the repository."""
    return PACKED if PACKED.exists() else IN_REPOSITORY


FEATURES = {"files": ("files:write",)}
"""Names what an operator may switch on, and the scopes that it wants besides."""


def wanted_features(settings: Settings) -> tuple[str, ...]:
    """Returns the features that the settings switch on."""
    return ("files",) if settings.file_after else ()


def bot_scopes(features: Collection[str] = ()) -> tuple[str, ...]:
    """Returns the scopes that the manifest asks for the bot, with those of these features."""
    return tuple(with_features(app_manifest(), features)["oauth_config"]["scopes"]["bot"])


def manifest_text(
    *, url: str | None = None, many: bool = False, as_json: bool = False, features: Collection[str] = ()
) -> str:
    """The manifest as it is pasted into Slack's page: for HTTP events at `url`, else for Socket Mode; there also for `many`
    workspaces that install the app themselves. `features` are those of FEATURES that are wanted besides.

    Raises SettingsError for an address that Slack would not take.
    """
    if many and url is None:
        raise SettingsError("--many needs --url as well: where workspaces install the app.")
    if url is None and not as_json and not features:
        return manifest_path().read_text("utf-8").rstrip()
    manifest = with_features(app_manifest(), features)
    if url is not None:
        manifest = over_http(manifest, url)
    if url is not None and many:
        manifest = for_many(manifest, url)
    if as_json:
        return json.dumps(manifest, indent=2, ensure_ascii=False)
    return str(yaml.safe_dump(manifest, sort_keys=False, allow_unicode=True)).rstrip()


def with_features(manifest: dict[str, Any], features: Collection[str]) -> dict[str, Any]:
    """The same app, with the scopes of these features."""
    oauth = manifest["oauth_config"]
    more = [scope for name in features for scope in FEATURES[name]]
    scopes = {**oauth["scopes"], "bot": [*oauth["scopes"]["bot"], *more]}
    return {**manifest, "oauth_config": {**oauth, "scopes": scopes}}


def over_http(manifest: dict[str, Any], url: str) -> dict[str, Any]:
    """The same app, to which Slack posts events and clicks at `url`. Raises SettingsError where that is no https:// address."""
    if not url.startswith("https://") or not is_address(url, bare=True):
        raise SettingsError(
            "--url is no address that Slack posts to: write https://your.host, without a query."
        )
    events = f"{url.rstrip('/')}/slack/events"
    settings: dict[str, Any] = {**manifest["settings"], "socket_mode_enabled": False}
    for part in ("event_subscriptions", "interactivity"):
        if part in settings:
            settings[part] = {**settings[part], "request_url": events}
    features = {**manifest.get("features", {})}
    if "slash_commands" in features:
        features["slash_commands"] = [{**one, "url": events} for one in features["slash_commands"]]
    return {**manifest, "features": features, "settings": settings}


def for_many(manifest: dict[str, Any], url: str) -> dict[str, Any]:
    """The same app, as many workspaces install it from `url`: with a place to come back to, tokens that rotate, and word of removals."""
    settings: dict[str, Any] = {**manifest["settings"], "token_rotation_enabled": True}
    events = settings["event_subscriptions"]
    heard = sorted({*events["bot_events"], "app_uninstalled", "tokens_revoked"})
    settings["event_subscriptions"] = {**events, "bot_events": heard}
    oauth = {**manifest["oauth_config"], "redirect_urls": [f"{url.rstrip('/')}{REDIRECT_PATH}"]}
    return {**manifest, "oauth_config": oauth, "settings": settings}


def app_manifest() -> dict[str, Any]:
    """The manifest, as Slack's own format has it."""
    return cast("dict[str, Any]", yaml.safe_load(manifest_path().read_text("utf-8")))
