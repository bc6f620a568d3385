"""Block Kit's blocks, one function each. What holds words of its own grammar (markdown, rich_text) has a module of its own.

Source: docs.slack.dev, "Blocks".
"""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any

from slack_emulator.page.html.cards import alert_html, card_html
from slack_emulator.page.html.composition_objects import text_html_of, text_object_html, words_of
from slack_emulator.page.html.elements import element_html
from slack_emulator.page.html.html_helpers import is_safe_url, link_html, text_html
from slack_emulator.page.html.images import image_block_html, picture_html
from slack_emulator.page.html.markdown_html import markdown_html
from slack_emulator.page.html.rich_text_html import rich_text_html
from slack_emulator.page.html.tables import chart_block_html, table_block_html
from slack_emulator.page.html.tags import boxed, tag
from slack_emulator.page.html.task_cards import plan_html, task_card_html
from slack_emulator.page.html.unchecked_json import map_of, maps_of, text_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from slack_emulator.page.html.html_helpers import Names

DEEPEST = 3  # containers in containers; Slack takes none, and drawing must end


def blocks_html(blocks: Iterable[Mapping[str, Any]], names: Names, *, depth: int = 0) -> str:
    """Blocks in their order."""
    return "".join(block_html(block, names, depth=depth) for block in blocks)


def block_html(block: Mapping[str, Any], names: Names, *, depth: int = 0) -> str:
    """One block; "" if it is empty."""
    kind = text_of(block.get("type"))
    if kind in ("container", "carousel"):
        return _holding(kind, block, names, depth) if depth < DEEPEST else ""
    if kind in _LAYOUTS:
        return _LAYOUTS[kind](block, names)
    return f'<p class="unknown-block">A block of type “{escape(kind)}”, which this page cannot draw.</p>'


def _markdown(block: Mapping[str, Any], names: Names) -> str:
    return boxed("markdown", markdown_html(text_of(block.get("text")), names))


def _rich_text(block: Mapping[str, Any], names: Names) -> str:
    return boxed("rich-text", rich_text_html(block, names))


def _section(block: Mapping[str, Any], names: Names) -> str:
    """Words, fields in two columns, and beside them one element."""
    fields = "".join(tag("li", text_object_html(field, names)) for field in maps_of(block.get("fields")))
    words = boxed("section", text_object_html(map_of(block.get("text")), names))
    words += boxed("fields", fields, name="ul")
    accessory = element_html(map_of(block.get("accessory")), names, text_of(block.get("block_id")))
    return boxed("beside", tag("div", words) + boxed("accessory", accessory)) if accessory else words


def _header(block: Mapping[str, Any], names: Names) -> str:
    text = text_object_html(map_of(block.get("text")), names)
    return tag("h3", text) if text else ""


def _divider(_block: Mapping[str, Any], _names: Names) -> str:
    return "<hr>"


def _context(block: Mapping[str, Any], names: Names) -> str:
    elements = [element_html(element, names) for element in maps_of(block.get("elements"))]
    return boxed("context", " ".join(tag("span", html) for html in elements if html))


def _actions(block: Mapping[str, Any], names: Names) -> str:
    block_id = text_of(block.get("block_id"))
    elements = (element_html(element, names, block_id) for element in maps_of(block.get("elements")))
    return boxed("actions", "".join(elements))


def _context_actions(block: Mapping[str, Any], names: Names) -> str:
    drawn = _actions(block, names)
    return tag("div", drawn, class_="context-actions", role="group", aria_label="Feedback") if drawn else ""


def _image(block: Mapping[str, Any], _names: Names) -> str:
    return image_block_html(block)


def _input(block: Mapping[str, Any], names: Names) -> str:
    """A question with a field below. `data-quiet`: the app learns of it when the view is submitted, not before."""
    label = words_of(block.get("label"))
    element = {**map_of(block.get("element")), "accessibility_label": label}
    note = tag("span", "(optional)", class_="optional") if block.get("optional") is True else ""
    head = tag("span", f"{text_html(label)} {note}", class_="input-label", aria_hidden="true")
    return tag(
        "div",
        head
        + element_html(element, names, text_of(block.get("block_id")))
        + boxed("note", text_html_of(block.get("hint"), names)),
        class_="input",
        data_quiet=block.get("dispatch_action") is not True,
        data_needed=block.get("optional") is not True,
    )


def _video(block: Mapping[str, Any], names: Names) -> str:
    """A link to it: nothing of another computer is played here."""
    url = text_of(block.get("title_url")) or text_of(block.get("video_url"))
    title = (
        text_html_of(block.get("title"), names) or text_html(text_of(block.get("alt_text"))) or text_html(url)
    )
    return boxed("section", link_html(url, title, kind="image")) + boxed(
        "note", text_html_of(block.get("description"), names)
    )


def _file(block: Mapping[str, Any], _names: Names) -> str:
    return boxed("section", boxed("file", text_html(text_of(block.get("external_id"))), name="span"))


def _auth_provider(block: Mapping[str, Any], names: Names) -> str:
    """Somebody's account elsewhere, and the way to connect it."""
    is_connected = block.get("is_connected") is True
    url = text_of(block.get("disconnect_url" if is_connected else "auth_url"))
    said = text_html_of(block.get("connected_identity" if is_connected else "description"), names)
    words = boxed("card-title", text_html_of(block.get("name"), names)) + boxed("note", said)
    link = (
        link_html(url, "Disconnect" if is_connected else "Connect", kind="button") if is_safe_url(url) else ""
    )
    return boxed("card", boxed("card-words", words) + boxed("actions", link))


def _holding(kind: str, block: Mapping[str, Any], names: Names, depth: int) -> str:
    """The two blocks that hold others."""
    if kind == "carousel":
        cards = "".join(tag("li", card_html(card, names)) for card in maps_of(block.get("elements")))
        return tag("ul", cards, class_="carousel", tabindex="0", aria_label="Cards") if cards else ""
    inner = blocks_html(maps_of(block.get("child_blocks")), names, depth=depth + 1)
    icon = picture_html(map_of(block.get("icon")), "small-picture")
    title = rich_text_html(map_of(block.get("rich_text_title")), names) or text_html_of(
        block.get("title"), names
    )
    head = icon + tag("span", title) + boxed("note", text_html_of(block.get("subtitle"), names), name="span")
    if block.get("is_collapsible") is not True:
        return tag("section", boxed("container-head", head) + inner, class_="container")
    is_open = block.get("default_collapsed") is not True
    return tag(
        "details", tag("summary", head, class_="container-head") + inner, class_="container", open=is_open
    )


_LAYOUTS: dict[str, Callable[[Mapping[str, Any], Names], str]] = {
    "actions": _actions,
    "alert": alert_html,
    "auth_provider": _auth_provider,
    "card": card_html,
    "context": _context,
    "context_actions": _context_actions,
    "divider": _divider,
    "file": _file,
    "header": _header,
    "image": _image,
    "input": _input,
    "markdown": _markdown,
    "plan": plan_html,
    "rich_text": _rich_text,
    "section": _section,
    "data_table": table_block_html,
    "data_visualization": chart_block_html,
    "table": table_block_html,
    "task_card": task_card_html,
    "video": _video,
}
