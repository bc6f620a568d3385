"""Takes a block of code that is too long to be read in messages out of an answer, while it is written: all of it goes into a file.

    the block has   its lines
    ==============  ====================================================================================
    room yet        are shown as they come
    no more         are kept back until it ends; then it is closed, and a word below it says where it goes on
    ended           -

It is looked at line by line, as fences are. Blocks in quotes, and those that are indented like code, stay as they are.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot.core.markdown.parse.fence_info import language as fence_language

LONGEST_SHOWN = 20_000
"""Characters of a block that are shown in messages, where there are more: two messages of them."""
_OPENING = re.compile(r" {0,3}(?P<fence>`{3,}|~{3,})(?P<info>[^`\n]*)\n?")
_EXTENSIONS = {
    "bash": "sh", "c": "c", "cpp": "cpp", "css": "css", "diff": "diff", "go": "go", "html": "html", "java": "java", "javascript": "js",
    "js": "js", "json": "json", "kotlin": "kt", "php": "php", "py": "py", "python": "py", "ruby": "rb", "rust": "rs", "sh": "sh",
    "shell": "sh", "sql": "sql", "swift": "swift", "toml": "toml", "ts": "ts", "typescript": "ts", "xml": "xml", "yaml": "yaml", "yml": "yaml",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class CodeFile:
    """Holds a block of code that goes into a file: all of it, and the `rest` that is not shown in messages."""

    fence: str
    language: str
    code: str
    rest: str

    @property
    def extension(self) -> str:
        """Returns the end of its file's name."""
        return _EXTENSIONS.get(self.language, "txt")

    @property
    def markdown(self) -> str:
        """Returns the rest as a block of its own, for where Slack takes no file."""
        return f"{self.fence}{self.language}\n{self.rest}{self.fence}"


class LongCode:
    """Reads an answer as it comes. `word` is what stands below a block that goes on in a file, in Markdown."""

    def __init__(self, word: str) -> None:
        self.files: list[CodeFile] = []
        self._word = word
        self._line = ""  # that has begun
        self._fence = self._language = ""  # of the block that is open
        self._code: list[str] = []  # its lines
        self._rest: list[str] = []  # those of them that are kept back
        self._size = 0  # of all of its lines
        self._is_kept = False  # whether its lines are kept back

    def feed(self, text: str) -> str:
        """More of the answer. Returns what of it is shown."""
        *lines, begun = text.split("\n")
        shown = "".join(self._end_line(line) for line in lines)
        self._line += begun
        return shown if self._is_kept else shown + begun

    def finish(self) -> str:
        """The answer is over. Returns what is shown besides."""
        return self._close(self._line) if self._is_kept else ""

    def _end_line(self, more: str) -> str:
        """The line that has begun ends with `more`. Returns what of that is shown."""
        line, self._line = f"{self._line}{more}\n", ""
        if not self._fence:
            self._open(line)
            return f"{more}\n"
        if line.strip() and set(line.strip()) == {self._fence[0]} and line.strip().startswith(self._fence):
            shown = self._close("") + "\n" if self._is_kept else f"{more}\n"
            self._fence = ""
            return shown
        return self._keep(line, more)

    def _open(self, line: str) -> None:
        if found := _OPENING.fullmatch(line):
            self._fence = found["fence"]
            self._language = fence_language(found["info"]).lower()
            self._code, self._rest, self._size = [], [], 0

    def _keep(self, line: str, more: str) -> str:
        self._code.append(line)
        self._size += len(line)
        if self._is_kept:
            self._rest.append(line)
            return ""
        self._is_kept = self._size >= LONGEST_SHOWN
        return f"{more}\n"

    def _close(self, begun: str) -> str:
        """The block that was kept back ends, with half a line. Returns what ends it where it is shown."""
        self._is_kept = False
        last = [f"{begun}\n"] if begun else []
        if not self._rest and not last:
            return self._fence
        code, rest = "".join([*self._code, *last]), "".join([*self._rest, *last])
        self.files.append(CodeFile(self._fence, self._language, code, rest))
        return f"{self._fence}\n\n{self._word}\n"
