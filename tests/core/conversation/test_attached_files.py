"""Which files of a conversation are read, and how much of each."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.core.conversation.attached_files import (
    FileAbilities,
    FileLimits,
    FilePlan,
    FileText,
    Picture,
    file_notes,
    files_to_look_up,
    fit_files,
    known_files,
    plan_files,
    refuse_file,
    with_files,
)
from bot.core.conversation.content_parts import (
    FRAME_TOKENS,
    IMAGE_TOKENS,
    FilePart,
    FilePlace,
    FileTextPart,
    FileUnit,
    ImagePart,
    Part,
    TextPart,
    count_tokens,
)
from bot.core.conversation.file_kinds import FileKind
from bot.core.conversation.file_refusals import FileRefusal
from bot.core.conversation.history import ChatMessage, Role, ThreadMessage
from bot.language.catalogue import ENGLISH

ALL, LIMITS = FileAbilities(), FileLimits()
A, B, C = FilePart("a.txt", id="A"), FilePart("b.txt", id="B"), FilePart("c.txt", id="C")
LINES = FileText(FileUnit.LINES, ("one", "two", "three"), 3)


def said(*parts: Part, ours: bool = False) -> ThreadMessage:
    return ThreadMessage("1.0", "U", parts, ours=ours)


def test_files_of_the_newest_message_go_first_each_once_and_none_of_ours() -> None:
    ours = said(FilePart("mine.txt"), ours=True)
    plan = plan_files([said(A, B), ours, said(TextPart("well?"), C, B)], ALL, LIMITS)
    assert plan.wanted == (C, B, A)
    assert plan.refused == {}


def test_too_many_and_too_much_in_all_are_refused() -> None:
    many = plan_files([said(C), said(A, B)], ALL, FileLimits(files=2))
    assert (many.wanted, many.refused) == ((A, B), {C: FileRefusal.TOO_MANY})
    song = FilePart("a.mp3")
    assert plan_files([said(A, song)], ALL, LIMITS) == FilePlan((A,), {song: FileRefusal.MEDIA})
    large = [replace(one, size=60) for one in (A, B, C)]
    much = plan_files([said(*large)], ALL, FileLimits(sizes=120))
    assert (much.wanted, much.refused) == (tuple(large[:2]), {large[2]: FileRefusal.TOO_MANY})


def test_what_has_been_refused_is_not_asked_about_again() -> None:
    plan = plan_files([said(replace(A, refusal=FileRefusal.GONE))], ALL, LIMITS)
    assert (plan.wanted, plan.refused) == ((), {})


@pytest.mark.parametrize(
    ("file", "refusal"),
    [
        (FilePart("a.pdf"), None),
        (FilePart("a.pdf", size=20 << 20), None),
        (FilePart("a.pdf", size=(20 << 20) + 1), FileRefusal.TOO_LARGE),
        (FilePart("a.mp3"), FileRefusal.MEDIA),
        (FilePart("a.mp3", size=1 << 40), FileRefusal.MEDIA),
        (FilePart("a.zip"), FileRefusal.UNKNOWN_KIND),
        (FilePart("a.txt", place=FilePlace.ELSEWHERE), FileRefusal.ELSEWHERE),
        (FilePart("a.txt", place=FilePlace.GONE), FileRefusal.GONE),
        (FilePart("a.txt", place=FilePlace.ASK), FileRefusal.NO_ACCESS),
    ],
)
def test_what_slack_tells_of_a_file_may_be_enough_to_refuse_it(
    file: FilePart, refusal: FileRefusal | None
) -> None:
    assert refuse_file(file, ALL, LIMITS) is refusal


def test_what_cannot_be_read_here_is_refused() -> None:
    less = FileAbilities(frozenset({FileKind.TEXT, FileKind.PICTURE}), pictures=False)
    assert refuse_file(FilePart("a.pdf"), less, LIMITS) is FileRefusal.NO_READER
    assert refuse_file(FilePart("a.png"), less, LIMITS) is FileRefusal.NO_PICTURES
    assert refuse_file(FilePart("a.txt"), less, LIMITS) is None


def test_files_of_another_company_are_looked_up_first() -> None:
    ask = FilePart("a file", id="F1", place=FilePlace.ASK)
    assert files_to_look_up([said(A, ask), said(ask)], LIMITS) == [ask]
    known = FilePart("plan.pdf", id="F1")
    assert known_files({ask: known, A: FileRefusal.GONE}) == {
        ask: known,
        A: replace(A, refusal=FileRefusal.GONE),
    }


def test_a_file_that_fits_is_given_whole_in_its_place() -> None:
    placed = with_files([said(A), said(TextPart("well?"))], fit_files({A: LINES}, tokens=1000))
    assert placed[0].parts == (FileTextPart("a.txt", "one\ntwo\nthree", FileUnit.LINES, 3, 3),)


def test_a_file_that_is_there_twice_is_given_where_it_was_last() -> None:
    placed = with_files([said(A), said(A, ours=True), said(B, A)], fit_files({A: LINES}, tokens=1000))
    assert placed[0].parts == (TextPart("[a.txt: it stands further below]"),)
    assert placed[1].parts == (A,)
    assert placed[2].parts == (B, FileTextPart("a.txt", "one\ntwo\nthree", FileUnit.LINES, 3, 3))


def test_small_files_are_whole_before_a_large_one_takes_the_rest() -> None:
    long = FileText(FileUnit.PAGES, tuple("word " * 20 for _ in range(100)), 200)
    fitted = fit_files({A: long, B: LINES}, tokens=FRAME_TOKENS * 2 + 300)
    assert fitted[B] == FileTextPart("b.txt", "one\ntwo\nthree", FileUnit.LINES, 3, 3)
    large = fitted[A]
    assert isinstance(large, FileTextPart)
    assert 0 < large.read < 100
    assert large.text == "\n\n".join(["word " * 20] * large.read)


def test_of_a_first_page_that_is_too_long_the_beginning_is_given() -> None:
    page = FileText(FileUnit.PAGES, ("word " * 1000,), 1)
    fitted = fit_files({A: page}, tokens=FRAME_TOKENS + 100)[A]
    assert isinstance(fitted, FileTextPart)
    assert (fitted.read, fitted.text[:5], fitted.text[-4:]) == (0, "word ", " […]")
    assert fit_files({A: page}, tokens=FRAME_TOKENS)[A] == replace(A, refusal=FileRefusal.NO_ROOM)


def test_as_many_pictures_are_given_as_there_is_room_for() -> None:
    cat = Picture(b"cat", "image/png")
    fitted = fit_files({A: cat, B: cat, C: LINES}, tokens=IMAGE_TOKENS + FRAME_TOKENS + 50)
    assert fitted[A] == ImagePart("a.txt", "image/png", b"cat")
    assert fitted[B] == replace(B, refusal=FileRefusal.NO_ROOM)
    assert isinstance(fitted[C], FileTextPart)


def test_a_refusal_stands_in_the_file_s_place() -> None:
    assert fit_files({A: FileRefusal.LOCKED}, tokens=10) == {A: replace(A, refusal=FileRefusal.LOCKED)}


@settings(max_examples=30)
@given(st.lists(st.lists(st.text(max_size=60), min_size=1, max_size=12), max_size=5), st.integers(0, 3000))
def test_files_never_take_more_than_their_room(files: list[list[str]], tokens: int) -> None:
    found = {
        FilePart(str(number)): FileText(FileUnit.LINES, tuple(lines), len(lines) + 1)
        for number, lines in enumerate(files)
    }
    fitted = fit_files(found, tokens=tokens).values()
    # A cut text is cut by its length: a dense beginning may be a little more.
    assert sum(
        count_tokens([part]) for part in fitted if isinstance(part, FileTextPart) and part.read
    ) <= max(0, tokens + 5 * len(files))


def test_the_share_of_files_is_of_what_the_model_reads() -> None:
    assert FileLimits(share=0.5).tokens(3001) == 1500


def told(asked: ThreadMessage, *parts: Part) -> list[str]:
    given_messages = [ChatMessage(Role.SYSTEM, (TextPart("Be kind."),)), ChatMessage(Role.USER, parts)]
    return [ENGLISH.say(note) for note in file_notes(given_messages, asked.parts)]


@pytest.mark.parametrize(
    ("unit", "words"),
    [
        (FileUnit.PAGES, "Read: `plan`, 12 of 40 pages."),
        (FileUnit.SLIDES, "Read: `plan`, 12 of 40 slides."),
        (FileUnit.ROWS, "Read: `plan`, 12 of 40 rows."),
        (FileUnit.PARAGRAPHS, "Read: `plan`, 12 of 40 paragraphs."),
        (FileUnit.LINES, "Read: `plan`, 12 of 40 lines."),
    ],
)
def test_the_reader_is_told_how_much_of_a_file_was_read(unit: FileUnit, words: str) -> None:
    assert told(said(), FileTextPart("plan", "…", unit, 12, 40)) == [words]


def test_the_reader_is_told_what_was_read_whole_what_in_part_and_what_not() -> None:
    parts = (
        FileTextPart("a.txt", "one", FileUnit.LINES, 1, 1),
        ImagePart("cat.png", "image/png", b"cat"),
        ImagePart("a logo that nobody fetched"),
        FileTextPart("long.pdf", "…", FileUnit.PAGES, 0, 3),
        replace(C, refusal=FileRefusal.MEDIA),
    )
    asked = said(TextPart("well?"), A, replace(B, refusal=FileRefusal.TOO_LARGE))
    assert told(asked, *parts) == [
        "Read: `a.txt`, `cat.png`.",
        "Read: `long.pdf`, its beginning.",
        "Not read: `b.txt`: it is too large for me.",
    ]


def test_that_files_are_not_read_is_said_once_with_all_of_them() -> None:
    why = [FileRefusal.UNKNOWN_KIND, FileRefusal.TOO_LARGE, FileRefusal.UNKNOWN_KIND, FileRefusal.TOO_LARGE]
    files = [replace(A, id=f"F{number}", name=f"{number}", refusal=one) for number, one in enumerate(why)]
    assert told(said(*files)) == [
        "Not read: `0`, `2`: I cannot read files of this kind; `1`: it is too large for me; `3`: it is too large for me."
    ]


@pytest.mark.parametrize("refusal", [one for one in FileRefusal if one.is_of_all])
def test_a_reason_that_is_said_of_several_files_says_nothing_of_one(refusal: FileRefusal) -> None:
    assert not {"it", "its"} & set(refusal.told.english.split())


def test_without_files_the_reader_is_told_nothing() -> None:
    assert told(said(TextPart("well?")), TextPart("well?")) == []
