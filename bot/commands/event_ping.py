"""Sends ourselves what Slack sends an app whose address it tries out: signed with our secret, to the address that Slack has to reach."""

from __future__ import annotations

import json
import os
import secrets
import time
from enum import Enum
from typing import TYPE_CHECKING

import aiohttp
from slack_sdk.signature import SignatureVerifier

from bot.commands.finding import Finding, Verdict, good, wrong
from bot.environment.proxies import proxy_for
from bot.slack.http_events import EVENTS_PATH

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.settings import Settings

WITHIN = 5.0  # seconds that an answer may take: longer than Slack waits
MOST = 4_096  # bytes of an answer that are read
UNSIGNED = 401


class Echo(Enum):
    """Says what has answered."""

    OURS = "the bot, with the same secret"
    ANOTHER_SECRET = "somebody who takes the signature for wrong"  # noqa: S105  (no secret)
    NOBODY = "nobody"
    SOMETHING_ELSE = "something that is not the bot"


async def ping_events(url: str, signing_secret: str, *, env: Mapping[str, str] = os.environ) -> Echo:
    """Tries out the address `url` as Slack does (docs.slack.dev, url_verification). It is no event, and changes nothing."""
    challenge = secrets.token_urlsafe(16)
    body = json.dumps({"type": "url_verification", "challenge": challenge})
    stamp = str(int(time.time()))
    signature = SignatureVerifier(signing_secret).generate_signature(timestamp=stamp, body=body)
    headers = {
        "Content-Type": "application/json",
        "X-Slack-Request-Timestamp": stamp,
        "X-Slack-Signature": signature or "",
    }
    try:
        async with (
            aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(WITHIN)) as session,
            session.post(
                url, data=body, headers=headers, proxy=proxy_for(url, env), allow_redirects=False
            ) as answer,
        ):
            said = await answer.content.read(MOST)
    except (aiohttp.ClientError, TimeoutError, OSError):
        return Echo.NOBODY
    if answer.status == UNSIGNED:
        return Echo.ANOTHER_SECRET
    return Echo.OURS if answer.ok and challenge.encode() in said else Echo.SOMETHING_ELSE


async def check_address(settings: Settings) -> Finding:
    """Does as Slack does where it tries out an app's address. Whether Slack itself gets there only the public one tells."""
    url = f"{settings.public_url or f'http://{settings.host}:{settings.port}'}{EVENTS_PATH}"
    match await ping_events(url, settings.slack_signing_secret):
        case Echo.OURS if settings.public_url:
            return good("events", f"The bot answers at {url}, as Slack would ask it there.")
        case Echo.ANOTHER_SECRET:
            return wrong(
                "events", f"SLACK_SIGNING_SECRET: {url} refuses what is signed with it: set it for both."
            )
        case Echo.SOMETHING_ELSE:
            mend = "mend the address, or what passes requests on to the bot."
            return wrong(
                "events", f"TELEPRINTER_PUBLIC_URL, PORT: what answers at {url} is not the bot: {mend}"
            )
        case echo:
            who = "The bot answers there now." if echo is Echo.OURS else "Nobody answers there now."
            ours = f"Slack has to reach {url}, the address in its app's page. {who}"
            return Finding("events", Verdict.DOUBTFUL, ours)
