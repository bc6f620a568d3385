"""The files of a conversation, from Slack to the model."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest

from bot.core.conversation.attached_files import FileLimits, FileText
from bot.core.conversation.content_parts import FilePart, FilePlace, FileTextPart, FileUnit, TextPart
from bot.core.conversation.file_kinds import FileKind
from bot.core.conversation.file_refusals import FileRefusal
from bot.core.conversation.history import ThreadMessage
from bot.core.conversation.incoming import ThreadKey
from bot.documents.libraries import readable_kinds
from bot.observability import facts
from bot.observability.hooks import subscribe
from bot.turns.thread_files import AT_ONCE, ThreadFiles
from tests.clock import VIRTUAL

if TYPE_CHECKING:
    from bot.core.conversation.attached_files import FileContent
    from bot.documents.parse_job import ParseJob
    from bot.observability.facts import Fact

THREAD = ThreadKey("T", "C", "1.0")


@pytest.fixture
def anyio_backend() -> object:
    return VIRTUAL


@dataclass
class FakeHost:
    """Has the files in `contents`, by name; each takes so many seconds."""

    contents: dict[str, bytes | FileRefusal]
    seconds: float = 0.1
    known: dict[str, FilePart | FileRefusal] = field(default_factory=dict[str, FilePart | FileRefusal])
    at_once: int = 0
    most_at_once: int = 0

    async def look_up(self, file: FilePart) -> FilePart | FileRefusal:
        await asyncio.sleep(self.seconds)
        return self.known[file.id]

    async def fetch(self, file: FilePart, *, most: int) -> bytes | FileRefusal:
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        await asyncio.sleep(self.seconds)
        self.at_once -= 1
        return self.contents[file.name]


class FakeParser:
    """Takes a file for one line of text, and remembers the jobs."""

    def __init__(self) -> None:
        self.jobs: list[ParseJob] = []

    async def parse(self, content: bytes, job: ParseJob) -> FileContent | FileRefusal:
        self.jobs.append(job)
        return FileText(FileUnit.LINES, (content.decode(),), 1)


def said(*parts: FilePart | TextPart) -> list[ThreadMessage]:
    return [ThreadMessage("1.0", "U", parts)]


def line(name: str, text: str) -> FileTextPart:
    return FileTextPart(name, text, FileUnit.LINES, 1, 1)


def reader(host: FakeHost, parser: FakeParser | None = None, **more: float) -> ThreadFiles:
    return ThreadFiles(host, parser or FakeParser(), readable_kinds(), FileLimits(), **more)  # type: ignore[arg-type]


async def test_what_a_file_says_stands_in_its_place() -> None:
    parser = FakeParser()
    files = reader(FakeHost({"a.csv": b"tea,3"}), parser)
    (read,) = await files.read(
        said(TextPart("well?"), FilePart("a.csv")), THREAD, history=2000, pictures=True
    )
    assert read.parts == (TextPart("well?"), line("a.csv", "tea,3"))
    assert [(job.kind, job.chars) for job in parser.jobs] == [(FileKind.CSV, 5000)]


async def test_a_conversation_without_files_stays_as_it_is() -> None:
    messages = said(TextPart("well?"))
    assert await reader(FakeHost({})).read(messages, THREAD, history=2000, pictures=True) == messages


async def test_a_file_of_which_only_an_id_is_known_is_looked_up() -> None:
    ask, gone = (FilePart("a file", id=one, place=FilePlace.ASK) for one in ("F1", "F2"))
    host = FakeHost({"a.txt": b"tea"}, known={"F1": FilePart("a.txt", id="F1"), "F2": FileRefusal.GONE})
    (read,) = await reader(host).read(said(ask, gone), THREAD, history=2000, pictures=True)
    assert read.parts == (
        line("a.txt", "tea"),
        FilePart("a file", id="F2", place=FilePlace.ASK, refusal=FileRefusal.GONE),
    )


async def test_what_takes_too_long_is_left_out_and_the_rest_is_read() -> None:
    quick, slow = FakeHost({"a.txt": b"tea"}), FilePart("b.txt")

    async def fetch(file: FilePart, *, most: int) -> bytes | FileRefusal:
        await asyncio.sleep(1000 if file is slow else 0)
        return b"tea"

    quick.fetch = fetch  # type: ignore[method-assign]
    (read,) = await reader(quick, within=45.0).read(
        said(FilePart("a.txt"), slow), THREAD, history=2000, pictures=True
    )
    assert read.parts == (line("a.txt", "tea"), FilePart("b.txt", refusal=FileRefusal.TOO_SLOW))
    assert asyncio.get_running_loop().time() == 45.0


async def test_so_many_files_are_read_at_once_and_no_more() -> None:
    names = [f"{number}.txt" for number in range(8)]
    host = FakeHost(dict.fromkeys(names, b"tea"))
    await reader(host).read(said(*map(FilePart, names)), THREAD, history=9000, pictures=True)
    assert host.most_at_once == AT_ONCE


async def test_what_is_read_and_what_not_is_told_without_a_word_of_it() -> None:
    heard: list[Fact] = []
    host = FakeHost({"a.txt": b"tea", "b.txt": FileRefusal.NO_ACCESS})
    with subscribe(heard.append):
        await reader(host).read(
            said(FilePart("a.txt", size=3), FilePart("b.txt"), FilePart("c.mp3")),
            THREAD,
            history=2000,
            pictures=True,
        )
    mend = "the app may not read files: add the scope files:read, and install the app again"
    assert heard == [
        facts.FileRefused(thread=THREAD, kind="media", reason="media", mend=""),
        facts.FileRead(thread=THREAD, kind="text", bytes=3),
        facts.FileRefused(thread=THREAD, kind="text", reason="no_access", mend=mend),
    ]


async def test_a_picture_is_read_for_a_model_that_sees() -> None:
    cat = FilePart("cat.png")
    files = reader(FakeHost({"cat.png": b"cat"}))
    (blind,) = await files.read(said(cat), THREAD, history=2000, pictures=False)
    (seeing,) = await files.read(said(cat), THREAD, history=2000, pictures=True)
    assert blind.parts == (FilePart("cat.png", refusal=FileRefusal.NO_PICTURES),)
    assert seeing.parts == (line("cat.png", "cat"),)
