"""Makes a chart that a model has asked for by a tool Slack's own: a `data_visualization` block, with its figures beside it as text.

The figures stand in the answer as a table below its words, so that they are in the notification, in what a screen reader says, and in
what the model reads of its answer later. The last edit of the message has the block in the table's place; where a workspace refuses it
the table stays.

Source: docs.slack.dev, "Data visualization block", October 2026; that a message may have two is on no page, and has been seen
(vercel/chat, pull request 696).
"""

from __future__ import annotations

import json
import math
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, cast

from bot.core.conversation.tool_names import qualified_name
from bot.core.markdown.parse.spans import quiet_code
from bot.core.markdown.render.message_text import slack_markdown

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from bot.core.conversation.deltas import ToolUse
    from bot.core.conversation.json_payload import Payload

PACKAGE, TOOL = "charts", "chart"
"""Name the tool, and what stands for its server: as an operator names them in the file of tools."""
CHART_TOOL = qualified_name(PACKAGE, TOOL)
KINDS = ("bar", "line", "area", "pie")
MOST_CHARTS = 2  # of a message
MOST_TITLE, MOST_LABEL = 50, 20  # characters
MOST_SERIES, MOST_CATEGORIES = 6, 20


class ChartRefused(ValueError):
    """A chart cannot be shown as it was asked for. The message says why, to the model."""


@dataclass(frozen=True, slots=True)
class Chart:
    """Holds what a chart shows: for each category a value of each series, by the series' name. Raises ChartRefused for what Slack
    would not take."""

    kind: str
    title: str
    categories: tuple[str, ...]
    series: tuple[tuple[str, tuple[float, ...]], ...]

    def __post_init__(self) -> None:
        names = [name for name, _ in self.series]
        is_pie = self.kind == "pie"
        _check(self.kind in KINDS, f"kind must be one of {', '.join(KINDS)}")
        _check_labels("title", [self.title], most=1, longest=MOST_TITLE)
        _check_labels("categories", self.categories, most=MOST_SERIES if is_pie else MOST_CATEGORIES)
        _check_labels("names of series", names, most=1 if is_pie else MOST_SERIES)
        for name, values in self.series:
            _check(len(values) == len(self.categories), f"{name!r} must have one value for each category")
            _check(all(map(math.isfinite, values)), f"the values of {name!r} must be finite numbers")
            _check(not is_pie or min(values) > 0, "the values of a pie must be greater than 0")

    @property
    def table(self) -> str:
        """Returns its figures in Markdown, below its title."""
        header = ["", *(_escaped(name) for name, _ in self.series)]
        columns = [map(_escaped, self.categories), *(map(str, values) for _, values in self.series)]
        rows = [header, ["---"] * len(header), *map(list, zip(*columns, strict=True))]
        return "\n".join([f"**{_escaped(self.title)}**", "", *(f"| {' | '.join(row)} |" for row in rows)])

    @property
    def block(self) -> Payload:
        """Returns the block that shows it."""
        if self.kind == "pie":
            chart: Payload = {"type": "pie", "segments": _points(self.categories, self.series[0][1])}
        else:
            series = [
                {"name": name, "data": _points(self.categories, values)} for name, values in self.series
            ]
            chart = {
                "type": self.kind,
                "series": series,
                "axis_config": {"categories": list(self.categories)},
            }
        return {"type": "data_visualization", "title": self.title, "chart": chart}


@dataclass(frozen=True, slots=True)
class PlacedChart:
    """Says where in a message's text the figures of a chart stand: from `start` to before `end`."""

    chart: Chart
    start: int
    end: int

    @property
    def block(self) -> Payload:
        """Returns the block that shows it."""
        return self.chart.block


def place_charts(text: str, charts: Iterable[Chart]) -> list[PlacedChart]:
    """Returns the charts whose figures stand whole in a message that says `text`, canonical Markdown."""
    shown = [(chart, slack_markdown(chart.table)) for chart in charts]
    return [PlacedChart(one, at, at + len(table)) for one, table in shown if (at := text.find(table)) >= 0]


def read_chart(arguments: str) -> Chart:
    """Returns the chart that these arguments of a call ask for, JSON. Raises ChartRefused where they ask for none."""
    try:
        asked = cast("dict[str, Any]", json.loads(arguments))
        series = tuple((str(one["name"]), tuple(map(_value, one["values"]))) for one in asked["series"])
        categories = tuple(map(str, asked["categories"]))
        return Chart(str(asked["kind"]), str(asked["title"]), categories, series)
    except (KeyError, TypeError, RecursionError, json.JSONDecodeError) as error:
        raise ChartRefused("it needs kind, title, categories, and series of a name and values") from error


@dataclass(slots=True)
class ChartRequests:
    """Collects the charts that a model asks for while it answers."""

    _arguments: dict[str, str] = field(default_factory=dict[str, str])  # of each call, as far as it has come

    def hear(self, use: ToolUse) -> None:
        """The model calls a tool, or goes on with its arguments."""
        if use.name == CHART_TOOL:
            self._arguments[use.call_id] = use.arguments
        elif not use.name and use.call_id in self._arguments:
            self._arguments[use.call_id] += use.arguments

    @property
    def charts(self) -> list[Chart]:
        """Returns those that can be shown, each once, as many as a message may have."""
        found: dict[Chart, None] = {}
        for arguments in self._arguments.values():
            try:
                found[read_chart(arguments)] = None
            except ChartRefused:
                continue  # the tool has told the model so
        return list(found)[:MOST_CHARTS]


def _check(holds: bool, rule: str) -> None:
    if not holds:
        raise ChartRefused(rule)


def _check_labels(what: str, labels: Sequence[str], *, most: int, longest: int = MOST_LABEL) -> None:
    _check(0 < len(labels) <= most, f"there must be 1 to {most} {what}")
    _check(len(set(labels)) == len(labels), f"{what} must differ from each other")
    for label in labels:
        _check(
            0 < len(label) <= longest and label == " ".join(label.split()),
            f"{what}: 1 to {longest} characters each",
        )
        # Whether Slack reads a token there is on no page.
        _check(quiet_code(label) == label, f"{what} must not mention anybody")


def _value(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ChartRefused("values must be numbers")
    return value


def _points(labels: Iterable[str], values: Iterable[float]) -> list[Payload]:
    return [{"label": label, "value": value} for label, value in zip(labels, values, strict=True)]


def _escaped(words: str) -> str:
    return re.sub(r"([\\`*_~\[\]<>|#&])", r"\\\1", words)
