"""What Slack never answers, but a proxy before it may, or Slack on a bad day: each once, to any call."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from slack_emulator.runtime.injected_failures import Fault

if TYPE_CHECKING:
    from slack_emulator.server import Workspace

HTML = {"Content-Type": "text/html"}
LIMITED = '{"ok": false, "error": "ratelimited"}'


def _limited(retry_after: str) -> Fault:
    return Fault(429, body=LIMITED, headers={"Retry-After": retry_after})


ANSWERS = {
    "an error code nobody knows": Fault(error="tea_break"),
    "an error that is no text": Fault(body='{"ok": false, "error": {"code": 7}}'),
    "a refusal without a reason": Fault(body='{"ok": false}'),
    "a refused token": Fault(error="invalid_auth"),
    "a closed channel": Fault(error="channel_not_found"),
    "a failure": Fault(500),
    "a failure without a body": Fault(503, body=""),
    "a page": Fault(body="<html>Sign in", headers=HTML),
    "a failing proxy's page": Fault(502, body="<html>Bad gateway", headers=HTML),
    "a forbidding page": Fault(403, body="<html>Forbidden", headers=HTML),
    "a missing page": Fault(404, body="<html>Not found", headers=HTML),
    "a redirect": Fault(302, body="", headers={"Location": "/elsewhere"}),
    "a redirect that keeps the body": Fault(307, body="", headers={"Location": "/elsewhere"}),
    "a redirect to itself": Fault(301, body="", headers={"Location": ""}),
    "a redirect to nowhere": Fault(302, body=""),
    "nothing": Fault(body=""),
    "no content": Fault(204, body=""),
    "a list": Fault(body="[]"),
    "null": Fault(body="null"),
    "a word": Fault(body='"ok"'),
    "a number": Fault(body="1"),
    "true": Fault(body="true"),
    "an empty object": Fault(body="{}"),
    "only that it is ok": Fault(body='{"ok": true}'),
    "ok as a word": Fault(body='{"ok": "true", "ts": "1.0", "messages": [], "url": "ws://x", "user_id": "U"}'),
    "things of other kinds": Fault(body='{"ok": true, "ts": 1, "messages": {}, "url": [], "user_id": {}}'),
    "holes": Fault(body='{"ok": true, "ts": null, "messages": [null], "url": null, "user_id": null}'),
    "half an object": Fault(body='{"ok": true, "ts'),
    "bytes that are no text": Fault(body='{"ok": true, "ts": "\udcff"}'),
    "plain text": Fault(body="ok", headers={"Content-Type": "text/plain"}),
    "an archive": Fault(body="ok", headers={"Content-Type": "application/gzip"}),
    "an unknown encoding": Fault(body='{"ok": true}', headers={"Content-Type": "application/json; charset=x"}),
    "a closed connection": Fault(drop=True),
    "a limit without a time": Fault(429, body=LIMITED),
    "a limit as a page": Fault(429, body="<html>Slow down", headers=HTML | {"Retry-After": "1"}),
    "a limit with status 200": Fault(error="ratelimited"),
    "a limit of no time": _limited("0"),
    "a limit of less than no time": _limited("-5"),
    "a limit of a word": _limited("abc"),
    "a limit of a part of a second": _limited("0.5"),
    "a limit of no number": _limited("nan"),
    "a limit without end": _limited("inf"),
    "a limit of thirty years": _limited("1e9"),
    "a limit until a date": _limited("Fri, 27 Nov 2026 10:00:00 GMT"),
}  # fmt: skip
"""By their names in words."""


def once(slack: Workspace, method: str, answer: str, *, carried_out: bool = False, times: int = 1) -> None:
    """Let the next call of `method` be answered so."""
    slack.faults.add(method, replace(ANSWERS[answer], carried_out=carried_out, times=times))


USUAL = (
    "a page",
    "nothing",
    "a redirect",
    "a limit without a time",
    "a failure",
    "an error code nobody knows",
)
"""What `make test` tries of them; `make check` tries all."""

every_answer = pytest.mark.parametrize(
    "answer",
    [one if one in USUAL else pytest.param(one, marks=pytest.mark.slow) for one in ANSWERS],
)
