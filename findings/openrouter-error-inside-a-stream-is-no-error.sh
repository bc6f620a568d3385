#!/usr/bin/env bash
# langchain-openrouter 0.2.9 (openrouter 0.11.46): an error inside a stream raises nothing, and what it says is lost.
#
# When a provider fails in mid-answer, OpenRouter sends a chunk with a top-level `error` (its code and message) and the finish reason
# "error". `ChatOpenRouter.astream` raises for an error chunk without choices; for this one, which is the documented form, it ends
# the stream as it ends a whole answer. Code and message are in no chunk: "error" in response_metadata is all that is left.
#
# Seen:
#   raised: nothing; text: 'Hello'; finish_reason: error; code or message in any chunk: False
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check langchain-openrouter==0.2.9 openrouter==0.11.46
cat > "$folder/show.py" <<'PY'
import asyncio, json

HEAD = {"id": "gen-1", "object": "chat.completion.chunk", "created": 1, "model": "m", "provider": "acme"}


def chunk(delta, finish=None, **more):
    choice = {"index": 0, "delta": delta, "finish_reason": finish}
    return f"data: {json.dumps({**HEAD, 'choices': [choice], **more})}\n\n".encode()


ANSWER = (
    chunk({"role": "assistant", "content": "Hello"})
    + chunk({"content": ""}, "error", error={"code": 502, "message": "Provider disconnected"})
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
    from langchain_openrouter import ChatOpenRouter

    model = ChatOpenRouter(model="m", api_key="k", base_url=f"http://127.0.0.1:{port}/v1", max_retries=0)
    chunks, raised = [], "nothing"
    try:
        async for one in model.astream("Hi"):
            chunks.append(one)
    except Exception as error:
        raised = type(error).__name__
    text = "".join(str(one.text) for one in chunks)
    reasons = [one.response_metadata["finish_reason"] for one in chunks if one.response_metadata.get("finish_reason")]
    everything = "".join(one.model_dump_json() for one in chunks)
    told = "502" in everything or "Provider disconnected" in everything
    print(f"raised: {raised}; text: {text!r}; finish_reason: {', '.join(reasons)}; code or message in any chunk: {told}", flush=True)
    return 0 if (raised, text, reasons, told) == ("nothing", "Hello", ["error"], False) else 1


raise SystemExit(asyncio.run(main()))
PY
"$folder/venv/bin/python" "$folder/show.py"
