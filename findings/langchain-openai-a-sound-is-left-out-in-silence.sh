#!/usr/bin/env bash
# langchain-openai 1.7.3 (openai 3.54.0), Responses API: an audio block is left out of the request, without a word.
#
# "audio" is one of LangChain's own kinds of content. Over Chat Completions `ChatOpenAI` sends it. The Responses API takes none; what
# it takes none of otherwise, such as a video, raises ValueError ("Block of type video is not supported"). A sound is dropped: the
# model is asked what is said in a recording that it was not sent, and answers.
#
# Seen, for a text and one block more:
#   audio, Chat Completions: sent were text, input_audio
#   audio, Responses: sent were input_text
#   video, Responses: ValueError
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check \
    langchain-openai==1.7.3 langchain-core==1.7.2 openai==3.54.0
cat > "$folder/show.py" <<'PY'
import asyncio, json

import openai
from langchain_openai import ChatOpenAI

BLOCKS = {
    "audio": {"type": "audio", "base64": "AAAA", "mime_type": "audio/wav"},
    "video": {"type": "video", "base64": "AAAA", "mime_type": "video/mp4"},
}
asked = {}


async def serve(reader, writer):
    head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
    length = [line.split(":")[1] for line in head.split("\r\n") if line.startswith("content-length")]
    asked.update(json.loads(await reader.readexactly(int(length[0]))))
    writer.write(b"HTTP/1.1 400 X\r\ncontent-length: 0\r\nconnection: close\r\n\r\n")  # we know enough
    await writer.drain()
    writer.close()


async def main():
    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    port, seen = server.sockets[0].getsockname()[1], []
    for kind, api in (("audio", "Chat Completions"), ("audio", "Responses"), ("video", "Responses")):
        model = ChatOpenAI(model="m", api_key="k", base_url=f"http://127.0.0.1:{port}/v1", max_retries=0,
                           use_responses_api=api == "Responses")
        question = {"role": "user", "content": [{"type": "text", "text": "What is said here?"}, BLOCKS[kind]]}
        asked.clear()
        try:
            await model.ainvoke([question])
        except ValueError as error:
            seen.append(type(error).__name__)
        except openai.BadRequestError:
            [message] = asked.get("input") or asked["messages"]
            seen.append("sent were " + ", ".join(part["type"] for part in message["content"]))
        print(f"{kind}, {api}: {seen[-1]}", flush=True)
    raise SystemExit(seen != ["sent were text, input_audio", "sent were input_text", "ValueError"])


asyncio.run(main())
PY
"$folder/venv/bin/python" "$folder/show.py"
