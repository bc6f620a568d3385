"""A `markdown` block as Slack draws it, turned into safe HTML.

Standard Markdown with tables, strike-through and task lists. Raw HTML stays literal, an image is a link that is never fetched, and
Slack's tokens are live. A single line end shows as one, so that the lines of a song stay lines.
Source: docs.slack.dev, "Markdown block".
"""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from markdown_it import MarkdownIt
from markdown_it.token import Token

from slack_emulator.page.html.html_helpers import (
    TOKEN,
    bare_url,
    is_safe_url,
    link_open,
    text_html,
    token_html,
    with_tokens,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from markdown_it.rules_core import StateCore
    from markdown_it.rules_inline import StateInline

    from slack_emulator.page.html.html_helpers import Names

_HEADINGS = {"h1": "h3", "h2": "h4", "h3": "h5"}
"""Inside a message, below the page's own h1 and h2."""


def markdown_html(text: str, names: Names) -> str:
    """The whole block as HTML. Half-written Markdown is no error: it reads as far as it goes."""
    return _html(_MARKDOWN.parse(text), names)


def code_html(code: str, language: str) -> str:
    """A block of code, already HTML, under a bar with its language and a button that copies it."""
    label = f'<span class="code-language">{escape(language[:32])}</span>' if language else ""
    copy = '<button class="code-copy" type="button" data-action="copy-code">Copy</button>'
    return f'<div class="code"><div class="code-bar">{label}{copy}</div><pre><code>{code}</code></pre></div>'


def _html(tokens: Iterable[Token], names: Names) -> str:
    """The tokens in order. A kind that is neither `_FIXED` nor `_DRAWN` shows nothing: what we did not choose is not drawn."""
    return "".join(_token(token, names) for token in tokens if not token.hidden)


def _token(token: Token, names: Names) -> str:
    if token.type == "inline":
        return _html(token.children or [], names)
    draw = _DRAWN.get(token.type)
    return draw(token, names) if draw else _FIXED.get(token.type, "")


def _words(token: Token, _names: Names) -> str:
    return text_html(token.content)


def _code_inline(token: Token, names: Names) -> str:
    return f"<code>{with_tokens(token.content, names, escape)}</code>"


def _fence(token: Token, names: Names) -> str:
    language = [*token.info.split(), ""][0]
    return code_html(with_tokens(token.content.removesuffix("\n"), names, escape), language)


def _chip(token: Token, names: Names) -> str:
    found = TOKEN.fullmatch(token.content)
    return token_html(found, names) if found else ""


def _link_open(token: Token, _names: Names) -> str:
    return link_open(str(token.attrs["href"]), kind="image" if token.info == "image" else "")


def _list_item_open(token: Token, _names: Names) -> str:
    if "checked" not in token.meta:
        return "<li>"
    state, said = (" checked", "done") if token.meta["checked"] else ("", "to do")
    return f'<li class="task"><input type="checkbox" disabled aria-label="{said}"{state}>'


def _ordered_list_open(token: Token, _names: Names) -> str:
    return f'<ol start="{int(token.attrs.get("start", 1))}">'


def _heading(token: Token, _names: Names) -> str:
    tag = _HEADINGS.get(token.tag, "h6")
    return f"<{tag}>" if token.nesting == 1 else f"</{tag}>"


def _cell_open(token: Token, _names: Names) -> str:
    """A cell whose alignment is a class: the page's policy allows no style in an attribute."""
    side = str(token.attrs.get("style", "")).removeprefix("text-align:")
    return f'<{token.tag} class="{side}">' if side in {"left", "center", "right"} else f"<{token.tag}>"


_PAIRS = {
    "paragraph": "p",
    "blockquote": "blockquote",
    "bullet_list": "ul",
    "thead": "thead",
    "tbody": "tbody",
    "tr": "tr",
    "em": "em",
    "strong": "strong",
    "s": "s",
}
_FIXED = {
    **{f"{kind}_open": f"<{tag}>" for kind, tag in _PAIRS.items()},
    **{f"{kind}_close": f"</{tag}>" for kind, tag in _PAIRS.items()},
    "table_open": '<div class="table"><table>',
    "table_close": "</table></div>",
    "th_close": "</th>",
    "td_close": "</td>",
    "ordered_list_close": "</ol>",
    "list_item_close": "</li>",
    "link_close": "</a>",
    "hr": "<hr>",
    "softbreak": "<br>",
    "hardbreak": "<br>",
}
_DRAWN: dict[str, Callable[[Token, Names], str]] = {
    "text": _words,
    "code_inline": _code_inline,
    "code_block": _fence,
    "fence": _fence,
    "slack_token": _chip,
    "link_open": _link_open,
    "list_item_open": _list_item_open,
    "ordered_list_open": _ordered_list_open,
    "heading_open": _heading,
    "heading_close": _heading,
    "th_open": _cell_open,
    "td_open": _cell_open,
}


def _slack_token(state: StateInline, silent: bool) -> bool:
    """An inline rule before markdown-it's own `<…>`, which would read some tokens as e-mail addresses."""
    found = TOKEN.match(state.src, state.pos, state.posMax)
    if found is None:
        return False
    if not silent:
        state.push("slack_token", "", 0).content = found[0]
    state.pos = found.end()
    return True


def _links(state: StateCore) -> None:
    """A core rule: bare addresses and images become links, except inside a link, where they become words."""
    for token in state.tokens:
        if token.type == "inline":
            token.children = list(_relinked(token.children or []))


def _relinked(children: Sequence[Token]) -> Iterator[Token]:
    depth = 0
    for child in children:
        depth += {"link_open": 1, "link_close": -1}.get(child.type, 0)
        if child.type == "image":
            yield from _image_link(child, inside_link=depth > 0)
        elif child.type == "text" and depth == 0:
            yield from _with_bare_links(child.content)
        else:
            yield child


def _image_link(image: Token, *, inside_link: bool) -> Iterator[Token]:
    url = str(image.attrs["src"])
    label = _text(image.content or url)
    yield from [label] if inside_link or not is_safe_url(url) else _link(url, label, info="image")


def _with_bare_links(text: str) -> Iterator[Token]:
    position = 0
    while (start := text.find("http", position)) >= 0:
        url = bare_url(text, start)
        yield _text(text[position:start] if url else text[position : start + 4])
        if url:
            yield from _link(url, _text(url))
        position = start + (len(url) or 4)
    yield _text(text[position:])


def _text(content: str) -> Token:
    return Token("text", "", 0, content=content)


def _link(url: str, label: Token, *, info: str = "") -> list[Token]:
    return [Token("link_open", "a", 1, attrs={"href": url}, info=info), label, Token("link_close", "a", -1)]


def _parser() -> MarkdownIt:
    # maxNesting bounds the recursion, as a message may hold thousands of ">" or "[".
    markdown = MarkdownIt("commonmark", {"html": False, "tasklists": True, "maxNesting": 20})
    markdown.enable(["table", "strikethrough"])
    markdown.validateLink = is_safe_url  # type: ignore[method-assign]  # markdown-it's own way to replace it
    markdown.inline.ruler.before("autolink", "slack_token", _slack_token)
    markdown.core.ruler.push("links", _links)
    return markdown


_MARKDOWN = _parser()
