"""The rest of an answer as a file: what is done where Slack takes it, does not, or does not say."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest

from bot.core.conversation.shared_files import AnswerFile, SharedFile
from bot.core.delivery.message_format import Capabilities
from bot.core.delivery.slack_calls import Delete, DeleteFile
from bot.delivery.answer_files import AnswerFiles
from bot.errors import MessageGone, RateLimited, SlackDenied, SlackError, SlackUnreachable
from bot.observability.facts import AnswerFileRefused, AnswerFileShared, SurplusRefused
from bot.observability.hooks import subscribe
from tests.clock import VIRTUAL
from tests.fakes import an_answer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.core.conversation.incoming import ThreadKey
    from bot.core.delivery.slack_calls import SlackCall
    from bot.observability.facts import Fact

ANSWER = an_answer()
FILE = AnswerFile(ANSWER, "The rest of the answer", b"More words.\n")


@pytest.fixture
def anyio_backend() -> object:
    return VIRTUAL


@pytest.fixture
def happened() -> Iterator[list[Fact]]:
    facts: list[Fact] = []
    with subscribe(facts.append):
        yield facts


@dataclass
class Slack:
    """Takes files, and shows those that were shared after so many more `looks`. Each list holds what its next calls raise."""

    looks: int = 0
    lost: bool = False  # nothing that is shared ever comes
    uploads: deque[SlackError | None] = field(default_factory=deque[SlackError | None])
    shares: deque[SlackError | None] = field(default_factory=deque[SlackError | None])
    sights: deque[SlackError | None] = field(default_factory=deque[SlackError | None])
    deletions: deque[SlackError | None] = field(default_factory=deque[SlackError | None])
    uploaded: list[bytes] = field(default_factory=list[bytes])
    there: list[SharedFile] = field(default_factory=list[SharedFile])
    deleted: list[str] = field(default_factory=list[str])

    async def upload(self, file: AnswerFile) -> str:
        _fail(self.uploads)
        self.uploaded.append(file.content)
        return f"F{len(self.uploaded)}"

    async def share(self, file_id: str, file: AnswerFile) -> None:
        _fail(self.shares)
        if not self.lost:
            self.there.append(SharedFile(file_id, file.name, "9.0"))

    async def shared_files(self, thread: ThreadKey, *, since: str) -> list[SharedFile]:
        _fail(self.sights)
        self.looks -= 1
        return self.there if self.looks < 0 else []

    async def carry_out(self, call: SlackCall) -> str:
        assert isinstance(call, Delete | DeleteFile)
        _fail(self.deletions)
        self.deleted.append(call.file if isinstance(call, DeleteFile) else call.ts)
        return ""


def _fail(errors: deque[SlackError | None]) -> None:
    if errors and (error := errors.popleft()) is not None:
        raise error


def some_files(slack: Slack, capabilities: Capabilities | None = None) -> AnswerFiles:
    return AnswerFiles(slack, slack, capabilities or Capabilities(file_after=2))


@pytest.mark.parametrize(
    "slack",
    [
        Slack(),
        Slack(looks=3),
        Slack(uploads=deque([SlackUnreachable("lost"), RateLimited(2), None])),
        Slack(sights=deque([RateLimited(60)])),
    ],
    ids=["at once", "some time later", "after no answer and a 429", "where nobody may look"],
)
async def test_a_file_is_shared_once(slack: Slack, happened: list[Fact]) -> None:
    assert await some_files(slack).share(FILE)
    assert (slack.uploaded, slack.deleted) == ([b"More words.\n"], [])
    assert happened == [AnswerFileShared(thread=ANSWER.thread, bytes=12)]


async def test_where_the_answer_to_sharing_was_lost_the_file_counts_if_it_stands_there() -> None:
    slack = Slack(there=[SharedFile("F1", FILE.name, "9.0")], shares=deque([SlackUnreachable("lost")]))
    assert await some_files(slack).share(FILE)
    assert slack.deleted == []


async def test_where_it_does_not_stand_there_it_is_taken_back_before_the_text_is_said_in_messages(
    happened: list[Fact],
) -> None:
    slack = Slack(lost=True)
    assert not await some_files(slack).share(FILE)
    assert slack.deleted == ["F1"]
    assert [type(one) for one in happened] == [AnswerFileRefused]


async def test_where_neither_sharing_nor_looking_is_answered_there_is_no_file() -> None:
    slack = Slack(shares=deque([SlackUnreachable("lost")]), sights=deque([SlackUnreachable("lost")]))
    assert not await some_files(slack).share(FILE)
    assert slack.deleted == ["F1"]


@pytest.mark.parametrize(
    ("error", "left"),
    [
        (SlackDenied("no", code="missing_scope", needed="files:write"), None),
        (SlackError("off", code="file_uploads_disabled"), None),
        (SlackError("full", code="storage_limit_reached"), 2),
        (RateLimited(31), 2),
    ],
    ids=["no scope", "switched off", "no room", "a long 429"],
)
async def test_a_refusal_is_told_and_remembered_where_it_is_for_good(
    error: SlackError, left: int | None, happened: list[Fact]
) -> None:
    capabilities = Capabilities(file_after=2)
    slack = Slack(uploads=deque([error]))
    assert not await some_files(slack, capabilities).share(FILE)
    assert capabilities.file_after == left
    told = AnswerFileRefused(thread=ANSWER.thread, kind=type(error).__name__, error=str(error))
    assert happened == [told]


async def test_a_slack_that_never_answers_is_given_up() -> None:
    slack = Slack(uploads=deque([SlackUnreachable("lost")] * 4))
    assert not await some_files(slack).share(FILE)
    assert slack.uploaded == []


async def test_the_files_of_an_answer_are_found_among_others_and_taken_away() -> None:
    others = [SharedFile("F7", "plan.pdf", "3.0"), SharedFile("F8", FILE.name, "4.0")]
    gone = [SlackError("gone", code="file_not_found"), None, None, MessageGone("gone")]
    slack = Slack(there=others, deletions=deque(gone))
    files = some_files(slack)
    found = await files.find(ANSWER)
    assert [one.id for one in found] == ["F8"]
    await files.delete(ANSWER.thread, found)
    await files.delete(ANSWER.thread, found)
    assert slack.deleted == ["4.0", "F8"]


async def test_where_slack_does_not_tell_no_file_is_found() -> None:
    slack = Slack(there=[SharedFile("F8", FILE.name, "4.0")], sights=deque([SlackUnreachable("lost")]))
    assert await some_files(slack).find(ANSWER) == []


async def test_a_file_that_cannot_be_deleted_is_for_the_operator(happened: list[Fact]) -> None:
    slack = Slack(deletions=deque([SlackError("no", code="cant_delete_file")]))
    await some_files(slack).delete(ANSWER.thread, [SharedFile("F8", FILE.name, "4.0")])
    assert happened == [SurplusRefused(kind="SlackError", error="no")]
    assert slack.deleted == [], "whoever looks for the file again finds it by its message"
