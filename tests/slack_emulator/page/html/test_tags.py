"""Writing tags."""

from __future__ import annotations

from slack_emulator.page.html.tags import boxed, tag


def test_attributes_are_escaped_and_named_as_in_html() -> None:
    assert tag("p", "<b>", class_="a", data_block='"<', aria_label="x") == (
        '<p class="a" data-block="&quot;&lt;" aria-label="x"><b></p>'
    )


def test_what_is_none_or_false_is_left_out_and_true_stands_alone() -> None:
    assert tag("input", disabled=True, checked=False, value=None, rows=4) == '<input disabled rows="4">'


def test_there_is_no_box_around_nothing() -> None:
    assert (boxed("a", "b"), boxed("a", "")) == ('<div class="a">b</div>', "")
