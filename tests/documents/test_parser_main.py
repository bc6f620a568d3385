"""Reads one document, as the process that is started for it does. Where it is bounded, it is a process here as well."""

from __future__ import annotations

import subprocess
import sys
from io import BytesIO

import pytest

from bot.core.conversation.attached_files import FileText, Picture
from bot.core.conversation.content_parts import FileUnit
from bot.core.conversation.file_kinds import FileKind
from bot.core.conversation.file_refusals import FileRefusal
from bot.documents import parser_main
from bot.documents.parse_job import ParseJob, read_reply
from bot.documents.parser_main import main, read_document
from tests.documents.samples import a_pdf, a_picture, a_sheet, a_word_file, slides


@pytest.mark.parametrize(
    ("kind", "content", "words"),
    [
        (FileKind.PDF, a_pdf("tea"), "[Page 1]\ntea"),
        (FileKind.WORD, a_word_file("tea"), "tea"),
        (FileKind.SHEET, a_sheet([["tea"]]), '[Sheet "Costs"]\ntea'),
        (FileKind.SLIDES, slides(("tea", "", "")), "[Slide 1]\ntea"),
        (FileKind.CSV, b"tea", "tea"),
        (FileKind.TEXT, b"tea", "tea"),
    ],
)
def test_each_kind_has_its_reader(kind: FileKind, content: bytes, words: str) -> None:
    found = read_document(ParseJob(kind, 1000), content)
    assert isinstance(found, FileText)
    assert found.pieces == (words,)


def test_a_picture_is_one() -> None:
    assert isinstance(read_document(ParseJob(FileKind.PICTURE, 0), a_picture()), Picture)


@pytest.mark.parametrize(
    ("raised", "refusal"),
    [
        (MemoryError(), FileRefusal.TOO_COMPLEX),
        (ImportError(), FileRefusal.NO_READER),
        (RuntimeError(), FileRefusal.BROKEN),
        (RecursionError(), FileRefusal.BROKEN),
    ],
)
def test_whatever_a_library_raises_is_a_refusal(
    monkeypatch: pytest.MonkeyPatch, raised: Exception, refusal: FileRefusal
) -> None:
    def fail(_content: bytes, _chars: int) -> FileText:
        raise raised

    monkeypatch.setitem(parser_main._READERS, FileKind.TEXT, fail)  # noqa: SLF001
    assert read_document(ParseJob(FileKind.TEXT, 10), b"tea") is refusal


def test_it_replies_to_its_job(monkeypatch: pytest.MonkeyPatch) -> None:
    bounded: list[ParseJob] = []
    monkeypatch.setattr(parser_main, "set_bounds", bounded.append)
    job, out = ParseJob(FileKind.TEXT, 100), BytesIO()
    main(job.arguments(), BytesIO(b"tea"), out)
    assert read_reply(out.getvalue()) == FileText(FileUnit.LINES, ("tea",), 1)
    assert bounded == [job]


BOUNDED = """
from bot.core.conversation.file_kinds import FileKind
from bot.documents.parse_job import ParseJob
from bot.documents.parser_main import set_bounds
set_bounds(ParseJob(FileKind.TEXT, 1, memory=200 << 20, seconds=1))
try:
    bytearray(300 << 20)
except MemoryError:
    print("no memory", flush=True)
try:
    open("written", "wb", 0).write(b"words")
except OSError:
    print("no files", flush=True)
while True:
    pass
"""


@pytest.mark.skipif(sys.platform != "linux", reason="other systems do not count all of it")
def test_it_may_use_so_much_memory_and_time_and_write_nothing(tmp_path: object) -> None:
    command = [sys.executable, "-c", BOUNDED]
    ran = subprocess.run(command, capture_output=True, cwd=str(tmp_path), check=False)  # noqa: S603
    assert ran.stdout.split(b"\n")[:-1] == [b"no memory", b"no files"]
    assert ran.returncode == -9


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such bounds")
def test_bounds_that_a_system_does_not_know_are_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    import resource

    asked: list[int] = []

    def refuse(what: int, _: tuple[int, int]) -> None:
        asked.append(what)
        raise ValueError

    monkeypatch.setattr(resource, "setrlimit", refuse)
    monkeypatch.setattr("os.nice", lambda _: 0)
    parser_main.set_bounds(ParseJob(FileKind.TEXT, 1))
    assert {resource.RLIMIT_AS, resource.RLIMIT_CPU, resource.RLIMIT_FSIZE} < set(asked)


def test_where_the_system_has_no_bounds_it_reads_without(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "resource", None)
    monkeypatch.delattr("os.nice")
    parser_main.set_bounds(ParseJob(FileKind.TEXT, 1))
