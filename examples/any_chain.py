"""Any LangChain runnable as a Slack bot: its tokens stream into the reply, whatever it is made of.

    python examples/any_chain.py

Here: a chain that first has the question put into other words, then answers it as a limerick. Nothing in it knows of
Slack or of this project. `stream_runnable` follows it through callbacks; only the last step's words are the answer,
because the first is tagged `nostream`. Settings are those of `teleprinter run`, a local model apart. Ctrl-C ends it; answers
that are being written are finished first.
"""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from langchain_core.output_parsers import StrOutputParser
from langchain_core.prompts import ChatPromptTemplate
from langchain_core.runnables import RunnablePassthrough

from bot import settings
from bot.app import running
from bot.errors import TeleprinterError, first_of
from bot.model.langchain.callbacks import stream_runnable
from bot.model.providers import build_chat_model, close_chat_model
from bot.observability import logs

if TYPE_CHECKING:
    from collections.abc import Sequence

    from langchain_core.language_models import BaseChatModel
    from langchain_core.runnables import Runnable

    from bot.core.conversation.deltas import DeltaStream
    from bot.core.conversation.history import ChatMessage


def limericks(model: BaseChatModel) -> Runnable[str, str]:
    """Question in, limerick out."""
    plainer = ChatPromptTemplate.from_template("Say this question in plain words: {question}")
    answer = ChatPromptTemplate.from_template("Answer with one limerick: {plain}")
    reword = (plainer | model | StrOutputParser()).with_config(tags=["nostream"])
    chain: Runnable[str, str] = (
        {"question": RunnablePassthrough()}
        | RunnablePassthrough.assign(plain=reword)
        | answer
        | model
        | StrOutputParser()
    )
    return chain


class ChainBot:
    """What answers: anything with a label and a stream of deltas."""

    label = "limericks"
    caution = None
    window = None
    takes_images = False

    def __init__(self, chain: Runnable[str, str]) -> None:
        self._chain = chain

    def stream(self, messages: Sequence[ChatMessage]) -> DeltaStream:
        return stream_runnable(self._chain, messages[-1].text, label=self.label, idle=60, seconds=900)


async def main() -> None:
    """Answer until Ctrl-C. Raises TeleprinterError where it cannot begin, in a group where it was running already."""
    read = settings.load(os.environ, dotenv=Path(".env")).for_slack()
    logs.set_up(read.log_level or "INFO")
    model = build_chat_model(
        read.model, api_key=read.openai_api_key, base_url=read.openai_base_url, max_retries=2
    )
    try:
        async with running(read, ChainBot(limericks(model))) as us:
            whose = f" from @{us.name}" if us else ""
            print(f"Limericks{whose}. Ctrl-C stops.", flush=True)
            await asyncio.Event().wait()
    finally:
        await close_chat_model(model)


if __name__ == "__main__":
    try:
        asyncio.run(main())
    except KeyboardInterrupt:
        sys.exit(130)
    except (TeleprinterError, ExceptionGroup) as error:
        wrong = first_of(error)
        if not isinstance(wrong, TeleprinterError):
            raise
        sys.exit(str(wrong))
