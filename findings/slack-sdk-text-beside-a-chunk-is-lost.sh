#!/usr/bin/env bash
# slack_sdk 3.47.0 (AsyncWebClient.chat_stream on aiohttp 3.14.5): text that is appended while another append is on its way is lost.
#
# `append()` keeps text until there is enough of it, or until a chunk is to be sent, such as a tool's card. It empties its buffer when
# Slack has answered, whatever has come into it meanwhile; that text is in no call, and `append()` and `stop()` report success. An
# agent whose tools show their progress while its words stream does just this. Where the buffer is full, words are sent twice instead.
#
# Seen:
#   appended: 'One. ' 'Two. ' (beside a card that is on its way) 'Three.'; Slack was sent: 'One. Three.'
#   with a buffer of one character, appended: 'One. ' 'Two. ' (beside it); Slack was sent: 'One. One. Two. '
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check slack_sdk==3.47.0 aiohttp==3.14.5
cat > "$folder/show.py" <<'PY'
import asyncio

from aiohttp import web
from slack_sdk.models.messages.chunk import TaskUpdateChunk
from slack_sdk.web.async_client import AsyncWebClient

CARD = TaskUpdateChunk(id="1", title="Looking it up", status="in_progress")
arrived, may_answer, sent = asyncio.Event(), asyncio.Event(), []


async def answer(request):
    sent.extend(chunk.get("text", "") for chunk in (await request.json()).get("chunks", []))
    arrived.set()
    await may_answer.wait()
    return web.json_response({"ok": True, "ts": "1.2"})


async def stream(slack, size, first, beside, last):
    """`beside` is appended when Slack has been sent `first` and has not answered yet."""
    streamer = await slack.chat_stream(
        channel="C1", thread_ts="1.1", recipient_team_id="T1", recipient_user_id="U1", buffer_size=size
    )
    may_answer.set()
    await streamer.append(chunks=[])  # it has begun
    for event in (arrived, may_answer):
        event.clear()
    sent.clear()
    on_its_way = asyncio.create_task(streamer.append(**first))
    await arrived.wait()
    arrived.clear()
    second = asyncio.create_task(streamer.append(markdown_text=beside))
    await asyncio.wait({second, asyncio.create_task(arrived.wait())}, return_when=asyncio.FIRST_COMPLETED)
    may_answer.set()
    await asyncio.gather(on_its_way, second)
    await streamer.stop(markdown_text=last)
    return "".join(sent)


async def main():
    runner = web.ServerRunner(web.Server(answer))
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    port = site._server.sockets[0].getsockname()[1]
    slack = AsyncWebClient("xoxb-1", base_url=f"http://127.0.0.1:{port}/api/")
    lost = await stream(slack, 256, {"markdown_text": "One. ", "chunks": [CARD]}, "Two. ", "Three.")
    print(f"appended: 'One. ' 'Two. ' (beside a card that is on its way) 'Three.'; Slack was sent: {lost!r}", flush=True)
    twice = await stream(slack, 1, {"markdown_text": "One. "}, "Two. ", None)
    print(f"with a buffer of one character, appended: 'One. ' 'Two. ' (beside it); Slack was sent: {twice!r}", flush=True)
    await runner.cleanup()
    raise SystemExit((lost, twice) != ("One. Three.", "One. One. Two. "))


asyncio.run(main())
PY
env -u HTTP_PROXY -u http_proxy -u HTTPS_PROXY -u https_proxy "$folder/venv/bin/python" "$folder/show.py"
