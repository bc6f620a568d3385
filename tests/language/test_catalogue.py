"""Texts as people read them, each in their language."""

from __future__ import annotations

import subprocess
import sys

import pytest

from bot.core.conversation import notices
from bot.language.catalogue import ENGLISH, LANGUAGES, Language, language_of
from bot.language.translatable import Translatable

SHOWN = {
    "en": ["Stop", "Read 1 message, and writing…", "Read 2 messages, and writing…"],
    "de": ["Anhalten", "1 Nachricht gelesen, ich schreibe…", "2 Nachrichten gelesen, ich schreibe…"],
    "es": ["Detener", "1 mensaje leído, escribiendo…", "2 mensajes leídos, escribiendo…"],
    "fr": ["Arrêter", "1 message lu, j’écris…", "2 messages lus, j’écris…"],  # noqa: RUF001 - as French writes it
    "ja": ["停止", "1件のメッセージを読み、書いています…", "2件のメッセージを読み、書いています…"],
}


@pytest.mark.parametrize("language", LANGUAGES, ids=lambda one: one.code)
def test_each_language_has_words_of_its_own_and_its_own_plural(language: Language) -> None:
    one, two = (notices.HAS_READ.fill(count=number) for number in (1, 2))
    assert [language.say(text) for text in (notices.STOP, one, two)] == SHOWN[language.code]


def test_none_of_anything_is_one_in_french_and_many_in_german() -> None:
    none = notices.HAS_READ.fill(count=0)
    assert Language("fr").say(none) == "0 message lu, j’écris…"  # noqa: RUF001 - as French writes it
    assert Language("de").say(none) == "0 Nachrichten gelesen, ich schreibe…"


@pytest.mark.parametrize(
    ("locale", "code"),
    [
        ("de-DE", "de"),
        ("fr-CA", "fr"),
        ("es-LA", "es"),
        ("es-ES", "es"),
        ("ja-JP", "ja"),
        ("ja_JP", "ja"),
        ("DE", "de"),
        ("en-GB", "en"),
        ("pt-BR", "en"),
        ("den", "en"),
        ("../de", "en"),
        ("", "en"),
    ],
)
def test_a_locale_of_slacks_leads_to_a_language_that_we_speak_or_to_english(locale: str, code: str) -> None:
    assert language_of(locale) == Language(code)


def test_what_a_catalogue_does_not_have_is_said_in_english() -> None:
    assert Language("de").say(Translatable("Nobody has translated {this}.").fill(this=1)) == (
        "Nobody has translated 1."
    )


def test_what_is_filled_in_is_said_in_the_same_language_and_is_no_format_itself() -> None:
    german = Language("de")
    assert german.say(notices.HOME_MODEL.fill(model=notices.STOP)) == "Das Modell, das antwortet: Anhalten"
    assert german.say(notices.HOME_MODEL.fill(model="{x} {0}")) == "Das Modell, das antwortet: {x} {0}"


def test_a_text_without_values_may_hold_braces() -> None:
    assert ENGLISH.say(Translatable("Write {x}.")) == "Write {x}."


def test_a_catalogue_is_read_when_somebody_needs_it_and_not_before() -> None:
    watch = (
        "import sys; opened = []; sys.addaudithook(lambda name, args: opened.append(str(args[0])) if name == 'open' else None);"
        "import bot.core.conversation.notices as notices; from bot.language.catalogue import ENGLISH, Language;"
        "ENGLISH.say(notices.STOP); before = [one for one in opened if one.endswith('.mo')];"
        "Language('ja').say(notices.STOP); Language('ja').say(notices.STOP);"
        "print(before, sum(one.endswith('.mo') for one in opened))"
    )
    ended = subprocess.run(  # noqa: S603 - this Python, and words of this test
        [sys.executable, "-c", watch], capture_output=True, text=True, check=True
    )
    assert ended.stdout.strip() == "[] 1"
