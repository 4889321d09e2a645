"""Servers that many tests share."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.machine.dovecot import Dovecot, running
from tests.machine.postgresql import Server, running_server

if TYPE_CHECKING:
    from collections.abc import Iterator


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
