#!/usr/bin/env bash
# langchain-ollama 1.1.0 (ollama 0.6.3): with `reasoning` left unset, a thinking model's thoughts are nowhere in the chunks.
#
# Ollama thinks by default with a model that can, and sends the thoughts in the field `thinking`. `ChatOllama.astream` passes a chunk
# on for each of them, with content "", nothing in additional_kwargs and no content block: a reader that takes words for a sign of
# life sees minutes of silence from a model that is hard at work. With reasoning=True they are in additional_kwargs.
#
# Seen:
#   reasoning unset: 5 empty chunks, then "Yes"; thoughts found: []
#   reasoning=True: thoughts found: [' hm', ' hm', ' hm', ' hm', ' hm']
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check langchain-ollama==1.1.0 ollama==0.6.3
cat > "$folder/show.py" <<'PY'
import asyncio, json


def line(content="", done=False, **more):
    message = {"role": "assistant", "content": content, **more}
    end = {"done_reason": "stop"} if done else {}
    return json.dumps({"model": "m", "created_at": "2026-01-01T00:00:00Z", "message": message, "done": done, **end}).encode() + b"\n"


ANSWER = line(thinking=" hm") * 5 + line("Yes") + line(done=True)


async def serve(reader, writer):
    head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
    length = [line.split(":")[1] for line in head.split("\r\n") if line.startswith("content-length")]
    await reader.readexactly(int(length[0]))
    writer.write(b"HTTP/1.1 200 OK\r\ncontent-type: application/x-ndjson\r\nconnection: close\r\n\r\n" + ANSWER)
    await writer.drain()
    writer.close()


async def main():
    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    from langchain_ollama import ChatOllama

    async def ask(**options):
        model = ChatOllama(model="m", base_url=f"http://127.0.0.1:{port}", **options)
        chunks = [chunk async for chunk in model.astream("Hi")]
        thoughts = [chunk.additional_kwargs["reasoning_content"] for chunk in chunks
                    if chunk.additional_kwargs.get("reasoning_content")]
        blocks = [block for chunk in chunks for block in chunk.content_blocks if block["type"] == "reasoning"]
        return [str(chunk.text) for chunk in chunks], thoughts or blocks

    texts, unset = await ask()
    empty = texts.index("Yes")
    print(f'reasoning unset: {empty} empty chunks, then "Yes"; thoughts found: {unset}', flush=True)
    _, asked = await ask(reasoning=True)
    print(f"reasoning=True: thoughts found: {asked}", flush=True)
    return 0 if empty >= 5 and not unset and asked else 1


raise SystemExit(asyncio.run(main()))
PY
"$folder/venv/bin/python" "$folder/show.py"
