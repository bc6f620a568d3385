"""What a model wrote, as it stands in a message: nobody is notified, and nothing is lost."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.markdown.render.message_text import mrkdwn, plain, slack_markdown
from bot.core.markdown.stream.healing import heal
from tests.strict import corpus, read, visible

if TYPE_CHECKING:
    from collections.abc import Callable

LIVE = re.compile(
    r"<(?:![a-z]|@[A-Z0-9]|#[A-Z0-9])|(?<![A-Za-z0-9_])@(?:here|channel|everyone|group)(?![A-Za-z0-9_])",
    re.IGNORECASE,
)
EMITTERS = [slack_markdown, mrkdwn, plain]
ANSWERS = corpus("llm_answers")
INJECTIONS = corpus("mention_injection_cases")
PIECES = [
    "<", "!here", "!channel|x", "!subteam^S1|@ops", "@U1", "#C1", ">", "&lt;", "&#60;", "&#x3c", "&amp;", "&#64;", "@here", "@",
    "here", "`", "```\n", " ", "\n", "**", "_", "[", "](https://e.org)", "](", "<br>", "https://e.org/", "|", "\\", "$", "- ",
]  # fmt: skip


@pytest.mark.parametrize("emit", EMITTERS)
@pytest.mark.parametrize("case", INJECTIONS, ids=lambda case: str(case["id"]))
def test_no_beginning_of_a_text_notifies_anybody(case: dict[str, Any], emit: Callable[[str], str]) -> None:
    beginnings = [case["input"][:end] for end in range(len(case["input"]) + 1)]
    shown = [emit(text) for beginning in beginnings for text in (beginning, heal(beginning))]
    assert [one for one in shown if LIVE.search(one)] == []


@pytest.mark.parametrize("case", INJECTIONS, ids=lambda case: str(case["id"]))
def test_what_would_notify_is_still_there_to_read(case: dict[str, Any]) -> None:
    assert (
        visible(slack_markdown(slack_markdown(case["input"]))) == visible(slack_markdown(case["input"])) != ""
    )


@pytest.mark.parametrize(
    ("emit", "shown"),
    [
        (slack_markdown, "See [it](https://e.org/x.png?q=secret)."),
        (mrkdwn, "See <https://e.org/x.png?q=secret|it>."),
        (plain, "See it."),
    ],
)
def test_an_image_is_a_link_which_nobody_fetches_unasked(emit: Callable[[str], str], shown: str) -> None:
    assert emit("See ![it](https://e.org/x.png?q=secret).") == shown


@given(st.lists(st.sampled_from(PIECES), max_size=14).map("".join))
def test_no_mixture_notifies_anybody_or_fails(text: str) -> None:
    for emit in EMITTERS:
        assert not LIVE.search(emit(text))
        assert not LIVE.search(emit(heal(text)))


@given(st.text())
def test_any_text_can_be_written_and_sent(text: str) -> None:
    for emit in EMITTERS:
        emit(text).encode()
    assert "<" not in plain(text)


def test_half_a_surrogate_pair_is_replaced() -> None:
    assert slack_markdown("a\ud83d b") == "a\ufffd b"


@pytest.mark.parametrize("emit", [slack_markdown, mrkdwn])
def test_the_asker_alone_may_be_mentioned(emit: Callable[..., str]) -> None:
    shown = emit("<@U1>, ask <@U2> or <!here>. *<@U1>*", asker="U1")
    assert shown.count("<@U1>") == 2
    assert "<@U2>" not in shown
    assert "<!here>" not in shown


@pytest.mark.parametrize("emit", [slack_markdown, mrkdwn])
@pytest.mark.parametrize(
    "text",
    ["`<@U1>`", "```\n<@U1>\n```", "&lt;@U1>", "[<@U1>](https://e.org)", "<@U1|x>", "\\<@U1>", "$<@U1>$"],
)
def test_the_asker_is_not_mentioned_where_it_was_not_meant(text: str, emit: Callable[..., str]) -> None:
    assert "<@U1>" not in emit(text, asker="U1")


@pytest.mark.parametrize("answer", ANSWERS, ids=lambda answer: str(answer["id"]))
def test_an_answer_reads_as_its_author_meant(answer: dict[str, Any]) -> None:
    checks, reading = answer["checks"], read(slack_markdown(answer["markdown"]))
    assert [text for text in checks["must"] if text not in reading.text] == []
    assert [text for text in checks["must_not"] if text in reading.text] == []
    for kind in ("bold", "italic", "strike", "code"):
        assert [text for text in checks[kind] if text not in "|".join(getattr(reading, kind))] == []
    assert [text for text in checks["pre"] if text not in "".join(reading.pre)] == []
    assert [link for link in checks["links"] if tuple(link) not in reading.links] == []


@pytest.mark.parametrize("answer", ANSWERS, ids=lambda answer: str(answer["id"]))
def test_written_again_it_stays_as_it_is(answer: dict[str, Any]) -> None:
    shown = slack_markdown(answer["markdown"])
    assert slack_markdown(shown) == shown


@pytest.mark.parametrize("emit", [mrkdwn, plain])
@pytest.mark.parametrize("answer", ANSWERS, ids=lambda answer: str(answer["id"]))
def test_other_ways_of_writing_keep_the_words(answer: dict[str, Any], emit: Callable[[str], str]) -> None:
    shown = re.sub(r"[\u200b*_~`]", "", emit(answer["markdown"]))
    words = re.findall(r"[^\W_]{4,}", " ".join(answer["checks"]["must"]))
    assert [word for word in words if word not in shown] == []
