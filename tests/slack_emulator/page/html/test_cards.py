"""Alerts and cards."""

from __future__ import annotations

from slack_emulator.page.html.cards import alert_html, card_html
from tests.html import Html


def test_an_alert_has_a_level() -> None:
    assert alert_html({"text": {"type": "mrkdwn", "text": "*Careful*"}, "level": "warning"}, {}) == (
        '<div class="alert warning" role="note"><strong>Careful</strong></div>'
    )
    assert 'class="alert"' in alert_html({"text": "Hm", "level": "loud"}, {})
    assert alert_html({}, {}) == ""


def test_a_card_shows_what_it_has() -> None:
    card = {
        "title": {"type": "mrkdwn", "text": "Bottle"},
        "subtitle": {"type": "mrkdwn", "text": "0.75 l"},
        "body": {"type": "mrkdwn", "text": "_sparkling_"},
        "hero_image": {"image_url": "http://localhost/b.png", "alt_text": "a bottle"},
        "actions": [{"type": "button", "text": {"type": "plain_text", "text": "Buy"}, "action_id": "buy"}],
        "block_id": "b",
    }
    html = Html(card_html(card, {}))
    assert html.text == "Bottle0.75 lsparklingBuy"
    assert {("img", "class", "hero"), ("button", "data-block", "b")} <= set(html.attributes)
    assert card_html({}, {}) == ""
