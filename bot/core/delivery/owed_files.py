"""Knows which files an answer owes beside its messages, and what became of each: its long blocks of code, and what does not fit.

They are owed once the model has ended, in the order in which they stand in the answer, and are told of one by one (`settle`). What
Slack did not take goes on in messages once all are known, so that it stands together and nothing is said twice.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.core.conversation import notices
from bot.core.conversation.shared_files import AnswerFile
from bot.core.delivery.long_code import LongCode

if TYPE_CHECKING:
    from bot.core.conversation.answer_key import AnswerKey
    from bot.core.delivery.long_code import CodeFile
    from bot.core.delivery.segments import Segments
    from bot.language.catalogue import Language


class OwedFiles:
    """The files of one answer, whose messages are `parts`. Long code goes into files only where the workspace takes them."""

    def __init__(self, parts: Segments, language: Language, *, takes_files: bool) -> None:
        self._parts = parts
        self._language = language
        word = notices.aside(language.say(notices.CODE_GOES_ON))
        self._long_code = LongCode(word) if takes_files else None
        self._kept: list[bool] = []  # of each that was told of: whether it stands there, or never will

    def feed(self, text: str) -> str:
        """More of the answer. Returns what of it stands in messages."""
        return text if self._long_code is None else self._long_code.feed(text)

    def finish(self) -> str:
        """The answer is over. Returns what stands in messages besides."""
        return "" if self._long_code is None else self._long_code.finish()

    @property
    def pending(self) -> bool:
        """Tells whether of any of them is not known what became of it."""
        return len(self._kept) < len(self._code) + (self._parts.overflow is not None)

    def of(self, answer: AnswerKey) -> list[AnswerFile]:
        """Returns all of them."""
        title = self._language.say(notices.CODE_TITLE)
        files = [
            AnswerFile(answer, title, _bytes(one.code), f"{number}.{one.extension}", one.language)
            for number, one in enumerate(self._code, start=1)
        ]
        if (overflow := self._parts.overflow) is not None:
            files.append(AnswerFile(answer, self._language.say(notices.FILE_TITLE), _bytes(overflow.rest())))
        return files

    def settle(self, *, kept: bool) -> None:
        """The next of them stands in the thread; or it does not, and never will."""
        self._kept.append(kept)
        if not self.pending and not all(self._kept):
            self._go_on_in_messages()

    @property
    def _code(self) -> list[CodeFile]:
        return [] if self._long_code is None else self._long_code.files

    def _go_on_in_messages(self) -> None:
        refused = [one.markdown for one, kept in zip(self._code, self._kept, strict=False) if not kept]
        self._parts.go_on_in_messages(*refused, rest=not all(self._kept[len(self._code) :]))


def _bytes(text: str) -> bytes:
    return text.encode(errors="replace")
