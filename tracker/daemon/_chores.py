"""The daemon's chores: one line each. Each stands in a file of its own beside this one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tracker.daemon._backup import BACKUP, RETENTION
from tracker.daemon._digest import DIGEST

if TYPE_CHECKING:
    from tracker.daemon._chore import Chore

CHORES: tuple[Chore, ...] = (DIGEST, BACKUP, RETENTION)
