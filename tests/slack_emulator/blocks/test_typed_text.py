"""What people type, as Slack stores it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slack_emulator.blocks.typed_text import composed, escape, unescape
from slack_emulator.state.models import User

USERS = (
    User("U1", "ada", "Ada"),
    User("U2", "ada.k", "Ada Kite"),
    User("UBOT", "teleprinter", "Teleprinter"),
)


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        pytest.param("hello", "hello", id="plain"),
        pytest.param("@Teleprinter hi", "<@UBOT> hi", id="real name"),
        pytest.param("hi @teleprinter!", "hi <@UBOT>!", id="handle, then punctuation"),
        pytest.param("@ADA", "<@U1>", id="any case"),
        pytest.param("@Ada Kite is in", "<@U2> is in", id="the longest name wins"),
        pytest.param("@ada.k and @ada.", "<@U2> and <@U1>.", id="a handle with a dot"),
        pytest.param("@Adam", "@Adam", id="the start of another name"),
        pytest.param("@ada_k", "@ada_k", id="an underscore goes on"),
        pytest.param("mail ada@ada.example", "mail ada@ada.example", id="an e-mail address"),
        pytest.param("@nobody", "@nobody", id="unknown"),
        pytest.param("<@UBOT> hi", "<@UBOT> hi", id="a token typed out"),
        pytest.param("@here @channel @everyone", "<!here> <!channel> <!everyone>", id="everybody"),
        pytest.param("<!channel>", "&lt;!channel&gt;", id="not a token a person can type"),
        pytest.param("a < b & c > d", "a &lt; b &amp; c &gt; d", id="escaped"),
        pytest.param(
            "see https://a.example/x?y=1&z.", "see <https://a.example/x?y=1&amp;z>.", id="an address"
        ),
        pytest.param(
            "@Ada https://a.example @Raj", "<@U1> <https://a.example> @Raj", id="one after the other"
        ),
        pytest.param("(http://a.example)", "(<http://a.example>)", id="an address in brackets"),
    ],
)
def test_typed_text_is_stored_as_slack_stores_it(typed: str, stored: str) -> None:
    assert composed(typed, USERS) == stored


@given(st.text())
def test_escaping_can_be_undone(text: str) -> None:
    assert unescape(escape(text)) == text


@given(st.text(alphabet="<>&@ adU1!#|"))
def test_no_tag_but_a_mention_can_be_typed(text: str) -> None:
    left = composed(text, USERS).replace("<@U1>", "").replace("<@U2>", "")
    assert "<!" not in left
    assert "<#" not in left
