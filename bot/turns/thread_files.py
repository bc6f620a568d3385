"""Reads the files of a conversation: looks up, fetches, has them read, and puts what they say where they stand.

What is read of which is decided in `bot.core.conversation.attached_files`. Of a file nothing stays: the next question reads it again.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Protocol, TypeVar

from bot.core.conversation.attached_files import (
    CHARS_A_TOKEN,
    FileAbilities,
    FileLimits,
    files_to_look_up,
    fit_files,
    known_files,
    plan_files,
    with_files,
)
from bot.core.conversation.file_kinds import claimed_kind
from bot.core.conversation.file_refusals import FileRefusal
from bot.documents.libraries import EXTRA
from bot.documents.parse_job import ParseJob
from bot.observability import facts
from bot.observability.hooks import tell

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable, Sequence

    from bot.core.conversation.attached_files import FileContent
    from bot.core.conversation.content_parts import FilePart
    from bot.core.conversation.file_kinds import FileKind
    from bot.core.conversation.history import ThreadMessage
    from bot.core.conversation.incoming import ThreadKey

Found = TypeVar("Found")
WITHIN = 45.0  # seconds that all files of a question may take; an answer without some of them goes before
AT_ONCE = 3
"""Files that a process reads at once: each may be 20 MB here, and 512 MB in the process that reads it."""
_MENDS = {
    FileRefusal.NO_ACCESS: "the app may not read files: add the scope files:read, and install the app again",
    FileRefusal.NO_READER: f"libraries are missing: {EXTRA}",
}


class FileHost(Protocol):
    """Has the files of a workspace; see `bot.slack.file_host`."""

    async def look_up(self, file: FilePart) -> FilePart | FileRefusal: ...
    async def fetch(self, file: FilePart, *, most: int) -> bytes | FileRefusal: ...


class FileParser(Protocol):
    """Reads documents; see `bot.documents.parser_process`."""

    async def parse(self, content: bytes, job: ParseJob) -> FileContent | FileRefusal: ...


class ThreadFiles:
    """Reads the files of one workspace's conversations, of those `kinds`. `places` are those of the process: so many files are read in it
    at once."""

    def __init__(
        self,
        host: FileHost,
        parser: FileParser,
        kinds: frozenset[FileKind],
        limits: FileLimits | None = None,
        *,
        places: asyncio.Semaphore | None = None,
        within: float = WITHIN,
    ) -> None:
        self._host = host
        self._parser = parser
        self._kinds = kinds
        self._limits = limits or FileLimits()
        self._places = places or asyncio.Semaphore(AT_ONCE)
        self._within = within

    async def read(
        self, said: Sequence[ThreadMessage], thread: ThreadKey, *, history: int, pictures: bool
    ) -> list[ThreadMessage]:
        """Returns the conversation with what its files say in their places, for a model that reads `history` tokens of it in all, and
        sees `pictures` or not."""
        deadline = asyncio.get_running_loop().time() + self._within
        known = await _gather(files_to_look_up(said, self._limits), self._host.look_up, deadline)
        said = with_files(said, known_files(known))
        plan = plan_files(said, FileAbilities(self._kinds, pictures), self._limits)
        tokens = self._limits.tokens(history)
        read = partial(self._read, chars=tokens * CHARS_A_TOKEN)
        found: dict[FilePart, FileContent | FileRefusal] = dict(plan.refused)
        found |= await _gather(plan.wanted, read, deadline)
        for file, content in found.items():
            _tell(thread, file, content)
        return with_files(said, fit_files(found, tokens=tokens))

    async def _read(self, file: FilePart, *, chars: int) -> FileContent | FileRefusal:
        async with self._places:
            content = await self._host.fetch(file, most=self._limits.size)
            if isinstance(content, FileRefusal):
                return content
            return await self._parser.parse(content, ParseJob(claimed_kind(file), chars))


async def _gather(
    files: Iterable[FilePart], look: Callable[[FilePart], Awaitable[Found | FileRefusal]], deadline: float
) -> dict[FilePart, Found | FileRefusal]:
    """Returns what `look` finds of each file, in their order; TOO_SLOW of those that are not done by the deadline."""
    found: dict[FilePart, Found | FileRefusal] = dict.fromkeys(files, FileRefusal.TOO_SLOW)

    async def note(file: FilePart) -> None:
        found[file] = await look(file)

    with suppress(TimeoutError):
        async with asyncio.timeout_at(deadline), asyncio.TaskGroup() as tasks:
            for file in found:
                tasks.create_task(note(file))
    return found


def _tell(thread: ThreadKey, file: FilePart, content: FileContent | FileRefusal) -> None:
    kind = claimed_kind(file).value
    if isinstance(content, FileRefusal):
        mend = _MENDS.get(content, "")
        tell(facts.FileRefused(thread=thread, kind=kind, reason=content.value, mend=mend))
    else:
        tell(facts.FileRead(thread=thread, kind=kind, bytes=file.size))
