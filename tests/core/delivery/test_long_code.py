"""Code that is too long to be read in messages."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.core.delivery.long_code import LONGEST_SHOWN, CodeFile, LongCode

WORD = "*Below.*"
LINE = "x = call()\n"
CODE = LINE * (LONGEST_SHOWN // len(LINE) + 500)
ANSWER = f"Look:\n\n```python\n{CODE}```\n\nThat is all.\n"


def shown(*deltas: str) -> tuple[str, list[CodeFile]]:
    """What is shown of an answer that comes so, and what goes into files."""
    code = LongCode(WORD)
    return "".join([*map(code.feed, deltas), code.finish()]), code.files


def test_of_long_code_the_beginning_is_shown_and_all_of_it_goes_into_a_file() -> None:
    text, (file,) = shown(ANSWER)
    assert text.startswith("Look:\n\n```python\nx = call()\n")
    assert text.endswith(f"{LINE}```\n\n{WORD}\n\n\nThat is all.\n")
    assert (file.language, file.extension, file.code) == ("python", "py", CODE)
    assert text.count(LINE) + file.rest.count(LINE) == CODE.count(LINE)
    assert file.markdown == f"```python\n{file.rest}```"


def test_an_answer_that_ends_in_its_code_is_closed() -> None:
    text, (file,) = shown(f"~~~\n{CODE}half a li")
    assert text.endswith(f"{LINE}~~~\n\n{WORD}\n")
    assert file.code == f"{CODE}half a li\n"
    assert file.extension == "txt"


@pytest.mark.parametrize(
    "answer",
    [
        "No code.\n",
        f"```\n{LINE * 10}```\n",
        f"> ```\n> {CODE}",
        f"    ```\n{CODE}",
        "word " * LONGEST_SHOWN,
        f"```\n{'x' * LONGEST_SHOWN}\n```\n",
        f"```\n{'x' * LONGEST_SHOWN}\n",
        "``` `x`\n" + CODE,
    ],
    ids=["none", "short", "a quote", "indented", "prose", "just full", "just full and open", "no fence"],
)
def test_what_is_short_or_no_code_is_shown_as_it_is(answer: str) -> None:
    text, files = shown(answer)
    assert files == []
    assert text.startswith(answer)


def test_a_fence_in_code_that_is_shorter_does_not_end_it() -> None:
    text, (file,) = shown(f"````md\n```\n{CODE}```\n````\nEnd.\n")
    assert file.code == f"```\n{CODE}```\n"
    assert text.endswith("End.\n")


def test_each_long_block_has_a_file_of_its_own() -> None:
    _, files = shown(f"```js\n{CODE}```\nand\n```sql\n{CODE}```\n")
    assert [one.extension for one in files] == ["js", "sql"]


@settings(max_examples=30)
@given(st.lists(st.integers(1, len(ANSWER)), max_size=6))
def test_it_does_not_matter_in_which_pieces_an_answer_comes(cuts: list[int]) -> None:
    edges = [0, *sorted(cuts), len(ANSWER)]
    pieces = [ANSWER[start:end] for start, end in pairwise(edges)]
    assert shown(*pieces) == shown(ANSWER)


def test_words_on_the_line_of_a_fence_are_no_language() -> None:
    _, (file,) = shown(f"```the very first line\n{CODE}```\n")
    assert (file.language, file.extension) == ("", "txt")
