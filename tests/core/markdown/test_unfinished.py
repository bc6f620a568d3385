"""Half an answer, made to look like the beginning of a whole one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.markdown.unfinished import close_fence, open_fence


@pytest.mark.parametrize(
    ("text", "opener"),
    [
        ("plain", ""),
        ("```py\nx = 1", "```py"),
        ("```py\nx = 1\n```\nafter", ""),
        ("~~~~\n```\n", "~~~~"),
        ("````\n```\n", "````"),
        ("```\na\n```not a closer\n", "```"),
        ("```not ``` a fence\n", ""),
        ("text\n   ```js\nlet x", "```js"),
        ("    ```\nindented code", ""),
    ],
)
def test_the_fence_a_text_ends_in(text: str, opener: str) -> None:
    assert open_fence(text) == opener


def test_half_a_block_is_shown_as_a_block() -> None:
    assert close_fence("```py\nx = 1") == "```py\nx = 1\n```"
    assert close_fence("~~~~\nx\n") == "~~~~\nx\n~~~~"
    assert close_fence("done") == "done"


@given(st.text("`~ ab\n", max_size=60))
def test_what_is_closed_stays_closed(text: str) -> None:
    closed = close_fence(text)
    assert open_fence(closed) == ""
    assert close_fence(closed) == closed
    assert closed.startswith(text)
