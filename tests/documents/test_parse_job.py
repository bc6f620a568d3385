"""What the process that reads a document is asked, and how it replies."""

from __future__ import annotations

import pytest

from bot.core.conversation.attached_files import FileContent, FileText, Picture
from bot.core.conversation.content_parts import FileUnit
from bot.core.conversation.file_kinds import FileKind
from bot.core.conversation.file_refusals import FileRefusal
from bot.documents.parse_job import ParseJob, read_job, read_reply, write_reply


def test_a_job_comes_through_a_command_line() -> None:
    job = ParseJob(FileKind.PDF, 1000, 2000, 3)
    assert read_job(job.arguments()) == job


@pytest.mark.parametrize(
    "found",
    [
        FileText(FileUnit.PAGES, ("One\n\nnaïve", "", "三"), 40),
        Picture(b"\x89PNG\r\n\x1a\n{}\n", "image/png"),
        FileRefusal.LOCKED,
    ],
    ids=["text", "a picture", "a refusal"],
)
def test_a_reply_comes_through_a_pipe(found: FileContent | FileRefusal) -> None:
    assert read_reply(write_reply(found)) == found


@pytest.mark.parametrize(
    "said",
    [
        b"",
        b"Traceback",
        b"[" * 100_000,
        b"[]\n",
        b'{"refusal": "whatever"}\n',
        b'{"mimetype": "image/png"}\n',
        b'{"mimetype": "image/png"}\n<svg>',
        b'{"unit": "pages", "total": 1, "sizes": [5]}\nfour',
        b'{"unit": "pages", "total": 1, "sizes": [-1]}\n',
        b'{"unit": "pages", "total": 1, "sizes": ["4"]}\nfour',
        b'{"unit": "pages", "total": 1, "sizes": [4]}\nfour more',
        b'{"unit": "pages", "total": "1", "sizes": [4]}\nfour',
        b'{"unit": "pages", "total": 1, "sizes": [2, 2]}\nfour',
        b'{"unit": "pages", "total": 1, "sizes": []}\n',
        b'{"unit": "miles", "total": 1, "sizes": [4]}\nfour',
        b"\xff\n",
    ],
)
def test_anything_else_is_no_reply(said: bytes) -> None:
    assert read_reply(said) is None


def test_an_honest_reply_has_an_end() -> None:
    assert ParseJob(FileKind.TEXT, 1000).most_reply < ParseJob(FileKind.PICTURE, 1000).most_reply
    worst = FileText(FileUnit.LINES, ("三",) * 1000, 1000)
    assert len(write_reply(worst)) <= ParseJob(FileKind.TEXT, 2000).most_reply
