"""Model text made safe for Slack, in the shapes a message carries.

Nothing a model writes may notify anybody: `<!channel>`, `<@U…>` and a bare `@here` are live in a `markdown` block, and
a model repeats what it reads.
"""

from __future__ import annotations

import re

# An invisible character that joins words without a gap: it breaks a token and shows nothing.
WORD_JOINER = "\u2060"

# What Slack takes for a mention, and no more: `<!DOCTYPE`, `List<@NonNull …>` and `@group.command()` are code, and a
# character that nobody sees would break it for whoever copies it.
_NAMES = r"\s*(?:!(?:here|channel|everyone|group|subteam|date)\b|@[UWB][A-Z0-9]|#[CGD][A-Z0-9])"
_TOKEN = re.compile(rf"<(?={_NAMES})", re.IGNORECASE)
_ENTITY_TOKEN = re.compile(rf"&(?:amp;)*(?:lt|#0*60|#x0*3c);?(?={_NAMES})", re.IGNORECASE)
# Ends in a letter until it is decoded, and then in none.
_ENTITY_BEFORE_AT = re.compile(r"&#?\w+;?(?=@)")
_BROADCAST = re.compile(r"(?<![\w.])@(?=(?:here|channel|everyone|group)\b(?!\.\w))", re.IGNORECASE)


def slack_markdown(text: str) -> str:
    """`text` for a `markdown` block: as the model wrote it, except that it can notify nobody."""
    text = _ENTITY_TOKEN.sub("<" + WORD_JOINER, text)
    text = _TOKEN.sub("<" + WORD_JOINER, text)
    text = _ENTITY_BEFORE_AT.sub(r"\g<0>" + WORD_JOINER, text)
    return _BROADCAST.sub("@" + WORD_JOINER, text)


def plain(text: str) -> str:
    """`text` for where Slack parses mrkdwn but draws none of it: notifications, and the fallback of a block."""
    text = _BROADCAST.sub("@" + WORD_JOINER, text)
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
