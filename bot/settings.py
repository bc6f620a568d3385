"""Everything an operator can set, read once from the environment into one frozen value.

A `.env` file in the working directory is read too; what the environment says wins over it. Every wrong value is one
`SettingsError` whose text names the variable and the mend, and never repeats a secret.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from dotenv import dotenv_values
from dotenv.parser import parse_stream

from bot import postgres_url
from bot.core.budget import POST_LIMIT, UPDATE_LIMIT
from bot.errors import SettingsError

if TYPE_CHECKING:
    from collections.abc import Mapping, MutableMapping

SLACK_API_URL = "https://slack.com/api/"
OPENAI_DEFAULT = "openai:gpt-4.1-mini"


@dataclass(frozen=True, kw_only=True)
class Settings:
    """What one process runs with. Times are in seconds."""

    slack_bot_token: str = ""
    slack_app_token: str = ""  # present: Socket Mode; absent: HTTP events
    slack_signing_secret: str = ""
    slack_api_url: str = SLACK_API_URL
    host: str = "0.0.0.0"  # noqa: S104  (Slack has to reach it)
    port: int = 3000
    database: Path | str | None = Path("teleprinter.sqlite")
    """An SQLite file, or a postgresql:// address; None: a file that goes with the process."""
    replica: str = ""  # this process among those that share the database; "": a name that no other has

    model: str = "local"
    openai_api_key: str = ""
    openai_base_url: str = ""
    system_prompt: str = ""  # the operator's; "": whoever asks the model has a mind of their own
    history_tokens: int = 3000  # of a thread, as the model reads it
    first_token: float = 60.0  # how long a model may think before its first word
    idle: float = 60.0  # how long it may pause between two words
    answer_seconds: float = 900.0  # how long it may take for one answer, thoughts included
    answer_tokens: int = 100_000  # how many tokens one answer may take, thoughts included
    cache: Path | None = None  # where the local model's weights are kept; None: the system's cache folder

    updates_per_minute: int = UPDATE_LIMIT  # chat.update, all answers of a workspace together
    updates_most: int = UPDATE_LIMIT  # how far above that last edits may feel their way
    posts_in_a_row: int = POST_LIMIT  # chat.postMessage in one channel, in as many seconds
    drain: float = 30.0  # how long a stopping process lets running answers finish
    mention_asker: bool = (
        False  # whether an answer may notify the person who asked; it never notifies anybody else
    )
    log_level: str = "INFO"

    @property
    def socket_mode(self) -> bool:
        """Whether events come over a web socket that we open, or are posted to us."""
        return bool(self.slack_app_token)

    def for_slack(self) -> Settings:
        """These settings, after a check that they are enough to join a workspace.

        Raises SettingsError where a token is missing or is not what its name says.
        """
        _check_token("SLACK_BOT_TOKEN", self.slack_bot_token, ("xoxb-", "xoxe.xoxb-"), _BOT_MEND)
        if self.slack_app_token:
            _check_token("SLACK_APP_TOKEN", self.slack_app_token, ("xapp-",), _APP_MEND)
        elif not self.slack_signing_secret:
            raise SettingsError(
                "Neither SLACK_APP_TOKEN nor SLACK_SIGNING_SECRET is set: set the first (xapp-…) for Socket Mode, "
                "or the second to receive events over HTTP."
            )
        return self


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
    for name, value in _read_dotenv(dotenv).items():
        if not environ.get(name, "").strip():
            environ[name] = value
    return from_env(environ)


def from_env(env: Mapping[str, str]) -> Settings:
    """The settings that `env` names. An empty value counts as not set."""
    read = _Reader(env)
    key = read.text("OPENAI_API_KEY")
    return Settings(
        slack_bot_token=read.text("SLACK_BOT_TOKEN"),
        slack_app_token=read.text("SLACK_APP_TOKEN"),
        slack_signing_secret=read.text("SLACK_SIGNING_SECRET"),
        slack_api_url=read.url("SLACK_API_URL", SLACK_API_URL).rstrip("/") + "/",
        host=read.text("TELEPRINTER_HOST", Settings.host),
        port=read.whole("PORT", Settings.port, least=0, most=65535),
        database=_database(read.text("DATABASE_URL", "sqlite:///teleprinter.sqlite")),
        replica=_replica(read.text("TELEPRINTER_REPLICA")),
        model=read.text("TELEPRINTER_MODEL", OPENAI_DEFAULT if key else "local"),
        openai_api_key=key,
        openai_base_url=read.url("OPENAI_BASE_URL", ""),
        system_prompt=read.text("TELEPRINTER_SYSTEM_PROMPT"),
        history_tokens=read.whole("TELEPRINTER_HISTORY_TOKENS", Settings.history_tokens, least=100),
        first_token=read.seconds("TELEPRINTER_FIRST_TOKEN_SECONDS", Settings.first_token),
        idle=read.seconds("TELEPRINTER_IDLE_SECONDS", Settings.idle),
        answer_seconds=read.seconds("TELEPRINTER_ANSWER_SECONDS", Settings.answer_seconds),
        answer_tokens=read.whole("TELEPRINTER_ANSWER_TOKENS", Settings.answer_tokens, least=1),
        cache=read.path("TELEPRINTER_CACHE"),
        updates_per_minute=(updates := read.whole("TELEPRINTER_UPDATES_PER_MINUTE", UPDATE_LIMIT, least=2)),
        updates_most=read.whole("TELEPRINTER_UPDATES_MOST", updates, least=updates),
        posts_in_a_row=read.whole("TELEPRINTER_POSTS_IN_A_ROW", POST_LIMIT, least=1),
        drain=read.seconds("TELEPRINTER_DRAIN_SECONDS", Settings.drain),
        mention_asker=read.choice("TELEPRINTER_MENTION_ASKER", "no", _NO_OR_YES) == "YES",
        log_level=read.choice("TELEPRINTER_LOG_LEVEL", Settings.log_level, _LOG_LEVELS),
    )


_NO_OR_YES = ("NO", "YES")
_LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")


class _Reader:
    """Reads one variable at a time, and says what is wrong with it."""

    def __init__(self, env: Mapping[str, str]) -> None:
        self._env = env

    def text(self, name: str, default: str = "") -> str:
        return self._env.get(name, "").strip() or default

    def path(self, name: str) -> Path | None:
        return Path(text).expanduser() if (text := self.text(name)) else None

    def choice(self, name: str, default: str, choices: tuple[str, ...]) -> str:
        value = self.text(name, default).upper()
        if value not in choices:
            raise SettingsError(f"{name}={value}: choose one of {', '.join(choices)}.")
        return value

    def whole(self, name: str, default: int, *, least: int, most: int | None = None) -> int:
        text = self.text(name, str(default))
        span = f"from {least} to {most}" if most is not None else f"of at least {least}"
        try:
            value = int(text)
        except ValueError:
            value = least - 1
        if value < least or (most is not None and value > most):
            raise SettingsError(f"{name}={text}: write a whole number {span}.")
        return value

    def seconds(self, name: str, default: float) -> float:
        text = self.text(name, str(default))
        try:
            value = float(text)
        except ValueError:
            value = 0.0
        if not 0 < value < float("inf"):
            raise SettingsError(f"{name}={text}: write a number of seconds above 0.")
        return value

    def url(self, name: str, default: str) -> str:
        text = self.text(name, default)
        if text and not _is_web_address(text):
            raise SettingsError(f"{name} is not an address: write one that begins with http:// or https://.")
        return text


def _is_web_address(text: str) -> bool:
    try:
        parts = urlsplit(text)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False


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
    return Path(path).expanduser()


def _replica(name: str) -> str:
    if name and not re.fullmatch(r"[A-Za-z0-9._-]{1,64}", name):
        raise SettingsError(
            f"TELEPRINTER_REPLICA={name}: write at most 64 letters, digits, dots, dashes and underscores, or leave it out."
        )
    return name


_SQLITE = "sqlite:///"
_IN_MEMORY = ("sqlite://", _SQLITE, f"{_SQLITE}:memory:")


def _read_dotenv(path: Path) -> dict[str, str]:
    if not path.exists():
        return {}
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(
            f"{path} cannot be read ({_why(error)}): make it a readable UTF-8 file of NAME=value lines, or remove it."
        ) from error
    _check_dotenv(path, text)
    return {name: value for name, value in dotenv_values(stream=StringIO(text)).items() if value}


def _check_dotenv(path: Path, text: str) -> None:
    """The library leaves out a line that it cannot read, and says so in a log: a token would be missing, and nobody knows why."""
    for binding in parse_stream(StringIO(text)):
        if binding.error:
            line, said = binding.original.line, binding.original.string
            line += said[: -len(said.lstrip())].count("\n")  # the empty lines above it are counted as its own
            raise SettingsError(f"{path}, line {line}: write NAME=value.")


def _why(error: OSError | UnicodeDecodeError) -> str:
    return "it is not UTF-8 text" if isinstance(error, UnicodeDecodeError) else error.strerror or str(error)
