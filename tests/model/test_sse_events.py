"""Bytes of a stream of events, cut anywhere, are the same events."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openai._streaming import SSEDecoder

from bot.model.sse_events import EventSplitter, data_of


def said(*pieces: bytes) -> list[str]:
    """The data of all events in `pieces`."""
    splitter = EventSplitter()
    found = [data_of(event) for piece in pieces for event in splitter.feed(piece)]
    splitter.close()
    return [data for data in found if data is not None]


def said_by_the_sdk(stream: bytes) -> list[str]:
    return [event.data for event in SSEDecoder().iter_bytes(iter([stream]))]


def cut(data: bytes, places: list[int]) -> list[bytes]:
    ends = [*sorted(place % (len(data) + 1) for place in places), len(data)]
    return [data[start:end] for start, end in zip([0, *ends], ends, strict=False)]


@pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\r"], ids=["LF", "CRLF", "CR"])
def test_a_line_may_end_in_three_ways(end: bytes) -> None:
    assert said(end.join([b"data: a", b"", b"data: b", b"", b""])) == ["a", "b"]


def test_a_line_end_cut_in_two_is_one() -> None:
    assert said(b"data: a\r", b"\ndata: b\r", b"\n\r", b"\ndata: c\r\n\r\n") == ["a\nb", "c"]


def test_several_lines_of_data_are_lines_of_one_event() -> None:
    assert said(b"data: a\ndata:b\ndata\n\n") == ["a\nb\n"]


def test_what_is_no_data_says_nothing() -> None:
    stream = b": a comment\n\nevent: ping\nid: 7\nretry: 3\n\n\n\ndatabase: x\n\nevent: e\ndata: a\n: b\n\n"
    assert said(stream) == ["a"]


def test_an_event_that_has_not_ended_is_none() -> None:
    assert said(b"data: a\n\ndata: b\n") == ["a"]


@pytest.mark.parametrize("stream", [b"data: a\n\ndata: \xc3", b"data: \xff\n\n"], ids=["cut", "never text"])
def test_what_is_no_text_is_no_event(stream: bytes) -> None:
    with pytest.raises(UnicodeDecodeError):
        said(stream)


def test_a_long_event_is_searched_once() -> None:
    # Were all that has come looked at again for each packet, this would take minutes.
    packets = [b"data: ", *[b"data: x\n" * 10] * 20_000, b"\n"]
    assert len(said(*packets)[0].split("\n")) == 200_000


lines = st.sampled_from(["data: a", "data:  ü", "data:🌍", "data: a: b", ": c", "event: e", "", ""])


@given(st.lists(lines), st.lists(st.sampled_from(["\n", "\r\n", "\r"]), min_size=1), st.lists(st.integers(0)))
def test_however_it_is_cut_it_says_what_the_sdk_hears(
    written: list[str], ends: list[str], places: list[int]
) -> None:
    stream = "".join(line + ends[number % len(ends)] for number, line in enumerate(written)).encode()
    heard = [data for data in said_by_the_sdk(stream) if data]
    assert said(*cut(stream, places)) == heard
