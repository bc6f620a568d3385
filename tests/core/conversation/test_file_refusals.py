"""Why a file is not read."""

from __future__ import annotations

from bot.core.conversation.file_refusals import FileRefusal


def test_each_reason_has_words_of_its_own_that_end_in_no_full_stop() -> None:
    told = [one.told.english for one in FileRefusal]
    assert len(set(told)) == len(told)
    assert [one for one in told if one.endswith(".")] == []
