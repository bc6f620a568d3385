"""Words in the terminal as the model writes them, from an ordinary chain.

    TELEPRINTER_MODEL=openai:gpt-4.1-mini OPENAI_API_KEY=sk-... python examples/terminal.py "Why is the sky blue?"

Any server that speaks OpenAI's API will do instead: OPENAI_BASE_URL=http://localhost:11434/v1.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from langchain_core.output_parsers import StrOutputParser
from langchain_core.prompts import ChatPromptTemplate

from bot.errors import SettingsError
from bot.model.langchain.callbacks import TerminalHandler
from bot.model.providers import build_chat_model
from bot.settings import load


def main(question: str) -> int:
    """Print the answer while it is written. 1: there was none, and standard error says why; 130: Ctrl-C."""
    try:
        settings = load(os.environ, dotenv=Path(".env"))
        model = build_chat_model(
            settings.model, api_key=settings.openai_api_key, base_url=settings.openai_base_url, max_retries=2
        )
    except SettingsError as error:
        print(error, file=sys.stderr)
        return 1
    chain = ChatPromptTemplate.from_template("Answer in a few words: {question}") | model | StrOutputParser()
    try:
        chain.invoke({"question": question}, {"callbacks": [TerminalHandler()]})
    except KeyboardInterrupt:
        return 130
    except Exception:
        return 1  # the handler has told what went wrong
    return 0


if __name__ == "__main__":
    sys.exit(main(" ".join(sys.argv[1:]) or "What is a teleprinter?"))
