#!/usr/bin/env bash
# langchain-google-genai 4.4.3 (google-genai 3.6.1, aiohttp): leaving a stream by `aclose()` does not hang up.
#
# A reader takes the first chunk of `ChatGoogleGenerativeAI.astream` and closes the generator, as `contextlib.aclosing` does.
# The generators inside it are not closed: they wait for Python's cyclic garbage collector, and with them the connection. The
# server writes on, and tokens that nobody reads are paid for. Cancelling a read that waits for the network hangs up at once.
#
# Seen:
#   2 s after aclose(): the server still writes
#   after gc.collect(): the server saw the client hang up
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check \
    langchain-google-genai==4.4.3 google-genai==3.6.1 aiohttp==3.14.5
cat > "$folder/show.py" <<'PY'
import asyncio, gc, json, os

gone = asyncio.Event()


async def serve(reader, writer):
    head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
    length = [line.split(":")[1] for line in head.split("\r\n") if line.startswith("content-length")]
    await reader.readexactly(int(length[0]))
    writer.write(b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n")
    candidate = {"index": 0, "content": {"role": "model", "parts": [{"text": "word "}]}}
    event = b"data: " + json.dumps({"candidates": [candidate]}).encode() + b"\n\n"
    end = asyncio.create_task(reader.read())
    while not end.done():
        writer.write(f"{len(event):x}\r\n".encode() + event + b"\r\n")
        await asyncio.wait([end], timeout=0.1)
    end.exception()  # a reset is a way to hang up, too
    gone.set()
    writer.close()


async def hung_up(seconds):
    try:
        async with asyncio.timeout(seconds):
            await gone.wait()
    except TimeoutError:
        return False
    return True


async def main():
    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    os.environ |= {"GOOGLE_API_KEY": "k", "GOOGLE_GEMINI_BASE_URL": f"http://127.0.0.1:{port}"}
    from langchain_google_genai import ChatGoogleGenerativeAI

    model = ChatGoogleGenerativeAI(model="gemini-2.5-flash", max_retries=0)
    stream = model.astream("Hi")
    gc.disable()  # what the collector does, it does when it likes; here, when it is called
    await anext(stream)
    await stream.aclose()
    at_once = await hung_up(2)
    print("2 s after aclose():", "the client hung up" if at_once else "the server still writes", flush=True)
    del stream
    gc.collect()
    later = await hung_up(5)
    print("after gc.collect():", "the server saw the client hang up" if later else "still connected", flush=True)
    os._exit(0 if not at_once and later else 1)


asyncio.run(main())
PY
"$folder/venv/bin/python" "$folder/show.py"
