#!/usr/bin/env bash
# dbos 3.4.0: after `DBOS.destroy()` nothing in the same event loop can use a thread, nor look up a host's name.
#
# The first async workflow makes DBOS's own pool the default executor of the caller's loop, unasked. `destroy()` shuts that pool down
# and leaves it in its place: from then on `asyncio.to_thread` and `loop.getaddrinfo`, and with it each new connection to a named host,
# raise RuntimeError, for code that has nothing to do with DBOS. It hits what an application does last, such as a farewell message or
# its last spans. Only `loop.set_default_executor` with a new pool helps.
#
# Seen:
#   before an async workflow: to_thread ok, getaddrinfo ok
#   after destroy(): to_thread RuntimeError, getaddrinfo RuntimeError (cannot schedule new futures after shutdown)
#   with a new default executor: to_thread ok, getaddrinfo ok
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check dbos==3.4.0
cat > "$folder/show.py" <<'PY'
import asyncio, logging, sys
from concurrent.futures import ThreadPoolExecutor

from dbos import DBOS

logging.disable(logging.CRITICAL)


@DBOS.workflow()
async def work():
    return "done"


async def tried(name, call, said):
    try:
        await call()
    except RuntimeError as error:
        said.add(str(error))
        return f"{name} RuntimeError"
    return f"{name} ok"


async def look(when):
    said = set()
    results = [
        await tried("to_thread", lambda: asyncio.to_thread(str), said),
        await tried("getaddrinfo", lambda: asyncio.get_running_loop().getaddrinfo("localhost", 80), said),
    ]
    print(f"{when}: {', '.join(results)}" + "".join(f" ({words})" for words in said), flush=True)
    return [result.endswith("ok") for result in results]


async def main():
    DBOS(config={"name": "finding", "system_database_url": f"sqlite:///{sys.argv[1]}/a.sqlite", "log_level": "CRITICAL"})
    DBOS.launch()
    before = await look("before an async workflow")
    await work()
    DBOS.destroy()
    after = await look("after destroy()")
    asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor())
    mended = await look("with a new default executor")
    return 0 if (before, after, mended) == ([True] * 2, [False] * 2, [True] * 2) else 1


sys.exit(asyncio.run(main()))
PY
"$folder/venv/bin/python" "$folder/show.py" "$folder"
