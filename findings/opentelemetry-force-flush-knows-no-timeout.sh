#!/usr/bin/env bash
# opentelemetry-sdk 1.45.2: `force_flush(timeout_millis)` waits as long as the exporter takes, and says True where nothing has arrived.
#
# The method's page: "timeout_millis: The maximum amount of time to wait for spans to be exported. Returns: False if the timeout is
# exceeded, True otherwise." BatchSpanProcessor ignores the argument, and what the exporter says of its export as well. So whoever
# gives the last spans half a second, before a process ends, waits for as long as the collector is silent (ten seconds with the OTLP
# exporter), and is told that all is well.
#
# Seen:
#   an export that takes 3 s and fails: force_flush(500) returned True after 3 s
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check opentelemetry-sdk==1.45.2
cat > "$folder/show.py" <<'PY'
import time

from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter, SpanExportResult


class Collector(SpanExporter):
    def export(self, spans):
        time.sleep(3)
        return SpanExportResult.FAILURE


provider = TracerProvider(shutdown_on_exit=False)
provider.add_span_processor(BatchSpanProcessor(Collector()))
provider.get_tracer("any").start_span("the last one").end()
begun = time.monotonic()
told = provider.force_flush(500)
took = time.monotonic() - begun
print(f"an export that takes 3 s and fails: force_flush(500) returned {told} after {took:.0f} s", flush=True)
raise SystemExit(told is not True or took < 2.5)
PY
"$folder/venv/bin/python" "$folder/show.py"
