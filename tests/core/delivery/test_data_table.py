"""Tables of a finished message that people can sort."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings

from bot.core.conversation.message_reader import written_blocks
from bot.core.delivery.data_table import EMPTY, find_data_table
from bot.core.markdown.render.message_text import slack_markdown
from slack_emulator.blocks.block_kit import block_flaws
from tests.core.markdown.documents import documents

if TYPE_CHECKING:
    from bot.core.conversation.json_payload import Payload

PRICES = slack_markdown("Look:\n\nItem|Price\n-|-:\n**Tea**|3.5\n[Pot](https://pot.example)|\n\nThat is all.")


def cells(text: str) -> list[list[Payload]]:
    """The cells of the block that the table in the text becomes."""
    table = find_data_table(slack_markdown(text))
    assert table is not None
    rows: list[list[Payload]] = table.block["rows"]
    return rows


def test_signs_that_end_a_line_elsewhere_and_not_in_markdown_move_no_table() -> None:
    text = slack_markdown("One\u2028two\x85three.\n\na|b\n-|-\n1|2\n\nThe end.")
    table = find_data_table(text)
    assert table is not None
    assert text[: table.start].endswith("three.\n\n")
    assert text[table.end :].strip() == "The end."


def test_the_table_of_a_message_becomes_a_block_with_all_that_its_cells_say() -> None:
    table = find_data_table(PRICES)
    assert table is not None
    assert (PRICES[: table.start], PRICES[table.end :]) == ("Look:\n\n", "\nThat is all.")
    bold = {"type": "text", "text": "Tea", "style": {"bold": True}}
    link = {"type": "link", "url": "https://pot.example", "text": "Pot"}
    assert table.block == {
        "type": "data_table",
        "caption": "Item, Price",
        "page_size": 2,
        "rows": [
            [{"type": "raw_text", "text": "Item"}, {"type": "raw_text", "text": "Price"}],
            [rich(bold), {"type": "raw_number", "value": 3.5, "text": "3.5"}],
            [rich(link), {"type": "raw_text", "text": EMPTY}],
        ],
    }


def rich(element: Payload) -> Payload:
    return {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": [element]}]}


@pytest.mark.parametrize(
    ("cell", "value"),
    [("12", 12), ("-3.25", -3.25), ("\u22124", -4), ("0", 0), ("0.5", 0.5)],
)
def test_a_number_is_sorted_as_one(cell: str, value: float) -> None:
    ((number,),) = cells(f"|Sum|\n|---|\n|{cell}|")[1:]
    assert number == {"type": "raw_number", "value": value, "text": cell}


@pytest.mark.parametrize("cell", ["1,5", "007", "3 %", "2026-11-28", "1.", "$4", "1e5", "9" * 16, "\u0664"])
def test_what_may_be_another_number_elsewhere_stays_words(cell: str) -> None:
    ((words,),) = cells(f"|Sum|\n|---|\n|{cell}|")[1:]
    assert words["type"] == "raw_text"


def test_nobody_is_notified_by_a_cell() -> None:
    (quiet, code), _ = cells("<!channel>|`<@U1>`\n-|-\n1|2")
    assert "<!" not in str(quiet)
    assert "<@" not in str(code)
    _, (_, loud) = cells("a|b\n-|-\n1|*<@U1> @here*")
    assert "<@" not in str(loud)
    assert "@here" not in str(loud)


@pytest.mark.parametrize(
    "text",
    [
        "No table.",
        "`|`\n|",
        "a|b\n-|-",
        "|a||\n|-|-|\n|1|2|",
        "a|b\n-|-\n1|2\n\nand\n\na|b\n-|-\n1|2",
        "- item\n\n  a|b\n  -|-\n  1|2",
        "|a|\n|-|\n" + "|1|\n" * 101,
        "|" + "a|" * 21 + "\n|" + "-|" * 21 + "\n|" + "1|" * 21,
        "|a|\n|-|\n|" + "x" * 10_000 + "|",
    ],
    ids=["none", "a bar", "no rows", "a nameless column", "two", "in a list", "long", "wide", "large"],
)
def test_what_does_not_fit_one_block_stays_text(text: str) -> None:
    assert find_data_table(slack_markdown(text)) is None


def test_a_table_in_which_somebody_is_mentioned_stays_text() -> None:
    text = slack_markdown("a|b\n-|-\n1|<@U1>", asker="U1")
    assert "<@U1>" in text
    assert find_data_table(text) is None


def test_half_a_table_stays_text() -> None:
    table = slack_markdown("a|b\n-|-\n1|2")
    assert find_data_table(table) is not None
    assert find_data_table(table, begins_cut=True) is None
    assert find_data_table(f"{table}\n\nMore.", begins_cut=True) is None
    assert find_data_table(f"Before:\n\n{table}", begins_cut=True) is not None
    assert find_data_table(table, ends_cut=True) is None
    assert find_data_table(f"{table}\n\nMore.", ends_cut=True) is not None


@settings(max_examples=50)
@given(documents)
def test_slack_takes_the_table_of_any_text_and_it_is_read_back_as_it_was(text: str) -> None:
    shown = slack_markdown(text)
    found = [one for one in [find_data_table(shown)] if one is not None]
    blocks = [dict(one.block) for one in found]
    assert list(block_flaws(blocks)) == []
    again = [find_data_table(f"{one}\n") for one in written_blocks({"blocks": blocks})]
    assert [len(one.rows) for one in again if one] == [len(one.rows) for one in found]
