"""The databases that the store's contract holds on: SQLite, and a real PostgreSQL."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.machine.postgresql import Server, running_server
from tracker.storage import Store, open_store

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture(scope="session")
def postgresql() -> Iterator[Server]:
    """One server for all tests of a process."""
    with running_server() as server:
        yield server


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of an empty database, of each kind in turn."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/state/tracker.db"
    else:
        server: Server = request.getfixturevalue("postgresql")
        with server.fresh_database() as fresh:
            yield fresh


@pytest.fixture
def store(url: str) -> Iterator[Store]:
    """An empty store on each kind of database in turn."""
    with open_store(url) as opened:
        yield opened
