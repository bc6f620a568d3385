"""Puts the rest of an answer into a file in its thread, or finds that this cannot be done: then the answer goes on in messages.

    upload ──► share ──► look for it in the thread ──► it stands there
      │          │                  └── not there after some seconds: it is taken back, and counts as refused
      │          └── no answer: looked for as well
      └── no answer: tried anew; refused: no file

Slack's answer to sharing does not say that the file is shared (node-slack-sdk, issue 1865; centaur, pull request 311 has seen it left
out). So what counts is what stands in the thread; where Slack does not let us look, its word is taken. A process that dies leaves
nothing of this on record: whoever goes on with the answer writes another one, finds the former file by its name, and replaces it.
"""

from __future__ import annotations

import asyncio
from functools import partial
from typing import TYPE_CHECKING, Protocol

from bot.core.conversation.shared_files import FILE_GONE, is_file_of
from bot.core.delivery.slack_calls import Delete, DeleteFile
from bot.delivery.patient_call import RETRY, insist, patiently
from bot.errors import MessageGone, MethodUnknown, SlackDenied, SlackError, SlackUnreachable
from bot.observability import facts
from bot.observability.hooks import tell

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.core.conversation.answer_key import AnswerKey
    from bot.core.conversation.incoming import ThreadKey
    from bot.core.conversation.shared_files import AnswerFile, SharedFile
    from bot.core.delivery.message_format import Capabilities
    from bot.core.delivery.slack_calls import SlackCall

LONGEST_WAIT = 30.0  # seconds of a 429: whoever waits for the end of an answer has it in messages before
ONCE_MORE = 2
"""Times that a call is made which meets a 429."""
LOOKS = 5
"""Times that a shared file is looked for, over some 15 seconds."""
_NEVER = frozenset(("file_uploads_disabled", "file_uploads_except_images_disabled", "file_type_not_allowed"))
"""Says what Slack answers where a workspace takes no such file at all."""


class FileUploads(Protocol):
    """Puts files into a workspace; see `bot.slack.file_uploads`."""

    async def upload(self, file: AnswerFile) -> str: ...
    async def share(self, file_id: str, file: AnswerFile) -> None: ...


class FileSurface(Protocol):
    """Sees and deletes the files of ours in a thread; see `bot.slack.web_api_client`."""

    async def carry_out(self, call: SlackCall) -> str: ...
    async def shared_files(self, thread: ThreadKey, *, since: str) -> list[SharedFile]: ...


class AnswerFiles:
    """Keeps the files of one workspace's answers. What it finds that the workspace does not take it notes in `capabilities`."""

    def __init__(self, uploads: FileUploads, surface: FileSurface, capabilities: Capabilities) -> None:
        self._uploads = uploads
        self._surface = surface
        self._capabilities = capabilities

    async def share(self, file: AnswerFile) -> bool:
        """Tells whether the file stands in its thread now. Where it does not it never will."""
        thread = file.answer.thread
        try:
            shared = await self._share(file)
        except SlackError as error:
            if isinstance(error, SlackDenied | MethodUnknown) or error.code in _NEVER:
                self._capabilities.file_after = None
            tell(facts.AnswerFileRefused(thread=thread, kind=type(error).__name__, error=str(error)))
            return False
        if shared:
            tell(facts.AnswerFileShared(thread=thread, bytes=len(file.content)))
        else:
            tell(facts.AnswerFileRefused(thread=thread, kind="never shared", error="it is not in its thread"))
        return shared

    async def find(self, answer: AnswerKey) -> list[SharedFile]:
        """Returns the files that stand in Slack for the answer; none where Slack does not tell."""
        try:
            found = await self._surface.shared_files(answer.thread, since=answer.turn.ts)
        except SlackError:
            return []
        return [one for one in found if is_file_of(one.name, answer.name)]

    async def delete(self, thread: ThreadKey, files: Sequence[SharedFile]) -> None:
        """Takes files away that nobody needs any more, with the messages that they stand in."""
        for file in files:
            # Before its message: where that is gone, nobody finds the file any more.
            if await self._clear(DeleteFile(thread, file.id)):
                await self._clear(Delete(thread, file.ts))

    async def _share(self, file: AnswerFile) -> bool:
        file_id = await insist(partial(self._uploads.upload, file), seconds=LONGEST_WAIT, most=ONCE_MORE)
        promised = True
        try:
            await patiently(partial(self._uploads.share, file_id, file), seconds=LONGEST_WAIT, most=ONCE_MORE)
        except SlackUnreachable:
            promised = False
        if await self._arrives(file, file_id, promised=promised):
            return True
        # It must not come after all: the same text is about to stand in messages.
        await self._clear(DeleteFile(file.answer.thread, file_id))
        return False

    async def _arrives(self, file: AnswerFile, file_id: str, *, promised: bool) -> bool:
        for look in range(1, LOOKS + 1):
            await asyncio.sleep(RETRY.pause(look))
            try:
                found = await self._surface.shared_files(file.answer.thread, since=file.answer.turn.ts)
            except SlackError:
                return promised
            if any(one.id == file_id for one in found):
                return True
        return False

    async def _clear(self, call: Delete | DeleteFile) -> bool:
        """Takes something of ours away. Tells whether it is away now."""
        try:
            gone = partial(self._surface.carry_out, call)
            await insist(gone, seconds=LONGEST_WAIT, most=ONCE_MORE)
        except SlackError as error:
            if not isinstance(error, MessageGone) and error.code not in FILE_GONE:
                tell(facts.SurplusRefused(kind=type(error).__name__, error=str(error)))
                return False
        return True
