#!/usr/bin/env bash
# prometheus_client 0.26.0: its decorators measure nothing of an `async def`, and count none of its exceptions.
#
# `@SUMMARY.time()` above a function is the first thing that its page shows. Above a coroutine function it is taken without a warning,
# and measures how long it takes to make the coroutine: some microseconds for each call, so that the figure looks alive.
# `count_exceptions()` stays at 0, and `track_inprogress()` is over before the function begins. An alert for slow or failing calls
# never rings. As `with` blocks all three are right.
#
# Seen, for a function that takes half a second and raises ValueError:
#   decorated: calls 1, shorter than a tenth of a second: True; exceptions 0; in progress meanwhile 0
#   with blocks: calls 1, shorter than a tenth of a second: False; exceptions 1; in progress meanwhile 1
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check prometheus_client==0.26.0
cat > "$folder/show.py" <<'PY'
import asyncio

from prometheus_client import CollectorRegistry, Counter, Gauge, Summary


class Figures:
    def __init__(self):
        self.registry, self.meanwhile = CollectorRegistry(), None
        self.took = Summary("took", "seconds", registry=self.registry)
        self.failed = Counter("failed", "exceptions", registry=self.registry)
        self.running = Gauge("running", "calls", registry=self.registry)

    def read(self, name):
        return self.registry.get_sample_value(name)

    def decorated(self):
        @self.took.time()
        @self.failed.count_exceptions()
        @self.running.track_inprogress()
        async def work():
            await self.work()

        return work

    async def with_blocks(self):
        with self.took.time(), self.failed.count_exceptions(), self.running.track_inprogress():
            await self.work()

    async def work(self):
        self.meanwhile = self.read("running")
        await asyncio.sleep(0.5)
        raise ValueError


async def look(said, figures, function):
    try:
        await function()
    except ValueError:
        calls, short = figures.read("took_count"), figures.read("took_sum") < 0.1
        seen = (calls, short, figures.read("failed_total"), figures.meanwhile)
        print(f"{said}: calls {calls:.0f}, shorter than a tenth of a second: {short}; exceptions {seen[2]:.0f}; "
              f"in progress meanwhile {seen[3]:.0f}", flush=True)
        return seen


async def main():
    one, other = Figures(), Figures()
    seen = [await look("decorated", one, one.decorated()), await look("with blocks", other, other.with_blocks)]
    raise SystemExit(seen != [(1, True, 0, 0), (1, False, 1, 1)])


asyncio.run(main())
PY
"$folder/venv/bin/python" "$folder/show.py"
