"""A thread is read from a Slack that refuses for a while."""

from __future__ import annotations

import asyncio

import pytest

from bot.core.conversation.content_parts import text_parts
from bot.core.conversation.history import ThreadMessage
from bot.core.conversation.incoming import ThreadKey
from bot.errors import RateLimited, SlackDenied, SlackError, SlackUnreachable, ThreadGone
from bot.turns.patient_reader import DOUBTS, LONGEST_WAIT, PatientReader
from tests.clock import VIRTUAL
from tests.fakes import FakeSurface

THREAD = ThreadKey("T", "C", "5.0")
SAID = [ThreadMessage("5.0", "U1", text_parts("Why?"))]


@pytest.fixture
def anyio_backend() -> object:
    return VIRTUAL


def reader(*errors: SlackError) -> PatientReader:
    """Reads from a Slack that refuses with each of `errors` before it tells what the thread says."""
    surface = FakeSurface(latency=0.0)
    surface.thread = SAID
    surface.fail.extend(errors)
    return PatientReader(surface)


@pytest.mark.parametrize(
    ("errors", "said", "seconds"),
    [
        ([], SAID, 0.0),
        ([RateLimited(LONGEST_WAIT)], SAID, LONGEST_WAIT),
        ([RateLimited(LONGEST_WAIT + 1)], None, 0.0),
        ([SlackUnreachable("HTTP 500")], SAID, 1.0),
        ([SlackUnreachable("HTTP 500")] * 2, None, 1.0),
        ([SlackDenied("missing_scope", code="missing_scope")], None, 0.0),
    ],
    ids=["at once", "a short limit", "a long limit", "a bad moment", "a bad day", "no scope"],
)
async def test_a_reader_is_kept_waiting_only_so_long(
    errors: list[SlackError], said: list[ThreadMessage] | None, seconds: float
) -> None:
    assert await reader(*errors).read(THREAD, tries=2) == said
    assert asyncio.get_running_loop().time() == seconds


async def test_a_thread_that_has_to_be_read_is_asked_for_until_slack_tells() -> None:
    refusals = [SlackUnreachable("HTTP 500")] * 9
    assert await reader(*refusals).read_in_the_end(THREAD) == SAID


async def test_that_a_thread_is_gone_is_believed_after_some_doubts() -> None:
    gone = [ThreadGone("channel_not_found")] * (DOUBTS + 1)
    assert await reader(*gone).read_in_the_end(THREAD) == []
    with pytest.raises(SlackDenied):
        await reader(*[SlackDenied("missing_scope")] * (DOUBTS + 1)).read_in_the_end(THREAD)


async def test_whoever_leaves_waits_for_no_limit() -> None:
    leaving = reader(RateLimited(LONGEST_WAIT))
    leaving.leave()
    assert await leaving.read(THREAD, tries=2) == SAID
    assert asyncio.get_running_loop().time() == 0.0
