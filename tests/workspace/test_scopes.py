"""What an app has to be allowed."""

from __future__ import annotations

import pytest

from bot.workspace.records import SCOPES
from bot.workspace.scopes import OF_KIND, PLAIN, missing, needed


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
