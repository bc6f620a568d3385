"""What the bot itself says is in the language of whoever reads it: through real Bolt, in a workspace of many languages."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from bot.core.conversation import notices
from bot.core.conversation.app_home import DELETE_DATA
from bot.core.conversation.deltas import Finish, Reason
from bot.core.conversation.private_question import SHARE
from bot.language.catalogue import ENGLISH, LANGUAGES, Language
from scripts.catalogues import texts
from slack_emulator.seeding.seed import Registration, sparkling_seed
from slack_emulator.server import Workspace
from tests.patience import SLACK_WAITS
from tests.stories.conftest import MANIFEST, Storyteller
from tests.stories.test_answering import until
from tests.stories.test_app_home import shows
from tests.stories.test_controls import answers, press, there

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator
    from pathlib import Path

    from bot.language.translatable import Translatable
    from slack_emulator.state.models import View
    from tests.stories.conftest import Start

LOCALES = {"ada": "en-GB", "raj": "de-DE", "linnea": "ja-JP"}
GERMAN, JAPANESE = Language("de"), Language("ja")
ASKED = "@Teleprinter Write me a song."


@pytest.fixture
async def slack() -> AsyncGenerator[Workspace]:
    """Sparkling, where Ada's Slack is in English, Raj's in German and Linnea's in Japanese; only Grace is an admin."""
    seed = sparkling_seed()
    (home,) = seed.workspaces
    people = [
        replace(one, admin=one.name == "grace", locale=LOCALES.get(one.name, "pt-BR")) for one in home.people
    ]
    app = Registration("Teleprinter", manifest=str(MANIFEST))
    async with Workspace.start(
        patience=SLACK_WAITS, seed=replace(seed, workspaces=[replace(home, people=people)], apps=[app])
    ) as workspace:
        yield workspace


def below(slack: Workspace, ts: str) -> str:
    """What stands below the newest answer in the thread, as JSON."""
    return json.dumps((answers(slack, ts)[-1].blocks or [])[1:], ensure_ascii=False)


async def offers(slack: Workspace, ts: str, language: Language, *wanted: Translatable) -> None:
    """Waits until below the newest answer stands what is wanted, in that language."""
    words = [language.say(one) for one in wanted]
    await slack.wait_for(lambda: bool(answers(slack, ts)) and all(one in below(slack, ts) for one in words))


async def test_two_who_ask_in_one_channel_read_each_their_own_language(
    slack: Workspace, start: Start
) -> None:
    languages = {"raj": GERMAN, "ada": ENGLISH, "linnea": JAPANESE, "grace": ENGLISH}
    async with start(Storyteller("Bubbles rise …pause… and fall.")):
        asked = {who: await slack.say("general", who, ASKED) for who in languages}
        for who, language in languages.items():
            await offers(slack, asked[who], language, notices.WRITING, notices.STOP)
            await press(slack, asked[who], "stop", by=who)
            await until(slack, asked[who], f"Bubbles rise\n\n*{language.say(notices.HALTED)}*")
            await offers(slack, asked[who], language, notices.CONTINUE, notices.REGENERATE, notices.DELETE)
    statuses = {
        call.args.get("status") for call in slack.calls if call.method == "assistant.threads.setStatus"
    }
    assert {one.say(notices.IS_THINKING) for one in languages.values()} <= statuses


async def test_who_may_not_press_is_refused_in_their_own_language_below_one_and_the_same_answer(
    slack: Workspace, start: Start, whispers: list[tuple[str, str]]
) -> None:
    async with start(Storyteller("Bubbles rise …pause… and fall.")):
        ts = await slack.say("general", "ada", ASKED)
        await until(slack, ts, "Bubbles rise")
        await press(slack, ts, "stop", by="raj")
        await slack.wait_for(lambda: whispers == [("raj", GERMAN.say(notices.NOT_YOURS))])
        await press(slack, ts, "stop", by="linnea")
        await slack.wait_for(lambda: whispers[1:] == [("linnea", JAPANESE.say(notices.NOT_YOURS))])
        await press(slack, ts, "stop", by="ada")
        await until(slack, ts, "Bubbles rise\n\n*Stopped.*")


async def test_an_answer_that_another_process_takes_over_goes_on_in_the_same_language(
    slack: Workspace, start: Start, somewhere: Path | str
) -> None:
    async with start(
        Storyteller("Bubbles rise …pause… and fall."), database=somewhere, drain=0.0, replica="a"
    ):
        ts = await slack.say("general", "raj", ASKED)
        await offers(slack, ts, GERMAN, notices.STOP)
    again = Storyteller("Bubbles rise and burst …cut…")
    async with start(again, database=somewhere, replica="a"):
        end = notices.ending(Finish(Reason.LENGTH), GERMAN)
        await until(slack, ts, f"Bubbles rise and burst\n\n*{end}*")
        await offers(slack, ts, GERMAN, notices.CONTINUE)
        again.go.set()
        await press(slack, ts, "continue", by="raj")
        await slack.wait_for(lambda: len(again.asked) == 2)
    # What we have said ourselves below the half of it does not come back to the model.
    assert end not in " ".join(one.text for one in again.asked[1])


def good(slack: Workspace, ts: str) -> str:
    """The value of the button that calls the newest answer good."""
    rows: list[Any] = [block.get("elements", ()) for block in answers(slack, ts)[-1].blocks or ()]
    (value,) = [one["positive_button"]["value"] for row in rows for one in row if "positive_button" in one]
    return str(value)


ENGLISH_TEXTS = [one.id if isinstance(one.id, str) else one.id[0] for one in texts() if one.id]


def is_english(words: str) -> bool:
    """Tells whether words that somebody reads hold a text of the catalogue in English. A single word counts where it stands alone."""
    return any(one in words if " " in one else one == words for one in ENGLISH_TEXTS)


def sent(slack: Workspace) -> list[str]:
    """Each string that the bot has sent to Slack for people, whole."""
    return [word for call in slack.calls if call.app_id == slack.app.id for word in strings(dict(call.args))]


def strings(value: Any) -> list[str]:
    if isinstance(value, str):
        found = decoded(value)
        return [value] if found is None else strings(found)
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return [word for one in inner for word in strings(one)]


def decoded(value: str) -> Any:
    """What a string holds that is JSON of its own, as `blocks` and `view` may come; None for any other."""
    return json.loads(value) if value[:2] in ("[{", '{"') else None


async def modal(slack: Workspace) -> View:
    await slack.wait_for(lambda: bool(slack.state.views.open))
    return next(iter(slack.state.views.open.values()))


@pytest.mark.parametrize("language", [one for one in LANGUAGES if one != ENGLISH], ids=lambda one: one.code)
async def test_who_uses_all_that_there_is_never_reads_a_word_of_english(
    slack: Workspace, start: Start, whispers: list[tuple[str, str]], language: Language
) -> None:
    slack.state.add_user(replace(slack.person("linnea"), locale=f"{language.code}-XX"))
    model = Storyteller("Zing …pause… zong.", "Zing …fail…", "Zing …cut…", "Zing.")
    async with start(model):
        await slack.open_home("linnea", slack.app)
        await slack.open_home("linnea", slack.app, tab="messages")
        ts = await slack.say("general", "linnea", ASKED)
        await offers(slack, ts, language, notices.STOP)
        await press(slack, ts, "stop", by="linnea")
        await press(slack, ts, "continue", by="linnea")
        await offers(slack, ts, language, notices.RETRY)
        await press(slack, ts, "retry", by="linnea")
        await slack.wait_for(lambda: len(answers(slack, ts)) == 3)
        await offers(slack, ts, language, notices.CONTINUE)
        await press(slack, ts, "regenerate", by="linnea")
        await slack.wait_for(lambda: len(answers(slack, ts)) == 4)
        await there(slack, ts, "feedback")
        await press(slack, ts, "feedback", by="linnea", value=good(slack, ts))
        await slack.wait_for(lambda: bool(whispers))
        await slack.press(
            "general", slack.state.whispers_to(slack.person("linnea").id)[-1].ts, "linnea", "teleprinter.note"
        )
        await slack.submit((await modal(slack)).id, "linnea", {"note": "Zing."})
        await slack.command("general", "linnea", "/ask")
        await slack.command("general", "linnea", "/ask Zing?")
        await slack.wait_for(lambda: whispers[-1][1] == "Zing.")
        await slack.press(
            "general", slack.state.whispers_to(slack.person("linnea").id)[-1].ts, "linnea", SHARE
        )
        await slack.say("general", "linnea", "@Teleprinter leave", ts)
        await slack.wait_for(lambda: language.say(notices.LEFT) in sent(slack))
        await slack.open_home("linnea", slack.app)
        await slack.press_in_view(await shows(slack, DELETE_DATA, "linnea"), "linnea", DELETE_DATA)
        # The last answer may be at its end still.
        deleted = {language.say(one) for one in (notices.HOME_DELETED, notices.HOME_KEPT_RUNNING)}
        await slack.wait_for(lambda: not deleted.isdisjoint(sent(slack)))
    shared = [one.text for one in slack.messages("general") if one.user == slack.app.bot_user_id]
    said = [*sent(slack), *shared, *(words for _, words in whispers)]
    assert language.say(notices.STOP) in said
    assert [words for words in said if is_english(words)] == []
