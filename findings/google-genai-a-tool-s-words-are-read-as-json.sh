#!/usr/bin/env bash
# langchain-google-genai 4.4.3 (google-genai 3.6.1): what a tool says in a bare string is parsed as JSON where that goes.
#
# A ToolMessage says "NaN", as Python's own json.dumps writes it into many a tool's answer. The integration makes a number of it and the
# SDK writes the request with `json.dumps`, so its body is no JSON, and the answer ends at Google with a 400. A long number, such as an
# id, leaves as a number as well, where Google's `Struct` has floats. The same words in a text block arrive as they are.
#
# Seen:
#   a bare string "NaN": the request is no JSON
#   a bare string "1732780800123456789": int
#   a block "NaN": [{'text': 'NaN', 'type': 'text'}]
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check \
    langchain-google-genai==4.4.3 google-genai==3.6.1 aiohttp==3.14.5
cat > "$folder/show.py" <<'PY'
import asyncio, json, os
from contextlib import suppress

bodies = []


async def serve(reader, writer):
    head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
    length = [line.split(":")[1] for line in head.split("\r\n") if line.startswith("content-length")]
    bodies.append(await reader.readexactly(int(length[0])))
    candidate = {"index": 0, "content": {"role": "model", "parts": [{"text": "Yes."}]}, "finishReason": "STOP"}
    event = b"data: " + json.dumps({"candidates": [candidate]}).encode() + b"\n\n"
    writer.write(b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close\r\n\r\n" + event)
    await writer.drain()
    writer.close()


def refuse(constant):
    raise ValueError(f"{constant} is no JSON")


async def sent(content):
    """What stands as the tool's output in the request; None where that is no JSON."""
    from langchain_core.messages import AIMessage, HumanMessage, ToolMessage
    from langchain_google_genai import ChatGoogleGenerativeAI

    model = ChatGoogleGenerativeAI(model="gemini-2.5-flash", max_retries=0)
    call = AIMessage("", tool_calls=[{"name": "mean", "args": {}, "id": "a"}])
    said = [HumanMessage("The mean?"), call, ToolMessage(content, tool_call_id="a")]
    async for _ in model.astream(said):
        pass
    with suppress(ValueError):
        parts = json.loads(bodies.pop(), parse_constant=refuse)["contents"][-1]["parts"]
        return [one["functionResponse"]["response"]["output"] for one in parts if "functionResponse" in one][0]


async def main():
    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    os.environ["GOOGLE_GEMINI_BASE_URL"] = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    os.environ["GOOGLE_API_KEY"] = "k"
    bare, number = await sent("NaN"), await sent("1732780800123456789")
    block = await sent([{"type": "text", "text": "NaN"}])
    print('a bare string "NaN":', "the request is no JSON" if bare is None else bare)
    print('a bare string "1732780800123456789":', type(number).__name__)
    print('a block "NaN":', block)
    raise SystemExit(not (bare is None and type(number) is int and block == [{"type": "text", "text": "NaN"}]))


asyncio.run(main())
PY
"$folder/venv/bin/python" "$folder/show.py"
