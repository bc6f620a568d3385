"""Says what is to go wrong, and when, as somebody writes it: a list of steps, in YAML or JSON, one action each.

- {fail: chat.update, nth: 3, retry_after: 30}        # the third chat.update from now answers 429
- {fail: chat.update, retry_after: 30, lasting: 30}   # every one does, from the first until 30 s later
- {fail: "*", status: 500, lasting: 60}               # Slack is down for a minute
- {fail: chat.postMessage, drop: true, carried_out: true}
- {fail: "*", status: 502, body: "<html>Bad gateway", headers: {Content-Type: text/html}}
- {lose_acks: 2}
- {delete_reply: 2}                                   # the next reply of an app is deleted after 2 s
- {close_sockets: refresh_requested}                  # or warning, link_disabled, cut
- {repeat_events: 2}                                  # each event from now on comes three times
- {say: "@Teleprinter hi", user: ada, channel: general}
- {wait: 5}                                           # what follows comes 5 s later
- {advance: 300}                                      # five minutes are over
- {speed: 60}                                         # a minute a second, for retries and expiries
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal, TypeAlias

from pydantic import ConfigDict, NonNegativeFloat, NonNegativeInt, PositiveFloat, PositiveInt

from slack_emulator.errors import WorkspaceError
from slack_emulator.json_values import as_list, as_object
from slack_emulator.runtime.injected_failures import Fault
from slack_emulator.validation import checked

CLOSED = ConfigDict(extra="forbid")


@dataclass(frozen=True)
class Fail:
    """Calls of a method fail: see `faults.Fault`. `lasting` seconds, or else `times` calls, one where neither is named."""

    fail: str
    status: int | None = None
    error: str | None = None
    retry_after: NonNegativeInt | None = None
    drop: bool = False
    carried_out: bool = False
    latency: NonNegativeFloat = 0.0
    nth: PositiveInt = 1
    times: PositiveInt | None = None
    lasting: PositiveFloat | None = None
    body: str | None = None
    headers: dict[str, str] | None = None
    __pydantic_config__: ClassVar = CLOSED

    def fault(self) -> Fault:
        """The fault to set."""
        times = 1 if self.times is None and self.lasting is None else self.times
        fault = Fault(self.status, self.error, self.retry_after, drop=self.drop, carried_out=self.carried_out)
        fault.latency, fault.nth, fault.times, fault.lasting = self.latency, self.nth, times, self.lasting
        fault.body, fault.headers = self.body, self.headers
        if not (fault.fails or fault.latency):
            raise WorkspaceError(
                f"{self.fail} is to fail, but how: status, error, retry_after, body, drop or latency?"
            )
        return fault


@dataclass(frozen=True)
class LoseAcks:
    """The next acknowledgements get lost."""

    lose_acks: PositiveInt
    __pydantic_config__: ClassVar = CLOSED


@dataclass(frozen=True)
class DeleteReply:
    """The next reply that an app posts in a thread is deleted by a person, so many seconds later."""

    delete_reply: NonNegativeFloat
    __pydantic_config__: ClassVar = CLOSED


@dataclass(frozen=True)
class CloseSockets:
    """All sockets of all apps close."""

    close_sockets: Literal["warning", "refresh_requested", "link_disabled", "cut"]
    __pydantic_config__: ClassVar = CLOSED


@dataclass(frozen=True)
class RepeatEvents:
    """Every event comes so many times more, as if it had not been acknowledged; 0 ends that."""

    repeat_events: NonNegativeInt
    __pydantic_config__: ClassVar = CLOSED


@dataclass(frozen=True)
class Say:
    """Somebody posts a message; `reply: true` in the thread of the last message said by a script."""

    say: str
    user: str
    channel: str
    reply: bool = False
    __pydantic_config__: ClassVar = CLOSED


@dataclass(frozen=True)
class Wait:
    """What follows comes so many seconds later."""

    wait: NonNegativeFloat
    __pydantic_config__: ClassVar = CLOSED


@dataclass(frozen=True)
class Advance:
    """So many seconds are over."""

    advance: NonNegativeFloat
    __pydantic_config__: ClassVar = CLOSED


@dataclass(frozen=True)
class Speed:
    """Time runs so many times as fast."""

    speed: PositiveFloat
    __pydantic_config__: ClassVar = CLOSED


AtOnce: TypeAlias = Fail | LoseAcks | DeleteReply | RepeatEvents | Advance | Speed
Step: TypeAlias = AtOnce | CloseSockets | Say | Wait
STEPS: dict[str, type[Step]] = {
    "fail": Fail,
    "lose_acks": LoseAcks,
    "delete_reply": DeleteReply,
    "close_sockets": CloseSockets,
    "repeat_events": RepeatEvents,
    "say": Say,
    "wait": Wait,
    "advance": Advance,
    "speed": Speed,
}


def read_script(value: object) -> list[Step]:
    """The steps of a script: a list of them, or one alone. WorkspaceError names the first step that is none, and why."""
    alone = as_object(value)
    steps = as_list(value) if alone is None else [alone]
    if steps is None:
        raise WorkspaceError("a script is a list of steps, like [{fail: chat.update, retry_after: 30}]")
    return [_step(step, number) for number, step in enumerate(steps, start=1)]


def _step(value: object, number: int) -> Step:
    step = as_object(value) or {}
    actions = [name for name in STEPS if name in step]
    if len(actions) != 1:
        raise WorkspaceError(f"step {number} of the script wants one of these: {', '.join(STEPS)}")
    read: Step = checked(STEPS[actions[0]], step, f"step {number} of the script")
    if isinstance(read, Fail):
        read.fault()
    return read
