"""Decides which files of a conversation are read, and how much of each: a model's room is small, and people attach a lot.

The newest message's files go first, in their order, then those above it. Each is read, or refused for a reason that its sender and the
model are told. The room is shared out so that small files are whole before a large one takes the rest:

    wanted  300   1,000   9,000      room 4,000
    given   300   1,000   2,700

A picture costs the same whichever it is, so pictures go before texts, as many as there is room for.

What a file says is a part of its own, apart from what people say: see `FileTextPart`.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import reduce
from typing import TYPE_CHECKING, TypeAlias

from bot.core.conversation.content_parts import (
    FRAME_TOKENS,
    IMAGE_TOKENS,
    FilePart,
    FilePlace,
    FileTextPart,
    FileUnit,
    ImagePart,
    TextPart,
)
from bot.core.conversation.file_kinds import FileKind, claimed_kind
from bot.core.conversation.file_refusals import FileRefusal
from bot.core.conversation.token_estimate import estimate_tokens
from bot.language.translatable import Translatable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from bot.core.conversation.content_parts import Part
    from bot.core.conversation.history import ChatMessage, ThreadMessage

CHARS_A_TOKEN = 5
"""Characters of a file that are looked at for each token there is room for: prose has fewer, as tokens are estimated here."""
CUT = " […]"


@dataclass(frozen=True, slots=True)
class FileLimits:
    """Says what is read for one answer: files, bytes of one and of all, and what share of the tokens of its history."""

    files: int = 10
    size: int = 20 * 1024 * 1024
    sizes: int = 60 * 1024 * 1024
    share: float = 0.5

    def tokens(self, history: int) -> int:
        """Returns the tokens for files where a model reads `history` tokens in all."""
        return int(history * self.share)


@dataclass(frozen=True, slots=True)
class FileAbilities:
    """Says what can be read here: which kinds, and whether the model sees pictures."""

    kinds: frozenset[FileKind] = frozenset(FileKind)
    pictures: bool = True


@dataclass(frozen=True, slots=True)
class FilePlan:
    """Holds what to read, in that order, and why the rest is not."""

    wanted: tuple[FilePart, ...] = ()
    refused: Mapping[FilePart, FileRefusal] = field(default_factory=dict[FilePart, FileRefusal])


@dataclass(frozen=True, slots=True)
class FileText:
    """Holds what was found in a file: its first pages or lines, of `total` that there are."""

    unit: FileUnit
    pieces: tuple[str, ...]
    total: int


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture as a model takes it."""

    data: bytes
    mimetype: str


FileContent: TypeAlias = "FileText | Picture"


def files_to_look_up(said: Sequence[ThreadMessage], limits: FileLimits) -> list[FilePart]:
    """Returns the files of which Slack has told no more than their ids."""
    return [file for file in dict.fromkeys(_files(said)) if file.place is FilePlace.ASK][: limits.files]


def known_files(found: Mapping[FilePart, FilePart | FileRefusal]) -> dict[FilePart, FilePart]:
    """Returns what stands for files that were looked up."""
    return {
        file: replace(file, refusal=one) if isinstance(one, FileRefusal) else one
        for file, one in found.items()
    }


def plan_files(said: Sequence[ThreadMessage], abilities: FileAbilities, limits: FileLimits) -> FilePlan:
    """Decides what is read of the files in a conversation whose last message is the question."""
    wanted: list[FilePart] = []
    refused: dict[FilePart, FileRefusal] = {}
    for file in dict.fromkeys(one for one in _files(said) if one.refusal is None):
        size = sum(one.size for one in wanted) + file.size
        if (why := refuse_file(file, abilities, limits)) is not None:
            refused[file] = why
        elif len(wanted) == limits.files or size > limits.sizes:
            refused[file] = FileRefusal.TOO_MANY
        else:
            wanted.append(file)
    return FilePlan(tuple(wanted), refused)


def refuse_file(file: FilePart, abilities: FileAbilities, limits: FileLimits) -> FileRefusal | None:
    """Returns why the file is not read, by what Slack says of it; None where it may be."""
    if file.place in _PLACES:
        return _PLACES[file.place]
    kind = claimed_kind(file)
    if kind in _KINDS:
        return _KINDS[kind]
    if kind is FileKind.PICTURE and not abilities.pictures:
        return FileRefusal.NO_PICTURES
    if kind not in abilities.kinds:
        return FileRefusal.NO_READER
    return FileRefusal.TOO_LARGE if file.size > limits.size else None


_PLACES = {
    FilePlace.ELSEWHERE: FileRefusal.ELSEWHERE,
    FilePlace.GONE: FileRefusal.GONE,
    FilePlace.ASK: FileRefusal.NO_ACCESS,  # Slack has been asked, and says no more
}
_KINDS = {FileKind.MEDIA: FileRefusal.MEDIA, FileKind.UNKNOWN: FileRefusal.UNKNOWN_KIND}


def _files(said: Sequence[ThreadMessage]) -> Iterator[FilePart]:
    """The files of what others said, those of the newest message first."""
    for one in reversed(said):
        if not one.ours:
            yield from (part for part in one.parts if isinstance(part, FilePart))


# ---- what is given of them


def fit_files(found: Mapping[FilePart, FileContent | FileRefusal], *, tokens: int) -> dict[FilePart, Part]:
    """Returns what the model is given in the place of each file, `tokens` in all."""
    pictures = [file for file, content in found.items() if isinstance(content, Picture)]
    shown = pictures[: tokens // IMAGE_TOKENS]
    need = {
        file: _tokens(content, tokens) for file, content in found.items() if isinstance(content, FileText)
    }
    room = dict.fromkeys(shown, IMAGE_TOKENS) | _shared_out(need, tokens - len(shown) * IMAGE_TOKENS)
    return {file: _fitted(file, content, room.get(file, 0)) for file, content in found.items()}


def _tokens(content: FileText, most: int) -> int:
    """Returns what the text costs; of one that costs more than `most`, something above that: counting takes time."""
    total = FRAME_TOKENS
    for piece in content.pieces:
        total += estimate_tokens(piece) + 1
        if total > most:
            break
    return total


def _shared_out(need: Mapping[FilePart, int], room: int) -> dict[FilePart, int]:
    """Returns how much of the room each gets: the smallest first, none more than an equal share of what is left."""
    given: dict[FilePart, int] = {}
    for file in sorted(need, key=lambda one: need[one]):
        given[file] = min(need[file], room // (len(need) - len(given)))
        room -= given[file]
    return given


def _fitted(file: FilePart, content: FileContent | FileRefusal, room: int) -> Part:
    if isinstance(content, FileRefusal):
        return replace(file, refusal=content)
    if isinstance(content, Picture):
        fits = room >= IMAGE_TOKENS
        image = ImagePart(file.name, content.mimetype, content.data)
        return image if fits else replace(file, refusal=FileRefusal.NO_ROOM)
    return _fitted_text(file, content, room - FRAME_TOKENS)


def _fitted_text(file: FilePart, content: FileText, room: int) -> Part:
    pieces: list[str] = []
    left = room
    for piece in content.pieces:
        left -= estimate_tokens(piece) + 1
        if left < 0:
            break
        pieces.append(piece)
    if not pieces:
        return _beginning(file, content, room)
    between = "\n\n" if content.unit in (FileUnit.PAGES, FileUnit.SLIDES) else "\n"
    return FileTextPart(file.name, between.join(pieces), content.unit, len(pieces), content.total)


def _beginning(file: FilePart, content: FileText, room: int) -> Part:
    """As much as there is room for of a first page, or a first line, that is too long."""
    first = content.pieces[0]
    text = first[: max(0, room) * len(first) // max(1, estimate_tokens(first))]
    if not text:
        return replace(file, refusal=FileRefusal.NO_ROOM)
    return FileTextPart(file.name, text + CUT, content.unit, 0, content.total)


def with_files(said: Sequence[ThreadMessage], given: Mapping[FilePart, Part]) -> list[ThreadMessage]:
    """Returns the conversation with what is given for its files in their places. One that is there twice is given once, where it
    was last."""
    left: dict[FilePart, Part | None] = dict(given)

    def give(part: Part) -> Part:
        if not isinstance(part, FilePart) or part not in left:
            return part
        content, left[part] = left[part], None
        return content or TextPart(f"[{part.name}: it stands further below]")

    changed = [one if one.ours else replace(one, parts=tuple(map(give, one.parts))) for one in reversed(said)]
    return changed[::-1]


# ---- what the reader is told

READ = Translatable("Read: {files}.")
NOT_READ = Translatable("Not read: {refused}.")
# Translators: {files} are one or more names of files, {why} is why they are not read.
REFUSED = Translatable("{files}: {why}")
# Translators: some files and why they are not read, and behind them some more.
MORE_REFUSED = Translatable("{before}; {more}")
# Translators: of a file; {read} is a number, {total} one that is larger.
_READ_OF = {
    FileUnit.PAGES: Translatable("Read: {file}, {read} of {total} pages."),
    FileUnit.SLIDES: Translatable("Read: {file}, {read} of {total} slides."),
    FileUnit.ROWS: Translatable("Read: {file}, {read} of {total} rows."),
    FileUnit.PARAGRAPHS: Translatable("Read: {file}, {read} of {total} paragraphs."),
    FileUnit.LINES: Translatable("Read: {file}, {read} of {total} lines."),
}
BEGINNING = Translatable("Read: {file}, its beginning.")


def file_notes(given: Iterable[ChatMessage], asked: Iterable[Part]) -> tuple[Translatable, ...]:
    """Returns what the reader is told of the files: what the model was `given`, and what of those that were `asked` about it was not."""
    parts = [part for message in given for part in message.parts]
    whole = [part.name for part in parts if isinstance(part, FileTextPart) and part.read == part.total]
    whole += [part.alt for part in parts if isinstance(part, ImagePart) and part.data]
    some = [part for part in parts if isinstance(part, FileTextPart) and part.read < part.total]
    files = ", ".join(f"`{name}`" for name in whole)
    unread = [(part.name, part.refusal) for part in asked if isinstance(part, FilePart) and part.refusal]
    return (
        *([READ.fill(files=files)] if files else []),
        *map(_read_of, some),
        *([NOT_READ.fill(refused=_refused(unread))] if unread else []),
    )


def _refused(files: Iterable[tuple[str, FileRefusal]]) -> Translatable:
    """Returns the names of files and why each is not read, a reason once that holds for all it is given for."""
    names: dict[tuple[FileRefusal, str], list[str]] = {}
    for name, refusal in files:
        names.setdefault((refusal, "" if refusal.is_of_all else name), []).append(name)
    told = (
        REFUSED.fill(files=", ".join(f"`{name}`" for name in found), why=why.told)
        for (why, _), found in names.items()
    )
    return reduce(lambda before, more: MORE_REFUSED.fill(before=before, more=more), told)


def _read_of(part: FileTextPart) -> Translatable:
    if not part.read:
        return BEGINNING.fill(file=f"`{part.name}`")
    return _READ_OF[part.unit].fill(file=f"`{part.name}`", read=part.read, total=part.total)
