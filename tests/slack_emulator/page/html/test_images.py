"""Images: those of this computer are shown, all others are named."""

from __future__ import annotations

import pytest

from slack_emulator.page.html.images import image_block_html, is_ours, picture_html

OURS = "http://127.0.0.1:3210/files/F1/a.png"
THEIRS = "https://x.test/a.png"


@pytest.mark.parametrize(
    ("url", "ours"),
    [
        (OURS, True),
        ("http://localhost:8000/a.png", True),
        (THEIRS, False),
        ("http://127.0.0.1.x.test/a.png", False),
        ("http://localhost@x.test/a.png", False),
        ("file://localhost/etc/passwd", False),
        ("http://[", False),
    ],
)
def test_only_this_computers_addresses_are_ours(url: str, ours: bool) -> None:
    assert is_ours(url) is ours


def test_an_image_of_this_computer_is_drawn_with_its_title() -> None:
    block = {"image_url": OURS, "alt_text": "a chart", "title": {"text": "Sales"}}
    assert image_block_html(block) == (
        '<figure class="figure"><figcaption>Sales</figcaption>'
        f'<img class="picture" src="{OURS}" alt="a chart" loading="lazy"></figure>'
    )
    assert "figcaption" not in image_block_html({"slack_file": {"url": OURS}})


@pytest.mark.parametrize(
    ("fields", "label"),
    [
        ({"title": {"text": "Cat"}, "alt_text": "a cat"}, "Cat"),
        ({"alt_text": "a cat"}, "a cat"),
        ({}, THEIRS),
    ],
    ids=["its title", "its words", "its address"],
)
def test_any_other_image_is_a_link_that_says_what_it_is(fields: dict[str, object], label: str) -> None:
    html = image_block_html({"image_url": THEIRS} | fields)
    assert "<img" not in html
    assert f'href="{THEIRS}"' in html
    assert f">{label}</a>" in html


def test_an_image_without_an_address_is_nothing() -> None:
    assert (picture_html({"alt_text": "a"}), image_block_html({"alt_text": "a"})) == ("", "")
