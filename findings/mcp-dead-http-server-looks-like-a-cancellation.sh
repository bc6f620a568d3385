#!/usr/bin/env bash
# mcp 1.30.0 (the Python SDK), a session over streamable HTTP that is kept: when its server has gone, the next call raises
# asyncio.CancelledError, in a task that nobody has cancelled: the transport's own task group ends the scope that the session was
# entered in. ConnectError shows only behind that, in the ExceptionGroup that leaving the session raises. Code that takes a
# CancelledError for a stop by its caller, as asyncio's own pages teach, ends without a word, and what waits for it as well. Over stdio
# the same call raises McpError ("Connection closed").
#
# Seen: 7 (the answer of the first call), CancelledError (the second), ExceptionGroup (leaving the session).
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check mcp==1.30.0
cat > "$folder/try.py" <<'PY'
import asyncio
import socket
import subprocess
import sys

from mcp import ClientSession
from mcp.client.streamable_http import streamable_http_client

SERVER = """
import sys
from mcp.server.fastmcp import FastMCP

server = FastMCP("clock", host="127.0.0.1", port=int(sys.argv[1]), log_level="CRITICAL")


@server.tool()
def clock() -> str:
    return "7"


server.run("streamable-http")
"""


def free_port():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


async def started(port):
    process = subprocess.Popen([sys.executable, "-c", SERVER, str(port)], stderr=subprocess.DEVNULL)
    while True:
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", port)
        except OSError:
            await asyncio.sleep(0.1)
        else:
            writer.close()
            return process


async def talk(port, server, seen):
    async with streamable_http_client(f"http://127.0.0.1:{port}/mcp") as (read, write, _):
        async with ClientSession(read, write) as session:
            await session.initialize()
            seen.append((await session.call_tool("clock", {})).content[0].text)
            server.kill()
            server.wait()
            try:
                await session.call_tool("clock", {})
            except asyncio.CancelledError:
                seen.append("CancelledError")
                raise
            except Exception as error:
                seen.append(type(error).__name__)


async def main():
    port, seen = free_port(), []
    talking = asyncio.create_task(talk(port, await started(port), seen))
    await asyncio.wait({talking})  # nobody cancels it
    seen.append(type(talking.exception()).__name__)
    print(*seen, sep="\n")
    raise SystemExit(seen != ["7", "CancelledError", "ExceptionGroup"])


asyncio.run(main())
PY
"$folder/venv/bin/python" "$folder/try.py"
