"""Answers what is asked by a slash command or in a message's menu: to one person alone, until they share it.

    command, shortcut --> the ack says that it is thought about --> the model is asked --> its answer, by the address Slack gave
                                                                                      `--> Share: the same, to the channel

A private answer is not on record: it is lost with its process, and asked for again. What may be shared is held in memory, by the
process that answered, for as long as Slack takes answers to what was pressed.
"""

from __future__ import annotations

import asyncio
import secrets
from collections import OrderedDict
from functools import partial
from typing import TYPE_CHECKING, NamedTuple, Protocol

from bot.core.conversation import notices
from bot.core.conversation.addressees import Addressees
from bot.core.conversation.admission import Refusal
from bot.core.conversation.content_parts import text_of, text_parts
from bot.core.conversation.history import ThreadMessage
from bot.core.conversation.incoming import Kind, Prompt, ThreadKey, TurnKey, is_direct
from bot.core.conversation.private_question import COMMAND, ShortcutKind, conversation
from bot.core.delivery.private_answer import (
    ReadingNews,
    ReplyAddress,
    private_answer,
    private_word,
    shared_answer,
)
from bot.delivery.cooperative_steps import in_steps
from bot.errors import ModelError, SlackError, ThreadGone
from bot.observability import facts
from bot.observability.hooks import tell
from bot.observability.logs import way_to
from bot.turns.private_writer import TurnedAwayError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from bot.core.conversation.deltas import HistoryRead
    from bot.core.conversation.json_payload import Payload
    from bot.core.conversation.private_question import CommandGiven, Invitation, SharePressed, ShortcutChosen
    from bot.language.catalogue import Language
    from bot.language.translatable import Translatable
    from bot.turns.admission_desk import Admitting
    from bot.turns.owned_tasks import OwnedTasks
    from bot.turns.private_writer import PrivateWriter, WrittenAnswer

SHAREABLE_FOR = 1_800.0  # seconds: as long as Slack takes answers to what was pressed
MOST_SHAREABLE = 1_000  # private answers that can be shared, the newest


class ReplySender(Protocol):
    """Sends private answers; see `bot.slack.private_replies`."""

    async def send(self, url: str, message: Payload) -> None: ...


class ThreadSurface(Protocol):
    """Reads threads and speaks in channels of a workspace; see `bot.slack.web_api_client`."""

    async def read_thread(self, thread: ThreadKey) -> list[ThreadMessage]: ...
    async def say(self, channel: str, words: str) -> None: ...


class ThreadSurfaces(Protocol):
    """Knows the workspaces that have installed us, and their people; see `bot.installation`."""

    async def surface(self, team: str) -> ThreadSurface | None: ...
    async def language(self, team: str, user: str) -> Language: ...


class PromptTaker(Protocol):
    """Begins turns; see `bot.turns.registry`."""

    async def take(self, prompt: Prompt) -> bool: ...


class Asker(NamedTuple):
    """Says who has asked, where, and where the answer goes."""

    team: str
    channel: str
    user: str
    reply: ReplyAddress


class Shareable(NamedTuple):
    """Holds a private answer that can be shared, since when, and whose it is."""

    since: float
    asker: Asker
    question: str
    answer: WrittenAnswer


class PrivateQuestions:
    """Answers private questions in all workspaces of a process. Its work is owned by `tasks`."""

    def __init__(
        self,
        writer: PrivateWriter,
        desk: Admitting,
        turns: PromptTaker,
        surfaces: ThreadSurfaces,
        replies: ReplySender,
        tasks: OwnedTasks,
    ) -> None:
        self._writer = writer
        self._desk = desk
        self._turns = turns
        self._surfaces = surfaces
        self._replies = replies
        self._tasks = tasks
        self._busy: set[tuple[str, str]] = set()  # who waits for an answer
        self._shareable: OrderedDict[str, Shareable] = OrderedDict()

    # ---- what people do

    async def ask(self, given: CommandGiven) -> str:
        """Answers a command, soon. Returns what its author is told at once."""
        language = await self._surfaces.language(given.team, given.user)
        return language.say(self._take(given))

    def _take(self, given: CommandGiven) -> Translatable:
        if given.name != COMMAND:
            return notices.UNKNOWN_COMMAND
        if given.wants_help:
            return notices.ASK_HELP
        asker = Asker(given.team, given.channel, given.user, ReplyAddress(given.reply_url))
        said = [ThreadMessage("", given.user, text_parts(given.question))]
        return self._begin(asker, given.question, partial(_read_already, said))

    def choose(self, chosen: ShortcutChosen) -> None:
        """Does what somebody has chosen in a message's menu, soon."""
        reply = ReplyAddress(chosen.reply_url)
        asker = Asker(chosen.thread.team, chosen.thread.channel, chosen.user, reply)
        if chosen.kind is None:
            self._tasks.start("private word", self._say(asker, notices.UNKNOWN_SHORTCUT))
        elif chosen.kind is ShortcutKind.ANSWER_HERE:
            self._tasks.start("answer here", self._answer_here(asker, chosen))
        else:
            word = self._begin(asker, text_of(chosen.parts), partial(self._read, asker, chosen))
            if word == notices.ONE_AT_A_TIME:
                self._tasks.start("private word", self._say(asker, word))

    def share(self, press: SharePressed) -> None:
        """Shares a private answer with its channel, soon."""
        self._tasks.start("share", self._share(press))

    def greet(self, invited: Invitation) -> None:
        """Says hello in a channel that we were invited into, soon."""
        self._tasks.start("greeting", self._greet(invited))

    # ---- a private answer

    def _begin(
        self, asker: Asker, question: str, read: Callable[[], Awaitable[list[ThreadMessage]]]
    ) -> Translatable:
        who = (asker.team, asker.user)
        if who in self._busy:
            return notices.ONE_AT_A_TIME
        self._busy.add(who)
        self._tasks.start("private answer", self._answer(asker, question, read))
        return notices.PRIVATE_THINKING

    async def _answer(
        self, asker: Asker, question: str, read: Callable[[], Awaitable[list[ThreadMessage]]]
    ) -> None:
        try:
            said, where = await read(), ThreadKey(asker.team, asker.channel, "")
            progress = partial(self._tell_progress, asker, ReadingNews())
            answer = await self._writer.write(where, asker.user, said, progress=progress)
            await self._show(asker, question, answer)
        except ModelError as error:
            await self._say(asker, error.told)
        except ThreadGone:
            await self._say(asker, notices.NOT_IN_CHANNEL)
        except TurnedAwayError as refused:
            await self._say(asker, refused.words)  # which nobody need share
        except SlackError as error:
            tell(facts.PrivateReplyRefused(error=str(error)))
            await self._say(asker, notices.UNDONE)
        except Exception as error:
            # It ends here: one that breaks must not take the process with it, and whoever waits has to know.
            tell(facts.WorkCrashed(work="private answer", way=way_to(error)))
            await self._say(asker, notices.CRASHED)
        finally:
            self._busy.discard((asker.team, asker.user))

    async def _show(self, asker: Asker, question: str, answer: WrittenAnswer) -> None:
        name = secrets.token_urlsafe(9)
        now = asyncio.get_running_loop().time()
        caution, language = self._writer.caution, await self._language(asker)
        build = partial(private_answer, caution=caution, name=name, most=asker.reply.most_messages)
        for message in await in_steps(lambda: build(*answer, language)):
            await self._send(asker, message)
        self._shareable[name] = Shareable(now, asker, question, answer)
        if len(self._shareable) > MOST_SHAREABLE:
            self._shareable.popitem(last=False)

    async def _language(self, asker: Asker) -> Language:
        return await self._surfaces.language(asker.team, asker.user)

    async def _say(self, asker: Asker, text: Translatable) -> None:
        words = (await self._language(asker)).say(text)
        try:
            await self._send(asker, private_word(words))
        except SlackError as error:
            tell(facts.PrivateReplyRefused(error=str(error)))

    async def _send(self, asker: Asker, message: Payload) -> None:
        asker.reply.used += 1
        await self._replies.send(asker.reply.url, message)

    async def _tell_progress(self, asker: Asker, news: ReadingNews, read: HistoryRead) -> None:
        if news.is_due(read):
            words = notices.PRIVATE_READING
            await self._say(asker, words.fill(first=read.first, last=read.last, total=read.total))

    async def _read(self, asker: Asker, chosen: ShortcutChosen) -> list[ThreadMessage]:
        """Raises SlackError where the thread cannot be read."""
        await self._say(asker, notices.PRIVATE_THINKING)  # a shortcut's ack says nothing
        said = await self._thread(chosen.thread) if chosen.kind is ShortcutKind.SUMMARISE else []
        return conversation(chosen, said)

    async def _thread(self, thread: ThreadKey) -> list[ThreadMessage]:
        surface = await self._surfaces.surface(thread.team)
        if surface is None:
            raise ThreadGone("the workspace has not installed us")
        return await surface.read_thread(thread)

    # ---- in the open

    async def _answer_here(self, asker: Asker, chosen: ShortcutChosen) -> None:
        if chosen.ours:
            await self._say(asker, notices.OWN_MESSAGE)
            return
        try:
            await self._thread(chosen.thread)  # where we may not read, our answer would be lost
        except ThreadGone:
            await self._say(asker, notices.NOT_IN_CHANNEL)
            return
        except SlackError as error:
            tell(facts.PrivateReplyRefused(error=str(error)))
            await self._say(asker, notices.UNDONE)
            return
        kind = Kind.DIRECT if is_direct(chosen.thread.channel) else Kind.MENTION
        admission = await self._desk.admit(TurnKey(chosen.thread, chosen.ts, chosen.user, kind))
        if isinstance(
            admission, Refusal
        ):  # before it is on record: whom it is refused must not keep it from others
            await self._say(asker, admission.words)
            return
        prompt = Prompt(chosen.thread, chosen.ts, chosen.user, chosen.parts, kind, to=Addressees(us=True))
        if not await self._turns.take(prompt):
            await self._say(asker, notices.ASKED_ALREADY)

    async def _share(self, press: SharePressed) -> None:
        asker = Asker(press.team, press.channel, press.user, ReplyAddress(press.reply_url))
        found = self._shareable.get(press.name)
        if found is None or found.asker[:3] != asker[:3] or self._is_old(found):
            await self._say(asker, notices.NOT_SHAREABLE)
            return
        del self._shareable[press.name]  # before anything is waited for: it is shared once
        language, caution = await self._language(asker), self._writer.caution
        shared = shared_answer(
            *found.answer, language, caution=caution, user=asker.user, question=found.question
        )
        try:
            for message in shared:
                await self._send(asker, message)
        except SlackError as error:
            tell(facts.PrivateReplyRefused(error=str(error)))
            await self._say(asker, notices.UNDONE)

    def _is_old(self, found: Shareable) -> bool:
        return asyncio.get_running_loop().time() - found.since > SHAREABLE_FOR

    async def _greet(self, invited: Invitation) -> None:
        surface = await self._surfaces.surface(invited.team)
        if surface is None:
            return
        language = await self._surfaces.language(invited.team, invited.inviter)
        try:
            await surface.say(invited.channel, language.say(notices.GREETING))
        except SlackError as error:
            tell(facts.GreetingRefused(channel=invited.channel, error=str(error)))


async def _read_already(said: list[ThreadMessage]) -> list[ThreadMessage]:
    """A command brings all that the model reads."""
    return said
