"""Knows the files that belong to an answer: by their names, since nothing else that we say with a file comes back from Slack."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.core.conversation.answer_key import AnswerKey

FILE_GONE = frozenset(("file_not_found", "file_deleted"))
"""Says what Slack answers about a file that is not there any more."""
PREFIX = "answer-"
"""Begins the name of a file of ours: what follows says which answer it belongs to."""


@dataclass(frozen=True, slots=True)
class AnswerFile:
    """Holds a file that belongs to an answer: the `title` that people see, its bytes, and the end of its name. `language` is that of
    code, as it stands at the block."""

    answer: AnswerKey
    title: str
    content: bytes
    extension: str = "md"
    language: str = ""

    @property
    def name(self) -> str:
        """Returns the name by which it is found again."""
        return f"{file_stem(self.answer.name)}.{self.extension}"


@dataclass(frozen=True, slots=True)
class SharedFile:
    """Names a file that stands in a thread, by its id and its name, in the message `ts`."""

    id: str
    name: str
    ts: str


def file_stem(answer_name: str) -> str:
    """Returns what the names of an answer's files begin with, given the name of the answer. There are no odd signs in it, of which
    nobody says what Slack makes."""
    return PREFIX + answer_name.replace(".", "-").replace("+", "-")


def is_file_of(name: str, answer_name: str) -> bool:
    """Tells whether a file of that name belongs to the answer."""
    return name.partition(".")[0] == file_stem(answer_name)
