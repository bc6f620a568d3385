#!/usr/bin/env bash
# openai 3.54.0's decoder of server-sent events makes an event without data of a comment (a keep-alive) once any event before it
# had an `id:`, and of a lone `retry:`; reading its data as JSON then ends the stream with a JSONDecodeError in the middle of an
# answer. By the standard an event whose data is empty is none
# (https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation).
#
# Seen: "without ids: 2 chunks"; "with ids: JSONDecodeError after 1 chunks"; "retry: JSONDecodeError after 0 chunks".
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check openai==3.54.0
cat > "$folder/try.py" <<'PY'
import asyncio
import json

from openai import AsyncOpenAI

CHUNK = b'data: {"choices": [{"index": 0, "delta": {"content": "a"}, "finish_reason": null}]}\n\n'
STREAMS = {
    "without ids": CHUNK + b": keep-alive\n\n" + CHUNK + b"data: [DONE]\n\n",
    "with ids": b"id: 1\n" + CHUNK + b": keep-alive\n\n" + b"id: 2\n" + CHUNK + b"data: [DONE]\n\n",
    "retry": b"retry: 3000\n\n" + CHUNK + b"data: [DONE]\n\n",
}


async def main():
    seen = []
    for name, body in STREAMS.items():

        async def answer(reader, writer, body=body):
            await reader.readuntil(b"\r\n\r\n")
            head = f"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nContent-Length: {len(body)}\r\n\r\n"
            writer.write(head.encode() + body)
            await writer.drain()
            writer.close()

        server = await asyncio.start_server(answer, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        count, raised = 0, ""
        async with server, AsyncOpenAI(api_key="none", base_url=f"http://127.0.0.1:{port}/v1") as client:
            stream = await client.chat.completions.create(
                model="m", messages=[{"role": "user", "content": "Hi"}], stream=True
            )
            try:
                async for _ in stream:
                    count += 1
            except json.JSONDecodeError as error:
                raised = type(error).__name__
        print(f"{name}: {raised} after {count} chunks" if raised else f"{name}: {count} chunks")
        seen.append((raised, count))
    raise SystemExit(seen != [("", 2), ("JSONDecodeError", 1), ("JSONDecodeError", 0)])


asyncio.run(main())
PY
"$folder/venv/bin/python" "$folder/try.py"
