"""A world for each test, on both databases and both mail servers where it matters."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from tests.cli.world import ME, World
from tests.machine.dovecot import Dovecot

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.machine.cyrus import Cyrus
    from tests.machine.mail_program import MailServer
    from tests.machine.postgresql import Server

NINETY_DAYS = timedelta(days=90)


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


@pytest.fixture(scope="module")
def lasting(mail_servers: list[MailServer]) -> Iterator[Dovecot]:
    """A server of its own, whose certificate can be another one."""
    server = Dovecot()
    server.certificate = server.authority.issue("lasting", expires_in=NINETY_DAYS)
    try:
        server.start()
        mail_servers.append(server)
        yield server
    finally:
        mail_servers.remove(server)
        server.stop()


@pytest.fixture
def healthy(lasting: Dovecot, tmp_path: Path) -> World:
    """A person whose mailbox can be read, and who has sent something."""
    world = World(lasting, lasting.user(), tmp_path / "home")
    world.mail("q", world.ago(days=3), ME, "rita@acme.example")
    world.mail("a", world.ago(hours=3), "rita@acme.example", ME, answers="q")
    return world


@pytest.fixture
def certified(lasting: Dovecot, healthy: World) -> Iterator[Callable[..., World]]:
    """The same person after the server was given another certificate."""

    def certify(**certificate: Any) -> World:  # noqa: ANN401 # what `issue` takes
        lasting.certificate = lasting.authority.issue("other", **certificate)
        lasting.restart()
        healthy.write_config()
        return healthy

    yield certify
    lasting.certificate = lasting.authority.issue("lasting", expires_in=NINETY_DAYS)
    lasting.restart()
