#!/usr/bin/env bash
# langchain-litellm 0.11.2 (litellm 1.110.2): max_retries=0 makes three requests, and so does max_retries=1.
#
# `ChatLiteLLM.max_retries` says how often its own loop calls litellm.acompletion; it is not passed on to LiteLLM, whose client for
# OpenAI's API retries twice by itself. Only model_kwargs={"max_retries": 0} gets there. Whoever retries by himself above it, and
# switches it off as one does elsewhere, makes three times the requests that he counts.
#
# Seen, for one question that is always answered by a 503:
#   max_retries=0: 3 requests
#   max_retries=1: 3 requests
#   model_kwargs={'max_retries': 0}: 1 request
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check langchain-litellm==0.11.2 litellm==1.110.2
cat > "$folder/show.py" <<'PY'
import asyncio, json, os

os.environ["LITELLM_LOCAL_MODEL_COST_MAP"] = "True"  # no look at the network for a list of prices
asked = 0


async def serve(reader, writer):
    global asked
    head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
    length = [line.split(":")[1] for line in head.split("\r\n") if line.startswith("content-length")]
    await reader.readexactly(int(length[0]))
    asked += 1
    body = json.dumps({"error": {"message": "no", "type": "server_error", "code": None}}).encode()
    head = f"HTTP/1.1 503 X\r\ncontent-type: application/json\r\ncontent-length: {len(body)}\r\nconnection: close\r\n\r\n"
    writer.write(head.encode() + body)
    await writer.drain()
    writer.close()


async def main():
    global asked
    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    import litellm
    from langchain_litellm import ChatLiteLLM

    litellm.suppress_debug_info = True
    counts = {}
    for said, options in {
        "max_retries=0": {"max_retries": 0},
        "max_retries=1": {"max_retries": 1},
        "model_kwargs={'max_retries': 0}": {"max_retries": 0, "model_kwargs": {"max_retries": 0}},
    }.items():
        asked = 0
        model = ChatLiteLLM(model="openai/m", api_key="k", api_base=f"http://127.0.0.1:{port}/v1", **options)
        try:
            [chunk async for chunk in model.astream("Hi")]
        except litellm.exceptions.ServiceUnavailableError:
            counts[said] = asked
        print(f"{said}: {asked} request{'s' * (asked != 1)}", flush=True)
    return 0 if list(counts.values()) == [3, 3, 1] else 1


raise SystemExit(asyncio.run(main()))
PY
"$folder/venv/bin/python" "$folder/show.py"
