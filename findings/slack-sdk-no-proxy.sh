#!/usr/bin/env bash
# slack_sdk 3.47.0 (AsyncWebClient on aiohttp 3.14.5) takes the proxy of HTTPS_PROXY for every address, http:// ones and
# this computer's own among them, and knows no NO_PROXY: a host that NO_PROXY excepts is asked through the proxy all the
# same. curl and aiohttp's own trust_env all keep NO_PROXY. An empty `proxy=""` does not switch it off
# either; only setting `client.proxy = None` after construction does.
#
# Seen: the proxy is asked for the excepted host (POST http://127.0.0.1:.../api/auth.test); with proxy="" as well; with
# client.proxy = None the server itself is asked.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check slack_sdk==3.47.0 aiohttp==3.14.5
cat > "$folder/try.py" <<'PY'
import asyncio
import os

from aiohttp import web
from slack_sdk.web.async_client import AsyncWebClient


async def serve(name, asked):
    async def answer(request):
        asked.append(name)
        return web.json_response({"ok": True})

    server = web.Server(answer)
    runner = web.ServerRunner(server)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    return runner, site._server.sockets[0].getsockname()[1]


async def main():
    asked = []
    slack, port = await serve("server", asked)
    proxy, proxy_port = await serve("proxy", asked)
    os.environ.update(HTTPS_PROXY=f"http://127.0.0.1:{proxy_port}", NO_PROXY="127.0.0.1,localhost")
    for arguments in ({}, {"proxy": ""}):
        await AsyncWebClient("xoxb-1", base_url=f"http://127.0.0.1:{port}/api/", **arguments).auth_test()
        print(f"AsyncWebClient({arguments}): asked was the {asked[-1]}")
    client = AsyncWebClient("xoxb-1", base_url=f"http://127.0.0.1:{port}/api/")
    client.proxy = None
    await client.auth_test()
    print(f"client.proxy = None: asked was the {asked[-1]}")
    await slack.cleanup()
    await proxy.cleanup()
    raise SystemExit(asked != ["proxy", "proxy", "server"])


asyncio.run(main())
PY
env -u HTTP_PROXY -u http_proxy -u https_proxy -u no_proxy "$folder/venv/bin/python" "$folder/try.py"
