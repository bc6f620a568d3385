"""The manifest of the app is the one that stands in the repository, wherever the bot was installed from."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
import yaml

from bot.commands import app_manifest as module
from bot.commands.app_manifest import (
    IN_REPOSITORY,
    app_manifest,
    bot_scopes,
    manifest_path,
    manifest_text,
    wanted_features,
)
from bot.errors import SettingsError
from bot.settings import Settings

if TYPE_CHECKING:
    from pathlib import Path


def test_in_a_checkout_it_is_the_one_of_the_repository() -> None:
    assert manifest_path() == IN_REPOSITORY
    assert app_manifest() == yaml.safe_load(IN_REPOSITORY.read_text("utf-8"))


def test_in_an_installed_wheel_it_is_the_one_that_was_packed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    packed = tmp_path / "manifest.yml"
    packed.write_text("display_information: {name: Packed}")
    monkeypatch.setattr(module, "PACKED", packed)
    assert app_manifest() == {"display_information": {"name": "Packed"}}


def test_it_is_printed_as_it_stands_with_what_each_line_is_for() -> None:
    assert manifest_text() == IN_REPOSITORY.read_text("utf-8").rstrip()


def test_as_json_it_says_the_same() -> None:
    assert json.loads(manifest_text(as_json=True)) == app_manifest()


def test_a_feature_that_is_switched_on_brings_its_scope_and_nothing_else() -> None:
    usual = app_manifest()["oauth_config"]["scopes"]["bot"]
    assert list(bot_scopes()) == usual
    assert list(bot_scopes(wanted_features(Settings(file_after=5)))) == [*usual, "files:write"]
    assert wanted_features(Settings()) == ()
    wanted = yaml.safe_load(manifest_text(features=("files",)))
    assert wanted["oauth_config"]["scopes"]["bot"] == [*usual, "files:write"]
    assert {**wanted, "oauth_config": app_manifest()["oauth_config"]} == app_manifest()


def test_for_http_slack_is_told_where_to_post() -> None:
    manifest = yaml.safe_load(manifest_text(url="https://bot.example/"))
    settings, commands = manifest["settings"], manifest["features"]["slash_commands"]
    assert [one["url"] for one in commands] == ["https://bot.example/slack/events"]
    assert settings["socket_mode_enabled"] is False
    assert settings["event_subscriptions"]["request_url"] == "https://bot.example/slack/events"
    assert settings["interactivity"]["request_url"] == "https://bot.example/slack/events"


@pytest.mark.parametrize(
    "url", ["http://bot.example", "bot.example", "https://ada:pw@bot.example", "https://"]
)
def test_an_address_that_slack_would_not_take_is_a_wrong_setting(url: str) -> None:
    with pytest.raises(SettingsError, match=r"write https://your\.host"):
        manifest_text(url=url)


def test_for_many_workspaces_it_says_where_they_come_back_to_and_hears_of_removals() -> None:
    manifest = json.loads(manifest_text(url="https://bot.example/", many=True, as_json=True))
    assert manifest["oauth_config"]["redirect_urls"] == ["https://bot.example/slack/oauth_redirect"]
    assert manifest["settings"]["token_rotation_enabled"]
    heard = manifest["settings"]["event_subscriptions"]["bot_events"]
    assert {
        "app_uninstalled",
        "tokens_revoked",
        *app_manifest()["settings"]["event_subscriptions"]["bot_events"],
    } == set(heard)


def test_many_workspaces_need_an_address() -> None:
    with pytest.raises(SettingsError, match="--many needs --url"):
        manifest_text(many=True)
