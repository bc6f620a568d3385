#!/usr/bin/env bash
# langchain-openrouter 0.2.9 (openrouter 0.11.46): max_retries=0 retries for up to an hour.
#
# Its documentation says "Set to `0` to disable". `ChatOpenRouter` hands no policy to its SDK then, and the SDK without one has its own
# for a chat: again after every 5xx, for at most 3,600 s (openrouter/chat.py). The default of 2 means 300 s, and 1 means 150 s.
#
# Seen:
#   max_retries=1: policy of the SDK: at most 150 s
#   max_retries=0: policy handed to the SDK: none; requests for one question in 10 s of 503: 6, and still at it
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check langchain-openrouter==0.2.9 openrouter==0.11.46
cat > "$folder/show.py" <<'PY'
import asyncio, json

asked = 0


async def serve(reader, writer):
    global asked
    head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
    length = [line.split(":")[1] for line in head.split("\r\n") if line.startswith("content-length")]
    await reader.readexactly(int(length[0]))
    asked += 1
    body = json.dumps({"error": {"code": 503, "message": "no provider is there"}}).encode()
    head = f"HTTP/1.1 503 X\r\ncontent-type: application/json\r\ncontent-length: {len(body)}\r\nconnection: close\r\n\r\n"
    writer.write(head.encode() + body)
    await writer.drain()
    writer.close()


async def main():
    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    from langchain_openrouter import ChatOpenRouter

    def build(retries):
        return ChatOpenRouter(model="m", api_key="k", base_url=f"http://127.0.0.1:{port}/v1", max_retries=retries)

    one = build(1).client.sdk_configuration.retry_config
    print(f"max_retries=1: policy of the SDK: at most {one.backoff.max_elapsed_time / 1000:g} s", flush=True)
    model = build(0)
    policy = model.client.sdk_configuration.retry_config
    said = getattr(policy, "backoff", None)
    try:  # the SDK imports much of itself at its first question, which is to be no part of the 10 s
        async with asyncio.timeout(60):
            asking = asyncio.ensure_future(anext(model.astream("Hi")))
            while not asked and not asking.done():
                await asyncio.sleep(0.05)
        done, _ = await asyncio.wait({asking}, timeout=10)
    finally:
        asking.cancel()
        await asyncio.gather(asking, return_exceptions=True)
    state = "and it gave up" if done else "and still at it"
    print(f"max_retries=0: policy handed to the SDK: {said or 'none'}; "
          f"requests for one question in 10 s of 503: {asked}, {state}", flush=True)
    return 0 if not done and asked > 2 and said is None else 1


raise SystemExit(asyncio.run(main()))
PY
"$folder/venv/bin/python" "$folder/show.py"
