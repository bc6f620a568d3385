"""The process's own side: a job in, one reply out, gone when its input closes. llama.cpp is a fake here."""

from __future__ import annotations

import io
import json
import subprocess
import sys
import threading
from dataclasses import asdict
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from bot.model.local import llama_server as local_server
from bot.model.local.llama_server import Job, main

if TYPE_CHECKING:
    from collections.abc import Iterator

JOB = Job("/models/own.gguf", "own", "key", slots=2, context_tokens=4096, threads=1, prompt_threads=2)
LINE = json.dumps(asdict(JOB)).encode() + b"\n"


class Props(BaseHTTPRequestHandler):
    """llama.cpp's page of settings, for those with the key."""

    def do_GET(self) -> None:
        assert (self.path, self.headers["Authorization"]) == ("/props", "Bearer key")
        self.send_response(200)
        self.end_headers()
        self.wfile.write(json.dumps({"default_generation_settings": {"n_ctx": 2048}}).encode())

    def log_message(self, *_arguments: object) -> None:
        """Not on the terminal."""


@pytest.fixture
def address() -> Iterator[str]:
    with HTTPServer(("127.0.0.1", 0), Props) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


class FakeLlama(ModuleType):
    """xllamacpp as far as we use it: keeps the params it is given, and serves at `address`."""

    def __init__(self, address: str) -> None:
        super().__init__("xllamacpp")
        self.address = address
        self.given: Any = None

    def CommonParams(self) -> SimpleNamespace:
        names = ("model", "cpuparams", "cpuparams_batch")
        return SimpleNamespace(**{name: SimpleNamespace() for name in names})

    def Server(self, params: SimpleNamespace) -> SimpleNamespace:
        self.given = params
        return SimpleNamespace(listening_address=self.address)


@pytest.fixture
def llama(address: str, monkeypatch: pytest.MonkeyPatch) -> FakeLlama:
    module = FakeLlama(address)
    monkeypatch.setitem(sys.modules, "xllamacpp", module)
    return module


def replied(stdin: bytes) -> tuple[int, Any]:
    """The exit status and the one reply to `stdin`, which closes after it."""
    replies = io.StringIO()
    status = main(io.BytesIO(stdin), replies)
    (line,) = replies.getvalue().splitlines()
    return status, json.loads(line)


def test_a_server_that_is_ready_tells_where_it_is_and_what_a_slot_really_holds(
    llama: FakeLlama, address: str
) -> None:
    assert replied(LINE) == (0, {"base_url": f"{address}/v1", "context_tokens": 2048})


def test_the_server_is_for_this_computer_and_for_those_with_the_key(llama: FakeLlama) -> None:
    replied(LINE)
    assert (llama.given.hostnames, llama.given.port, llama.given.api_keys) == (["127.0.0.1"], 0, ["key"])


def test_each_slot_gets_the_whole_context(llama: FakeLlama) -> None:
    replied(LINE)
    assert (llama.given.n_parallel, llama.given.n_ctx) == (2, 8192)


def test_prompts_are_not_printed(llama: FakeLlama) -> None:
    replied(LINE)
    assert llama.given.verbosity == 0


def test_answers_carry_the_models_name_and_not_its_path(llama: FakeLlama) -> None:
    replied(LINE)
    assert (llama.given.model_alias, llama.given.model.path) == ({"own"}, "/models/own.gguf")


def test_reading_may_take_more_threads_than_writing(llama: FakeLlama) -> None:
    replied(LINE)
    assert (llama.given.cpuparams.n_threads, llama.given.cpuparams_batch.n_threads) == (1, 2)


def test_a_missing_library_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(_name: str) -> ModuleType:
        raise ImportError("libgomp.so.1: cannot open shared object file")

    monkeypatch.setattr(local_server, "import_module", missing)
    assert replied(LINE) == (1, {"error": "import", "detail": "libgomp.so.1: cannot open shared object file"})


def test_weights_that_cannot_be_loaded_are_told(llama: FakeLlama, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_params: object) -> None:
        raise RuntimeError("Failed to init server")

    monkeypatch.setattr(llama, "Server", refuse)
    assert replied(LINE) == (1, {"error": "start", "detail": "Failed to init server"})


def test_a_server_that_does_not_answer_is_told(llama: FakeLlama) -> None:
    llama.address = "http://127.0.0.1:1"
    status, reply = replied(LINE)
    assert (status, reply["error"]) == (1, "start")


def test_a_parent_that_is_gone_already_is_no_error() -> None:
    replies = io.StringIO()
    assert main(io.BytesIO(), replies) == 0
    assert replies.getvalue() == ""


def test_what_llama_cpp_prints_does_not_get_between_the_replies(tmp_path: Path, address: str) -> None:
    module = tmp_path / "xllamacpp.py"
    module.write_text(
        "import os\n"
        "from types import SimpleNamespace as S\n"
        "CommonParams = lambda: S(model=S(), cpuparams=S(), cpuparams_batch=S())\n"
        "def Server(params):\n"
        "    os.write(1, b'llama.cpp prints\\n')\n"
        f"    return S(listening_address={address!r})\n",
        encoding="utf-8",
    )
    script = Path(local_server.__file__)
    done = subprocess.run(  # noqa: S603 - our own script
        [sys.executable, "-P", script],
        input=LINE,
        capture_output=True,
        check=True,
        env={"PYTHONPATH": str(tmp_path)},
    )
    assert json.loads(done.stdout) == {"base_url": f"{address}/v1", "context_tokens": 2048}
    assert done.stderr == b"llama.cpp prints\n"
