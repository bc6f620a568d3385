"""Shortcodes."""

from __future__ import annotations

from slack_emulator.page.html.emoji import EMOJI, SHORTCODE, with_emoji


def test_a_known_shortcode_is_drawn_and_an_unknown_one_stays() -> None:
    assert with_emoji("a :tada: :+1: :no_such: :tada") == "a 🎉 👍 :no_such: :tada"


def test_every_shortcode_can_be_written() -> None:
    assert [name for name in EMOJI if not SHORTCODE.fullmatch(f":{name}:")] == []
