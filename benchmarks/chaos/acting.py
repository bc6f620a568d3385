"""Tools that act in the midst of chaos: who approves them, and what became of each in the end.

Every question wants one action. Of a hundred, some eighty are approved, six of them by two presses at once; ten are declined, and four
are left to expire. Nothing may be done twice or unasked, and of each there has to be a word below it in the end.
"""

from __future__ import annotations

import asyncio
import json
import re
import sys
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from slack_emulator.errors import WorkspaceError

if TYPE_CHECKING:
    from random import Random

    from slack_emulator.server import Workspace
    from slack_emulator.state.models import Message

SERVER, TOOL = "note", "add"
SECONDS = 20.0
"""How long somebody may decide, in a run."""
LOOK = 0.2
AGAIN = 5.0
"""Seconds after which somebody presses once more what nothing came of: who was to hear of it may have been killed."""
NUMBER = re.compile(r'"number: (\d+)"')
MAY_HAVE = ("Done.", "may have been done", "not known yet")
"""Ends the words below an action that is in the file, or may be."""


@dataclass(frozen=True, slots=True)
class ActingVerdict:
    """What became of the actions of a run. `twice`, `unasked` and `silent` have to be 0."""

    asked: int
    done: int
    unsure: int
    twice: int
    unasked: int
    silent: int

    @property
    def passed(self) -> bool:
        """Whether every action was done once at most, after somebody had said so, and has a word below it."""
        return self.twice == self.unasked == self.silent == 0


@dataclass(eq=False)
class Acting:
    """The people who are asked, and the file that is written."""

    slack: Workspace
    folder: Path
    random: Random
    people: dict[int, str] = field(default_factory=dict[int, str])  # who asked the question
    approved: set[int] = field(default_factory=set[int])
    chosen: dict[int, float] = field(default_factory=dict[int, float])
    pressed: dict[str, float] = field(default_factory=dict[str, float])  # when, by the message

    @property
    def file(self) -> Path:
        """Where the tool writes."""
        return self.folder / "acted.txt"

    def write_tool_file(self, *, before: float = 0.1, after: float = 0.2) -> Path:
        """The file that names the tool's server."""
        script = Path(__file__).with_name("acting_server.py")
        command = [str(script), str(self.file), str(before), str(after)]
        server = {"command": sys.executable, "args": command, "tools": ["*"], "timeout": 30}
        path = self.folder / "tools.json"
        path.write_text(json.dumps({"mcpServers": {SERVER: server}}))
        return path

    async def decide(self) -> None:
        """Presses what is there to be pressed, until cancelled."""
        clock = asyncio.get_running_loop().time
        while True:
            await asyncio.sleep(LOOK)
            for message in self.questions():
                waited = clock() - self.pressed.get(message.ts, float("-inf"))
                if is_open(message) and waited > AGAIN and (number := number_of(message)) in self.people:
                    self.pressed[message.ts] = clock()
                    await self._decide(message, number)

    async def _decide(self, message: Message, number: int) -> None:
        chance = self.chosen.setdefault(number, self.random.random())
        if chance >= 0.96:
            return
        control = "decline" if chance >= 0.86 else "approve"
        if control == "approve":
            self.approved.add(number)
        press = [
            self.slack.press(message.channel, message.ts, self.people[number], f"teleprinter.{control}")
            for _ in range(2 if chance < 0.06 else 1)
        ]
        with suppress(WorkspaceError, TimeoutError):
            await asyncio.gather(*press)

    def questions(self) -> list[Message]:
        """All messages that ask, or have asked, whether the tool may act."""
        return [one for one in self.slack.state.messages() if one.text.startswith("May I use")]

    def judge(self) -> ActingVerdict:
        """What became of all."""
        lines = self.file.read_text().split() if self.file.exists() else []
        acted = Counter(map(int, lines))
        asked = self.questions()
        words = {number_of(one): words_below(one) for one in asked}
        unsure = [
            number for number, word in words.items() if word.endswith(MAY_HAVE[1:]) or MAY_HAVE[1] in word
        ]
        silent = [number for number, word in words.items() if _is_silent(word, acted=number in acted)]
        return ActingVerdict(
            asked=len(asked),
            done=len(acted),
            unsure=len(unsure),
            twice=sum(count > 1 for count in acted.values()),
            unasked=len(set(acted) - self.approved),
            silent=len(silent) + len(set(acted) - set(words)),
        )


def _is_silent(word: str, *, acted: bool) -> bool:
    """Whether the word below an action is none, or not true."""
    told = any(one in word for one in MAY_HAVE)
    return not word or (acted and not told) or (word.endswith(MAY_HAVE[0]) and not acted)


def number_of(message: Message) -> int:
    """The question whose action a message asks for."""
    found = NUMBER.search(json.dumps(message.blocks))
    return int(found[1]) if found else -1


def is_open(message: Message) -> bool:
    """Whether it can still be pressed."""
    return any(block["type"] == "actions" for block in message.blocks or ())


def words_below(message: Message) -> str:
    """What became of it; "" where that is not said."""
    last: dict[str, Any] = (message.blocks or [{}])[-1]
    return "" if is_open(message) else str(last.get("elements", [{}])[0].get("text", ""))
