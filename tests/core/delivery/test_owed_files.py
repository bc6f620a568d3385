"""What does not fit the messages of an answer is owed as files, and goes on in messages where Slack takes none."""

from __future__ import annotations

import pytest

from bot.core.conversation import notices
from bot.core.delivery.long_code import LONGEST_SHOWN
from bot.core.delivery.message_format import Dialect
from bot.core.delivery.owed_files import OwedFiles
from bot.core.delivery.segments import Segments
from bot.language.catalogue import ENGLISH
from tests.fakes import an_answer

ANSWER = an_answer("1.0")
LINES = "call()\n" * (LONGEST_SHOWN // 7 + 100)
CODE = f"```python\n{LINES}```\n"


def an_answer_with(text: str, *, takes_files: bool = True) -> tuple[OwedFiles, Segments]:
    """Returns the files of an answer that is over."""
    parts = Segments(Dialect.BLOCK, file_after=20 if takes_files else None)
    files = OwedFiles(parts, ENGLISH, takes_files=takes_files)
    parts.feed(files.feed(text) + files.finish())
    parts.finish()
    return files, parts


def test_a_block_of_long_code_is_owed_whole_until_it_stands_in_the_thread() -> None:
    files, _ = an_answer_with(f"Look:\n\n{CODE}")
    (file,) = files.of(ANSWER)
    assert (file.title, file.name, file.content) == (
        notices.CODE_TITLE.english,
        "answer-1-0.1.py",
        LINES.encode(),
    )
    assert files.pending
    files.settle(kept=True)
    assert not files.pending


def test_a_workspace_that_takes_no_files_is_owed_none() -> None:
    files, parts = an_answer_with(CODE, takes_files=False)
    assert (files.of(ANSWER), files.pending) == ([], False)
    assert parts.current.source.count("call()") == LINES.count("call()")


@pytest.mark.parametrize(("kept", "shown"), [((True, True), 0), ((True, False), 1), ((False, False), 2)])
def test_what_slack_does_not_take_goes_on_in_messages_once_all_are_known(
    kept: tuple[bool, bool], shown: int
) -> None:
    files, parts = an_answer_with(CODE + "Or:\n\n" + CODE)
    before = parts.current.source
    files.settle(kept=kept[0])
    assert parts.current.source == before
    files.settle(kept=kept[1])
    more = LINES.count("call()") - -(-LONGEST_SHOWN // 7)
    assert parts.current.source[len(before) :].count("call()") == shown * more
