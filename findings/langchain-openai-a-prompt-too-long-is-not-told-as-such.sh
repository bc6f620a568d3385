#!/usr/bin/env bash
# langchain-openai 1.7.3 with openai 3.54.0: a prompt that is too long for the model is no ContextOverflowError.
#
# LangChain has that class so that one `except` catches it for every provider; its own SummarizationMiddleware shortens the thread and
# asks again when it is raised. The integration looks for "context_length_exceeded" in the error's text. The SDK's second version
# showed the whole body of an error there, its third shows the message alone, and the code is in `error.code`. With openai 2.54.0,
# which the integration takes as well, the same answer of the same server is caught.
#
# Seen, for OpenAI's own 400 of a prompt of 9,000 tokens:
#   openai 3.54.0: OpenAIInvalidRequestError, code context_length_exceeded; caught as ContextOverflowError: False
#   openai 2.54.0: OpenAIContextOverflowError, code context_length_exceeded; caught as ContextOverflowError: True
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check langchain-openai==1.7.3 langchain-core==1.7.2 openai==3.54.0
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check --no-deps --target "$folder/older" openai==2.54.0
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check httpx==0.28.1 tqdm
cat > "$folder/show.py" <<'PY'
import asyncio, json, sys

import openai
from langchain_core.exceptions import ContextOverflowError
from langchain_openai import ChatOpenAI

SAID = "This model's maximum context length is 8192 tokens. However, your messages resulted in 9000 tokens."
ERROR = {"message": SAID, "type": "invalid_request_error", "param": "messages", "code": "context_length_exceeded"}
BODY = json.dumps({"error": ERROR}).encode()


async def serve(reader, writer):
    head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
    length = [line.split(":")[1] for line in head.split("\r\n") if line.startswith("content-length")]
    await reader.readexactly(int(length[0]))
    head = f"HTTP/1.1 400 X\r\ncontent-type: application/json\r\ncontent-length: {len(BODY)}\r\nconnection: close\r\n\r\n"
    writer.write(head.encode() + BODY)
    await writer.drain()
    writer.close()


async def main():
    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    model = ChatOpenAI(model="gpt-4", api_key="k", base_url=f"http://127.0.0.1:{port}/v1", max_retries=0)
    try:
        await model.ainvoke("Hi")
    except openai.BadRequestError as error:
        caught = isinstance(error, ContextOverflowError)
        print(f"openai {openai.__version__}: {type(error).__name__}, code {error.code}; "
              f"caught as ContextOverflowError: {caught}", flush=True)
        return 0 if str(caught) == sys.argv[1] else 1


sys.exit(asyncio.run(main()))
PY
"$folder/venv/bin/python" "$folder/show.py" False
PYTHONPATH="$folder/older" "$folder/venv/bin/python" "$folder/show.py" True
