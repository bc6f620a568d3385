"""The README's picture: words written and words seen over time, for one of five readers who ask at once.

Two panels share the count of words: the seconds in which the model writes, and, closer together, the minute after. The
figures come from virtual time, so that the same code draws the same picture.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from statistics import median_low
from typing import TYPE_CHECKING

from benchmarks.simulate import OURS, POLICIES, replay
from benchmarks.svg import document, element, path, text

if TYPE_CHECKING:
    from pathlib import Path

    from benchmarks.measure import Answer
    from benchmarks.scenarios import Question, Scenario
    from benchmarks.svg import Point

PICTURED = "5 at once"
WIDTH, HEIGHT = 880.0, 472.0
TOP, BOTTOM = 118.0, 410.0  # of the panels


@dataclass(frozen=True, slots=True)
class Theme:
    """Colours: Okabe and Ito's, which people with any kind of colour blindness tell apart, darkened for a light page."""

    name: str
    page: str
    text: str
    quiet: str
    grid: str
    model: str
    ours: str
    peers: tuple[str, str]


LIGHT = Theme(
    "light", "#ffffff", "#1f2328", "#59636e", "#e4e8ec", "#8b949e", "#0072b2", ("#b84a00", "#a0457e")
)
DARK = Theme("dark", "#0d1117", "#f0f6fc", "#9198a1", "#252c36", "#7d8590", "#56b4e9", ("#f0a030", "#dd90bd"))

PEERS = {
    "every 20 chunks": "an edit every 20 chunks",
    "500 ms, 50 a minute shared": "every 500 ms, 50 a minute for all",
}


@dataclass(frozen=True, slots=True)
class Panel:
    """A part of the chart: the seconds from `since` to `until`, drawn from `left` to `right`."""

    since: float
    until: float
    left: float
    right: float
    every: int  # seconds between two ticks

    def x(self, seconds: float) -> float:
        return self.left + (seconds - self.since) / (self.until - self.since) * (self.right - self.left)


WRITING = Panel(0.0, 10.0, 58.0, 470.0, 2)
AFTER = Panel(10.0, 66.0, 496.0, 856.0, 10)
PANELS = (WRITING, AFTER)


@dataclass(frozen=True, slots=True)
class Curve:
    """What the reader in the middle sees: (seconds, words), a corner of its steps each."""

    seen: list[Point]
    late: float  # seconds from the model's last word until that is seen

    @classmethod
    def of(cls, answers: list[Answer]) -> Curve:
        """Of all readers the one than whom as many wait longer as shorter."""
        middle = median_low(sum(answer.delays) for answer in answers)
        answer = next(answer for answer in answers if sum(answer.delays) == middle)
        steps = sorted({seen: number for number, seen in enumerate(answer.visible, 1)}.items())
        corners: list[Point] = [(0.0, 0.0)]
        for seconds, words in steps:
            corners += [(seconds, corners[-1][1]), (seconds, float(words))]
        return cls(corners, answer.delays[-1])

    @property
    def plateau(self) -> float:
        """The words at which it stands still for longest."""
        return max(pairwise(self.seen), key=lambda pair: pair[1][0] - pair[0][0])[0][1]


@dataclass(frozen=True, slots=True)
class Chart:
    """All that is drawn of a scenario."""

    scenario: Scenario
    ours: Curve
    peers: dict[str, Curve]

    @classmethod
    def of(cls, scenario: Scenario) -> Chart:
        curves = {name: Curve.of(replay(scenario, POLICIES[name])[0]) for name in (OURS, *PEERS)}
        return cls(scenario, curves[OURS], {name: curves[name] for name in PEERS})

    @property
    def question(self) -> Question:
        """What one of them asks, as good as any: all get answers of the same length and pace."""
        return self.scenario.questions[0]

    @property
    def title(self) -> str:
        asked = {5: "Five", 20: "Twenty"}.get(len(self.scenario.questions), f"{len(self.scenario.questions)}")
        return f"{asked} people ask at once: {OURS} keeps up, quick fixed rhythms stall"

    @property
    def subtitle(self) -> str:
        return "Words of one answer over time, as its reader sees them. Slack takes 50 edits a minute from the whole bot."

    @property
    def description(self) -> str:
        lates = [f"{label}, {_seconds(self.peers[name].late)}" for name, label in PEERS.items()]
        return (
            f"Each answer has {self.question.words} words, written in {self.question.seconds:g} seconds. From the model's "
            f"last word until a reader sees it: {OURS}, {_seconds(self.ours.late)}; {'; '.join(lates)}."
        )

    def y(self, words: float) -> float:
        return BOTTOM - words / self.question.words * (BOTTOM - TOP)


def _seconds(value: float) -> str:
    return f"{value:.1f} s" if value < 10 else f"{value:.0f} s"


def write_pictures(folder: Path, scenario: Scenario) -> list[Path]:
    """Draw both themes; returns the files, delay-light.svg and delay-dark.svg."""
    chart = Chart.of(scenario)
    folder.mkdir(parents=True, exist_ok=True)
    files = [folder / f"delay-{theme.name}.svg" for theme in (LIGHT, DARK)]
    for file, theme in zip(files, (LIGHT, DARK), strict=True):
        file.write_text(draw(chart, theme), encoding="utf-8")
    return files


def draw(chart: Chart, theme: Theme) -> str:
    """The whole picture."""
    return document(
        WIDTH,
        HEIGHT,
        element("rect", width=WIDTH, height=HEIGHT, fill=theme.page, rx=8.0),
        *_head(chart, theme),
        *_grid(chart, theme),
        *_model(chart, theme),
        *(_curves(chart, theme, panel) for panel in PANELS),
        *_labels(chart, theme),
        title=chart.title,
        description=chart.description,
    )


def _head(chart: Chart, theme: Theme) -> list[str]:
    return [
        text(chart.title, 24.0, 38.0, font_size="19", font_weight="600", fill=theme.text),
        text(chart.subtitle, 24.0, 63.0, font_size="14.5", fill=theme.quiet),
    ]


def _grid(chart: Chart, theme: Theme) -> list[str]:
    lines: list[str] = []
    for words in range(0, chart.question.words + 1, 100):
        y = chart.y(words)
        label = f"{words} words" if words == chart.question.words else f"{words}"
        start, end = ("start", 24.0) if words == chart.question.words else ("end", WRITING.left - 8.0)
        height = y - 8.0 if words == chart.question.words else y + 4.5
        lines += [path([(panel.left, y), (panel.right, y)], stroke=theme.grid) for panel in PANELS]
        lines.append(text(label, end, height, font_size="13", text_anchor=start, fill=theme.quiet))
    for panel in PANELS:
        lines += _ticks(panel, theme)
    return lines


def _ticks(panel: Panel, theme: Theme) -> list[str]:
    seconds = range(
        int(panel.since) + (panel.every if panel is AFTER else 0), int(panel.until) + 1, panel.every
    )
    style = {"font_size": "13", "text_anchor": "middle", "fill": theme.quiet}
    ticks = [
        text(f"{second} s" if second else "0", panel.x(second), BOTTOM + 22.0, **style) for second in seconds
    ]
    said = "while the model writes" if panel is WRITING else "the minute after, closer together"
    middle = (panel.left + panel.right) / 2
    return [*ticks, text(said, middle, BOTTOM + 44.0, font_style="italic", **style)]


def _curves(chart: Chart, theme: Theme, panel: Panel) -> str:
    colours = dict(zip(chart.peers, theme.peers, strict=True))
    peers = [_line(chart, panel, chart.peers[name].seen, colours[name], "2.2") for name in chart.peers]
    return element("g", *peers, _line(chart, panel, chart.ours.seen, theme.ours, "3.2"))


def _line(chart: Chart, panel: Panel, steps: list[Point], colour: str, width: str) -> str:
    points = [(panel.x(seconds), chart.y(words)) for seconds, words in _within(steps, panel)]
    return path(points, stroke=colour, stroke_width=width, stroke_linejoin="round")


def _within(steps: list[Point], panel: Panel) -> list[Point]:
    """The part of a line of steps that a panel shows, from edge to edge."""
    before = [words for seconds, words in steps if seconds < panel.since]
    inside = [(seconds, words) for seconds, words in steps if panel.since <= seconds <= panel.until]
    shown = [(panel.since, before[-1]), *inside] if before else inside
    return [*shown, (panel.until, shown[-1][1])]


def _model(chart: Chart, theme: Theme) -> list[str]:
    """The line of the model, which writes evenly, and its name in the empty corner above it."""
    words, seconds = chart.question.words, chart.question.seconds
    line = [(WRITING.x(0.0), chart.y(0.0)), (WRITING.x(seconds), chart.y(words))]
    style = {"font_size": "14", "text_anchor": "end", "fill": theme.quiet}
    x, y = WRITING.x(seconds * 0.55), chart.y(words * 0.66)
    return [
        path(line, stroke=theme.model, stroke_width="2", stroke_dasharray="2 4"),
        text("written by", x, y, **style),
        text("the model", x, y + 18.0, **style),
    ]


def _labels(chart: Chart, theme: Theme) -> list[str]:
    """Each line's name beside it, in its colour."""
    bold = {"font_size": "14.5", "font_weight": "600"}
    late = f"{OURS}: the last word {_seconds(chart.ours.late)} late"
    labels = [text(late, AFTER.left, chart.y(chart.question.words) - 11.0, fill=theme.ours, **bold)]
    for (name, curve), colour in zip(chart.peers.items(), theme.peers, strict=True):
        y = chart.y(curve.plateau)
        labels.append(text(PEERS[name], AFTER.left, y + 19.0, fill=colour, **bold))
        late = f"the last word {_seconds(curve.late)} late"
        labels.append(text(late, AFTER.left, y + 36.0, fill=colour, font_size="13.5"))
    return labels
