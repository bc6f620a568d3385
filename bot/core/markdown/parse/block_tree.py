"""markdown-it's flat list of tokens as a tree of blocks."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from markdown_it.token import Token


@dataclass(frozen=True, slots=True)
class Block:
    """A block and the blocks inside it. Words are in blocks of the kind `inline`."""

    token: Token
    inside: list[Block] = field(default_factory=list["Block"])

    @property
    def kind(self) -> str:
        """markdown-it's name of it: `paragraph`, `bullet_list`, `fence`, ..."""
        return self.token.type.removesuffix("_open")

    @property
    def lines(self) -> tuple[int, int]:
        """Its first line, and the one after its last."""
        first, end = self.token.map or (0, 0)
        return first, end

    @property
    def words(self) -> list[Token]:
        """Returns what is written in a paragraph, a heading or a cell."""
        return [
            word for block in self.inside if block.kind == "inline" for word in block.token.children or []
        ]


def tree(tokens: Iterable[Token]) -> list[Block]:
    """The blocks that `tokens` are made of, in order."""
    levels: list[list[Block]] = [[]]
    for token in tokens:
        if token.nesting < 0:
            levels.pop()
            continue
        block = Block(token)
        levels[-1].append(block)
        if token.nesting > 0:
            levels.append(block.inside)
    return levels[0]
