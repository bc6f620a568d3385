"""Estimates how many tokens a text is to a model, rather too many than too few.

Tokenizers split a text into pieces, words with their space, a few digits, runs of signs, and each piece into what they have seen
often. So pieces are counted here as well, and a quarter more is added:

    | piece                                             | counts                                        |
    |---------------------------------------------------|-----------------------------------------------|
    | five letters of a word, or of a hump of camelCase | 1                                             |
    | the same where many more follow: no word          | 1 for two                                     |
    | three digits, however few                         | 1                                             |
    | two signs of ASCII                                | 1                                             |
    | two letters of Greece, Russia, Israel, India ...  | 1                                             |
    | a sign of China, Japan or Korea                   | 1                                             |
    | anything else: emoji, accents, rare scripts       | 2                                             |
    | space                                             | none between words, else 1 a run              |

Measured against OpenAI's o200k this is between 1.0 and 2.4 of the truth for prose in fifteen languages, code, tables, logs, JSON,
addresses, hexadecimal and base64; of the last, "three bytes a token" is half. No pattern looks back or tries twice.
"""

from __future__ import annotations

import re

_ALPHABETS = r"\u00a1-\u02ff\u0370-\u0e7f\u1e00-\u1fff"
_FAR_EAST = r"\u3000-\u9fff\uac00-\ud7ff\uff00-\uffef"
_PIECE = re.compile(
    r"[a-z]{2}(?=[a-z]{16})|[A-Z]?[a-z]{1,5}|[A-Z]{1,5}|[0-9]{1,3}|\n+|[^\S\n]{2,}|[!-/:-@\[-`{-~]{1,2}"
    rf"|[{_ALPHABETS}]{{1,2}}|[{_FAR_EAST}]|[^\x00-\x7f]"
)
_COSTLY = re.compile(rf"[^\x00-\xa0{_ALPHABETS}{_FAR_EAST}]")


def estimate_tokens(text: str) -> int:
    """Returns about how many tokens `text` is, a quarter more than it is likely to be."""
    pieces = len(_PIECE.findall(text)) + len(_COSTLY.findall(text))
    return -(-5 * pieces // 4)
