"""Defines what a model adds to its answer, in the order it adds it: the one language between a model and a reply.

A stream of deltas is any number of `Text`, `Reasoning`, `ToolUse`, `ToolStep`, `HistoryRead` and `Usage`, and then exactly one
`Finish`. A stream that breaks raises a `bot.errors.ModelError` instead of its `Finish`, so that a reader is never told that half an
answer was a whole one.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator
from dataclasses import dataclass
from enum import Enum
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class Text:
    """Words of the answer, as the reader will see them."""

    text: str


@dataclass(frozen=True, slots=True)
class Reasoning:
    """Words the model thinks in; never part of the answer."""

    text: str


@dataclass(frozen=True, slots=True)
class ToolUse:
    """A tool the model calls. The name comes with the first fragment, the arguments (JSON) in pieces."""

    call_id: str
    name: str
    arguments: str


class ToolState(Enum):
    """Says how far a tool has come that the model has called."""

    STARTED = "started"  # it works
    ASKED = "asked"  # a person is asked first whether it may
    ENDED = "ended"
    FAILED = "failed"  # it has ended with an error, which the model is told


@dataclass(frozen=True, slots=True)
class ToolStep:
    """Says what becomes of a call that the model has made. `name` is the tool's, as people read it."""

    call_id: str
    name: str
    state: ToolState


@dataclass(frozen=True, slots=True)
class HistoryRead:
    """Says that those messages of a thread are being read, from the `first` to the `last` of so many: an answer that takes several
    readings has not begun."""

    first: int
    last: int
    total: int


@dataclass(frozen=True, slots=True)
class Usage:
    """Holds what the answer cost so far, in the provider's own tokens. The last one counts; they do not add up."""

    input_tokens: int
    output_tokens: int
    model: str = ""  # that was asked instead of the first; "": the first


class Reason(Enum):
    """Says why the model stopped."""

    STOP = "stop"  # it had said what it wanted to say
    LENGTH = "length"  # it ran into its output limit: the text is cut
    FILTERED = "filtered"  # the provider's content filter cut it
    REFUSED = "refused"  # the model declined to answer; `Finish.note` holds its words, where it gave any
    TOOLS = "tools"  # it waits for tool results
    EMPTY = "empty"  # it ended well and said nothing
    OURS = "ours"  # no model was asked: these are words of our own
    BROKEN = "broken"  # the same, of something that is worth another try
    HALTED = "halted"  # the same, of an answer that its reader has stopped


@dataclass(frozen=True, slots=True)
class Finish:
    """The end of an answer that ended as the provider meant it to."""

    reason: Reason
    note: str = ""


Delta: TypeAlias = Text | Reasoning | ToolUse | ToolStep | HistoryRead | Usage | Finish
DeltaStream: TypeAlias = AsyncGenerator[Delta, None]
