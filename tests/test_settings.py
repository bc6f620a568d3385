"""Settings from the environment: what they mean, and how a wrong one is told."""

from __future__ import annotations

import base64
import os
from dataclasses import replace
from pathlib import Path

import pytest

from bot.core.conversation.access_rules import AccessList, AccessRules
from bot.core.conversation.reply_policy import Follow
from bot.core.conversation.spending import SpendingLimits
from bot.errors import SettingsError
from bot.settings import OPENAI_DEFAULT, Settings, from_env, load


def test_an_empty_environment_is_the_embedded_model_and_real_slack() -> None:
    settings = from_env({})
    assert settings == Settings()
    assert (settings.model, settings.slack_api_url, settings.port) == (
        "local",
        "https://slack.com/api/",
        3000,
    )


def test_with_a_key_openai_answers_unless_a_model_is_named() -> None:
    assert from_env({"OPENAI_API_KEY": "sk-x"}).model == OPENAI_DEFAULT
    assert from_env({"OPENAI_API_KEY": "sk-x", "TELEPRINTER_MODEL": "local"}).model == "local"


def test_an_operators_tools_have_a_port_only_where_one_is_named() -> None:
    assert from_env({}).status_port is None
    assert from_env({"TELEPRINTER_STATUS_PORT": "9100"}).status_port == 9100


@pytest.mark.parametrize(
    ("environ", "is_chosen"),
    [
        ({}, False),
        ({"TELEPRINTER_MODEL": " "}, False),
        ({"TELEPRINTER_MODEL": "local"}, True),
        ({"OPENAI_API_KEY": "sk-x"}, True),
    ],
)
def test_who_names_a_model_or_has_a_key_has_chosen(environ: dict[str, str], *, is_chosen: bool) -> None:
    assert from_env(environ).model_chosen is is_chosen


@pytest.mark.parametrize("url", ["http://127.0.0.1:3210/api", "http://127.0.0.1:3210/api/"])
def test_a_method_name_can_be_put_behind_the_api_address(url: str) -> None:
    assert from_env({"SLACK_API_URL": url}).slack_api_url == "http://127.0.0.1:3210/api/"


@pytest.mark.parametrize(
    ("url", "path"),
    [
        ("sqlite:///bot.sqlite", Path("bot.sqlite")),
        ("sqlite:////var/lib/bot.sqlite", Path("/var/lib/bot.sqlite")),
        ("sqlite://", None),
        ("sqlite:///", None),
        ("sqlite:///:memory:", None),
        ("postgresql://ada:pass@db/bot", "postgresql://ada:pass@db/bot"),
        ("postgres://ada@db:6432/bot?sslmode=require", "postgresql://ada@db:6432/bot?sslmode=require"),
    ],
)
def test_where_the_record_is_kept(url: str, path: Path | str | None) -> None:
    assert from_env({"DATABASE_URL": url}).database == path


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORT", "eighty"),
        ("PORT", "70000"),
        ("PORT", "-1"),
        ("SLACK_API_URL", "slack.com/api"),
        ("SLACK_API_URL", "http://[broken"),
        ("OPENAI_BASE_URL", "ftp://models"),
        ("DATABASE_URL", "mysql://root@db/x"),
        ("DATABASE_URL", "postgresql://ada@db"),
        ("DATABASE_URL", "postgresql://ada@db:port/bot"),
        ("TELEPRINTER_REPLICA", "one/two"),
        ("DATABASE_URL", "sqlite://bot.sqlite"),
        ("DATABASE_URL", "sqlite:///bot.sqlite?mode=ro"),
        ("TELEPRINTER_IDLE_SECONDS", "soon"),
        ("TELEPRINTER_ANSWER_SECONDS", "0"),
        ("TELEPRINTER_ANSWER_TOKENS", "0"),
        ("TELEPRINTER_FIRST_TOKEN_SECONDS", "0"),
        ("TELEPRINTER_DRAIN_SECONDS", "inf"),
        ("TELEPRINTER_HISTORY_TOKENS", "5"),
        ("TELEPRINTER_UPDATES_PER_MINUTE", "1.5"),
        ("TELEPRINTER_LOG_LEVEL", "chatty"),
        ("TELEPRINTER_MENTION_ASKER", "maybe"),
        ("TELEPRINTER_FOLLOW", "nobody"),
        ("TELEPRINTER_CHANNEL_CONTEXT", "-1"),
        ("TELEPRINTER_CHANNEL_CONTEXT", "101"),
        ("TELEPRINTER_ANSWER_APPS", "Alarm\nFlow"),
        ("TELEPRINTER_ANSWER_APPS", "xoxb-1-2"),
        ("TELEPRINTER_NATIVE_STREAMS", "everywhere"),
        ("TELEPRINTER_MCP_FILE", "~nobody-here/tools.json"),
        ("TELEPRINTER_TOOL_CALLS", "0"),
        ("TELEPRINTER_APPROVAL_SECONDS", "0"),
        ("TELEPRINTER_AGENT", "sk-agent"),
        ("TELEPRINTER_ALLOW", "#general"),
        ("TELEPRINTER_ALLOW", ","),
        ("TELEPRINTER_DENY", "C0123ABC, ada"),
        ("TELEPRINTER_DENY", "xoxb-1-2"),
        ("TELEPRINTER_GUESTS", "some"),
        ("TELEPRINTER_TURNS_A_DAY", "0"),
        ("TELEPRINTER_TOKENS_A_DAY_PERSON", "many"),
        ("TELEPRINTER_COST_A_MONTH", "0.00"),
        ("TELEPRINTER_COST_A_MONTH", "-5"),
        ("TELEPRINTER_COST_A_MONTH", "5"),
        ("TELEPRINTER_PRICES", "nowhere.toml"),
        ("TELEPRINTER_OUTSIDERS", "1"),
        ("TELEPRINTER_MODELS", "openai:" + "x" * 70),
        ("TELEPRINTER_MODELS", ",".join(f"openai:{number}" for number in range(51))),
        ("TELEPRINTER_MODELS", "sk-openai"),
        ("TELEPRINTER_FOOTER", "model,price"),
        ("TELEPRINTER_FILE_AFTER", "21"),
        ("TELEPRINTER_TABLES", "html"),
        ("TELEPRINTER_FILE_AFTER", "0"),
    ],
)
def test_a_wrong_value_is_one_line_that_names_the_variable(name: str, value: str) -> None:
    with pytest.raises(SettingsError) as caught:
        from_env({name: value})
    assert str(caught.value).startswith(name)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(("value", "allowed"), [("yes", True), ("Yes", True), ("no", False), ("", False)])
def test_whoever_asked_is_notified_only_where_the_operator_says_so(value: str, *, allowed: bool) -> None:
    assert from_env({"TELEPRINTER_MENTION_ASKER": value}).mention_asker is allowed


@pytest.mark.parametrize(("value", "streams"), [("dms", True), ("DMs", True), ("off", False), ("", True)])
def test_answers_to_direct_messages_are_streamed_where_the_operator_says_so(
    value: str, *, streams: bool
) -> None:
    assert from_env({"TELEPRINTER_NATIVE_STREAMS": value}).native_streams is streams


def test_tools_and_somebody_s_own_agent_are_named() -> None:
    named = from_env({"TELEPRINTER_MCP_FILE": "/etc/tools.json", "TELEPRINTER_AGENT": "mine:agent"})
    assert (named.mcp_file, named.agent) == (Path("/etc/tools.json"), "mine:agent")
    assert (named.tool_calls, named.approval_seconds) == (20, 3600.0)


BOT = Settings(slack_bot_token="xoxb-1")


def test_tokens_decide_how_events_come() -> None:
    assert replace(BOT, slack_app_token="xapp-1").for_slack().socket_mode
    assert not replace(BOT, slack_signing_secret="s").for_slack().socket_mode


@pytest.mark.parametrize(
    ("settings", "names"),
    [
        (Settings(), "SLACK_BOT_TOKEN is not set"),
        (Settings(slack_bot_token="xapp-1"), "SLACK_BOT_TOKEN does not look like"),
        (Settings(slack_bot_token="xoxb-1 2"), "SLACK_BOT_TOKEN does not look like"),
        (replace(BOT, slack_app_token="xoxb-1"), "SLACK_APP_TOKEN does not look like"),
        (BOT, "Neither SLACK_APP_TOKEN nor SLACK_SIGNING_SECRET"),
    ],
)
def test_tokens_that_do_not_do_are_named_but_not_shown(settings: Settings, names: str) -> None:
    with pytest.raises(SettingsError, match=names) as caught:
        settings.for_slack()
    assert "xoxb-1" not in str(caught.value)
    assert "xapp-1" not in str(caught.value)


def test_a_dotenv_file_is_read_and_the_environment_wins(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("PORT=4000\nTELEPRINTER_MODEL=local:qwen-0.5b\n")
    environ = {"PORT": "5000"}
    settings = load(environ, dotenv=tmp_path / ".env")
    assert (settings.port, settings.model) == (5000, "local:qwen-0.5b")


def test_a_dotenv_file_reaches_providers_that_read_their_own_key(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("ANTHROPIC_API_KEY=sk-ant-x\n")
    environ: dict[str, str] = {}
    load(environ, dotenv=tmp_path / ".env")
    assert environ == {"ANTHROPIC_API_KEY": "sk-ant-x"}


def test_an_empty_variable_counts_as_not_set(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("PORT=4000\n")
    assert load({"PORT": " "}, dotenv=tmp_path / ".env").port == 4000


def test_a_missing_dotenv_file_is_fine(tmp_path: Path) -> None:
    assert load({}, dotenv=tmp_path / ".env") == Settings()


@pytest.mark.parametrize("broken", ["a folder", "not text"])
def test_an_unreadable_dotenv_file_is_named(tmp_path: Path, broken: str) -> None:
    path = tmp_path / ".env"
    if broken == "a folder":
        path.mkdir()
    else:
        path.write_bytes(b"PORT=\xff\xfe\x00")
    with pytest.raises(SettingsError, match=r"\.env cannot be read"):
        load({}, dotenv=path)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("SLACK_BOT_TOKEN xoxb-1\n", 1),
        ("# ours\nPORT=4000\n\n\nSLACK_BOT_TOKEN: xoxb-1\nPORT=5000\n", 5),
        ('PORT=4000\nSLACK_BOT_TOKEN="xoxb-1\n', 2),
    ],
    ids=["no equals sign", "below empty lines", "an open quote"],
)
def test_a_line_that_is_no_setting_is_named_and_not_shown(tmp_path: Path, text: str, line: int) -> None:
    (tmp_path / ".env").write_text(text)
    with pytest.raises(SettingsError) as caught:
        load({}, dotenv=tmp_path / ".env")
    assert str(caught.value).endswith(f".env, line {line}: write NAME=value.")
    assert "xoxb" not in str(caught.value)


def test_comments_exports_and_empty_lines_are_no_mistake(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("\n# ours\n\nexport PORT=4000 # a port\nSLACK_BOT_TOKEN=\n\n")
    assert load({}, dotenv=tmp_path / ".env") == Settings(port=4000)


def test_no_system_prompt_is_the_operator_s_until_one_is_set() -> None:
    assert from_env({}).system_prompt == ""
    assert from_env({"TELEPRINTER_SYSTEM_PROMPT": "Rhyme."}).system_prompt == "Rhyme."


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_forbidden_dotenv_file_is_named(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("PORT=1")
    (tmp_path / ".env").chmod(0)
    with pytest.raises(SettingsError, match="Permission denied"):
        load({}, dotenv=tmp_path / ".env")


def test_who_is_followed_and_which_apps_are_answered_is_the_operators_to_say() -> None:
    assert (Settings().follow, Settings().answer_apps) == (Follow.ASKER, frozenset())
    chosen = from_env({"TELEPRINTER_FOLLOW": "Everyone", "TELEPRINTER_ANSWER_APPS": " Alarm Bot, B012AB,,"})
    assert (chosen.follow, chosen.answer_apps) == (Follow.EVERYONE, frozenset({"alarm bot", "b012ab"}))


def test_what_may_be_spent_is_the_operators_to_say(tmp_path: Path) -> None:
    assert from_env({}).spending == SpendingLimits()
    (file := tmp_path / "prices.toml").write_text('[models."openai:*"]\ninput = 1\noutput = 2\n')
    env = {
        "TELEPRINTER_MODEL": "openai:gpt-4.1-mini",
        "TELEPRINTER_TURNS_A_DAY_PERSON": "1",
        "TELEPRINTER_TOKENS_A_DAY_PERSON": "2",
        "TELEPRINTER_TURNS_A_DAY": "3",
        "TELEPRINTER_TOKENS_A_DAY": "4",
        "TELEPRINTER_COST_A_MONTH": "99.50",
        "TELEPRINTER_PRICES": str(file),
    }
    chosen = from_env(env)
    assert chosen.spending == SpendingLimits(1, 2, 3, 4, 99_500_000)
    assert chosen.prices.cost("openai:gpt-4.1-mini", 1, 1) == 3
    with pytest.raises(SettingsError, match="TELEPRINTER_COST_A_MONTH: nobody knows what mistral"):
        from_env({**env, "TELEPRINTER_FALLBACK_MODEL": "mistral:small"})


def test_who_may_ask_is_the_operators_to_say() -> None:
    assert from_env({}).access == AccessRules(guests=True, outsiders=False)
    chosen = from_env(
        {
            "TELEPRINTER_ALLOW": "C0123, dm,U0456 s0789",
            "TELEPRINTER_DENY": "w0999,G0111",
            "TELEPRINTER_GUESTS": "no",
            "TELEPRINTER_OUTSIDERS": "Yes",
        }
    )
    assert chosen.access == AccessRules(
        AccessList(frozenset({"C0123", "dm"}), frozenset({"U0456"}), frozenset({"S0789"})),
        AccessList(frozenset({"G0111"}), frozenset({"W0999"})),
        guests=False,
        outsiders=True,
    )


@pytest.mark.parametrize(("value", "count"), [("", None), ("0", 0), ("20", 20)])
def test_how_much_of_a_channel_is_read_is_the_operators_to_say(value: str, count: int | None) -> None:
    assert from_env({"TELEPRINTER_CHANNEL_CONTEXT": value}).channel_context == count


MANY = {
    "SLACK_CLIENT_ID": "1.2",
    "SLACK_CLIENT_SECRET": "secret",
    "SLACK_SIGNING_SECRET": "secret",
    "TELEPRINTER_SECRET_KEYS": f"1:{base64.b64encode(b'k' * 32).decode()}",
    "TELEPRINTER_PUBLIC_URL": "https://bot.example/",
}


def test_an_app_that_many_workspaces_install_needs_no_token() -> None:
    settings = from_env(MANY).for_slack()
    assert settings.installable
    assert (settings.public_url, list(settings.secret_keys)) == ("https://bot.example", ["1"])
    assert not from_env({**MANY, "SLACK_BOT_TOKEN": "xoxb-1"}).installable


@pytest.mark.parametrize("missing", sorted({*MANY} - {"SLACK_CLIENT_ID"}))
def test_what_such_an_app_needs_besides_is_named(missing: str) -> None:
    with pytest.raises(SettingsError, match=f"{missing} is not set: .*Many workspaces"):
        from_env({**MANY, missing: ""}).for_slack()


@pytest.mark.parametrize(("name", "value"), [("SLACK_APP_TOKEN", "xapp-1"), ("DATABASE_URL", "sqlite://")])
def test_what_such_an_app_cannot_have_is_named(name: str, value: str) -> None:
    with pytest.raises(SettingsError, match=name):
        from_env({**MANY, name: value}).for_slack()


@pytest.mark.parametrize(
    ("env", "model", "models"),
    [
        ({"TELEPRINTER_MODELS": "openai:a, openai:b"}, "openai:a", ("openai:a", "openai:b")),
        (
            {"TELEPRINTER_MODELS": "openai:a,openai:b", "TELEPRINTER_MODEL": "openai:b"},
            "openai:b",
            ("openai:b", "openai:a"),
        ),
        (
            {"TELEPRINTER_MODELS": "openai:a", "TELEPRINTER_MODEL": "openai:c"},
            "openai:c",
            ("openai:c", "openai:a"),
        ),
        ({"TELEPRINTER_MODEL": "openai:c"}, "openai:c", ()),
    ],
)
def test_people_may_choose_from_the_models_that_are_named_the_usual_one_first(
    env: dict[str, str], model: str, models: tuple[str, ...]
) -> None:
    settings = from_env(env)
    assert (settings.model, settings.models, settings.model_chosen) == (model, models, True)


def test_a_month_has_a_budget_only_where_it_is_known_what_each_model_costs(tmp_path: Path) -> None:
    (tmp_path / "prices.toml").write_text('[models."openai:a"]\ninput = 1\noutput = 1\n')
    env = {"TELEPRINTER_PRICES": str(tmp_path / "prices.toml"), "TELEPRINTER_COST_A_MONTH": "5"}
    assert from_env(env | {"TELEPRINTER_MODELS": "openai:a"}).spending.team_month == 5_000_000
    with pytest.raises(SettingsError, match="openai:b"):
        from_env(env | {"TELEPRINTER_MODELS": "openai:a,openai:b"})
