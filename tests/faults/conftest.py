"""Accounts and lines for the tests of what the world can do to a sync."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.cli.world import World
from tests.faults.launcher import Launcher, launching
from tests.faults.letters import fill
from tests.faults.line import line_to
from tests.faults.rig import MESSAGES, Rig
from tests.system.daemon import deliver_many, network

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.machine.dovecot import Dovecot


@pytest.fixture(scope="module")
def rig(dovecot: Dovecot, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rig]:
    """The small mailbox behind a line that can break."""
    user = dovecot.user()
    fill(user)
    with line_to(dovecot.port) as line:
        made = Rig(dovecot, user, line, tmp_path_factory.mktemp("rig"))
        made.whole()  # from here on the server's own indexes are there, and its words are of one length
        yield made


@pytest.fixture(scope="session")
def whole(dovecot: Dovecot, tmp_path_factory: pytest.TempPathFactory) -> World:
    """A larger mailbox that was read and paired by runs that nothing disturbed."""
    world = World(dovecot, dovecot.user(), tmp_path_factory.mktemp("whole") / "home")
    deliver_many(world, MESSAGES)
    network(world)
    world.run("sync")
    return world


@pytest.fixture(scope="session")
def launcher() -> Iterator[Launcher]:
    """Runs of the program that start at once."""
    with launching() as ready:
        yield ready
