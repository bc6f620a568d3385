"""Requests as Slack signs them."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any

from slack_sdk.signature import SignatureVerifier

if TYPE_CHECKING:
    from collections.abc import Mapping


def event(text: str, **more: object) -> dict[str, Any]:
    """The payload of a mention."""
    inner = {
        "type": "app_mention",
        "user": "U0ADA",
        "text": f"<@U0BOT> {text}",
        "ts": "1766458026.000100",
        "channel": "C0GENERAL",
    }
    return {"type": "event_callback", "team_id": "T1", "event_id": "Ev1", "event": inner | more}


def signed(body: bytes | str, secret: str, *, kind: str = "application/json") -> dict[str, str]:
    """The headers that go with that body."""
    stamp = str(int(time.time()))
    signature = SignatureVerifier(secret).generate_signature(timestamp=stamp, body=body)
    assert signature is not None
    return {
        "Content-Type": kind,
        "X-Slack-Request-Timestamp": stamp,
        "X-Slack-Signature": signature,
    }


def as_bytes(headers: Mapping[str, str], body: bytes) -> bytes:
    """The whole request, as it goes over the wire."""
    lines = [f"{name}: {value}" for name, value in headers.items()]
    head = [
        "POST /slack/events HTTP/1.1",
        "Host: bot",
        "Connection: close",
        f"Content-Length: {len(body)}",
        *lines,
    ]
    return "\r\n".join([*head, "", ""]).encode() + body


def dumped(payload: object) -> bytes:
    return json.dumps(payload).encode()
