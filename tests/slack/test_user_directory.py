"""What is known of a workspace's accounts, in virtual time, with a Slack that answers as it is told."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import TYPE_CHECKING, cast

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.slack import user_directory as module
from bot.slack.user_directory import AT_ONCE, KEPT, KEPT_UNKNOWN, UserDirectory
from slack_emulator.server import Workspace
from tests.clock import VIRTUAL

if TYPE_CHECKING:
    from collections.abc import Mapping


class Accounts:
    """Answers users.info after `seconds`: a person, a bot where the id begins with UBOT, an error where one is set."""

    def __init__(self, *, seconds: float = 0.0) -> None:
        self.seconds = seconds
        self.asked: list[str] = []
        self.at_once = self.most_at_once = 0
        self.error: Exception | None = None

    async def api_call(self, method: str, *, http_verb: str, params: Mapping[str, str]) -> object:
        assert (method, http_verb) == ("users.info", "GET")
        self.asked.append(params["user"])
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        await asyncio.sleep(self.seconds)
        self.at_once -= 1
        if self.error is not None:
            raise self.error
        user = {"id": params["user"], "name": f"name of {params['user']}"}
        is_bot = params["user"].startswith("UBOT")
        return SimpleNamespace(data={"ok": True, "user": user | {"is_bot": is_bot}})


def refusal(code: str, *, status: int = 200, retry_after: str = "0") -> SlackApiError:
    answer = SimpleNamespace(status_code=status, data={"error": code}, headers={"Retry-After": retry_after})
    return SlackApiError(code, answer)  # type: ignore[no-untyped-call]


@pytest.fixture
def anyio_backend() -> object:
    return VIRTUAL


def a_directory(slack: Accounts) -> UserDirectory:
    return UserDirectory(cast("AsyncWebClient", slack), clock=lambda: asyncio.get_running_loop().time())


async def test_a_person_is_told_from_a_bot() -> None:
    directory = a_directory(Accounts())
    assert await directory.is_person("U1")
    assert not await directory.is_person("UBOT1")


@pytest.mark.parametrize(
    "error", [refusal("user_not_found"), refusal("missing_scope"), OSError("reset")], ids=str
)
async def test_whom_slack_does_not_tell_of_is_no_person(
    caplog: pytest.LogCaptureFixture, error: Exception
) -> None:
    caplog.set_level("INFO", "bot")
    slack = Accounts()
    slack.error = error
    assert not await a_directory(slack).is_person("U1")
    assert "account.unknown" in caplog.text


async def test_an_account_is_asked_for_once_an_hour_and_an_unknown_one_once_a_minute() -> None:
    slack = Accounts()
    directory = a_directory(slack)
    for pause in (0, KEPT - 1, 2):
        await asyncio.sleep(pause)
        await directory.profiles(["U1"])
    assert slack.asked == ["U1"] * 2
    slack.error = refusal("user_not_found")
    for pause in (0, KEPT_UNKNOWN - 1, 2):
        await asyncio.sleep(pause)
        await directory.profiles(["U2"])
    assert slack.asked[2:] == ["U2"] * 2


async def test_an_old_name_is_kept_where_slack_does_not_tell_it_again() -> None:
    slack = Accounts()
    directory = a_directory(slack)
    await directory.profiles(["U1"])
    slack.error = OSError("reset")
    await asyncio.sleep(KEPT + 1)
    assert (await directory.profiles(["U1"]))["U1"].name == "name of U1"


async def test_names_are_waited_for_only_so_long() -> None:
    slack = Accounts(seconds=3.0)
    directory = a_directory(slack)
    started = asyncio.get_running_loop().time()
    assert await directory.profiles(["U1"], within=1.0) == {}
    assert asyncio.get_running_loop().time() - started == 1.0
    assert set(await directory.profiles(["U1"], within=4.0)) == {"U1"}


async def test_many_accounts_are_asked_for_a_few_at_a_time_and_each_once() -> None:
    slack = Accounts(seconds=0.1)
    directory = a_directory(slack)
    wanted = [f"U{number}" for number in range(20)]
    found = await asyncio.gather(directory.profiles(wanted), directory.profiles(wanted))
    assert [set(one) for one in found] == [set(wanted)] * 2
    assert (sorted(slack.asked), slack.most_at_once) == (sorted(wanted), AT_ONCE)


async def test_after_a_429_nobody_is_asked_for_until_slack_wants() -> None:
    slack = Accounts()
    slack.error = refusal("ratelimited", status=429, retry_after="30")
    directory = a_directory(slack)
    await directory.profiles(["U1"])
    slack.error = None
    assert await directory.profiles(["U2"]) == {}
    await asyncio.sleep(KEPT_UNKNOWN)
    assert set(await directory.profiles(["U1", "U2"])) == {"U1", "U2"}
    assert slack.asked[0] == "U1"
    assert len(slack.asked) == 3


async def test_the_memory_of_accounts_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST", 1)
    slack = Accounts()
    directory = a_directory(slack)
    for user in ("U1", "U2", "U1"):
        await directory.profiles([user])
    assert slack.asked == ["U1", "U2", "U1"]


class TestInTheLocalWorkspace:
    """The same against what Slack really says of an account."""

    @pytest.fixture
    def anyio_backend(self) -> object:
        return "asyncio"

    async def test_people_and_bots_are_told_apart(self) -> None:
        async with Workspace.start() as slack, aiohttp.ClientSession() as session:
            client = AsyncWebClient(slack.app.bot_token, base_url=slack.api_url, session=session)
            directory = UserDirectory(client, clock=asyncio.get_running_loop().time)
            ada = slack.person("ada").id
            assert await directory.is_person(ada)
            assert not await directory.is_person(slack.app.bot_user_id)
            assert (await directory.profiles([ada]))[ada].name == slack.person("ada").real_name
