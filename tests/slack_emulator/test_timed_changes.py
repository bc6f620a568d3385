"""What time does by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from slack_emulator.state.models import Status

if TYPE_CHECKING:
    from slack_emulator.server import Workspace


async def test_a_status_line_ends_by_itself(slack: Workspace) -> None:
    ts = await slack.say("general", "ada", "hm")
    until = slack.clock() + 60
    status = Status("C000GENERAL", ts, slack.app.bot_user_id, "is thinking…", until)
    slack.publish(slack.state.set_status(status))
    slack.clock.advance(61)
    await slack.wait_for(lambda: not slack.state.statuses)
