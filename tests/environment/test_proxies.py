"""Which proxy an address is asked through."""

from __future__ import annotations

import pytest

from bot.environment.proxies import check_proxies, is_this_computer, proxy_for
from bot.errors import SettingsError

PROXY = "http://proxy.corp:3128"
BOTH = {"HTTP_PROXY": "http://plain:1", "HTTPS_PROXY": PROXY}


@pytest.mark.parametrize(
    ("url", "env", "proxy"),
    [
        ("https://slack.com/api/", {}, None),
        ("https://slack.com/api/", BOTH, PROXY),
        ("wss://wss-primary.slack.com/link", BOTH, PROXY),
        ("http://models.corp/v1", BOTH, "http://plain:1"),
        ("http://models.corp/v1", {"HTTPS_PROXY": PROXY}, None),
        ("https://slack.com/api/", {"HTTP_PROXY": PROXY}, PROXY),
        ("https://slack.com/api/", {"ALL_PROXY": "proxy.corp:3128"}, PROXY),
        ("https://slack.com/api/", {"https_proxy": PROXY, "HTTPS_PROXY": "http://other:1"}, PROXY),
        ("https://slack.com/api/", {**BOTH, "NO_PROXY": "a.b, slack.com"}, None),
        ("wss://wss-primary.slack.com/link", {**BOTH, "no_proxy": ".slack.com"}, None),
        ("https://slack.com/api/", {**BOTH, "NO_PROXY": "*"}, None),
        ("http://[fd00::1]/v1", {**BOTH, "NO_PROXY": "[fd00::1]"}, None),
        ("https://slack.com/api/", {**BOTH, "NO_PROXY": "[::1],fe80::/10,é,:::"}, PROXY),
        ("http://127.0.0.1:3210/api/", BOTH, None),
        ("ws://localhost:3210/link", BOTH, None),
        ("http://[::1]:8080/v1", BOTH, None),
    ],
)
def test_an_address_is_asked_through_the_proxy_that_is_meant_for_it(
    url: str, env: dict[str, str], proxy: str | None
) -> None:
    assert proxy_for(url, env) == proxy


@pytest.mark.parametrize("proxy", ["http://ada:pw@proxy:1", "proxy.corp:3128", "https://proxy:1", "", " "])
def test_a_proxy_of_the_web_is_taken(proxy: str) -> None:
    check_proxies({"HTTPS_PROXY": proxy})


@pytest.mark.parametrize(
    "proxy",
    [
        "socks5://h:1",
        "http://h:99999",
        "ftp://h",
        "http://u:p#hunter2@h:1",
        "http://a hunter2",
        "http://u:p@hunter2@h",
    ],
)
@pytest.mark.parametrize("name", ["HTTPS_PROXY", "ALL_PROXY", "OPENAI_PROXY"])
def test_a_proxy_that_cannot_be_used_is_told_without_its_password(name: str, proxy: str) -> None:
    with pytest.raises(SettingsError, match=f"^{name} is no proxy") as caught:
        check_proxies({name: proxy})
    assert "hunter2" not in str(caught.value)


def test_this_computer_is_known_by_its_names_and_addresses() -> None:
    names = ["localhost", "a.localhost", "127.1.2.3", "::1", "slack.com", "10.0.0.1"]
    assert [is_this_computer(name) for name in names] == [True, True, True, True, False, False]
