"""A chain as a stream of deltas, which is how the bot itself reads a model: text, thoughts, tools, counts, and one finish.

    TELEPRINTER_MODEL=openai:gpt-4.1-mini OPENAI_API_KEY=sk-... python examples/iterator.py "Why is the sky blue?"

The words go to standard output, everything else to standard error. Ctrl-C ends the model's call as well.
"""

from __future__ import annotations

import asyncio
import os
import sys
from contextlib import aclosing
from pathlib import Path
from typing import TYPE_CHECKING

from langchain_core.output_parsers import StrOutputParser
from langchain_core.prompts import ChatPromptTemplate

from bot.core.conversation.deltas import Finish, Reasoning, Text, ToolUse, Usage
from bot.errors import TeleprinterError
from bot.model.langchain.callbacks import stream_runnable
from bot.model.providers import build_chat_model, close_chat_model
from bot.settings import load

if TYPE_CHECKING:
    from bot.core.conversation.deltas import Delta


def show(delta: Delta) -> None:
    """Print one delta where it belongs."""
    match delta:
        case Text(text):
            print(text, end="", flush=True)
        case Reasoning(text):
            print(text, end="", file=sys.stderr, flush=True)
        case ToolUse(name=name) if name:
            print(f"[calls {name}]", file=sys.stderr)
        case Usage(sent, written):
            print(f"\n[{sent} tokens read, {written} written]", file=sys.stderr)
        case Finish(reason, note):
            print(f"\n[{reason.value}] {note}".rstrip(), file=sys.stderr)


async def main(question: str) -> None:
    """Read the answer to `question` delta by delta. Raises TeleprinterError where there is none."""
    settings = load(os.environ, dotenv=Path(".env"))
    model = build_chat_model(
        settings.model, api_key=settings.openai_api_key, base_url=settings.openai_base_url, max_retries=2
    )
    chain = ChatPromptTemplate.from_template("Answer in a few words: {question}") | model | StrOutputParser()
    try:
        async with aclosing(stream_runnable(chain, {"question": question}, idle=60)) as deltas:
            async for delta in deltas:
                show(delta)
    finally:
        await close_chat_model(model)


if __name__ == "__main__":
    try:
        asyncio.run(main(" ".join(sys.argv[1:]) or "What is a teleprinter?"))
    except KeyboardInterrupt:
        sys.exit(130)
    except TeleprinterError as error:
        sys.exit(f"\n{error}")
