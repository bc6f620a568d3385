"""The process that the local model runs in: llama.cpp and its own OpenAI-compatible server, on 127.0.0.1 only.

    parent ──one line of JSON, a `Job`──────────────────────────► stdin
    parent ◄─one line of JSON, a base_url or an error──────────── stdout
    the log file in the cache ◄─whatever llama.cpp itself prints─ stderr

It is a process of its own because loading holds Python's lock for seconds, and because an illegal instruction or a lack
of memory must not take the bot along. It imports nothing of the bot, so that a restart takes no longer than llama.cpp
itself. It leaves when its standard input closes, which the system sees to however the parent ends.
"""

from __future__ import annotations

import http.client
import json
import os
import sys
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import BinaryIO, TextIO


@dataclass(frozen=True, slots=True)
class Job:
    """Holds what to serve, and under which name: `slots` answers at a time, each with `context_tokens` for itself and its prompt.

    `prompt_threads` read the prompt, which is one large computation; `threads` write the answer, a small one for each token.
    """

    path: str
    name: str
    api_key: str
    slots: int
    context_tokens: int
    threads: int
    prompt_threads: int


def main(stdin: BinaryIO, replies: TextIO) -> int:
    """Serves the one `Job` on stdin until that closes. Returns the exit status."""
    line = stdin.readline()
    if not line:  # the parent is gone already
        return 0
    job = Job(**json.loads(line))
    try:
        server = _serve(job)
        reply = _ready(server.listening_address, job.api_key)
    except ImportError as error:
        return _reply(replies, {"error": "import", "detail": str(error)}, status=1)
    except (RuntimeError, OSError) as error:
        return _reply(replies, {"error": "start", "detail": str(error)}, status=1)
    status = _reply(replies, reply, status=0)
    stdin.read()
    return status


def take_stdout() -> TextIO:
    """Keeps stdout for the reply alone: what llama.cpp prints there from now on goes to stderr."""
    replies = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    return replies


def _serve(job: Job) -> Any:
    # Not at the top: it is this import that fails where a system library is missing, and the parent wants to be told.
    xllamacpp = import_module("xllamacpp")
    params = xllamacpp.CommonParams()
    params.model.path = job.path
    params.model_alias = {job.name}  # else answers carry the path
    params.hostnames = ["127.0.0.1"]
    params.port = 0  # a free one
    params.api_keys = [job.api_key]
    params.n_parallel = job.slots
    params.n_ctx = job.slots * job.context_tokens  # llama.cpp divides it among the slots
    params.cpuparams.n_threads = job.threads  # none given, llama.cpp aborts
    params.cpuparams_batch.n_threads = job.prompt_threads
    params.cache_ram_mib = 0  # else up to 8 GiB of old prompts
    params.verbosity = 0  # above it prompts could reach the log
    params.warmup = params.ui = params.endpoint_slots = False
    return xllamacpp.Server(params)


def _ready(address: str, api_key: str) -> Mapping[str, Any]:
    """Asks the server once, so that "ready" is something seen, and learns the context a slot really has.

    That is less than was asked for where the model was made for less.
    """
    connection = http.client.HTTPConnection(urlsplit(address).netloc, timeout=30)
    try:
        connection.request("GET", "/props", headers={"Authorization": f"Bearer {api_key}"})
        context = json.load(connection.getresponse())["default_generation_settings"]["n_ctx"]
    finally:
        connection.close()
    return {"base_url": f"{address}/v1", "context_tokens": context}


def _reply(replies: TextIO, reply: Mapping[str, Any], *, status: int) -> int:
    replies.write(json.dumps(reply) + "\n")
    replies.flush()
    return status


if __name__ == "__main__":
    # At once: an orderly end would wait for the answers under way, which nobody reads any more.
    os._exit(main(sys.stdin.buffer, take_stdout()))
