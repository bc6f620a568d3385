#!/usr/bin/env bash
# openai 3.54.0, `client.chat.completions.stream()`: a server that names the role in each chunk makes it "assistantassistant".
#
# The helper adds up all strings of the deltas, names as well as text. OpenAI's own server says role, id and function name once;
# compatible ones repeat them (Ollama says the role in each chunk). The final message then has a role that is none, and its call an id
# that nobody gave and a function that does not exist. Sent back as the history of the thread, no server takes it.
#
# Seen, for an answer in three chunks:
#   role: 'assistantassistantassistant'; text: 'Hello'; call: 'call_1call_1', function 'clockclock'
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check openai==3.54.0
cat > "$folder/show.py" <<'PY'
import asyncio, json

from openai import AsyncOpenAI

HEAD = {"id": "c", "object": "chat.completion.chunk", "created": 1, "model": "m"}


def chunk(finish=None, **delta):
    choice = {"index": 0, "delta": {"role": "assistant", **delta}, "finish_reason": finish}
    return f"data: {json.dumps({**HEAD, 'choices': [choice]})}\n\n".encode()


def call(arguments):
    return [{"index": 0, "id": "call_1", "type": "function", "function": {"name": "clock", "arguments": arguments}}]


ANSWER = (
    chunk(content="Hel") + chunk(content="lo", tool_calls=call("{")) + chunk("tool_calls", tool_calls=call("}"))
    + b"data: [DONE]\n\n"
)


async def serve(reader, writer):
    head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
    length = [line.split(":")[1] for line in head.split("\r\n") if line.startswith("content-length")]
    await reader.readexactly(int(length[0]))
    writer.write(b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close\r\n\r\n" + ANSWER)
    await writer.drain()
    writer.close()


async def main():
    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    client = AsyncOpenAI(api_key="none", base_url=f"http://127.0.0.1:{port}/v1")
    question = [{"role": "user", "content": "Hi"}]
    async with client.chat.completions.stream(model="m", messages=question) as stream:
        async for _ in stream:
            pass
        said = (await stream.get_final_completion()).choices[0].message
    [asked] = said.tool_calls
    print(f"role: {said.role!r}; text: {said.content!r}; call: {asked.id!r}, function {asked.function.name!r}", flush=True)
    seen = (said.role, said.content, asked.id, asked.function.name)
    raise SystemExit(seen != ("assistant" * 3, "Hello", "call_1call_1", "clockclock"))


asyncio.run(main())
PY
"$folder/venv/bin/python" "$folder/show.py"
