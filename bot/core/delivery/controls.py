"""Decides what people can do about an answer, and puts it below the last of its messages as Block Kit.

    the answer is   below its last message                                   below the others
    ==============  =======================================================  ================
    being written   a line of what it does now, and Stop                     nothing
    WHOLE           Regenerate; feedback; a menu: earlier takes, Stop        nothing
                    following (not in direct messages), Delete
    STOPPED, CUT    Continue, and the same                                   nothing
    FAILED          Try again; the menu                                      nothing
    CLOSED          nothing: no model said it, or its question is gone       nothing

*What always holds.* Controls are part of what a call shows, and never the reason for one: they come with the first words and
change with each call that carries more, and Stop goes with the last edit, of which every answer is promised one. So a message that
is complete offers nothing that it can no longer do, save where Slack has taken no edit for it: then what is pressed is told to be
over.

Each has the answer's tag as its value: see `bot.core.conversation.answer_key`. What people press comes back as a
`bot.core.delivery.press.Press`.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from bot.core.conversation import notices
from bot.core.conversation.form_blocks import context, plain

if TYPE_CHECKING:
    from bot.core.conversation.json_payload import Payload
    from bot.language.catalogue import Language
    from bot.language.translatable import Translatable

CONTROL_BLOCKS = 3
"""The most blocks that they take of a message, which may have 50."""
MOST_ENTRIES = 5
"""Entries of the menu (docs.slack.dev, overflow menu): Earlier takes, the newest, have what the others leave."""


class AnswerEnd(Enum):
    """Says how an answer has ended, as far as its reader can do something about it."""

    WHOLE = "whole"
    STOPPED = "stopped"  # somebody pressed Stop
    CUT = "cut"  # the model reached its limit for one answer
    FAILED = "failed"  # its reader is told to ask again
    CLOSED = "closed"  # there is nothing to be done: no model said it, or its question is gone


class ControlKind(Enum):
    """Names what can be pressed: the end of its action id."""

    STOP = "stop"
    CONTINUE = "continue"
    REGENERATE = "regenerate"
    RETRY = "retry"
    FEEDBACK = "feedback"
    MENU = "menu"
    DELETE = "delete"  # in the menu
    LEAVE = "leave"  # there too: follow the thread no longer
    FORMER = "former"  # a link there: nothing to be done
    NOTE = "note"  # in the word of thanks for feedback
    APPROVE = "approve"  # in the message that asks whether a tool may act
    DECLINE = "decline"  # there, too
    EDITED = "edited"  # in the word to somebody who has edited their question


ACTION = "teleprinter."
"""Begins each of our action ids."""
GOOD, BAD = "good", "bad"
NOTE_VIEW, NOTE_INPUT = f"{ACTION}note_view", "note"
"""The modal for a note to feedback, and its one input."""

_OFFERED = {
    AnswerEnd.WHOLE: (ControlKind.REGENERATE, ControlKind.MENU, ControlKind.FEEDBACK),
    AnswerEnd.STOPPED: (ControlKind.CONTINUE, ControlKind.REGENERATE, ControlKind.MENU, ControlKind.FEEDBACK),
    AnswerEnd.CUT: (ControlKind.CONTINUE, ControlKind.REGENERATE, ControlKind.MENU, ControlKind.FEEDBACK),
    AnswerEnd.FAILED: (ControlKind.RETRY, ControlKind.MENU),
    AnswerEnd.CLOSED: (),
}
_LABELS = {
    ControlKind.STOP: notices.STOP,
    ControlKind.CONTINUE: notices.CONTINUE,
    ControlKind.REGENERATE: notices.REGENERATE,
    ControlKind.RETRY: notices.RETRY,
    ControlKind.NOTE: notices.ADD_NOTE,
    ControlKind.EDITED: notices.ANSWER_AGAIN,
    ControlKind.APPROVE: notices.APPROVE,
    ControlKind.DECLINE: notices.DECLINE,
}


@dataclass(frozen=True, slots=True)
class Controls:
    """Holds what stands below the last message of the answer `tag`: while it is written, where `end` is None, with the `line` of what
    it does now, and afterwards with one of what it took, and `former`, the addresses of earlier takes, the oldest first. `direct`: it
    stands in a direct message, where there is no thread that we could leave."""

    tag: str
    end: AnswerEnd | None
    line: Translatable | None = None
    former: tuple[str, ...] = ()
    direct: bool = False

    @property
    def offers(self) -> tuple[ControlKind, ...]:
        """Returns what can be pressed, in the order in which it stands there."""
        return (ControlKind.STOP,) if self.end is None else _OFFERED[self.end]


def block_kit(controls: Controls | None, language: Language) -> list[Payload]:
    """Returns the blocks that show them in a language; none where there is nothing to be pressed."""
    if controls is None or not controls.offers:
        return []
    line = [context(language.say(controls.line))] if controls.line else []
    row = [_element(one, controls, language) for one in controls.offers if one is not ControlKind.FEEDBACK]
    judged = [_feedback(controls.tag, language)] if ControlKind.FEEDBACK in controls.offers else []
    return [*line, {"type": "actions", "elements": row}, *judged]


def button(control: ControlKind, tag: str, language: Language, *, thread_ts: str = "") -> Payload:
    """Returns a button of the answer `tag`; in a private word it has to say in which thread, since Slack may not."""
    return {
        "type": "button",
        "action_id": f"{ACTION}{control.value}",
        "text": plain(language.say(_LABELS[control])),
        "value": f"{thread_ts} {tag}".strip(),
    }


def note_modal(channel: str, thread_ts: str, tag: str, language: Language) -> Payload:
    """Returns the modal in which somebody can say more about the answer `tag`."""
    field = {"type": "plain_text_input", "action_id": NOTE_INPUT, "multiline": True, "max_length": 3_000}
    return {
        "type": "modal",
        "callback_id": NOTE_VIEW,
        "private_metadata": f"{channel} {thread_ts} {tag}",
        "title": plain(language.say(notices.NOTE_TITLE)),
        "submit": plain(language.say(notices.NOTE_SUBMIT)),
        "close": plain(language.say(notices.NOTE_CLOSE)),
        "blocks": [
            {
                "type": "input",
                "block_id": NOTE_INPUT,
                "label": plain(language.say(notices.NOTE_LABEL)),
                "element": field,
            }
        ],
    }


def _element(control: ControlKind, controls: Controls, language: Language) -> Payload:
    if control is ControlKind.MENU:
        return _menu(controls, language)
    return button(control, controls.tag, language)


def _menu(controls: Controls, language: Language) -> Payload:
    links = [
        {
            "text": plain(language.say(notices.FORMER.fill(number=number))),
            "url": address,
            "value": f"{ControlKind.FORMER.value} {controls.tag}",
        }
        for number, address in enumerate(controls.former, start=1)
    ]
    leave = [] if controls.direct else [_entry(ControlKind.LEAVE, notices.LEAVE, controls.tag, language)]
    others = [*leave, _entry(ControlKind.DELETE, notices.DELETE, controls.tag, language)]
    return {
        "type": "overflow",
        "action_id": f"{ACTION}{ControlKind.MENU.value}",
        "options": [*links[len(others) - MOST_ENTRIES :], *others],
    }


def _entry(control: ControlKind, words: Translatable, tag: str, language: Language) -> Payload:
    return {"text": plain(language.say(words)), "value": f"{control.value} {tag}"}


def _feedback(tag: str, language: Language) -> Payload:
    buttons = {
        "positive_button": (language.say(notices.GOOD), GOOD),
        "negative_button": (language.say(notices.BAD), BAD),
    }
    shown = {
        name: {"text": plain(label), "accessibility_label": label, "value": f"{verdict} {tag}"}
        for name, (label, verdict) in buttons.items()
    }
    element = {"type": "feedback_buttons", "action_id": f"{ACTION}{ControlKind.FEEDBACK.value}", **shown}
    return {"type": "context_actions", "elements": [element]}
