"""Every answer, event and payload against the types that Slack's own packages ship, and the list of what differs."""

from __future__ import annotations

import asyncio
import json
import re
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from slack_emulator.web_api.rate_limits import METHODS
from tests.patience import HANGING
from tests.slack_emulator import npm
from tests.slack_emulator.everything import EVENTS, everything

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from slack_emulator.json_values import Json
    from tests.slack_emulator.everything import Everything


EXPLAINED = npm.NODE / "differences.yml"
WEB_API, TYPES, BOLT = "@slack/web-api", "@slack/types", "@slack/bolt"
PAYLOADS = {
    "block_actions": "BlockAction",
    "block_suggestion": "BlockSuggestion",
    "message_action": "MessageShortcut",
    "shortcut": "GlobalShortcut",
    "view_closed": "ViewClosedAction",
    "view_submission": "ViewSubmitAction",
}
MESSAGES = {
    "": "GenericMessageEvent",
    "assistant_app_thread": "GenericMessageEvent",
    "bot_message": "BotMessageEvent",
    "me_message": "MeMessageEvent",
    "message_changed": "MessageChangedEvent",
    "message_deleted": "MessageDeletedEvent",
    "thread_broadcast": "ThreadBroadcastMessageEvent",
}


def camel(name: str) -> str:
    """chat.postMessage -> ChatPostMessage, app_mention -> AppMention."""
    return "".join(part[:1].upper() + part[1:] for part in re.split(r"[._]", name))


def response(method: str, answer: Json) -> Json:
    return {"what": method, "module": WEB_API, "type": f"{camel(method)}Response", "value": answer}


def event(payload: Json) -> list[Json]:
    """An envelope, and the event in it."""
    inner: Json = payload["event"]
    kind = inner["type"]
    if kind == "message":
        subtype = inner.get("subtype", "")
        type_ = MESSAGES.get(subtype) or f"{camel(subtype)}MessageEvent"
        kind = f"message {subtype or inner['channel_type']}"
    else:
        type_ = f"{camel(kind)}Event"
    around = payload | {"event": {"type": inner["type"]}}
    envelope = {"what": "event envelope", "module": BOLT, "type": "EnvelopedEvent", "value": around}
    return [{"what": f"event {kind}", "module": TYPES, "type": type_, "value": inner}, envelope]


def payload(value: Json) -> list[Json]:
    """What an app was sent."""
    if "event" in value:
        return event(value)
    if "command" in value:
        return [{"what": "command", "module": BOLT, "type": "SlashCommand", "value": value}]
    kind = value["type"]
    return [{"what": f"payload {kind}", "module": BOLT, "type": PAYLOADS[kind], "value": value}]


@pytest.fixture
async def seen() -> AsyncIterator[Everything]:
    async with everything() as all_of_it:
        yield all_of_it


def items(seen: Everything) -> list[Json]:
    """All that went over the wire, each with its type."""
    answers = [response(method, answer) for method, answer in seen.answers.items()]
    sent = [delivery.payload for delivery in seen.slack.traffic.deliveries if delivery.outcome == "sent"]
    return answers + [item for each in sent for item in payload(each)]


async def compared(things: list[Json], folder: Path) -> dict[str, str]:
    """What the TypeScript compiler has to say about them: in what and where, and in its own words."""
    written = folder / "items.json"
    written.write_text(json.dumps(things))
    process = await asyncio.create_subprocess_exec(
        npm.node(),
        str(npm.NODE / "shapes.cjs"),
        str(written),
        env=npm.environment(),
        stdout=asyncio.subprocess.PIPE,
    )
    out, _ = await asyncio.wait_for(process.communicate(), 2 * HANGING)
    found: list[dict[str, Any]] = json.loads(out)
    return {f"{each['what']}: {each['path']}": each["flaw"] for each in found}


async def test_every_method_and_every_event_is_among_them(seen: Everything) -> None:
    assert set(seen.answers) == set(METHODS)
    kinds = {each["what"].removeprefix("event ") for each in items(seen)}
    events = {name for name in EVENTS if not name.startswith("message.")}
    messages = {
        f"message {kind}" for kind in ("channel", "group", "im", "mpim", "message_changed", "message_deleted")
    }
    assert events | messages <= kinds
    assert {f"payload {kind}" for kind in PAYLOADS} | {"command"} <= kinds


@pytest.mark.slow
async def test_all_differences_from_slacks_types_are_explained(seen: Everything, tmp_path: Path) -> None:
    found = await compared(items(seen), tmp_path)
    explained: dict[str, str] = yaml.safe_load(EXPLAINED.read_text())
    unexplained = {place for place in found if not any(fnmatchcase(place, known) for known in explained)}
    assert unexplained == set()
    stale = {known for known in explained if not any(fnmatchcase(place, known) for place in found)}
    assert stale == set()


@pytest.mark.slow
async def test_a_wrong_shape_is_found(tmp_path: Path) -> None:
    wrong = [
        response("chat.postMessage", {"ok": True, "ts": 7}),
        response("chat.update", {"ok": True, "message": {"colour": "red"}}),
        {
            "what": "event x",
            "module": TYPES,
            "type": "ReactionAddedEvent",
            "value": {"type": "reaction_added"},
        },
    ]
    found = await compared(wrong, tmp_path)
    assert "Type 'number' is not assignable to type 'string'" in found["chat.postMessage: ts"]
    assert "may only specify known properties" in found["chat.update: message.colour"]
    assert "is missing the following properties" in found["event x: "]
