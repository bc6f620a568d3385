"""Everything an operator can set, read once from the environment into one frozen value.

A `.env` file in the working directory is read too; what the environment says wins over it. Every wrong value is one
`SettingsError` whose text names the variable and the mend, and never repeats a secret.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from bot.core.conversation.access_rules import DIRECT, AccessList, AccessRules
from bot.core.conversation.answer_footer import COST, MODEL
from bot.core.conversation.form_blocks import LONGEST_OPTION
from bot.core.conversation.reply_policy import Follow
from bot.core.conversation.spending import Prices, SpendingLimits
from bot.core.delivery.delivery import MOST_MESSAGES
from bot.core.pacing.budget import POST_LIMIT, UPDATE_LIMIT
from bot.environment import postgres_url
from bot.environment.certificates import check_certificates
from bot.environment.dotenv_file import read_dotenv
from bot.environment.proxies import check_proxies
from bot.environment.secret_keys import read_secret_keys
from bot.environment.variables import Variables, home_path, shown
from bot.errors import SettingsError

if TYPE_CHECKING:
    from collections.abc import Mapping, MutableMapping

SLACK_API_URL = "https://slack.com/api/"
DEMO_PORT = 3210
MOST_MODELS = 50
OPENAI_DEFAULT = "openai:gpt-4.1-mini"


@dataclass(frozen=True, kw_only=True)
class Settings:
    """Holds what one process runs with. Times are in seconds."""

    slack_bot_token: str = ""
    slack_app_token: str = ""  # present: Socket Mode; absent: HTTP events
    slack_signing_secret: str = ""
    slack_client_id: str = ""  # present, without a bot token: workspaces install us over OAuth
    slack_client_secret: str = ""
    secret_keys: Mapping[str, bytes] = field(default_factory=dict[str, bytes])  # the newest first
    public_url: str = ""  # where browsers and Slack reach us
    slack_api_url: str = SLACK_API_URL
    host: str = "0.0.0.0"  # noqa: S104  (Slack has to reach it)
    port: int = 3000
    database: Path | str | None = Path("teleprinter.sqlite")
    """An SQLite file, or a postgresql:// address; None: a file that goes with the process."""
    replica: str = ""  # this process among those that share the database; "": a name that no other has

    model: str = "local"
    models: tuple[str, ...] = ()  # to choose from, `model` first; none: there is nothing to choose
    fallback_model: str = ""  # answers what `model` does not; "": nobody does
    model_chosen: bool = False  # by whoever runs it: a model is named, or a key is there
    openai_api_key: str = ""
    openai_base_url: str = ""
    system_prompt: str = ""  # the operator's; "": whoever asks the model has a mind of their own
    mcp_file: Path | None = None  # names the tools that the model may use; None: it has none
    tool_calls: int = 20  # that one answer may make
    approval_seconds: float = 3600.0  # how long it is waited for somebody to let a tool act
    agent: str = ""  # answers in the place of a model: `module:object`
    history_tokens: int | None = None  # that the model reads; None: as its window allows
    first_token: float = 60.0  # how long a model may think before its first word
    idle: float = 60.0  # how long it may pause between two words
    answer_seconds: float = 900.0  # how long it may take for one answer, thoughts included
    answer_tokens: int = 100_000  # how many tokens one answer may take, thoughts included
    cache: Path | None = None  # where the local model's weights are kept; None: the system's cache folder

    updates_per_minute: int = UPDATE_LIMIT  # chat.update, all answers of a workspace together
    updates_most: int = UPDATE_LIMIT  # a ceiling, up to which last edits may feel their way
    posts_in_a_row: int = POST_LIMIT  # chat.postMessage in one channel, in as many seconds
    native_streams: bool = True  # whether answers to direct messages grow by Slack's native stream
    drain: float = 30.0  # how long a stopping process lets running answers finish
    channel_context: int | None = None  # messages above a mention; None: those that it points at
    follow: Follow = Follow.ASKER  # whose messages are answered without a mention, where we took part
    answer_apps: frozenset[str] = frozenset()  # the apps that are answered, by name or id in small letters
    managers: frozenset[str] = frozenset()  # by their ids, who may set how all channels are answered
    access: AccessRules = field(default_factory=AccessRules)  # who may ask, and where
    spending: SpendingLimits = field(default_factory=SpendingLimits)  # in a day, and in a month
    prices: Prices = field(default_factory=Prices)
    footer: frozenset[str] = frozenset()  # what stands below a finished answer: MODEL, COST
    data_tables: bool = True  # whether tables of finished answers are ones that people can sort
    file_after: int | None = None  # messages, after which the rest of an answer becomes a file
    # Whether an answer may notify the person who asked; it never notifies anybody else.
    mention_asker: bool = False
    log_level: str = ""  # "": as much as the command at hand sees fit
    log_format: str = "TEXT"  # a line of words and fields, or JSON
    status_port: int | None = None  # where /live, /ready and /metrics are served; None: nowhere

    @property
    def socket_mode(self) -> bool:
        """Tells whether events come over a web socket that we open, or are posted to us."""
        return bool(self.slack_app_token)

    @property
    def installable(self) -> bool:
        """Tells whether workspaces install us over OAuth, instead of the one whose token stands here."""
        return bool(self.slack_client_id) and not self.slack_bot_token

    def for_slack(self) -> Settings:
        """These settings, after a check that they are enough to join a workspace.

        Raises SettingsError where a token is missing or is not what its name says.
        """
        if self.installable:
            return self._for_many()
        _check_token("SLACK_BOT_TOKEN", self.slack_bot_token, ("xoxb-", "xoxe.xoxb-"), _BOT_MEND)
        if self.slack_app_token:
            _check_token("SLACK_APP_TOKEN", self.slack_app_token, ("xapp-",), _APP_MEND)
        elif not self.slack_signing_secret:
            raise SettingsError(
                "Neither SLACK_APP_TOKEN nor SLACK_SIGNING_SECRET is set: set the first (xapp-…) for Socket Mode, "
                "or the second to receive events over HTTP."
            )
        return self

    def _for_many(self) -> Settings:
        needed = {
            "SLACK_CLIENT_SECRET": self.slack_client_secret,
            "SLACK_SIGNING_SECRET": self.slack_signing_secret,
            "TELEPRINTER_SECRET_KEYS": self.secret_keys,
            "TELEPRINTER_PUBLIC_URL": self.public_url,
        }
        if missing := [name for name, value in needed.items() if not value]:
            raise SettingsError(
                f"{missing[0]} is not set: {_MANY}. See docs/operating.md, “Many workspaces”."
            )
        if self.slack_app_token:
            raise SettingsError(
                "SLACK_APP_TOKEN is set: an app that many workspaces install hears events over HTTP; leave it out."
            )
        if self.database is None:
            raise SettingsError(
                "DATABASE_URL: installations have to outlive the process; name a file or a server."
            )
        return self


_MANY = "to be installed by many workspaces the bot needs it besides SLACK_CLIENT_ID"
_BOT_MEND = "copy the Bot User OAuth Token (xoxb-…) from your Slack app's page “OAuth & Permissions”"
_APP_MEND = "create an app-level token (xapp-…) with the scope connections:write under “Basic Information”"


def _check_token(name: str, token: str, prefixes: tuple[str, ...], mend: str) -> None:
    if not token:
        raise SettingsError(f"{name} is not set: {mend}. To try the bot without Slack, run: teleprinter demo")
    if not token.startswith(prefixes) or any(c.isspace() for c in token):
        raise SettingsError(f"{name} does not look like such a token: {mend}.")


def load(environ: MutableMapping[str, str], *, dotenv: Path) -> Settings:
    """The settings that `environ` and the file `dotenv` name, `environ` first.

    What the file names is added to `environ`: a provider's own integration looks for its key there. Raises SettingsError
    for a file that cannot be read and for any value that makes no sense.
    """
    for name, value in read_dotenv(dotenv).items():
        if not environ.get(name, "").strip():
            try:
                environ[name] = value
            except ValueError:
                raise SettingsError(
                    f"{dotenv} holds characters that this locale does not have: run it in a UTF-8 locale."
                ) from None
    return from_env(environ)


def from_env(env: Mapping[str, str]) -> Settings:
    """The settings that `env` names. An empty value counts as not set."""
    read = Variables(env)
    check_certificates(env)
    check_proxies(env)
    key = read.secret("OPENAI_API_KEY")
    models = _models(read)
    model = read.name("TELEPRINTER_MODEL", models[0] if models else OPENAI_DEFAULT if key else "local")
    fallback = read.name("TELEPRINTER_FALLBACK_MODEL", Settings.fallback_model)
    agent, prices = read.name("TELEPRINTER_AGENT", Settings.agent), _prices(read)
    return Settings(
        slack_bot_token=read.secret("SLACK_BOT_TOKEN"),
        slack_app_token=read.secret("SLACK_APP_TOKEN"),
        slack_signing_secret=read.secret("SLACK_SIGNING_SECRET"),
        slack_client_id=read.secret("SLACK_CLIENT_ID"),
        slack_client_secret=read.secret("SLACK_CLIENT_SECRET"),
        secret_keys=read_secret_keys("TELEPRINTER_SECRET_KEYS", read.text("TELEPRINTER_SECRET_KEYS")),
        public_url=read.url("TELEPRINTER_PUBLIC_URL", "", bare=True).rstrip("/"),
        slack_api_url=read.url("SLACK_API_URL", SLACK_API_URL, bare=True).rstrip("/") + "/",
        host=read.name("TELEPRINTER_HOST", Settings.host),
        port=read.whole("PORT", Settings.port, least=0, most=65535),
        database=_database(read.text("DATABASE_URL", "sqlite:///teleprinter.sqlite")),
        replica=_replica(read.text("TELEPRINTER_REPLICA")),
        model=model,
        models=tuple(dict.fromkeys((model, *models))) if models else (),
        fallback_model=fallback,
        model_chosen=bool(key or models or read.text("TELEPRINTER_MODEL")),
        openai_api_key=key,
        openai_base_url=read.url("OPENAI_BASE_URL", ""),
        system_prompt=read.words("TELEPRINTER_SYSTEM_PROMPT"),
        mcp_file=read.path("TELEPRINTER_MCP_FILE"),
        tool_calls=read.whole("TELEPRINTER_TOOL_CALLS", Settings.tool_calls, least=1, most=200),
        approval_seconds=read.seconds("TELEPRINTER_APPROVAL_SECONDS", Settings.approval_seconds),
        agent=agent,
        history_tokens=read.whole_or_none("TELEPRINTER_HISTORY_TOKENS", least=100),
        first_token=read.seconds("TELEPRINTER_FIRST_TOKEN_SECONDS", Settings.first_token),
        idle=read.seconds("TELEPRINTER_IDLE_SECONDS", Settings.idle),
        answer_seconds=read.seconds("TELEPRINTER_ANSWER_SECONDS", Settings.answer_seconds),
        answer_tokens=read.whole("TELEPRINTER_ANSWER_TOKENS", Settings.answer_tokens, least=1),
        cache=read.path("TELEPRINTER_CACHE"),
        updates_per_minute=(updates := read.whole("TELEPRINTER_UPDATES_PER_MINUTE", UPDATE_LIMIT, least=2)),
        updates_most=read.whole("TELEPRINTER_UPDATES_MOST", updates, least=updates),
        posts_in_a_row=read.whole("TELEPRINTER_POSTS_IN_A_ROW", POST_LIMIT, least=1),
        native_streams=read.choice("TELEPRINTER_NATIVE_STREAMS", "DMS", _DMS_OR_OFF) == "DMS",
        drain=read.seconds("TELEPRINTER_DRAIN_SECONDS", Settings.drain),
        channel_context=read.whole_or_none("TELEPRINTER_CHANNEL_CONTEXT", least=0, most=100),
        follow=Follow(read.choice("TELEPRINTER_FOLLOW", "asker", _FOLLOW).lower()),
        answer_apps=read.names("TELEPRINTER_ANSWER_APPS"),
        managers=_access_list(read, "TELEPRINTER_MANAGERS").people,
        access=_access(read),
        spending=_spending(read, prices, (agent or model, fallback, *models)),
        prices=prices,
        footer=_footer(read),
        data_tables=read.choice("TELEPRINTER_TABLES", "DATA", _DATA_OR_TEXT) == "DATA",
        file_after=read.whole_or_none("TELEPRINTER_FILE_AFTER", least=1, most=MOST_MESSAGES),
        mention_asker=read.choice("TELEPRINTER_MENTION_ASKER", "no", _NO_OR_YES) == "YES",
        log_level=read.choice("TELEPRINTER_LOG_LEVEL", Settings.log_level, _LOG_LEVELS),
        log_format=read.choice("TELEPRINTER_LOG_FORMAT", Settings.log_format, _LOG_FORMATS),
        status_port=_status_port(read),
    )


def demo_port(env: Mapping[str, str]) -> int:
    """Returns where the demo's page is served. Raises SettingsError for a port that is none."""
    return Variables(env).whole("PORT", DEMO_PORT, least=0, most=65535)


_FOLLOW = tuple(one.value for one in Follow)
_NO_OR_YES = ("no", "yes")
_DATA_OR_TEXT = ("data", "text")
_DMS_OR_OFF = ("dms", "off")
_LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")
_LOG_FORMATS = ("text", "json")


def _models(read: Variables) -> tuple[str, ...]:
    named = tuple(one for one in re.split(r"[,\s]+", read.name("TELEPRINTER_MODELS", "")) if one)
    long = next((one for one in named if len(one) > LONGEST_OPTION), "")
    if long or len(named) > MOST_MODELS:
        raise SettingsError(
            f"TELEPRINTER_MODELS: write {MOST_MODELS} models at most, each as provider:name of {LONGEST_OPTION} characters at most."
        )
    return named


def _footer(read: Variables) -> frozenset[str]:
    named = frozenset(one.upper() for one in read.names("TELEPRINTER_FOOTER"))
    if not named <= {MODEL, COST}:
        raise SettingsError("TELEPRINTER_FOOTER: write model, cost, or both with a comma between.")
    return named


def _prices(read: Variables) -> Prices:
    file = read.path("TELEPRINTER_PRICES")
    if file is None:
        return Prices()
    # Imported here: hardly anybody has such a file.
    from bot.environment.price_file import read_prices

    return read_prices("TELEPRINTER_PRICES", file)


def _spending(read: Variables, prices: Prices, models: tuple[str, ...]) -> SpendingLimits:
    month = read.amount_or_none("TELEPRINTER_COST_A_MONTH")
    unknown = next((one for one in models if one and prices.of(one) is None), "")
    if month is not None and unknown:
        raise SettingsError(
            f"TELEPRINTER_COST_A_MONTH: nobody knows what {shown(unknown)} costs: name it in the file TELEPRINTER_PRICES."
        )
    return SpendingLimits(
        read.whole_or_none("TELEPRINTER_TURNS_A_DAY_PERSON", least=1),
        read.whole_or_none("TELEPRINTER_TOKENS_A_DAY_PERSON", least=1),
        read.whole_or_none("TELEPRINTER_TURNS_A_DAY", least=1),
        read.whole_or_none("TELEPRINTER_TOKENS_A_DAY", least=1),
        None if month is None else int(month * 1_000_000),
    )


def _access(read: Variables) -> AccessRules:
    return AccessRules(
        _access_list(read, "TELEPRINTER_ALLOW"),
        _access_list(read, "TELEPRINTER_DENY"),
        guests=read.choice("TELEPRINTER_GUESTS", "yes", _NO_OR_YES).upper() == "YES",
        outsiders=read.choice("TELEPRINTER_OUTSIDERS", "no", _NO_OR_YES) == "YES",
    )


def _access_list(read: Variables, name: str) -> AccessList:
    text = read.name(name, "")
    named = [one.upper() for one in re.split(r"[,\s]+", text) if one]
    if text and not named:
        raise SettingsError(f"{name} names nobody: write ids, or leave it out.")
    for one in named:
        if not re.fullmatch(r"DM|[CGUWS][A-Z0-9]{2,20}", one):
            raise SettingsError(
                f"{name}: {shown(one)} is no id. Write those of channels (C…), people (U…) and user groups (S…), "
                "or dm for direct messages, with commas between them."
            )
    return AccessList(
        frozenset(DIRECT if one == "DM" else one for one in named if one[0] in "CGD"),
        frozenset(one for one in named if one[0] in "UW"),
        frozenset(one for one in named if one[0] == "S"),
    )


def _status_port(read: Variables) -> int | None:
    if not read.text("TELEPRINTER_STATUS_PORT"):
        return None
    return read.whole("TELEPRINTER_STATUS_PORT", 0, least=0, most=65535)


def _database(url: str) -> Path | str | None:
    if url in _IN_MEMORY:
        return None
    if postgres_url.is_postgres(url):
        return postgres_url.read(url)
    path = url.removeprefix(_SQLITE)
    # Without the third slash it would be a host, and behind a question mark are options that nobody here reads. What looks
    # like a password in front of a host would be told wherever the file is.
    if path == url or "?" in path or "://" in path or re.search(":.*@", path):
        raise SettingsError(
            "DATABASE_URL: write sqlite:///path/to/file.sqlite, without options, "
            "or postgresql://user:password@host/database."
        )
    return home_path("DATABASE_URL", path)


def _replica(name: str) -> str:
    if name and not re.fullmatch(r"[A-Za-z0-9._-]{1,64}", name):
        raise SettingsError(
            f"TELEPRINTER_REPLICA={shown(name)}: write at most 64 letters, digits, dots, dashes and underscores, or leave it out."
        )
    return name


_SQLITE = "sqlite:///"
_IN_MEMORY = ("sqlite://", _SQLITE, f"{_SQLITE}:memory:")
