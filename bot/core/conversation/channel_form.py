"""Builds what shows how answers in a channel are set, and reads what its managers submit.

Whoever is in the channel may look; who may change it is decided anew when the form is submitted. Nothing of that is believed but who has
submitted it: it says of which channel it is, and whoever has made that up has to be a manager of that channel as well.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from bot.core.conversation import notices
from bot.core.conversation.answer_settings import (
    MOST_INSTRUCTIONS,
    NOTHING_SET_HERE,
    AnswerSettings,
    ChannelSettings,
    Source,
    follow_of,
    model_of,
)
from bot.core.conversation.form_blocks import (
    FormOption,
    choosing_field,
    chosen,
    context,
    form_button,
    form_values,
    plain,
    section,
    writing_field,
    written,
)
from bot.core.conversation.json_payload import as_payload, as_payloads, as_text
from bot.core.conversation.reply_policy import Follow
from bot.core.conversation.settings_form import (
    INSTRUCTIONS,
    UNSET,
    chosen_model,
    form,
    is_offered,
    model_field,
    too_long,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.core.conversation.json_payload import Payload
    from bot.language.catalogue import Language
    from bot.language.translatable import Translatable

CHANNEL_FORM = "teleprinter.channel_settings"
"""Names the form, as its callback id."""
SHOW_CHANNEL = "teleprinter.show_channel_settings"
"""The action id of the button that opens it."""
FOLLOW, ANSWERS = "follow", "answers"
ON, OFF = "on", "off"
_CHANNEL = re.compile(r"[CG][A-Z0-9]{2,20}")
_SOURCES = {
    Source.OPERATOR: notices.SET_BY_OPERATOR,
    Source.CHANNEL: notices.SET_HERE,
    Source.PERSON: notices.SET_BY_YOU,
}
_FOLLOWED = dict(zip(Follow, notices.FOLLOWED, strict=True))


@dataclass(frozen=True, slots=True)
class ChannelVisit:
    """Somebody wants to see how a channel is set. `trigger` lets a form be opened, for three seconds."""

    team: str
    channel: str
    user: str
    trigger: str = ""


@dataclass(frozen=True, slots=True)
class ChannelGiven:
    """Somebody has submitted what they want of a channel. `problem` says why it is not to be kept, None where it is."""

    team: str
    channel: str
    user: str
    settings: ChannelSettings = NOTHING_SET_HERE
    problem: Translatable | None = None


class PanelAnswer(NamedTuple):
    """Says what becomes of a submitted form: a `problem` stands in it, or a `view` in its place."""

    problem: str = ""
    view: Payload | None = None


class OperatorWants(NamedTuple):
    """Holds what counts where nobody has set anything: the models that are offered, the usual one first, and whom we follow."""

    models: Sequence[str]
    follow: Follow


def settings_button(language: Language) -> Payload:
    """Returns the button that opens the settings of the channel in which it stands."""
    return form_button(SHOW_CHANNEL, language.say(notices.SHOW_SETTINGS))


def parse_show(payload: Payload, *, team: str) -> ChannelVisit | None:
    """Returns which channel somebody wants to see, as a `block_actions` payload says; None where it says nothing of the kind."""
    container = as_payload(payload.get("container"))
    channel = as_text(container.get("channel_id")) or as_text(as_payload(payload.get("channel")).get("id"))
    user, actions = as_text(as_payload(payload.get("user")).get("id")), as_payloads(payload.get("actions"))
    if not user or not _CHANNEL.fullmatch(channel) or not actions:
        return None
    if actions[0].get("action_id") != SHOW_CHANNEL:
        return None
    return ChannelVisit(team, channel, user, as_text(payload.get("trigger_id")))


def parse_channel(payload: Payload, *, team: str, models: Sequence[str]) -> ChannelGiven:
    """Returns what a `view_submission` payload says that somebody wants of a channel of the workspace `team`."""
    view, values = as_payload(payload.get("view")), form_values(payload)
    channel = as_text(view.get("private_metadata"))
    user = as_text(as_payload(payload.get("user")).get("id"))
    follow, answers = chosen(values, FOLLOW), chosen(values, ANSWERS)
    follows = {one.value: one for one in Follow}
    known = follow in (UNSET, *follows) and answers in (ON, OFF) and is_offered(values, models)
    if not user or not _CHANNEL.fullmatch(channel) or not known:
        return ChannelGiven(team, channel, user, problem=notices.SETTINGS_UNKNOWN)
    instructions = written(values, INSTRUCTIONS)
    if len(instructions) > MOST_INSTRUCTIONS:
        return ChannelGiven(team, channel, user, problem=too_long())
    wanted = ChannelSettings(instructions, chosen_model(values), follows.get(follow), answers == OFF)
    return ChannelGiven(team, channel, user, wanted)


def channel_form(channel: str, settings: AnswerSettings, wants: OperatorWants, language: Language) -> Payload:
    """Returns the form for a channel's managers in a language, with what counts now above it."""
    now, say = settings.channel, language.say
    usual = notices.AS_OPERATOR_WANTS.fill(value=_FOLLOWED[wants.follow])
    follows = [FormOption(say(usual), UNSET), *(FormOption(say(_FOLLOWED[one]), one.value) for one in Follow)]
    fields = [
        section("\n".join(told(settings, wants, language))),
        choosing_field(
            ANSWERS,
            say(notices.ANSWERS_HERE),
            [FormOption(say(notices.YES), ON), FormOption(say(notices.NO), OFF)],
            value=OFF if now.off else ON,
        ),
        writing_field(
            INSTRUCTIONS,
            say(notices.CHANNEL_WISHES),
            hint=say(notices.CHANNEL_WISHES_HINT),
            example=say(notices.CHANNEL_WISHES_EXAMPLE),
            value=now.instructions,
            most=MOST_INSTRUCTIONS,
        ),
        *model_field(now.model, language, wants.models),
        choosing_field(
            FOLLOW, say(notices.FOLLOW_LABEL), follows, value=now.follow.value if now.follow else UNSET
        ),
    ]
    return form(CHANNEL_FORM, say(notices.CHANNEL_SETTINGS), fields, language, about=channel)


def channel_view(
    settings: AnswerSettings, wants: OperatorWants, language: Language, word: Translatable
) -> Payload:
    """Returns what somebody sees who cannot change it, or has just done so, with a `word` on that."""
    say = language.say
    return {
        "type": "modal",
        "title": plain(say(notices.CHANNEL_SETTINGS)),
        "close": plain(say(notices.NOTE_CLOSE)),
        "blocks": [section("\n".join(told(settings, wants, language))), context(say(word))],
    }


def told(settings: AnswerSettings, wants: OperatorWants, language: Language) -> list[str]:
    """Returns each setting in a line: what it is, and who has set it so."""
    here = settings.channel
    model, follow = model_of(settings, wants.models), follow_of(here, wants.follow)
    own = here.instructions or notices.NOTHING_WISHED
    values: list[tuple[Translatable, Translatable | str, Source]] = [
        (notices.ANSWERS_HERE, notices.NO if here.off else notices.YES, _if_set(here.off)),
        (notices.CHANNEL_WISHES, own, _if_set(bool(here.instructions))),
        (notices.MODEL_LABEL, model.name or wants.models[0], model.source),
        (notices.FOLLOW_LABEL, _FOLLOWED[follow.follow], follow.source),
    ]
    return [
        language.say(notices.SET_TO.fill(what=what, value=value, source=_SOURCES[source]))
        for what, value, source in values
    ]


def _if_set(is_set: bool) -> Source:
    return Source.CHANNEL if is_set else Source.OPERATOR
