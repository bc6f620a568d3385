"""The address of a PostgreSQL database: which spellings are taken, and what may be said of one.

Whoever writes a password into an address may forget to encode it, and then no reader can tell where it ends. So an address is
read strictly, and nothing of it is ever told, not even its host: "bot:pa@ss/db" is a password with an @ and no host, too.
"""

from __future__ import annotations

import re

from bot.errors import SettingsError

MEND = (
    "DATABASE_URL: write postgresql://user:password@host/database, and in the user's name and the password each of "
    "@ : / ? # [ ] % and blanks percent-encoded: %40 for @, %3A for :, %2F for /, %3F for ?, %23 for #, %25 for %."
)
_SCHEME = re.compile(r"postgres(?:ql)?://")  # the short one is what some hosts hand out
_ENCODED = r"%(?!00)[0-9A-Fa-f]{2}"  # PostgreSQL knows no zero byte
_OPTION = rf"[a-z_]+ = (?: [^\s@?&=\#%] | {_ENCODED} )*"
# One @ at most, in front of all that could be a path or an option: an unencoded password cannot look like anything else.
_ADDRESS = re.compile(
    rf"""
    (?: (?: [^\s:@/?\#\[\]%] | {_ENCODED} )*
        (?: : (?: [^\s@/?\#\[\]%] | {_ENCODED} )* )? @ )?
    (?: \[ [0-9A-Fa-f:.]+ \] | [^\s:@/?\#\[\]%]* )
    (?: : (?P<port> [0-9]{{1,5}} ) )?
    / (?: [^\s:@/?\#\[\]%] | {_ENCODED} )+
    (?: \? (?P<options> {_OPTION} (?: & {_OPTION} )* ) )?
    """,
    re.VERBOSE,
)
KNOWN = frozenset(
    [
        "application_name",
        "channel_binding",
        "client_encoding",
        "connect_timeout",
        "fallback_application_name",
        "gssdelegation",
        "gssencmode",
        "gsslib",
        "host",
        "hostaddr",
        "keepalives",
        "keepalives_count",
        "keepalives_idle",
        "keepalives_interval",
        "krbsrvname",
        "load_balance_hosts",
        "max_protocol_version",
        "min_protocol_version",
        "options",
        "passfile",
        "password",
        "port",
        "require_auth",
        "requirepeer",
        "service",
        "ssl_max_protocol_version",
        "ssl_min_protocol_version",
        "sslcert",
        "sslcertmode",
        "sslcompression",
        "sslcrl",
        "sslcrldir",
        "sslkey",
        "sslmode",
        "sslnegotiation",
        "sslpassword",
        "sslrootcert",
        "sslsni",
        "target_session_attrs",
        "tcp_user_timeout",
        "user",
    ]
)
"""Lists what libpq 18 knows, save for replication, OAuth and the database's name.
https://www.postgresql.org/docs/18/libpq-connect.html"""


def read(url: str) -> str:
    """The address `url`, in the spelling that all its readers know.

    Raises SettingsError, which repeats no part of what could be a password.
    """
    found = _found(url)
    names = [option.partition("=")[0] for option in (found["options"] or "").split("&") if option]
    if found["port"] and not 0 < int(found["port"]) < 65536:
        raise SettingsError("DATABASE_URL: its port is no number from 1 to 65535.")
    if len(names) != len(set(names)):
        raise SettingsError("DATABASE_URL: a parameter behind the question mark is given twice.")
    for name in names:
        if name not in KNOWN:
            raise SettingsError(
                f"DATABASE_URL: PostgreSQL knows no parameter {_said(name, names)}: leave it out."
            )
    return f"postgresql://{found[0]}"


def is_postgres(url: str) -> bool:
    """Tells whether the address means PostgreSQL at all."""
    return _SCHEME.match(url) is not None


def _found(url: str) -> re.Match[str]:
    scheme = _SCHEME.match(url)
    found = _ADDRESS.fullmatch(url, scheme.end()) if scheme else None
    # What cannot be printed cannot be sent either: half a character of another encoding, for one.
    if found is None or not url.isprintable():
        raise SettingsError(MEND)
    return found


def _said(name: str, names: list[str]) -> str:
    """The parameter's name; not behind a password, of which it may be the tail."""
    before = names[: names.index(name)]
    return "of that name behind its password" if any("password" in one for one in before) else name
