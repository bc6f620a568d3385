#!/usr/bin/env bash
# dbos 3.4.0 on SQLite: a workflow waits for a database that is locked, and is given up by one that is full.
#
# DBOS's promise is that a workflow blocks while its database cannot be used, and goes on when it can. It knows a lock by the
# words "database is locked"; "database or disk is full" (SQLITE_FULL) is raised through the workflow instead: the step has been
# carried out, its result is lost, the caller gets an error a moment later, and the workflow stays PENDING for whoever starts
# next. Here the file may not grow (PRAGMA max_page_count) or is locked by another connection, for three seconds each.
#
# Seen:
#   locked for three seconds: the workflow returned 'done' after 4.3 s
#   full for three seconds: OperationalError (database or disk is full) after 0.1 s; on record it is PENDING
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check dbos==3.4.0
cat > "$folder/show.py" <<'PY'
import logging, sqlite3, sys, threading, time

import sqlalchemy as sa
from dbos import DBOS

FILE = f"{sys.argv[1]}/a.sqlite"
logging.getLogger("dbos").addHandler(logging.NullHandler())
full = threading.Event()
engine = sa.create_engine(f"sqlite:///{FILE}", poolclass=sa.NullPool)


@sa.event.listens_for(engine, "connect")
def connected(connection, _):
    connection.isolation_level = "IMMEDIATE"
    connection.execute("PRAGMA busy_timeout=1000")
    if full.is_set():
        connection.execute("PRAGMA max_page_count=1")  # no less than there are already: it may not grow


@DBOS.step()
def spoil(how):
    if how == "full":
        full.set()
        threading.Timer(3, full.clear).start()
    else:
        other = sqlite3.connect(FILE, isolation_level=None, check_same_thread=False)
        other.execute("BEGIN EXCLUSIVE")
        threading.Timer(3, lambda: other.execute("ROLLBACK")).start()
    return "x" * 200_000  # more than the pages that are free already


@DBOS.workflow()
def work(how):
    spoil(how)
    return "done"


DBOS(config={"name": "finding", "system_database_url": f"sqlite:///{FILE}", "system_database_engine": engine,
             "log_level": "CRITICAL"})
DBOS.launch()
ended = {}
for how in ("locked", "full"):
    begun = time.monotonic()
    try:
        ended[how] = f"the workflow returned {work(how)!r}"
    except Exception as error:
        ended[how] = f"{type(error).__name__} ({getattr(error, 'orig', error)})"
    print(f"{how} for three seconds: {ended[how]} after {time.monotonic() - begun:.1f} s", end="", flush=True)
    if how == "full":
        status = DBOS.list_workflows(sort_desc=True)[0].status
        print(f"; on record it is {status}", end="")
    print()
time.sleep(3)
DBOS.destroy()
sys.exit(not ("done" in ended["locked"] and "is full" in ended["full"] and status == "PENDING"))
PY
"$folder/venv/bin/python" "$folder/show.py" "$folder" 2>/dev/null
