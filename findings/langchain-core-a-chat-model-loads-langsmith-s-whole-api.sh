#!/usr/bin/env bash
# langchain-core 1.7.2 with langsmith 0.15.0: importing the class of chat models loads the types of LangSmith's whole API, tracing or not.
#
# Each integration begins with `from langchain_core.language_models import BaseChatModel`. With no LANGSMITH variable set, that imports
# `langsmith.run_trees`, which names one type of the service's second API, whose package's `__init__` imports all of its types: more
# modules than langchain-core has loaded itself, and about a third of the time that the line takes. The message classes alone need none.
#
# Seen:
#   messages: 0 modules of langsmith; a chat model: 209, of them 151 types of its API, beside 89 of langchain_core
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check langchain-core==1.7.2 langsmith==0.15.0
cat > "$folder/show.py" <<'PY'
import sys


def loaded(package: str) -> int:
    return sum(name == package or name.startswith(package + ".") for name in sys.modules)


from langchain_core.messages import HumanMessage  # noqa: E402, F401

before = loaded("langsmith")
from langchain_core.language_models import BaseChatModel  # noqa: E402, F401

after, types, own = loaded("langsmith"), loaded("langsmith.types"), loaded("langchain_core")
print(f"messages: {before} modules of langsmith; a chat model: {after}, of them {types} types of its API, beside {own} of langchain_core", flush=True)
raise SystemExit(before != 0 or types < own)
PY
env -u LANGSMITH_TRACING -u LANGCHAIN_TRACING_V2 "$folder/venv/bin/python" "$folder/show.py"
