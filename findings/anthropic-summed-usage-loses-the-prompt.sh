#!/usr/bin/env bash
# langchain-anthropic 1.7.10 (anthropic 2.14.0): the usage of a streamed answer has no prompt tokens, cached ones included.
#
# The Messages API tells the prompt's tokens in `message_start` (10, and 90 read from the cache) and the answer's in `message_delta`
# (7), whose usage has only output_tokens where nothing changed. `ChatAnthropic.astream` makes usage_metadata of the second event
# alone, so that the sum of all chunks, which is what LangChain says to take, counts a prompt of 0 tokens.
#
# Seen:
#   chunks with usage: 1; sum of all chunks: input 0, output 7 (sent: input 10, 90 more from the cache, output 7)
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check langchain-anthropic==1.7.10 anthropic==2.14.0
cat > "$folder/show.py" <<'PY'
import asyncio, json


def event(kind, **fields):
    return f"event: {kind}\ndata: {json.dumps({'type': kind, **fields})}\n\n".encode()


USAGE = {"input_tokens": 10, "cache_read_input_tokens": 90, "cache_creation_input_tokens": 0, "output_tokens": 1}
MESSAGE = {"id": "m", "type": "message", "role": "assistant", "content": [], "model": "m", "stop_reason": None,
           "stop_sequence": None, "usage": USAGE}
ANSWER = b"".join((
    event("message_start", message=MESSAGE),
    event("content_block_start", index=0, content_block={"type": "text", "text": ""}),
    event("content_block_delta", index=0, delta={"type": "text_delta", "text": "Hello"}),
    event("content_block_stop", index=0),
    event("message_delta", delta={"stop_reason": "end_turn", "stop_sequence": None}, usage={"output_tokens": 7}),
    event("message_stop"),
))


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
    from langchain_anthropic import ChatAnthropic

    model = ChatAnthropic(model="claude-x", api_key="k", base_url=f"http://127.0.0.1:{port}", max_retries=0)
    chunks = [chunk async for chunk in model.astream("Hi")]
    whole = chunks[0]
    for chunk in chunks[1:]:
        whole += chunk
    told = [chunk for chunk in chunks if chunk.usage_metadata]
    usage = whole.usage_metadata
    print(f"chunks with usage: {len(told)}; sum of all chunks: input {usage['input_tokens']}, output "
          f"{usage['output_tokens']} (sent: input 10, 90 more from the cache, output 7)", flush=True)
    return 0 if (usage["input_tokens"], usage["output_tokens"]) == (0, 7) else 1


raise SystemExit(asyncio.run(main()))
PY
"$folder/venv/bin/python" "$folder/show.py"
