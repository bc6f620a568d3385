"""One edit of a reply on its way to Slack, and what a failure of it means for the reply."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import TYPE_CHECKING

from bot.core.backoff import Backoff
from bot.core.conversation import notices as notes
from bot.core.delivery.controls import AnswerEnd
from bot.core.delivery.reply import ReplyState
from bot.core.delivery.slack_calls import (
    Delete,
    Post,
    SetStatus,
    ShownMessage,
    StartStream,
    StopStream,
    StreamCall,
    Update,
)
from bot.errors import (
    BlocksRefused,
    MessageFixed,
    MessageGone,
    MessageTooLong,
    MethodUnknown,
    RateLimited,
    SlackError,
    SlackUnreachable,
    StreamOpen,
    StreamOver,
    StreamStopped,
    ThreadGone,
)
from bot.observability import facts
from bot.observability.hooks import tell

if TYPE_CHECKING:
    from bot.core.conversation.incoming import ThreadKey
    from bot.core.delivery.reply import Reply
    from bot.core.delivery.slack_calls import Edit
    from bot.delivery.session import DeliverySession, MessageSurface

RETRY = Backoff(1.0, longest=30.0)
"""Before a call that got no answer is made again."""
# What fails this often in a row, over an hour of trying, is given up: its thread must not wait for ever.
MOST_FAILURES = 130
GONE = 2.0  # seconds in which Slack tells that a person deleted a message; one that went otherwise is posted anew
DOUBTS = 4
"""Refusals in a row, over some 15 seconds, before one is believed that nobody knows or that would end the reply: a proxy, or
Slack on a bad day, may have said it."""
COURTESY = 3.0  # seconds that a line below the thread may take
READING = "conversations.replies"


async def deliver(surface: MessageSurface, reply: Reply, edit: Edit, show: DeliverySession | None) -> None:
    """Send `edit`, unless what it would say stands in Slack already. Raises SlackError."""
    if show is None or not await show.opens():
        reply.lose()
    elif isinstance(edit, Update):
        await _update(surface, reply, edit, show)
    elif isinstance(edit, Post | StartStream):
        await _begin(surface, reply, edit, show)
    else:
        await surface.carry_out(edit)
        await show.work(partial(reply.sent, edit, edit.ts))


async def _update(surface: MessageSurface, reply: Reply, call: Update, show: DeliverySession) -> None:
    # A last edit whose answer was lost may have landed: then nothing is left to say.
    wanted = ShownMessage(call.body.text, live=False)
    if not (reply.unsure and call.last and await surface.read(call.thread, call.ts) == wanted):
        await surface.carry_out(call)
    await show.work(partial(reply.sent, call, call.ts))


async def _begin(
    surface: MessageSurface, reply: Reply, call: Post | StartStream, show: DeliverySession
) -> None:
    if reply.unsure and (ts := await surface.find(call.thread, call.marker, since=reply.since)) is not None:
        # The message whose answer was lost is there after all: a second one would be the same answer twice.
        reply.found(call, ts)
        show.posted(call.segment, ts)
    else:
        ts = await surface.carry_out(call)
        show.posted(call.segment, ts)
        await show.work(partial(reply.sent, call, ts))


def failed(reply: Reply, edit: Edit, error: SlackError, show: DeliverySession | None, now: float) -> None:
    """Tell `reply` what became of its edit. What may be a passing fault is tried again; a stream is not, where edits do as well."""
    if isinstance(edit, StreamCall) and not isinstance(error, RateLimited | SlackUnreachable):
        _break_off(reply, edit, error, show)
    elif isinstance(error, StreamOpen) and isinstance(edit, Update):
        reply.broken(edit, growing=True)
    else:
        _refused(reply, edit, error, show, now)


def _break_off(reply: Reply, edit: Edit, error: SlackError, show: DeliverySession | None) -> None:
    """Slack has refused a call for a stream, other than for the rate."""
    if isinstance(error, StreamStopped) and show is not None:
        show.end(notes.HALTED, AnswerEnd.STOPPED)
    # Where the call that does nothing but end it is refused it has ended, as far as can be told.
    over = isinstance(error, StreamOver) or (isinstance(edit, StopStream) and not edit.last)
    reply.broken(edit, growing=not over, possible=not isinstance(error, MethodUnknown))


def _refused(reply: Reply, edit: Edit, error: SlackError, show: DeliverySession | None, now: float) -> None:
    match error:
        case MessageTooLong():
            reply.shortened(edit)
        case BlocksRefused():
            reply.simplified(edit)
        case RateLimited():
            # By `READING`: a limit of its own, and what we looked for is as unknown as before.
            reply.refused(edit, not_before=now + error.retry_after, unsure=True)
        case SlackUnreachable() if reply.failures < MOST_FAILURES:
            reply.refused(edit, not_before=now + RETRY.pause(reply.failures + 1), unsure=True)
        case MessageFixed() if isinstance(edit, Update):
            reply.moved(edit)
        case _ if show is not None and (wait := _doubt(show, error)):
            reply.refused(edit, not_before=now + wait, unsure=not isinstance(error, MessageGone))
        case _:
            _give_up(reply, edit, error)


def _give_up(reply: Reply, edit: Edit, error: SlackError) -> None:
    """Slack will not take it: a message takes no more edits, or nothing can be written there at all."""
    if isinstance(error, ThreadGone):
        reply.lose()
    elif isinstance(edit, Update):
        reply.moved(edit)
    else:
        tell(facts.ReplyLost(thread=reply.thread, error=str(error)))
        reply.lose()


def _doubt(show: DeliverySession, error: SlackError) -> float:
    """Seconds after which what was refused is tried again; 0.0 where the refusal is believed.

    Whoever deleted a message would have been heard of by the second time.
    """
    if isinstance(error, SlackUnreachable):
        return 0.0
    show.refusals += 1
    if isinstance(error, MessageGone):
        return GONE if show.refusals == 1 else 0.0
    if isinstance(error, ThreadGone):
        return GONE if show.refusals <= DOUBTS // 2 else 0.0
    return RETRY.pause(show.refusals) if show.refusals <= DOUBTS else 0.0


async def delete_surplus(surface: MessageSurface, reply: Reply) -> None:
    """Take away what an earlier attempt had posted and this one did not need: readers would take it for an answer."""
    for ts in reply.parts.surplus if reply.state is ReplyState.DONE else ():
        await _delete(surface, Delete(reply.thread, ts))


async def _delete(surface: MessageSurface, call: Delete) -> None:
    for tries in range(1, DOUBTS + 2):
        try:
            await surface.carry_out(call)
        except MessageGone:
            return
        except SlackError as error:
            wait = error.retry_after if isinstance(error, RateLimited) else RETRY.pause(tries)
            tell(facts.SurplusRefused(kind=type(error).__name__, error=str(error)))
            await asyncio.sleep(wait)
        else:
            return
    tell(facts.SurplusLeft(thread=call.thread))


async def whisper(surface: MessageSurface, thread: ThreadKey, text: str) -> None:
    """Show a line below the thread, by a method that is not limited when the others are; a courtesy that may fail."""
    try:
        async with asyncio.timeout(COURTESY):
            await surface.carry_out(SetStatus(thread, text))
    except (SlackError, TimeoutError) as error:
        tell(facts.StatusRefused(error=str(error) or "no answer"))
