"""Stands in for `bot/model/local/llama_server.py` in tests: reads the job, replies as it is told, leaves when stdin closes.

    python fake_llama.py MODE

Its address holds its process id, so that a test sees which process answers.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import threading

ERRORS = {
    "no-libgomp": {"error": "import", "detail": "libgomp.so.1: cannot open shared object file"},
    "no-wheel": {"error": "import", "detail": "No module named 'xllamacpp'"},
    "bad-weights": {"error": "start", "detail": "Failed to init server,\nplease check the input params."},
}


def main(mode: str) -> int:
    if mode == "leave":  # before it has read anything
        return 3
    job = json.loads(sys.stdin.readline())
    sys.stderr.write(f"llama.cpp runs as {os.getpid()}\n")
    sys.stderr.flush()
    if mode.startswith("signal-"):
        os.kill(os.getpid(), int(mode.removeprefix("signal-")))
    if mode == "stubborn":
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
    if mode == "hang":
        threading.Event().wait()
    reply = {"base_url": f"http://{os.getpid()}.test/v1", "context_tokens": job["context_tokens"]}
    if mode == "environment":
        reply = {
            "error": "start",
            "detail": " ".join(f"{name}={value}" for name, value in os.environ.items()),
        }
    sys.stdout.write(json.dumps(ERRORS.get(mode, reply)) + "\n")
    sys.stdout.flush()
    if mode == "stubborn":
        threading.Event().wait()
    sys.stdin.read()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
