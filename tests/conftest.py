"""Servers that many tests share."""

from __future__ import annotations

import signal
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

from tests.machine.dovecot import Dovecot, running
from tests.machine.postgresql import Server, running_server

if TYPE_CHECKING:
    from collections.abc import Iterator


def pytest_configure() -> None:
    """Started in the background by a script, the tests are told to ignore Ctrl-C; what they start must not be."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
    settings.register_profile("tests", deadline=None)  # a busy machine is no finding
    settings.load_profile("tests")


@pytest.fixture(scope="session")
def dovecot() -> Iterator[Dovecot]:
    """A real IMAP server; `dovecot.user()` gives a test an account of its own."""
    with running() as server:
        yield server


@pytest.fixture(scope="session")
def postgresql() -> Iterator[Server]:
    """A real PostgreSQL; `postgresql.fresh_database()` gives a test a database of its own."""
    with running_server() as server:
        yield server
