"""Opens connections and says nothing, or half a request, on each: prints how many were opened, and holds them."""

from __future__ import annotations

import socket
import sys

HALF = b"POST /slack/events HTTP/1.1\r\nHost: bot\r\nX-Slack-Sig"


def main(port: int, count: int) -> None:
    """Hold that many connections until standard input ends."""
    held: list[socket.socket] = []
    for number in range(count):
        held.append(socket.create_connection(("127.0.0.1", port), timeout=20))
        if number % 2:
            held[-1].sendall(HALF)
    sys.stdout.write(f"{len(held)}\n")
    sys.stdout.flush()
    sys.stdin.read()


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
