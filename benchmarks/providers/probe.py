"""One integration, in the environment that has it: each case is played to it, and what our chat makes of it is told as JSON.

python -m benchmarks.providers.probe anthropic
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
import time
from contextlib import aclosing, suppress
from typing import TYPE_CHECKING, Any

from benchmarks.providers.integrations import INTEGRATIONS
from benchmarks.providers.request_bodies import (
    ANSWER,
    ARGUMENTS,
    CALL_ID,
    CONVERSATION,
    LOOKING,
    TOOL,
    ClockTools,
)
from benchmarks.providers.server import Answer, Server
from bot.core.conversation.content_parts import text_parts
from bot.core.conversation.deltas import Finish, Text, Usage
from bot.core.conversation.history import ChatMessage, Role
from bot.errors import ModelBroke, ModelBusy, ModelError, ModelFailed, ModelUnreachable
from bot.model.chat_stream import Chat
from bot.model.providers import build_chat_model, close_chat_model
from bot.model.tools.agent_chat import AgentChat, AgentLimits

if TYPE_CHECKING:
    from benchmarks.providers.integrations import Integration
    from benchmarks.providers.server import Step

QUESTION = [ChatMessage(Role.USER, text_parts("Hi"))]
PATIENCE = 4.0  # seconds
WARMING = 60.0  # seconds
THINKING = 6.0  # seconds of thoughts, longer than the patience


class Probe:
    """Plays the cases to one chat."""

    def __init__(self, integration: Integration, server: Server) -> None:
        self._wire = integration.wire
        self._due = integration.due
        self._label = integration.model
        self._server = server
        os.environ.update(integration.environ(server.address))
        model = build_chat_model(integration.model, timeout=PATIENCE, **integration.options(server.address))
        self._model = model
        self._chat = Chat(model, label=integration.model, first_token=PATIENCE, idle=PATIENCE)

    async def warm(self) -> None:
        """One answer that is not measured: some SDKs import most of themselves then, and take their time."""
        self._server.play(self.answer(self._wire.text("Hello"), self._wire.end("stop")))
        async with aclosing(
            Chat(self._model, label="", first_token=WARMING, idle=WARMING).stream(QUESTION)
        ) as deltas:
            async for _ in deltas:
                pass

    async def aclose(self) -> None:
        """Closes what the chat has opened."""
        await close_chat_model(self._model)

    async def told(self, *answers: Answer) -> tuple[list[Any], str]:
        """What the chat made of these answers: its deltas, and the class of its error, "" where there was none."""
        self._server.play(*answers)
        deltas: list[Any] = []
        try:
            async with aclosing(self._chat.stream(QUESTION)) as stream:
                async for delta in stream:
                    deltas.append(delta)  # noqa: PERF401  (what came before the error counts)
        except ModelError as error:
            return deltas, f"{type(error).__name__}: {error}"
        return deltas, ""

    def answer(self, *steps: bytes | float | None) -> Answer:
        """A stream of these steps, after its beginning."""
        wire = self._wire
        return Answer([wire.begin(), *[step for step in steps if step]], content_type=wire.content_type)

    async def ends(self, kind: str, due: str) -> str:
        """An answer that ends by this word."""
        end = self._wire.end(kind)
        if end is None:
            return "no such thing"
        deltas, error = await self.told(self.answer(self._wire.text("Hello"), end))
        last = deltas[-1] if deltas else None
        got = error or (last.reason.name if isinstance(last, Finish) else str(deltas))
        return "right" if got == due else got

    async def blocked(self) -> str:
        """A prompt that the filter stopped."""
        end = self._wire.end("blocked")
        if end is None:
            return "no such thing"
        deltas, error = await self.told(Answer([end], content_type=self._wire.content_type))
        got = error or deltas[-1].reason.name
        return "right" if got == "FILTERED" else got

    async def cut(self) -> str:
        """A stream that ends without an end."""
        return await self._breaks(self.answer(self._wire.text("Hello")), ModelBroke, ModelUnreachable)

    async def error_in_stream(self) -> str:
        """An error after the first word."""
        broken = self.answer(self._wire.text("Hello"), self._wire.broken())
        return await self._breaks(broken, ModelFailed, ModelBroke, ModelBusy)

    async def _breaks(self, answer: Answer, *due: type[ModelError]) -> str:
        deltas, error = await self.told(answer)
        kept = [delta for delta in deltas if isinstance(delta, Text)] == [Text("Hello")]
        asked = self._server.asked
        if kept and asked == 1 and error.partition(":")[0] in [one.__name__ for one in due]:
            return "right"
        return f"{error or deltas}, asked {asked} times"

    async def busy(self) -> str:
        """A 429 with Retry-After, then an answer."""
        refusal = Answer(
            [self._wire.refusal(429)],
            status=429,
            content_type="application/json",
            headers={"retry-after": "2"},
        )
        began = time.monotonic()
        good = self.answer(self._wire.text("Hello"), self._wire.end("stop"))
        deltas, error = await self.told(refusal, good)
        took, asked = time.monotonic() - began, self._server.asked
        if not error and asked == 2 and took >= 2:
            return "right"
        return f"{error or deltas[-1:]}, asked {asked} times in {took:.1f} s"

    async def down(self) -> str:
        """A 503, always."""
        refusal = Answer([self._wire.refusal(503)], status=503, content_type="application/json")
        _, error = await self.told(refusal)
        asked = self._server.asked
        right = error.startswith("ModelFailed") and "(503)" in error and asked == 3
        return "right" if right else f"{error}, asked {asked} times"

    async def thinks(self) -> str:
        """Thoughts for longer than our patience, then a word."""
        pieces = [self._wire.thought(" hm"), 0.3] * int(THINKING / 0.3)
        deltas, error = await self.told(self.answer(*pieces, self._wire.text("Yes"), self._wire.end("stop")))
        text = "".join(delta.text for delta in deltas if isinstance(delta, Text))
        return "right" if (text, error) == ("Yes", "") else f"{error or text}"

    async def counts(self) -> str:
        """What the answer took."""
        deltas, error = await self.told(
            self.answer(self._wire.text("Hello"), self._wire.text("Hello"), self._wire.end("stop"))
        )
        counts = [delta for delta in deltas if isinstance(delta, Usage)]
        got = (counts[-1].input_tokens, counts[-1].output_tokens) if counts else error
        return "right" if got == (10, 3) else f"{got} of (10, 3)"

    async def asks(self) -> str:
        """A conversation with a picture, a document and a tool, as it is sent."""
        call = self._wire.call(CALL_ID, TOOL, ARGUMENTS)
        if self._due is None or call is None:
            return "no such thing"
        last = self.answer(self._wire.text(ANSWER), self._wire.end("stop"))
        self._server.play(self.answer(self._wire.text(LOOKING), call), last)
        agent = AgentChat(self._model, ClockTools(), AgentLimits(idle=WARMING), label=self._label)
        async with aclosing(agent.stream(CONVERSATION)) as stream:
            async for _ in stream:
                pass
        return "; ".join(self._due.differences(self._server.bodies)) or "right"

    async def cancels(self) -> str:
        """A reader who leaves while the server writes on."""
        wire = self._wire
        steps: list[Step] = [wire.begin(), wire.text("Hello"), 0.1]
        self._server.play(Answer(steps, content_type=wire.content_type, endless=True))
        async with aclosing(self._chat.stream(QUESTION)) as stream:
            async for delta in stream:
                if isinstance(delta, Text):
                    break
        began = time.monotonic()
        try:
            async with asyncio.timeout(3):
                await self._server.hung_up.wait()
        except TimeoutError:
            return "the server wrote on for 3 s"
        took = time.monotonic() - began
        return "right" if took < 1 else f"after {took:.1f} s"


async def probe(integration: Integration) -> dict[str, str]:
    """The table's row: "right", or what was got."""
    async with Server() as server, aclosing(Probe(integration, server)) as one:
        with suppress(ModelError):  # the cases tell it better
            await one.warm()
        cases = {
            "request": one.asks(),
            "finished": one.ends("stop", "STOP"),
            "length": one.ends("length", "LENGTH"),
            "refusal": one.ends("refused", "REFUSED"),
            "filter": one.ends("filtered", "FILTERED"),
            "blocked prompt": one.blocked(),
            "cut": one.cut(),
            "error in stream": one.error_in_stream(),
            "429": one.busy(),
            "503": one.down(),
            "thinking": one.thinks(),
            "usage": one.counts(),
            "cancel": one.cancels(),
        }
        row: dict[str, str] = {}
        for name, case in cases.items():
            try:
                async with asyncio.timeout(60):
                    row[name] = await case
            except Exception as error:  # an integration may raise anything, and the other cases count
                row[name] = f"{type(error).__name__}: {error}"[:200]
        return row


if __name__ == "__main__":
    print(json.dumps(asyncio.run(probe(INTEGRATIONS[sys.argv[1]]))), flush=True)
