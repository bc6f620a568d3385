"""Says in a line what an answer does now, for whoever waits for more of it. The line rides on calls that show words anyway."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bot.core.conversation import notices
from bot.core.conversation.deltas import HistoryRead, Reasoning, Text, ToolState, ToolStep, ToolUse

if TYPE_CHECKING:
    from bot.core.conversation.deltas import Delta
    from bot.language.translatable import Translatable

SILENT = 5.0  # seconds without a delta after which it is the model that is waited for


@dataclass(slots=True)
class Activity:
    """Knows what an answer is busy with. `read` is how many messages of the thread the model was given."""

    read: int = 0
    limited: bool = False  # Slack has made a call wait since it last took one
    _last: type[Delta] = Text  # the kind of what the model sent last
    _heard_at: float | None = None
    _landed: bool = False
    _part: HistoryRead | None = None  # of the thread, that is being read
    _tools: dict[str, ToolStep] = field(default_factory=dict[str, ToolStep])  # those at work, by their call

    def hear(self, delta: Delta, now: float) -> None:
        """The model has sent something."""
        self._last, self._heard_at = type(delta), now
        self._part = delta if isinstance(delta, HistoryRead) else None
        if isinstance(delta, ToolStep):
            self._tools.pop(delta.call_id, None)
            if delta.state in (ToolState.STARTED, ToolState.ASKED):
                self._tools[delta.call_id] = delta

    def land(self) -> None:
        """Slack has taken a call that shows words of it."""
        self.limited, self._landed = False, True

    @property
    def tools_line(self) -> Translatable | None:
        """Returns what to say of the tools that are at work, or wait until they may be; None where none is."""
        if any(one.state is ToolState.ASKED for one in self._tools.values()):
            return notices.WAITS_FOR_APPROVAL
        return notices.USING.fill(tools=self._names) if self._tools else None

    @property
    def status(self) -> Translatable:
        """Returns what to say below the thread of an answer that has no message yet."""
        if self._part is not None:
            part = self._part
            return notices.IS_READING.fill(first=part.first, last=part.last, total=part.total)
        return notices.IS_USING.fill(tools=self._names) if self._tools else notices.IS_THINKING

    @property
    def _names(self) -> str:
        return ", ".join(dict.fromkeys(one.name for one in self._tools.values()))

    def line(self, now: float) -> Translatable:
        """Returns what to say of it. Slack's pace goes before the model's: then there are words that nobody sees yet."""
        silent = 0.0 if self._heard_at is None else now - self._heard_at
        if self.limited:
            return notices.SLOWED
        if (tools := self.tools_line) is not None:
            return tools
        if silent >= SILENT:
            return notices.WAITING.fill(seconds=int(silent))
        if self._last in (Reasoning, ToolUse):
            return notices.THINKING if self._last is Reasoning else notices.USING_A_TOOL
        return (
            notices.HAS_READ.fill(count=self.read) if self.read > 1 and not self._landed else notices.WRITING
        )
