"""A model's text in the shapes that a Slack message carries. Nothing in them can notify anybody but the one who asked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.core.markdown.parse.block_tree import tree
from bot.core.markdown.parse.parser import parse
from bot.core.markdown.render.canonical import Canonical
from bot.core.markdown.render.mrkdwn import Mrkdwn, escape
from bot.core.markdown.render.plain import Plain

if TYPE_CHECKING:
    from collections.abc import Collection


def slack_markdown(text: str, *, asker: str = "", plainly: Collection[int] = ()) -> str:
    """`text` for a `markdown` block, in canonical form. `asker`, a user's id, is the only one whose mention stays one.

    Words that begin on one of the lines `plainly` have no markup.
    """
    return Canonical(asker).blocks(tree(parse(text, {"plainly": set(plainly)})))


def mrkdwn(text: str, *, asker: str = "", plainly: Collection[int] = ()) -> str:
    """`text` as mrkdwn, for where a workspace takes no `markdown` block. The rest is as for `slack_markdown`."""
    return Mrkdwn(asker).blocks(tree(parse(text, {"plainly": set(plainly)})))


def plain(text: str) -> str:
    """The words of `text`, for where Slack parses mrkdwn but draws none of it: notifications, and beside a block."""
    return escape(Plain().blocks(tree(parse(text))))
