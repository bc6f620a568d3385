"""The workspace as a whole: starting, stopping, waiting and expiring."""

from __future__ import annotations

import errno

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from bot.workspace import listening
from bot.workspace.errors import WorkspaceError
from bot.workspace.limits import Limits
from bot.workspace.server import Workspace

GENERAL = "C000GENERAL"


async def test_a_port_that_is_taken_is_named_with_the_mend(slack: Workspace) -> None:
    port = int(slack.url.rpartition(":")[2])
    with pytest.raises(
        WorkspaceError, match=f"port {port} is taken: stop what listens there, or choose another"
    ):
        async with Workspace.start(port=port):
            pass


async def test_an_address_that_is_not_ours_is_named() -> None:
    with pytest.raises(WorkspaceError, match=r"cannot listen on 192\.0\.2\.1: .*127\.0\.0\.1"):
        async with Workspace.start("192.0.2.1"):
            pass


async def test_what_happens_wakes_who_waits(slack: Workspace) -> None:
    ts = await slack.say("general", "ada", "so?")
    found = await slack.wait_for(
        lambda: [message for message in slack.messages("general") if message.ts == ts]
    )
    assert found[0].text == "so?"


async def test_what_does_not_happen_is_said(slack: Workspace) -> None:
    with pytest.raises(WorkspaceError, match=r"did not happen within 0\.01 s"):
        await slack.wait_for(lambda: False, within=0.01)


async def test_a_status_is_gone_two_minutes_later() -> None:
    times = [1_766_458_026.0]
    async with Workspace.start(limits=Limits.off(), clock=lambda: times[-1]) as slack:
        ts = await slack.say("general", "ada", "so?")
        await AsyncWebClient(slack.app.bot_token, base_url=slack.api_url).assistant_threads_setStatus(
            channel_id=GENERAL, thread_ts=ts, status="is thinking…"
        )
        assert slack.state.statuses
        times.append(times[0] + 120)
        await slack.say("general", "ada", "later")
        await slack.wait_for(lambda: not slack.state.statuses)


async def test_a_status_whose_time_is_over_needs_nobody_to_end_it() -> None:
    times = iter(range(1_766_458_026, 1_766_999_999, 30))
    async with Workspace.start(limits=Limits.off(), clock=lambda: float(next(times))) as slack:
        ts = await slack.say("general", "ada", "so?")
        await AsyncWebClient(slack.app.bot_token, base_url=slack.api_url).assistant_threads_setStatus(
            channel_id=GENERAL, thread_ts=ts, status="is thinking…"
        )
        await slack.wait_for(lambda: not slack.state.statuses)


async def test_a_second_app_has_its_own_direct_messages(slack: Workspace) -> None:
    other = slack.install("Second bot")
    assert slack.direct("ada", other) != slack.direct("ada", slack.app)
    assert other.bot_user_id in slack.place("general").members


async def test_opening_an_apps_home_changes_nothing_else(slack: Workspace) -> None:
    before = list(slack.state.messages())
    await slack.open_home("ada", slack.app)
    assert list(slack.state.messages()) == before


@pytest.mark.parametrize(
    ("number", "words"),
    [(errno.EADDRINUSE, "is taken"), (errno.EACCES, "not ours"), (errno.ENOENT, "cannot listen")],
)
def test_every_reason_not_to_start_has_a_mend(number: int, words: str) -> None:
    assert words in listening.mend(OSError(number, "reason"), "127.0.0.1", 80)
