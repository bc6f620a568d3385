"""A model's text in the shapes that a Slack message carries. Nothing in them can notify anybody but the one who asked."""

from __future__ import annotations

from bot.core.markdown.parse.block_tree import tree
from bot.core.markdown.parse.parser import parse
from bot.core.markdown.render.canonical import Canonical
from bot.core.markdown.render.mrkdwn import Mrkdwn, escape
from bot.core.markdown.render.plain import Plain


def slack_markdown(text: str, *, asker: str = "") -> str:
    """`text` for a `markdown` block, in canonical form. `asker`, a user's id, is the only one whose mention stays one."""
    return Canonical(asker).blocks(tree(parse(text)))


def mrkdwn(text: str, *, asker: str = "") -> str:
    """`text` as mrkdwn, for where a workspace takes no `markdown` block. `asker` as for `slack_markdown`."""
    return Mrkdwn(asker).blocks(tree(parse(text)))


def plain(text: str) -> str:
    """The words of `text`, for where Slack parses mrkdwn but draws none of it: notifications, and beside a block."""
    return escape(Plain().blocks(tree(parse(text))))
