"""A process for each document, and its end. Harmless programs stand in for parsers that misbehave."""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path

import pytest

from bot.core.conversation.attached_files import FileText
from bot.core.conversation.content_parts import FileUnit
from bot.core.conversation.file_kinds import FileKind
from bot.core.conversation.file_refusals import FileRefusal
from bot.documents.parse_job import ParseJob
from bot.documents.parser_process import DocumentParser
from tests.documents.samples import a_pdf
from tests.patience import HANGING

JOB = ParseJob(FileKind.TEXT, 1000)


def stand_in(program: str, *, within: float = HANGING) -> DocumentParser:
    return DocumentParser((sys.executable, "-c", program), within=within)


def is_running(process: str) -> bool:
    return Path(f"/proc/{process}").exists()


async def test_a_document_is_read_in_a_process_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SLACK_BOT_TOKEN", "xoxb-1")
    found = await DocumentParser(within=HANGING).parse(a_pdf("tea"), ParseJob(FileKind.PDF, 1000))
    assert found == FileText(FileUnit.PAGES, ("[Page 1]\ntea",), 1)


async def test_it_has_no_token(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SLACK_BOT_TOKEN", "xoxb-1")
    program = "import os, sys; sys.exit('SLACK_BOT_TOKEN' in os.environ)"
    tell = 'print(\'{"refusal": "locked"}\')'
    assert await stand_in(f"{tell}; {program}").parse(b"", JOB) is FileRefusal.LOCKED


@pytest.mark.parametrize(
    ("program", "refusal"),
    [
        pytest.param("import os; os.abort()", FileRefusal.BROKEN, id="it dies"),
        pytest.param("raise SystemExit(3)", FileRefusal.BROKEN, id="it leaves without a word"),
        pytest.param("print('words')", FileRefusal.BROKEN, id="it talks nonsense"),
        pytest.param("import sys; sys.stdin.close(); print(1)", FileRefusal.BROKEN, id="it does not listen"),
        pytest.param(
            "import os, signal; os.kill(os.getpid(), signal.SIGKILL)",
            FileRefusal.TOO_COMPLEX,
            id="it is killed",
        ),
        pytest.param("while True: print('words' * 1000)", FileRefusal.TOO_COMPLEX, id="it has no end"),
    ],
)
async def test_a_parser_that_fails_is_a_file_that_is_not_read(program: str, refusal: FileRefusal) -> None:
    assert await stand_in(program).parse(b"words" * 100_000, JOB) is refusal


async def test_a_parser_that_takes_too_long_is_ended(tmp_path: Path) -> None:
    program = "import time; time.sleep(600)"
    assert await stand_in(program, within=0.2).parse(b"words" * 100_000, JOB) is FileRefusal.TOO_SLOW


async def test_where_no_process_can_be_started_nothing_is_read() -> None:
    assert await DocumentParser(("/no/such/program",)).parse(b"", JOB) is FileRefusal.NO_READER


@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
async def test_a_reading_that_is_cancelled_leaves_no_process(tmp_path: Path) -> None:
    begun = tmp_path / "begun"
    os.mkfifo(begun)
    program = f"import os, pathlib, time; pathlib.Path({str(begun)!r}).write_text(str(os.getpid())); time.sleep(600)"
    reading = asyncio.create_task(stand_in(program).parse(b"", JOB))
    process = await asyncio.to_thread(begun.read_text)  # waits until it is written into
    reading.cancel()
    with pytest.raises(asyncio.CancelledError):
        await reading
    assert not is_running(process)
