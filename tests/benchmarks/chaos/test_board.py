"""What is kept in mind of the answers that stand in the local Slack."""

from __future__ import annotations

from typing import Any

from benchmarks.chaos.board import Board, Take, offers, place_of
from bot.core.conversation import notices
from bot.core.delivery.controls import AnswerEnd, ControlKind, Controls, block_kit
from bot.language.catalogue import ENGLISH
from slack_emulator.state.changes import Changed, Deleted, Posted, Whispered
from slack_emulator.state.models import Message

TAG = "1700000000.000100"
TAKE = Take("C1", TAG)


def answer(ts: str, segment: str = "0", *, text: str = "La", end: AnswerEnd | None = None) -> Message:
    below = [dict(one) for one in block_kit(Controls(TAG, end, notices.WRITING), ENGLISH)]
    blocks: list[dict[str, Any]] = [{"type": "markdown", "text": text}, *below]
    metadata: dict[str, Any] = {"event_payload": {"id": f"T1:C1:{TAG}:{segment}"}}
    return Message("C1", ts, "UBOT", text, thread_ts=TAG, blocks=tuple(blocks), metadata=metadata)


def test_an_answer_s_messages_come_in_their_order_and_go_when_they_are_deleted() -> None:
    board = Board()
    for one in (answer("9.2", "1", text="lo"), answer("9.1", "0", text="la")):
        board.hear(Posted(one))
    board.hear(Changed(answer("9.1", "0", text="la la"), answer("9.1", "0", text="la"), "9.3"))
    assert [one.text for one in board.messages(TAKE)] == ["la la", "lo"]
    board.hear(Deleted(answer("9.2", "1"), "9.4"))
    assert [one.text for one in board.messages(TAKE)] == ["la la"]
    assert board.begun == {TAKE}


def test_what_can_be_pressed_is_known_with_what_is_chosen_in_it() -> None:
    assert offers(answer("9.1")) == [(ControlKind.STOP, None)]
    assert offers(answer("9.1", end=AnswerEnd.WHOLE)) == [
        (ControlKind.REGENERATE, None),
        (ControlKind.MENU, f"delete {TAG}"),
        (ControlKind.FEEDBACK, f"good {TAG}"),
    ]


def test_what_is_no_answer_is_left_out_and_private_words_are_kept() -> None:
    board, words = Board(), Message("C1", "9.1", "UBOT", "Not yours.", thread_ts=TAG)
    board.hear(Posted(words))
    board.hear(Whispered(words, "U1"))
    assert place_of(words) is None
    assert (board.takes, board.told) == ({}, [("U1", TAG, "Not yours.")])
