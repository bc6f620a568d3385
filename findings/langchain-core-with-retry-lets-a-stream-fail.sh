#!/usr/bin/env bash
# langchain-core 1.7.2: a runnable `.with_retry()` is not tried again when it is streamed, not even where no chunk had come.
#
# Its page says "Create a new Runnable that retries the original Runnable on exceptions". That holds for invoke and batch. `stream` and
# `astream` call the original once; that this is on purpose is said in a comment of the source alone. A program that goes from whole
# answers to streamed ones has no retries any more, and nothing tells it.
#
# Seen, for a model whose first two calls fail before they say a word, and with_retry(stop_after_attempt=3):
#   ainvoke: calls: 3, the answer: 'Hello'
#   astream: calls: 1, ConnectionError
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check langchain-core==1.7.2
cat > "$folder/show.py" <<'PY'
import asyncio

from langchain_core.language_models import GenericFakeChatModel
from langchain_core.messages import AIMessage

calls = 0


def answers():
    while True:
        yield AIMessage("Hello")


class Failing(GenericFakeChatModel):
    """A model that is reached at the third call."""

    def _generate(self, *arguments, **more):
        global calls
        calls += 1
        if calls < 3:
            raise ConnectionError
        return super()._generate(*arguments, **more)


async def ask(how):
    global calls
    calls = 0
    model = Failing(messages=answers()).with_retry(stop_after_attempt=3, wait_exponential_jitter=False)
    try:
        if how == "ainvoke":
            said = (await model.ainvoke("Hi")).text
        else:
            said = "".join([chunk.text async for chunk in model.astream("Hi")])
    except ConnectionError as error:
        ended = type(error).__name__
    else:
        ended = f"the answer: {str(said)!r}"
    print(f"{how}: calls: {calls}, {ended}", flush=True)
    return calls, ended


async def main():
    seen = [await ask("ainvoke"), await ask("astream")]
    raise SystemExit(seen != [(3, "the answer: 'Hello'"), (1, "ConnectionError")])


asyncio.run(main())
PY
env -u LANGSMITH_TRACING -u LANGCHAIN_TRACING_V2 "$folder/venv/bin/python" "$folder/show.py"
