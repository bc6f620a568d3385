"""Who posted a message, as its payload tells."""

from __future__ import annotations

from typing import Any

import pytest

from bot.core.conversation.authors import A_PERSON, AuthorKind, MessageAuthor, app_name, is_app, read_author

PROFILE = {"id": "B9", "app_id": "A9", "name": "Zap"}


@pytest.mark.parametrize(
    ("message", "author"),
    [
        pytest.param({"user": "U1"}, A_PERSON, id="typed"),
        pytest.param(
            {"user": "U1", "bot_id": "B9", "app_id": "A9", "bot_profile": PROFILE},
            MessageAuthor(AuthorKind.ACCOUNT, frozenset({"u1", "b9", "a9", "zap"})),
            id="an account through an app",
        ),
        pytest.param(
            {"user": "U1", "bot_profile": PROFILE},
            MessageAuthor(AuthorKind.ACCOUNT, frozenset({"u1", "b9", "a9", "zap"})),
            id="by the profile alone",
        ),
        pytest.param(
            {"subtype": "bot_message", "bot_id": "B8", "username": "Morning Flow "},
            MessageAuthor(AuthorKind.APP, frozenset({"b8", "morning flow"})),
            id="a workflow",
        ),
        pytest.param(
            {"user": "U2", "subtype": "bot_message", "bot_id": "B8"},
            MessageAuthor(AuthorKind.APP, frozenset({"u2", "b8"})),
            id="under a name of its own choice",
        ),
        pytest.param(
            {"bot_id": "B8"}, MessageAuthor(AuthorKind.APP, frozenset({"b8"})), id="a bot without a user"
        ),
        pytest.param(
            {"user": "USLACKBOT"},
            MessageAuthor(AuthorKind.APP, frozenset({"uslackbot", "slackbot"})),
            id="Slackbot",
        ),
        pytest.param(
            {"user": "U1", "bot_id": "B0", "app_id": "A0"},
            MessageAuthor(AuthorKind.APP),
            id="our app, another token",
        ),
    ],
)
def test_who_posted_a_message(message: dict[str, Any], author: MessageAuthor) -> None:
    assert read_author(message, app_id="A0") == author


def test_an_app_is_known_by_the_id_that_it_has_on_record() -> None:
    assert [is_app(user) for user in ("B9", "USLACKBOT", "U1", "W1")] == [True, True, False, False]


@pytest.mark.parametrize(
    ("message", "name"),
    [
        ({"username": "Flow", "bot_profile": PROFILE}, "Flow"),
        ({"bot_profile": PROFILE}, "Zap"),
        ({"user": "U1"}, ""),
    ],
)
def test_an_app_is_called_what_its_message_says(message: dict[str, Any], name: str) -> None:
    assert app_name(message) == name
