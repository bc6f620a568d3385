"""Says what a reader sees of what goes over the wire: a message's Markdown drawn, its entities as the characters they stand for."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from rich.text import Text

from bot.commands.line_wrap import visible, wrap
from bot.commands.terminal import code_lines
from bot.core.markdown.parse.spans import WORD_JOINER

if TYPE_CHECKING:
    from bot.commands.terminal import Drawing

_UNSEEN = dict.fromkeys(map(ord, (WORD_JOINER, "\u200b")))
_ENTITIES = {"&lt;": "<", "&gt;": ">", "&amp;": "&"}
_ENTITY = re.compile("|".join(_ENTITIES))
_FENCED = re.compile(r"^```\n(.*?)\n```$", re.MULTILINE | re.DOTALL)
# The words of mrkdwn as we write them: what is a sign to Slack, and no character that was meant.
_SIGN = re.compile(
    r"`(?P<code>[^`\n]+)`"
    r"|<(?P<href>[^<>|\s]+)(?:\|(?P<label>[^<>]+))?>"
    r"|(?<![\w*_~])(?P<mark>[*_~])(?=\S)(?P<inner>[^\n]*?\S)(?P=mark)(?![\w*_~])"
)
_STYLES = {"*": "bold", "_": "italic", "~": "strike"}


def seen(part: str, form: str, drawing: Drawing) -> list[Text]:
    """`part`, which goes over the wire as `markdown`, `mrkdwn` or `plain`, as lines for its reader."""
    if form == "markdown":
        lines = drawing.markdown(part)
    elif form == "mrkdwn":
        lines = _mrkdwn(part, drawing)
    else:
        lines = wrap(Text(visible(_characters(part))), drawing.width)
    return [_without_unseen(line) for line in lines]


def _mrkdwn(part: str, drawing: Drawing) -> list[Text]:
    lines: list[Text] = []
    pieces = _FENCED.split(part)
    for at, piece in enumerate(pieces):
        if at % 2:  # what stood between fences
            lines += code_lines(_characters(piece))
            continue
        prose = piece.removeprefix("\n") if at else piece
        prose = prose if at == len(pieces) - 1 else prose.removesuffix("\n")
        if prose or piece.count("\n") > 1:
            lines += [one for line in prose.split("\n") for one in _line(line, drawing)]
    return lines


def _line(line: str, drawing: Drawing) -> list[Text]:
    quoted = re.match(r">(?: |$)", line)
    lead = f"{drawing.signs.quote} " if quoted else ""
    words = _words(line[quoted.end() if quoted else 0 :])
    lines = [Text(lead, "dim") + one for one in wrap(words, drawing.width - len(lead))]
    for one in lines:
        one.rstrip()
    return lines


def _words(words: str) -> Text:
    text, at = Text(), 0
    for sign in _SIGN.finditer(words):
        text.append(visible(_characters(words[at : sign.start()])))
        at = sign.end()
        if sign["code"]:
            text.append(visible(_characters(sign["code"])), "cyan")
        elif sign["mark"]:
            inner = _words(sign["inner"])
            inner.stylize_before(_STYLES[sign["mark"]])
            text.append_text(inner)
        else:
            text.append_text(_link(sign["href"], sign["label"]))
    text.append(visible(_characters(words[at:])))
    return text


def _link(href: str, label: str | None) -> Text:
    if href[:1] in "@#!":  # a mention
        return Text(href, "bold")
    link = Text(visible(_characters(label or href)), "underline")
    return link.append(f" ({_characters(href)})", "dim") if label else link


def _characters(text: str) -> str:
    return _ENTITY.sub(lambda entity: _ENTITIES[entity[0]], text)


def _without_unseen(line: Text) -> Text:
    """`line` without the characters of no width that keep Slack from reading more into it than was meant."""
    if not any(chr(code) in line.plain for code in _UNSEEN):
        return line
    kept = [at for at, character in enumerate(line.plain) if ord(character) not in _UNSEEN]
    return Text().join([line[at] for at in kept])
