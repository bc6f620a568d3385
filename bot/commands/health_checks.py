"""Looks at everything that has to be right before the bot can answer: a function for each, which says what is wrong and the mend.

Each looks by itself and waits for a few seconds at most, so that one evening's work of finding out is one list. None of them tells
a secret, since no error of ours does.
"""

from __future__ import annotations

import asyncio
import difflib
import os
import shutil
import stat
from contextlib import aclosing
from dataclasses import replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import TYPE_CHECKING

from bot import settings as settings_module
from bot.commands.event_ping import check_address
from bot.commands.finding import Finding, Verdict, good, wrong
from bot.core.conversation.content_parts import text_parts
from bot.core.conversation.history import ChatMessage, Role
from bot.environment.proxies import proxy_for
from bot.environment.setting_reference import KNOWN_VARIABLES
from bot.errors import SettingsError, SlackDenied, SlackError, SlackUnreachable, TeleprinterError
from bot.model.configured_model import is_local, open_model
from bot.model.local.progress import unreported
from bot.slack.api_answers import ask, ask_with_headers
from bot.slack.connect import MENDS
from bot.slack.identity import INSTALL_PATH

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from slack_sdk.web.async_client import AsyncWebClient

    from bot.settings import Settings

OURS = ("TELEPRINTER_", "SLACK_")
"""Begin the names of variables that are ours or Slack's: one that nobody reads is probably misspelt."""
LIKE = 0.6  # of the letters, from which on a name is thought to be meant
CLOCK_TOLERANCE = 120.0  # seconds; Slack's signatures are good for 300, of which some go on the way
LEAST_DISK = 200 * 1024 * 1024  # bytes that should be free where the database is
PATIENCE = 20.0  # seconds for one check
OPEN_TO_OTHERS = stat.S_IRWXG | stat.S_IRWXO


# ---- settings


def wrong_settings(env: Mapping[str, str]) -> list[Finding]:
    """Says of each variable that makes no sense why, and not of the first alone."""
    left, found = dict(env), list[Finding]()
    while True:
        try:
            settings_module.from_env(left)
        except SettingsError as error:
            found.append(wrong("settings", error))
            named = [name for name in left if str(error).startswith((f"{name}=", f"{name} ", f"{name}:"))]
            if not named:
                return found
            del left[max(named, key=len)]
        else:
            return found


def misspelt(env: Mapping[str, str]) -> list[Finding]:
    """Says which variables look like ours and are read by nobody, and which may be meant."""
    strangers = sorted(name for name in env if name.startswith(OURS) and name not in KNOWN_VARIABLES)
    return [Finding("settings", Verdict.DOUBTFUL, _not_read(name)) for name in strangers]


def _not_read(name: str) -> str:
    meant = difflib.get_close_matches(name, KNOWN_VARIABLES, n=1, cutoff=LIKE)
    hint = f": is {meant[0]} meant?" if meant else "; `teleprinter settings` lists those that are."
    return f"{name} is set, and nobody reads it{hint}"


# ---- Slack


async def check_slack(settings: Settings, client: AsyncWebClient, scopes: frozenset[str]) -> list[Finding]:
    """Asks Slack who we are; says which of `scopes` are missing, and how far our clock is off."""
    try:
        settings.for_slack()
    except SettingsError as error:
        return [wrong("Slack", error)]
    if settings.installable:
        return [await _check_app(settings, client)]
    return await check_bot_token(client, scopes)


async def check_bot_token(client: AsyncWebClient, scopes: frozenset[str]) -> list[Finding]:
    """Asks Slack whose the client's token is; says which of `scopes` it lacks, and how far our clock is off."""
    try:
        answer, headers = await ask_with_headers(client, "auth.test")
    except SlackError as error:
        return [wrong("Slack", _refused("SLACK_BOT_TOKEN", error))]
    who = f"The bot token is @{answer.get('user')}'s in {answer.get('team')}."
    headers = {name.lower(): value for name, value in headers.items()}
    return [good("Slack", who), *_missing_scopes(headers, scopes), *clock_findings(headers)]


async def _check_app(settings: Settings, client: AsyncWebClient) -> Finding:
    """Asks Slack for a token with a code that is none: what it finds wrong first is the app's id, then its secret, then the code."""
    app = {"client_id": settings.slack_client_id, "client_secret": settings.slack_client_secret}
    try:
        await ask(client, "oauth.v2.access", params={**app, "code": "none"})
    except SlackError as error:
        mends = {
            "invalid_client_id": "SLACK_CLIENT_ID is no app's: copy the Client ID from “Basic Information”.",
            "bad_client_secret": "SLACK_CLIENT_SECRET is another app's: copy the Client Secret from “Basic Information”.",
        }
        if error.code in mends:
            return wrong("Slack", mends[error.code])
        if error.code != "invalid_code":
            return wrong("Slack", _refused("SLACK_CLIENT_ID", error))
    return good("Slack", f"Workspaces install the app at {settings.public_url}{INSTALL_PATH}.")


def _missing_scopes(headers: Mapping[str, str], wanted: frozenset[str]) -> list[Finding]:
    said = headers.get("x-oauth-scopes")
    if said is None:
        return []
    missing = sorted(wanted - {one.strip() for one in said.split(",")})
    if not missing:
        return [good("Slack scopes", f"All {len(wanted)} scopes that the manifest asks for are granted.")]
    names = ", ".join(missing)
    return [
        wrong(
            "Slack scopes",
            f"{names} missing: add them under “OAuth & Permissions”, and install the app again.",
        )
    ]


def clock_findings(headers: Mapping[str, str]) -> list[Finding]:
    """Says how our clock stands beside the time in Slack's answer; nothing where that tells none."""
    try:
        theirs = parsedate_to_datetime(headers.get("date", ""))
    except ValueError:
        return []
    off = abs((datetime.now(UTC) - theirs).total_seconds())
    if off <= CLOCK_TOLERANCE:
        return [good("clock", "This computer's agrees with Slack's.")]
    return [
        wrong(
            "clock",
            f"This computer's is {off:.0f} s off Slack's, which refuses old signatures: set it, or run an NTP client.",
        )
    ]


async def check_events(settings: Settings, client: AsyncWebClient) -> list[Finding]:
    """Says whether Slack would deliver events: over a web socket that we may open, or to the address at which we have to answer."""
    if not settings.socket_mode:
        return [await check_address(settings)] if settings.slack_signing_secret else []
    try:
        await ask(
            client, "apps.connections.open", headers={"Authorization": f"Bearer {settings.slack_app_token}"}
        )
    except SlackError as error:
        return [wrong("events", _refused("SLACK_APP_TOKEN", error))]
    return [good("events", "Slack opens a web socket for the app token.")]


def _refused(name: str, error: SlackError) -> str:
    if isinstance(error, SlackUnreachable):
        return f"{error}: check SLACK_API_URL, the network, and proxies on the way"
    mend = MENDS.get(error.code, "copy it again from your Slack app's page.")
    scope = error.needed if isinstance(error, SlackDenied) else ""
    return f"{name}: {error}; {mend.format(scope=scope or 'that Slack names')}"


# ---- the model


async def check_model_answers(settings: Settings) -> list[Finding]:
    """Asks each model for a word; the embedded one is not fetched for it."""
    if settings.fallback_model or settings.models:
        named = dict.fromkeys(
            (*(settings.models or (settings.model,)), settings.fallback_model or settings.model)
        )
        alone = [replace(settings, model=one, models=(), fallback_model="") for one in named]
        return [finding for one in alone for finding in await check_model_answers(one)]
    if is_local(settings) and not settings.agent and settings.mcp_file is None:
        return [good("model", "The embedded one; its file is fetched when it is first needed.")]
    asked = [ChatMessage(Role.USER, text_parts("Answer with the word yes."))]
    try:
        async with open_model(settings, report=unreported) as model, aclosing(model.stream(asked)) as deltas:
            await anext(deltas)
    except TeleprinterError as error:
        return [wrong("model", error)]
    return [good("model", f"{settings.model} answers.")]


# ---- this computer


async def check_storage(settings: Settings) -> list[Finding]:
    """Says whether the database can be used, whether others may read its file, and whether there is room for it."""
    from bot.durable.database import check_database

    is_new = isinstance(settings.database, Path) and not settings.database.exists()
    try:
        await check_database(settings.database)
    except SettingsError as error:
        return [wrong("database", error)]
    if not isinstance(settings.database, Path):
        return [good("database", "It can be used.")]
    found = [good("database", f"{settings.database} can be used."), *_file(settings.database)]
    if is_new:
        settings.database.unlink(missing_ok=True)  # who only looks leaves nothing behind
    return found


def _file(file: Path) -> list[Finding]:
    found = list[Finding]()
    if file.exists() and file.stat().st_mode & OPEN_TO_OTHERS:
        found.append(Finding("database", Verdict.DOUBTFUL, f"Others may read {file}: chmod 600 {file}"))
    free = shutil.disk_usage(file.absolute().parent).free
    if free < LEAST_DISK:
        mega = free // (1024 * 1024)
        found.append(
            wrong(
                "disk", f"{mega} MB are free where {file} is: make room for {LEAST_DISK >> 20} MB at least."
            )
        )
    return found


def check_secrets_file(dotenv: Path) -> list[Finding]:
    """Says whether others may read the file of settings, in which tokens stand."""
    if not dotenv.exists() or not dotenv.stat().st_mode & OPEN_TO_OTHERS:
        return []
    return [
        Finding(
            "settings", Verdict.DOUBTFUL, f"Others may read {dotenv}, which holds tokens: chmod 600 {dotenv}"
        )
    ]


def check_ways_out(settings: Settings, env: Mapping[str, str] = os.environ) -> list[Finding]:
    """Says through which proxy Slack and the model are asked, where there is one."""
    ways = {
        "Slack": settings.slack_api_url,
        "the model": settings.openai_base_url or "https://api.openai.com/",
    }
    through = [name for name, url in ways.items() if proxy_for(url, env)]
    if not through:
        return []
    return [
        good(
            "proxy", f"{' and '.join(through)} {'is' if len(through) == 1 else 'are'} asked through a proxy."
        )
    ]


async def in_time(subject: str, check: Callable[[], Awaitable[list[Finding]]]) -> list[Finding]:
    """Returns what a check has found, or that it took too long."""
    try:
        async with asyncio.timeout(PATIENCE):
            return await check()
    except TimeoutError:
        return [
            wrong(subject, f"No answer within {PATIENCE:.0f} s: check the network, and proxies on the way.")
        ]
