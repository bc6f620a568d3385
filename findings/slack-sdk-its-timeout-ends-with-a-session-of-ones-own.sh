#!/usr/bin/env bash
# slack_sdk 3.47.0 (AsyncWebClient on aiohttp 3.14.5): `timeout` has no power once the client is given a session.
#
# It is said to be "the maximum number of seconds the client will wait to connect and receive a response from Slack", 30 by default. It
# is handed to the session that the client makes for each call, and to no request: with `session=`, as one has it to keep connections
# open, what counts is aiohttp's own five minutes. A Slack that is silent then holds each call ten times as long as the client says.
#
# Seen, for a server that answers after 3 s:
#   timeout=1: TimeoutError after 1 s
#   timeout=1, session=...: the answer after 3 s
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check slack_sdk==3.47.0 aiohttp==3.14.5
cat > "$folder/show.py" <<'PY'
import asyncio, time

import aiohttp
from aiohttp import web
from slack_sdk.web.async_client import AsyncWebClient


async def answer(request):
    await asyncio.sleep(3)
    return web.json_response({"ok": True})


async def main():
    runner = web.ServerRunner(web.Server(answer))
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    port, seen = site._server.sockets[0].getsockname()[1], []
    async with aiohttp.ClientSession() as session:
        for said, more in {"": {}, ", session=...": {"session": session}}.items():
            slack = AsyncWebClient("xoxb-1", base_url=f"http://127.0.0.1:{port}/api/", timeout=1, **more)
            begun = time.monotonic()
            try:
                await slack.auth_test()
                seen.append("the answer")
            except TimeoutError as error:
                seen.append(type(error).__name__)
            print(f"timeout=1{said}: {seen[-1]} after {time.monotonic() - begun:.0f} s", flush=True)
    await runner.cleanup()
    raise SystemExit(seen != ["TimeoutError", "the answer"])


asyncio.run(main())
PY
env -u HTTP_PROXY -u http_proxy -u HTTPS_PROXY -u https_proxy "$folder/venv/bin/python" "$folder/show.py"
