"""Tells what stands behind the marks that open a block of code: its language, which Slack is told, or words of the answer.

```python               the language
```python title="x"     the language; what an attribute says is for programs
```SELECT 1 FROM t      words: they are shown as the first line of the code
```hello                the language, or a word where there is no code below it
"""

from __future__ import annotations

import re

_LANGUAGE = re.compile(r"[A-Za-z0-9_+#.-]{1,32}")
_ATTRIBUTES = re.compile(
    r"(?:\s*(?:\{[^{}]{0,200}\}|[\w:.-]{1,60}=(?:\"[^\"]{0,200}\"|'[^']{0,200}'|[^\s\"']{1,200})))+\s*"
)


def language(info: str) -> str:
    """Returns the language that `info` names; "" where it names none, or says something else."""
    name, _, rest = info.strip().partition(" ")
    is_language = _LANGUAGE.fullmatch(name) and (not rest.strip() or _ATTRIBUTES.fullmatch(rest))
    return name if is_language else ""


def info_words(info: str, code: str) -> str:
    """Returns the words in `info` that are to be read above `code`; "" where there are none."""
    info = info.strip()
    return "" if language(info) and code.strip() else info


def shown_code(info: str, code: str) -> tuple[str, str]:
    """Returns the language of a block, and all that is read in it."""
    above = info_words(info, code)
    if not above:
        return language(info), code
    return "", f"{above}\n{code}" if code.strip() else above
