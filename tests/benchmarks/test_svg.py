"""Just enough SVG."""

from __future__ import annotations

from benchmarks.svg import document, element, path, text


def test_names_values_and_words_are_written_as_svg_has_them() -> None:
    assert (
        text("a < b", 1.0, 2.25, text_anchor="end") == '<text x="1" y="2.2" text-anchor="end">a &lt; b</text>'
    )
    assert element("rect", class_="a&b") == '<rect class="a&amp;b"/>'


def test_a_path_goes_through_its_points() -> None:
    assert path([(0.0, 1.0), (2.5, 3.0)]) == '<path d="M0 1 L2.5 3" fill="none"/>'


def test_a_document_says_what_it_shows() -> None:
    drawn = document(10.0, 20.0, "<g/>", title="A & B", description="what")
    assert 'viewBox="0 0 10 20"' in drawn
    assert '<title id="title">A &amp; B</title>' in drawn
