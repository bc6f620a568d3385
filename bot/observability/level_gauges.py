"""Shows levels to Prometheus as gauges, read whenever it asks."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from prometheus_client.metrics_core import GaugeMetricFamily
from prometheus_client.registry import Collector

from bot.observability.levels import LevelKind, read_levels

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from prometheus_client.metrics_core import Metric

_GAUGES: dict[LevelKind, tuple[str, tuple[str, ...], Callable[[Iterable[float]], float]]] = {
    # Of the workspaces, and of the channels where Slack counts by channel, the one that has least: who has room is no news.
    LevelKind.BUDGET_LEFT: (
        "Calls that may leave now, in the workspace and channel that has fewest left; 0 under a 429",
        ("method",),
        min,
    ),
    LevelKind.TURNS_WAITING: ("Turns at work here that wait until their thread is free", (), sum),
    LevelKind.TURNS_ON_RECORD: ("Turns of all replicas that are on record and not over", (), max),
}
"""Says of each what it is, which labels it has, and how several of one label become one figure."""


class LevelGauges(Collector):
    """Reads the levels of this process."""

    def collect(self) -> Iterator[Metric]:
        """Yields a gauge of each kind, without a sample where nobody offers one."""
        found: defaultdict[LevelKind, defaultdict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
        for level in read_levels():
            found[level.kind][level.label].append(level.value)
        for kind, (words, labels, merge) in _GAUGES.items():
            gauge = GaugeMetricFamily(f"teleprinter_{kind.value}", words, labels=labels)
            for label, values in sorted(found[kind].items()):
                gauge.add_metric([label] if labels else [], merge(values))
            yield gauge
