#!/usr/bin/env bash
# slack_bolt 1.30.0: an app that is given no name looks for its file in every module that is loaded, and takes as long as importing Bolt.
#
# `App(...)` and `AsyncApp(...)` name themselves after the file that calls them, which they take from `inspect.stack()`: that reads the
# sources of each frame, and to find their modules resolves the path of every loaded module. Of the whole stack one name is used. In a
# process of 2,600 modules it is a third of a second of CPU. With `name=` nothing of it happens.
#
# Seen, in a process that has loaded 1,000 modules more:
#   paths resolved: 1535 without a name, 0 with one
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check slack_bolt==1.30.0 aiohttp==3.14.5
mkdir "$folder/many"
for number in $(seq 1000); do echo "NUMBER = $number" > "$folder/many/m$number.py"; done
cat > "$folder/show.py" <<'PY'
import importlib
import os.path
import sys

from slack_bolt.async_app import AsyncApp

sys.path.insert(0, f"{sys.argv[1]}/many")
for number in range(1, 1001):
    importlib.import_module(f"m{number}")
resolve, resolved = os.path.realpath, []


def counted(path, **more):
    resolved.append(path)
    return resolve(path, **more)


os.path.realpath = counted
AsyncApp(signing_secret="any", token="xoxb-any", name="an app")
with_name = len(resolved)
AsyncApp(signing_secret="any", token="xoxb-any")
without = len(resolved) - with_name
print(f"paths resolved: {without} without a name, {with_name} with one")
raise SystemExit(without < 1000 or with_name > 0)
PY
"$folder/venv/bin/python" "$folder/show.py" "$folder"
