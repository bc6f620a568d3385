"""Holds what a reader is told besides the answer, in Slack and in the terminal alike."""

from __future__ import annotations

from bot.core.conversation.deltas import Finish, Reason

STOPPED = "I was stopped while writing this. Please ask again."
HALTED = "Stopped."
GAVE_UP = "I broke down every time I tried to answer this, so I leave it. Please ask it another way."
NEXT = "will answer your next question after this one…"
CRASHED = "Something went wrong on my side. Please ask again."
UNREAD = "I could not read the earlier messages of this thread, so I answered without them."
UNREADABLE = "There was nothing in your message that I can read, so I answered without it."
LIMITED = "has words for you, but Slack wants a pause before it takes more of them…"
UNPOSTED = "has an answer for you that Slack does not take. Whoever runs me has to look at it."
HELLO = "Hi! Ask me anything: I read this thread, and my answer appears while it is being written."

_ENDS = {
    Reason.LENGTH: "The model reached its limit for one answer; this one is cut short.",
    Reason.FILTERED: "The model's provider cut this answer: its content filter stepped in.",
    Reason.EMPTY: "The model gave no answer. Try putting the question another way.",
    Reason.TOOLS: "The model asked for a tool that I do not have.",
    Reason.REFUSED: "The model declined to answer.",
}


def aside(text: str) -> str:
    """What we say ourselves stands apart from what the model wrote."""
    return f"*{text}*" if text else ""


def ending(finish: Finish) -> str:
    """Returns what to say of an answer's end; "" where it ended as it should. A refusal's own words go before ours."""
    return finish.note or _ENDS.get(finish.reason, "")
