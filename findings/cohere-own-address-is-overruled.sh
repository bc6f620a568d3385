#!/usr/bin/env bash
# langchain-cohere 0.6.0 (cohere 5.21.1): CO_API_URL, by which Cohere's SDK is sent to a server of one's own, has no power.
#
# The SDK's clients have `base_url = os.getenv("CO_API_URL")` as their default. `ChatCohere` always passes its own base_url, which is
# None where nobody set it, and None in the SDK means Cohere's public service. So whoever runs a private deployment, has the
# variable set, and goes from the SDK to the integration, sends prompts and key to the public service without a word about it.
#
# Seen:
#   CO_API_URL=http://127.0.0.1:PORT: the SDK alone goes there: True
#   the integration goes to: https://api.cohere.com
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check langchain-cohere==0.6.0 cohere==5.21.1
cat > "$folder/show.py" <<'PY'
import os

OWN = "http://127.0.0.1:8123"
os.environ |= {"COHERE_API_KEY": "k", "CO_API_KEY": "k", "CO_API_URL": OWN}
import cohere
from langchain_cohere import ChatCohere


def address(client):
    return client._client_wrapper.get_base_url()


alone = address(cohere.AsyncClient())
integrated = address(ChatCohere(model="command-a").async_client)
print(f"CO_API_URL=http://127.0.0.1:PORT: the SDK alone goes there: {alone.startswith(OWN)}")
print(f"the integration goes to: {integrated}", flush=True)
raise SystemExit(0 if alone.startswith(OWN) and not integrated.startswith(OWN) else 1)
PY
"$folder/venv/bin/python" "$folder/show.py"
