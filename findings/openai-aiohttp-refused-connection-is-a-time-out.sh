#!/usr/bin/env bash
# openai 3.54.0 with DefaultAioHttpClient (its own aiohttp transport, aiohttp 3.14.5): a connection that is refused at once is
# raised as APITimeoutError, and so is one that the server closes before it answers; over the default transport (httpx2) both are
# APIConnectionError. The transport maps aiohttp's ClientConnectionError to ConnectTimeout, and the narrower ClientConnectorError,
# listed after it for ConnectError, does not overrule that. Who tells the two apart has to read the cause's cause.
#
# Seen: over httpx2 APIConnectionError twice; over aiohttp APITimeoutError twice, raised from ConnectTimeout from
# ClientConnectorError and ServerDisconnectedError.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check openai==3.54.0 aiohttp==3.14.5
cat > "$folder/try.py" <<'PY'
import asyncio
import socket

from openai import APIError, AsyncOpenAI, DefaultAioHttpClient, DefaultAsyncHttpxClient


async def hang_up(reader, writer):
    await reader.readuntil(b"\r\n\r\n")
    writer.close()


async def ask(http_client, port):
    client = AsyncOpenAI(
        api_key="none", base_url=f"http://127.0.0.1:{port}/v1", max_retries=0, http_client=http_client
    )
    async with client:
        try:
            await client.models.list()
        except APIError as error:
            return error


async def main():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        nobody = free.getsockname()[1]
    server = await asyncio.start_server(hang_up, "127.0.0.1", 0)
    seen = []
    async with server:
        for transport in (DefaultAsyncHttpxClient, DefaultAioHttpClient):
            for name, port in (("refused", nobody), ("closed", server.sockets[0].getsockname()[1])):
                error = await ask(transport(trust_env=False), port)
                causes = f"{type(error.__cause__).__name__} from {type(error.__cause__.__cause__).__name__}"
                print(f"{transport.__name__}, {name}: {type(error).__name__} from {causes}")
                seen.append(type(error).__name__)
    raise SystemExit(seen != ["APIConnectionError"] * 2 + ["APITimeoutError"] * 2)


asyncio.run(main())
PY
"$folder/venv/bin/python" "$folder/try.py"
