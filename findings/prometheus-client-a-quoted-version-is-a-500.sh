#!/usr/bin/env bash
# prometheus_client 0.26.0: a scrape whose Accept header quotes its version is answered with a 500.
#
# HTTP lets a parameter's value stand in quotation marks: `text/plain; version="1.0.0"` is `text/plain; version=1.0.0` (RFC 9110, 5.6.6).
# The exposition splits the header by hand, keeps the marks, and compares the version as texts and numbers mixed, which raises TypeError.
# So does every version that is not made of numbers alone, such as `1.0.0-rc1`.
#
# Seen:
#   text/plain; version=1.0.0: 200
#   text/plain; version="1.0.0": 500
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check prometheus_client==0.26.0
cat > "$folder/show.py" <<'PY'
import sys
from io import StringIO
from urllib.error import HTTPError
from urllib.request import ProxyHandler, Request, build_opener

from prometheus_client import CollectorRegistry, start_http_server

server, _ = start_http_server(0, addr="127.0.0.1", registry=CollectorRegistry())
ask = build_opener(ProxyHandler({})).open
sys.stderr = StringIO()  # its server prints a traceback there


def status(accept):
    try:
        with ask(Request(f"http://127.0.0.1:{server.server_port}/metrics", headers={"Accept": accept})) as answer:
            return answer.status
    except HTTPError as error:
        return error.code


found = {accept: status(accept) for accept in ("text/plain; version=1.0.0", 'text/plain; version="1.0.0"')}
for accept, code in found.items():
    print(f"{accept}: {code}", flush=True)
server.shutdown()
raise SystemExit(0 if list(found.values()) == [200, 500] else 1)
PY
"$folder/venv/bin/python" "$folder/show.py"
