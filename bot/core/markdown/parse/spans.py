"""The words of a block as runs: stretches of text with the marks they carry.

Here a model's text loses what could do something in Slack: a link leads to the web, to a mail address or a telephone or
nowhere, an image is a link, and `@here` written any which way has an invisible character in it.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass, replace
from itertools import accumulate
from typing import TYPE_CHECKING, NamedTuple

from bot.core.markdown.parse.work_meter import spend

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
_NAMES = "here|channel|everyone|group"
_BROADCAST = re.compile(rf"@(?=(?P<name>{_NAMES}))", re.IGNORECASE)
_LETTER = re.compile(r"\w", re.ASCII)
_BROADCAST_ALONE = re.compile(rf"(?<![A-Za-z0-9_])@(?=(?:{_NAMES})(?![A-Za-z0-9_]))", re.IGNORECASE)
# In code an invisible character breaks what somebody copies, so `@group.command()`, `<!DOCTYPE html>`, `<!-- -->` and
# `List<@NonNull String>` stay as they are: Slack has no such names.
_DECORATOR = re.compile(r"(?<=\.)@|@\w+\.\w", re.ASCII)
_TOKEN_IN_CODE = re.compile(
    r"""<(?=!(?!--|\[CDATA\[|DOCTYPE\b|(?-i:ELEMENT|ATTLIST|ENTITY|NOTATION)\b)
    |@(?!(?-i:[A-Za-z][a-z]))
    |\#(?!(?-i:[a-z\s])))""",
    re.IGNORECASE | re.VERBOSE,
)


class Mark(NamedTuple):
    """Holds what a stretch of text is: `strong`, `em`, `s`, or a `link` to `href`."""

    kind: str
    href: str = ""


@dataclass(frozen=True, slots=True)
class Span:
    """Text as the reader sees it, with its marks from the outermost in. `code` and a `live` mention are verbatim."""

    text: str
    marks: tuple[Mark, ...] = ()
    code: bool = False
    live: bool = False


def runs(words: Iterable[Token], *, asker: str = "") -> list[Span]:
    """`words` as runs that can notify nobody but, where they mention that user, `asker`."""
    return _quiet(_merged(_spelled(words, asker)))


def as_written(words: Iterable[Token]) -> list[Span]:
    """`words` as runs in which no name is broken: for where nobody can be notified, such as a terminal."""
    return _merged(_spelled(words, ""))


def plain_text(runs: Iterable[Span]) -> str:
    """Returns what the reader sees of them, without marks."""
    return "".join(run.text for run in runs)


def safe_address(href: str) -> str:
    """`href` so that it can stand in a Slack link, or "" where it leads nowhere Slack should go."""
    if not _SAFE.fullmatch(href):
        return ""
    for char in '<>|"':
        href = href.replace(char, f"%{ord(char):X}")
    return href if href.startswith("mailto:") else _BROADCAST.sub("%40", href)


def _spelled(words: Iterable[Token], asker: str) -> Iterator[Span]:
    marks: list[tuple[Mark, ...]] = [()]
    unlabelled = ""  # the address of a link that has shown nothing yet
    for token in words:
        if token.nesting > 0:
            mark = _mark(token)
            unlabelled = mark.href
            marks.append(marks[-1] if mark in marks[-1] or not mark.kind else (*marks[-1], mark))
        elif token.nesting < 0:
            if unlabelled:
                yield Span(unlabelled, marks[-1])
            marks.pop()
            unlabelled = ""
        elif (run := _run(token, marks[-1], asker=asker)).text:
            unlabelled = ""
            yield run


def _mark(token: Token) -> Mark:
    """A link that leads nowhere marks nothing: its label is text."""
    if token.tag != "a":
        return Mark(token.tag)
    href = safe_address(str(token.attrs["href"]))
    return Mark("link", href) if href else Mark("")


def _run(token: Token, marks: tuple[Mark, ...], *, asker: str) -> Span:
    if token.type == "code_inline":
        return Span(token.content, marks, code=True)
    if token.type == "image":
        return _image(token, marks)
    if token.type in ("softbreak", "hardbreak"):
        return Span("\n", marks)
    # A line end here was written as an entity: it ends no line.
    text = token.content.replace("\n", " ")
    return Span(text, marks, live=token.type == "mention" and bool(asker) and text == f"<@{asker}>")


def _image(token: Token, marks: tuple[Mark, ...]) -> Span:
    """A link to it: what Slack would fetch by itself can carry data out."""
    href = safe_address(str(token.attrs["src"]))
    alt = plain_text(_spelled(token.children or [], "")).replace("\n", " ")
    if href and all(mark.kind != "link" for mark in marks):
        return Span(alt or href, (*marks, Mark("link", href)))
    return Span(alt, marks)


def _merged(runs: Iterable[Span]) -> list[Span]:
    """Neighbours that differ in nothing but their text as one."""
    merged: list[Span] = []
    texts: list[list[str]] = []
    for run in runs:
        spend(0.5)
        last = merged[-1] if merged else None
        if last and not last.live and (run.marks, run.code, run.live) == (last.marks, last.code, False):
            texts[-1].append(run.text)
        else:
            merged.append(run)
            texts.append([run.text])
    return [replace(run, text="".join(text)) for run, text in zip(merged, texts, strict=True)]


def _quiet(runs: list[Span]) -> list[Span]:
    """Filtered only now that marks are apart: `@**here**` reads `@here`."""
    text = plain_text(runs)
    edges = [0, *accumulate(len(run.text) for run in runs)]
    inside = frozenset(edges)
    found = _BROADCAST.finditer(text) if "@" in text else ()
    names = [
        match.start()
        for match in found
        if _stands_alone(text, inside, at=match.start(), end=match.end("name"))
    ]
    quiet: list[Span] = []
    for run, start, end in zip(runs, edges, edges[1:], strict=False):
        within = [at - start for at in names[bisect_left(names, start) : bisect_left(names, end)]]
        quiet.append(_without_tokens(run, within) if within or run.code else run)
    return quiet


def _stands_alone(text: str, edges: frozenset[int], *, at: int, end: int) -> bool:
    """Tells whether the `@here` from `at` to `end` is no part of a word, as in `bob@here.com`. At one of `edges` a run ends,
    and no word is seen to go on; what a letter is Slack decides by ASCII, as far as anybody has seen.
    """
    before = at not in edges and _LETTER.match(text, at - 1)
    after = end not in edges and _LETTER.match(text, end)
    return not before and (not after or text[end] == "_")


def _without_tokens(run: Span, names: list[int]) -> Span:
    """`run` with the `@` at each of `names` broken, and in code Slack's tokens: outside of code `<` is escaped anyway."""
    text = run.text
    for at in reversed(names):
        if not (run.code and _DECORATOR.match(text, at)):
            text = text[: at + 1] + WORD_JOINER + text[at + 1 :]
    return replace(run, text=quiet_code(text) if run.code else text)


def quiet_code(code: str) -> str:
    """`code` with Slack's tokens broken: it looks the same, and `&lt;` might show as `&lt;`."""
    code = _BROADCAST_ALONE.sub(
        lambda at: at[0] if _DECORATOR.match(code, at.start()) else "@" + WORD_JOINER, code
    )
    return _TOKEN_IN_CODE.sub("<" + WORD_JOINER, code)
