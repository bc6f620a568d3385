"""The README's picture."""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pytest

from benchmarks.measure import Answer
from benchmarks.picture import DARK, LIGHT, PANELS, PICTURED, Chart, Curve, draw, write_pictures
from benchmarks.scenarios import SCENARIOS

if TYPE_CHECKING:
    from pathlib import Path

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
def chart() -> Chart:
    return Chart.of(SCENARIOS[PICTURED])


def texts(svg: str) -> list[str]:
    return [each.text or "" for each in ET.fromstring(svg).iter(f"{SVG}text")]  # noqa: S314 (our own)


def test_what_its_title_says_is_so(chart: Chart) -> None:
    assert chart.title == "Five people ask at once: Teleprinter keeps up, quick fixed rhythms stall"
    assert chart.ours.late < 1.0
    assert all(peer.late > 30.0 for peer in chart.peers.values())


def test_every_line_is_named_beside_it_with_how_late_it_ends(chart: Chart) -> None:
    said = " | ".join(texts(draw(chart, LIGHT)))
    assert f"Teleprinter: the last word {chart.ours.late:.1f} s late" in said
    assert "an edit every 20 chunks | the last word 5" in said


def test_who_cannot_see_it_is_told_the_same(chart: Chart) -> None:
    root = ET.fromstring(draw(chart, DARK))  # noqa: S314 (our own)
    assert root.get("role") == "img"
    assert root.findtext(f"{SVG}title") == chart.title
    assert "Teleprinter, 0." in (root.findtext(f"{SVG}desc") or "")


def test_all_that_is_seen_fits_its_panels(chart: Chart) -> None:
    assert max(curve.seen[-1][0] for curve in (chart.ours, *chart.peers.values())) < PANELS[-1].until


def test_the_same_code_draws_the_same_picture(chart: Chart, tmp_path: Path) -> None:
    light, dark = write_pictures(tmp_path / "images", SCENARIOS[PICTURED])
    assert light.read_text(encoding="utf-8") == draw(chart, LIGHT)
    assert dark.read_text(encoding="utf-8") == draw(chart, DARK)


def test_the_reader_in_the_middle_is_shown() -> None:
    slow, middle, quick = (Answer([0.0, 1.0], [late, late]) for late in (9.0, 5.0, 2.0))
    curve = Curve.of([slow, middle, quick])
    assert curve.seen == [(0.0, 0.0), (5.0, 0.0), (5.0, 2.0)]
    assert (curve.late, curve.plateau) == (4.0, 0.0)
