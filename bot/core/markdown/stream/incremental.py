"""One message's text while it is written: what is finished is rendered once, and an edit costs the open end only.

Finished is every block but the last, every item of a list but the last, and every row of a table. The last line counts
once it has ended: `1` may become `1.`, and go on with a list that seemed to be over.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from bot.core.markdown.parse.block_tree import tree
from bot.core.markdown.parse.formulas import MOST_LINES, may_open
from bot.core.markdown.parse.parser import UNFINISHED, clean, parse, parse_blocks
from bot.core.markdown.render.block_walk import LISTS, Above
from bot.core.markdown.render.canonical import Canonical
from bot.core.markdown.stream.healing import heal

if TYPE_CHECKING:
    from bot.core.markdown.parse.block_tree import Block
    from bot.core.markdown.parse.parser import Environment
    from bot.core.markdown.render.block_walk import Emitter

_PART_OF_A_WORD = re.compile(r"[@#A-Za-z0-9\u00c0-\u024f_'’-]+\Z")  # noqa: RUF001
_PART_OF_A_FENCE = re.compile(r"\n*`{3,}\Z")
INDENTS = ("    ", "\t")
WHOLE = ("formula", "fence", "code_block")
"""Blocks in which no formula begins."""
FENCE = "`" * 99  # longer than any that stands in an answer


class IncrementalText:
    """The text so far. A part that begins anew is a new one of these, which costs nothing.

    `emitter` says how it is written, as Slack Markdown unless told otherwise.
    """

    def __init__(self, text: str = "", *, emitter: Emitter | None = None) -> None:
        self._emitter = emitter or Canonical()
        self._text = ""
        self._line_end = ""  # or half of what a terminal is told: the other half may come yet
        self._start = 0  # the text from here on is open
        self._looked = 0  # up to here it was looked through for what is finished
        self._done = ""  # what is before the open text, rendered
        self._above = Above()  # what the open text stands below
        self._goes_on = False  # it begins with a further item of the list above
        self._header = ""  # its first row belongs to the table with this header
        self._references: Environment = {}
        self._line = 0  # of the text, that the open one begins on
        self._plainly: set[int] = set()
        self.feed(text)

    @property
    def text(self) -> str:
        """All that was fed, with one kind of line end."""
        return self._text + self._line_end

    @property
    def plainly(self) -> frozenset[int]:
        """The lines on which words begin that have once cost too much: they are shown plainly from then on, whatever comes."""
        return frozenset(self._plainly)

    def feed(self, delta: str) -> None:
        """The text goes on with `delta`."""
        delta = self._line_end + delta
        unfinished = UNFINISHED.search(delta)
        self._line_end = unfinished[0] if unfinished else ""
        self._text += clean(delta.removesuffix(self._line_end))

    def render(self, *, finished: bool) -> str:
        """The text as it should look now; `finished`, as it looks when nothing more will come.

        Then all of it is rendered again, as a link may have been explained below it.
        """
        if finished:
            return self._emitter.blocks(tree(parse(self.text, {"plainly": set(self._plainly)})))
        self._commit()
        known = self._known()
        healed = heal(self._header + self._text[self._start :], plainly=known["plainly"])
        blocks = self._parsed(healed, known)
        return self._joined(blocks)[0]

    def committed(self) -> str:
        """Returns the whole words at the beginning of `render` that stay as they are, however the text goes on: not, with a word more,
        or with a block of its own. What closes a block of code, say, is behind only one of them.

        What comes later changes it all the same where a line makes a heading of the paragraph above, where a link is explained
        further down, and in few other ways: whoever has shown it has to look whether the text still begins so.
        """
        self._commit()
        source, end = self._certain()
        # A line that follows may stand in the same list or quote: so a word more is one of the last line.
        # What is code may go on with a longer fence, so that the one around it has to be longer still.
        going_on = [source, f"{source.rstrip()}x", f"{source}\n\nx", f"{source}\n{FENCE}"]
        blocks = [tree(parse(each, self._known())) for each in going_on]
        first, *others = [self._joined(each)[0] for each in blocks]
        sure = first[: min(common(first, other) for other in others)]
        if len(sure) < len(first):
            sure = _PART_OF_A_FENCE.sub("", sure)
        # A word may go on, and be another: `@he` is no mention yet.
        return _PART_OF_A_WORD.sub("", sure) if end == len(self._text) and not source[-1:].isspace() else sure

    def committed_source(self) -> int:
        """Returns up to where in the text that goes, a word at its end that may go on included."""
        return self._certain()[1]

    def _certain(self) -> tuple[str, int]:
        """Returns what of the open text is certain, and up to where in the whole text that goes."""
        text = self._header + self._text[self._start :]
        source = heal(text, plainly=self._known()["plainly"], close=False)
        return source, self._start + common(source, text) - len(self._header)

    def _commit(self) -> None:
        """Render what has become finished since the last time."""
        end = self._text.rfind("\n") + 1
        if end <= self._looked:
            return
        self._looked = end
        lines = (self._header + self._text[self._start : end]).split("\n")
        blocks = tree(parse_blocks("\n".join(lines), self._known()))
        boundary = min(self._boundary(blocks, lines), _last_sure(blocks, lines))
        if boundary > self._header.count("\n"):
            self._finish(lines[:boundary], blocks[-1])

    def _finish(self, lines: list[str], last: Block) -> None:
        """`lines` change no more. The block `last` goes on below them, where it is a list or a table."""
        source = "".join(f"{line}\n" for line in lines)
        self._references["plainly"] = self._known()["plainly"]
        self._done, self._above = self._joined(self._parsed(source, self._references))
        self._start += len(source) - len(self._header)
        self._line += len(lines) - self._header.count("\n")
        first = last.lines[0]
        inside = first < len(lines)
        self._goes_on = inside and last.kind in LISTS
        self._header = (
            "".join(f"{line}\n" for line in lines[first : first + 2])
            if inside and last.kind == "table"
            else ""
        )

    def _boundary(self, blocks: list[Block], lines: list[str]) -> int:
        """The line up to which `blocks`, the complete `lines` of the open text, are finished."""
        # Indented words go on with a footnote above.
        while blocks and blocks[-1].kind == "paragraph" and lines[blocks[-1].lines[0]].startswith(INDENTS):
            blocks = blocks[:-1]
        if not blocks:
            return 0
        last = blocks[-1]
        if last.kind in LISTS:
            return last.inside[-1].lines[0]
        if last.kind == "table" and self._emitter.row_by_row and not last.token.meta:
            return last.lines[1]
        return last.lines[0]

    def _joined(self, blocks: list[Block]) -> tuple[str, Above]:
        """Returns what is done, and `blocks` after it; and what comes next stands below."""
        if self._header:
            written, above = self._emitter.write(blocks)
            return self._done + written[len(self._emitter.blocks(tree(parse(self._header)))) :], above
        parts, above = [self._done], self._above
        if self._goes_on and blocks and blocks[0].kind == above.kind:
            items = self._emitter.items(blocks[0], marker=above.marker, number=above.number + 1)
            parts, above = (
                [f"{self._done}\n{items}"],
                replace(above, number=above.number + len(blocks[0].inside)),
            )
            blocks = blocks[1:]
        written, above = self._emitter.write(blocks, above)
        return "\n\n".join(part for part in (*parts, written) if part), above

    def _known(self) -> Environment:
        """The links explained in what is finished. A copy: what the open text explains may still change."""
        first = self._line - self._header.count("\n")
        return {
            "references": dict(self._references.get("references", {})),
            "plainly": {line - first for line in self._plainly},
        }

    def _parsed(self, source: str, known: Environment) -> list[Block]:
        """The blocks of `source`, the open text or its beginning. What of it is shown plainly is known from now on."""
        blocks = tree(parse(source, known))
        first = self._line - self._header.count("\n")
        self._plainly |= {line + first for line in known["plainly"]}
        return blocks


def _last_sure(blocks: list[Block], lines: list[str]) -> int:
    """The line up to which no formula can reach that is still open: a later line may close it, and make it a block, whatever the lines
    between seemed to be. A blank line ends that."""
    sure = len(lines)
    for number in range(len(lines) - 2, max(-1, len(lines) - 2 - MOST_LINES), -1):
        if not lines[number].strip():
            break
        if may_open(lines[number]):
            holding = (block for block in blocks if block.lines[0] <= number < block.lines[1])
            sure = min([sure, *(block.lines[0] for block in holding if block.kind not in WHOLE)])
    return sure


def common(one: str, other: str) -> int:
    """The length of what both begin with."""
    low, high = 0, min(len(one), len(other))
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if one[low:middle] == other[low:middle] else (low, middle - 1)
    return low
