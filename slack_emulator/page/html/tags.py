"""Writing a tag: every attribute escaped, and what is None or False left out."""

from __future__ import annotations

from html import escape

VOID = frozenset({"br", "hr", "img", "input"})


def tag(name: str, inner: str = "", /, **attributes: str | int | bool | None) -> str:
    """`<name …>inner</name>`; `inner` is HTML already. `class_` is `class`, `data_block` is `data-block`; True writes the name alone."""
    opening = "".join(_attribute(key, value) for key, value in attributes.items())
    return f"<{name}{opening}>" if name in VOID else f"<{name}{opening}>{inner}</{name}>"


def boxed(kind: str, inner: str, *, name: str = "div") -> str:
    """`inner` in a box of that class; nothing around nothing."""
    return tag(name, inner, class_=kind) if inner else ""


def _attribute(key: str, value: str | int | bool | None) -> str:
    if value is None or value is False:
        return ""
    name = key.rstrip("_").replace("_", "-")
    return f" {name}" if value is True else f' {name}="{escape(str(value))}"'
