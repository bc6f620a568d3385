#!/usr/bin/env bash
# langchain 1.4.7 (langchain-core 1.7.2, langchain-openai 1.7.3, openai 3.54.0): an agent runs a tool with an argument that was cut off.
#
# A model that reaches its limit of tokens stops in the middle of a tool's arguments, and says so: finish_reason "length". Its chunks
# are read as half a JSON text until the end, the end included: `{"folder": "/srv/data` becomes a whole call, for another folder than
# was meant; `invalid_tool_calls`, which is there for arguments that cannot be parsed, stays empty. `create_agent` does not look at the
# reason either, and runs the tool.
#
# Seen, for a model that was cut off while it wrote "/srv/data/old":
#   finish_reason: length; invalid calls: 0; the tool was run with '/srv/data'
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check \
    langchain==1.4.7 langchain-core==1.7.2 langchain-openai==1.7.3 openai==3.54.0
cat > "$folder/show.py" <<'PY'
import asyncio, json

from langchain.agents import create_agent
from langchain_core.tools import tool
from langchain_openai import ChatOpenAI

HEAD = {"id": "c", "object": "chat.completion.chunk", "created": 1, "model": "m"}
NAME = {"index": 0, "id": "1", "type": "function", "function": {"name": "empty", "arguments": ""}}
PART = {"index": 0, "function": {"arguments": '{"folder": "/srv/data'}}
emptied = []


def chunk(delta, finish=None):
    choice = {"index": 0, "delta": delta, "finish_reason": finish}
    return f"data: {json.dumps({**HEAD, 'choices': [choice]})}\n\n".encode()


DONE = b"data: [DONE]\n\n"
ANSWERS = iter((
    chunk({"role": "assistant", "tool_calls": [NAME]}) + chunk({"tool_calls": [PART]}) + chunk({}, "length") + DONE,
    chunk({"role": "assistant", "content": "It is empty."}) + chunk({}, "stop") + DONE,
))


async def serve(reader, writer):
    head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
    length = [line.split(":")[1] for line in head.split("\r\n") if line.startswith("content-length")]
    await reader.readexactly(int(length[0]))
    writer.write(b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close\r\n\r\n" + next(ANSWERS))
    await writer.drain()
    writer.close()


@tool
def empty(folder: str) -> str:
    """Removes all that is in a folder."""
    emptied.append(folder)
    return "done"


async def main():
    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    model = ChatOpenAI(model="m", api_key="k", base_url=f"http://127.0.0.1:{port}/v1", max_retries=0, streaming=True)
    asked = {"messages": [{"role": "user", "content": "Empty /srv/data/old"}]}
    said = (await create_agent(model, [empty]).ainvoke(asked))["messages"][1]
    reason, invalid = said.response_metadata["finish_reason"], len(said.invalid_tool_calls)
    ran = ", ".join(map(repr, emptied)) or "nothing"
    print(f"finish_reason: {reason}; invalid calls: {invalid}; the tool was run with {ran}", flush=True)
    raise SystemExit((reason, invalid, emptied) != ("length", 0, ["/srv/data"]))


asyncio.run(main())
PY
"$folder/venv/bin/python" "$folder/show.py"
