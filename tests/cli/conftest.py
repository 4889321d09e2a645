"""A world for each test, on both databases and both mail servers where it matters."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.cli.world import World

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.machine.cyrus import Cyrus
    from tests.machine.dovecot import Dovecot
    from tests.machine.postgresql import Server


@pytest.fixture
def world(dovecot: Dovecot, tmp_path: Path) -> World:
    """A person with an empty mailbox, on SQLite."""
    return World(dovecot, dovecot.user(), tmp_path / "home")


@pytest.fixture(params=["sqlite", "postgresql"])
def either_world(request: pytest.FixtureRequest, dovecot: Dovecot, tmp_path: Path) -> Iterator[World]:
    """The same person on SQLite, and on a real PostgreSQL."""
    if request.param == "sqlite":
        yield World(dovecot, dovecot.user(), tmp_path / "home")
        return
    server: Server = request.getfixturevalue("postgresql")
    with server.fresh_database() as url:
        yield World(dovecot, dovecot.user(), tmp_path / "home", database=url)


@pytest.fixture
def world_on_cyrus(cyrus: Cyrus, tmp_path: Path) -> World:
    """The same person with the mailbox on another server."""
    return World(cyrus, cyrus.user(), tmp_path / "home")
