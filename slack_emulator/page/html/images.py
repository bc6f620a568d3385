"""Images. Slack fetches them for its readers; this page shows those that this computer serves, and names all others.

So an answer can make nobody's browser call another computer, and the page works without a network.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from slack_emulator.page.html.composition_objects import words_of
from slack_emulator.page.html.html_helpers import is_safe_url, link_html, text_html
from slack_emulator.page.html.tags import boxed, tag
from slack_emulator.page.html.unchecked_json import map_of, text_of

if TYPE_CHECKING:
    from collections.abc import Mapping

OURS = frozenset({"127.0.0.1", "localhost"})
"""Says what the page's policy lets an image come from."""


def picture_html(image: Mapping[str, Any], kind: str = "picture") -> str:
    """An image block or element: the image, or a link to where it is. `kind` is a class of ours."""
    url, alt = _address(image), words_of(image.get("alt_text"))
    if not url:
        return ""
    if is_ours(url):
        return tag("img", class_=kind, src=url, alt=alt, loading="lazy")
    return link_html(url, text_html(alt or url), kind="image")


def image_block_html(block: Mapping[str, Any]) -> str:
    """An image with its title above, as in Slack."""
    title, picture = words_of(block.get("title")), picture_html(block)
    if not picture:
        return ""
    if is_ours(_address(block)):
        caption = tag("figcaption", text_html(title)) if title else ""
        return tag("figure", caption + picture, class_="figure")
    label = text_html(title or words_of(block.get("alt_text")) or _address(block))
    return boxed("section", link_html(_address(block), label, kind="image"))


def is_ours(url: str) -> bool:
    """Tells whether this computer serves that address."""
    if not is_safe_url(url):
        return False
    try:
        return urlsplit(url).hostname in OURS
    except ValueError:  # "http://[": no address at all
        return False


def _address(image: Mapping[str, Any]) -> str:
    return text_of(image.get("image_url")) or text_of(map_of(image.get("slack_file")).get("url"))
