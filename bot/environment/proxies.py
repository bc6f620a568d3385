"""Says which proxy an address is asked through, by the variables that most programs know: HTTPS_PROXY, HTTP_PROXY, ALL_PROXY,
NO_PROXY.

All our clients ask here. Left to themselves, the Slack SDK knows no NO_PROXY and takes HTTPS_PROXY for http:// too, and
httpx ends over a NO_PROXY such as `[::1]`.
"""

from __future__ import annotations

import ipaddress
import urllib.request
from typing import TYPE_CHECKING, cast
from urllib.parse import urlsplit

from bot.environment.variables import is_address
from bot.errors import SettingsError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

VARIABLES = ("HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY", "OPENAI_PROXY")
_SECURE = {"https", "wss"}


def proxy_for(url: str, env: Mapping[str, str]) -> str | None:
    """The address of the proxy for `url`; None: it is asked directly, as this computer itself always is."""
    host = urlsplit(url).hostname or ""
    # A proxy elsewhere would look for 127.0.0.1 on its own machine.
    if is_this_computer(host) or _is_excepted(host, env):
        return None
    # The last one, since that is what the Slack SDK takes as well.
    secure = ["HTTPS_PROXY", "ALL_PROXY", "HTTP_PROXY"]
    names = secure if urlsplit(url).scheme in _SECURE else ["HTTP_PROXY", "ALL_PROXY"]
    return next((_with_scheme(proxy) for name in names if (proxy := _value(name, env))), None)


def is_this_computer(host: str) -> bool:
    """Tells whether `host` is a name or an address of the machine we run on, which nobody else can reach by it."""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def check_proxies(env: Mapping[str, str]) -> None:
    """Raises SettingsError for a proxy that no client here could use."""
    for name in VARIABLES:
        proxy = _value(name, env)
        if proxy and not is_address(_with_scheme(proxy)):
            raise SettingsError(
                f"{name} is no proxy that can be used here: write http://host:port, with any / ? # @ in a password "
                "percent-encoded, or unset it."
            )


def _is_excepted(host: str, env: Mapping[str, str]) -> bool:
    names = [name.strip().strip("[]") for name in _value("NO_PROXY", env).split(",")]
    excepted = {"no": ",".join(name for name in names if name)}
    known = urllib.request.proxy_bypass_environment  # type: ignore[attr-defined]  # typeshed has it not
    bypass = cast("Callable[[str, dict[str, str]], object]", known)
    return bool(bypass(host, excepted))


def _value(name: str, env: Mapping[str, str]) -> str:
    return (env.get(name.lower()) or env.get(name) or "").strip()


def _with_scheme(proxy: str) -> str:
    return proxy if "://" in proxy else f"http://{proxy}"
