"""Servers that many tests share."""

from __future__ import annotations

import signal
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

from tests.machine import cyrus as cyrus_server
from tests.machine import dovecot as dovecot_server
from tests.machine.postgresql import Server, running_server
from tests.machine.wire import forbidden

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.machine.cyrus import Cyrus
    from tests.machine.dovecot import Dovecot
    from tests.machine.mail_program import MailServer


def pytest_configure() -> None:
    """Started in the background by a script, the tests are told to ignore Ctrl-C; what they start must not be."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
    settings.register_profile("tests", deadline=None)  # a busy machine is no finding
    settings.load_profile("tests")


@pytest.fixture(scope="session")
def mail_servers() -> list[MailServer]:
    """The mail servers that run at this moment."""
    return []


@pytest.fixture(scope="session")
def dovecot(mail_servers: list[MailServer]) -> Iterator[Dovecot]:
    """A real IMAP server; `dovecot.user()` gives a test an account of its own."""
    with dovecot_server.running() as server:
        mail_servers.append(server)
        yield server
        assert forbidden(server) == []


@pytest.fixture(scope="session")
def cyrus(mail_servers: list[MailServer]) -> Iterator[Cyrus]:
    """Another real IMAP server, of other habits."""
    with cyrus_server.running() as server:
        mail_servers.append(server)
        yield server
        assert forbidden(server) == []


@pytest.fixture(autouse=True)
def only_allowed_commands_are_sent(mail_servers: list[MailServer]) -> Iterator[None]:
    """Whatever a test is about, the mailboxes that it made are only read."""
    known = {id(user) for server in mail_servers for user in server.users}
    yield
    for server in mail_servers:
        assert forbidden(server, [user for user in server.users if id(user) not in known]) == []


@pytest.fixture(scope="session")
def postgresql() -> Iterator[Server]:
    """A real PostgreSQL; `postgresql.fresh_database()` gives a test a database of its own."""
    with running_server() as server:
        yield server
