"""About how many tokens a text is. The truth is OpenAI's o200k, counted with bpe-openai 0.1.4."""

# ruff: noqa: RUF001  (letters of all alphabets)

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.conversation.token_estimate import estimate_tokens

COUNTED = {
    "English": ("The answer is posted with its first words, and grows in place until the last one.", 18),
    "German": ("Überraschenderweise betrachtet die Katze heute aufmerksam die Straßenbeleuchtung.", 14),
    "French": ("Les élèves étudient l'histoire européenne à l'école; ça coûte cher, n'est-ce pas?", 21),
    "Polish": ("Wydajność bazy danych spadła, ponieważ brakuje indeksów.", 18),
    "Russian": ("Производительность базы данных сегодня заметно ухудшилась.", 12),
    "Greek": ("Η βάση δεδομένων είναι αργή σήμερα και ο καιρός είναι καλός.", 17),
    "Hebrew": ("שלום עולם, היום מזג האוויר יפה מאוד ואנחנו הולכים לפארק.", 18),
    "Arabic": ("مرحبا بكم في قاعدة البيانات. الطقس جميل اليوم.", 13),
    "Hindi": ("नमस्ते दुनिया, आज मौसम बहुत अच्छा है और हम पार्क जा रहे हैं।", 18),
    "Thai": ("สวัสดีชาวโลก วันนี้อากาศดีมาก เราไปสวนสาธารณะกัน", 22),
    "Japanese": ("吾輩は猫である。名前はまだ無い。どこで生れたかとんと見当がつかぬ。", 32),
    "Chinese": ("今天天气很好,我们去公园散步吧。软件工程师正在修复数据库的性能问题。", 24),
    "Korean": ("안녕하세요. 오늘은 날씨가 참 좋네요. 데이터베이스를 고치고 있습니다.", 21),
    "Amharic": ("ሰላም ለዓለም ዛሬ አየሩ በጣም ጥሩ ነው", 44),
    "emoji": ("😀🎉👩‍👩‍👧‍👦🇩🇪🧑🏽‍💻✨🚀", 29),
    "code": ("def spread(self, most: int = 3) -> list[str]:\n    if not self._words:\n        return []\n    return [one.strip() for one in self._words[:most]]\n", 40),
    "camelCase": ("getElementByIdOrThrowIllegalStateExceptionFactoryBean", 11),
    "a log": ("2026-11-27T16:03:22.117Z ERROR [worker-7] org.example.db.Pool$Conn: timeout 0x7ffd2a4c at /var/lib/x_12", 46),
    "JSON": ("[{\"id\": 0, \"name\": \"host-00\", \"v\": 0.32383276483316237, \"ok\": true}, {\"id\": 1, \"name\": \"host-01\", \"v\": 0.15084917392450192, \"ok\": true}, {\"id\": 2, \"name\": \"host-02\", \"v\": 0.6509344730398537, \"ok\": true}]", 97),
    "a table": ("| 1 | xx | 0.33 |\n| 2 | x | 12.67 |\n| 3 |  | 1.00 |", 33),
    "an address": ("https://example.com/a/9f2c41d07be3?utm_source=mail&x=17", 24),
    "hexadecimal": ("332f8b1224083fd22b902f8911e81818f8c99d5d5d9831957504d90e945de2e8f54ee781cc75f636", 46),
    "base64": ("2FCZCVqjABZaZwNvm1QNa48L4hEkF5w92fc4F85uEY0mSq1stt0hD6+UrNPPksGQI3yxH10QjPJZMCY5", 57),
    "an id": ("38b370a1-b576-9fa0-f148-3f95a90d9df2", 23),
    "digits": ("31415926535897932384626433832795", 11),
    "random letters": ("bssmbhbrejnerdsjrvfdssugldrwcsbtgpvrnykosoljhzfwyhcsjqpkxojtcdqnfykepnbvcyrszkkwltpszoccip", 47),
    "mathematics": ("∀x∈ℝ: ⌈x⌉ = −⌊−x⌋, α ∧ ¬β = ¬(¬α ∨ β)", 38),
}  # fmt: skip


@pytest.mark.parametrize(("text", "tokens"), COUNTED.values(), ids=COUNTED)
def test_an_estimate_is_never_too_low_and_seldom_three_times_too_high(text: str, tokens: int) -> None:
    assert tokens <= estimate_tokens(text) <= 3 * tokens
    assert tokens * 20 <= estimate_tokens(text * 20) <= 3 * tokens * 20


def test_no_text_is_no_token() -> None:
    assert estimate_tokens("") == 0


@given(st.text(max_size=300), st.text(max_size=300))
def test_more_text_is_not_fewer_tokens(text: str, more: str) -> None:
    assert max(map(estimate_tokens, (text, more))) <= estimate_tokens(f"{text}\n{more}")
    assert estimate_tokens(text) <= 3 * len(text)
