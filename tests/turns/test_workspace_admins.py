"""Who may do more than others in a workspace."""

from __future__ import annotations

import pytest

from bot.errors import SlackUnreachable
from bot.observability.facts import AdminUnknown
from bot.observability.hooks import subscribe
from bot.turns.workspace_admins import is_known_admin


class Accounts:
    """Knows Ada as an admin, and nobody else; nobody at all while it is down."""

    def __init__(self, *, down: bool = False) -> None:
        self._down = down

    async def is_admin(self, user: str) -> bool:
        if self._down:
            raise SlackUnreachable("no answer")
        return user == "ada"


@pytest.mark.parametrize(("user", "admin"), [("ada", True), ("raj", False)])
async def test_slack_says_who_is_an_admin(user: str, admin: bool) -> None:
    assert await is_known_admin(Accounts(), user) is admin


async def test_who_cannot_be_asked_about_is_nobody_special_and_the_operator_hears_of_it() -> None:
    heard: list[object] = []
    with subscribe(heard.append):
        assert await is_known_admin(Accounts(down=True), "ada") is False
    assert heard == [AdminUnknown(error="no answer")]
