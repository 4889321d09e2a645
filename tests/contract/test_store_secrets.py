"""The store's contract: what is secret in a database's URL is told to nobody."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from tracker.errors import ConfigError, DatabaseUnreachable
from tracker.storage import open_store

if TYPE_CHECKING:
    from tests.machine.postgresql import Server


@pytest.mark.parametrize("query", ["password=hunter2", "sslpassword=hunter2", "password=x&password=hunter2"])
def test_a_password_in_the_query_of_a_url_is_not_told_where_the_driver_tells_it(query: str) -> None:
    """Libpq quotes what it cannot take."""
    url = f"postgresql+psycopg://ann@127.0.0.1:1/mail?{query}&sslmode=hunter2"
    with pytest.raises(DatabaseUnreachable, match=r'mail at 127\.0\.0\.1:\d+ cannot be used: .*"\*\*\*"') as caught:
        open_store(url)
    assert "hunter2" not in f"{caught.value} {caught.value.hint}"


def test_a_password_in_the_query_is_not_told_where_a_server_tells_it(postgresql: Server) -> None:
    """It may be a name as well."""
    url = f"postgresql+psycopg:///mail?host={postgresql.socket}&user=hunter2&password=hunter2"
    with pytest.raises(DatabaseUnreachable, match=r'role "\*\*\*" does not exist'):
        open_store(url)


@pytest.mark.parametrize("password", ["hunt@er2", "@", "hun@ter@2"])
def test_a_password_with_an_at_sign_is_no_part_of_a_hosts_name(password: str) -> None:
    with pytest.raises(ConfigError, match=r"^the database URL has two @") as caught:
        open_store(f"postgresql+psycopg://ann:{password}@db.example/mail")
    assert "er2" not in str(caught.value)
    assert "%40" in caught.value.hint


@pytest.mark.parametrize("query", ["password=hunt&er2=x", "er2=1", "port=er2"])
def test_a_setting_that_libpq_cannot_take_is_a_fault_of_the_configuration_and_not_quoted(query: str) -> None:
    """It may be the rest of a password whose & means that the next setting begins."""
    with pytest.raises(ConfigError, match="holds a setting that PostgreSQL does not know") as caught:
        open_store(f"postgresql+psycopg://ann@/mail?{query}")
    assert "er2" not in f"{caught.value} {caught.value.hint}"


def test_a_statement_that_the_server_cannot_take_is_none_of_the_configuration(postgresql: Server) -> None:
    with (
        postgresql.fresh_database() as url,
        open_store(url) as store,
        pytest.raises(ProgrammingError, match="nothing_of_this_name"),
        store._database.reading() as db,
    ):
        db.execute(text("SELECT nothing_of_this_name"))
