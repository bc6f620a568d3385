"""What an app has to be allowed."""

from __future__ import annotations

import pytest

from slack_emulator.state.models import SCOPES
from slack_emulator.state.scopes import EVENTS, OF_KIND, PLAIN, may_hear, missing, needed


@pytest.mark.parametrize(
    ("method", "kinds", "granted", "wanted"),
    [
        ("chat.postMessage", (), ("chat:write",), None),
        ("chat.postMessage", (), (), "chat:write"),
        ("auth.test", (), (), None),
        ("conversations.history", ("im",), ("im:history",), None),
        ("conversations.history", ("channel",), ("im:history",), "channels:history"),
        ("conversations.list", ("channel", "group"), ("channels:read",), "groups:read"),
        ("conversations.create", ("group",), ("groups:write",), None),
        ("assistant.threads.setStatus", (), ("assistant:write",), None),
    ],
)
def test_a_method_wants_its_scope_for_the_kind_of_conversation(
    method: str, kinds: tuple[str, ...], granted: tuple[str, ...], wanted: str | None
) -> None:
    assert missing(method, kinds, granted) == wanted


def test_where_no_conversation_is_named_any_kind_will_do() -> None:
    assert missing("conversations.replies", (), ("mpim:history",)) is None
    assert (
        missing("conversations.replies", (), ()) == "channels:history,groups:history,im:history,mpim:history"
    )


@pytest.mark.parametrize("method", sorted({*PLAIN, *OF_KIND} - {"apps.connections.open"}))
def test_an_app_with_every_scope_lacks_none(method: str) -> None:
    assert missing(method, (), SCOPES) is None


def test_what_wants_nothing_says_so() -> None:
    assert needed("api.test") == ()


@pytest.mark.parametrize("event", sorted(EVENTS))
def test_an_event_is_told_to_who_may_hear_it(event: str) -> None:
    assert may_hear(event, SCOPES)
    assert not may_hear(event, ())


def test_some_events_everybody_may_hear() -> None:
    assert may_hear("app_home_opened", ())
