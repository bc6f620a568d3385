#!/usr/bin/env bash
# Package:   slack_sdk 3.47.0 (PyPI), class slack_sdk.signature.SignatureVerifier
# Behaviour: `is_valid(body, timestamp, signature)` is said to answer whether a request's signature is valid, and takes its
#            arguments straight from the request. For a header that Slack would never send it raises instead of answering
#            False: ValueError for a time that is no number, TypeError for a signature with a letter beyond ASCII,
#            UnicodeDecodeError for a body that is no UTF-8. A server that calls it with what anybody sent answers 500, and
#            logs a traceback, instead of 401, until it checks the headers itself.
# Seen:      a time that is no number: ValueError
#            a signature beyond ASCII: TypeError
#            a body that is no UTF-8: UnicodeDecodeError
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check slack_sdk==3.47.0
"$folder/venv/bin/python" - <<'PYTHON'
import sys
import time

from slack_sdk.signature import SignatureVerifier

verifier, now = SignatureVerifier("a made-up secret"), str(int(time.time()))
tries = {
    "a time that is no number": ("{}", "noon", "v0=0", "ValueError"),
    "a signature beyond ASCII": ("{}", now, "v0=é", "TypeError"),
    "a body that is no UTF-8": (b"\xff", now, "v0=0", "UnicodeDecodeError"),
}
changed = False
for name, (body, stamp, signature, expected) in tries.items():
    try:
        seen = str(verifier.is_valid(body, stamp, signature))
    except Exception as error:
        seen = type(error).__name__
    print(f"{name}: {seen}")
    changed |= seen != expected
sys.exit(changed)
PYTHON
