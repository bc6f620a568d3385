"""Files that belong to an answer, by their names."""

from __future__ import annotations

from dataclasses import replace

from bot.core.conversation.shared_files import AnswerFile, is_file_of
from tests.fakes import an_answer


def test_a_file_is_named_after_its_answer_without_odd_signs() -> None:
    answer = an_answer("1700000000.000100")
    assert AnswerFile(answer, "The rest", b"").name == "answer-1700000000-000100.md"
    second = replace(answer, take=2)
    assert AnswerFile(second, "The rest", b"").name == "answer-1700000000-000100-02.md"


def test_a_file_belongs_to_the_answer_that_its_name_says_and_to_no_other() -> None:
    first, second = an_answer("1700000000.000100"), replace(an_answer("1700000000.000100"), take=2)
    name = AnswerFile(first, "", b"").name
    assert is_file_of(name, first.name)
    assert not is_file_of(name, second.name)
    assert not is_file_of("plan.pdf", first.name)
