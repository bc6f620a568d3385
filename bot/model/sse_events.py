"""Server-sent events from bytes as they come: whole events out, the rest kept for the next bytes. Pure.

A line may end with LF, CR or both, and bytes may be cut anywhere, within a character and between the two as well. See
https://html.spec.whatwg.org/multipage/server-sent-events.html. An event without data is none, as the standard has it.
"""

from __future__ import annotations

_BLANK = b"\n\n"


class EventSplitter:
    """The events of one stream. Time is linear in the bytes, however they are cut."""

    def __init__(self) -> None:
        self._rest = bytearray()
        self._after_cr = False  # a LF that comes now belongs to the line end before it

    def feed(self, data: bytes) -> list[bytes]:
        """The events that end within `data`, each as its lines, still to be read by `data_of`."""
        seen = max(len(self._rest) - 1, 0)
        self._rest += self._with_plain_ends(data)
        end = self._rest.rfind(_BLANK, seen)
        if end < 0:
            return []
        whole = bytes(self._rest[:end])
        del self._rest[: end + len(_BLANK)]
        return whole.split(_BLANK)

    def close(self) -> None:
        """No more bytes come. Raises UnicodeDecodeError where the stream was cut within a character."""
        self._rest.decode()

    def _with_plain_ends(self, data: bytes) -> bytes:
        if self._after_cr and data.startswith(b"\n"):
            data = data[1:]
            self._after_cr = False
        if data:
            self._after_cr = data.endswith(b"\r")
        if b"\r" not in data:
            return data
        return data.replace(b"\r\n", b"\n").replace(b"\r", b"\n")


def data_of(event: bytes) -> str | None:
    """Returns what an event says; None where it has no data. Raises UnicodeDecodeError where it is no text."""
    text = event.decode()
    if "\n" not in text and text.startswith("data: "):
        return text[6:]
    data = [_value(line) for line in text.split("\n") if line == "data" or line.startswith("data:")]
    return "\n".join(data) if data else None


def _value(line: str) -> str:
    return line[len("data:") :].removeprefix(" ")
