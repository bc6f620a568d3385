#!/usr/bin/env bash
# slack_bolt 1.30.0: a listener that acknowledges and fails right after it has not acknowledged.
#
# `await ack()` is what Slack is to be answered with, at once, whatever becomes of the work. Where the listener raises before the next look
# at it (each 10 ms), Bolt's error handling puts None in the place of the ack that was given: it is waited for as if none had been, for
# three seconds, and Slack gets a 404; in Socket Mode it gets nothing. So a person is told "dispatch_failed" of a command that was heard,
# and the log says that ack() was not called. Raised a moment later the same error leaves the ack alone. App and AsyncApp are alike in it.
#
# Seen:
#   acknowledged: 200 after 0 s
#   acknowledged, then KeyError: 404 after 3 s
#   acknowledged, then KeyError a fifth of a second later: 200 after 0 s
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check slack_bolt==1.30.0 aiohttp==3.14.5
cat > "$folder/show.py" <<'PY'
import asyncio, logging, time

from slack_bolt.async_app import AsyncApp, AsyncBoltRequest
from slack_bolt.authorization import AuthorizeResult

logging.disable(logging.CRITICAL)


async def authorize(**_):
    return AuthorizeResult(enterprise_id=None, team_id="T1", bot_token="xoxb-1", bot_user_id="U1", bot_id="B1")


app = AsyncApp(name="an app", signing_secret="any", authorize=authorize, request_verification_enabled=False)


@app.command("/fine")
async def fine(ack):
    await ack()


@app.command("/fails")
async def fails(ack):
    await ack()
    {}["what is not there"]


@app.command("/fails-later")
async def fails_later(ack):
    await ack()
    await asyncio.sleep(0.2)
    {}["what is not there"]


async def main():
    seen = []
    for said, command in {"": "/fine", ", then KeyError": "/fails",
                          ", then KeyError a fifth of a second later": "/fails-later"}.items():
        body = {"command": command, "team_id": "T1", "user_id": "U2", "channel_id": "C1", "trigger_id": "1.2.a", "text": ""}
        begun = time.monotonic()
        answer = await app.async_dispatch(AsyncBoltRequest(body=body, mode="socket_mode"))
        print(f"acknowledged{said}: {answer.status} after {time.monotonic() - begun:.0f} s", flush=True)
        seen.append(answer.status)
    raise SystemExit(seen != [200, 404, 200])


asyncio.run(main())
PY
"$folder/venv/bin/python" "$folder/show.py"
