"""The shapes that a message can have."""

from __future__ import annotations

from bot.core.delivery.message_format import Dialect
from bot.core.markdown.stream.incremental import IncrementalText

TEXT = "# Hi <@U1>\n\n**bold** <@U2>"


def test_each_dialect_says_the_same_in_its_own_way() -> None:
    assert Dialect.BLOCK.shape().emit(TEXT) == "# Hi &lt;@U1>\n\n**bold** &lt;@U2>"
    assert Dialect.TEXT.shape().emit(TEXT) == "*Hi &lt;@U1&gt;*\n\n*bold* &lt;@U2&gt;"
    assert Dialect.BLOCK.shape().room.letters > Dialect.TEXT.shape().room.letters


def test_a_text_that_grows_is_said_in_the_same_way() -> None:
    for dialect in Dialect:
        growing = IncrementalText(TEXT, emitter=dialect.emitter(asker="U1"))
        assert growing.render(finished=True) == dialect.shape(asker="U1").emit(TEXT)
        assert "<@U1>" in growing.render(finished=True)
