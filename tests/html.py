"""Reading the page's HTML as a browser would: which tags and attributes it holds, what it shows, and whether it is balanced."""

from __future__ import annotations

from html.parser import HTMLParser

VOID = {"br", "hr", "img", "input"}


class Html(HTMLParser):
    """`tags` and `attributes` in order, `text` as shown, `open` the tags not closed yet, `stray` what was closed out of order."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str, str]] = []
        self.text = ""
        self.open: list[str] = []
        self.stray: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(tag, name, value or "") for name, value in attrs]
        self.open += [] if tag in VOID else [tag]

    def handle_endtag(self, tag: str) -> None:
        if self.open[-1:] == [tag]:
            self.open.pop()
        else:
            self.stray.append(tag)

    def handle_data(self, data: str) -> None:
        self.text += data

    def handle_comment(self, data: str) -> None:
        self.stray.append(f"<!--{data}-->")

    def handle_decl(self, decl: str) -> None:
        self.stray.append(f"<!{decl}>")
