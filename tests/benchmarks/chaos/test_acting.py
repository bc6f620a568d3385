"""Who approves in the midst of chaos, and how it is judged."""

from __future__ import annotations

import asyncio
import json
import sys
from dataclasses import dataclass, field
from random import Random
from typing import TYPE_CHECKING, Any, cast

import pytest

from benchmarks.chaos import acting_server
from benchmarks.chaos.acting import Acting, ActingVerdict
from slack_emulator.state.models import Message

if TYPE_CHECKING:
    from pathlib import Path

DONE = "✅ Approved by <@U1>. Done."
UNKNOWN = "⚠️ Approved by <@U1>, and interrupted in the midst of it: it may have been done, or not."
DECLINED = "✖️ Declined by <@U1>. It was not done."


def question(number: int, word: str) -> Message:
    code = {"type": "rich_text_preformatted", "elements": [{"type": "text", "text": f"number: {number}"}]}
    below: dict[str, Any] = {"type": "context", "elements": [{"type": "mrkdwn", "text": word}]}
    blocks = (
        {"type": "rich_text", "elements": [code]},
        below if word else {"type": "actions", "elements": []},
    )
    return Message("C1", f"{number}.0", "UBOT", "May I use note: add?", blocks=blocks)


@dataclass
class Slack:
    """A workspace in which these questions stand; it keeps what is pressed."""

    said: list[Message]
    pressed: list[tuple[str, str, str]] = field(default_factory=list)

    @property
    def state(self) -> Slack:
        return self

    def messages(self) -> list[Message]:
        return self.said

    async def press(self, channel: str, ts: str, user: str, action_id: str) -> None:
        self.pressed.append((ts, user, action_id))


def an_acting(folder: Path, slack: Slack, *acted: int, approved: set[int] | None = None) -> Acting:
    acting = Acting(cast("Any", slack), folder, Random(0), approved=approved or set())  # noqa: S311
    acting.file.write_text("".join(f"{one}\n" for one in acted))
    return acting


def test_what_was_approved_done_once_and_told_passes(tmp_path: Path) -> None:
    slack = Slack([question(1, DONE), question(2, DECLINED), question(3, UNKNOWN), question(4, UNKNOWN)])
    verdict = an_acting(tmp_path, slack, 1, 3, approved={1, 3, 4}).judge()
    assert verdict == ActingVerdict(asked=4, done=2, unsure=2, twice=0, unasked=0, silent=0)
    assert verdict.passed


@pytest.mark.parametrize(
    ("word", "acted", "approved", "wrong"),
    [
        (DONE, [1, 1], {1}, "twice"),
        (DONE, [1], set(), "unasked"),
        ("", [], {1}, "silent"),
        (DONE, [], {1}, "silent"),
        (DECLINED, [1], {1}, "silent"),
    ],
    ids=["twice", "unasked", "still open", "not done after all", "done all the same"],
)
def test_what_must_not_be_is_counted(
    tmp_path: Path, word: str, acted: list[int], approved: set[int], wrong: str
) -> None:
    verdict = an_acting(tmp_path, Slack([question(1, word)]), *acted, approved=approved).judge()
    assert getattr(verdict, wrong) == 1
    assert not verdict.passed


async def test_each_question_is_decided_by_who_asked(tmp_path: Path) -> None:
    slack = Slack([question(number, "") for number in range(50)])
    acting = an_acting(tmp_path, slack)
    acting.people = dict.fromkeys(range(50), "ada")
    deciding = asyncio.create_task(acting.decide())
    async with asyncio.timeout(10):
        while len(acting.pressed) < 50:  # noqa: ASYNC110  (it looks by the clock)
            await asyncio.sleep(0.05)
    deciding.cancel()
    assert {user for _, user, _ in slack.pressed} == {"ada"}
    assert {action for _, _, action in slack.pressed} == {"teleprinter.approve", "teleprinter.decline"}
    assert len({ts for ts, _, _ in slack.pressed}) <= 50


async def test_its_server_writes_what_it_is_asked_to(tmp_path: Path) -> None:
    path = an_acting(tmp_path, Slack([])).write_tool_file(before=0.0, after=0.0)
    [server] = json.loads(path.read_text())["mcpServers"].values()
    process = await asyncio.create_subprocess_exec(
        server["command"], *server["args"], stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE
    )
    asked = [
        {"id": 1, "method": "initialize", "params": {"protocolVersion": "2025-06-18"}},
        {"method": "notifications/initialized"},
        {"id": 2, "method": "tools/list"},
        {"id": 3, "method": "tools/call", "params": {"name": "add", "arguments": {"number": 7}}},
    ]
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write("".join(f"{json.dumps(one)}\n" for one in asked).encode())
    answers = [json.loads(await process.stdout.readline()) for _ in range(3)]
    process.stdin.close()
    await process.wait()
    by_id = {one["id"]: one["result"] for one in answers}
    assert by_id[2]["tools"] == [acting_server.TOOL]
    assert by_id[3]["content"] == [{"type": "text", "text": "Added 7."}]
    assert (tmp_path / "acted.txt").read_text() == "7\n"
    assert sys.executable == server["command"]
