"""The forms that a message can have, and which of them a workspace takes."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from functools import partial
from typing import TYPE_CHECKING

from bot.core.markdown.render.canonical import Canonical
from bot.core.markdown.render.message_text import mrkdwn, slack_markdown
from bot.core.markdown.render.mrkdwn import Mrkdwn
from bot.core.markdown.split.capacity import BLOCK_ROOM, TEXT_ROOM
from bot.core.markdown.split.pagination import Shape

if TYPE_CHECKING:
    from collections.abc import Collection

    from bot.core.markdown.render.block_walk import Emitter


class Dialect(Enum):
    """Names what a message says its text in."""

    BLOCK = "block"  # one `markdown` block, with plain text beside it
    TEXT = "text"  # mrkdwn in `text` alone, where a workspace does not take the block

    def shape(self, *, asker: str = "", plainly: Collection[int] = ()) -> Shape:
        """Returns what becomes of a text that is sent so. `asker` is the user whose mention stays one, if any.

        Words that begin on one of the lines `plainly` have no markup.
        """
        if self is Dialect.BLOCK:
            return Shape(partial(slack_markdown, asker=asker, plainly=plainly), BLOCK_ROOM)
        return Shape(partial(mrkdwn, asker=asker, plainly=plainly), TEXT_ROOM)

    def emitter(self, *, asker: str = "") -> Emitter:
        """The same for a text that grows."""
        return Canonical(asker) if self is Dialect.BLOCK else Mrkdwn(asker)


@dataclass(slots=True)
class Capabilities:
    """Holds what a workspace has shown that it takes; kept as long as the process runs."""

    block: bool = True
    streams: bool = False  # messages that grow; only where the operator wants them, and Slack knows them
    controls: bool = True  # buttons below the text; first to go where Slack refuses the blocks of a message
    tables: bool = True  # tables that people can sort, in the place of those in Markdown
    charts: bool = True  # charts in the place of their figures
    # Messages, after which the rest of an answer becomes a file; None: it does not.
    file_after: int | None = None
