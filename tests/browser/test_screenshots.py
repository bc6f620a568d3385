"""The README's pictures can be taken again at any time."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

import pytest

from scripts.screenshots import (
    CARD,
    DESK,
    PHONE,
    SHARES,
    Writer,
    acting,
    answering,
    singing,
    take,
    take_acting,
    take_stages,
)

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def sizes(folder: Path) -> dict[str, tuple[int, ...]]:
    """The width and height of each picture, from the header of its PNG."""
    return {picture.stem: struct.unpack(">II", picture.read_bytes()[16:24]) for picture in folder.iterdir()}


async def test_the_pictures_are_taken_from_a_running_answer(chromium: str, tmp_path: Path) -> None:
    async with singing(every=0.02) as slack:
        await take(slack, tmp_path, chromium=chromium)
    desk, phone = [(2 * viewport["width"], 2 * viewport["height"]) for viewport in (DESK, PHONE)]
    taken = sizes(tmp_path)
    below = {taken.pop(f"controls-{name}") for name in ("writing", "done", "dark")}
    assert (len(below), taken.pop("controls-phone")[0]) == (1, phone[0])
    assert taken.pop("ask") == (2 * CARD["width"], 2 * CARD["height"])
    assert taken.pop("home")[0] < 2 * CARD["width"]
    assert taken == {
        **dict.fromkeys(("answering", "answered", "dark", "inspector", "blocks"), desk),
        **dict.fromkeys(("phone", "modal"), phone),
    }


async def test_the_report_is_taken_at_each_stage(chromium: str, tmp_path: Path) -> None:
    writer = Writer()
    async with answering(writer) as slack:
        await take_stages(slack.url, tmp_path, chromium=chromium, writer=writer)
    assert sorted(sizes(tmp_path)) == sorted(f"report-{share}" for share in SHARES)
    assert len(set(sizes(tmp_path).values())) == 1


async def test_an_action_is_taken_while_it_is_asked_for_and_an_answer_about_a_file(
    chromium: str, tmp_path: Path
) -> None:
    async with acting() as slack:
        await take_acting(slack, tmp_path, chromium=chromium)
    assert sorted(sizes(tmp_path)) == ["approval", "files"]
