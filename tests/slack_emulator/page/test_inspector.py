"""What the inspector shows."""

from __future__ import annotations

from typing import Any

import pytest

from slack_emulator.page.inspector import KEPT, Inspector, told
from slack_emulator.runtime.traffic import Called, Delivered, Traffic
from slack_emulator.seeding.loader import sparkling
from slack_emulator.web_api.arguments import Arguments
from slack_emulator.web_api.rate_limits import Limits, Rate

NOW = 1_766_458_026.0
APP = "A0TELEPRINT"
CALL = Called("chat.update", {"ts": "1.0"}, 200, None, NOW, APP, {"ok": True})
EVENT = {"type": "event_callback", "event": {"type": "app_mention"}}


class Shown:
    """An inspector, and the frames that one page was put."""

    def __init__(self, limits: Limits | None = None) -> None:
        self.traffic = Traffic()
        self.limits = limits or Limits.strict()
        state = sparkling(NOW)
        self.team = state.team.id
        self.inspector = Inspector(state, self.traffic, self.limits, lambda: NOW)
        self.frames: list[Any] = []

    def put(self, frame: object) -> None:
        self.frames.append(frame)

    def asks(self, **wish: object) -> bool:
        return self.inspector.asked(Arguments(wish), self.put)

    def sees(self, *seen: Called | Delivered) -> None:
        for each in seen:
            if isinstance(each, Called):
                self.traffic.called(each)
            else:
                self.traffic.delivered(each)

    @property
    def rows(self) -> list[Any]:
        return [row for frame in self.frames for row in frame["rows"]]


def delivery(outcome: str, **fields: Any) -> Delivered:
    values: dict[str, Any] = {
        "id": "e1", "app_id": APP, "way": "socket", "kind": "events_api", "payload": EVENT, "attempt": 0, "at": NOW,
    }  # fmt: skip
    return Delivered(outcome=outcome, **values | fields)


def test_a_call_is_shown_with_its_answer() -> None:
    shown = Shown()
    assert shown.asks(type="inspect", on=True)
    shown.sees(CALL)
    assert shown.rows == [
        {
            "key": "call 1",
            "kind": "call",
            "name": "chat.update",
            "ok": True,
            "outcome": "200",
            "sent": {"ts": "1.0"},
            "answer": {"ok": True},
            "app": "Teleprinter",
            "at": NOW,
        }
    ]


def test_a_refused_call_says_why() -> None:
    shown = Shown()
    shown.asks(type="inspect", on=True)
    shown.traffic.called(Called("chat.update", {}, 429, "ratelimited", NOW))
    assert [(row["ok"], row["outcome"], row["app"]) for row in shown.rows] == [(False, "ratelimited", "")]


def test_the_steps_of_a_delivery_have_one_key() -> None:
    shown = Shown()
    shown.asks(type="inspect", on=True)
    steps = ("sent", "not acked", "acked")
    shown.sees(*map(delivery, steps))
    assert {row["key"] for row in shown.rows} == {"e1"}
    assert [(row["name"], row["outcome"], row["ok"]) for row in shown.rows] == [
        ("app_mention", "sent", True),
        ("app_mention", "not acked", False),
        ("app_mention", "acked", True),
    ]


def test_what_happened_before_is_shown_at_once() -> None:
    shown = Shown()
    shown.sees(*[CALL] * (KEPT + 1))
    shown.asks(type="inspect", on=True)
    assert [len(frame["rows"]) for frame in shown.frames] == [KEPT]
    assert shown.rows[-1]["key"] == f"call {KEPT + 1}"


def test_who_does_not_look_is_shown_nothing() -> None:
    shown = Shown()
    shown.sees(CALL)
    shown.inspector.unwatch(shown.put)
    assert shown.frames == []
    shown.asks(type="inspect", on=True)
    shown.asks(type="inspect", on=True)
    shown.asks(type="inspect", on=False)
    shown.sees(CALL)
    assert [len(frame["rows"]) for frame in shown.frames] == [1, 1]


def test_any_other_wish_is_not_for_it() -> None:
    assert not Shown().asks(type="post")


def test_budgets_say_what_is_left_the_scarcest_first() -> None:
    shown = Shown(Limits.strict(chat_update=Rate(2, 60)))
    for method in ("chat.postMessage", "chat.update", "chat.update"):
        shown.limits.take(method, team=shown.team, app=APP, channel="C000GENERAL", now=NOW)
    shown.asks(type="budgets")
    assert [
        (each["name"], each["left"], each["calls"], each["wait"]) for each in shown.frames[0]["budgets"]
    ] == [
        ("chat.update", 0, 2, 60.0),
        ("posting in #general", 4, 5, 0.0),
        ("chat.postMessage", 299, 300, 0.0),
    ]


@pytest.mark.parametrize(
    ("payload", "name"),
    [
        (EVENT, "app_mention"),
        ({"event": {"type": "message", "subtype": "message_changed"}}, "message_changed"),
        ({"type": "block_actions"}, "block_actions"),
        ({"command": "/ask", "text": "why"}, "/ask"),
    ],
)
def test_a_payload_is_called_what_slack_calls_it(payload: dict[str, Any], name: str) -> None:
    assert told(payload) == name
