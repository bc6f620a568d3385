"""What is in the way at the start and passes is waited for, and told once; what does not pass is raised."""

from __future__ import annotations

import errno
import sqlite3
from typing import TYPE_CHECKING

import pytest
from sqlalchemy.exc import OperationalError

from bot.durable.database import is_out
from bot.durable.start_wait import is_passing, until_free
from tests.clock import VIRTUAL

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable


@pytest.fixture
def anyio_backend() -> object:
    return VIRTUAL


def an_error(code: int) -> sqlite3.OperationalError:
    error = sqlite3.OperationalError()
    error.sqlite_errorcode, error.sqlite_errorname = code, "THE_NAME"
    return error


def attempts(*errors: Exception) -> Callable[[], Awaitable[str]]:
    """One that fails so often, and succeeds then."""
    left = list(errors)

    async def attempt() -> str:
        if left:
            raise left.pop(0)
        return "done"

    return attempt


async def test_a_full_disk_is_waited_for_and_told_once(caplog: pytest.LogCaptureFixture) -> None:
    full = an_error(sqlite3.SQLITE_FULL)
    wrapped = OperationalError("INSERT", {}, full)
    made = OSError(errno.ENOSPC, "No space left on device")
    assert await until_free(attempts(wrapped, made, full)) == "done"
    told = [(one.getMessage(), vars(one).get("why")) for one in caplog.records]
    assert told == [("database.waited_for", "THE_NAME"), ("database.back", None)]


async def test_where_nothing_is_in_the_way_nothing_is_told(caplog: pytest.LogCaptureFixture) -> None:
    assert await until_free(attempts()) == "done"
    assert caplog.records == []


@pytest.mark.parametrize(
    "error", [an_error(sqlite3.SQLITE_NOTADB), PermissionError(errno.EACCES, "no"), sqlite3.Error("?")]
)
async def test_what_does_not_pass_is_raised(error: Exception) -> None:
    with pytest.raises(type(error)):
        await until_free(attempts(error))


@pytest.mark.parametrize(
    "code", [sqlite3.SQLITE_BUSY, 261, sqlite3.SQLITE_LOCKED, 4874, sqlite3.SQLITE_PROTOCOL]
)
def test_what_others_do_with_the_file_passes_and_extended_codes_are_of_their_kind(code: int) -> None:
    assert is_passing(an_error(code))
    assert is_out(an_error(code))


def test_a_missing_permission_does_not_pass() -> None:
    assert not is_passing(an_error(sqlite3.SQLITE_READONLY))
    assert not is_passing(None)
