"""The words of a block as runs: stretches of text with the marks they carry.

Here a model's text loses what could do something in Slack: a link leads to the web, to a mail address or a telephone or
nowhere, an image is a link, and `@here` written any which way has an invisible character in it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from markdown_it.token import Token

WORD_JOINER = "\u2060"  # it joins words without a gap: it breaks a token, and shows nothing

_SAFE = re.compile(
    r"https?://[^\s/?#]\S*"
    r"|mailto:[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*"
    r"|tel:\+?[0-9().-]{2,30}",
    re.IGNORECASE,
)
# Slack decides what is a name and what an address by ASCII, as far as anybody has seen.
_BROADCAST = re.compile(
    r"(?<![A-Za-z0-9_])@(?=(?:here|channel|everyone|group)(?![A-Za-z0-9_]))", re.IGNORECASE
)
# In code an invisible character breaks what somebody copies, so `@group.command()`, `<!DOCTYPE html>`, `<!-- -->` and
# `List<@NonNull String>` stay as they are: Slack has no such names.
_DECORATOR = re.compile(r"(?<=\.)@|@\w+\.\w", re.ASCII)
_TOKEN_IN_CODE = re.compile(
    r"<(?=!(?!--|\[|doctype\b|(?-i:ELEMENT|ATTLIST|ENTITY|NOTATION)\b)|@(?!(?-i:[A-Za-z][a-z]))|#(?!(?-i:[a-z\s])))",
    re.IGNORECASE,
)


class Mark(NamedTuple):
    """What a stretch of text is: `strong`, `em`, `s`, or a `link` to `href`."""

    kind: str
    href: str = ""


@dataclass(frozen=True, slots=True)
class Run:
    """Text as the reader sees it, with its marks from the outermost in. `code` and a `live` mention are verbatim."""

    text: str
    marks: tuple[Mark, ...] = ()
    code: bool = False
    live: bool = False


def runs(words: Iterable[Token], *, asker: str = "") -> list[Run]:
    """`words` as runs that can notify nobody but, where they mention that user, `asker`."""
    return _quiet(_merged(_spelled(words, asker)))


def plain_text(runs: Iterable[Run]) -> str:
    """What the reader sees of them, without marks."""
    return "".join(run.text for run in runs)


def safe_address(href: str) -> str:
    """`href` so that it can stand in a Slack link, or "" where it leads nowhere Slack should go."""
    if not _SAFE.fullmatch(href):
        return ""
    href = href.replace("<", "%3C").replace(">", "%3E").replace("|", "%7C").replace('"', "%22")
    return _BROADCAST.sub("%40", href)


def _spelled(words: Iterable[Token], asker: str) -> Iterator[Run]:
    marks: list[Mark] = []
    unlabelled = False
    for token in words:
        if token.nesting > 0:
            marks.append(_mark(token))
            unlabelled = bool(marks[-1].href)
        elif token.nesting < 0:
            if unlabelled:
                yield Run(marks[-1].href, _distinct(marks))
            marks.pop()
            unlabelled = False
        else:
            unlabelled = False
            yield _run(token, _distinct(marks), asker)


def _mark(token: Token) -> Mark:
    """A link that leads nowhere marks nothing: its label is text."""
    if token.tag != "a":
        return Mark(token.tag)
    href = safe_address(str(token.attrs["href"]))
    return Mark("link", href) if href else Mark("")


def _distinct(marks: list[Mark]) -> tuple[Mark, ...]:
    return tuple(dict.fromkeys(mark for mark in marks if mark.kind))


def _run(token: Token, marks: tuple[Mark, ...], asker: str) -> Run:
    if token.type == "code_inline":
        return Run(token.content, marks, code=True)
    if token.type == "image":
        return _image(token, marks)
    if token.type in ("softbreak", "hardbreak"):
        return Run("\n", marks)
    # A line end here was written as an entity: it ends no line.
    text = token.content.replace("\n", " ")
    return Run(text, marks, live=token.type == "mention" and bool(asker) and text == f"<@{asker}>")


def _image(token: Token, marks: tuple[Mark, ...]) -> Run:
    """A link to it: what Slack would fetch by itself can carry data out."""
    href = safe_address(str(token.attrs["src"]))
    alt = plain_text(_spelled(token.children or [], "")).replace("\n", " ")
    if href and all(mark.kind != "link" for mark in marks):
        return Run(alt or href, (*marks, Mark("link", href)))
    return Run(alt, marks)


def _merged(runs: Iterable[Run]) -> list[Run]:
    """Neighbours that differ in nothing but their text as one."""
    merged: list[Run] = []
    for run in runs:
        last = merged[-1] if merged else None
        if last and not last.code and not last.live and replace(run, text=last.text) == last:
            merged[-1] = replace(run, text=last.text + run.text)
        elif run.text:
            merged.append(run)
    return merged


def _quiet(runs: list[Run]) -> list[Run]:
    """Filtered only now that marks are apart: `@**here**` reads `@here`."""
    text = plain_text(runs)
    names = [match.start() for match in _BROADCAST.finditer(text)] if "@" in text else []
    quiet: list[Run] = []
    start = 0
    for run in runs:
        end = start + len(run.text)
        within = [at - start for at in names if start <= at < end]
        quiet.append(_without_tokens(run, within) if within or run.code else run)
        start = end
    return quiet


def _without_tokens(run: Run, names: list[int]) -> Run:
    """`run` with the `@` at each of `names` broken, and in code Slack's tokens: outside of code `<` is escaped anyway."""
    text = run.text
    for at in reversed(names):
        if not (run.code and _DECORATOR.match(text, at)):
            text = text[: at + 1] + WORD_JOINER + text[at + 1 :]
    return replace(run, text=quiet_code(text) if run.code else text)


def quiet_code(code: str) -> str:
    """`code` with Slack's tokens broken: it looks the same, and `&lt;` might show as `&lt;`."""
    code = _BROADCAST.sub(lambda at: at[0] if _DECORATOR.match(code, at.start()) else "@" + WORD_JOINER, code)
    return _TOKEN_IN_CODE.sub("<" + WORD_JOINER, code)
