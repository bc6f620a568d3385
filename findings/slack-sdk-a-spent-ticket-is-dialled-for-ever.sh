#!/usr/bin/env bash
# slack_sdk 3.47.0 (Socket Mode over aiohttp 3.14.5): where the first try to open the web socket fails, no try after it can succeed.
#
# `apps.connections.open` answers an address with a ticket, which opens one connection and only soon after. `connect()` asks for an
# address where it has none, and keeps it when dialling fails: it dials the same one for ever, logs "Failed to connect; Retrying...",
# and never asks for another, though Slack would give it. So a network that is away for a minute at the wrong moment, such as in the
# middle of a reconnection, leaves a bot deaf until somebody starts it again.
#
# Seen, where the first ticket is refused and every other one is taken:
#   in 5 s: tickets asked for: 1; tries with it: more than 10; connected: False
#   the same client, told to ask anew: connected: True
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check slack_sdk==3.47.0 aiohttp==3.14.5
cat > "$folder/show.py" <<'PY'
import asyncio, logging, os

from aiohttp import web
from slack_sdk.socket_mode.aiohttp import SocketModeClient
from slack_sdk.web.async_client import AsyncWebClient

logging.disable(logging.CRITICAL)
given, tries = [], []


async def answer(request):
    address = f"ws://{request.host}/link/?ticket="
    if request.path.endswith("apps.connections.open"):
        given.append(f"{address}{len(given) + 1}")
        return web.json_response({"ok": True, "url": given[-1]})
    tries.append(request.query["ticket"])
    if tries[-1] == "1":
        return web.Response(status=403)  # its time is over
    socket = web.WebSocketResponse()
    await socket.prepare(request)
    await socket.send_json({"type": "hello"})
    async for _ in socket:
        pass
    return socket


async def connected(connecting, client):
    await asyncio.wait({connecting}, timeout=5)
    return connecting.done() and await client.is_connected()


async def main():
    runner = web.ServerRunner(web.Server(answer))
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    port = site._server.sockets[0].getsockname()[1]
    slack = AsyncWebClient("xoxb-1", base_url=f"http://127.0.0.1:{port}/api/")
    client = SocketModeClient("xapp-1", web_client=slack, ping_interval=0.2)  # the pause between two tries, too
    connecting = asyncio.create_task(client.connect())
    stuck = await connected(connecting, client)
    asked, dialled = len(given), set(tries)
    many = "more than 10" if len(tries) > 10 else len(tries)
    print(f"in 5 s: tickets asked for: {asked}; tries with it: {many}; connected: {stuck}", flush=True)
    client.wss_uri = None
    mended = await connected(connecting, client)
    print(f"the same client, told to ask anew: connected: {mended}", flush=True)
    os._exit(0 if not stuck and (asked, dialled) == (1, {"1"}) and mended else 1)


asyncio.run(main())
PY
env -u HTTP_PROXY -u http_proxy -u HTTPS_PROXY -u https_proxy "$folder/venv/bin/python" "$folder/show.py"
