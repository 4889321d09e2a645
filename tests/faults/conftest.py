"""Accounts and lines for the tests of what the world can do to a sync."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.faults.letters import fill
from tests.faults.line import line_to
from tests.faults.rig import Rig

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
