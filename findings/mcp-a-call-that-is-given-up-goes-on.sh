#!/usr/bin/env bash
# mcp 1.30.0 (the Python SDK): the server is not told that a call has been given up, by a time-out or by cancelling, and carries it out.
#
# The protocol has `notifications/cancelled`, which a sender "SHOULD issue" for a request that times out
# (https://modelcontextprotocol.io/specification/2025-11-25/basic/lifecycle#timeouts); the SDK's own server ends a tool where it hears
# it. The client sends none: not when `read_timeout_seconds` are over, nor when the task that waits is cancelled. So a tool that acts
# does so after its caller was told that it has not. The SDK's version 2 sends it; langchain-mcp-adapters, for one, takes `mcp<2`.
#
# Seen, what the server hears:
#   tools/call, given up after 1 s; tools/call, cancelled; ping
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check mcp==1.30.0
cat > "$folder/server.py" <<'PY'
import json, sys

INFO = {"capabilities": {"tools": {}}, "serverInfo": {"name": "slow", "version": "1"}}
for line in sys.stdin:
    said = json.loads(line)
    with open(sys.argv[1], "a") as heard:
        print(said["method"], file=heard)
    if said["method"] in ("initialize", "ping"):  # a tool takes its time, and answers nothing yet
        result = INFO | {"protocolVersion": said["params"]["protocolVersion"]} if said["method"] == "initialize" else {}
        print(json.dumps({"jsonrpc": "2.0", "id": said["id"], "result": result}), flush=True)
PY
cat > "$folder/show.py" <<'PY'
import asyncio, sys
from datetime import timedelta
from pathlib import Path

from mcp import ClientSession, McpError, StdioServerParameters
from mcp.client.stdio import stdio_client

HEARD = Path(sys.argv[1], "heard")


async def main():
    server = StdioServerParameters(command=sys.executable, args=[f"{sys.argv[1]}/server.py", str(HEARD)])
    async with stdio_client(server) as (read, write), ClientSession(read, write) as session:
        await session.initialize()
        try:
            await session.call_tool("slow", {}, read_timeout_seconds=timedelta(seconds=1))
        except McpError as error:
            assert "Timed out" in str(error)
        call = asyncio.create_task(session.call_tool("slow", {}))
        while HEARD.read_text().count("tools/call") < 2:
            await asyncio.sleep(0.05)
        call.cancel()
        await asyncio.gather(call, return_exceptions=True)
        await session.send_ping()  # whatever was said before it has been heard
    heard = HEARD.read_text().split()[2:]
    ends = iter((", given up after 1 s", ", cancelled"))
    print("; ".join(method + (next(ends) if method == "tools/call" else "") for method in heard), flush=True)
    return 0 if heard == ["tools/call", "tools/call", "ping"] else 1


sys.exit(asyncio.run(main()))
PY
"$folder/venv/bin/python" "$folder/show.py" "$folder"
