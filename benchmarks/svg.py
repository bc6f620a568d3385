"""Just enough SVG for a chart: elements as text, with what is said in them escaped."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    Point = tuple[float, float]

FONT = "system-ui, -apple-system, 'Segoe UI', 'Noto Sans', Helvetica, Arial, sans-serif"


def element(tag: str, *inside: str, **attributes: float | str) -> str:
    """One element. An attribute's name has _ for -, and may end in _ where Python wants the word for itself."""
    named = "".join(f' {_name(name)}="{_value(value)}"' for name, value in attributes.items())
    return f"<{tag}{named}>{''.join(inside)}</{tag}>" if inside else f"<{tag}{named}/>"


def _name(name: str) -> str:
    return name.removesuffix("_").replace("_", "-")


def _value(value: float | str) -> str:
    return escape(value) if isinstance(value, str) else f"{value:.1f}".removesuffix(".0")


def text(words: str, x: float, y: float, **attributes: float | str) -> str:
    """One line of text; `y` is its baseline."""
    return element("text", escape(words), x=x, y=y, **attributes)


def path(points: Iterable[Point], **attributes: float | str) -> str:
    """A line through the points."""
    drawn = " L".join(f"{_value(x)} {_value(y)}" for x, y in points)
    return element("path", d=f"M{drawn}", fill="none", **attributes)


def document(width: float, height: float, *inside: str, title: str, description: str) -> str:
    """A picture of its own. `title` and `description` are for those who cannot see it."""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_value(width)} {_value(height)}" '
        f'width="{_value(width)}" height="{_value(height)}" role="img" aria-labelledby="title desc" '
        f'font-family="{FONT}">\n'
        + "\n".join(
            (
                element("title", escape(title), id="title"),
                element("desc", escape(description), id="desc"),
                *inside,
            )
        )
        + "\n</svg>\n"
    )
