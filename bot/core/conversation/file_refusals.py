"""Says why a file is not read, in the words that its sender and the model are told it with."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING

from bot.language.translatable import Translatable

if TYPE_CHECKING:
    from collections.abc import Mapping


class FileRefusal(Enum):
    """Names each reason, as the log does."""

    MEDIA = "media"
    TOO_LARGE = "too_large"
    TOO_MANY = "too_many"
    UNKNOWN_KIND = "unknown_kind"
    ELSEWHERE = "elsewhere"
    GONE = "gone"
    NO_ACCESS = "no_access"
    NOT_FETCHED = "not_fetched"
    WRONG_TYPE = "wrong_type"
    CUT_SHORT = "cut_short"
    EMPTY = "empty"
    LOCKED = "locked"
    TOO_COMPLEX = "too_complex"
    TOO_SLOW = "too_slow"
    BROKEN = "broken"
    NO_READER = "no_reader"
    NO_PICTURES = "no_pictures"
    NO_ROOM = "no_room"
    NO_TEXT = "no_text"

    @property
    def told(self) -> Translatable:
        """Returns what people are told: it stands behind the file's name and a colon."""
        return _TOLD[self]

    @property
    def is_of_all(self) -> bool:
        """Tells whether what people are told is true of several files together: it says nothing of the one file."""
        return self in _OF_ALL


_OF_ALL = frozenset(
    {
        FileRefusal.MEDIA,
        FileRefusal.TOO_MANY,
        FileRefusal.UNKNOWN_KIND,
        FileRefusal.NO_ACCESS,
        FileRefusal.NO_READER,
        FileRefusal.NO_PICTURES,
    }
)

_TOLD: Mapping[FileRefusal, Translatable] = {
    FileRefusal.MEDIA: Translatable("I read no sound and no video"),
    FileRefusal.TOO_LARGE: Translatable("it is too large for me"),
    FileRefusal.TOO_MANY: Translatable("these are too many files at once"),
    FileRefusal.UNKNOWN_KIND: Translatable("I cannot read files of this kind"),
    FileRefusal.ELSEWHERE: Translatable("it is not kept in Slack"),
    FileRefusal.GONE: Translatable("it is not there any more"),
    FileRefusal.NO_ACCESS: Translatable("I may not read files here; whoever runs me can mend that"),
    FileRefusal.NOT_FETCHED: Translatable("Slack did not give it to me"),
    FileRefusal.WRONG_TYPE: Translatable("it is not what its name says"),
    FileRefusal.CUT_SHORT: Translatable("it came incomplete"),
    FileRefusal.EMPTY: Translatable("it is empty"),
    FileRefusal.LOCKED: Translatable("it is protected by a password, or of an old format"),
    FileRefusal.TOO_COMPLEX: Translatable("there is too much in it to unpack"),
    FileRefusal.TOO_SLOW: Translatable("reading it took too long"),
    FileRefusal.BROKEN: Translatable("it seems to be damaged"),
    FileRefusal.NO_READER: Translatable(
        "I am not set up for files of this kind; whoever runs me can mend that"
    ),
    FileRefusal.NO_PICTURES: Translatable("the model that answers here cannot see pictures"),
    FileRefusal.NO_ROOM: Translatable("there is no room left for it"),
    FileRefusal.NO_TEXT: Translatable("there is no text in it"),
}
