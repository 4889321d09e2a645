"""A world for each test, on both databases where it matters."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.cli.world import World

if TYPE_CHECKING:
    from pathlib import Path

    from tests.machine.dovecot import Dovecot


@pytest.fixture
def world(dovecot: Dovecot, tmp_path: Path) -> World:
    """A person with an empty mailbox, on SQLite."""
    return World(dovecot, dovecot.user(), tmp_path / "home")
