#!/usr/bin/env bash
# Babel 2.19.0: a text is not extracted where its call ends with a trailing comma, if the keyword says how many arguments it has.
#
# `f:1,2,2t` is xgettext's way to say "of calls with two arguments the first is the text and the second its plural". Formatters (ruff,
# black) end a call that is longer than a line with a comma. Babel counts that as a third argument, finds no rule for three, and leaves
# the text out, without a word: it is never translated. Without the count (`f:1,2`) the same call is found.
#
# Seen:
#   in one line: 1 text; with a trailing comma: 0; with a trailing comma and f:1,2: 1
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check babel==2.19.0
cat > "$folder/show.py" <<'PY'
import sys
from io import BytesIO

from babel.messages.extract import extract
from babel.messages.frontend import parse_keywords


def found(source: bytes, keyword: str) -> int:
    return len(list(extract("python", BytesIO(source), parse_keywords([keyword]))))


SHORT, LONG = b'f("one", "many")\n', b'f(\n    "one",\n    "many",\n)\n'
seen = found(SHORT, "f:1,2,2t"), found(LONG, "f:1,2,2t"), found(LONG, "f:1,2")
print(f"in one line: {seen[0]} text; with a trailing comma: {seen[1]}; with a trailing comma and f:1,2: {seen[2]}")
sys.exit(seen != (1, 0, 1))
PY
"$folder/venv/bin/python" "$folder/show.py"
