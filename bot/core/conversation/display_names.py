"""Puts names where Slack has ids: before what each person says, and where somebody is mentioned.

People choose their names, so a name is cleaned: one line, no control signs, no marks that Slack or a model reads as markup.
Two people of one name, and whoever is called as we are, have their ids behind it: nobody speaks as somebody else. An id without a
name stays as it is.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

from bot.core.conversation.content_parts import TextPart

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from bot.core.conversation.content_parts import Parts
    from bot.core.conversation.history import ThreadMessage

LONGEST = 60
"""Characters of a name: Slack's own display names have 80 at most, and few have more than 30."""
MOST = 50
"""Names that are looked up for one question, of those who were named last."""

_ID = re.compile(r"(?<![\w@#])[@#]([UWBCG][A-Z0-9]{7,20})\b")
_MARKUP = re.compile(r"[<>@#:`*_~|\[\]{}\\\"]")


def clean_name(name: str, *, longest: int = LONGEST) -> str:
    """Returns a name, or another text that people choose, as one plain line; "" where nothing of it can be shown."""
    spoken = "".join(" " if _is_control(sign) else sign for sign in name)
    return " ".join(_MARKUP.sub(" ", spoken).split())[:longest].strip()


def _is_control(sign: str) -> bool:
    return unicodedata.category(sign) in ("Cc", "Cf", "Cs", "Co", "Zl", "Zp")


def display_names(names: Mapping[str, str], *, ours: str) -> dict[str, str]:
    """Returns what each account is called, by its id; those of whom nothing can be shown are left out. `ours` is our own name."""
    cleaned = {one: clean_name(name) for one, name in names.items()}
    times = Counter(name.casefold() for name in cleaned.values())
    times[clean_name(ours).casefold()] += 1
    return {
        one: f"{name} ({one})" if times[name.casefold()] > 1 else name
        for one, name in cleaned.items()
        if name
    }


def mentioned_ids(said: Sequence[ThreadMessage]) -> list[str]:
    """Returns the ids in a thread that a name can be found for, whoever was named last first: MOST of them."""
    ids: dict[str, None] = {}
    for one in reversed(said):
        texts = [part.text for part in one.parts if isinstance(part, TextPart)]
        found = (match[1] for text in texts for match in _ID.finditer(text))
        ids |= dict.fromkeys(found if one.ours else (one.user, *found))
        if len(ids) >= MOST:
            break
    return [one for one in ids if one][:MOST]


def with_names(said: Iterable[ThreadMessage], names: Mapping[str, str]) -> list[ThreadMessage]:
    """Returns the thread with names for ids, of those that have one. An app goes by the name that its own message has."""
    return [
        replace(
            one, user=names.get(one.user) or clean_name(one.name) or one.user, parts=_named(one.parts, names)
        )
        for one in said
    ]


def _named(parts: Parts, names: Mapping[str, str]) -> Parts:
    def name(match: re.Match[str]) -> str:
        return match[0][0] + names[match[1]] if match[1] in names else match[0]

    return tuple(
        replace(part, text=_ID.sub(name, part.text)) if isinstance(part, TextPart) else part for part in parts
    )
