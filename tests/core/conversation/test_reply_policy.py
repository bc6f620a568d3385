"""Who speaks to whom in a thread, and what the bot does: scenes, each read from Slack's own payloads."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.conversation.addressees import Addressees, read_addressees
from bot.core.conversation.authors import AuthorKind, MessageAuthor, read_author
from bot.core.conversation.content_parts import EditedPart, text_parts
from bot.core.conversation.history import ThreadMessage, as_message
from bot.core.conversation.incoming import Kind, parse_prompt
from bot.core.conversation.message_reader import read_message
from bot.core.conversation.reply_policy import (
    EXCHANGE,
    LONG_EXCHANGE,
    NONE_ON_RECORD,
    Follow,
    Participation,
    ReplyRules,
    Ruling,
    is_leave,
    is_settings,
    judge,
    judge_alone,
)

US, ADA, RAJ = "U0BOT", "U1ADA", "U2RAJ"
PEOPLE = {"ada": ADA, "raj": RAJ, "grace": "U3GRACE"}
ALARM = {"bot_id": "B9", "app_id": "A9", "bot_profile": {"id": "B9", "app_id": "A9", "name": "Alarm"}}
NAMES = {
    "@T": f"<@{US}>",
    "@Ada": f"<@{ADA}>",
    "@Raj": f"<@{RAJ}>",
    "@here": "<!here>",
    "@Ops": "<!subteam^S1>",
}


def payload(line: str, number: int) -> dict[str, Any]:
    """`ada: hello` as Slack delivers it in a thread. `ada+app` writes through an app, `alarm` is a bot, `flow` a workflow."""
    who, _, text = line.partition(": ")
    for name, token in NAMES.items():
        text = text.replace(name, token)
    name, _, through = who.partition("+")
    sender: dict[str, Any] = {"user": PEOPLE.get(name, "U9ALARM")} | (
        ALARM if through or name == "alarm" else {}
    )
    if name == "bot":
        sender = {"user": US, "bot_id": "B0"}
    if name == "flow":
        sender = {"subtype": "bot_message", "bot_id": "B8", "username": "Flow"}
    if name == "slackbot":
        sender = {"user": "USLACKBOT"}
    return sender | {
        "type": "message",
        "channel": "C1",
        "ts": f"{number}.0",
        "thread_ts": "1.0",
        "text": text,
    }


def thread_message(event: dict[str, Any], answers: str) -> ThreadMessage:
    if event.get("user") == US:
        return ThreadMessage(event["ts"], US, read_message(event), ours=True, marker=f"T:C1:{answers}:0")
    parts, to = read_message(event, bot_user=US), read_addressees(event, bot_user=US)
    return ThreadMessage(event["ts"], event.get("user", "B8"), parts, author=read_author(event), to=to)


def play(
    *lines: str,
    rules: ReplyRules | None = None,
    record: Participation = NONE_ON_RECORD,
    is_person: bool = True,
    edited: bool = False,
) -> Ruling | None:
    """What the bot does with the last of these lines; None where it is nobody's question to it. It answers the line before its own."""
    rules = rules or ReplyRules()
    events = [payload(line, number) for number, line in enumerate(lines, 1)]
    last = events[-1] | ({"edited": {"user": ADA, "ts": "99.0"}} if edited else {})
    prompt = parse_prompt({"team_id": "T", "api_app_id": "A0", "event": last}, bot_user=US, apps=rules.apps)
    if prompt is None:
        return None
    before = [
        thread_message(event, events[max(0, number - 1)]["ts"]) for number, event in enumerate(events[:-1])
    ]
    asked = as_message(prompt)
    ruling = judge_alone(asked, prompt.kind, rules) or judge(asked, prompt.kind, before, record, rules)
    if ruling is not Ruling.WHO_IS_IT:
        return ruling
    kind = AuthorKind.PERSON_THROUGH_APP if is_person else AuthorKind.APP
    known = replace(asked, author=MessageAuthor(kind, asked.author.names))
    return judge_alone(known, prompt.kind, rules) or judge(known, prompt.kind, before, record, rules)


ASKED = ("ada: @T one?", "bot: One.")

SCENES = {
    # -- one person and the bot
    "a mention": (("ada: @T one?",), Ruling.ANSWER),
    "a follow-up of who asked": ((*ASKED, "ada: and two?"), Ruling.ANSWER),
    "a follow-up before the first answer": (("ada: @T one?", "ada: no, two!"), Ruling.ANSWER),
    "thanks": ((*ASKED, "ada: Thanks a lot! :pray:"), Ruling.THANKS),
    "thanks in another language": ((*ASKED, "ada: Vielen Dank!"), Ruling.THANKS),
    "thanks and a question": ((*ASKED, "ada: thanks, and two?"), Ruling.ANSWER),
    "an emoji": ((*ASKED, "ada: :+1:"), Ruling.THANKS),
    "an emoji for an answer": (("ada: @T one?", "bot: One. Shall I go on?", "ada: :+1:"), Ruling.ANSWER),
    "a yes": ((*ASKED, "ada: ok"), Ruling.ANSWER),
    # -- others are spoken to
    "a mention of somebody else alone": ((*ASKED, "ada: @Raj lunch?"), Ruling.TO_OTHERS),
    "a mention of both": ((*ASKED, "ada: @Raj @T what do you think?"), Ruling.ANSWER),
    "a mention of everybody": ((*ASKED, "ada: @here look at this"), Ruling.TO_OTHERS),
    "a mention of a group": ((*ASKED, "ada: @Ops please restart it"), Ruling.TO_OTHERS),
    "who goes on speaking to somebody else": ((*ASKED, "ada: @Raj lunch?", "ada: or are you busy"), Ruling.TO_OTHERS),
    "who answers somebody that spoke to them": ((*ASKED, "raj: @Ada lunch?", "ada: sure"), Ruling.TO_OTHERS),
    "who comes back to the bot after that": (
        (*ASKED, "raj: @Ada lunch?", "ada: sure", "ada: @T and two?", "bot: Two.", "ada: three?"),
        Ruling.ANSWER,
    ),
    "who asked, after somebody's remark": ((*ASKED, "raj: nice", "ada: and two?"), Ruling.ANSWER),
    # -- several people
    "a newcomer without a mention": ((*ASKED, "raj: why?"), Ruling.NEWCOMER),
    "a newcomer with a mention": ((*ASKED, "raj: @T why?"), Ruling.ANSWER),
    "a newcomer who has mentioned it once": ((*ASKED, "raj: @T why?", "bot: Because.", "raj: really?"), Ruling.ANSWER),
    "who began the thread that another asked in": (("ada: blue?", "raj: @T tell her", "bot: Blue.", "ada: sure?"), Ruling.NEWCOMER),
    "the only person below an alert that was answered": (("alarm: disk full", "bot: Delete logs.", "ada: which?"), Ruling.ANSWER),
    "the only person below an alert that speaks of it": (("alarm: disk full", "bot: Delete logs.", "alarm: and full", "ada: I am on it"), Ruling.NEWCOMER),
    "talk in a thread without the bot": (("ada: lunch?", "raj: sure"), Ruling.NOT_FOLLOWED),
    # -- quoted, in code, edited
    "a mention inside a quote": ((*ASKED, "raj: &gt; @T one?\nthat was mine"), Ruling.NEWCOMER),
    "a mention inside code": ((*ASKED, "raj: write `@T one?` to ask it"), Ruling.NEWCOMER),
    "a quote of oneself and a question": ((*ASKED, "ada: &gt; @Raj said so\nis it true?"), Ruling.ANSWER),
    # -- leaving
    "what follows a leave": ((*ASKED, "ada: @T leave", "bot: Gone.", "ada: and two?"), Ruling.LEFT),
    "a mention after a leave": ((*ASKED, "ada: @T leave", "bot: Gone.", "ada: @T two?"), Ruling.ANSWER),
    "what follows that mention": (
        (*ASKED, "raj: @T please leave.", "bot: Gone.", "ada: @T two?", "bot: Two.", "ada: three?"),
        Ruling.ANSWER,
    ),
    # -- what posts by itself
    "an app's mention": (("ada: @T one?", "bot: One.", "flow: @T two?"), None),
    "Slackbot's mention": (("slackbot: @T one?",), None),
    "a bot's mention with its own account": (("alarm: @T one?",), Ruling.ANSWER),  # until Slack says whose account it is
    "a bot in a thread of others": (("ada: lunch?", "alarm: disk full"), Ruling.NOT_FOLLOWED),
    "a person's mention through an app": (("ada+app: @T one?",), Ruling.ANSWER),
    "a person's follow-up through an app": ((*ASKED, "ada+app: and two?"), Ruling.ANSWER),
    "what is asked after an app has spoken": ((*ASKED, "alarm: @Ada disk full", "ada: and two?"), Ruling.ANSWER),
}  # fmt: skip


@pytest.mark.parametrize(("lines", "ruling"), SCENES.values(), ids=SCENES)
def test_who_speaks_to_whom_decides_whether_the_bot_answers(
    lines: tuple[str, ...], ruling: Ruling | None
) -> None:
    assert play(*lines) is ruling


def test_a_bot_s_account_is_not_answered() -> None:
    assert play("alarm: @T one?", is_person=False) is Ruling.AUTOMATIC
    assert play(*ASKED, "alarm: @T one?", is_person=False) is Ruling.AUTOMATIC


ALLOWED = ReplyRules(apps=frozenset({"alarm", "flow", "slackbot"}))
TURN = ("alarm: @T again?", "bot: Again.")


@pytest.mark.parametrize("who", ["alarm", "flow", "slackbot"])
def test_an_app_that_is_allowed_by_name_is_answered_where_it_mentions_the_bot(who: str) -> None:
    assert play(f"{who}: @T one?", rules=ALLOWED) is Ruling.ANSWER
    assert play(f"{who}: @T one?", "bot: One.", f"{who}: and two?", rules=ALLOWED) is None


def test_an_exchange_with_an_app_ends_after_three_turns_until_a_person_speaks() -> None:
    assert play(*TURN * 2, TURN[0], rules=ALLOWED) is Ruling.ANSWER
    assert play(*TURN * EXCHANGE, TURN[0], rules=ALLOWED) is Ruling.EXCHANGE
    assert play(*TURN * EXCHANGE, "ada: go on", TURN[0], rules=ALLOWED) is Ruling.ANSWER
    assert play(*TURN * EXCHANGE, "ada+app: go on", TURN[0], rules=ALLOWED) is Ruling.EXCHANGE


def test_an_exchange_that_begins_a_thread_each_time_ends_as_well() -> None:
    asked = ("alarm: @T again?",)
    assert play(*asked, rules=ALLOWED, record=Participation(exchange=EXCHANGE - 1)) is Ruling.ANSWER
    assert play(*asked, rules=ALLOWED, record=Participation(exchange=EXCHANGE)) is Ruling.EXCHANGE


def test_a_program_behind_a_person_s_account_is_stopped_in_the_end() -> None:
    turn = ("ada+app: @T again?", "bot: Again.")
    assert play(*turn * (LONG_EXCHANGE - 1), turn[0]) is Ruling.ANSWER
    assert play(*turn * LONG_EXCHANGE, turn[0]) is Ruling.EXCHANGE
    assert play(*turn * LONG_EXCHANGE, "ada: @T me again") is Ruling.ANSWER


def test_an_answer_of_several_messages_counts_once() -> None:
    long = ("alarm: @T again?", "bot: Once", "bot: more.")
    scene = [payload(line, number) for number, line in enumerate(long * 2, 1)]
    before = [thread_message(event, "1.0" if number < 3 else "4.0") for number, event in enumerate(scene)]
    asked = ThreadMessage(
        "9.0", "B9", read_message(scene[0]), author=MessageAuthor(AuthorKind.APP, frozenset({"alarm"}))
    )
    assert judge(asked, Kind.MENTION, before, NONE_ON_RECORD, ALLOWED) is Ruling.ANSWER


def test_everyone_s_follow_ups_are_answered_where_the_operator_wants_so() -> None:
    everyone = ReplyRules(Follow.EVERYONE)
    assert play(*ASKED, "raj: why?", rules=everyone) is Ruling.ANSWER
    assert play(*ASKED, "raj: @Ada lunch?", rules=everyone) is Ruling.TO_OTHERS
    assert play("ada: lunch?", "raj: sure", rules=everyone) is Ruling.NOT_FOLLOWED


def test_nothing_but_mentions_is_answered_where_the_operator_wants_so() -> None:
    mentions = ReplyRules(Follow.MENTIONS)
    assert play(*ASKED, "ada: and two?", rules=mentions) is Ruling.NOT_FOLLOWED
    assert play(*ASKED, "ada: @T and two?", rules=mentions) is Ruling.ANSWER


def test_an_edited_mention_is_answered_where_it_has_no_answer() -> None:
    assert play(*ASKED, "ada: @T and two?", edited=True) is Ruling.ANSWER
    asked = ThreadMessage("1.0", ADA, read_message({"text": "one?"}))
    before = [ThreadMessage("2.0", US, asked.parts, ours=True, marker="T:C1:1.0+01:0")]
    assert judge(asked, Kind.EDITED, before, NONE_ON_RECORD, ReplyRules()) is Ruling.ANSWERED


def test_what_is_on_record_counts_as_what_stands_in_the_thread() -> None:
    assert play("ada: hm", "ada: and two?", record=Participation(took_part=True, asked=True)) is Ruling.ANSWER
    assert play(*ASKED, "ada: and two?", record=Participation(took_part=True, left=True)) is Ruling.LEFT


@pytest.mark.parametrize(
    ("record", "follow", "ruling"),
    [
        (Participation(took_part=True, asked=True), Follow.ASKER, Ruling.ANSWER),
        (Participation(took_part=True), Follow.ASKER, Ruling.UNREAD),
        (Participation(took_part=True), Follow.EVERYONE, Ruling.ANSWER),
        (Participation(took_part=True, asked=True, left=True), Follow.ASKER, Ruling.LEFT),
        (NONE_ON_RECORD, Follow.EVERYONE, Ruling.UNREAD),
    ],
    ids=["asked", "a newcomer, perhaps", "everyone", "left", "not known"],
)
def test_where_the_thread_cannot_be_read_the_record_decides(
    record: Participation, follow: Follow, ruling: Ruling
) -> None:
    asked = ThreadMessage("5.0", ADA, read_message({"text": "and two?"}))
    assert judge(asked, Kind.FOLLOW_UP, None, record, ReplyRules(follow)) is ruling


def test_a_mention_in_a_thread_that_cannot_be_read_is_answered_unless_an_app_wrote_it() -> None:
    asked = ThreadMessage("5.0", ADA, read_message({"text": "two?"}))
    app = replace(asked, author=MessageAuthor(AuthorKind.APP, frozenset({"alarm"})))
    assert judge(asked, Kind.EDITED, None, NONE_ON_RECORD, ALLOWED) is Ruling.ANSWER
    assert judge(app, Kind.MENTION, None, NONE_ON_RECORD, ALLOWED) is Ruling.EXCHANGE


@pytest.mark.parametrize(
    ("line", "leaves"),
    [
        ("ada: @T leave", True),
        ("ada: @T Please leave!", True),
        ("ada: leave", False),
        ("ada: @T leave Raj alone", False),
        ("alarm: @T leave", False),
    ],
)
def test_a_leave_is_a_person_s_mention_and_nothing_else(line: str, *, leaves: bool) -> None:
    assert is_leave(thread_message(payload(line, 1), "")) is leaves


lines = st.lists(
    st.tuples(
        st.sampled_from(["ada", "raj", "bot", "alarm", "flow", "ada+app"]),
        st.sampled_from(
            ["hm", "@T two?", "@Ada lunch?", "@Raj @T so?", "@T leave", "thanks", ":+1:", "&gt; @T"]
        ),
    ),
    min_size=1,
    max_size=12,
)


def test_a_thread_that_lost_what_the_record_knows_of_is_no_reason_to_answer_a_newcomer() -> None:
    assert play("ada: and two?", record=Participation(took_part=True)) is None
    asked = ThreadMessage("5.0", ADA, read_message({"text": "and two?"}))
    ruling = judge(asked, Kind.FOLLOW_UP, [], Participation(took_part=True), ReplyRules())
    assert ruling is Ruling.NEWCOMER


@given(lines)
def test_no_thread_lets_an_app_be_answered_that_nobody_named(said: list[tuple[str, str]]) -> None:
    last = f"alarm: {said[-1][1]}"
    ruling = play(*(f"{who}: {text}" for who, text in said[:-1]), last, is_person=False)
    assert ruling is not Ruling.ANSWER


@given(lines)
def test_a_person_who_mentions_the_bot_is_answered_whatever_was_said_before(
    said: list[tuple[str, str]],
) -> None:
    assert play(*(f"{who}: {text}" for who, text in said), "raj: @T so?") is Ruling.ANSWER


@given(lines)
def test_whoever_speaks_to_others_alone_is_left_alone(said: list[tuple[str, str]]) -> None:
    assert play(*(f"{who}: {text}" for who, text in said), "raj: @Ada lunch?") is Ruling.TO_OTHERS


@given(lines)
def test_apps_alone_get_three_answers_in_a_row_at_most(said: list[tuple[str, str]]) -> None:
    apps = [f"{who}: {text}" for who, text in said if who in ("alarm", "flow")]
    thread: list[str] = []
    answers = 0
    for line in apps:
        thread.append(line)
        if play(*thread, rules=ALLOWED, is_person=False) is Ruling.ANSWER:
            thread.append("bot: Yes.")
            answers += 1
    assert answers <= EXCHANGE


@pytest.mark.parametrize(
    ("text", "to_us", "shows"),
    [
        ("settings", True, True),
        ("Settings, please!", True, True),
        ("Einstellungen", True, True),
        ("settings", False, False),
        ("Which settings?", True, False),
        ("", True, False),
    ],
)
def test_who_mentions_us_with_the_word_settings_alone_wants_to_see_them(
    text: str, *, to_us: bool, shows: bool
) -> None:
    asked = ThreadMessage("1.0", "U1", text_parts(text), to=Addressees(us=to_us))
    edited = replace(asked, parts=(*asked.parts, EditedPart()))
    assert [is_settings(one) for one in (asked, edited)] == [shows] * 2
