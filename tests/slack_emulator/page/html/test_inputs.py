"""What people fill in."""

from __future__ import annotations

from typing import Any

import pytest

from slack_emulator.page.html.elements import element_html
from tests.html import Html


def drawn(kind: str, **element: Any) -> Html:
    return Html(element_html({"type": kind, "action_id": "a", **element}, {}, "b"))


@pytest.mark.parametrize(
    ("kind", "shown"),
    [
        ("plain_text_input", "text"),
        ("email_text_input", "email"),
        ("url_text_input", "url"),
        ("number_input", "number"),
        ("datepicker", "date"),
        ("timepicker", "time"),
        ("datetimepicker", "datetime-local"),
        ("file_input", "file"),
    ],
)
def test_each_is_the_browsers_own_field(kind: str, shown: str) -> None:
    html = drawn(kind)
    assert {("input", "type", shown), ("input", "data-kind", kind), ("input", "data-block", "b")} <= set(
        html.attributes
    )
    assert next(value for _, name, value in html.attributes if name == "aria-label")


def test_more_than_a_line_is_a_text_area() -> None:
    html = drawn("plain_text_input", multiline=True, initial_value="a\n<b>", max_length=10, min_length=2)
    assert html.tags == ["textarea"]
    assert html.text == "a\n<b>"
    assert {("textarea", "maxlength", "10"), ("textarea", "minlength", "2")} <= set(html.attributes)
    assert drawn("rich_text_input").tags == ["textarea"]


@pytest.mark.parametrize(
    ("kind", "fields", "name", "value"),
    [
        ("plain_text_input", {"initial_value": "x"}, "value", "x"),
        ("plain_text_input", {"placeholder": {"text": "Say"}}, "aria-label", "Say"),
        ("number_input", {"is_decimal_allowed": True}, "step", "any"),
        ("number_input", {"min_value": "3"}, "min", "3"),
        ("datepicker", {"initial_date": "2026-11-25"}, "value", "2026-11-25"),
        ("timepicker", {"initial_time": "09:30"}, "value", "09:30"),
        ("datetimepicker", {"initial_date_time": 1_766_458_026}, "value", "2025-12-23T02:47"),
        ("file_input", {"filetypes": ["pdf", 7, "csv"]}, "accept", ".pdf,.csv"),
        ("file_input", {"max_files": 3}, "multiple", ""),
    ],
)
def test_what_the_app_says_about_a_field(kind: str, fields: dict[str, Any], name: str, value: str) -> None:
    assert ("input", name, value) in drawn(kind, **fields).attributes


def test_one_file_is_one_file() -> None:
    assert "multiple" not in [name for _, name, _ in drawn("file_input", max_files=1).attributes]
