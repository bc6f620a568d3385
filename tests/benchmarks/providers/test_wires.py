"""The bytes of each wire format, read by the libraries that the formats are from where they are here."""

from __future__ import annotations

import json
import struct
import zlib
from typing import TYPE_CHECKING

import pytest

from benchmarks.providers.integrations import INTEGRATIONS
from benchmarks.providers.wires import Bedrock, ChatCompletions, Google, Ollama, sse

if TYPE_CHECKING:
    from benchmarks.providers.wires import Wire

WIRES = {name: one.wire for name, one in INTEGRATIONS.items()}


@pytest.mark.parametrize("wire", WIRES.values(), ids=WIRES)
def test_every_format_has_words_an_end_and_a_limit(wire: Wire) -> None:
    assert b"Hello" in wire.text("Hello")
    assert wire.end("stop")
    assert wire.end("length") not in (None, wire.end("stop"))
    assert wire.broken()
    assert json.loads(wire.refusal(503))


@pytest.mark.parametrize("wire", WIRES.values(), ids=WIRES)
def test_thoughts_do_not_stand_where_words_do(wire: Wire) -> None:
    assert wire.thought("hm") not in (None, wire.text("hm"))


@pytest.mark.parametrize("wire", WIRES.values(), ids=WIRES)
def test_no_format_has_an_end_that_nobody_named(wire: Wire) -> None:
    assert wire.end("tired") is None


def test_an_event_has_a_name_where_it_is_given_one() -> None:
    assert sse({"a": 1}) == b'data: {"a": 1}\n\n'
    assert sse({"a": 1}, "end") == b'event: end\ndata: {"a": 1}\n\n'


def test_groq_s_counts_stand_one_level_down() -> None:
    [last, done] = (ChatCompletions(usage_in="x_groq").end("stop") or b"").split(b"\n\n")[:2]
    assert json.loads(last.removeprefix(b"data: "))["x_groq"]["usage"]["completion_tokens"] == 3
    assert done == b"data: [DONE]"


def test_only_who_has_refusals_sends_one() -> None:
    assert ChatCompletions().end("refused") is None
    assert b"I cannot." in (ChatCompletions(refuses=True).end("refused") or b"")


def test_a_blocked_prompt_has_no_candidate() -> None:
    assert b"candidates" not in (Google().end("blocked") or b"candidates")


def test_ollama_s_steps_are_lines() -> None:
    lines = [
        json.loads(line) for line in (Ollama().text("Hello") + (Ollama().end("stop") or b"")).splitlines()
    ]
    assert [line["done"] for line in lines] == [False, True]


def test_a_frame_of_bedrock_s_has_its_length_and_its_checksums() -> None:
    frame = Bedrock().text("Hello")
    length, _headers, prelude, whole = *struct.unpack(">III", frame[:12]), struct.unpack(">I", frame[-4:])[0]
    assert length == len(frame)
    assert (prelude, whole) == (zlib.crc32(frame[:8]), zlib.crc32(frame[:-4]))
