"""Which addresses of PostgreSQL are taken, and that no part of a password is ever told."""

from __future__ import annotations

from contextlib import suppress
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st
from psycopg import OperationalError, pq

from bot.durable.database import unusable
from bot.environment import postgres_url
from bot.errors import SettingsError
from bot.settings import from_env


def told(url: str) -> str:
    """All that is said of the address: what is wrong with it, or that nobody can be reached there."""
    try:
        database = from_env({"DATABASE_URL": url}).database
    except SettingsError as error:
        return str(error)
    return str(failure(database)) if isinstance(database, str) else f"{database} cannot be used"


def failure(url: str) -> SettingsError:
    """What is told where nobody can be reached, whatever the library says of the address."""
    return unusable(OperationalError(f"cannot connect to {url}"))


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://bot:50%off@127.0.0.1:44050/tp",
        "postgresql://bot:pa@ss@127.0.0.1:44050/tp",
        "postgresql://bot:p@ss/w#rd@127.0.0.1:44050/tp",
        "postgresql://bot:pa ss@127.0.0.1/tp",
        "postgresql://bot:12/x?ss=on@127.0.0.1/tp",
        "postgresql://postgresql://bot:pass@127.0.0.1/tp",
        "postgresql://bot:pass",
        "postgresql://bot:pa%00ss@127.0.0.1/tp",
        "postgresql://127.0.0.1/tp?user=bot&password=pa#ss",
        "sqlite:///postgresql://bot:pass@127.0.0.1/tp",
        "sqlite:///bot:pass@127.0.0.1/tp",
        "bot:pass@127.0.0.1/tp",
    ],
)
def test_an_address_that_cannot_be_read_is_one_line_that_names_the_mend(url: str) -> None:
    with pytest.raises(
        SettingsError, match=r"DATABASE_URL: .*postgresql://user:password@host/database"
    ) as caught:
        from_env({"DATABASE_URL": url})
    said = str(caught.value)
    assert "\n" not in said
    assert not any(part in said for part in ("off", "ss@", "w#rd", ":pass@", "127.0.0.1", "tp"))


@pytest.mark.parametrize(
    "rest",
    [
        "ada@db/bot",
        "ada:pa$$w0rd!@db:6432/bot?sslmode=require&application_name=bot",
        "ada:a:b@db/bot",
        "a%40da:%40%2F%23%25%3A%3F%26%3D%2B%20@[::1]:5432/bot",
        "/bot?host=/var/run/postgresql",
        "ada:pass@/bot?host=%2Ftmp&password=x",
    ],
)
def test_a_right_address_is_taken_as_it_stands(rest: str) -> None:
    assert postgres_url.read(f"postgres://{rest}") == f"postgresql://{rest}"


@pytest.mark.parametrize("name", ["pgbouncer", "schema", "connection_limit", "ssl"])
def test_a_parameter_that_postgresql_does_not_know_is_named(name: str) -> None:
    with pytest.raises(SettingsError, match=f"PostgreSQL knows no parameter {name}: leave it out"):
        postgres_url.read(f"postgresql://ada:pass@db/bot?sslmode=require&{name}=true")


def test_what_stands_behind_a_password_may_be_its_tail_and_is_not_named() -> None:
    with pytest.raises(SettingsError) as caught:
        postgres_url.read("postgresql://db/bot?user=ada&password=one&two=three")
    assert "two" not in str(caught.value)


@pytest.mark.parametrize("wrong", ["db:0/bot", "db:70000/bot", "db/bot?user=a&user=b"])
def test_what_can_be_read_and_makes_no_sense_is_told(wrong: str) -> None:
    with pytest.raises(SettingsError, match="DATABASE_URL: "):
        postgres_url.read(f"postgresql://{wrong}")


def test_the_parameters_are_those_of_the_library_that_connects() -> None:
    theirs = {option.keyword.decode() for option in pq.Conninfo.get_defaults()}
    apart = {name for name in theirs if name.startswith(("oauth", "scram", "sslkeylog"))} | {
        "dbname",
        "replication",
    }
    assert theirs - apart == postgres_url.KNOWN


# Long enough to be told apart from the words around it, and with all that an address is made of.
SECRETS = st.text(st.sampled_from("XQZ79@:/?#%&=+ ![]\\'\"$;é\t"), min_size=1, max_size=12).map(
    lambda one: f"XQ{one}QX"
)
PLACES = [
    "postgresql://bot:{}@db/tp",
    "postgres://bot:{}@db:5432/tp?sslmode=require",
    "postgresql://{}@db/tp",
    "postgresql://bot:{}",
    "postgresql://bot:{}/tp",
    "postgresql://:{}@/tp?host=/tmp",
    "postgresql://db/tp?user=bot&password={}",
    "postgresql://bot@db/tp?password={}&sslmode=require",
    "postgresql://bot@db/tp?sslpassword={}&pgbouncer=true",
    "postgresql://postgresql://bot:{}@db/tp",
    "postgresql+psycopg://bot:{}@db/tp",
    "bot:{}@db/tp",
    "{}",
    "sqlite:///bot:{}@db/tp",
    "sqlite://bot:{}@db/tp",
    "mysql://bot:{}@db/tp",
]


@given(SECRETS, st.sampled_from(PLACES))
def test_no_part_of_a_password_is_told_wherever_it_stands(secret: str, place: str) -> None:
    said = told(place.format(secret))
    assert "\n" not in said
    assert not set("XQZ79") & set(
        said.replace("DATABASE_URL", "").replace("PostgreSQL", "").replace("SQLite", "")
    )


@given(SECRETS)
def test_any_password_that_is_encoded_is_taken(secret: str) -> None:
    url = f"postgresql://bot:{quote(secret, safe='')}@db/tp"
    assert postgres_url.read(url) == url


@given(st.text())
def test_no_text_at_all_is_more_than_a_wrong_setting(text: str) -> None:
    with suppress(SettingsError):
        postgres_url.read(f"postgresql://{text}")
