"""Block Kit's blocks in words and pictures, as a person reads them in a message, one function a kind.

Kinds and fields: docs.slack.dev, "Blocks", and the models of slack_sdk 3.47; November 2026. Buttons that only do something say
nothing; one that leads somewhere is a link. A kind that is not known yet is read by the names that fields usually have.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from bot.core.conversation.content_parts import FilePart, FilePlace, ImagePart, TextPart
from bot.core.conversation.json_payload import as_list, as_payload, as_payloads, as_text
from bot.core.conversation.rich_text_reader import rich_text_words
from bot.core.conversation.slack_text import linked, plain_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from bot.core.conversation.content_parts import Part
    from bot.core.conversation.json_payload import Payload

DEEPEST = 5  # blocks within blocks; Slack takes fewer, and reading must end

STATES = {"pending": "to do", "in_progress": "in progress", "complete": "done", "error": "failed"}
_USUAL = ("title", "subtitle", "name", "text", "body", "description", "label", "alt_text", "fallback")
LONGEST_NAME = 100  # characters of a file's name
_GONE = ("tombstone", "hidden_by_limit")  # deleted, and out of reach in a workspace that does not pay
_NO_NAME = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff<>`\"]")
_CHOSEN = ("initial_option", "initial_options", "initial_date", "initial_time")


def file_part(file: Payload) -> FilePart:
    """A file object. In a channel that is shared with another company it may be no more than an id."""
    name, size = as_text(file.get("name")) or as_text(file.get("title")), file.get("size")
    return FilePart(
        _file_name(plain_text(name)) or "a file",
        as_text(file.get("mimetype")),
        size if isinstance(size, int) else 0,
        as_text(file.get("id")),
        as_text(file.get("url_private_download")) or as_text(file.get("url_private")),
        _file_place(file),
    )


def _file_place(file: Payload) -> FilePlace:
    mode = as_text(file.get("mode"))
    if file.get("file_access") == "check_file_info" or mode == "file_access":
        return FilePlace.ASK
    if mode in _GONE:
        return FilePlace.GONE
    elsewhere = mode == "external" or file.get("is_external") is True
    return FilePlace.ELSEWHERE if elsewhere else FilePlace.SLACK


def _file_name(name: str) -> str:
    """The name as one line, without marks that could end what it stands in, and not longer than anybody reads."""
    line = " ".join(_NO_NAME.sub(" ", name).split())
    return line if len(line) <= LONGEST_NAME else f"{line[: LONGEST_NAME - 20]}…{line[-19:]}"


class BlockReader:
    """Reads blocks for one who is `bot_user`: its own mention is an address, and left out."""

    def __init__(self, bot_user: str = "") -> None:
        self._bot_user = bot_user
        self._kinds: dict[str, Callable[[Payload, int], Iterator[Part]]] = {
            "actions": self._actions,
            "alert": self._usual,
            "auth_provider": self._auth_provider,
            "call": self._call,
            "card": self._card,
            "carousel": self._elements,
            "container": self._container,
            "context": self._context,
            "context_actions": self._nothing,
            "data_table": self._table,
            "data_visualization": self._chart,
            "divider": self._nothing,
            "file": self._file,
            "header": self._usual,
            "image": self._image,
            "input": self._input,
            "markdown": self._usual,
            "plan": self._plan,
            "rich_text": self._rich_text,
            "section": self._section,
            "table": self._table,
            "task_card": self._task_card,
            "video": self._video,
        }

    def read(self, blocks: Iterable[Payload], depth: int = 0) -> Iterator[Part]:
        """Returns what the blocks say, in their order."""
        if depth <= DEEPEST:
            for block in blocks:
                kind = as_text(block.get("type"))
                yield from self._kinds.get(kind, self._unknown)(block, depth)

    def knows(self, block: Payload) -> bool:
        """Tells whether the block is of a kind that is read by its own rules."""
        return as_text(block.get("type")) in self._kinds

    def words(self, value: object) -> str:
        """A string, a text object, a rich_text block or a cell of a table in plain words; "" for anything else."""
        value = as_text(value) or value
        if isinstance(value, str):
            return plain_text(value, bot_user=self._bot_user)
        thing = as_payload(value)
        if thing.get("type") == "rich_text":
            return rich_text_words(thing, bot_user=self._bot_user)
        return plain_text(as_text(thing.get("text")) or as_text(thing.get("value")), bot_user=self._bot_user)

    def _said(self, *values: object) -> Iterator[Part]:
        return (TextPart(words) for value in values if (words := self.words(value)))

    def _said_once(self, *values: object) -> Iterator[Part]:
        """The same of values that often repeat each other."""
        yield from dict.fromkeys(self._said(*values))

    # ---- words

    def _nothing(self, _block: Payload, _depth: int) -> Iterator[Part]:
        return iter(())

    def _usual(self, block: Payload, _depth: int) -> Iterator[Part]:
        return self._said(block.get("text"))

    def _rich_text(self, block: Payload, _depth: int) -> Iterator[Part]:
        return self._said(block)

    def _section(self, block: Payload, _depth: int) -> Iterator[Part]:
        yield from self._said(block.get("text"), *as_list(block.get("fields")))
        yield from self._element(as_payload(block.get("accessory")))

    def _context(self, block: Payload, _depth: int) -> Iterator[Part]:
        for element in as_payloads(block.get("elements")):
            if element.get("type") == "image":
                yield from self._picture(element)
            else:
                yield from self._said(element)

    def _input(self, block: Payload, _depth: int) -> Iterator[Part]:
        yield from self._said(block.get("label"), block.get("hint"))
        yield from self._element(as_payload(block.get("element")))

    def _unknown(self, block: Payload, depth: int) -> Iterator[Part]:
        yield from self._said_once(*(block.get(name) for name in _USUAL))
        for name in ("elements", "blocks", "child_blocks"):
            yield from self.read(as_payloads(block.get(name)), depth + 1)

    # ---- pictures and files

    def _picture(self, image: Payload, title: str = "") -> Iterator[Part]:
        alt = self.words(image.get("alt_text"))
        if alt or image.get("image_url") or image.get("slack_file"):
            yield ImagePart("" if alt == title else alt)

    def _image(self, block: Payload, _depth: int) -> Iterator[Part]:
        yield from self._said(block.get("title"))
        yield from self._picture(block, self.words(block.get("title")))

    def _video(self, block: Payload, _depth: int) -> Iterator[Part]:
        url = as_text(block.get("title_url")) or as_text(block.get("video_url"))
        yield from self._linked(block.get("title"), url)
        names = ("author_name", "provider_name", "description", "alt_text")
        title = TextPart(self.words(block.get("title")))
        yield from (part for part in self._said_once(*map(block.get, names)) if part != title)

    def _file(self, block: Payload, _depth: int) -> Iterator[Part]:
        if file := as_payload(block.get("file")):
            yield file_part(file)
        elif file_id := as_text(block.get("file_id")):
            yield FilePart("a file", id=file_id)

    def _call(self, block: Payload, _depth: int) -> Iterator[Part]:
        call = as_payload(as_payload(block.get("call")).get("v1"))
        yield from self._linked(call.get("name"), as_text(call.get("join_url")))

    # ---- buttons and choices

    def _actions(self, block: Payload, _depth: int) -> Iterator[Part]:
        for element in as_payloads(block.get("elements")):
            yield from self._element(element)

    def _element(self, element: Payload) -> Iterator[Part]:
        """Returns what an element says: where it leads, what it shows, what is chosen in it."""
        if element.get("type") == "image":
            yield from self._picture(element)
        elif url := as_text(element.get("url")):
            yield from self._linked(element.get("text"), url)
        for name in _CHOSEN:
            chosen = element.get(name)
            yield from self._said(*map(_label, as_list(chosen) or [chosen]))

    def _linked(self, label: object, url: str) -> Iterator[Part]:
        if words := linked(self.words(label), self.words(url)):
            yield TextPart(words)

    # ---- what holds more than one thing

    def _elements(self, block: Payload, depth: int) -> Iterator[Part]:
        return self.read(as_payloads(block.get("elements")), depth + 1)

    def _container(self, block: Payload, depth: int) -> Iterator[Part]:
        yield from self._said(block.get("rich_text_title") or block.get("title"), block.get("subtitle"))
        yield from self.read(as_payloads(block.get("child_blocks")), depth + 1)

    def _card(self, block: Payload, _depth: int) -> Iterator[Part]:
        yield from self._picture(as_payload(block.get("hero_image")))
        yield from self._said(block.get("title"), block.get("subtitle"), block.get("body"))
        for element in as_payloads(block.get("actions")):
            yield from self._element(element)

    def _auth_provider(self, block: Payload, depth: int) -> Iterator[Part]:
        names = ("name", "description", "connected_identity", "connected_context")
        said = list(self._said(*(block.get(name) for name in names)))
        yield from said or self.read(as_payloads(block.get("fallback")), depth + 1)

    def _plan(self, block: Payload, depth: int) -> Iterator[Part]:
        yield from self._said(block.get("title"))
        for task in as_payloads(block.get("tasks")):
            yield from self._task_card(task, depth)

    def _task_card(self, block: Payload, _depth: int) -> Iterator[Part]:
        state, title = STATES.get(as_text(block.get("status")), ""), self.words(block.get("title"))
        if title:
            yield TextPart(f"{title} ({state})" if state else title)
        yield from self._said(block.get("details"), block.get("output"))
        for source in as_payloads(block.get("sources")):
            yield from self._linked(source.get("text"), as_text(source.get("url")))

    # ---- tables and charts

    def _table(self, block: Payload, _depth: int) -> Iterator[Part]:
        yield from self._said(block.get("caption"))
        rows = [[in_cell(self.words(cell)) for cell in as_list(row)] for row in as_list(block.get("rows"))]
        if said := [row for row in rows if any(row)]:
            yield TextPart(grid(said, columns=max(map(len, rows))))

    def _chart(self, block: Payload, _depth: int) -> Iterator[Part]:
        """A title, and each slice of a pie or each line of a graph with its figures."""
        chart = as_payload(block.get("chart"))
        axes = as_payload(chart.get("axis_config"))
        yield from self._said(block.get("title"), axes.get("x_label"), axes.get("y_label"))
        for segment in as_payloads(chart.get("segments")):
            yield TextPart(self._point(segment))
        for series in as_payloads(chart.get("series")):
            points = ", ".join(map(self._point, as_payloads(series.get("data"))))
            yield TextPart(f"{self.words(series.get('name'))}: {points}")

    def _point(self, point: Payload) -> str:
        return f"{self.words(point.get('label'))} {self.words(point.get('value'))}".strip()


def _label(chosen: object) -> object:
    """Returns what a chosen option is called; a date or a time says itself."""
    return as_payload(chosen).get("text") or chosen


def grid(rows: Sequence[Sequence[str]], *, columns: int) -> str:
    """Returns a table in Markdown, whose first row is its header; the cells are `in_cell`."""
    lines = [f"| {' | '.join(row)} |" for row in rows]
    return "\n".join([*lines[:1], "|" + "---|" * columns, *lines[1:]])


def in_cell(words: str) -> str:
    """Returns words as they may stand in a cell of a table."""
    return " ".join(words.split()).replace("|", "\\|")
