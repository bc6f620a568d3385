"""An MCP server with one tool that acts: it writes a line into a file, which nothing takes back. The standard library only.

    python benchmarks/chaos/acting_server.py FILE [BEFORE [AFTER]]

Each call waits BEFORE seconds, writes its number into FILE, and waits AFTER seconds more until it answers.
"""

from __future__ import annotations

import json
import os
import sys
import threading
import time
from typing import Any

TOOL = {
    "name": "add",
    "description": "Writes a number into a file.",
    "inputSchema": {"type": "object", "properties": {"number": {"type": "integer"}}, "required": ["number"]},
}


class Server:
    """Answers one client over standard input and output, each call in a thread of its own."""

    def __init__(self, file: str, before: float, after: float) -> None:
        self._file = file
        self._before = before
        self._after = after
        self._lock = threading.Lock()

    def serve(self) -> None:
        """Until standard input ends."""
        for line in sys.stdin:
            message: dict[str, Any] = json.loads(line)
            if "id" in message:
                threading.Thread(target=self._answer, args=(message,), daemon=True).start()

    def _answer(self, message: dict[str, Any]) -> None:
        result = self._result(str(message.get("method")), message.get("params") or {})
        text = json.dumps({"jsonrpc": "2.0", "id": message["id"], "result": result})
        with self._lock:
            sys.stdout.write(f"{text}\n")
            sys.stdout.flush()

    def _result(self, method: str, params: dict[str, Any]) -> dict[str, Any]:
        if method == "initialize":
            return {
                "protocolVersion": params["protocolVersion"],
                "capabilities": {"tools": {}},
                "serverInfo": {"name": "acting", "version": "1"},
            }
        if method == "tools/list":
            return {"tools": [TOOL]}
        return self._add(int(params["arguments"]["number"])) if method == "tools/call" else {}

    def _add(self, number: int) -> dict[str, Any]:
        time.sleep(self._before)
        handle = os.open(self._file, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
        os.write(handle, f"{number}\n".encode())
        os.close(handle)
        time.sleep(self._after)
        return {"content": [{"type": "text", "text": f"Added {number}."}]}


if __name__ == "__main__":
    waits = [float(one) for one in sys.argv[2:4]]
    Server(sys.argv[1], *([*waits, 0.0, 0.0])[:2]).serve()
